package postgres_test

import (
	"testing"
	"time"

	"dondoc/internal/agency"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
)

func TestDirectoryOfAgencies(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	if _, err := db.ExecContext(t.Context(), `INSERT INTO agencies (code, name, level, position) VALUES ('pt', 'Giảm 100%_', 'union', 99)`); err != nil {
		t.Fatal(err)
	}
	store := postgres.New(db, clock.Fixed(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	me := policy.Actor{UserID: 1}
	for _, c := range []struct {
		name   string
		filter agency.Filter
		want   int
	}{
		{"all, over pages of three", agency.Filter{Limit: 3}, 17},
		{"a level", agency.Filter{Level: "district"}, 4},
		{"children", agency.Filter{ParentID: 5, Limit: 1}, 2},
		{"in the name, whatever the case", agency.Filter{Query: "hUYỆN 2"}, 1},
		{"in the code", agency.Filter{Query: "xa"}, 8},
		{"signs mean themselves", agency.Filter{Query: "100%_"}, 1},
		{"no wildcards", agency.Filter{Query: "x_1"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := map[int64]bool{}
			for next := "-"; next != ""; {
				page, err := store.ListAgencies(t.Context(), me, c.filter)
				if err != nil {
					t.Fatal(err)
				}
				for _, a := range page.Agencies {
					seen[a.ID] = true
				}
				next, c.filter.Cursor = page.Next, page.Next
			}
			if len(seen) != c.want {
				t.Errorf("%d agencies, want %d", len(seen), c.want)
			}
		})
	}
	a, err := store.FindAgency(t.Context(), me, 5)
	if err != nil || a.Code != "huyen1" || a.ParentCode != "tinh" || !a.ValidTo.IsZero() {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := store.FindAgency(t.Context(), me, 500); !fault.Is(err, fault.NotFound) {
		t.Errorf("want not found, got %v", err)
	}
	if _, err := store.ListAgencies(t.Context(), policy.Actor{}, agency.Filter{}); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("nobody reads the directory: %v", err)
	}
}
