package app

import (
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// holdsTheLived holds the months behind today to what somebody who looks around is to find.
func holdsTheLived(t *testing.T, db *sqlx.DB) {
	t.Helper()
	const active = ` JOIN plans p ON p.id = t.plan_id AND p.state = 'active' `
	for name, c := range map[string]struct{ query, want string }{
		"done in time, done late, silent, asked to mend": {`SELECT (count(*) FILTER (WHERE t.state = 'accepted' AND t.first_submitted_at <= t.due_at) > 100) || ' ' ||
			(count(*) FILTER (WHERE t.state = 'accepted' AND t.first_submitted_at > t.due_at) > 5) || ' ' ||
			(count(*) FILTER (WHERE t.first_submitted_at IS NULL AND t.closed_at IS NOT NULL) > 3) || ' ' ||
			(count(*) FILTER (WHERE t.submissions > 1) > 3) FROM tasks t` + active, "true true true true"},
		"work is left for today": {`SELECT (count(*) FILTER (WHERE t.state = 'open') > 20)::text FROM tasks t` + active, "true"},
		"rounds are over":        {`SELECT (count(*) FILTER (WHERE t.state = 'closed') > 3)::text FROM rounds t` + active, "true"},
		"sums are taken over":    {`SELECT (count(*) > 0)::text FROM audit WHERE action = 'task.consolidated'`, "true"},
		"what is asked is decided": {`SELECT string_agg(DISTINCT kind || ' ' || state, ', ' ORDER BY kind || ' ' || state) FROM requests
			WHERE (kind, state) IN (('extension', 'granted'), ('extension', 'refused'), ('obstacle', 'answered'))`, "extension granted, extension refused, obstacle answered"},
		"nothing lies in the future":      {`SELECT count(*)::text FROM audit WHERE at > now()`, "0"},
		"workflows are left to reconcile": {`SELECT count(*)::text FROM outbox`, "0"},
	} {
		if got := strings.Join(lines(t, db, c.query), ", "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestFollowedFromStaysBehindTheReformAndToday(t *testing.T) {
	p := &plan.Plan{ValidFrom: calendar.NewDate(2026, 1, 1)}
	for today, want := range map[calendar.Date]calendar.Date{
		calendar.NewDate(2027, 3, 9):  calendar.NewDate(2026, 10, 1),
		calendar.NewDate(2026, 8, 31): calendar.NewDate(2026, 5, 4),
		calendar.NewDate(2026, 5, 10): calendar.NewDate(2026, 4, 15),
	} {
		if got := followedFrom(p, today); got != want {
			t.Errorf("on %s it is followed from %s, want %s", today, got, want)
		}
	}
}

func TestPlausibleFiguresKeepToTheRules(t *testing.T) {
	values := map[string]uint64{"a": 9, "b": 7, "whole": 10}
	mend(values, "a + b <= whole")
	if values["a"]+values["b"] > values["whole"] {
		t.Errorf("parts exceed the whole: %v", values)
	}
	unit := task.Task{AgencyCode: "xa-1", PeriodKey: "2026-M07"}
	rules := task.Rules{Fields: []task.Field{{Indicator: "tong"}, {Indicator: "x", Total: "tong"}, {Indicator: "y", Total: "tong"}, {Indicator: "tl", Numerator: "x"}}}
	first, again := plausibleFigures(unit, rules), plausibleFigures(unit, rules)
	if len(first) != 3 {
		t.Fatalf("a ratio was given: %v", first)
	}
	for i := range first {
		if first[i] != again[i] {
			t.Errorf("two plays differ: %v, %v", first[i], again[i])
		}
	}
}
