package postgres_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// waiting are the steps of those for whom a result or its correction waits: their
// code, and when they come.
func (m *model) waiting(t *taskModel) map[string]time.Time {
	steps := map[string]time.Time{}
	since := func(from time.Time, days int, hour time.Duration) time.Time {
		return workingDays(midnight(from), days).Add(hour * time.Hour)
	}
	review := func(name string, from time.Time) {
		switch t.duty.Review.Mode {
		case plan.ReviewRequired:
			steps[name+"_reminder"], steps[name+"_overdue"] = since(from, 2, 8), since(from, 4, 8)
		case plan.ReviewAutomatic:
			steps["auto_accept"] = since(from, machineAutoDays, 17)
		}
	}
	switch {
	case t.held():
		within := max(t.duty.Forwarding.WithinWorkingDays, 1)
		steps["forward_reminder"], steps["forward_overdue"] = since(t.waitsSince, within, 8), since(t.waitsSince, within+1, 8)
	case t.state == task.StateSubmitted:
		review("review", t.waitsSince)
	}
	if c := m.waitingCorrection(t); c != nil {
		review("correction", c.at)
	}
	return steps
}

// checkWaiting: whoever a result waits for is reminded, and nobody for whom it
// waits no more.
func (m *machine) checkWaiting(rt *rapid.T) {
	if m.plan.state != plan.Active {
		return
	}
	var want, got []string
	for _, t := range m.tasks {
		for code, at := range m.waiting(t) {
			if at.After(m.now) {
				want = append(want, fmt.Sprintf("task %d %s at %s", t.id, code, micro(&at)))
			}
		}
	}
	var steps []stepModel
	if err := m.db.SelectContext(m.t.Context(), &steps, `SELECT id, task_id, code, anchor, due_version, severity, at, state, audience, kind FROM steps
		WHERE state = 'pending' AND at > $1 AND anchor IN ('submitted', 'forwarding', 'correction')`, m.now); err != nil {
		rt.Fatal(err)
	}
	for _, s := range steps {
		if m.called(s) {
			got = append(got, fmt.Sprintf("task %d %s at %s", s.TaskID, s.Code, micro(&s.At)))
		}
	}
	same(rt, "steps of those who wait", got, want)
}

// checkPeople: who stands in, in whose hands tasks are, and what became of corrections.
func (m *machine) checkPeople(rt *rapid.T) {
	var hands, corrections []string
	for _, t := range m.tasks {
		if t.hand != nil {
			hands = append(hands, fmt.Sprintf("%d: %d by %d", t.hand.id, t.id, t.hand.who.id))
		}
	}
	for _, c := range m.amends {
		corrections = append(corrections, fmt.Sprintf("%d: %d/%d for %d %s", c.id, c.task.id, c.number, c.replaces, c.outcome))
	}
	same(rt, "handovers", m.rows(rt, `SELECT format('%s: %s by %s', id, task_id, user_id) FROM handovers WHERE ended_at IS NULL`), hands)
	same(rt, "corrections", m.rows(rt, `SELECT format('%s: %s/%s for %s %s', k.id, k.task_id, b.number, replaces, outcome)
		FROM corrections k JOIN submissions b ON b.id = k.submission_id`), corrections)
}

// checkRoute: what is offered around a result on its way and its corrections,
// which version is in force, and how each stands.
func (m *machine) checkRoute(rt *rapid.T, p *person, t *taskModel, d task.Detail) {
	rt.Helper()
	entry := m.entry(p, t, 0)
	may := func(refused string) bool { return firstOf(entry, refused) == "" }
	c := m.waitingCorrection(t)
	decides := func(k task.CorrectionDecision) bool { return c != nil && may(m.refusesCorrectionDecision(p, c, k)) }
	want := fmt.Sprintf("forward %t send back %t correct %t decide correction %t take back correction %t in force %d held %t",
		may(refusesForward(p, t, task.Forward)), may(refusesForward(p, t, task.SendBack)), may(m.refusesCorrection(p, t)),
		decides(task.AcceptCorrection), decides(task.TakeBackCorrection), t.inForce(), t.held())
	got := fmt.Sprintf("forward %t send back %t correct %t decide correction %t take back correction %t in force %d held %t",
		d.MayForward, d.MaySendBack, d.MayCorrect, d.MayDecideCorrection, d.MayTakeBackCorrection, d.InForce, d.Task.Held)
	if got != want {
		rt.Fatalf("%s is offered for task %d (%s)\n     %s\nwant %s", p, t.id, t.state, got, want)
	}
	if len(d.Submissions) != len(t.subs) {
		rt.Fatalf("task %d shows %d versions, want %d", t.id, len(d.Submissions), len(t.subs))
	}
}
