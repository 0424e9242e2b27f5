package postgres_test

import (
	"strings"
	"testing"

	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// What was sent goes on by the way that it was sent; what is still owed takes the new one.
func TestResultsGoAnotherWay(t *testing.T) {
	r := newRouted(t, nil)
	r.clock.set(t, "2026-02-03 16:00")
	r.send("d1")
	r.clock.set(t, "2026-02-03 17:00")
	ways := func() []string {
		return r.strings(`SELECT a.code || ' through ' || COALESCE(h.code, 'nobody') || ' to ' || v.code FROM tasks t JOIN agencies a ON a.id = t.agency_id
			JOIN agencies v ON v.id = t.reviewer_id LEFT JOIN agencies h ON h.id = t.through_id ORDER BY a.code`)
	}
	r.want("before", ways(), "d1 through cc to so", "d2 through cc to so", "d3 through cc to so")
	applied := r.amend(r.amended(func(p *plan.Plan) {
		passing(p)
		p.Duties[0].Through, p.Duties[0].Forwarding = "", plan.Forwarding{}
		p.Duties[0].Review.Mode = plan.ReviewNone
	}))
	if e := applied.Effect; e.Rerouted != 2 || e.Open[0].Waiting != 0 {
		t.Errorf("%+v", e)
	}
	r.want("after", ways(), "d1 through cc to so", "d2 through nobody to so", "d3 through nobody to so")
	if _, err := r.forward(r.clerk, task.Forward, ""); err != nil {
		t.Fatal(err)
	}
	r.want("passed on, and done", []string{string(r.detail(r.supervisor, "d1").Task.Status)}, string(task.DoneOnTime))
}

// A correction that would have been accepted by itself waits for a person now.
func TestACorrectionWaitsUnderOtherRules(t *testing.T) {
	automatic := func(p *plan.Plan) { p.Duties[0].Review = plan.Review{Mode: plan.ReviewAutomatic, AfterWorkingDays: 2} }
	w, round := opened(t, automatic)
	f := &followed{world: w, round: round, focal: w.actor(focalD1), supervisor: w.actor(watcherSo)}
	f.clock.set(t, "2026-02-05 16:00")
	f.send("d1")
	f.clock.set(t, "2026-02-09 17:00")
	f.run(round)
	if _, err := f.correct(f.focal, "4"); err != nil {
		t.Fatal(err)
	}
	f.clock.set(t, "2026-02-10 09:00")
	f.amend(f.amended(func(p *plan.Plan) { p.Duties[0].Review = plan.Review{Mode: plan.ReviewRequired} }))
	f.want("steps", f.strings(`SELECT s.code || ' ' || s.state FROM steps s WHERE s.anchor = 'correction' ORDER BY s.state DESC, s.at`), "auto_accept skipped", "correction_reminder pending", "correction_overdue pending")
	f.clock.set(t, "2026-02-12 09:00")
	if turn := f.run(round); !turn.NextAt.After(f.at("2026-02-12 09:00")) {
		t.Errorf("the round has nothing to wait for: %+v", turn)
	}
	if got := f.inForce(); !strings.HasPrefix(got, "1:") {
		t.Errorf("in force: %s", got)
	}
}
