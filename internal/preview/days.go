package preview

import (
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

// days are the days of a range, counted from its first.
type days struct {
	from  calendar.Date
	count int
	zone  *time.Location
	// mondays are the days that are Mondays.
	mondays []int
}

func newDays(from, to calendar.Date, zone *time.Location) days {
	d := days{from: from, count: to.Sub(from) + 1, zone: zone}
	for day := untilMonday(from); day < d.count; day += 7 {
		d.mondays = append(d.mondays, day)
	}
	return d
}

// of returns the number of a day; it may lie outside of the range.
func (d days) of(day calendar.Date) int { return day.Sub(d.from) }

func (d days) on(day int) calendar.Date { return d.from.AddDays(day) }

func (d days) hold(day int) bool { return day >= 0 && day < d.count }

// untilMonday is the number of days from a day to the first Monday on or after it.
func untilMonday(d calendar.Date) int { return (8 - int(d.Weekday())) % 7 }

// morningOf is when people are written to on a day.
func morningOf(d calendar.Date, zone *time.Location) time.Time { return d.At(8, 0, zone) }

// delivery is the day on whose morning the notice of an instant goes out: the
// first morning at or after it, days off included; a digest waits for Monday.
func delivery(at time.Time, digest bool, zone *time.Location) calendar.Date {
	day := calendar.DateOf(at, zone)
	if at.After(morningOf(day, zone)) {
		day = day.AddDays(1)
	}
	if digest {
		day = day.AddDays(untilMonday(day))
	}
	return day
}

// checkRange refuses a range that ends before it begins or is too long.
func checkRange(from, to calendar.Date) error {
	switch {
	case to.Before(from):
		return fault.New(fault.Invalid, "preview.range",
			"Khoảng xem trước kết thúc ngày %s, trước ngày bắt đầu %s.", "The range ends on %s, before it begins on %s.",
			to.VN(), from.VN()).At("to")
	case to.After(lastDay(from)):
		return fault.New(fault.Invalid, "preview.range_length",
			"Chỉ xem trước được nhiều nhất %d năm; chọn ngày cuối không sau %s.",
			"At most %d years can be looked at; choose a last day not after %s.", MaxYears, lastDay(from).VN()).At("to")
	}
	return nil
}

// lastDay is the last day of the longest range that begins on a day.
func lastDay(from calendar.Date) calendar.Date { return from.AddYears(MaxYears) }
