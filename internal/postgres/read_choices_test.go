package postgres_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/clock"
	"dondoc/internal/policy"
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
		if len(choices.Levels) > 0 {
			t.Fatalf("levels %v of a plan that nobody owes", choices.Levels)
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

// The levels to choose from are those of who owes, the highest first.
func TestTheLevelsOfABoard(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	for _, statement := range []string{
		`UPDATE agencies SET level = 'village' WHERE code = 'xa8'`,
		`INSERT INTO assignments (duty_id, agency_id, role, recipient_id, reviewer_id)
			SELECT (SELECT min(id) FROM duties WHERE plan_id = 1), id, 'implementing', parent_id, parent_id FROM agencies WHERE code IN ('xa1', 'xa8', 'huyen1')`,
		`INSERT INTO assignments (duty_id, agency_id, role) SELECT (SELECT min(id) FROM duties WHERE plan_id = 2), id, 'lead' FROM agencies WHERE code = 'so1'`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	store := postgres.New(db, clock.Fixed(time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	actor := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.PlanAuthority}}, Below: []int64{1, 2, 3, 4, 5, 6, 7, 8}}
	for planID, want := range map[int64][]string{1: {"district", "commune", "village"}, 2: {"department"}} {
		choices, err := store.BoardChoices(t.Context(), actor, planID)
		if err != nil || !slices.Equal(choices.Levels, want) {
			t.Errorf("plan %d offers %v, want %v, %v", planID, choices.Levels, want, err)
		}
	}
}
