package postgres_test

import (
	"reflect"
	"slices"
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
		// Not every agency has a part in the round that opened last.
		`DELETE FROM tasks t USING rounds r WHERE r.id = t.round_id AND r.period_key = '2026-M06' AND t.agency_id % 3 > 0`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	parents := parentsOf(t, db)
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
		all := []task.Task{}
		f := task.Filter{PlanID: planID, Limit: 200}
		for page := (task.Page{Next: "-"}); page.Next != ""; f.Cursor = page.Next {
			if page, err = store.ListTasks(ctx, actor, f); err != nil {
				t.Fatal(err)
			}
			all = append(all, slices.DeleteFunc(page.Tasks, func(one task.Task) bool { return one.State == task.StateScheduled })...)
		}
		// The seed's agencies stand in the order of their numbers.
		slices.SortFunc(all, func(a, b task.Task) int { return int(a.AgencyID - b.AgencyID) })
		for _, one := range all {
			count(want, one, latestOf(all, one.DutyID))
		}
		for id, w := range want {
			g, there := got.Duties[id]
			if !there || g.Counts != w.Counts || g.Overdue != w.Overdue || g.RoundID != w.RoundID {
				t.Fatalf("duty %d stands at %+v, want %+v", id, g, *w)
			}
			if !reflect.DeepEqual(g.OverdueSince, w.OverdueSince) {
				t.Fatalf("duty %d is overdue since %v, want %v", id, g.OverdueSince, w.OverdueSince)
			}
			if len(w.Members) > task.FewMembers {
				w.Members = nil
			}
			if !slices.Equal(g.Members, w.Members) {
				t.Fatalf("duty %d draws %+v, want %+v", id, g.Members, w.Members)
			}
			drawn += len(g.Members)
		}
		if len(got.Duties) != len(want) {
			t.Fatalf("%d duties stand somewhere, and %d have tasks", len(got.Duties), len(want))
		}
	})
	if found == 0 || hidden == 0 || drawn == 0 {
		t.Errorf("tried too little: %d found, %d hidden, %d drawn", found, hidden, drawn)
	}
}

// latestOf is the round of a duty that opened last and concerns the reader; the
// seed's periods open in the order of their keys.
func latestOf(all []task.Task, dutyID int64) (id int64) {
	period := ""
	for _, one := range all {
		if one.DutyID == dutyID && one.PeriodKey > period {
			id, period = one.RoundID, one.PeriodKey
		}
	}
	return id
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
	w.Members = append(w.Members, task.Member{TaskID: one.ID, Agency: one.AgencyName, Status: one.Status})
	of := map[task.Status]*int{
		task.DoneOnTime: &w.Counts.DoneOnTime, task.DoneLate: &w.Counts.DoneLate, task.NotDoneInTime: &w.Counts.NotDoneInTime,
		task.NotDoneOverdue: &w.Counts.NotDoneOverdue, task.Waiting: &w.Counts.Waiting, task.WaitingLate: &w.Counts.WaitingLate,
		task.NotExpected: &w.Counts.NotExpected,
	}
	*of[one.Status]++
}
