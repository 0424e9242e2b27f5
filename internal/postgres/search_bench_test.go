package postgres_test

import (
	"slices"
	"testing"
	"time"

	"dondoc/internal/clock"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
)

// BenchmarkSearchResults looks in some 80,000 reports of 900 characters: for a word
// that all of them hold, for two that few hold together, and for none.
func BenchmarkSearchResults(b *testing.B) {
	db := fillHundredThousand(b, 10)
	for _, statement := range []string{
		`INSERT INTO users (email, name, created_at) VALUES ('nguoi.dung@dondoc.example', 'Đầu mối', '2026-01-01')`,
		`INSERT INTO submissions (task_id, number, kind, narrative, document_number, submitted_at, submitted_by)
			SELECT id, 1, 'report', repeat('Đã tuyên truyền, phổ biến pháp luật tới người dân trên địa bàn. ', 13) || 'Mở lớp số ' || id % 5000 || ' tại xã.', id || '/BC-UBND', submitted_at, 1
			FROM tasks WHERE submitted_at IS NOT NULL`,
		`VACUUM ANALYZE submissions`,
	} {
		if _, err := db.ExecContext(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
	everything := []int64{}
	if err := db.SelectContext(b.Context(), &everything, `SELECT id FROM agencies`); err != nil {
		b.Fatal(err)
	}
	store := postgres.New(db, clock.Fixed(time.Date(2026, 6, 21, 2, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	for _, reader := range []struct {
		name  string
		actor policy.Actor
	}{
		{"plan authority", policy.Actor{Posts: []policy.Post{{AgencyID: 1, Role: policy.PlanAuthority}}, Below: everything}},
		{"commune", policy.Actor{Posts: []policy.Post{{AgencyID: 500, Role: policy.Head}}, Below: []int64{500}}},
	} {
		for _, query := range []struct{ name, words string }{{"in all", "tuyen truyen"}, {"begun", "t"}, {"in few", "lop so 4217"}, {"in none", "khong co"}} {
			b.Run(reader.name+"/"+query.name, func(b *testing.B) {
				times := []time.Duration{}
				for b.Loop() {
					start := clock.SystemWall()
					if _, err := store.Search(b.Context(), reader.actor, query.words); err != nil {
						b.Fatal(err)
					}
					times = append(times, clock.SystemWall().Sub(start))
				}
				slices.Sort(times)
				b.ReportMetric(float64(times[int(0.99*float64(len(times)-1))])/float64(time.Millisecond), "p99-ms")
			})
		}
	}
}
