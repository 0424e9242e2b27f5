package calendar

import (
	"fmt"
	"time"
)

// Date is a day of the civil calendar without a time zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day on which the instant falls in the zone.
func DateOf(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return Date{y, m, d}
}

// NewDate returns the day, normalised as time.Date does (32 January is 1 February).
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC), time.UTC)
}

// ParseDate reads ISO 8601 ("2026-11-23") and refuses days that do not exist,
// those of a year 0 among them.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("date %q is not of the form 2026-11-23: %w", s, err)
	}
	if t.Year() < 1 {
		return Date{}, fmt.Errorf("date %q: there is no year 0", s)
	}
	return DateOf(t, time.UTC), nil
}

// IsZero reports whether no day is set.
func (d Date) IsZero() bool { return d == Date{} }

// String returns ISO 8601; the zero date is the empty string.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// VN returns the form that Vietnamese documents use: 23/11/2026.
func (d Date) VN() string { return fmt.Sprintf("%02d/%02d/%04d", d.Day, d.Month, d.Year) }

// In returns the first instant of the day in the zone.
func (d Date) In(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

// At returns the instant of the day at hour:minute in the zone.
func (d Date) At(hour, minute int, zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, zone)
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.In(time.UTC).Weekday() }

// WeekdayName names the day of the week in "vi" or "en" (anything else: Vietnamese).
func (d Date) WeekdayName(language string) string { return weekdayName(d, language) }

// AddDays returns the day n days later (earlier if n is negative).
func (d Date) AddDays(n int) Date { return NewDate(d.Year, d.Month, d.Day+n) }

// AddYears returns the same day n years later; 29 February becomes the 28th in a common year.
func (d Date) AddYears(n int) Date {
	if d.Month == time.February && d.Day == 29 && NewDate(d.Year+n, time.February, 29).Month != time.February {
		return Date{d.Year + n, time.February, 28}
	}
	return Date{d.Year + n, d.Month, d.Day}
}

// Sub returns the number of days from e to d.
func (d Date) Sub(e Date) int {
	return int(d.In(time.UTC).Sub(e.In(time.UTC)).Hours() / 24)
}

// Compare returns -1, 0 or +1 as d is before, the same as or after e.
func (d Date) Compare(e Date) int { return d.In(time.UTC).Compare(e.In(time.UTC)) }

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// MarshalText writes ISO 8601.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads ISO 8601; the empty text is the zero date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}
