package postgres_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dondoc/internal/clock"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// BenchmarkRates measures rates over 1,000,000 tasks: a hundred duties of 10,000
// communes in 60 provinces, a fifth of the rounds still open.
func BenchmarkRates(b *testing.B) {
	db := postgrestest.New(b)
	for i, statement := range hundredThousand {
		args := []any{}
		switch i {
		case 6:
			args = append(args, 20)
		case 8:
			continue // no steps: rates do not look at them
		}
		statement = strings.ReplaceAll(statement, "generate_series(1, 10) n", "generate_series(1, 100) n")
		if _, err := db.ExecContext(b.Context(), statement, args...); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
	everything, province := []int64{}, []int64{}
	if err := db.SelectContext(b.Context(), &everything, `SELECT id FROM agencies`); err != nil {
		b.Fatal(err)
	}
	if err := db.SelectContext(b.Context(), &province, `SELECT id FROM agencies WHERE id = 2 OR parent_id = 2`); err != nil {
		b.Fatal(err)
	}
	store := postgres.New(db, clock.Fixed(time.Date(2026, 6, 21, 2, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	of := policy.Actor{Posts: []policy.Post{{AgencyID: 2, Role: policy.Supervisor}}, Below: province}
	all := policy.Actor{Posts: []policy.Post{{AgencyID: 1, Role: policy.Head}}, Below: everything}
	for _, c := range []struct {
		name string
		ask  func() (int, error)
	}{
		{"a province by agency", func() (int, error) { return lines(store.Rates(b.Context(), of, task.RateFilter{Limit: 200})) }},
		{"a province by duty", func() (int, error) {
			return lines(store.Rates(b.Context(), of, task.RateFilter{GroupBy: task.ByDuty, Limit: 200}))
		}},
		{"the country by agency, one province", func() (int, error) {
			return lines(store.Rates(b.Context(), all, task.RateFilter{UnderAgency: 2, Limit: 200}))
		}},
		{"the country by agency", func() (int, error) { return lines(store.Rates(b.Context(), all, task.RateFilter{Limit: 200})) }},
		{"the country by plan", func() (int, error) {
			return lines(store.Rates(b.Context(), all, task.RateFilter{GroupBy: task.ByPlan}))
		}},
		{"ranking of the country's communes", func() (int, error) {
			r, err := store.Rankings(b.Context(), all, task.RankingFilter{Level: "commune"})
			return len(r.Ranked), err
		}},
		{"the list behind a figure", func() (int, error) {
			p, err := store.ListTasks(b.Context(), all, task.Filter{Figure: task.FigureFilter{Cell: task.CellLate}})
			return len(p.Tasks), err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			times := []time.Duration{}
			for b.Loop() {
				start := clock.SystemWall()
				n, err := c.ask()
				if err != nil || n == 0 {
					b.Fatalf("%d lines, %v", n, err)
				}
				times = append(times, clock.SystemWall().Sub(start))
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2])/float64(time.Millisecond), "p50-ms")
		})
	}
}

func lines(page task.RatePage, err error) (int, error) { return len(page.Rates), err }
