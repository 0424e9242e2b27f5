package rehearsal

import (
	"fmt"
	"slices"
	"time"
)

// day counts days from 1 January 1970, a Thursday.
type day int

// date reads "2026-03-14" and panics on anything else: it is for literals.
func date(s string) day {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(fmt.Sprintf("rehearsal: %q is no date", s))
	}
	return day(t.Unix() / 86400)
}

func (d day) String() string { return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly) }

// weekday is 0 on Sunday and 6 on Saturday.
func (d day) weekday() int { return (int(d) + 4) % 7 }

// The days of the rehearsed year that differ from an ordinary week, copied by
// hand from the announcements (9859/VPCP-KGVX of 13/10/2025 for Tết and National
// Day, 12729/VPCP-KGVX of 25/12/2025 for New Year) and the Labour Code, art. 111
// and 112: so the rehearsal does not ask the product's own calendar.
var (
	daysOff = []string{
		"2026-01-01", "2026-01-02", // the second against Saturday the 10th
		"2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", // Tết
		"2026-04-27",               // for Hùng Kings' day, a Sunday
		"2026-04-30", "2026-05-01", // Reunification, Labour Day
		"2026-08-31", "2026-09-01", "2026-09-02", // the first against Saturday 22 August
		"2027-01-01",
		// Not decreed when this was written: Tết as the product assumes it, mùng 1
		// being Saturday 6 February, and what is made up for its weekend; New Year 2029.
		"2027-02-04", "2027-02-05", "2027-02-08", "2027-02-09", "2027-02-10", "2029-01-01",
	}
	saturdaysAtWork = []string{"2026-01-10", "2026-08-22"}
)

// working: Monday to Friday, but for the days above.
func (d day) working() bool {
	if d.weekday() == 0 || d.weekday() == 6 {
		return slices.Contains(saturdaysAtWork, d.String())
	}
	return !slices.Contains(daysOff, d.String())
}

// plus counts n working days on (back where n is negative); d itself is not
// counted and need not be one.
func (d day) plus(n int) day {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d += day(step)
		if d.working() {
			n--
		}
	}
	return d
}

// next is the day itself, or the Monday after a weekend.
func (d day) next() day {
	for !d.working() {
		d++
	}
	return d
}

// hanoi is seven hours ahead of UTC all year.
const hanoi = 7 * 3600

// at is an hour and minute of the day in Viet Nam; 24:00 is the day's end.
func (d day) at(hour, minute int) time.Time {
	return time.Unix(int64(d)*86400+int64(hour)*3600+int64(minute)*60-hanoi, 0).UTC()
}

// end is the first instant after the day.
func (d day) end() time.Time { return d.at(24, 0) }

// dayOf is the day in Viet Nam on which an instant falls.
func dayOf(t time.Time) day {
	seconds := t.Unix() + hanoi
	d := seconds / 86400
	if seconds%86400 < 0 {
		d--
	}
	return day(d)
}

// morning is 08:00 of the day of the instant, or of the day after where that has passed.
func morning(t time.Time) time.Time {
	if m := dayOf(t).at(8, 0); !m.Before(t) {
		return m
	}
	return (dayOf(t) + 1).at(8, 0)
}

// monday is 08:00 of the first Monday on or after a morning's day.
func monday(m time.Time) time.Time {
	d := dayOf(m)
	for d.weekday() != 1 {
		d++
	}
	return d.at(8, 0)
}

// clockText shows an instant in Viet Nam: "2026-03-14 08:00", with what is below the minute if there is any.
func clockText(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	local := t.UTC().Add(hanoi * time.Second)
	if local.Second() == 0 && local.Nanosecond() == 0 {
		return local.Format("2006-01-02 15:04")
	}
	return local.Format("2006-01-02 15:04:05.000000")
}

// instant reads "2026-03-14 08:00" in Viet Nam; it is for literals.
func instant(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(fmt.Sprintf("rehearsal: %q is no instant", s))
	}
	return t.Add(-hanoi * time.Second)
}
