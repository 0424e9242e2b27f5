package postgres_test

import (
	"strings"
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
)

// In the seed every round of a month is due at 24:00 on the 18th and opened at
// 24:00 on the day twenty days earlier.
func TestRoundsOfSomeDaysOpenOrFallDueThen(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	store := postgres.New(db, clock.Fixed(time.Date(2026, 6, 20, 0, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	province := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.PlanAuthority}}, Below: []int64{1}}
	focal := policy.Actor{UserID: 2, Posts: []policy.Post{{AgencyID: 9, Role: policy.FocalPoint}}, Below: []int64{9}}
	between := func(actor policy.Actor, from, to calendar.Date) (string, int) {
		t.Helper()
		rounds, err := store.RoundsBetween(t.Context(), actor, 1, from, to)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		tasks := 0
		for _, r := range rounds {
			names = append(names, r.DutyCode+" "+r.PeriodKey)
			tasks += r.Tasks
		}
		return strings.Join(names, ", "), tasks
	}
	june := func(day int) calendar.Date { return calendar.NewDate(2026, 6, day) }
	for _, c := range []struct {
		from, to calendar.Date
		want     string
	}{
		{june(18), june(18), "IV.1 2026-M06, IV.2 2026-M06, IV.3 2026-M06"}, // what ends a day is due on it
		{june(19), june(30), ""},
		{june(1), june(17), ""},
		{calendar.NewDate(2026, 5, 30), calendar.NewDate(2026, 5, 30), "IV.1 2026-M06, IV.2 2026-M06, IV.3 2026-M06"}, // opens at its 00:00
	} {
		if got, _ := between(province, c.from, c.to); got != c.want {
			t.Errorf("%s to %s: %q, want %q", c.from, c.to, got, c.want)
		}
	}
	if names, _ := between(province, calendar.NewDate(2026, 1, 1), calendar.NewDate(2026, 12, 31)); strings.Count(names, ",") != 8 {
		t.Errorf("the year has %q", names)
	}
	// Each sees the number of tasks that are its own to see.
	_, all := between(province, june(18), june(18))
	if _, own := between(focal, june(18), june(18)); own == 0 || own >= all {
		t.Errorf("a commune sees %d of %d tasks", own, all)
	}
	stranger := policy.Actor{UserID: 3, Posts: []policy.Post{{AgencyID: 999, Role: policy.FocalPoint}}, Below: []int64{999}}
	if _, err := store.RoundsBetween(t.Context(), stranger, 1, june(1), june(30)); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger gets %v", err)
	}
	if _, err := store.RoundsBetween(t.Context(), province, 1, june(1), june(1).AddDays(366)); !fault.Is(err, fault.Invalid) {
		t.Errorf("more than a year gives %v", err)
	}
}
