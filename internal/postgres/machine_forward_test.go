package postgres_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/idempotency"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// What an agency between does with the results that pass it.
func init() { register(6, "forward", (*machine).forward) }

// passedOnBy: who owes or reviews a result never passes it on.
func passedOnBy(d *dutyModel, agency string) string {
	if !d.Forwarding.Required || d.Through == agency || d.Through == d.Recipient.Reviewer || d.Through == d.Recipient.Agency {
		return ""
	}
	return d.Through
}

// held: the result waits to be passed on.
func (t *taskModel) held() bool {
	return t.state == task.StateSubmitted && t.through != "" && t.forwarded < len(t.subs)
}

// speaksBetween: the agency between speaks by whoever works there, never about its own people's results.
func speaksBetween(p *person, t *taskModel) bool {
	return t.through != "" && p.has(t.through, asFocal, asHead, asSupervisor) && !p.speaksFor(t.agency)
}

// passes: so does the issuer, lest an agency without people hold results up.
func passes(p *person, t *taskModel) bool {
	return t.through != "" && (speaksBetween(p, t) || rules(p, t))
}

func refusesForward(p *person, t *taskModel, d task.ForwardDecision) string {
	may := passes(p, t)
	if d == task.SendBack {
		may = speaksBetween(p, t)
	}
	return firstOf(when(!may, "forwarding.not_yours"), when(t.state != task.StateSubmitted, "forwarding.nothing"), when(!t.held(), "forwarding.done"))
}

func (m *machine) forward(rt *rapid.T) {
	t := m.something(rt, (*taskModel).held)
	decision := oneOf(rt, "decision", task.Forward, task.Forward, task.SendBack)
	p := m.someone(rt, func(p *person) bool { return refusesForward(p, t, decision) == "" })
	version := m.read(rt, t)
	in := task.ForwardInput{TaskID: t.id, Version: version, Decision: decision, Remark: m.text()}
	want := firstOf(m.entry(p, t, version), refusesForward(p, t, decision))
	var until *time.Time
	if decision == task.SendBack {
		in.ResubmitOn, until = m.newDay(rt, "review.resubmit_past", true, &want)
	}
	perform(m, rt, string(decision), p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Receipt, error) {
		return m.store.Forward(m.with(key), actor, in)
	}, func(task.Receipt) {
		m.nudge("round", t.round.id)
		if decision == task.SendBack {
			m.returned(t, until, p)
			return
		}
		at := m.now
		t.last().passedOn, t.forwarded, t.waitsSince = &at, len(t.subs), at
		t.bump()
		m.expect("task.forwarded", "task", t.id, p)
		if t.duty.Review.Mode == plan.ReviewRequired {
			m.tells(rt, fmt.Sprintf("submitted:%d:%d", t.id, len(t.subs)), m.holders(t.reviewer, asSupervisor))
		}
	})
}

// returned: what was sent is to be mended and sent again, also where the round was over.
func (m *machine) returned(t *taskModel, until *time.Time, p *person) {
	t.state, t.resubmit, t.closed = task.StateReturned, until, false
	t.bump()
	t.dueVersion++
	m.expect("task.returned", "task", t.id, p)
	m.reopenRound(t.round, p)
}
