// Package timetable computes a duty's rounds and what its tasks hold: openings,
// due times level by level, steps, each with its derivation. The engine that
// opens rounds, the preview of a plan and a change of the calendar all ask here,
// so that what was shown beforehand is what comes about. It is pure: no clock,
// no storage.
package timetable

import (
	"cmp"
	"slices"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
)

// Kind is what an agency's due times depend on: agencies of one kind have the same.
type Kind struct {
	Level string
	// Calendar is the key of the agency's working calendar; empty is the country's.
	Calendar string
}

// Calendars are the working calendars that agencies live by.
type Calendars struct {
	// National is everybody's who has none of their own.
	National calendar.WorkingCalendar
	// Own are those of territories and agencies with days of their own, by key.
	Own map[string]calendar.WorkingCalendar
}

// Of returns the calendar of a key, the country's where the key has none.
func (c Calendars) Of(key string) calendar.WorkingCalendar {
	if own, ok := c.Own[key]; ok {
		return own
	}
	return c.National
}

// Duty is everything that a duty's rounds are computed from.
type Duty struct {
	Definition plan.Duty
	// Policies are the plan's ladders by code, the built-in ones included.
	Policies map[string][]calendar.StepRule
	Validity calendar.Range
	// FollowedFrom leaves out what was due before this day; zero leaves nothing out.
	FollowedFrom calendar.Date
	Zone         *time.Location
	// Kinds are those of the agencies that owe the result, without repeats.
	Kinds     []Kind
	Calendars Calendars
	Outages   []calendar.Outage
}

// Round is one period of a duty with its times.
type Round struct {
	Period calendar.Period
	// DueAt is the latest due time of its kinds, ClosesAt the next round's or the
	// plan's end, whichever is first, but never before DueAt.
	OpensAt, DueAt, ClosesAt time.Time
	Opening                  calendar.Derivation
}

// Task is what every task of one kind in a round holds.
type Task struct {
	Kind  Kind
	Due   calendar.DueTime
	Steps []calendar.StepTime
}

// Due computes the due time of one kind for a period. Faults as of calendar.Due.
func (d Duty) Due(p calendar.Period, k Kind) (calendar.DueTime, error) {
	w := d.Calendars.Of(k.Calendar)
	due, err := d.Definition.DuePlan().Due(p, d.Definition.Schedule, k.Level, w, d.Zone)
	if err != nil {
		return due, err
	}
	return calendar.MoveOutOf(due, d.Outages, w, d.Zone), nil
}

// span computes the earliest and the latest due time over the kinds.
func (d Duty) span(p calendar.Period) (first, last time.Time, err error) {
	for _, k := range d.Kinds {
		due, err := d.Due(p, k)
		if err != nil {
			return first, last, err
		}
		if first.IsZero() || due.At.Before(first) {
			first = due.At
		}
		if due.At.After(last) {
			last = due.At
		}
	}
	return first, last, nil
}

// Round computes the times of a period's round.
func (d Duty) Round(p calendar.Period) (Round, error) {
	first, due, err := d.span(p)
	if err != nil {
		return Round{}, err
	}
	opening := calendar.Opening(first, p, d.Definition.OpensBefore, d.Calendars.National, d.Zone)
	r := Round{Period: p, OpensAt: opening.At, DueAt: due, Opening: opening.Derivation}
	if r.ClosesAt, err = d.closing(p); err != nil {
		return Round{}, err
	}
	if r.ClosesAt.Before(r.DueAt) {
		r.ClosesAt = r.DueAt
	}
	if r.DueAt.Before(r.OpensAt) {
		r.OpensAt = r.DueAt
	}
	return r, nil
}

// closing is when the next round is due or the plan ends.
func (d Duty) closing(p calendar.Period) (time.Time, error) {
	closes := d.Validity.To.AddDays(1).In(d.Zone)
	next, more, err := calendar.NextPeriod(d.Definition.Schedule, d.Validity, p.End)
	if err != nil || !more {
		return closes, err
	}
	_, due, err := d.span(next)
	if err != nil {
		return closes, err
	}
	if due.Before(closes) {
		closes = due
	}
	return closes, nil
}

// Streams parts the duty by its cadences: the periodic ones, whose rounds follow
// one another, and "at least N times" and "once", whose rounds open long before
// they close and so beside the others. Each stream's rounds are scheduled, and
// close, without regard to the others.
func (d Duty) Streams() []Duty {
	var streams []Duty
	for _, belongs := range []func(calendar.Cadence) bool{
		func(c calendar.Cadence) bool { return c != calendar.AtLeast && c != calendar.Once },
		func(c calendar.Cadence) bool { return c == calendar.AtLeast },
		func(c calendar.Cadence) bool { return c == calendar.Once },
	} {
		stream := d
		stream.Definition.Schedule.Cadences = nil
		for _, c := range d.Definition.Schedule.Cadences {
			if c.MakesRounds() && belongs(c) {
				stream.Definition.Schedule.Cadences = append(stream.Definition.Schedule.Cadences, c)
			}
		}
		if len(stream.Definition.Schedule.Cadences) > 0 {
			streams = append(streams, stream)
		}
	}
	return streams
}

// StreamOf returns the stream that a period belongs to.
func (d Duty) StreamOf(p calendar.Period) Duty {
	for _, stream := range d.Streams() {
		if slices.Contains(stream.Definition.Schedule.Cadences, p.Cadence) {
			return stream
		}
	}
	return d
}

// Next returns the rounds that are followed of the first closing day after the
// given one (zero: the first of all) that has any; none is left where it is empty.
func (d Duty) Next(after calendar.Date) ([]Round, error) {
	for {
		periods, err := calendar.NextPeriods(d.Definition.Schedule, d.Validity, after)
		if err != nil || len(periods) == 0 {
			return nil, err
		}
		var rounds []Round
		for _, p := range periods {
			round, err := d.Round(p)
			if f := fault.Of(err); f != nil && f.Code == calendar.CodeDueBeforeStart {
				continue // the plan began after this period's due day
			}
			if err != nil {
				return nil, err
			}
			if !d.FollowedFrom.IsZero() && !round.DueAt.After(d.FollowedFrom.In(d.Zone)) {
				continue // it was due before the plan was followed
			}
			rounds = append(rounds, round)
		}
		if len(rounds) > 0 {
			return rounds, nil
		}
		after = periods[0].End
	}
}

// Policy returns the duty's ladder for a period; a duty that names none gets the
// default of its kind.
func (d Duty) Policy(p calendar.Period) []calendar.StepRule {
	switch {
	case d.Definition.Policy != "":
		return d.Policies[d.Definition.Policy]
	case d.Definition.Mode == plan.Requested:
		return d.Policies["requested"]
	case p.Cadence == calendar.Once, p.Cadence.OpenedByHand():
		return d.Policies["one_off"]
	default:
		return d.Policies["periodic"]
	}
}

// Task computes what the tasks of one kind hold in a round of the period that
// opens at the given instant. Steps that would come before it are left out:
// they have nothing to remind of.
func (d Duty) Task(p calendar.Period, opensAt time.Time, k Kind) (Task, error) {
	due, err := d.Due(p, k)
	if err != nil {
		return Task{}, err
	}
	rules, w := d.Policy(p), d.Calendars.Of(k.Calendar)
	steps, err := calendar.Steps(rules, calendar.AnchorOpening, opensAt, w, d.Zone)
	if err != nil {
		return Task{}, err
	}
	around, err := calendar.Steps(rules, calendar.AnchorDue, due.At, w, d.Zone)
	if err != nil {
		return Task{}, err
	}
	for _, step := range around {
		if !step.At.Before(opensAt) {
			steps = append(steps, step)
		}
	}
	return Task{Kind: k, Due: due, Steps: steps}, nil
}

// Tasks computes the tasks of every kind, as Task does.
func (d Duty) Tasks(p calendar.Period, opensAt time.Time) ([]Task, error) {
	tasks := make([]Task, 0, len(d.Kinds))
	for _, k := range d.Kinds {
		task, err := d.Task(p, opensAt, k)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, task)
	}
	return tasks, nil
}

// SortKinds orders kinds by level and calendar and drops repeats.
func SortKinds(kinds []Kind) []Kind {
	slices.SortFunc(kinds, func(a, b Kind) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.Calendar, b.Calendar))
	})
	return slices.Compact(kinds)
}

// Policies are the ladders of a plan by code: its own over the built-in ones.
func Policies(own []plan.Policy) map[string][]calendar.StepRule {
	policies := calendar.DefaultPolicies()
	for _, p := range own {
		policies[p.Code] = p.Steps
	}
	return policies
}
