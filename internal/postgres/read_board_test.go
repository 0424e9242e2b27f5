package postgres_test

import (
	"context"
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// boardPages walks all pages of the board and checks that the longest overdue come first.
func boardPages(ctx context.Context, t interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}, store *postgres.Store, actor policy.Actor, limit int) ([]int64, task.Counts) {
	ids := []int64{}
	var last time.Time
	var counts task.Counts
	for page, f := (task.Board{Next: "-"}), (task.BoardFilter{Limit: limit}); page.Next != ""; f.Cursor = page.Next {
		var err error
		if page, err = store.Board(ctx, actor, f); err != nil {
			t.Fatal(err)
		}
		counts = page.Counts
		for _, line := range page.Overdue {
			if line.Task.Status != task.NotDoneOverdue || line.Task.EffectiveDueAt.Before(last) {
				t.Fatalf("task %d (%s, due %s) stands after one due %s", line.Task.ID, line.Task.Status, line.Task.EffectiveDueAt, last)
			}
			last = line.Task.EffectiveDueAt
			ids = append(ids, line.Task.ID)
		}
	}
	return ids, counts
}

func (w *world) board(email string, f task.BoardFilter) task.Board {
	w.t.Helper()
	board, err := w.store.Board(w.t.Context(), w.actor(email), f)
	if err != nil {
		w.t.Fatal(err)
	}
	return board
}

func TestBoardThroughOneRound(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	round := w.openRound()
	w.run(round)
	const so = "supervisor.so@dondoc.example"
	at := func(when string) task.Board {
		w.clock.set(t, when)
		w.run(round)
		return w.board(so, task.BoardFilter{})
	}
	// Due by the end of Thursday 5 February.
	if b := at("2026-02-06 00:00"); len(b.Overdue) != 0 || b.Counts.NotDoneInTime != 3 || b.NextDue == nil ||
		b.NextDue.In(hanoi).Format("2006-01-02 15:04") != "2026-02-06 00:00" {
		t.Errorf("24:00 of the due day is still in time: %+v", b)
	}
	b := at("2026-02-06 08:00")
	if len(b.Overdue) != 3 || b.Counts != (task.Counts{NotDoneOverdue: 3}) || b.NextDue != nil {
		t.Fatalf("the morning after: %+v", b)
	}
	first := b.Overdue[0]
	if first.Task.DaysLate != 1 || first.StepsTaken != 1 || first.NextStep != "urging_draft" || first.NextStepAt == nil ||
		calendar.DateOf(*first.NextStepAt, hanoi) != calendar.NewDate(2026, 2, 10) {
		t.Errorf("one day late: %d days, %d steps, next %s at %v", first.Task.DaysLate, first.StepsTaken, first.NextStep, first.NextStepAt)
	}
	if b := at("2026-02-10 08:00"); b.Overdue[0].Task.DaysLate != 5 || b.Overdue[0].StepsTaken != 2 || b.Overdue[0].NextStep != "escalation" {
		t.Errorf("five days late: %+v", b.Overdue[0])
	}
	// One district sends late, another's report is returned with time until the 20th.
	for _, agency := range []string{"d1", "d2"} {
		if _, err := w.store.Submit(t.Context(), w.actor("focal_point."+agency+"@dondoc.example"),
			task.SubmitInput{TaskID: w.taskOf(agency), Kind: task.NilReturn}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.store.Review(t.Context(), w.actor(so), task.ReviewInput{TaskID: w.taskOf("d2"), Decision: task.Return,
		Reason: "Thiếu số liệu", ResubmitOn: calendar.NewDate(2026, 2, 20)}); err != nil {
		t.Fatal(err)
	}
	b = at("2026-02-11 09:00")
	if b.Counts != (task.Counts{WaitingLate: 1, NotDoneInTime: 1, NotDoneOverdue: 1}) {
		t.Errorf("sent late, returned, missing: %+v", b.Counts)
	}
	if b.NextDue == nil || calendar.DateOf(*b.NextDue, hanoi) != calendar.NewDate(2026, 2, 21) {
		t.Errorf("the next due time is the end of the 20th, got %v", b.NextDue)
	}
	b = at("2026-02-23 09:00")
	if len(b.Overdue) != 2 || b.Overdue[0].Task.AgencyCode != "d3" || b.Overdue[0].Task.DaysLate != 18 ||
		b.Overdue[1].Task.AgencyCode != "d2" || b.Overdue[1].Task.DaysLate != 3 {
		t.Errorf("the longest overdue stands first: %+v", b.Overdue)
	}
	// Closing the round leaves what was not done on the board, without further steps.
	b = at("2026-03-06 00:01")
	if len(b.Overdue) != 2 || b.Counts.NotDoneOverdue != 2 || b.Overdue[0].NextStep != "" || b.Overdue[0].Task.ClosedAt == nil {
		t.Errorf("after closing: %+v", b)
	}
	if b := w.board("head.d1@dondoc.example", task.BoardFilter{}); len(b.Overdue) != 0 {
		t.Errorf("a district sees others' delays: %+v", b.Overdue)
	}
}

func TestNothingIsOverdueWhileSuspended(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	w.openRound()
	w.clock.set(t, "2026-02-04 09:00")
	if _, err := w.store.SuspendPlan(t.Context(), w.actor("plan_authority.tinh@dondoc.example"), w.plan.ID, w.plan.Version); err != nil {
		t.Fatal(err)
	}
	w.clock.set(t, "2026-03-04 09:00")
	b := w.board("supervisor.so@dondoc.example", task.BoardFilter{PlanID: w.plan.ID})
	if len(b.Overdue) != 0 || b.Counts != (task.Counts{NotDoneInTime: 3}) || b.NextDue != nil {
		t.Errorf("suspended time was counted: %+v", b)
	}
	detail, err := w.store.TaskDetail(t.Context(), w.actor("focal_point.d1@dondoc.example"), w.taskOf("d1"))
	if err != nil {
		t.Fatal(err)
	}
	if detail.Task.Status != task.NotDoneInTime || detail.Task.DaysLate != 0 || detail.MaySubmit {
		t.Errorf("suspended task: %+v", detail)
	}
}

func TestBoardFilters(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	store := postgres.New(db, clock.Fixed(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	everything := []int64{}
	if err := db.SelectContext(t.Context(), &everything, `SELECT id FROM agencies`); err != nil {
		t.Fatal(err)
	}
	actor := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.Head}}, Below: everything}
	for _, c := range []struct {
		name   string
		filter task.BoardFilter
		where  string // the overdue tasks that remain
	}{
		{"plans that are followed", task.BoardFilter{}, `t.plan_id = 1`},
		{"a plan", task.BoardFilter{PlanID: 1}, `t.plan_id = 1`},
		{"a suspended plan", task.BoardFilter{PlanID: 2}, `false`},
		{"a closed plan, asked for by name", task.BoardFilter{PlanID: 3}, `t.plan_id = 3`},
		{"a duty", task.BoardFilter{DutyID: 1}, `t.duty_id = 1`},
		{"a district and its communes", task.BoardFilter{UnderAgency: 5}, `t.plan_id = 1 AND (t.agency_id = 5 OR a.parent_id = 5)`},
		{"an agency that does not exist", task.BoardFilter{UnderAgency: 999}, `false`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var want int
			if err := db.GetContext(t.Context(), &want, `SELECT count(*) FROM tasks t JOIN agencies a ON a.id = t.agency_id
				WHERE t.state IN ('open', 'prepared', 'returned') AND
					CASE WHEN t.state IN ('returned', 'prepared') THEN COALESCE(t.resubmit_due_at, t.due_at) ELSE t.due_at END < '2026-07-01' AND `+c.where); err != nil {
				t.Fatal(err)
			}
			c.filter.Limit = 200
			board, err := store.Board(t.Context(), actor, c.filter)
			if err != nil {
				t.Fatal(err)
			}
			if len(board.Overdue) != want || board.Counts.NotDoneOverdue != want || (want == 0) != (c.where == `false`) {
				t.Errorf("%d listed, %d counted, want %d", len(board.Overdue), board.Counts.NotDoneOverdue, want)
			}
		})
	}
}
