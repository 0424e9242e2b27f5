package calendar

import (
	"time"

	"dondoc/internal/fault"
)

// Fault codes of due rules.
const (
	CodeDueBeforeEnd   = "calendar.due_before_end"
	CodeDueBeforeStart = "calendar.due_before_start"
	CodeDueRule        = "calendar.due_rule"
)

// Due returns the due time of a period: the day that the rule names relative to
// the window's end, shifted as the rule says, until the end of that day or its
// time of day in the zone. Once is due on s.DueOn itself. Faults (Invalid):
// CodeDueBeforeEnd where the day falls before the window's end and the rule does
// not permit it; CodeDueBeforeStart where it permits it but the validity cut the
// window so short that the day passed before it began, which leaves nothing to
// ask for; CodeDueRule where the rule contradicts itself.
func Due(p Period, s Schedule, rule DueRule, w WorkingCalendar, zone *time.Location) (DueTime, error) {
	if err := checkDueRule(rule); err != nil {
		return DueTime{}, err
	}
	clock, err := parseTimeOfDay(rule.TimeOfDay, endOfDay)
	if err != nil {
		return DueTime{}, err
	}
	if p.Cadence != Once && rule.Hours != 0 && rule.forms() == 0 {
		return DueTime{}, fault.New(fault.Invalid, CodeDueRule,
			"hours chỉ dùng cho việc giao đột xuất, báo cáo nhanh; kỳ %s cần working_days, calendar_days, day hoặc month_day.",
			"hours are for rounds opened by hand; the period %s needs working_days, calendar_days, day or month_day.", p.Key).At("due")
	}
	day, notes := namedDay(p, s, rule, w)
	day, notes = shifted(day, rule.Shift, notes, w)
	if p.Cadence != Once {
		if day.Before(p.End) && !rule.BeforeEnd {
			return DueTime{}, fault.New(fault.Invalid, CodeDueBeforeEnd,
				"Kỳ %s: hạn %s sớm hơn ngày chốt số liệu %s; nếu đúng ý, hãy đặt before_end: true.",
				"Period %s: due %s is before the window closes on %s; if that is meant, set before_end: true.",
				p.Key, day.VN(), p.End.VN()).At("before_end")
		}
		if day.Before(p.Start) {
			return DueTime{}, fault.New(fault.Invalid, CodeDueBeforeStart,
				"Kỳ %s: hạn %s đã qua trước khi kỳ bắt đầu ngày %s.",
				"Period %s: due %s is over before the window begins on %s.",
				p.Key, day.VN(), p.Start.VN()).At("due")
		}
	}
	return DueTime{At: clock.on(day, zone), Derivation: Derivation{append(notes, closingNote(day, clock))}}, nil
}

// shifted moves a day that is not a working day as the shift says, and says so.
func shifted(day Date, shift Shift, notes []Note, w WorkingCalendar) (Date, []Note) {
	moved := ShiftDay(day, shift, w)
	if moved == day {
		return day, notes
	}
	vi, en := w.DayOff(day)
	return moved, append(notes, Note{Kind: "shifted", Date: moved, VI: vi, EN: en})
}

// namedDay is the day before any shift, with the notes that lead to it.
func namedDay(p Period, s Schedule, rule DueRule, w WorkingCalendar) (Date, []Note) {
	if p.Cadence == Once {
		day := s.DueOn
		if day.IsZero() {
			day = p.End
		}
		return day, []Note{{Kind: "fixed_date", Date: day}}
	}
	notes := []Note{{Kind: "window_end", Date: p.End}}
	switch {
	case rule.WorkingDays != 0:
		day, passed := AddWorkingDays(p.End, rule.WorkingDays, w)
		return day, append(notes, countNote(rule.WorkingDays, WorkingDays, passed))
	case rule.CalendarDays != 0:
		return p.End.AddDays(rule.CalendarDays), append(notes, countNote(rule.CalendarDays, CalendarDays, nil))
	case rule.Day != 0:
		last := NewDate(p.End.Year, p.End.Month+time.Month(rule.MonthOffset)+1, 0)
		day := Date{last.Year, last.Month, min(rule.Day, last.Day)}
		return day, append(notes, Note{Kind: "day_of_month", Date: day, N: rule.Day})
	case rule.MonthDay != "":
		// checkDueRule has read it already; in a leap year, so that 29 February exists.
		d, _ := ParseDate("2000-" + rule.MonthDay)
		day := Date{2000, d.Month, d.Day}.AddYears(p.End.Year - 2000)
		return day, append(notes, Note{Kind: "month_day", Date: day})
	}
	return p.End, notes
}

// forms counts the ways in which a rule names a day.
func (r DueRule) forms() int {
	set := 0
	for _, given := range []bool{r.WorkingDays != 0, r.CalendarDays != 0, r.Day != 0, r.MonthDay != ""} {
		if given {
			set++
		}
	}
	return set
}

func checkDueRule(rule DueRule) error {
	bad := func(vi, en string, args ...any) error {
		return fault.New(fault.Invalid, CodeDueRule, vi, en, args...).At("due")
	}
	switch {
	case rule.forms() > 1:
		return bad("Quy tắc hạn chỉ được có một trong working_days, calendar_days, day, month_day.",
			"A due rule has only one of working_days, calendar_days, day, month_day.")
	case rule.Day < 0 || rule.Day > 31:
		return bad("Không có ngày %d trong tháng.", "There is no day %d in a month.", rule.Day)
	case rule.MonthOffset != 0 && rule.Day == 0:
		return bad("month_offset chỉ dùng cùng với day.", "month_offset goes only with day.")
	case rule.Hours < 0:
		return bad("hours phải lớn hơn 0.", "hours must be more than 0.")
	case rule.RoundTheClock && rule.Hours == 0:
		return bad("round_the_clock chỉ dùng cùng với hours.", "round_the_clock goes only with hours.")
	}
	if rule.MonthDay != "" {
		if _, err := ParseDate("2000-" + rule.MonthDay); err != nil {
			return bad("Không có ngày “%s” trong năm; hãy viết tháng-ngày, ví dụ 07-20.",
				"There is no day “%s” in a year; write month-day, such as 07-20.", rule.MonthDay)
		}
	}
	switch rule.Shift {
	case "", ShiftNext, ShiftPrevious, ShiftNone:
		return nil
	}
	return bad("Không có cách dời “%s”.", "There is no shift “%s”.", string(rule.Shift))
}

// morning is when people are written to.
const morning timeOfDay = 8 * 60

// Opening returns when the round of a period opens: 08:00 of the day that lies
// the given number of working days before the due day, not before 08:00 of the
// window's first day. Once opens on its window's first day, which is OpensOn or
// the first day of validity; the plan's activation may be later. So does AtLeast,
// because the act may be done at any time of its window.
func Opening(due time.Time, p Period, workingDaysBefore int, w WorkingCalendar, zone *time.Location) DueTime {
	if (p.Cadence == Once || p.Cadence == AtLeast) && !p.Start.IsZero() {
		return DueTime{
			At:         morning.on(p.Start, zone),
			Derivation: Derivation{[]Note{{Kind: "opening", Date: p.Start}, closingNote(p.Start, morning)}},
		}
	}
	day := DueDay(due, zone)
	notes := []Note{{Kind: "due", Date: day}}
	if workingDaysBefore != 0 {
		var passed []Date
		day, passed = AddWorkingDays(day, -workingDaysBefore, w)
		notes = append(notes, countNote(-workingDaysBefore, WorkingDays, passed))
	}
	if day.Before(p.Start) {
		day = p.Start
		notes = append(notes, Note{Kind: "not_before", Date: day})
	}
	return DueTime{At: morning.on(day, zone), Derivation: Derivation{append(notes, closingNote(day, morning))}}
}

// Resubmit returns until when a returned result is to be sent again: the end of
// the n-th working day after the day of return in the zone.
func Resubmit(returnedAt time.Time, workingDays int, w WorkingCalendar, zone *time.Location) DueTime {
	day := DateOf(returnedAt, zone)
	notes := []Note{{Kind: "resubmit", Date: day}}
	if workingDays != 0 {
		var passed []Date
		day, passed = AddWorkingDays(day, workingDays, w)
		notes = append(notes, countNote(workingDays, WorkingDays, passed))
	}
	return DueTime{At: endOfDay.on(day, zone), Derivation: Derivation{append(notes, closingNote(day, endOfDay))}}
}

// countNote explains a count of days, which is never zero.
func countNote(n int, unit Unit, passed []Date) Note {
	sign := "plus_"
	if n < 0 {
		sign, n = "minus_", -n
	}
	return Note{Kind: sign + string(unit), N: n, DaysOff: passed}
}

// closingNote ends a derivation with the day and the time that were arrived at.
func closingNote(day Date, clock timeOfDay) Note {
	if clock == endOfDay {
		return Note{Kind: "end_of_day", Date: day}
	}
	return Note{Kind: "at_time", Date: day, Time: clock.String()}
}
