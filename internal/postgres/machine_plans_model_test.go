package postgres_test

import (
	"fmt"
	"slices"
	"time"

	"dondoc/internal/plan"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// unit is an agency: until when it lives, and who took over from it.
type unit struct {
	id                  int64
	code, level, parent string
	position            int
	from                time.Time // its first day; zero: it was always there
	ended               bool
	heirs               []string         // who took over, the main successor first
	chosen              map[int64]string // who took over single duties
	two                 bool             // two signatures
}

// way is where a result goes.
type way struct{ recipient, reviewer string }

// charge is a duty as it stands, with who owes it in fact.
type charge struct {
	id      int64
	def     plan.Duty // without who owes it
	retired bool
	owes    map[string]way
	waiting []int64 // rounds that have not opened
}

func (c *charge) days() int { return c.def.Due[""].WorkingDays }

// term is a round.
type term struct {
	id                        int64
	charge                    *charge
	window                    time.Time // the last day of its period
	open                      bool
	openedAt, dueAt, closesAt time.Time
}

// shift is what happened to a due time since it was computed: so many working
// days more, or a day that a person set.
type shift struct {
	plus int
	day  time.Time
}

// piece is a task: what one unit owes in one round.
type piece struct {
	id                  int64
	term                *term
	unit                string
	way                 way
	state               task.State
	due, original       time.Time
	resubmit            *time.Time
	closed              bool
	version, dueVersion int
	base                int // working days by which the due time was computed
	since               []shift
	sent                []*sending
	prep                string // waits for the head; empty: nothing does
	prepFrom            task.State
	draft               string
	waitsSince          time.Time
}

type sending struct {
	text    string
	at      time.Time
	invalid bool
}

// plea is a request for more time, or not to have to report.
type plea struct {
	id       int64
	kind     request.Kind
	piece    *piece
	from, to string
	again    bool // about the day for sending again
	proposed time.Time
	due      time.Time // of an extension: the date that it is about
	state    request.State
	settled  bool
	version  int
}

type official struct {
	id    int64
	name  string
	posts []string // "role agency"
	left  []leftPost
	begun map[string]time.Time // the first day of posts that reforms gave
}

// leftPost is a post that has ended, with its last day.
type leftPost struct {
	post string
	last time.Time
}

func (p *official) String() string   { return p.name }
func (p *official) GoString() string { return p.name }

func (t *piece) GoString() string {
	return fmt.Sprintf("task %d (%s of %s, %s, version %d)", t.id, t.term.charge.def.Code, t.unit, t.state, t.version)
}

func (t *piece) owed() bool {
	return slices.Contains([]task.State{task.StateOpen, task.StatePrepared, task.StateReturned}, t.state)
}

// live: it may still change.
func (t *piece) live() bool { return !t.closed && (t.owed() || t.state == task.StateSubmitted) }

func (t *piece) is(states ...task.State) bool { return slices.Contains(states, t.state) }

func (t *piece) resending() bool {
	return t.state == task.StateReturned || t.state == task.StatePrepared && t.resubmit != nil
}

// effective is the instant after which what is owed is overdue.
func (t *piece) effective() time.Time {
	if t.resending() {
		return *t.resubmit
	}
	return t.due
}

// awaited is the instant for which the unit is reminded.
func (t *piece) awaited() time.Time {
	if t.resubmit != nil {
		return *t.resubmit
	}
	return t.due
}

func (t *piece) firstValid() *time.Time {
	var first *time.Time
	for _, s := range t.sent {
		switch {
		case s.invalid:
			first = nil
		case first == nil:
			first = &s.at
		}
	}
	return first
}

// status is the official 2 × 2.
func (m *planMachine) status(t *piece) task.Status {
	onTime := t.firstValid() != nil && !t.firstValid().After(t.due)
	pick := func(in, late task.Status) task.Status {
		if onTime {
			return in
		}
		return late
	}
	switch {
	case t.is(task.StateWaived, task.StateCancelled):
		return task.NotExpected
	case t.is(task.StateAccepted), t.is(task.StateSubmitted) && t.term.charge.def.Review.Mode == plan.ReviewNone:
		return pick(task.DoneOnTime, task.DoneLate)
	case t.is(task.StateSubmitted):
		return pick(task.Waiting, task.WaitingLate)
	case m.now.After(t.effective()) && m.plan.state != plan.Suspended:
		return task.NotDoneOverdue
	}
	return task.NotDoneInTime
}

// heir is who took a duty over from a unit that has ended; empty: nobody did.
func (m *planMachine) heir(code string, c *charge) string {
	u := m.units[code]
	if chosen := u.chosen[c.id]; chosen != "" {
		return chosen
	}
	if u.ended && len(u.heirs) > 0 {
		return u.heirs[0]
	}
	return ""
}

// goesOn says who owes a task that is to be owed again, or why nobody can.
func (m *planMachine) goesOn(t *piece) (to, refused string) {
	to = t.unit
	for m.units[to].ended {
		next := m.heir(to, t.term.charge)
		if next == "" {
			return "", "agency.no_successor"
		}
		to = next
	}
	if to != t.unit && slices.ContainsFunc(m.pieces, func(o *piece) bool { return o.term == t.term && o.unit == to }) {
		return "", "agency.successor_owes"
	}
	return to, ""
}

// inherit gives such a task to who owes it now, and its result to who takes it now.
func (m *planMachine) inherit(t *piece, by int64) {
	if to, _ := m.goesOn(t); to != t.unit {
		t.unit = to
		m.leaves("task.succeeded", "task", t.id, by)
	}
	now := func(to string) string {
		for m.units[to].ended && m.heir(to, t.term.charge) != "" {
			to = m.heir(to, t.term.charge)
		}
		return m.orAbove(to, t.unit)
	}
	if to := (way{now(t.way.recipient), now(t.way.reviewer)}); to != t.way {
		t.way = to
		m.leaves("task.rerouted", "task", t.id, by)
		m.seal.done["task owed again and rerouted"]++
	}
}

// orAbove: nobody receives or reviews a result of their own, or after their end: then
// the standing agency does, else the issuer.
func (m *planMachine) orAbove(to, unit string) string {
	for _, next := range []string{m.standing, "tinh"} {
		if to == unit || m.units[to].ended {
			to = next
		}
	}
	return to
}

// rule is the due time of a period: so many working days after its last day.
func rule(window time.Time, days int) time.Time { return endOf(workingDays(window, days)) }

// closing is until when a period's round lasts: the next one's due time, or the
// plan's end.
func closing(window time.Time, days int) time.Time {
	next := time.Date(window.Year(), window.Month()+2, 0, 0, 0, 0, 0, hanoi)
	closes := rule(next, days)
	if end := time.Date(2027, 1, 1, 0, 0, 0, 0, hanoi).UTC(); end.Before(closes) {
		closes = end
	}
	if due := rule(window, days); due.After(closes) {
		return due
	}
	return closes
}

// lasts lets an open round last as long as its tasks are due.
func (m *planMachine) lasts(r *term) {
	var due time.Time
	for _, t := range m.pieces {
		if t.term == r && !t.is(task.StateWaived, task.StateCancelled) {
			for _, at := range []time.Time{t.due, t.awaited()} {
				if at.After(due) {
					due = at
				}
			}
		}
	}
	if r.open && !due.IsZero() {
		if r.dueAt = due; due.After(r.closesAt) {
			r.closesAt = due
		}
	}
}
