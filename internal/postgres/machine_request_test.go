package postgres_test

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// What people ask of each other: asking, and the rules about requests.
func init() {
	for _, kind := range []request.Kind{request.Extension, request.Waiver, request.Explanation, request.Obstacle, request.Contribution, request.Help} {
		register(1, "ask "+string(kind), func(m *machine, rt *rapid.T) { m.ask(rt, kind) })
	}
}

func judged(k request.Kind) bool { return k == request.Extension || k == request.Waiver }

// needless: what it asked about is not owed any more, or its date was set anew.
func (q *requestModel) needless() bool {
	return judged(q.kind) && (!q.task.owed() || q.task.closed || q.kind == request.Extension && q.resubmission != q.task.resending())
}

// until is when an extension lapses: at the date that it is about.
func (q *requestModel) until() time.Time {
	if q.kind == request.Extension && !q.needless() {
		return q.task.effective()
	}
	return q.due
}

func (m *model) lapsed(q *requestModel) bool {
	return q.kind == request.Extension && !m.now.Before(q.until())
}

// speaks: the person speaks for the body that is asked; nobody grants their own request.
func speaks(p *person, q *requestModel) bool {
	roles := []string{asFocal, asHead}
	switch {
	case q.kind == request.Extension && q.resubmission:
		roles = []string{asSupervisor}
	case judged(q.kind):
		roles = []string{asAuthority}
	case q.kind == request.Obstacle:
		roles = []string{asSupervisor, asAuthority}
	}
	return p.has(q.to, roles...) && !(judged(q.kind) && p.speaksFor(q.from))
}

func asked(p *person, q *requestModel) bool {
	if q.kind == request.Explanation {
		return p.has(q.from, asSupervisor)
	}
	return p.has(q.from, asFocal, asHead)
}

// open is the task's open request of a kind.
func (m *model) openRequest(t *taskModel, k request.Kind) *requestModel {
	for _, q := range m.requests {
		if q.task == t && q.kind == k && !q.settled {
			return q
		}
	}
	return nil
}

func (m *machine) ask(rt *rapid.T, kind request.Kind) {
	fits := func(t *taskModel) bool { return t.owed() && !t.closed }
	switch kind {
	case request.Explanation:
		fits = func(t *taskModel) bool { return m.late(t) }
	case request.Contribution:
		fits = func(t *taskModel) bool { return t.duty.Code == "Q" }
	}
	t := m.something(rt, fits)
	p := m.someone(rt, func(p *person) bool {
		switch {
		case kind == request.Explanation:
			return reviews(p, t)
		case kind == request.Waiver:
			return owns(p, t) || rules(p, t)
		}
		return owns(p, t)
	})
	version := m.read(rt, t)
	in := request.AskInput{TaskID: t.id, Version: version, Kind: kind, Text: m.text()}
	want := m.entry(p, t, version)
	if kind == request.Waiver && rules(p, t) {
		m.waiveAtOnce(rt, p, t, in, firstOf(want, when(t.closed, "task.closed"),
			when(!t.owed() && t.state != task.StateSubmitted, "task.move")))
		return
	}
	want = firstOf(want, when(kind == request.Explanation && !reviews(p, t) || kind != request.Explanation && !owns(p, t), "request.not_yours"))
	list, refused := m.plannedRequests(rt, t, &in)
	want = firstOf(want, refused)
	perform(m, rt, "ask "+string(kind), p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (request.Receipt, error) {
		return m.store.AskRequest(m.with(key), actor, in)
	}, func(r request.Receipt) {
		if kind == request.Extension {
			m.closeNeedless(t, nil)
		}
		for i, q := range list {
			m.keepRequest(q, r.Requests[i].ID, p)
		}
	})
}

func (m *machine) keepRequest(q *requestModel, id int64, p *person) {
	q.id, q.state, q.version = id, request.Asked, 1
	m.requests = append(m.requests, q)
	m.expect("task."+string(q.kind)+"_asked", "task", q.task.id, p)
	m.nudge("request", id)
}

// late: owed and overdue, or sent in after the due time.
func (m *model) late(t *taskModel) bool {
	return t.owed() && m.now.After(t.effective()) || t.firstValid() != nil && t.firstValid().After(t.due)
}

// plannedRequests draws what is asked of whom, and says why it cannot be.
func (m *machine) plannedRequests(rt *rapid.T, t *taskModel, in *request.AskInput) (list []*requestModel, refused string) {
	q := &requestModel{kind: in.Kind, task: t, from: t.agency, to: issuer, due: *m.inWorkingDays(3)}
	needed := firstOf(when(t.closed, "task.closed"), when(!t.owed(), "request.moot"))
	switch in.Kind {
	case request.Extension:
		q.resubmission, q.due = t.resending(), t.effective()
		if q.resubmission {
			q.to = t.reviewer
		}
		later := between(rt, "days later", 0, 6)
		q.proposed = dueDay(t.effective()).AddDate(0, 0, later)
		in.ProposedOn = calendar.DateOf(q.proposed, hanoi)
		granted := 0
		for _, o := range m.requests {
			if o.task == t && o.kind == request.Extension && o.state == request.Granted {
				granted++
			}
		}
		other := m.openRequest(t, in.Kind)
		return []*requestModel{q}, firstOf(needed, when(!m.now.Before(t.effective()), "request.after_due"), when(later == 0, "request.not_later"),
			when(granted >= 2, "request.limit"), when(other != nil && !other.needless(), "request.open"))
	case request.Waiver:
		return []*requestModel{q}, firstOf(needed, when(m.openRequest(t, in.Kind) != nil, "request.open"))
	case request.Explanation:
		q.from, q.to = t.reviewer, t.agency
		return []*requestModel{q}, when(!m.late(t), "request.not_late")
	}
	bodies := slices.Compact(slices.Sorted(slices.Values([]string{
		oneOf(rt, "body", "so", "tinh", "d1", "d2", "x1", "la"), oneOf(rt, "other body", "so", "tinh", "d2"),
	})))
	slices.SortFunc(bodies, func(a, b string) int { return int(m.agencies[a].id - m.agencies[b].id) })
	for _, body := range bodies {
		in.ToAgencies = append(in.ToAgencies, m.agencies[body].id)
		one := *q
		one.to, one.due = body, *m.inWorkingDays(5)
		list = append(list, &one)
		refused = firstOf(refused, when(!mayBeAsked(t, in.Kind, body), "request.body"))
	}
	return list, refused
}

// mayBeAsked: obstacles go to who receives, reviews, stands by or issued it, the
// lead asks who coordinates, and help is asked of whom the plan names.
func mayBeAsked(t *taskModel, k request.Kind, body string) bool {
	switch {
	case body == t.agency:
		return false
	case k == request.Obstacle:
		return slices.Contains([]string{t.recipient, t.reviewer, standing, issuer}, body)
	case k == request.Contribution:
		return t.duty.Code == "Q" && body == "d2"
	}
	return body != "la"
}

// closeNeedless closes what has become needless, without a word to anybody.
func (m *machine) closeNeedless(t *taskModel, but *requestModel) {
	for _, q := range m.requests {
		if q.task == t && q != but && !q.settled && q.needless() {
			m.moveRequest(q, request.Closed, true, nil)
		}
	}
}

// moveRequest changes a request, which leaves an audit row about the task.
func (m *machine) moveRequest(q *requestModel, to request.State, settled bool, p *person) {
	q.state, q.settled = to, settled
	q.version++
	action := "task." + string(q.kind) + "_" + string(to)
	switch {
	case q.kind == request.Waiver && to == request.Granted:
		action = "task.waived"
	case to == request.TakenBack:
		action = "task.waiver_taken_back"
	}
	m.expect(action, "task", q.task.id, p)
	m.nudge("request", q.id)
}

func (m *machine) waiveAtOnce(rt *rapid.T, p *person, t *taskModel, in request.AskInput, want string) {
	perform(m, rt, "waive", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (request.Receipt, error) {
		return m.store.AskRequest(m.with(key), actor, in)
	}, func(r request.Receipt) {
		q := m.openRequest(t, request.Waiver)
		if q == nil {
			q = &requestModel{id: r.Requests[0].ID, kind: request.Waiver, task: t, from: issuer, to: issuer, version: 1, due: m.now}
			m.requests = append(m.requests, q)
		}
		m.waive(q, p)
	})
}

// waive: the result is not owed for this period.
func (m *machine) waive(q *requestModel, p *person) {
	t := q.task
	if t.prep != nil { // what waited for the head can be written on, should it be owed again
		t.restoreDraft(*t.prep)
		t.prep = nil
	}
	t.state = task.StateWaived
	t.bump()
	m.moveRequest(q, request.Granted, true, p)
	m.closeNeedless(t, q)
	m.nudge("round", t.round.id)
}

// lasts lets an open round last as long as its tasks are due.
func (m *model) lasts(r *roundModel) {
	var due time.Time
	for _, t := range m.tasks {
		if t.round != r || t.state == task.StateWaived || t.state == task.StateCancelled {
			continue
		}
		if t.due.After(due) {
			due = t.due
		}
		if t.resubmit != nil && t.resubmit.After(due) {
			due = *t.resubmit
		}
	}
	if r.open && !due.IsZero() {
		if r.dueAt = due; due.After(r.closesAt) {
			r.closesAt = due
		}
	}
}
