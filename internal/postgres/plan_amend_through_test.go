package postgres_test

import (
	"testing"

	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// An amendment that names another agency between holds for what is still owed;
// what is on its way goes its way.
func TestAnAmendmentNamesAnotherAgencyBetween(t *testing.T) {
	r := newRouted(t, nil)
	r.clock.set(t, "2026-01-26 09:00")
	r.send("d1")
	applied := r.amend(r.amended(func(p *plan.Plan) {
		passing(p)
		p.Agencies = append(p.Agencies, plan.Agency{Code: "vp", Name: "Văn phòng", Level: "department", Parent: "tinh"})
		p.Duties[0].Through = "vp"
	}))
	if applied.Effect.Rerouted != 2 {
		t.Errorf("%+v", applied.Effect)
	}
	through := func() []string {
		return r.strings(`SELECT a.code || ' ' || COALESCE(h.code, 'nobody') FROM tasks t JOIN agencies a ON a.id = t.agency_id
			LEFT JOIN agencies h ON h.id = t.through_id ORDER BY 1`)
	}
	r.want("who passes on", through(), "d1 cc", "d2 vp", "d3 vp")
	if _, err := r.forward(r.clerk, task.Forward, ""); err != nil {
		t.Fatal(err)
	}
	r.clock.set(t, "2026-01-27 09:00")
	r.amend(r.amended(func(p *plan.Plan) { passing(p); p.Duties[0].Forwarding = plan.Forwarding{} }))
	r.want("nobody any more", through(), "d1 cc", "d2 nobody", "d3 nobody")
	r.send("d2")
	r.want("to review at once", r.listed(watcherSo, task.Filter{ToReview: true}), "d1", "d2")
}

// Other rules of review count from when a result came to the reviewer; one that
// did not yet waits for nobody's decision.
func TestOtherRulesOfReviewOnTheWay(t *testing.T) {
	r := newRouted(t, nil)
	r.clock.set(t, "2026-01-26 09:00") // Monday
	r.send("d1")
	r.send("d2")
	r.clock.set(t, "2026-01-27 10:00")
	if _, err := r.forward(r.clerk, task.Forward, ""); err != nil {
		t.Fatal(err)
	}
	r.amend(r.amended(func(p *plan.Plan) {
		passing(p)
		p.Duties[0].Review = plan.Review{Mode: plan.ReviewAutomatic, AfterWorkingDays: 2}
	}))
	steps := func() []string {
		return r.strings(`SELECT a.code || ' ' || s.code || to_char(s.at AT TIME ZONE 'Asia/Ho_Chi_Minh', ' MM-DD HH24:MI') FROM steps s
			JOIN tasks t ON t.id = s.task_id JOIN agencies a ON a.id = t.agency_id WHERE s.anchor = 'submitted' AND s.state = 'pending' ORDER BY 1`)
	}
	r.want("only what was passed on", steps(), "d1 auto_accept 01-29 17:00")
	r.clock.set(t, "2026-01-28 09:00")
	if _, err := r.store.Forward(t.Context(), r.clerk, task.ForwardInput{TaskID: r.taskOf("d2"), Decision: task.Forward}); err != nil {
		t.Fatal(err)
	}
	r.want("and the other once it is", steps(), "d1 auto_accept 01-29 17:00", "d2 auto_accept 01-30 17:00")
}

// A correction that waits follows the rules of review in force, like a result.
func TestACorrectionFollowsTheRulesOfReviewInForce(t *testing.T) {
	w, round := opened(t, func(p *plan.Plan) { p.Duties[0].Review = plan.Review{Mode: plan.ReviewAutomatic, AfterWorkingDays: 2} })
	f := &followed{world: w, round: round, focal: w.actor(focalD1), supervisor: w.actor(watcherSo)}
	f.clock.set(t, "2026-01-19 09:00")
	f.send("d1")
	f.decide("d1", task.Accept)
	f.clock.set(t, "2026-01-20 09:00")
	if _, err := f.correct(f.focal, "4"); err != nil {
		t.Fatal(err)
	}
	f.amend(f.amended(func(p *plan.Plan) { p.Duties[0].Review = plan.Review{Mode: plan.ReviewRequired} }))
	f.clock.set(t, "2026-01-22 17:00")
	if turn := f.run(round); !turn.NextAt.After(f.at("2026-01-22 17:00")) {
		t.Errorf("the round has something to do that it does not do: %+v", turn)
	}
	f.want("nothing is accepted by itself any more", []string{f.inForce()}, "1: Đã làm.")
	f.want("the reviewer is reminded", f.strings(`SELECT code FROM steps WHERE anchor = 'correction' AND state = 'done' ORDER BY at`), "correction_reminder")
}
