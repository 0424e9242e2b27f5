package rehearsal

import (
	"slices"
	"time"
)

// Run is a stretch of the rehearsal: from when the plan is followed until when
// the engine is looked at, and outages of the worker in between.
type Run struct {
	From, Until time.Time
	Outages     []Outage
}

// Outage is a time through which the clock runs on while the engine is down:
// what falls into it is done when it is up again. People do not act in it, nor
// later on tasks on which they would have acted.
type Outage struct{ Down, Up time.Time }

func (o Outage) covers(at time.Time) bool { return at.After(o.Down) && at.Before(o.Up) }

// engine is when the engine gets to do what is due at an instant.
func (r Run) engine(at time.Time) time.Time {
	if at.Before(r.From) {
		at = r.From
	}
	for _, o := range r.Outages {
		if o.covers(at) {
			return o.Up
		}
	}
	return at
}

// acts are the acts on one task that come about in the run.
func (r Run) acts(all []act) []act {
	for i, a := range all {
		if a.at.After(r.Until) || !r.engine(a.at).Equal(a.at) {
			return all[:i]
		}
	}
	return all
}

// Anchors of steps.
const (
	fromOpening   = "opening"
	fromDue       = "due"
	fromSubmitted = "submitted"
)

// The states of a task that occur in a rehearsal.
const (
	stateOpen      = "open"
	stateSubmitted = "submitted"
	stateReturned  = "returned"
	stateAccepted  = "accepted"
)

type expectedStep struct {
	rung    rung
	anchor  string
	version int
	at      time.Time
	state   string // pending, done, skipped
	runAt   time.Time
}

// moment is how a task stood from an instant on.
type moment struct {
	at                      time.Time
	state                   string
	due                     time.Time // the effective one
	dueVersion, submissions int
}

type expectedTask struct {
	duty                duty
	key, owner          string
	recipient, reviewer string
	due, resubmitDue    time.Time
	first, submitted    time.Time
	settled, closed     time.Time
	opened              time.Time
	state               string
	dueVersion          int
	submissions         int
	steps               []*expectedStep
	acts                []act
	history             []moment
}

func (t *expectedTask) owed() bool { return t.state == stateOpen || t.state == stateReturned }

func (t *expectedTask) effectiveDue() time.Time {
	if t.state == stateReturned {
		return t.resubmitDue
	}
	return t.due
}

func (t *expectedTask) remember(at time.Time) {
	t.history = append(t.history, moment{at, t.state, t.effectiveDue(), t.dueVersion, t.submissions})
}

// asOf is how the task stood at an instant, acts of that very instant included;
// false before it was opened.
func (t *expectedTask) asOf(at time.Time) (moment, bool) {
	for _, m := range slices.Backward(t.history) {
		if !m.at.After(at) {
			return m, true
		}
	}
	return moment{}, false
}

type expectedRound struct {
	duty                duty
	window              window
	opens, due, closes  time.Time
	opened, closed      time.Time
	tasks               []*expectedTask
	scheduledNotOpenYet bool
}

func (r *expectedRound) state() string {
	switch {
	case r.scheduledNotOpenYet:
		return "scheduled"
	case r.closed.IsZero():
		return "open"
	default:
		return "closed"
	}
}

// Expected is everything that has to be on record at the end of a run.
type Expected struct {
	province *province
	run      Run
	rounds   []*expectedRound
	notices  []*expectedNotice
	messages []*expectedMessage
	acts     []act
}

// Expect computes a run's outcome.
func Expect(p *province, run Run) *Expected {
	e := &Expected{province: p, run: run, acts: p.script(run)}
	for d, duty := range p.duties {
		for w := range duty.windows[:len(duty.windows)-1] {
			r := e.round(d, w)
			e.rounds = append(e.rounds, r)
			if r.scheduledNotOpenYet {
				break // one period ahead, no more
			}
		}
	}
	for _, r := range e.rounds {
		for _, t := range r.tasks {
			e.tell(t)
		}
	}
	e.digests()
	e.compose()
	return e
}

func (e *Expected) round(dutyNo, windowNo int) *expectedRound {
	p, run := e.province, e.run
	d := p.duties[dutyNo]
	r := &expectedRound{duty: d, window: d.windows[windowNo]}
	r.opens, r.due, r.closes = p.times(d, windowNo)
	r.opened = run.engine(r.opens)
	if r.opened.After(run.Until) {
		r.opened, r.scheduledNotOpenYet = time.Time{}, true
		return r
	}
	for o, owner := range d.owners {
		t := &expectedTask{
			duty: d, key: r.window.key, owner: owner, state: stateOpen, dueVersion: 1, opened: r.opened,
			recipient: p.superior(d.recipient, owner), reviewer: p.superior(d.reviewer, owner),
			due: p.dueDay(d, r.window, owner).end(), acts: run.acts(p.actsOn(dutyNo, windowNo, o)),
		}
		t.add(opening, fromOpening, 1, r.opens)
		for _, rung := range aroundDue {
			if at := p.dueDay(d, r.window, owner).plus(rung.offset).at(8, 0); !at.Before(r.opens) {
				t.add(rung, fromDue, 1, at)
			}
		}
		t.remember(r.opened)
		r.tasks = append(r.tasks, t)
	}
	r.live(run)
	return r
}

func (t *expectedTask) add(g rung, anchor string, version int, at time.Time) {
	t.steps = append(t.steps, &expectedStep{rung: g, anchor: anchor, version: version, at: at, state: "pending"})
}

// live plays a round from its opening to the end of the run.
func (r *expectedRound) live(run Run) {
	for now := r.opened; ; {
		for _, t := range r.tasks {
			t.runSteps(now)
		}
		for _, t := range r.tasks {
			for len(t.acts) > 0 && !t.acts[0].at.After(now) {
				t.play(t.acts[0])
				t.acts = t.acts[1:]
			}
		}
		if r.closed.IsZero() && (r.settled() || now.After(r.latest())) {
			r.close(now)
		}
		next := r.next(run, now)
		if next.IsZero() || next.After(run.Until) {
			return
		}
		now = next
	}
}

func (r *expectedRound) settled() bool {
	return !slices.ContainsFunc(r.tasks, func(t *expectedTask) bool { return t.state != stateAccepted })
}

// latest is when the round closes if nothing settles it before: the next
// round's due time, but no task's own.
func (r *expectedRound) latest() time.Time {
	latest := r.closes
	for _, t := range r.tasks {
		if t.owed() {
			for _, due := range []time.Time{t.due, t.resubmitDue} {
				if due.After(latest) {
					latest = due
				}
			}
		}
	}
	return latest
}

// next is the next instant at which anything happens to the round; zero if nothing will.
func (r *expectedRound) next(run Run, now time.Time) time.Time {
	var next time.Time
	take := func(at time.Time) {
		if at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	for _, t := range r.tasks {
		for _, s := range t.steps {
			if s.state == "pending" {
				take(run.engine(s.at))
			}
		}
		if len(t.acts) > 0 {
			take(t.acts[0].at)
		}
	}
	if r.closed.IsZero() {
		// What is due at an instant is on time at that instant: the round closes right after.
		take(run.engine(r.latest().Add(time.Microsecond)))
	}
	return next
}

func (r *expectedRound) close(now time.Time) {
	r.closed = now
	for _, t := range r.tasks {
		if t.owed() {
			t.closed = now
		}
		for _, s := range t.steps {
			if s.state == "pending" && !(s.anchor == fromSubmitted && t.state == stateSubmitted) {
				s.state, s.runAt = "skipped", now
			}
		}
	}
}

// calledFor: the task's state still asks for the step.
func (t *expectedTask) calledFor(s *expectedStep) bool {
	if s.anchor == fromSubmitted {
		return t.state == stateSubmitted && s.version == t.submissions
	}
	return t.owed() && t.closed.IsZero() && s.version == t.dueVersion
}

// runSteps runs what is due by now: of several that one task missed only the
// most severe is told, those of the review apart.
func (t *expectedTask) runSteps(now time.Time) {
	most := map[bool]*expectedStep{}
	var due []*expectedStep
	for _, s := range t.steps {
		if s.state != "pending" || s.at.After(now) {
			continue
		}
		due = append(due, s)
		review := s.anchor == fromSubmitted
		if t.calledFor(s) && (most[review] == nil || s.rung.severity > most[review].rung.severity) {
			most[review] = s
		}
	}
	for _, s := range due {
		s.state, s.runAt = "skipped", now
	}
	for _, s := range most {
		s.state = "done"
	}
}

// resubmitDays is how long an agency has to mend what was returned.
const resubmitDays = 3

func (t *expectedTask) play(a act) {
	switch a.deed {
	case submits, submitNil:
		t.state, t.submitted = stateSubmitted, a.at
		if t.first.IsZero() {
			t.first = a.at
		}
		t.submissions++
		for _, g := range ofReview {
			t.add(g, fromSubmitted, t.submissions, dayOf(a.at).plus(g.offset).at(8, 0))
		}
	case returns, rejects:
		t.state = stateReturned
		t.dueVersion++
		if a.deed == rejects {
			t.first = time.Time{}
		}
		until := dayOf(a.at).plus(resubmitDays)
		t.resubmitDue = until.end()
		for _, g := range aroundDue {
			if at := until.plus(g.offset).at(8, 0); at.After(a.at) {
				t.add(g, fromDue, t.dueVersion, at)
			}
		}
	case accepts:
		t.state, t.settled = stateAccepted, a.at
	}
	t.remember(a.at)
}

// status is the official one, as authorities publish it.
func (t *expectedTask) status(now time.Time) string {
	switch {
	case t.state == stateAccepted && !t.first.After(t.due):
		return "done_on_time"
	case t.state == stateAccepted:
		return "done_late"
	case t.state == stateSubmitted && !t.first.After(t.due):
		return "waiting"
	case t.state == stateSubmitted:
		return "waiting_late"
	case now.After(t.effectiveDue()):
		return "not_done_overdue"
	default:
		return "not_done_in_time"
	}
}
