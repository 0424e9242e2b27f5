package web

import (
	"slices"
	"time"

	"dondoc/internal/calendar"
)

// longestStrip is the widest span of days that a strip draws; beyond it the
// sentence stands alone.
const longestStrip = 14

// strip draws how a due day came about, day by day. It is hidden from screen
// readers: they get the sentence.
type strip struct {
	Days []stripDay
	// Wide strips are left out on phones.
	Wide bool
}

type stripDay struct {
	Weekday, Number string
	Above, Below    string
	First, Off      bool
	Due, Late       bool
	Today           bool
}

// stripOf reads a stored derivation. It answers nil where days do not tell the
// story: a fixed date, an extension, hours, or too many days.
func (p *pages) stripOf(l lexicon, d calendar.Derivation, now time.Time, zone *time.Location, late bool) *strip {
	if len(d.Notes) < 2 {
		return nil
	}
	first := d.Notes[0]
	if first.Kind != "window_end" && first.Kind != "resubmit" {
		return nil
	}
	var due calendar.Date
	var passed []calendar.Date
	counted := false
	for _, note := range d.Notes[1:] {
		switch note.Kind {
		case "plus_working_days":
			counted, passed = true, note.DaysOff
		case "end_of_day":
			due = note.Date
		case "plus_calendar_days", "day_of_month", "month_day", "shifted", "configured":
		default:
			return nil
		}
	}
	span := due.Sub(first.Date)
	if due.IsZero() || span < 1 || span > longestStrip {
		return nil
	}
	s := &strip{Wide: span > 8}
	n := 0
	for on := first.Date; !on.After(due); on = on.AddDays(1) {
		cell := stripDay{
			Weekday: l.weekdayShort(on), Number: l.integer(on.Day),
			First: on == first.Date, Due: on == due, Late: late && on == due,
			Today: on == calendar.DateOf(now, zone),
		}
		// What the count passed over is stored; a later change of the calendar
		// does not redraw the past.
		if counted && !cell.First {
			cell.Off = slices.Contains(passed, on)
		} else {
			cell.Off = !p.calendar.IsWorking(on)
		}
		if counted && !cell.First && !cell.Off {
			n++
		}
		cell.Below = p.stripLabel(l, cell, on, first.Kind, n, counted)
		if cell.Today {
			cell.Above = l.say("strip.today")
		}
		s.Days = append(s.Days, cell)
	}
	return s
}

func (p *pages) stripLabel(l lexicon, cell stripDay, on calendar.Date, kind string, n int, counted bool) string {
	switch {
	case cell.First:
		return l.say("strip." + kind)
	case cell.Due && counted:
		return l.say("strip.due_counted", n)
	case cell.Due:
		return l.say("strip.due")
	case cell.Off:
		if on.Weekday() == time.Saturday || on.Weekday() == time.Sunday {
			return ""
		}
		vi, en := p.calendar.DayOff(on)
		if l.code == "en" {
			return en
		}
		return vi
	case counted:
		return l.say("strip.counted", n)
	}
	return ""
}
