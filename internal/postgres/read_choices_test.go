package postgres_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/clock"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// What a board can be narrowed to are the plans that its reader sees, the duties of
// the chosen one, and agencies among which are all that the reader sees owing.
func TestABoardIsNarrowedToWhatItsReaderSees(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	ctx := t.Context()
	parents := parentsOf(t, db)
	chosen, owing := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		actor := drawActor(t, parents)
		store := postgres.New(db, clock.Fixed(time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
		planID := rapid.Int64Range(0, 3).Draw(t, "plan")
		choices, err := store.BoardChoices(ctx, actor, planID)
		if err != nil {
			t.Fatal(err)
		}
		plans, err := store.ListPlans(ctx, actor)
		if err != nil || len(plans) != len(choices.Plans) {
			t.Fatalf("%d plans to choose, %d are seen, %v", len(choices.Plans), len(plans), err)
		}
		if planID != 0 && choices.PlanID != 0 && choices.PlanID != planID {
			t.Fatalf("asked for plan %d, is of %d", planID, choices.PlanID)
		}
		if choices.PlanID == 0 {
			if len(choices.Duties) > 0 {
				t.Fatal("duties of no plan")
			}
			return
		}
		chosen++
		if len(choices.Duties) != 3 {
			t.Fatalf("%d duties to choose, want 3", len(choices.Duties))
		}
		assigned := 0
		if err := db.GetContext(ctx, &assigned, `SELECT count(*) FROM assignments`); err != nil || assigned > 0 {
			t.Fatalf("the seed has assignments now: hold the agencies against them, %v", err)
		}
		page, err := store.ListTasks(ctx, actor, task.Filter{PlanID: choices.PlanID, Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range page.Tasks {
			above := slices.ContainsFunc(choices.Agencies, func(c task.Choice) bool { return c.ID == parents[one.AgencyID] })
			if slices.Contains(actor.Below, parents[one.AgencyID]) && !above {
				t.Fatalf("%s owes, and the agency above it cannot be chosen", one.AgencyName)
			}
			owing++
		}
	})
	if chosen == 0 || owing == 0 {
		t.Errorf("tried too little: %d plans, %d tasks", chosen, owing)
	}
}
