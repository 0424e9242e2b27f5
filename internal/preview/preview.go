package preview

import (
	"cmp"
	"slices"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/timetable"
)

// Compute computes the future of a plan that was read and checked, within the
// range that is wanted. A duty that cannot be followed is told in the notes and
// does not keep the others from being shown. Faults: Invalid for a range that is
// none, is longer than MaxYears or holds more than MaxRounds rounds; NotFound
// for an agency that the plan does not have.
func Compute(p *plan.Plan, cal timetable.Calendars, o Options) (Preview, error) {
	zone, err := p.Zone()
	if err != nil {
		return Preview{}, fault.New(fault.Invalid, "preview.zone", "Không có múi giờ “%s”.", "There is no time zone “%s”.", p.TimeZone).At("time_zone")
	}
	out := Preview{PlanCode: p.Code, PlanTitle: p.Document.Title, From: o.From, To: o.To, Zone: zone, Threshold: o.Threshold}
	if out.Threshold <= 0 {
		out.Threshold = DefaultThreshold
	}
	if out.From.IsZero() {
		out.From = p.ValidFrom
	}
	if !out.To.IsZero() {
		// Before anything is computed: what is refused costs nothing.
		if err := checkRange(out.From, out.To); err != nil {
			return Preview{}, err
		}
	}
	s := &survey{cast: newCast(p, o.CalendarOf)}
	if o.Agency != "" {
		position, ok := s.cast.index[o.Agency]
		if !ok {
			return Preview{}, fault.New(fault.NotFound, "preview.agency",
				"Văn bản không có cơ quan mã “%s”.", "The plan has no agency with the code “%s”.", o.Agency).At("agency")
		}
		s.only = s.cast.member(position, s.cast.issuer())
		out.AgencyCode, out.AgencyName = o.Agency, p.Agencies[position].Name
	}
	if s.walk, err = newWalk(s.cast, cal, zone, o); err != nil {
		return Preview{}, err
	}
	cut := false
	if out.To.IsZero() {
		out.To = p.ValidTo
		if last := s.walk.lastDue(zone); last.After(out.To) {
			out.To = last
		}
		if cut = out.To.After(lastDay(out.From)); cut {
			out.To = lastDay(out.From)
		}
		if err := checkRange(out.From, out.To); err != nil {
			return Preview{}, err
		}
	}
	s.days = newDays(out.From, out.To, zone)
	if out.Rounds, err = s.rounds(); err != nil {
		return Preview{}, err
	}
	s.people(&out)
	out.Notes = s.notes(out, cal, o, cut)
	return out, nil
}

// survey is one preview in the making.
type survey struct {
	cast *cast
	walk *walk
	days days
	// only is the agency that is asked for; nil is all.
	only   *members
	tracks []track // by unit
}

// needed tells of each unit whether anything is to be known of it, and whether
// its tasks are listed.
func (s *survey) needed() (looked, listed []bool) {
	looked, listed = make([]bool, len(s.cast.units)), make([]bool, len(s.cast.units))
	if s.only == nil || s.only.issues {
		for i := range looked {
			looked[i], listed[i] = true, s.only == nil
		}
	}
	if s.only != nil {
		for _, of := range s.only.owes {
			looked[of], listed[of] = true, true
		}
		for of := range s.only.reviews {
			looked[of] = true
		}
	}
	return looked, listed
}

// slack is how many days after a round has closed its last notices may go out:
// the next morning, and from there to Monday.
const slack = 8

// rounds lists the rounds with anything due in the range and fills the tracks.
func (s *survey) rounds() ([]Round, error) {
	s.tracks = make([]track, len(s.cast.units))
	looked, listed := s.needed()
	var all []Round
	for _, w := range s.walk.rounds {
		opens := calendar.DateOf(w.round.OpensAt, s.days.zone)
		// Only a date that the plan authority set can be due before the opening.
		if s.days.of(opens) >= s.days.count && len(s.cast.duties[w.duty].DueDates) == 0 {
			continue
		}
		var units []int32
		for _, of := range s.cast.unitsOf[w.duty] {
			if looked[of] && s.cast.cohorts[s.cast.units[of].cohort].exists(opens) {
				units = append(units, of)
			}
		}
		if s.days.of(calendar.DateOf(w.round.ClosesAt, s.days.zone))+slack < 0 {
			// Nothing falls into the range but that it was opened.
			for _, of := range units {
				s.tracks[of].opened(w.round.OpensAt)
			}
			continue
		}
		tasks, err := s.tasks(w, units, listed)
		if err != nil {
			if err := s.walk.fail(w.duty, err); err != nil {
				return nil, err
			}
			continue
		}
		if len(tasks) > 0 {
			d := s.cast.duties[w.duty]
			all = append(all, Round{Duty: d.Code, Title: d.Title, Round: w.round, Tasks: tasks})
		}
		if len(all) > MaxRounds {
			return nil, fault.New(fault.Invalid, "preview.too_many_rounds",
				"Có hơn %d kỳ đến hạn trong khoảng này; hãy thu hẹp khoảng ngày.", "More than %d rounds are due in this range; narrow it.", MaxRounds).At("to")
		}
	}
	for i := range s.tracks {
		s.tracks[i].finish(s.days)
	}
	slices.SortStableFunc(all, func(a, b Round) int { return a.Tasks[0].Due.At.Compare(b.Tasks[0].Due.At) })
	return all, nil
}

// share is what the tasks of one kind in a round have in common.
type share struct {
	task     timetable.Task
	told     notices
	agencies int
}

// tasks computes what the units have in a round, once for each kind and never
// for each agency, and lists what is due in the range.
func (s *survey) tasks(w walked, units []int32, listed []bool) ([]Task, error) {
	kinds := map[timetable.Kind]*share{}
	for _, of := range units {
		unit := s.cast.units[of]
		kind := s.cast.cohorts[unit.cohort].kind
		k, ok := kinds[kind]
		if !ok {
			task, err := s.walk.duties[w.duty].Task(w.round.Period, w.round.OpensAt, kind)
			if err != nil {
				return nil, err
			}
			k = &share{task: task}
			if k.told, err = s.days.effects(task, w.round.ClosesAt); err != nil {
				return nil, err
			}
			kinds[kind] = k
		}
		s.tracks[of].add(s.days, k.task, w.round.OpensAt, k.told)
		switch {
		case !listed[of]:
		case s.only != nil:
			k.agencies = 1
		default:
			k.agencies += unit.agencies
		}
	}
	var tasks []Task
	for _, k := range kinds {
		if k.agencies > 0 && s.days.hold(s.days.of(calendar.DueDay(k.task.Due.At, s.days.zone))) {
			tasks = append(tasks, Task{k.task, k.agencies})
		}
	}
	slices.SortFunc(tasks, func(a, b Task) int {
		return cmp.Or(a.Due.At.Compare(b.Due.At), cmp.Compare(a.Kind.Level, b.Kind.Level), cmp.Compare(a.Kind.Calendar, b.Kind.Calendar))
	})
	return tasks, nil
}
