package postgres_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// worksOut says what a file does to the rounds that live, after the table of
// docs/amendments.md.
func (m *planMachine) worksOut(rt *rapid.T, file *plan.Plan) (all []*termWork) {
	if m.namesEnded(file) {
		return nil
	}
	over := m.now
	if m.plan.state == plan.Suspended {
		over = m.plan.suspended
	}
	for _, c := range m.charges {
		i := slices.IndexFunc(file.Duties, func(d plan.Duty) bool { return d.Code == c.def.Code })
		if i < 0 && c.retired || i >= 0 && !c.retired && !m.touched(rt, c, file.Duties[i]) {
			continue
		}
		w := dutyWork{charge: c, over: over, retired: i < 0, owed: map[string]way{}, owes: map[string]way{}, after: c.def}
		if !c.retired {
			w.owed = c.owes
		}
		if i >= 0 {
			w.after = file.Duties[i]
			for _, code := range ownersOf(w.after) {
				w.owes[code] = m.written(w.after, code)
			}
		}
		all = append(all, m.worksOutDuty(rt, &w)...)
	}
	return all
}

// dutyWork is a duty before and after.
type dutyWork struct {
	charge     *charge
	over       time.Time // what was due by then is over
	retired    bool
	after      plan.Duty
	owed, owes map[string]way
}

func (w *dutyWork) days() int { return w.after.Due[""].WorkingDays }

func (w *dutyWork) reviewChanges() bool { return !w.retired && w.charge.def.Review != w.after.Review }

func (m *planMachine) worksOutDuty(rt *rapid.T, w *dutyWork) (all []*termWork) {
	for _, id := range m.waitingRounds(rt, w.charge) {
		window := m.windowOf(rt, id)
		s := &termWork{scheduled: id, dropped: w.retired || len(w.owes) == 0, due: rule(window, w.days())}
		if s.dropped || s.due.After(w.over) && w.days() != w.charge.days() {
			all = append(all, s)
		}
	}
	for _, r := range m.terms {
		if r.charge != w.charge {
			continue
		}
		if t := m.worksOutTerm(w, r); !t.empty() {
			all = append(all, t)
		}
	}
	return all
}

func (m *planMachine) worksOutTerm(w *dutyWork, r *term) *termWork {
	t := &termWork{term: r, before: w.charge.def.Review.Mode, after: w.after.Review.Mode}
	if w.retired {
		t.after = t.before
	}
	has := map[string]*piece{}
	before, after := 0, 0
	for _, one := range m.pieces {
		if one.term != r {
			continue
		}
		has[one.unit] = one
		if one.is(task.StateSubmitted) && w.reviewChanges() {
			t.waiting = append(t.waiting, one)
		}
		if !r.open {
			continue
		}
		m.worksOutPiece(w, t, one)
		if !settledUnder(one, t.before) {
			before++
			if !slices.Contains(t.cancelled, one) && !settledUnder(one, t.after) {
				after++
			}
		}
	}
	if !r.open {
		return t
	}
	for _, code := range slices.Sorted(maps.Keys(w.owes)) {
		if _, owed := w.owed[code]; owed {
			continue
		}
		switch one := has[code]; {
		case one != nil && one.is(task.StateCancelled, task.StateWaived), one == nil && !rule(r.window, w.days()).After(w.over):
			t.later = append(t.later, code)
		case one == nil:
			t.opened = append(t.opened, code)
			after++
		}
	}
	if closes := closing(r.window, w.days()); !w.retired && !closes.Equal(closing(r.window, w.charge.days())) && !closes.Equal(r.closesAt) {
		t.closes = closes
	}
	t.ends = before > 0 && after == 0
	return t
}

// worksOutPiece: who owes it no more is free of it unless something was ever sent;
// who owes it still has the new date and the new way.
func (m *planMachine) worksOutPiece(w *dutyWork, t *termWork, one *piece) {
	to, owes := w.owes[one.unit]
	_, owed := w.owed[one.unit]
	switch {
	case !owed:
		return
	case !owes && len(one.sent) > 0 && !one.is(task.StateCancelled):
		t.kept = append(t.kept, one)
		return
	case !owes && one.live():
		t.cancelled = append(t.cancelled, one)
		return
	case !owes || !one.live():
		return
	}
	if w.owed[one.unit] != to && one.way != to {
		t.rerouted = append(t.rerouted, one)
	}
	if one.is(task.StateSubmitted) || one.resubmit != nil || !one.due.After(w.over) || one.base != w.charge.days() || w.days() == one.base {
		return // what was sent, or was set by a person, or is over, stays
	}
	if due := moved(one, w.days()); !due.Equal(one.due) && due.After(w.over) {
		t.moves = append(t.moves, pieceMove{one, due})
	}
}

// moved is a due time under another rule: what happened to it since happens again.
func moved(t *piece, days int) time.Time {
	day := dueDay(rule(t.term.window, days))
	for _, s := range t.since {
		if s.day.IsZero() {
			day = workingDays(day, s.plus)
		} else {
			day = s.day
		}
	}
	return endOf(day)
}

// amended does to the model what was worked out.
func (m *planMachine) amended(rt *rapid.T, file *plan.Plan, works []*termWork, p *official) {
	m.leaves("plan.amended", "plan", m.plan.id, p.id)
	m.nudge("plan", m.plan.id)
	m.doc = file
	m.takeDuties(rt, file)
	for _, w := range works {
		switch {
		case w.scheduled != 0 && w.dropped:
			m.leaves("round.dropped", "round", w.scheduled, p.id)
		case w.scheduled != 0:
			m.leaves("round.moved", "round", w.scheduled, p.id)
		default:
			m.amendedTerm(rt, w, p)
		}
	}
	for _, c := range m.charges {
		c.waiting = m.waitingRounds(rt, c)
	}
}

// takeDuties takes the duties of the file into force.
func (m *planMachine) takeDuties(rt *rapid.T, file *plan.Plan) {
	for _, c := range m.charges {
		c.retired = !slices.ContainsFunc(file.Duties, func(d plan.Duty) bool { return d.Code == c.def.Code })
	}
	for _, d := range file.Duties {
		c := m.chargeOf(d.Code)
		if c == nil {
			c = &charge{}
			m.one(rt, &c.id, `SELECT id FROM duties WHERE code = $1`, d.Code)
			m.charges = append(m.charges, c)
		}
		c.def, c.owes = withoutOwners(d), map[string]way{}
		for _, code := range ownersOf(d) {
			c.owes[code] = m.written(d, code)
		}
	}
}

func (m *planMachine) amendedTerm(rt *rapid.T, w *termWork, p *official) {
	r := w.term
	m.leaves("round.amended", "round", r.id, p.id)
	m.nudge("round", r.id)
	if w.before == plan.ReviewNone {
		for _, t := range w.waiting { // where nobody decided, what was sent is done and stays so
			m.accepted(t, 0)
		}
	}
	for _, t := range w.cancelled {
		t.state, t.prep = task.StateCancelled, ""
		t.version++
		m.leaves("task.cancelled", "task", t.id, p.id)
		m.closeMoot(t, nil)
	}
	for _, t := range w.rerouted {
		t.way = r.charge.owes[t.unit]
		t.version++
		m.leaves("task.rerouted", "task", t.id, p.id)
	}
	for _, move := range w.moves {
		t := move.piece
		t.due, t.base = move.to, r.charge.days()
		t.version++
		t.dueVersion++
		m.leaves("task.due_moved", "task", t.id, 0)
	}
	for _, code := range w.opened {
		m.openPiece(rt, r, code)
	}
	if len(w.moves)+len(w.opened)+len(w.cancelled) > 0 {
		m.lasts(r)
	}
	if !w.closes.IsZero() {
		if r.closesAt = w.closes; r.dueAt.After(r.closesAt) {
			r.closesAt = r.dueAt
		}
	}
	m.count(w)
}

// count keeps what amendments did, so that none of it goes untested.
func (m *planMachine) count(w *termWork) {
	for what, n := range map[string]int{
		"task opened": len(w.opened), "task owed later": len(w.later), "task cancelled": len(w.cancelled), "task kept": len(w.kept),
		"task rerouted": len(w.rerouted), "due time moved": len(w.moves), "waits under other rules": len(w.waiting),
	} {
		if n > 0 {
			m.seal.done[fmt.Sprintf("amendment: %s", what)] += n
		}
	}
}
