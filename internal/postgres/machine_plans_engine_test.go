package postgres_test

import (
	"context"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// Time, and what the workflows have done when it has come.

func (m *planMachine) timePasses(rt *rapid.T) {
	to := m.now.Add(oneOf(rt, "how long", time.Minute, time.Hour, 5*time.Hour, 24*time.Hour, 24*time.Hour, 48*time.Hour, 4*24*time.Hour))
	t := m.something(rt, (*piece).owed)
	moments := []time.Time{t.due, t.effective(), t.term.closesAt, m.morning(), midnight(m.now).AddDate(0, 0, 1)}
	if i := evenly(rt, "moment", 2*len(moments)); i < len(moments) {
		to = moments[i].Add(oneOf(rt, "and", 0, time.Microsecond))
	}
	if !to.After(m.now) || to.After(m.now.AddDate(0, 0, 20)) || to.After(machineNever) {
		panic(unfit("not that way"))
	}
	m.set(to)
	rt.Logf("it is %s", m.now.In(hanoi).Format("01-02 15:04:05.000000"))
}

func (m *planMachine) runEngine(rt *rapid.T) {
	m.expected, m.nudged = nil, nil
	m.reformsOfToday(rt)
	m.openTerms(rt)
	for _, q := range slices.Clone(m.pleas) {
		m.runPlea(rt, q)
	}
	for _, r := range m.terms {
		m.runTerm(rt, r)
	}
	m.left(rt, "the engine")
}

// openTerms does what plan and duty workflows do. Whoever owes a duty today owes
// it in the round that opens, and nobody else.
func (m *planMachine) openTerms(rt *rapid.T) {
	ctx := m.t.Context()
	for _, c := range m.charges {
		if c.retired || len(c.owes) == 0 {
			if next, err := m.store.ScheduleNextRound(ctx, c.id); err != nil || !next.Ended {
				rt.Fatalf("duty %s, which nobody owes: %+v, %v", c.def.Code, next, err)
			}
			continue
		}
		for {
			before := m.waitingRounds(rt, c)
			next, err := m.store.ScheduleNextRound(ctx, c.id)
			if err != nil {
				rt.Fatal(err)
			}
			for _, id := range m.waitingRounds(rt, c) {
				if !slices.Contains(before, id) {
					m.leaves("round.scheduled", "round", id, 0)
				}
			}
			if next.RoundID == 0 && m.plan.state == plan.Active {
				rt.Fatalf("duty %s has no next round: %+v", c.def.Code, next)
			}
			if next.RoundID == 0 || next.OpensAt.After(m.now) || m.plan.state != plan.Active {
				break
			}
			if err := m.store.OpenRound(ctx, next.RoundID, func(int) {}); err != nil {
				rt.Fatal(err)
			}
			r := &term{id: next.RoundID, charge: c, open: true, openedAt: m.now, window: m.windowOf(rt, next.RoundID)}
			r.dueAt, r.closesAt = rule(r.window, c.days()), closing(r.window, c.days())
			m.terms = append(m.terms, r)
			m.leaves("round.opened", "round", r.id, 0)
			for _, code := range slices.Sorted(maps.Keys(c.owes)) {
				m.openPiece(rt, r, code)
			}
		}
		c.waiting = m.waitingRounds(rt, c)
	}
}

func (m *planMachine) waitingRounds(rt *rapid.T, c *charge) []int64 {
	rt.Helper()
	var ids []int64
	if err := m.db.SelectContext(m.t.Context(), &ids, `SELECT id FROM rounds WHERE duty_id = $1 AND state = 'scheduled' ORDER BY id`, c.id); err != nil {
		rt.Fatal(err)
	}
	return ids
}

// windowOf is the last day of a round's period.
func (m *planMachine) windowOf(rt *rapid.T, round int64) time.Time {
	rt.Helper()
	var on time.Time
	m.one(rt, &on, `SELECT window_to_on FROM rounds WHERE id = $1`, round)
	y, month, d := on.Date()
	return time.Date(y, month, d, 0, 0, 0, 0, hanoi)
}

func (m *planMachine) runPlea(rt *rapid.T, q *plea) {
	turn, err := m.store.RunRequest(m.t.Context(), q.id)
	if err != nil {
		rt.Fatal(err)
	}
	switch {
	case q.settled:
	case q.moot():
		m.movePlea(q, request.Closed, 0)
	case m.plan.state == plan.Active && q.kind == request.Extension:
		if until := q.piece.effective(); !until.Equal(q.due) { // it follows the date that it is about
			q.due = until
			q.version++
		}
		if m.lapsed(q) {
			m.movePlea(q, request.Lapsed, 0)
		}
	}
	if turn.Ended != q.settled {
		rt.Fatalf("request %d: ended %v, want %v", q.id, turn.Ended, q.settled)
	}
}

func (m *planMachine) runTerm(rt *rapid.T, r *term) {
	turn, err := m.store.RunRound(m.t.Context(), r.id)
	if err != nil {
		rt.Fatal(err)
	}
	if m.plan.state != plan.Active {
		return
	}
	review := r.charge.def.Review.Mode
	for _, t := range m.pieces {
		if t.term == r && review == plan.ReviewAutomatic && t.is(task.StateSubmitted) &&
			!m.now.Before(workingDays(midnight(t.waitsSince), machineAutoDays).Add(17*time.Hour)) {
			m.accepted(t, 0)
		}
	}
	if r.open && m.over(r) {
		r.open = false
		m.leaves("round.closed", "round", r.id, 0)
		for _, t := range m.pieces {
			if t.term == r && t.owed() && !t.closed {
				t.closed = true
				t.version++
				m.leaves("task.closed", "task", t.id, 0)
			}
		}
	}
	if (turn.State == "open") != r.open {
		rt.Fatalf("round %d is %s at %s, want open %v until %s", r.id, turn.State, m.now, r.open, r.closesAt)
	}
	if !turn.Ended && turn.NextAt.IsZero() || turn.Ended && r.open {
		rt.Fatalf("round %d waits for nothing: %+v", r.id, turn)
	}
}

// over: nothing is owed any more, or the closing time and every due time have passed.
func (m *planMachine) over(r *term) bool {
	until, owing := r.closesAt, false
	for _, t := range m.pieces {
		switch {
		case t.term != r:
		case t.owed():
			owing = true
			for _, day := range []time.Time{t.due, t.awaited()} {
				if day.After(until) {
					until = day
				}
			}
		case t.is(task.StateSubmitted) && r.charge.def.Review.Mode != plan.ReviewNone:
			owing = true
		}
	}
	return !owing || m.now.After(until)
}

// mailGoesOut composes and hands over: no reminder of what is not owed.
func (m *planMachine) mailGoesOut(rt *rapid.T) {
	ctx := m.t.Context()
	if _, err := m.store.ComposeMessages(ctx, m.now, "dondoc.example"); err != nil {
		rt.Fatal(err)
	}
	leases, err := m.store.LeaseMessages(ctx, 1000, time.Minute)
	if err != nil {
		rt.Fatal(err)
	}
	for _, lease := range leases {
		h, goes, err := m.store.CheckMessage(ctx, lease, m.now)
		if err != nil {
			rt.Fatal(err)
		}
		if !goes {
			continue
		}
		for _, item := range h.Items {
			m.mayBeSent(rt, item)
		}
		if err := m.store.MarkHandedOver(ctx, []notice.HandedOver{{Lease: lease, At: m.now}}); err != nil {
			rt.Fatal(err)
		}
	}
	m.expected, m.nudged = nil, nil
	m.left(rt, "mail")
}

func (m *planMachine) mayBeSent(rt *rapid.T, item notice.Item) {
	rt.Helper()
	i := slices.IndexFunc(m.pieces, func(t *piece) bool { return t.id == item.TaskID })
	if i < 0 {
		return
	}
	t, kept := m.pieces[i], true
	switch item.Kind {
	case notice.Opening, notice.Reminder, notice.DueToday:
		kept = t.owed() && m.plan.state != plan.Suspended
	case notice.Overdue, notice.UrgingDraft, notice.Escalation:
		kept = t.owed() && m.now.After(t.effective()) && m.plan.state != plan.Suspended
	case notice.Prepared:
		kept = t.is(task.StatePrepared)
	case notice.Submitted, notice.ReviewReminder, notice.ReviewOverdue:
		kept = t.is(task.StateSubmitted)
	}
	if !kept {
		rt.Fatalf("%s goes out about task %d, which is %s (plan %s)", item.Kind, t.id, t.state, m.plan.state)
	}
}

func (m *planMachine) suspendOrResume(rt *rapid.T) {
	p := m.someone(rt, func(p *official) bool { return p.has("tinh", "plan_authority") })
	if m.plan.state == plan.Active {
		if chance(rt, "not yet", 2, 3) {
			panic(unfit("a plan that is suspended all the time shows little"))
		}
		try(m, rt, "suspend", p, m.mayManage(p), func(ctx context.Context, actor policy.Actor) (plan.Record, error) {
			return m.store.SuspendPlan(ctx, actor, m.plan.id, 0)
		}, func(plan.Record) {
			m.plan.state, m.plan.suspended = plan.Suspended, m.now
			m.leaves("plan.suspended", "plan", m.plan.id, p.id)
		})
		return
	}
	try(m, rt, "resume", p, m.mayManage(p), func(ctx context.Context, actor policy.Actor) (plan.Record, error) {
		return m.store.ResumePlan(ctx, actor, m.plan.id, 0)
	}, func(plan.Record) {
		m.plan.state = plan.Active
		m.leaves("plan.resumed", "plan", m.plan.id, p.id)
		m.moveBySuspension()
	})
}

// moveBySuspension moves what was still to come by the working days that were lost.
func (m *planMachine) moveBySuspension() {
	days := 0
	for day := midnight(m.plan.suspended); day.Before(midnight(m.now)); day = day.AddDate(0, 0, 1) {
		if works(day) {
			days++
		}
	}
	for _, t := range m.pieces {
		if days == 0 || !t.owed() || t.closed || !t.awaited().After(m.plan.suspended) {
			continue
		}
		to := endOf(workingDays(dueDay(t.awaited()), days))
		if t.resubmit != nil {
			t.resubmit = &to
		} else {
			t.due, t.since = to, append(t.since, shift{plus: days})
		}
		t.version++
		t.dueVersion++
		m.leaves("task.due_moved", "task", t.id, 0)
	}
	for _, t := range m.pieces { // a round lasts as long as its tasks are due
		if r := t.term; days > 0 && r.open && !t.closed && t.due.After(r.closesAt) {
			r.closesAt = t.due
		}
	}
}
