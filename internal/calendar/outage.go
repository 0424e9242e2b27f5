package calendar

import "time"

// Outage is a declared stretch of time in which the system cannot be used, with
// its reason in both languages (may be empty).
type Outage struct {
	From, To time.Time
	VI, EN   string
}

// MoveOutOf returns the due time moved out of the outages that it falls into. An
// outage catches a due time after From up to To: what is due when it begins could
// still be sent. The due time goes to the first working day after the day on
// which the outage ends (midnight ends the day before), to the same time of day,
// and the derivation names the outage. Where it falls into another outage it goes
// on; moving it again changes nothing.
func MoveOutOf(due DueTime, outages []Outage, w WorkingCalendar, zone *time.Location) DueTime {
	for {
		caught, ok := catching(due.At, outages)
		if !ok {
			return due
		}
		old := DueDay(due.At, zone)
		day, _ := AddWorkingDays(DueDay(caught.To, zone), 1, w)
		due.At = sameTime(due.At, old, day, zone)
		due.Derivation = due.Derivation.With(
			Note{Kind: "outage", Date: day, VI: caught.VI, EN: caught.EN}, instantNote(due.At, zone))
	}
}

// catching returns the outage that an instant falls into, of several the one that
// ends last.
func catching(at time.Time, outages []Outage) (Outage, bool) {
	var found Outage
	for _, o := range outages {
		if at.After(o.From) && !at.After(o.To) && o.To.After(found.To) {
			found = o
		}
	}
	return found, !found.To.IsZero()
}

// sameTime carries an instant from its due day to another: the end of the day
// stays the end of the day, any other time stays the time that clocks show.
func sameTime(at time.Time, from, to Date, zone *time.Location) time.Time {
	if from.AddDays(1).In(zone).Equal(at) {
		return endOfDay.on(to, zone)
	}
	t := at.In(zone)
	return time.Date(to.Year, to.Month, to.Day, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
}
