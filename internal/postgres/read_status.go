package postgres

import (
	"fmt"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// overdue is statusAt's NotDoneOverdue in SQL, for a task t of a plan p at the
// instant that the placeholder names. Suspended time is not counted.
func overdue(now string) string {
	return owed + ` AND ` + effectiveDue + ` < ` + now + ` AND p.state <> 'suspended'`
}

// statusAt is the official status within a plan: as the facts say, but nothing
// is overdue while the plan is suspended.
func statusAt(f task.Facts, state plan.State, now time.Time) task.Status {
	status := f.StatusAt(now)
	if status == task.NotDoneOverdue && state == plan.Suspended {
		return task.NotDoneInTime
	}
	return status
}

// daysLate counts calendar days in the plan's zone from the due day to today,
// or to the day of the first submission of what was sent late.
func daysLate(f task.Facts, status task.Status, now time.Time, zone *time.Location) int {
	due, until := f.DueAt, now
	switch status {
	case task.NotDoneOverdue:
		due = f.EffectiveDue()
	case task.DoneLate, task.WaitingLate:
		if f.FirstSubmittedAt == nil {
			return 0
		}
		until = *f.FirstSubmittedAt
	default:
		return 0
	}
	return max(calendar.DateOf(until, zone).Sub(dueDay(due, zone)), 0)
}

// dueDay is the day that a due time belongs to: 24:00 is the end of its day,
// not the beginning of the next.
func dueDay(due time.Time, zone *time.Location) calendar.Date {
	return calendar.DateOf(due.Add(-time.Nanosecond), zone)
}

// zones loads each time zone of an answer once.
type zones map[string]*time.Location

func (z zones) load(name string) (*time.Location, error) {
	if zone, ok := z[name]; ok {
		return zone, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("plan zone: %w", err)
	}
	z[name] = zone
	return zone, nil
}
