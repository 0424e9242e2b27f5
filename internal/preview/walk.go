package preview

import (
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/timetable"
)

const (
	// maxWalked bounds the rounds that a plan has over all its years, listed or not.
	maxWalked = 200_000
	// maxTogether bounds the rounds of a duty that close on one day: more are an
	// expression gone wrong, whose computation alone would take minutes.
	maxTogether = 24
)

// walked is a round with the duty's position.
type walked struct {
	duty  int
	round timetable.Round
}

// walk is the way through all rounds of a plan.
type walk struct {
	cast   *cast
	duties []timetable.Duty
	rounds []walked
	// failed are the faults that keep a duty from being followed, by duty.
	failed map[int]*fault.Fault
}

func newWalk(c *cast, cal timetable.Calendars, zone *time.Location, o Options) (*walk, error) {
	w := &walk{cast: c, failed: map[int]*fault.Fault{}}
	policies := timetable.Policies(c.plan.Policies)
	for i, definition := range c.duties {
		d := timetable.Duty{
			Definition: *definition, Policies: policies, Validity: calendar.Range{From: c.plan.ValidFrom, To: c.plan.ValidTo},
			FollowedFrom: o.followedFrom(definition.Code), Zone: zone, Kinds: c.kinds(i), Calendars: cal, Outages: o.Outages,
		}
		d.Definition.Assignments = nil
		w.duties = append(w.duties, d)
		if err := w.follow(i); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// follow walks a duty as the engine does: from closing day to closing day.
func (w *walk) follow(duty int) error {
	d := &w.duties[duty]
	tooMany := fault.New(fault.Invalid, "preview.too_many_rounds",
		"Văn bản có quá nhiều kỳ; hãy xem lại lịch của nhiệm vụ %s.", "The plan has too many rounds; look at the schedule of the duty %s.",
		d.Definition.Code).At("duties")
	// An expression fires equally often on each of its days, so that the first tells.
	if first, err := calendar.NextPeriods(d.Definition.Schedule, d.Validity, calendar.Date{}); err == nil && len(first) > maxTogether {
		return tooMany
	}
	var after calendar.Date
	for {
		rounds, err := d.Next(after)
		if err != nil {
			return w.fail(duty, err)
		}
		if len(rounds) == 0 {
			return nil
		}
		for _, round := range rounds {
			w.rounds = append(w.rounds, walked{duty, round})
		}
		if len(w.rounds) > maxWalked {
			return tooMany
		}
		after = rounds[0].Period.End
	}
}

// fail notes the fault that keeps a duty from being followed; what is no fault is
// an error of the whole.
func (w *walk) fail(duty int, err error) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	w.failed[duty] = f
	return nil
}

// lastDue is the last day on which anything is due.
func (w *walk) lastDue(zone *time.Location) (last calendar.Date) {
	for _, r := range w.rounds {
		if day := calendar.DueDay(r.round.DueAt, zone); day.After(last) {
			last = day
		}
	}
	return last
}
