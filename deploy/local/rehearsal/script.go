package rehearsal

import (
	"slices"
	"time"
)

// deed is what a person does with a task.
type deed string

const (
	submits   deed = "report"
	submitNil deed = "nil"
	accepts   deed = "accept"
	returns   deed = "return"
	rejects   deed = "invalid"
)

// act is one scripted deed.
type act struct {
	at    time.Time
	deed  deed
	who   string // e-mail address
	duty  string
	key   string // of the period
	owner string
}

// conduct is how an agency behaves in one round: when it submits, in working
// days from the due day; whether its first try is sent back, and how many
// working days after that it sends again.
type conduct struct {
	days, hour, minute int
	nil                bool
	never              bool
	sentBack           deed
	again              int
}

// conducts are dealt out in turn: most are on time, some late, some never
// submit, some are sent back.
var conducts = []conduct{
	{days: -4, hour: 10}, {days: -4, hour: 10, nil: true}, {days: -4, hour: 15, minute: 30}, {days: -3, hour: 10},
	{days: -3, hour: 15, minute: 30}, {days: -2, hour: 10},
	{days: -1, hour: 15, minute: 30}, {days: -1, hour: 15, minute: 30, nil: true}, {days: -1, hour: 10}, {days: -1, hour: 10},
	{days: 0, hour: 10}, {days: 0, hour: 10}, {days: 0, hour: 15, minute: 30},
	{days: 1, hour: 10}, {days: 2, hour: 15, minute: 30}, {days: 4, hour: 10}, {days: 8, hour: 15, minute: 30},
	{never: true},
	{days: -3, hour: 10, sentBack: returns, again: 2},
	{days: -2, hour: 15, minute: 30, sentBack: returns, again: 5},
	{days: -2, hour: 10, sentBack: rejects, again: 3},
	{days: 1, hour: 15, minute: 30, sentBack: returns, again: 1},
	{days: -5, hour: 10},
}

// conductOf deals out the conducts by agency, period and duty, so that every
// agency shows several over the year.
func conductOf(dutyNo, windowNo, ownerNo int) conduct {
	return conducts[(ownerNo*7+windowNo*11+dutyNo*5)%len(conducts)]
}

// patience is after how many working days the reviewer decides, and when.
func patience(dutyNo, windowNo, ownerNo int) (days, hour, minute int) {
	switch (ownerNo*5 + windowNo*3 + dutyNo) % 16 {
	case 0:
		return 0, 15, 30 // the same day, where the result came in the morning
	case 1, 2:
		return 3, 10, 0 // after the reminder
	case 3:
		return 5, 10, 0 // after the three working days
	default:
		return 1, 15, 30
	}
}

// actsOn is what happens with one task, in order.
func (p *province) actsOn(dutyNo, windowNo, ownerNo int) []act {
	d := p.duties[dutyNo]
	owner := d.owners[ownerNo]
	due := p.dueDay(d, d.windows[windowNo], owner)
	c := conductOf(dutyNo, windowNo, ownerNo)
	if c.never {
		return nil
	}
	var acts []act
	add := func(at time.Time, what deed, who string) {
		acts = append(acts, act{at, what, who, d.code, d.windows[windowNo].key, owner})
	}
	who, reviewer := p.submitter(owner), p.reviewer(p.superior(d.reviewer, owner))
	what := submits
	if c.nil && d.nilReturn {
		what = submitNil
	}
	sent := due.plus(c.days)
	last := sent.at(c.hour, c.minute)
	add(last, what, who)
	if c.sentBack != "" {
		back := sent.plus(1)
		add(back.at(10, 0), c.sentBack, reviewer)
		sent = back.plus(c.again)
		last = sent.at(15, 30)
		add(last, submits, who)
	}
	days, hour, minute := patience(dutyNo, windowNo, ownerNo)
	decided := sent.plus(days).at(hour, minute)
	if !decided.After(last) {
		decided = sent.plus(1).at(hour, minute)
	}
	add(decided, accepts, reviewer)
	return acts
}

// script is everything that people do in a run, in order.
func (p *province) script(run Run) []act {
	var all []act
	for d, duty := range p.duties {
		for w := range duty.windows[:len(duty.windows)-1] {
			for o := range duty.owners {
				all = append(all, run.acts(p.actsOn(d, w, o))...)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b act) int { return a.at.Compare(b.at) })
	return all
}
