package postgres_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// passedOn adds to the seed what lists also ask for: agencies between, tasks in
// colleagues' hands, and an agency that another followed.
var passedOn = []string{
	`UPDATE tasks SET through_id = 2 + id % 4, forwarded = CASE WHEN id % 3 = 0 THEN submissions ELSE 0 END WHERE id % 2 = 0 AND 2 + id % 4 <> agency_id`,
	`INSERT INTO users (email, name, created_at) VALUES ('dong.nghiep@dondoc.example', 'Chuyên viên UBND huyện Tân Phú', '2026-01-01')`,
	`INSERT INTO memberships (user_id, agency_id, role, valid_from_on) SELECT 2, id, 'focal_point', '2026-01-01' FROM agencies WHERE id % 3 > 0`,
	`INSERT INTO handovers (task_id, user_id, reason, handed_at, handed_by) SELECT id, 1 + id % 2, 'Phân công lại', '2026-04-01', 1 FROM tasks WHERE id % 4 = 1`,
	`UPDATE agencies SET valid_from_on = '2020-01-01', valid_to_on = '2026-03-31' WHERE id = 9`,
	`INSERT INTO agency_successions (predecessor_id, successor_id, effective_on, legal_basis) VALUES (9, 10, '2026-04-01', 'Nghị quyết')`,
	`ANALYZE`,
}

// drawFilter asks for a few things at once, taken from one task so that
// something is left.
func drawFilter(t *rapid.T, one plainTask, dutyID, roundID int64, parents map[int64]int64, now time.Time) task.Filter {
	f := task.Filter{Limit: rapid.SampledFrom([]int{2, 7, 40, 200}).Draw(t, "limit")}
	pick := func(name string) bool { return rapid.IntRange(0, 4).Draw(t, name) == 0 }
	if pick("state") {
		f.State = []task.State{one.State, rapid.SampledFrom([]task.State{task.StateOpen, task.StateSubmitted, task.StateAccepted}).Draw(t, "second state")}
	}
	if pick("agency") {
		f.AgencyID, f.Predecessors = one.AgencyID, rapid.Bool().Draw(t, "predecessors")
	}
	if pick("under") {
		f.UnderAgency = max(parents[one.AgencyID], 1)
	}
	if pick("plan") {
		f.PlanID = one.PlanID
	}
	if pick("duty") {
		f.DutyID = dutyID
	}
	if pick("round") {
		f.RoundID = roundID
	}
	f.Mine, f.ToReview, f.ToForward = pick("mine"), pick("to review"), pick("to forward")
	f.Overdue, f.OpenRounds = pick("overdue"), pick("open rounds")
	if pick("due from") {
		f.DueFrom = one.Due.Add(-time.Hour)
	}
	if pick("due to") {
		f.DueTo = one.Due
	}
	if !f.ToForward && pick("figure") {
		f.Figure = task.FigureFilter{
			Cell:    rapid.SampledFrom(task.Cells).Draw(t, "cell"),
			Against: rapid.SampledFrom([]task.Against{task.AgainstPresent, task.AgainstOriginal}).Draw(t, "against"), At: now,
		}
		if pick("figure's day") {
			f.Figure.DueTo = calendar.DueDay(one.Due, hanoi)
		}
	}
	return f
}

type placedTask struct {
	plainTask
	DutyID  int64 `db:"duty_id"`
	RoundID int64 `db:"round_id"`
}

// A list that is looked up along the actor's ways holds, page by page and in
// the same order, what the plain condition leaves of all tasks; so does the board.
func TestLookUpsFindWhatThePlainConditionFinds(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	ctx := t.Context()
	for _, statement := range passedOn {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	var all []placedTask
	if err := db.SelectContext(ctx, &all, `SELECT id, agency_id, plan_id, duty_id, round_id, state, due_at FROM tasks ORDER BY id`); err != nil {
		t.Fatal(err)
	}
	parents := parentsOf(t, db)
	listed := 0
	rapid.Check(t, func(t *rapid.T) {
		defer postgres.TakeAsWide(rapid.SampledFrom([]int{3, 500}).Draw(t, "wide from"))()
		actor := drawActor(t, parents)
		if rapid.IntRange(0, 4).Draw(t, "sees everything") == 0 {
			actor = policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.Supervisor}}, Below: slices.Collect(maps.Keys(parents))}
		}
		one := rapid.SampledFrom(all).Draw(t, "task")
		now := one.Due.UTC().Add(time.Duration(rapid.IntRange(-3, 40).Draw(t, "days after")) * 24 * time.Hour)
		store := postgres.New(db, clock.Fixed(now), clock.SystemWall, nil)
		f := drawFilter(t, one.plainTask, one.DutyID, one.RoundID, parents, now)
		want, err := postgres.ListPlainly(ctx, db, actor, f, now)
		if err != nil {
			t.Fatal(err)
		}
		listed += len(want)
		f.Limit = max(f.Limit, len(want)/6) // a long list shows no more on its sixtieth page
		if got := pagesOf(ctx, t, store, actor, f); !slices.Equal(got, want) {
			t.Fatalf("%+v\nlisted %v\nwant   %v", f, got, want)
		}
		compareBoard(ctx, t, db, store, actor, f, now)
	})
	if listed < 100 {
		t.Errorf("all lists together had %d tasks", listed)
	}
}

// pagesOf reads a list to its end.
func pagesOf(ctx context.Context, t *rapid.T, store *postgres.Store, actor policy.Actor, f task.Filter) []int64 {
	ids := []int64{}
	for next := true; next; next = f.Cursor != "" {
		page, err := store.ListTasks(ctx, actor, f)
		if err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		if len(page.Tasks) > f.Limit || page.Next != "" && len(page.Tasks) < f.Limit {
			t.Fatalf("%d tasks on a page of %d, next %q", len(page.Tasks), f.Limit, page.Next)
		}
		for _, one := range page.Tasks {
			ids = append(ids, one.ID)
		}
		f.Cursor = page.Next
	}
	return ids
}

// compareBoard holds the board's list and its figures against plain lists.
func compareBoard(ctx context.Context, t *rapid.T, db *sqlx.DB, store *postgres.Store, actor policy.Actor, f task.Filter, now time.Time) {
	asked := task.BoardFilter{PlanID: f.PlanID, DutyID: f.DutyID, UnderAgency: f.UnderAgency, Limit: f.Limit}
	want := task.Counts{}
	late, err := postgres.ListPlainly(ctx, db, actor, task.Filter{PlanID: f.PlanID, DutyID: f.DutyID, UnderAgency: f.UnderAgency, Overdue: true}, now)
	if err != nil {
		t.Fatal(err)
	}
	asked.Limit = max(asked.Limit, len(late)/4)
	open := task.Filter{PlanID: f.PlanID, DutyID: f.DutyID, UnderAgency: f.UnderAgency, OpenRounds: true, Limit: 200}
	counted, err := postgres.ListPlainly(ctx, db, actor, open, now)
	if err != nil {
		t.Fatal(err)
	}
	var page task.Page
	for next := true; next; next = open.Cursor != "" {
		if page, err = store.ListTasks(ctx, actor, open); err != nil {
			t.Fatal(err)
		}
		for _, one := range page.Tasks {
			if len(counted) == 0 || counted[0] != one.ID {
				t.Fatalf("task %d is listed, want %v", one.ID, counted)
			}
			counted = counted[1:]
			if one.Status != task.NotDoneOverdue {
				tally(&want, one.Status)
			}
		}
		open.Cursor = page.Next
	}
	lines := []int64{}
	for next := true; next; next = asked.Cursor != "" {
		board, err := store.Board(ctx, actor, asked)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range board.Overdue {
			lines = append(lines, line.Task.ID)
		}
		want.NotDoneOverdue = board.Counts.NotDoneOverdue
		if board.Counts != want || len(counted) > 0 {
			t.Fatalf("the board counts %+v, the lists hold %+v, %d more", board.Counts, want, len(counted))
		}
		asked.Cursor = board.Next
	}
	if f.PlanID == 0 { // what plans that ended have left is not on the board
		late = slices.DeleteFunc(late, func(id int64) bool { return !slices.Contains(lines, id) && planClosed(ctx, t, db, id) })
	}
	if fmt.Sprint(lines) != fmt.Sprint(late) || want.NotDoneOverdue != len(late) {
		t.Fatalf("the board lists %v and counts %d, want %v", lines, want.NotDoneOverdue, late)
	}
}

func planClosed(ctx context.Context, t *rapid.T, db *sqlx.DB, taskID int64) (closed bool) {
	if err := db.GetContext(ctx, &closed, `SELECT p.state = 'closed' FROM tasks t JOIN plans p ON p.id = t.plan_id WHERE t.id = $1`, taskID); err != nil {
		t.Fatal(err)
	}
	return closed
}
