package postgres_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// The matrix shows the tasks of the lists, each in the cell of its agency and
// period, for any reader, filter and page at any instant.
func TestMatrixIsWhatTheListsSay(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	ctx := t.Context()
	if _, err := db.ExecContext(ctx, `UPDATE tasks SET first_submitted_at = submitted_at WHERE first_submitted_at IS NULL`); err != nil {
		t.Fatal(err)
	}
	parents := parentsOf(t, db)
	cells, hidden, several, turned, owed, left, urged := 0, 0, 0, 0, 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		actor := drawActor(t, parents)
		f := task.MatrixFilter{PlanID: rapid.Int64Range(1, 3).Draw(t, "plan"), Limit: rapid.SampledFrom([]int{3, 200}).Draw(t, "limit")}
		if rapid.Bool().Draw(t, "one duty") {
			f.DutyID = (f.PlanID-1)*3 + rapid.Int64Range(1, 3).Draw(t, "duty")
		}
		if rapid.Bool().Draw(t, "one branch") {
			f.UnderAgency = rapid.Int64Range(1, 8).Draw(t, "branch")
		}
		f.Level = rapid.SampledFrom([]string{"", "", "commune", "district", "none"}).Draw(t, "level")
		f.Way = rapid.SampledFrom([]task.Way{"", "", task.WayDirect, task.WayBetween}).Draw(t, "way")
		now := time.Date(2026, 6, 28, 17, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "now")) * 12 * time.Hour)
		store := postgres.New(db, clock.Fixed(now), clock.SystemWall, nil)
		got := map[[2]string]task.MatrixCell{}
		order, urge := []string{}, []int64{}
		for first := true; first || f.Cursor != ""; first = false {
			m, err := store.Matrix(ctx, actor, f)
			if fault.Is(err, fault.NotFound) {
				hidden++
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range m.Rows {
				order, urge = append(order, row.Agency), append(urge, row.Urge...)
				if row.Given > row.Below {
					t.Fatalf("%s was sent %d of %d", row.Agency, row.Given, row.Below)
				}
				owed += row.Below
				for i, cell := range row.Cells {
					if cell.Tasks > 0 {
						got[[2]string{row.Agency, m.Columns[i].PeriodKey}] = cell
					}
				}
			}
			if f.Cursor = m.Next; m.Next != "" {
				turned++
			}
		}
		want, mayUrge := map[[2]string]task.MatrixCell{}, []int64{}
		list := task.Filter{PlanID: f.PlanID, DutyID: f.DutyID, UnderAgency: f.UnderAgency, Limit: 200}
		for page := (task.Page{Next: "-"}); page.Next != ""; list.Cursor = page.Next {
			var err error
			if page, err = store.ListTasks(ctx, actor, list); err != nil {
				t.Fatal(err)
			}
			for _, one := range page.Tasks {
				if f.Level != "" && one.AgencyLevel != f.Level || f.Way != "" && f.Way != wayOf(actor, one) {
					left++
					continue
				}
				if one.Status == task.NotDoneOverdue && one.ClosedAt == nil && len(policy.UrgesFor(actor, relation(one))) > 0 {
					mayUrge = append(mayUrge, one.ID)
				}
				at := [2]string{one.AgencyName, one.PeriodKey}
				cell := want[at]
				cell.Add(task.MatrixCell{TaskID: one.ID, State: one.State, Status: one.Status, DueAt: one.EffectiveDueAt, DaysLate: one.DaysLate})
				want[at] = cell
			}
		}
		for at, cell := range want {
			cells++
			if cell.Tasks > 1 {
				several++
			}
			if !reflect.DeepEqual(got[at], cell) {
				t.Fatalf("%v shows %+v, want %+v", at, got[at], cell)
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%d cells are filled, want %d", len(got), len(want))
		}
		slices.Sort(urge)
		slices.Sort(mayUrge)
		if !slices.Equal(urge, mayUrge) {
			t.Fatalf("may urge for %v, want %v", urge, mayUrge)
		}
		urged += len(urge)
		seen := map[string]bool{}
		for _, name := range order {
			if seen[name] {
				t.Fatalf("%s stands twice: %v", name, order)
			}
			seen[name] = true
		}
	})
	if left == 0 || urged == 0 {
		t.Errorf("tried too little: %d left out, %d to urge for", left, urged)
	}
	if cells == 0 || hidden == 0 || several == 0 || turned == 0 || owed == 0 {
		t.Errorf("tried too little: %d cells, %d hidden, %d of several tasks, %d pages turned, %d owed below", cells, hidden, several, turned, owed)
	}
}

func relation(t task.Task) policy.Task {
	return policy.Task{AgencyID: t.AgencyID, RecipientID: t.RecipientID, ReviewerID: t.ReviewerID, IssuerID: t.IssuerID, PlanID: t.PlanID, ThroughID: t.ThroughID}
}

// wayOf is how a result comes to the reader's agencies, told from the task alone.
func wayOf(a policy.Actor, t task.Task) task.Way {
	mine := func(id int64) bool {
		return a.HasAt(id, policy.FocalPoint) || a.HasAt(id, policy.Head) || a.HasAt(id, policy.Supervisor) || a.HasAt(id, policy.PlanAuthority)
	}
	to := t.RecipientID
	if to == 0 {
		to = t.ReviewerID
	}
	switch {
	case to == 0 && t.ThroughID == 0:
		return ""
	case mine(to) && t.ThroughID == 0:
		return task.WayDirect
	case !mine(t.AgencyID) && (t.ThroughID != 0 || !mine(to)):
		return task.WayBetween
	}
	return ""
}

// The board counts and lists, of a level and of a way, what the lists have of them,
// also where results are passed on; its bands of lateness are those of its list.
func TestABoardOfALevelAndAWay(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	if _, err := db.ExecContext(t.Context(), `UPDATE tasks SET through_id = 2 + id % 3 WHERE id % 4 = 0`); err != nil {
		t.Fatal(err)
	}
	parents := parentsOf(t, db)
	listed, late := map[task.Way]int{}, [3]int{}
	rapid.Check(t, func(t *rapid.T) {
		actor := drawActor(t, parents)
		f := task.BoardFilter{
			PlanID: rapid.Int64Range(0, 3).Draw(t, "plan"), Limit: 200,
			Level: rapid.SampledFrom([]string{"", "commune", "district", "none"}).Draw(t, "level"),
			Way:   rapid.SampledFrom([]task.Way{"", task.WayDirect, task.WayBetween}).Draw(t, "way"),
		}
		now := time.Date(2026, 6, 18, 17, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "now")) * 12 * time.Hour)
		store := postgres.New(db, clock.Fixed(now), clock.SystemWall, nil)
		board, err := store.Board(t.Context(), actor, f)
		if err != nil {
			t.Fatal(err)
		}
		all, err := store.Board(t.Context(), actor, task.BoardFilter{PlanID: f.PlanID, Limit: 200})
		if err != nil || all.Next != "" {
			t.Fatalf("%q, %v", all.Next, err)
		}
		var want []int64
		bands := [3]int{}
		for _, line := range all.Overdue {
			one := line.Task
			if f.Level != "" && one.AgencyLevel != f.Level || f.Way != "" && f.Way != wayOf(actor, one) {
				continue
			}
			want = append(want, one.ID)
			listed[f.Way]++
			for i, days := range task.Lateness {
				if one.DaysLate >= days.From && one.DaysLate <= days.To {
					bands[i]++
					late[i]++
				}
			}
		}
		var got []int64
		for _, line := range board.Overdue {
			got = append(got, line.Task.ID)
		}
		if !slices.Equal(got, want) || board.Counts.NotDoneOverdue != len(want) {
			t.Fatalf("%d overdue: %v, want %v", board.Counts.NotDoneOverdue, got, want)
		}
		for i, band := range board.Late {
			if band.Tasks != bands[i] || band.Days != task.Lateness[i] {
				t.Fatalf("late by %+v, want %v", board.Late, bands)
			}
		}
		page, err := store.ListTasks(t.Context(), actor, task.Filter{PlanID: f.PlanID, OpenRounds: true, Level: f.Level, Way: f.Way, Limit: 200})
		if err != nil || page.Next != "" {
			t.Fatalf("%q, %v", page.Next, err)
		}
		counted, waiting := task.Counts{}, 0
		for _, one := range page.Tasks {
			if f.Level != "" && one.AgencyLevel != f.Level || f.Way != "" && f.Way != wayOf(actor, one) {
				t.Fatalf("task %d of %s comes by %q", one.ID, one.AgencyName, wayOf(actor, one))
			}
			switch one.Status {
			case task.DoneOnTime:
				counted.DoneOnTime++
			case task.Waiting, task.WaitingLate:
				waiting++
			}
		}
		if counted.DoneOnTime != board.Counts.DoneOnTime || waiting != board.Counts.Waiting+board.Counts.WaitingLate {
			t.Fatalf("%d on time and %d waiting are listed, counted %+v", counted.DoneOnTime, waiting, board.Counts)
		}
	})
	if listed[""] == 0 || listed[task.WayDirect] == 0 || listed[task.WayBetween] == 0 || late[0] == 0 || late[1] == 0 || late[2] == 0 {
		t.Errorf("tried too little: %v, %v", listed, late)
	}
}
