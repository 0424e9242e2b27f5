package postgres_test

import (
	"context"
	"slices"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/idempotency"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// What becomes of what was asked.
func init() {
	register(3, "grant", func(m *machine, rt *rapid.T) { m.decideRequest(rt, true) })
	register(1, "refuse", func(m *machine, rt *rapid.T) { m.decideRequest(rt, false) })
	register(1, "opine", (*machine).opine)
	register(1, "answer", (*machine).answer)
	register(1, "pass on", (*machine).passOn)
	register(1, "withdraw request", (*machine).withdrawRequest)
	register(2, "take back waiver", (*machine).takeBackWaiver)
}

// someRequest draws a request, mostly one that fits, and how it was read.
func (m *machine) someRequest(rt *rapid.T, fits func(q *requestModel) bool) (*requestModel, request.Act) {
	if len(m.requests) == 0 {
		panic(unfit("nothing was asked"))
	}
	list := slices.DeleteFunc(slices.Clone(m.requests), func(q *requestModel) bool { return !fits(q) })
	if len(list) == 0 && chance(rt, "not fitting", 7, 8) {
		panic(unfit("no request fits"))
	}
	if len(list) == 0 || chance(rt, "any", 1, 8) {
		list = m.requests
	}
	q := oneOf(rt, "request", list...)
	return q, request.Act{ID: q.id, Text: m.text(), Version: oneOf(rt, "request version", 0, 0, q.version, q.version, q.version+1)}
}

// entryTo is what every act on a request asks first.
func (m *model) entryTo(p *person, q *requestModel, version int) string {
	all := []string{asFocal, asHead, asSupervisor, asAuthority}
	switch {
	case !m.sees(p, q.task) && !p.has(q.from, all...) && !p.has(q.to, all...):
		return "not_found"
	case q.settled && q.state != request.Granted:
		return "request.state"
	case version != 0 && version != q.version:
		return "request.changed"
	case m.plan.state != plan.Active:
		return "plan.not_active"
	}
	return ""
}

// decidable is why nothing is to be decided.
func (m *model) decidable(q *requestModel) string {
	return firstOf(when(q.state != request.Asked, "request.state"), when(q.needless(), "request.moot"), when(m.lapsed(q), "request.lapsed"))
}

// onRequest performs an act on a request.
func (m *machine) onRequest(rt *rapid.T, what string, p *person, want string, act request.Act,
	do func(ctx context.Context, actor policy.Actor, act request.Act) (request.Receipt, error), effects func(request.Receipt)) {
	rt.Helper()
	perform(m, rt, what, p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (request.Receipt, error) {
		return do(m.with(key), actor, act)
	}, effects)
}

// judges: who demanded an explanation finds it good or not.
func judges(p *person, q *requestModel) bool {
	return q.kind == request.Explanation && p.has(q.from, asSupervisor)
}

func (m *model) refusesDecision(p *person, q *requestModel) string {
	if q.kind == request.Explanation {
		return firstOf(when(!judges(p, q), "request.not_yours"), when(q.state != request.Answered, "request.state"))
	}
	return firstOf(when(!speaks(p, q) || !judged(q.kind) && q.kind != request.Help, "request.not_yours"), m.decidable(q))
}

func (m *machine) decideRequest(rt *rapid.T, grant bool) {
	q, act := m.someRequest(rt, func(q *requestModel) bool {
		return !q.settled && (judged(q.kind) || q.kind == request.Help || q.state == request.Answered)
	})
	act.Grant = grant
	p := m.someone(rt, func(p *person) bool { return judges(p, q) || q.kind != request.Explanation && speaks(p, q) })
	to := map[bool]request.State{true: request.Granted, false: request.Refused}[grant]
	want := firstOf(m.entryTo(p, q, act.Version), m.refusesDecision(p, q),
		when(grant && q.kind == request.Extension && !q.proposed.After(dueDay(q.task.effective())), "request.not_later"))
	if grant && !judged(q.kind) {
		to = request.Accepted
	}
	m.onRequest(rt, string(to)+" "+string(q.kind), p, want, act, m.store.DecideRequest, func(request.Receipt) {
		switch {
		case to == request.Granted && q.kind == request.Waiver:
			m.waive(q, p)
		case to == request.Granted:
			m.extend(q, p)
		default:
			m.moveRequest(q, to, !(to == request.Accepted && q.kind == request.Help), p)
		}
	})
}

// extend moves the date that was asked about to the end of the day granted.
func (m *machine) extend(q *requestModel, p *person) {
	t, until := q.task, endOf(q.proposed)
	if q.resubmission {
		t.resubmit = &until
	} else {
		t.due = until
	}
	t.bump()
	t.dueVersion++
	m.lasts(t.round)
	m.expect("task.due_moved", "task", t.id, nil)
	m.moveRequest(q, request.Granted, true, p)
	m.nudge("round", t.round.id)
}

func opines(p *person, q *requestModel) bool {
	return judged(q.kind) && !q.resubmission && reviews(p, q.task)
}

func (m *model) refusesOpinion(p *person, q *requestModel) string {
	return firstOf(when(!opines(p, q), "request.not_yours"), m.decidable(q))
}

func (m *machine) opine(rt *rapid.T) {
	q, act := m.someRequest(rt, func(q *requestModel) bool { return !q.settled && judged(q.kind) })
	p := m.someone(rt, func(p *person) bool { return opines(p, q) })
	want := firstOf(m.entryTo(p, q, act.Version), m.refusesOpinion(p, q))
	m.onRequest(rt, "opine", p, want, act, m.store.OpineOnRequest, func(request.Receipt) {
		m.expect("task."+string(q.kind)+"_opinion", "task", q.task.id, p)
	})
}

func refusesAnswer(p *person, q *requestModel) string {
	waits := request.Asked
	if q.kind == request.Help { // which is promised first
		waits = request.Accepted
	}
	return firstOf(when(!speaks(p, q) || judged(q.kind), "request.not_yours"), when(q.state != waits, "request.state"))
}

func (m *machine) answer(rt *rapid.T) {
	q, act := m.someRequest(rt, func(q *requestModel) bool { return !q.settled && !judged(q.kind) })
	p := m.someone(rt, func(p *person) bool { return speaks(p, q) })
	want := firstOf(m.entryTo(p, q, act.Version), refusesAnswer(p, q))
	m.onRequest(rt, "answer "+string(q.kind), p, want, act, m.store.AnswerRequest, func(request.Receipt) {
		m.moveRequest(q, request.Answered, q.kind != request.Explanation, p)
	})
}

func (m *model) refusesPassingOn(p *person, q *requestModel) string {
	return firstOf(when(q.kind != request.Obstacle || !speaks(p, q), "request.not_yours"), when(q.state != request.Asked, "request.state"),
		when(m.agencies[q.to].parent == "", "request.no_parent"))
}

func (m *machine) passOn(rt *rapid.T) {
	q, act := m.someRequest(rt, func(q *requestModel) bool { return !q.settled && q.kind == request.Obstacle })
	p := m.someone(rt, func(p *person) bool { return speaks(p, q) })
	above := m.agencies[q.to].parent
	want := firstOf(m.entryTo(p, q, act.Version), m.refusesPassingOn(p, q))
	m.onRequest(rt, "pass on", p, want, act, m.store.PassOnRequest, func(r request.Receipt) {
		m.moveRequest(q, request.PassedOn, true, p)
		next := *q
		next.settled, next.to, next.due = false, above, *m.inWorkingDays(5)
		m.keepRequest(&next, r.Requests[1].ID, p)
	})
}

func (m *machine) withdrawRequest(rt *rapid.T) {
	q, act := m.someRequest(rt, func(q *requestModel) bool { return !q.settled })
	p := m.someone(rt, func(p *person) bool { return asked(p, q) })
	want := firstOf(m.entryTo(p, q, act.Version), when(!asked(p, q), "request.not_yours"), when(q.settled, "request.state"))
	m.onRequest(rt, "withdraw "+string(q.kind), p, want, act, m.store.WithdrawRequest, func(request.Receipt) {
		m.moveRequest(q, request.Withdrawn, true, p)
	})
}

func (m *machine) takeBackWaiver(rt *rapid.T) {
	q, act := m.someRequest(rt, func(q *requestModel) bool { return q.kind == request.Waiver && q.state == request.Granted })
	t := q.task
	p := m.someone(rt, func(p *person) bool { return rules(p, t) })
	want := firstOf(m.entryTo(p, q, act.Version), when(q.kind != request.Waiver || !rules(p, t), "request.not_yours"),
		when(q.state != request.Granted, "request.state"), when(m.now.After(t.round.closesAt), "round.over"))
	due := t.due
	if later := between(rt, "new day", -4, 6); later >= 0 {
		day := midnight(m.now).AddDate(0, 0, later)
		act.On, due = calendar.DateOf(day, hanoi), endOf(day)
		want = firstOf(want, when(!day.After(dueDay(t.due)), "request.not_later"), when(later == 0, "request.day_past"))
	} else {
		want = firstOf(want, when(!m.now.Before(t.due), "request.needs_day"))
	}
	m.onRequest(rt, "take back waiver", p, want, act, m.store.TakeBackWaiver, func(request.Receipt) {
		t.state, t.due, t.resubmit = task.StateOpen, due, nil
		t.bump()
		t.dueVersion++
		m.reopenRound(t.round, p)
		m.lasts(t.round)
		m.moveRequest(q, request.TakenBack, true, p)
		m.nudge("round", t.round.id)
	})
}
