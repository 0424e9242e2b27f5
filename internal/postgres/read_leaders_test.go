package postgres_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// Every figure of the leaders counts exactly the tasks of the list it opens to, and
// the figures of a week before are those that were read a week before.
func TestLeadersFiguresOpenToTheirLists(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	ctx := t.Context()
	for _, statement := range []string{
		`DELETE FROM tasks WHERE id % 5 > 0`,
		`UPDATE plans SET suspended_at = '2026-06-01 17:00+0' WHERE state = 'suspended'`,
		// Some rounds open between the moment and the week before.
		`UPDATE rounds SET opens_at = '2026-05-30 01:00+0', due_at = greatest(due_at, '2026-05-30 01:00+0'), closes_at = greatest(closes_at, '2026-05-30 01:00+0') WHERE id % 3 = 0`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	ids := []int64{}
	if err := db.SelectContext(ctx, &ids, `SELECT id FROM tasks`); err != nil {
		t.Fatal(err)
	}
	parents := parentsOf(t, db)
	hidden, changed, seen := 0, 0, map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		if _, err := db.ExecContext(ctx, putTasks, drawTasks(t, ids)); err != nil {
			t.Fatal(err)
		}
		actor := drawActor(t, parents)
		if rapid.Bool().Draw(t, "sees everything") {
			actor = policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.Head}}, Below: slices.Collect(maps.Keys(parents))}
		}
		now := time.Date(2026, 6, 1, 17, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(-10, 40).Draw(t, "now")) * 12 * time.Hour)
		f := task.LeadersFilter{PlanID: rapid.Int64Range(0, 3).Draw(t, "plan")}
		if rapid.Bool().Draw(t, "past") {
			f.At = now.Add(-50 * time.Hour)
		}
		store := postgres.New(db, clock.Fixed(now), clock.SystemWall, nil)
		got, err := store.Leaders(ctx, actor, f)
		if fault.Is(err, fault.NotFound) {
			hidden++
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		opens := func(figure task.FigureFilter) (all []task.Task) {
			filter := task.Filter{PlanID: f.PlanID, Limit: 200, Figure: figure}
			for page := (task.Page{Next: "-"}); page.Next != ""; filter.Cursor = page.Next {
				if page, err = store.ListTasks(ctx, actor, filter); err != nil {
					t.Fatal(err)
				}
				all = append(all, page.Tasks...)
			}
			return all
		}
		for _, cell := range task.Cells {
			for against, tally := range map[task.Against]task.Tally{task.AgainstPresent: got.Now.Present, task.AgainstOriginal: got.Now.Original} {
				if n := len(opens(got.FigureOf(cell, against, nil))); n != tally.Of(cell) {
					t.Fatalf("%s %s is %d and opens to %d", against, cell, tally.Of(cell), n)
				}
			}
		}
		overdue := 0
		for _, band := range got.Late {
			list := opens(got.FigureOf(task.CellNotDoneOverdue, task.AgainstPresent, &band.Days))
			if len(list) != band.Tasks {
				t.Fatalf("%+v counts %d and opens to %d", band.Days, band.Tasks, len(list))
			}
			for _, one := range list {
				// Today's state says what was due then, unless the result came later.
				late := calendar.DateOf(got.At, hanoi).Sub(calendar.DueDay(one.EffectiveDueAt, hanoi))
				sentLater := one.FirstSubmittedAt != nil && one.FirstSubmittedAt.After(got.At)
				if !sentLater && (late < band.Days.From || late > band.Days.To) {
					t.Fatalf("task %d is %d days late and stands among %+v", one.ID, late, band.Days)
				}
			}
			overdue += band.Tasks
			seen["band"] = seen["band"] || band.Tasks > 0 && band.Days.From > 5
		}
		if overdue != got.Now.Present.NotDoneOverdue {
			t.Fatalf("%d overdue, %d by lateness", got.Now.Present.NotDoneOverdue, overdue)
		}
		soon := task.SoonDays
		if n := len(opens(got.FigureOf(task.CellNotDoneInTime, task.AgainstPresent, &soon))); n != got.Soon {
			t.Fatalf("%d are due soon and open to %d", got.Soon, n)
		}
		if len(got.Longest) != min(overdue, 10) || !slices.IsSortedFunc(got.Longest, func(a, b task.Longest) int { return b.DaysLate - a.DaysLate }) {
			t.Fatalf("the longest overdue of %d: %+v", overdue, got.Longest)
		}
		before, err := store.Leaders(ctx, actor, task.LeadersFilter{PlanID: f.PlanID, At: got.Since})
		if err != nil || before.Now != got.Before {
			t.Fatalf("a week before: %+v, compared with %+v, %v", before.Now, got.Before, err)
		}
		if got.Before.Present.Owed < got.Now.Present.Owed {
			changed++
		}
		seen["soon"] = seen["soon"] || got.Soon > 0
	})
	if hidden == 0 || changed == 0 || !seen["band"] || !seen["soon"] {
		t.Errorf("tried too little: %d hidden, %d with rounds opened since, %v", hidden, changed, seen)
	}
}

// What people did within the week is the change, and reasons are what was told.
func TestLeadersSeeTheChangeOfAWeek(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	ctx := t.Context()
	at := time.Date(2026, 6, 19, 1, 0, 0, 0, time.UTC)
	for _, statement := range []string{
		`DELETE FROM tasks WHERE id NOT IN (SELECT t.id FROM tasks t JOIN plans p ON p.id = t.plan_id WHERE p.state = 'active' ORDER BY t.id LIMIT 5)`,
		`UPDATE rounds SET opens_at = least(opens_at, '2026-05-01')`,
		`UPDATE duties SET review = 'required'`,
		`UPDATE tasks SET state = 'open', due_at = '2026-06-10 17:00+0', original_due_at = '2026-06-10 17:00+0', first_submitted_at = NULL, submitted_at = NULL, settled_at = NULL, resubmit_due_at = NULL`,
		// Sent late and accepted within the week.
		`UPDATE tasks SET state = 'accepted', first_submitted_at = '2026-06-15', submitted_at = '2026-06-15', settled_at = '2026-06-16' WHERE id = (SELECT min(id) FROM tasks)`,
		// Sent in time, returned within the week to be sent again.
		`UPDATE tasks SET state = 'returned', first_submitted_at = '2026-06-09', submitted_at = '2026-06-09', resubmit_due_at = '2026-06-20 17:00+0' WHERE id = (SELECT max(id) FROM tasks)`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	parents := parentsOf(t, db)
	head := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.Head}}, Below: slices.Collect(maps.Keys(parents))}
	got, err := postgres.New(db, clock.Fixed(at), clock.SystemWall, nil).Leaders(ctx, head, task.LeadersFilter{})
	if err != nil {
		t.Fatal(err)
	}
	now, before := got.Now.Present, got.Before.Present
	if now.DoneLate != 1 || before.DoneLate != 0 || now.NotDoneOverdue != 3 || before.NotDoneOverdue != 4 || now.NotDoneInTime != 1 || got.Soon != 1 {
		t.Errorf("now %+v, before %+v, %d soon", now, before, got.Soon)
	}
	if len(got.Longest) != 3 || got.Longest[0].DaysLate != 9 || got.Late[1].Tasks != 3 {
		t.Errorf("longest %+v, bands %+v", got.Longest, got.Late)
	}
}
