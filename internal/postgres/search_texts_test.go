package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/clock"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// reported gives every task of the seed that was ever sent a version with a text of
// its own, and every open one of plan 1 a request.
func reported(t testing.TB, db *sqlx.DB) {
	t.Helper()
	for _, statement := range []string{
		`INSERT INTO submissions (task_id, number, kind, narrative, submitted_at, submitted_by, from_state)
			SELECT id, 1, 'report', 'Đã đào tạo nghề cho người ở ngõ Giếng, việc số ' || id, submitted_at, 1, 'open' FROM tasks WHERE submitted_at IS NOT NULL`,
		`INSERT INTO requests (kind, task_id, plan_id, from_agency_id, to_agency_id, asked_by, asked_at, text, due_at, derivation, state)
			SELECT 'obstacle', id, plan_id, agency_id, 1, 1, due_at, 'Thiếu giáo viên dạy nghề, việc số ' || id, due_at, '{"notes": []}', 'asked' FROM tasks WHERE plan_id = 1 AND state = 'open'`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

func tasksOf(found []plan.FoundText) []int64 {
	var ids []int64
	for _, f := range found {
		ids = append(ids, f.TaskID)
	}
	slices.Sort(ids)
	return ids
}

func TestResultsAndRequestsAreFoundByWhoSeesTheirTasks(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	reported(t, db)
	ctx := t.Context()
	store := postgres.New(db, clock.Fixed(time.Date(2026, 6, 20, 0, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	search := func(actor policy.Actor, query string) plan.Found {
		t.Helper()
		found, err := store.Search(ctx, actor, query)
		if err != nil {
			t.Fatalf("%q: %v", query, err)
		}
		return found
	}
	var ids []int64
	if err := db.SelectContext(ctx, &ids, `SELECT id FROM tasks WHERE state = 'accepted' AND submitted_at IS NOT NULL OR state = 'open' AND plan_id = 1`); err != nil {
		t.Fatal(err)
	}
	texts := map[int64]bool{}
	for _, id := range ids {
		texts[id] = true
	}
	results := 0
	for agency := int64(2); agency <= 16; agency++ {
		commune := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: agency, Role: policy.FocalPoint}}, Below: []int64{agency}}
		var sent, asked []int64
		for state, into := range map[task.State]*[]int64{task.StateAccepted: &sent, task.StateOpen: &asked} {
			page, err := store.ListTasks(ctx, commune, task.Filter{State: []task.State{state}, Limit: 200})
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range page.Tasks {
				if texts[x.ID] {
					*into = append(*into, x.ID)
				}
			}
		}
		found := search(commune, "NGHE dao tao")
		results += len(sent)
		slices.Sort(sent)
		slices.Sort(asked)
		if got := tasksOf(found.Results); len(sent) <= plan.MostFoundTexts && !slices.Equal(got, sent) {
			t.Errorf("agency %d finds %v, sees %v", agency, got, sent)
		}
		if got := tasksOf(search(commune, "giao vien").Requests); len(asked) <= plan.MostFoundTexts && !slices.Equal(got, asked) {
			t.Errorf("agency %d finds requests of %v, sees %v", agency, got, asked)
		}
	}
	if results == 0 {
		t.Error("nobody sees a result that was accepted")
	}
	province := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.PlanAuthority}}, Below: []int64{1}}
	found := search(province, "ngõ giếng")
	if len(found.Results) == 0 || found.Results[0].Excerpt != "" || found.Results[0].Agency == "" {
		t.Fatalf("found %+v", found.Results)
	}
	if requests := search(province, "giao vien").Requests; len(requests) == 0 || !strings.HasPrefix(requests[0].Excerpt, "Thiếu giáo viên") {
		t.Errorf("found requests %+v", requests)
	}
	for _, none := range []string{"ngo giengg", "%", "' | 'x", "dao & khong"} {
		if found := search(province, none); len(found.Results)+len(found.Requests) > 0 {
			t.Errorf("%q finds %+v", none, found)
		}
	}
	for _, actor := range []policy.Actor{{UserID: 3, Posts: []policy.Post{{AgencyID: 999, Role: policy.FocalPoint}}, Below: []int64{999}},
		{UserID: 4, Posts: []policy.Post{{AgencyID: 1, Role: policy.Administrator}}, Below: []int64{}}} {
		if found := search(actor, "nghe"); len(found.Results)+len(found.Requests) > 0 {
			t.Errorf("%+v finds %+v", actor, found)
		}
	}
}

func TestWhatDoesNotCountOrWasTakenOutIsNotFound(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	reported(t, db)
	ctx := t.Context()
	store := postgres.New(db, clock.Fixed(time.Date(2026, 6, 20, 0, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	province := policy.Actor{UserID: 1, Name: "Cơ quan ban hành", Posts: []policy.Post{{AgencyID: 1, Role: policy.PlanAuthority}}, Below: []int64{1}}
	var one, other, submission int64
	if err := db.QueryRowContext(ctx, `SELECT min(t.id), max(t.id) FROM tasks t JOIN submissions b ON b.task_id = t.id WHERE t.state = 'accepted' AND t.plan_id = 1`).Scan(&one, &other); err != nil || one == other {
		t.Fatal(one, other, err)
	}
	if err := db.GetContext(ctx, &submission, `SELECT id FROM submissions WHERE task_id = $1`, one); err != nil {
		t.Fatal(err)
	}
	finds := func(query string) bool {
		t.Helper()
		found, err := store.Search(ctx, province, query)
		if err != nil {
			t.Fatal(err)
		}
		return len(found.Results) > 0
	}
	asked := fmt.Sprintf("gieng %d", one)
	if !finds(asked) {
		t.Fatal("the result is not found before")
	}
	if _, err := store.Redact(ctx, province, task.RedactInput{SubmissionID: submission, Field: "narrative", Passage: "ngõ Giếng", Reason: "Nơi ở của một người"}); err != nil {
		t.Fatal(err)
	}
	if finds(asked) {
		t.Error("what was taken out is found")
	}
	if !finds(fmt.Sprintf("dao tao %d", one)) {
		t.Error("what is left is not found")
	}
	asked = fmt.Sprintf("gieng %d", other)
	if _, err := db.ExecContext(ctx, `UPDATE submissions SET invalid = true WHERE task_id = $1`, other); err != nil {
		t.Fatal(err)
	}
	if finds(asked) {
		t.Error("a version that counts as not sent is found")
	}
}

// BenchmarkSearch asks for words that every one of thirty thousand results holds,
// and for some that none does, as a commune and as the authority of the plan.
func BenchmarkSearch(b *testing.B) {
	c := scale(b, 30_000)
	for _, asked := range []struct {
		name  string
		actor policy.Actor
		query string
	}{
		{"common/authority", c.authority, "to chuc tuyen truyen"}, {"common/commune", c.focals[0], "to chuc tuyen truyen"},
		{"none/authority", c.authority, "xa dau tien"}, {"none/commune", c.focals[0], "xa dau tien"},
	} {
		b.Run(asked.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := c.store.Search(b.Context(), asked.actor, asked.query); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
