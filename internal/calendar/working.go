package calendar

import (
	"fmt"
	"time"

	"dondoc/internal/fault"
)

// WeekCalendar works from Monday to Friday and knows no holidays.
type WeekCalendar struct{}

// IsWorking reports whether the day is Monday to Friday.
func (WeekCalendar) IsWorking(d Date) bool {
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

// DayOff names Saturday and Sunday.
func (c WeekCalendar) DayOff(d Date) (vi, en string) {
	if c.IsWorking(d) {
		return "", ""
	}
	return weekdayName(d, "vi"), weekdayName(d, "en")
}

// longestBreak bounds every search for a working day, in days: a calendar that
// works on no day of a whole year is broken, and then every day counts.
const longestBreak = 366

// AddWorkingDays returns the n-th working day after d (before it if n is
// negative; d itself if n is 0, working or not) and the days off that the count
// passed over. d is day zero, is not counted and is not shifted first.
func AddWorkingDays(d Date, n int, w WorkingCalendar) (Date, []Date) {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	var passed []Date
	for off := 0; n > 0; {
		d = d.AddDays(step)
		switch {
		case w.IsWorking(d):
			off = 0
			n--
		case off >= longestBreak:
			n--
		default:
			off++
			passed = append(passed, d)
		}
	}
	return d, passed
}

// ShiftDay returns d if it is a working day or the shift is ShiftNone, else the
// nearest working day after it (ShiftNext, also when empty) or before it (ShiftPrevious).
func ShiftDay(d Date, shift Shift, w WorkingCalendar) Date {
	if shift == ShiftNone || w.IsWorking(d) {
		return d
	}
	step := 1
	if shift == ShiftPrevious {
		step = -1
	}
	day := d
	for range longestBreak {
		day = day.AddDays(step)
		if w.IsWorking(day) {
			return day
		}
	}
	return d
}

// DueDay returns the day on which the instant falls in the zone, where midnight
// is the end of the day before.
func DueDay(at time.Time, zone *time.Location) Date {
	d := DateOf(at, zone)
	if d.In(zone).Equal(at) {
		return d.AddDays(-1)
	}
	return d
}

// timeOfDay is minutes from midnight; the end of the day is 1440.
type timeOfDay int

const endOfDay timeOfDay = 24 * 60

// parseTimeOfDay reads "08:00" to "24:00"; what is empty gives missing.
func parseTimeOfDay(s string, missing timeOfDay) (timeOfDay, error) {
	switch s {
	case "":
		return missing, nil
	case "24:00":
		return endOfDay, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return 0, fault.New(fault.Invalid, "calendar.time_of_day",
			"Giờ “%s” không đúng; hãy viết như 08:00, chậm nhất 24:00.",
			"The time “%s” is wrong; write it as 08:00, 24:00 at the latest.", s).At("time_of_day")
	}
	return timeOfDay(t.Hour()*60 + t.Minute()), nil
}

// on returns the instant of the day in the zone.
func (t timeOfDay) on(d Date, zone *time.Location) time.Time {
	if t == endOfDay {
		return d.AddDays(1).In(zone)
	}
	return d.At(int(t)/60, int(t)%60, zone)
}

// String returns "08:00".
func (t timeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }
