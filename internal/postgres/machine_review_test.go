package postgres_test

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/idempotency"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// What reviewers decide, and what units and the plan authority do about it.
func init() {
	register(5, "review", (*machine).review)
	register(1, "accept many", (*machine).acceptMany)
	register(2, "contest", (*machine).contest)
	register(2, "decide contest", (*machine).decideContest)
	register(2, "reopen", (*machine).reopen)
	register(1, "urge", (*machine).urge)
}

func waitsForReview(t *taskModel) bool { return t.state == task.StateSubmitted && !t.held() }

// mayReview is why a person does not decide on a task's result.
func mayReview(p *person, t *taskModel) string {
	return firstOf(when(!reviews(p, t), "task.not_reviewer"), when(t.duty.Review.Mode == plan.ReviewNone, "review.none"),
		when(t.held(), "review.not_forwarded"))
}

func (m *machine) review(rt *rapid.T) {
	t := m.something(rt, waitsForReview)
	p := m.someone(rt, func(p *person) bool { return reviews(p, t) })
	version, reason := m.read(rt, t), m.text()
	decision := oneOf(rt, "decision", task.Accept, task.Accept, task.Return, task.Invalid, task.Invalid)
	want := firstOf(m.entry(p, t, version), mayReview(p, t), when(t.state != task.StateSubmitted, "task.move"))
	on, until := m.newDay(rt, "review.resubmit_past", decision != task.Accept, &want)
	in := task.ReviewInput{TaskID: t.id, Version: version, Decision: decision, Reason: reason, ResubmitOn: on}
	perform(m, rt, string(decision), p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Receipt, error) {
		return m.store.Review(m.with(key), actor, in)
	}, func(task.Receipt) {
		m.nudge("round", t.round.id)
		if decision == task.Accept {
			m.accepted(t, p)
			return
		}
		if decision == task.Invalid {
			t.last().invalid, t.last().decidedAt, t.last().contested = true, m.now, false
		}
		m.returned(t, until, p)
	})
}

func (m *machine) accepted(t *taskModel, p *person) {
	t.state = task.StateAccepted
	t.bump()
	m.expect("task.accepted", "task", t.id, p)
}

// newDay draws a day by which something is to be sent again: mostly the three
// working days that hold where none is named.
func (m *machine) newDay(rt *rapid.T, past string, used bool, want *string) (calendar.Date, *time.Time) {
	n := between(rt, "day", -3, 8)
	if n < 0 {
		return calendar.Date{}, m.inWorkingDays(3)
	}
	day := midnight(m.now).AddDate(0, 0, n)
	until := endOf(day)
	if *want == "" && used && n == 0 {
		*want = past
	}
	return calendar.DateOf(day, hanoi), &until
}

func (m *machine) acceptMany(rt *rapid.T) {
	t := m.something(rt, waitsForReview)
	list := []*taskModel{t}
	if other := m.something(rt, waitsForReview); other != t {
		list = append(list, other)
	}
	p := m.someone(rt, func(p *person) bool { return reviews(p, t) })
	var items []task.AcceptItem
	var want []string
	for _, t := range list {
		version := max(m.read(rt, t), 1)
		items = append(items, task.AcceptItem{TaskID: t.id, Version: version})
		want = append(want, firstOf(m.entry(p, t, version), mayReview(p, t), when(t.state != task.StateSubmitted, "task.move")))
	}
	perform(m, rt, "accept many", p, p.refusedWhole(want), func(m *machine, key idempotency.Key, actor policy.Actor) ([]task.Outcome, error) {
		return m.store.AcceptMany(m.with(key), actor, items)
	}, func(outcomes []task.Outcome) {
		m.outcomes(rt, list, outcomes, want, func(t *taskModel) { m.accepted(t, p); m.nudge("round", t.round.id) })
	})
}

// refusedWhole: where not one of many is the person's to act on, and somebody
// else's for whom the person stands in may be, the whole is refused.
func (p *person) refusedWhole(codes []string) string {
	if !p.more || slices.ContainsFunc(codes, func(c string) bool {
		return !slices.Contains([]string{"not_found", "task.not_reviewer", "urging.not_yours"}, c)
	}) {
		return ""
	}
	return codes[0]
}

// outcomes holds each of many outcomes against the one due.
func (m *machine) outcomes(rt *rapid.T, list []*taskModel, got []task.Outcome, want []string, effect func(t *taskModel)) {
	rt.Helper()
	for i, t := range list {
		code := ""
		if got[i].Fault != nil {
			code = got[i].Fault.Code
		}
		if code != want[i] {
			rt.Fatalf("task %d: %q, want %q", t.id, code, want[i])
		}
		if code == "" {
			effect(t)
		}
	}
}

// declaredInvalid is the newest submission that stands as invalid.
func (t *taskModel) declaredInvalid() (found *subModel) {
	for _, s := range t.subs {
		if s.invalid && (found == nil || !s.decidedAt.Before(found.decidedAt)) {
			found = s
		}
	}
	return found
}

func (m *model) refusesContest(p *person, t *taskModel) string {
	s := t.declaredInvalid()
	if refused := firstOf(when(!owns(p, t), "contest.not_yours"), when(s == nil, "contest.nothing")); refused != "" {
		return refused
	}
	over := m.now.After(endOf(workingDays(midnight(s.decidedAt), 3)))
	return firstOf(when(s.contested, "contest.twice"), when(over, "contest.late"))
}

func (m *machine) contest(rt *rapid.T) {
	t := m.something(rt, func(t *taskModel) bool { return t.declaredInvalid() != nil })
	p := m.someone(rt, func(p *person) bool { return owns(p, t) })
	version, reason, s := m.read(rt, t), m.text(), t.declaredInvalid()
	want := firstOf(m.entry(p, t, version), m.refusesContest(p, t))
	perform(m, rt, "contest", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Contest, error) {
		return m.store.ContestReview(m.with(key), actor, task.ContestInput{TaskID: t.id, Version: version, Reason: reason})
	}, func(c task.Contest) {
		s.contested = true
		m.contests = append(m.contests, &contestModel{id: c.ID, task: t, number: slices.Index(t.subs, s) + 1})
		m.expect("task.contested", "task", t.id, p)
		m.nudged = append(m.nudged, "delivery:mail")
	})
}

func (m *machine) decideContest(rt *rapid.T) {
	if len(m.contests) == 0 {
		panic(unfit("nothing is contested"))
	}
	open := slices.DeleteFunc(slices.Clone(m.contests), func(c *contestModel) bool { return c.decided })
	if len(open) == 0 || chance(rt, "any", 1, 8) {
		open = m.contests
	}
	c := oneOf(rt, "contest", open...)
	t := c.task
	p := m.someone(rt, func(p *person) bool { return rules(p, t) })
	outcome := oneOf(rt, "outcome", task.Upheld, task.Overturned, task.Overturned)
	answer := m.text()
	want := firstOf(m.entry(p, t, 0), when(!rules(p, t), "contest.not_authority"), when(c.decided, "contest.decided"))
	perform(m, rt, string(outcome), p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Contest, error) {
		return m.store.DecideContest(m.with(key), actor, task.ContestDecision{ContestID: c.id, Outcome: outcome, Answer: answer})
	}, func(task.Contest) {
		c.decided = true
		m.expect("task.contest_"+string(outcome), "task", t.id, p)
		m.nudge("round", t.round.id)
		if outcome == task.Upheld {
			return
		}
		s := t.subs[c.number-1]
		s.invalid, s.contested = false, false
		t.bump()
		// Unless another one was sent, it waits for its reviewer again.
		if t.state == task.StateReturned && len(t.subs) == c.number {
			t.state, t.closed, t.waitsSince = task.StateSubmitted, false, m.now
			if s.from == task.StateOpen && !t.reopened {
				t.resubmit = nil // there was no day before the return that fell
			}
		}
	})
}

func reopens(p *person, t *taskModel) bool {
	return (p.has(issuer, asAuthority) || p.has(t.reviewer, asSupervisor) || p.has(t.recipient, asSupervisor)) && !p.speaksFor(t.agency)
}

// refusesReopen also gives the state that the task comes to.
func refusesReopen(p *person, t *taskModel) (refused string, to task.State) {
	switch {
	case !reopens(p, t):
		return "reopen.not_yours", ""
	case t.state == task.StateAccepted, t.state == task.StateSubmitted && t.duty.Review.Mode == plan.ReviewNone:
		return "", task.StateReturned
	case t.state == task.StateSubmitted:
		return "reopen.waiting", ""
	case t.owed() && t.closed:
		return "", t.state
	case t.owed():
		return "reopen.open", ""
	}
	return "task.move", ""
}

func (m *machine) reopen(rt *rapid.T) {
	t := m.something(rt, func(t *taskModel) bool { return t.state == task.StateAccepted || t.closed })
	p := m.someone(rt, func(p *person) bool { return reopens(p, t) })
	version, reason := m.read(rt, t), m.text()
	want, to := refusesReopen(p, t)
	want = firstOf(m.entry(p, t, version), want)
	on, until := m.newDay(rt, "review.resubmit_past", true, &want)
	in := task.ReopenInput{TaskID: t.id, Version: version, Reason: reason, ResubmitOn: on}
	perform(m, rt, "reopen", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Receipt, error) {
		return m.store.Reopen(m.with(key), actor, in)
	}, func(task.Receipt) {
		t.state, t.resubmit, t.closed, t.reopened = to, until, false, true
		if c := m.waitingCorrection(t); c != nil {
			c.outcome = task.CorrectionSuperseded
		}
		t.bump()
		t.dueVersion++
		m.reopenRound(t.round, p)
		m.expect("task.reopened", "task", t.id, p)
		m.nudge("round", t.round.id)
	})
}

func urges(p *person, t *taskModel) bool {
	return p.has(t.reviewer, asSupervisor) || p.has(issuer, asAuthority)
}

func (m *machine) urge(rt *rapid.T) {
	t := m.something(rt, (*taskModel).owed)
	list := []*taskModel{t}
	if other := m.something(rt, anyTask); other != t {
		list = append(list, other)
	}
	may := func(p *person, t *taskModel) bool {
		return p.has(t.reviewer, asSupervisor) || p.has(issuer, asAuthority)
	}
	p := m.someone(rt, func(p *person) bool { return may(p, t) })
	in := task.UrgeInput{Kind: task.UrgeMessage, Message: m.text()}
	if chance(rt, "by phone", 1, 2) {
		in.Kind, in.Message, in.WithWhom = task.UrgePhone, "", m.text()
		in.PromisedOn = calendar.DateOf(m.now, hanoi).AddDays(between(rt, "promised", 0, 3))
	}
	var want []string
	for _, t := range list {
		in.TaskIDs = append(in.TaskIDs, t.id)
		want = append(want, firstOf(when(!m.sees(p, t), "not_found"), when(!urges(p, t), "urging.not_yours"), m.entry(p, t, 0),
			when(!t.owed(), "urging.not_owed"), when(t.closed, "urging.closed")))
	}
	perform(m, rt, "urge", p, p.refusedWhole(want), func(m *machine, key idempotency.Key, actor policy.Actor) (task.UrgeReceipt, error) {
		return m.store.Urge(m.with(key), actor, in)
	}, func(r task.UrgeReceipt) {
		m.outcomes(rt, list, r.Outcomes, want, func(t *taskModel) { m.expect("task.urged_"+string(in.Kind), "task", t.id, p) })
	})
}
