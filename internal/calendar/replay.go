package calendar

import (
	"slices"
	"time"
)

// Tail returns what happened to a due time after it was computed (a suspension,
// an extension): the notes of its derivation beyond those of the computation.
// False where it does not begin with these, so that nothing can be said of it.
func (d Derivation) Tail(computed Derivation) ([]Note, bool) {
	n := len(computed.Notes)
	if len(d.Notes) < n || !slices.EqualFunc(d.Notes[:n], computed.Notes, Note.equal) {
		return nil, false
	}
	return d.Notes[n:], true
}

func (n Note) equal(o Note) bool {
	return n.Kind == o.Kind && n.Date == o.Date && n.N == o.N && n.Time == o.Time && n.VI == o.VI && n.EN == o.EN &&
		slices.Equal(n.DaysOff, o.DaysOff)
}

// Replay does to a due time once more what happened to it before it was computed
// anew: counts are counted again by the calendar, days that a person set stay.
func Replay(base DueTime, tail []Note, w WorkingCalendar, zone *time.Location) DueTime {
	if len(tail) == 0 {
		return base
	}
	day := DueDay(base.At, zone)
	clock := endOfDay
	if local := base.At.In(zone); !day.AddDays(1).In(zone).Equal(base.At) {
		clock = timeOfDay(local.Hour()*60 + local.Minute())
	}
	notes := slices.Clone(base.Derivation.Notes)
	for _, note := range tail {
		switch note.Kind {
		case "plus_working_days":
			day, note.DaysOff = AddWorkingDays(day, note.N, w)
		case "plus_calendar_days":
			day = day.AddDays(note.N)
		case "extended":
			day, clock = note.Date, endOfDay
		case "end_of_day", "at_time":
			note = closingNote(day, clock)
		}
		notes = append(notes, note)
	}
	return DueTime{At: clock.on(day, zone), Derivation: Derivation{notes}}
}

// ResubmitAgain computes anew until when a returned result is to be sent again.
// False where a person set that day: it stays.
func ResubmitAgain(d Derivation, w WorkingCalendar, zone *time.Location) (DueTime, bool) {
	if len(d.Notes) < 2 || d.Notes[0].Kind != "resubmit" || d.Notes[1].Kind != "plus_working_days" {
		return DueTime{}, false
	}
	base := DueTime{At: endOfDay.on(d.Notes[0].Date, zone), Derivation: Derivation{d.Notes[:1]}}
	return Replay(base, d.Notes[1:], w, zone), true
}
