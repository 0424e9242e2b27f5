package postgres_test

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// Where the duties of a plan stand is what the lists of its tasks say, for any
// reader at any instant; a plan out of sight is not found.
func TestProgressIsWhatTheListsSay(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	ctx := t.Context()
	for _, statement := range []string{
		// What happened lies before the instants drawn; what is owed may be due after them.
		`UPDATE tasks SET due_at = '2026-07-15 17:00+0' WHERE state = 'open' AND id % 2 = 0`,
		`UPDATE tasks SET first_submitted_at = submitted_at WHERE first_submitted_at IS NULL`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	parents := map[int64]int64{}
	tree := []struct{ ID, Parent int64 }{}
	if err := db.SelectContext(ctx, &tree, `SELECT id, COALESCE(parent_id, 0) AS parent FROM agencies`); err != nil {
		t.Fatal(err)
	}
	for _, r := range tree {
		parents[r.ID] = r.Parent
	}
	var rounds []struct {
		ID, Duty int64
		Opens    time.Time
	}
	if err := db.SelectContext(ctx, &rounds, `SELECT id, duty_id AS duty, opens_at AS opens FROM rounds ORDER BY opens_at, id`); err != nil {
		t.Fatal(err)
	}
	latest := map[int64]int64{}
	for _, r := range rounds {
		latest[r.Duty] = r.ID
	}
	found, hidden, drawn := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		actor := drawActor(t, parents)
		planID := rapid.Int64Range(1, 3).Draw(t, "plan")
		now := time.Date(2026, 6, 28, 17, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "now")) * 12 * time.Hour)
		store := postgres.New(db, clock.Fixed(now), clock.SystemWall, nil)
		got, err := store.PlanProgress(ctx, actor, planID)
		if fault.Is(err, fault.NotFound) {
			hidden++
			if page, err := store.ListTasks(ctx, actor, task.Filter{PlanID: planID}); err != nil || len(page.Tasks) > 0 {
				t.Fatalf("a plan out of sight has %d visible tasks, %v", len(page.Tasks), err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		found++
		want := map[int64]*task.DutyProgress{}
		f := task.Filter{PlanID: planID, Limit: 200}
		for page := (task.Page{Next: "-"}); page.Next != ""; f.Cursor = page.Next {
			if page, err = store.ListTasks(ctx, actor, f); err != nil {
				t.Fatal(err)
			}
			for _, one := range page.Tasks {
				if one.State == task.StateScheduled {
					continue
				}
				count(want, one, latest[one.DutyID])
			}
		}
		for id, w := range want {
			g, there := got.Duties[id]
			if !there || g.Counts != w.Counts || g.Overdue != w.Overdue || g.RoundID != w.RoundID {
				t.Fatalf("duty %d stands at %+v, want %+v", id, g, *w)
			}
			if !reflect.DeepEqual(g.OverdueSince, w.OverdueSince) {
				t.Fatalf("duty %d is overdue since %v, want %v", id, g.OverdueSince, w.OverdueSince)
			}
			tasks := w.Counts.DoneOnTime + w.Counts.DoneLate + w.Counts.NotDoneInTime + w.Counts.NotDoneOverdue + w.Counts.Waiting + w.Counts.WaitingLate + w.Counts.NotExpected
			if few := tasks <= task.FewMembers; few != (len(g.Members) == tasks) {
				t.Fatalf("duty %d has %d tasks and draws %d", id, tasks, len(g.Members))
			}
			drawn += len(g.Members)
		}
		for id, g := range got.Duties {
			if want[id] == nil && (g.RoundID != 0 || g.Overdue != 0) {
				t.Fatalf("duty %d stands at %+v, and no list says so", id, g)
			}
		}
	})
	if found == 0 || hidden == 0 || drawn == 0 {
		t.Errorf("tried too little: %d found, %d hidden, %d drawn", found, hidden, drawn)
	}
}

// count adds a listed task to where its duty stands.
func count(want map[int64]*task.DutyProgress, one task.Task, latest int64) {
	w := want[one.DutyID]
	if w == nil {
		w = &task.DutyProgress{}
		want[one.DutyID] = w
	}
	if one.Status == task.NotDoneOverdue {
		w.Overdue++
		if due := one.EffectiveDueAt.In(time.UTC); w.OverdueSince == nil || due.Before(*w.OverdueSince) {
			w.OverdueSince = &due
		}
	}
	if one.RoundID != latest {
		return
	}
	w.RoundID = latest
	of := map[task.Status]*int{
		task.DoneOnTime: &w.Counts.DoneOnTime, task.DoneLate: &w.Counts.DoneLate, task.NotDoneInTime: &w.Counts.NotDoneInTime,
		task.NotDoneOverdue: &w.Counts.NotDoneOverdue, task.Waiting: &w.Counts.Waiting, task.WaitingLate: &w.Counts.WaitingLate,
		task.NotExpected: &w.Counts.NotExpected,
	}
	*of[one.Status]++
}
