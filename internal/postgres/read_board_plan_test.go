package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dondoc/internal/clock"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// Whoever holds all roots of the tree sees every agency, whoever holds one of two
// sees what hangs below it, also what is far below.
func TestBelowAllRootsIsEveryAgency(t *testing.T) {
	db := postgrestest.New(t)
	store := postgres.New(db, clock.Fixed(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	for _, statement := range []string{
		`INSERT INTO agencies (code, name, level) VALUES ('t', 'Tỉnh', 'province')`,
		`INSERT INTO agencies (code, name, level, parent_id) SELECT 'h' || n, 'Huyện', 'district', 1 FROM generate_series(1, 3) n`,
		`INSERT INTO agencies (code, name, level, parent_id) SELECT 'x' || n, 'Xã', 'commune', 2 FROM generate_series(1, 5) n`,
		`INSERT INTO users (email, name, created_at) VALUES ('t@dondoc.example', 'Cơ quan ban hành', '2020-01-01')`,
		`INSERT INTO memberships (user_id, agency_id, role, valid_from_on) VALUES (1, 1, 'plan_authority', '2020-01-01')`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	below := func() []int64 {
		actor, err := store.ActorByID(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		return actor.Below
	}
	under := []int64{1, 2, 3, 4, 5, 6, 7, 8, 9}
	if got := below(); !slices.Equal(got, under) {
		t.Errorf("the only root sees %v", got)
	}
	if _, err := db.ExecContext(t.Context(), `INSERT INTO agencies (code, name, level) VALUES ('b', 'Bộ', 'ministry')`); err != nil {
		t.Fatal(err)
	}
	if got := below(); !slices.Equal(got, under) {
		t.Errorf("one of two roots sees %v", got)
	}
	if _, err := db.ExecContext(t.Context(), `INSERT INTO memberships (user_id, agency_id, role, valid_from_on) VALUES (1, 10, 'supervisor', '2020-01-01')`); err != nil {
		t.Fatal(err)
	}
	if got := below(); !slices.Equal(got, append(under, 10)) {
		t.Errorf("both roots see %v", got)
	}
}

// The agencies of a page are read in their order from the index: its expression is
// that of the query, and sorting all agencies would be half of the page.
func TestRowsOfTheMatrixAreReadInTheirOrder(t *testing.T) {
	db := postgrestest.New(t)
	for _, statement := range []string{
		`INSERT INTO agencies (code, name, level, position) SELECT 'x' || n, 'Xã', 'commune', n FROM generate_series(1, 3000) n`, `ANALYZE agencies`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	var lines []string
	if err := db.SelectContext(t.Context(), &lines, `EXPLAIN SELECT a.id FROM agencies a ORDER BY `+postgres.LevelOrder+` LIMIT 200`); err != nil {
		t.Fatal(err)
	}
	if plan := strings.Join(lines, "\n"); !strings.Contains(plan, "agencies_order_idx") || strings.Contains(plan, "Sort") {
		t.Errorf("agencies are sorted:\n%s", plan)
	}
}

// Asked again and again, which is when its lists are kept prepared, the board says
// the same for every reader.
func TestABoardThatIsAskedOftenStaysTheSame(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	store := postgres.New(db, clock.Fixed(time.Date(2026, 6, 28, 17, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	lines := 0
	for _, actor := range []policy.Actor{
		{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.PlanAuthority}}, Below: []int64{1, 2, 3, 4, 5, 6, 7, 8}},
		{UserID: 2, Posts: []policy.Post{{AgencyID: 2, Role: policy.Supervisor}}, Below: []int64{2, 4, 5}},
		{UserID: 3, Posts: []policy.Post{{AgencyID: 3, Role: policy.Supervisor}}, Below: []int64{3, 6}},
	} {
		for _, f := range []task.BoardFilter{{}, {PlanID: 1}, {PlanID: 2, Limit: 2}, {PlanID: 1, UnderAgency: 2}} {
			first := ""
			for range 8 { // Postgres plans for all arguments from the sixth time on
				board, err := store.Board(t.Context(), actor, f)
				if err != nil {
					t.Fatal(err)
				}
				now := fmt.Sprintf("%+v", board)
				if first == "" {
					first = now
				}
				if now != first {
					t.Fatalf("%+v of %d: %s, before: %s", f, actor.UserID, now, first)
				}
				lines += len(board.Overdue)
			}
		}
	}
	if lines == 0 {
		t.Error("nothing is overdue")
	}
}
