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
	cells, hidden, several, turned, owed := 0, 0, 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		actor := drawActor(t, parents)
		f := task.MatrixFilter{PlanID: rapid.Int64Range(1, 3).Draw(t, "plan"), Limit: rapid.SampledFrom([]int{3, 200}).Draw(t, "limit")}
		if rapid.Bool().Draw(t, "one duty") {
			f.DutyID = (f.PlanID-1)*3 + rapid.Int64Range(1, 3).Draw(t, "duty")
		}
		if rapid.Bool().Draw(t, "one branch") {
			f.UnderAgency = rapid.Int64Range(1, 8).Draw(t, "branch")
		}
		now := time.Date(2026, 6, 28, 17, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "now")) * 12 * time.Hour)
		store := postgres.New(db, clock.Fixed(now), clock.SystemWall, nil)
		got := map[[2]string]task.MatrixCell{}
		order := []string{}
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
				order = append(order, row.Agency)
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
		want := map[[2]string]task.MatrixCell{}
		list := task.Filter{PlanID: f.PlanID, DutyID: f.DutyID, UnderAgency: f.UnderAgency, Limit: 200}
		for page := (task.Page{Next: "-"}); page.Next != ""; list.Cursor = page.Next {
			var err error
			if page, err = store.ListTasks(ctx, actor, list); err != nil {
				t.Fatal(err)
			}
			for _, one := range page.Tasks {
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
		seen := map[string]bool{}
		for _, name := range order {
			if seen[name] {
				t.Fatalf("%s stands twice: %v", name, order)
			}
			seen[name] = true
		}
	})
	if cells == 0 || hidden == 0 || several == 0 || turned == 0 || owed == 0 {
		t.Errorf("tried too little: %d cells, %d hidden, %d of several tasks, %d pages turned, %d owed below", cells, hidden, several, turned, owed)
	}
}
