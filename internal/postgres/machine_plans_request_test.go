package postgres_test

import (
	"context"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// ask asks for more time, or not to have to report.
func (m *planMachine) ask(rt *rapid.T) {
	kind := oneOf(rt, "kind", request.Extension, request.Extension, request.Waiver)
	asked := func(t *piece) bool {
		for _, q := range m.pleas {
			if q.piece == t && q.kind == kind && (!q.settled || q.state == request.Granted) {
				return true
			}
		}
		return false
	}
	t := m.something(rt, func(t *piece) bool {
		return t.owed() && !t.closed && !asked(t) && (kind == request.Waiver || m.now.Before(t.effective()))
	})
	p := m.someone(rt, func(p *official) bool { return ownsPiece(p, t) })
	if !t.owed() || t.closed || asked(t) || kind == request.Extension && !m.now.Before(t.effective()) || rulesPiece(p, t) {
		panic(unfit("requests are TestMachine's"))
	}
	q := &plea{kind: kind, piece: t, from: t.unit, to: "tinh", state: request.Asked, version: 1, due: t.effective(), again: kind == request.Extension && t.resending()}
	if q.again {
		q.to = t.way.reviewer
	}
	in := request.AskInput{TaskID: t.id, Kind: kind, Text: m.text()}
	if kind == request.Extension {
		q.proposed = dueDay(t.effective()).AddDate(0, 0, between(rt, "days later", 1, 6))
		in.ProposedOn = calendar.DateOf(q.proposed, hanoi)
	}
	want := firstOf(m.entry(p, t), when(!ownsPiece(p, t), "request.not_yours"))
	try(m, rt, "ask "+string(kind), p, want, func(ctx context.Context, actor policy.Actor) (request.Receipt, error) {
		return m.store.AskRequest(ctx, actor, in)
	}, func(r request.Receipt) {
		q.id = r.Requests[0].ID
		m.pleas = append(m.pleas, q)
		m.leaves("task."+string(kind)+"_asked", "task", t.id, p.id)
		m.nudge("request", q.id)
	})
}

// moot: what it asked about is not owed any more, or its date was set anew.
func (q *plea) moot() bool {
	return !q.piece.owed() || q.piece.closed || q.kind == request.Extension && q.again != q.piece.resending()
}

func (m *planMachine) lapsed(q *plea) bool {
	return q.kind == request.Extension && !m.now.Before(q.piece.effective())
}

func (m *planMachine) movePlea(q *plea, to request.State, by int64) {
	q.state, q.settled = to, true
	q.version++
	action := "task." + string(q.kind) + "_" + string(to)
	switch {
	case q.kind == request.Waiver && to == request.Granted:
		action = "task.waived"
	case to == request.TakenBack:
		action = "task.waiver_taken_back"
	}
	m.leaves(action, "task", q.piece.id, by)
	m.nudge("request", q.id)
}

// closeMoot closes what has become needless, without a word to anybody.
func (m *planMachine) closeMoot(t *piece, but *plea) {
	for _, q := range m.pleas {
		if q.piece == t && q != but && !q.settled && q.moot() {
			m.movePlea(q, request.Closed, 0)
		}
	}
}

// somePlea draws a request that fits.
func (m *planMachine) somePlea(rt *rapid.T, fits func(q *plea) bool) *plea {
	var fit []*plea
	for _, q := range m.pleas {
		if fits(q) {
			fit = append(fit, q)
		}
	}
	if len(fit) == 0 {
		panic(unfit("no request fits"))
	}
	return oneOf(rt, "request", fit...)
}

func (m *planMachine) grant(rt *rapid.T) {
	q := m.somePlea(rt, func(q *plea) bool { return !q.settled })
	t, speaks := q.piece, func(p *official) bool {
		role := "plan_authority"
		if q.again {
			role = "supervisor"
		}
		return p.has(q.to, role) && !p.has(q.from, "focal_point", "head")
	}
	p := m.someone(rt, speaks)
	want := firstOf(when(!m.sees(p, t) && !p.has(q.from, readingRoles...) && !p.has(q.to, readingRoles...), "not_found"),
		when(m.plan.state != plan.Active, "plan.not_active"), when(!speaks(p), "request.not_yours"), when(q.moot(), "request.moot"), when(m.lapsed(q), "request.lapsed"))
	if q.kind == request.Extension {
		want = firstOf(want, when(!q.proposed.After(dueDay(t.effective())), "request.not_later"))
	}
	text := m.text()
	try(m, rt, "grant "+string(q.kind), p, want, func(ctx context.Context, actor policy.Actor) (request.Receipt, error) {
		return m.store.DecideRequest(ctx, actor, request.Act{ID: q.id, Text: text, Grant: true})
	}, func(request.Receipt) {
		m.nudge("round", t.term.id)
		t.version++
		if q.kind == request.Waiver {
			if t.draft == "" && t.prep != "" {
				t.draft = t.prep
			}
			t.state, t.prep = task.StateWaived, ""
			m.movePlea(q, request.Granted, p.id)
			m.closeMoot(t, q)
			return
		}
		m.setDay(t, q.proposed)
		t.dueVersion++
		m.lasts(t.term)
		m.leaves("task.due_moved", "task", t.id, 0)
		m.movePlea(q, request.Granted, p.id)
	})
}

// setDay lets a person set the day until which something is awaited.
func (m *planMachine) setDay(t *piece, day time.Time) {
	until := endOf(day)
	if t.resubmit != nil {
		t.resubmit = &until
		return
	}
	t.due, t.since = until, append(t.since, shift{day: day})
}

func (m *planMachine) takeBackWaiver(rt *rapid.T) {
	q := m.somePlea(rt, func(q *plea) bool { return q.kind == request.Waiver && q.state == request.Granted })
	t := q.piece
	p := m.someone(rt, func(p *official) bool { return rulesPiece(p, t) })
	want := firstOf(when(!m.sees(p, t) && !p.has(q.from, readingRoles...) && !p.has(q.to, readingRoles...), "not_found"),
		when(m.plan.state != plan.Active, "plan.not_active"), when(!rulesPiece(p, t), "request.not_yours"))
	_, refused := m.goesOn(t)
	want = firstOf(want, refused, when(m.now.After(t.term.closesAt), "round.over"))
	act, day := request.Act{ID: q.id, Text: m.text()}, time.Time{}
	if !m.now.Before(t.due) || chance(rt, "new day", 1, 3) {
		day = midnight(m.now).AddDate(0, 0, between(rt, "days", 1, 6))
		if !day.After(dueDay(t.due)) {
			day = dueDay(t.due).AddDate(0, 0, 1)
		}
		act.On = calendar.DateOf(day, hanoi)
	}
	try(m, rt, "take back waiver", p, want, func(ctx context.Context, actor policy.Actor) (request.Receipt, error) {
		return m.store.TakeBackWaiver(ctx, actor, act)
	}, func(request.Receipt) {
		m.inherit(t, p.id)
		t.state, t.resubmit = task.StateOpen, nil
		if !day.IsZero() {
			m.setDay(t, day)
		}
		t.version++
		t.dueVersion++
		m.openAgain(t.term, p)
		m.lasts(t.term)
		m.movePlea(q, request.TakenBack, p.id)
		m.nudge("round", t.term.id)
	})
}
