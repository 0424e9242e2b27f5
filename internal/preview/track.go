package preview

import (
	"slices"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/timetable"
)

// audiences are the roles that get messages, by position.
var audiences = [...]calendar.Audience{calendar.FocalPoint, calendar.Head, calendar.Supervisor, calendar.PlanAuthority}

const focalPoint, head, supervisor, planAuthority = 0, 1, 2, 3

// rolesOf are the positions of a step's audience, each once: whoever reviews is
// the supervisor of the reviewing agency.
func rolesOf(step calendar.StepRule) []int {
	var roles []int
	for _, a := range step.Audience {
		if a == calendar.Reviewer {
			a = calendar.Supervisor
		}
		if i := slices.Index(audiences[:], a); i >= 0 && !slices.Contains(roles, i) {
			roles = append(roles, i)
		}
	}
	return roles
}

// told is one notice of one task to one role.
type told struct {
	day            int32
	onTime, atMost bool
}

// notices are those of one task or of many, by role.
type notices [len(audiences)][]told

// track is what each task of a unit does to the days of the range.
type track struct {
	due  []int32 // days, one for each task that is due in the range
	told notices
	// onTime are the Mondays on which a task is open where all report on time,
	// atMost those where nobody reports: then something is open ever since opens,
	// when the first task opens.
	onTime, atMost bits
	opens          time.Time
}

// effects are the notices of a task in the range. Steps run until the round
// closes; a notice is handed over only while it is called for.
func (d days) effects(t timetable.Task, closes time.Time) (all notices, err error) {
	for i, step := range t.Steps {
		if outranked(t.Steps, i) {
			continue
		}
		roles := rolesOf(step.Rule)
		for at := step.At; !at.After(closes); {
			on := delivery(at, step.Rule.Digest, d.zone)
			morning := morningOf(on, d.zone)
			onTime := morning.Before(t.Due.At)
			atMost := !afterDue(step.Rule.Kind) || morning.After(t.Due.At)
			if day := d.of(on); d.hold(day) && (onTime || atMost) {
				for _, role := range roles {
					all[role] = append(all[role], told{int32(day), onTime, atMost})
				}
			}
			// What repeats before the next morning comes in the same message.
			next, more, err := calendar.NextOccurrence(step.Rule, morning, d.zone)
			if err != nil {
				return all, err
			}
			if !more {
				break
			}
			at = next
		}
	}
	return all, nil
}

// afterDue reports whether a notice of the kind is handed over only when the due
// time has passed.
func afterDue(kind string) bool {
	return kind == "overdue" || kind == "urging_draft" || kind == "escalation"
}

// outranked reports whether another step of the task at the same instant is sent
// instead: the most severe, of equals the last.
func outranked(steps []calendar.StepTime, i int) bool {
	for j, other := range steps {
		if j != i && other.At.Equal(steps[i].At) &&
			(other.Rule.Severity > steps[i].Rule.Severity || other.Rule.Severity == steps[i].Rule.Severity && j > i) {
			return true
		}
	}
	return false
}

// add notes what one task of the unit does.
func (t *track) add(d days, task timetable.Task, opens time.Time, told notices) {
	if day := d.of(calendar.DueDay(task.Due.At, d.zone)); d.hold(day) {
		t.due = append(t.due, int32(day))
	}
	for role := range told {
		t.told[role] = append(t.told[role], told[role]...)
	}
	t.opened(opens)
	// From the first Monday on or after the opening to the last before the due time.
	first := d.of(calendar.DateOf(opens, d.zone))
	for i := max((first-6)/7, 0); i < len(d.mondays); i++ {
		morning := morningOf(d.on(d.mondays[i]), d.zone)
		if !morning.Before(task.Due.At) {
			break
		}
		if !morning.Before(opens) {
			t.onTime.set(i, len(d.mondays))
		}
	}
}

// opened notes that a task opens.
func (t *track) opened(at time.Time) {
	if t.opens.IsZero() || at.Before(t.opens) {
		t.opens = at
	}
}

// finish notes the Mondays on which a task is open where nobody reports.
func (t *track) finish(d days) {
	for i := len(d.mondays) - 1; i >= 0 && !t.opens.IsZero(); i-- {
		if morningOf(d.on(d.mondays[i]), d.zone).Before(t.opens) {
			break
		}
		t.atMost.set(i, len(d.mondays))
	}
}

// bits is a set of small numbers.
type bits []uint64

func (b *bits) set(i, size int) {
	if *b == nil {
		*b = make(bits, size/64+1)
	}
	(*b)[i/64] |= 1 << (i % 64)
}

func (b bits) has(i int) bool { return b != nil && b[i/64]&(1<<(i%64)) != 0 }

// join adds all of another set.
func (b *bits) join(other bits) {
	if *b == nil {
		*b = slices.Clone(other)
		return
	}
	for i, word := range other {
		(*b)[i] |= word
	}
}
