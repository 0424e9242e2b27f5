package calendar

import (
	"time"

	"dondoc/internal/fault"
)

// HourSpan is a stretch of a working day; From and To are times of day, "07:30",
// To 24:00 at the latest.
type HourSpan struct{ From, To string }

// WorkingHours are the hours of a working day in a territory, in order and apart.
// None are DefaultWorkingHours.
type WorkingHours []HourSpan

// DefaultWorkingHours returns 07:30–11:30 and 13:30–17:00. The caller owns them.
func DefaultWorkingHours() WorkingHours {
	return WorkingHours{{"07:30", "11:30"}, {"13:30", "17:00"}}
}

// CodeWorkingHours is the code of hours that are out of order or unreadable.
const CodeWorkingHours = "calendar.working_hours"

// minutes reads the spans. Faults (Invalid): CodeWorkingHours.
func (h WorkingHours) minutes() ([][2]timeOfDay, error) {
	if len(h) == 0 {
		h = DefaultWorkingHours()
	}
	var spans [][2]timeOfDay
	var last timeOfDay
	for _, s := range h {
		from, errFrom := parseTimeOfDay(s.From, -1)
		to, errTo := parseTimeOfDay(s.To, -1)
		if errFrom != nil || errTo != nil || from < last || to <= from {
			return nil, fault.New(fault.Invalid, CodeWorkingHours,
				"Giờ làm việc %s–%s không đúng; hãy viết như 07:30–11:30, khoảng sau không trước khoảng trước.",
				"The working hours %s–%s are wrong; write them as 07:30–11:30, each span after the one before.",
				s.From, s.To).At("working_hours")
		}
		spans, last = append(spans, [2]timeOfDay{from, to}), to
	}
	return spans, nil
}

// Check reports whether the spans can be read and follow one another. Faults
// (Invalid): CodeWorkingHours.
func (h WorkingHours) Check() error {
	_, err := h.minutes()
	return err
}

// DueWithin returns the due time of a round that a person opens at the instant
// from. With rule.Hours these are counted from that instant, rounded up to the
// minute that people read: working hours (none: DefaultWorkingHours), or the
// clock's where the rule says RoundTheClock. Otherwise working or calendar days
// are counted from the day of from in the zone, which is day zero. Faults
// (Invalid): CodeDueRule for a rule without hours or days from the opening,
// CodeDueBeforeStart for a time of day that is over, CodeWorkingHours.
func DueWithin(from time.Time, rule DueRule, hours WorkingHours, w WorkingCalendar, zone *time.Location) (DueTime, error) {
	if err := checkDueRule(rule); err != nil {
		return DueTime{}, err
	}
	from = from.In(zone)
	notes := []Note{{Kind: "requested", Date: DateOf(from, zone), Time: from.Format("15:04")}}
	if rule.Hours == 0 {
		return dueInDays(from, rule, notes, w, zone)
	}
	if up := from.Truncate(time.Minute); up.Before(from) {
		from = up.Add(time.Minute)
	}
	if rule.RoundTheClock {
		at := from.Add(time.Duration(rule.Hours) * time.Hour)
		notes = append(notes, Note{Kind: "hours", N: rule.Hours})
		return DueTime{At: at, Derivation: Derivation{append(notes, instantNote(at, zone))}}, nil
	}
	spans, err := hours.minutes()
	if err != nil {
		return DueTime{}, err
	}
	at, passed := addWorkingHours(from, time.Duration(rule.Hours)*time.Hour, spans, w, zone)
	notes = append(notes, Note{Kind: "working_hours", N: rule.Hours, DaysOff: passed})
	return DueTime{At: at, Derivation: Derivation{append(notes, instantNote(at, zone))}}, nil
}

func dueInDays(from time.Time, rule DueRule, notes []Note, w WorkingCalendar, zone *time.Location) (DueTime, error) {
	clock, err := parseTimeOfDay(rule.TimeOfDay, endOfDay)
	if err != nil {
		return DueTime{}, err
	}
	day := DateOf(from, zone)
	switch {
	case rule.Day != 0 || rule.MonthDay != "":
		return DueTime{}, fault.New(fault.Invalid, CodeDueRule,
			"Việc giao đột xuất tính hạn từ lúc giao: dùng hours, working_days hoặc calendar_days.",
			"A round opened by hand is due so long after it is opened: use hours, working_days or calendar_days.").At("due")
	case rule.WorkingDays != 0:
		var passed []Date
		day, passed = AddWorkingDays(day, rule.WorkingDays, w)
		notes = append(notes, countNote(rule.WorkingDays, WorkingDays, passed))
	case rule.CalendarDays != 0:
		day = day.AddDays(rule.CalendarDays)
		notes = append(notes, countNote(rule.CalendarDays, CalendarDays, nil))
	}
	day, notes = shifted(day, rule.Shift, notes, w)
	at := clock.on(day, zone)
	if at.Before(from) {
		return DueTime{}, fault.New(fault.Invalid, CodeDueBeforeStart,
			"Hạn %s đã qua lúc giao việc.", "The due time, %s, is over when the round is opened.",
			at.Format("15:04 02/01/2006")).At("due")
	}
	return DueTime{At: at, Derivation: Derivation{append(notes, closingNote(day, clock))}}, nil
}

// addWorkingHours spends the working time after from and returns the instant at
// which it is spent, with the days off in between.
func addWorkingHours(from time.Time, left time.Duration, spans [][2]timeOfDay, w WorkingCalendar, zone *time.Location) (time.Time, []Date) {
	var passed []Date
	for day, off := DateOf(from, zone), 0; ; day = day.AddDays(1) {
		// A calendar that works on no day of a year is broken: then every day counts.
		if w.IsWorking(day) {
			off = 0
		} else if off < longestBreak {
			off++
			passed = append(passed, day)
			continue
		}
		for _, span := range spans {
			begin, end := span[0].on(day, zone), span[1].on(day, zone)
			if begin.Before(from) {
				begin = from
			}
			if room := end.Sub(begin); room >= left {
				return begin.Add(left), passed
			} else if room > 0 {
				left -= room
			}
		}
	}
}

// instantNote ends a derivation with an instant as people read it.
func instantNote(at time.Time, zone *time.Location) Note {
	day := DueDay(at, zone)
	if day.AddDays(1).In(zone).Equal(at) {
		return Note{Kind: "end_of_day", Date: day}
	}
	return Note{Kind: "at_time", Date: day, Time: at.In(zone).Format("15:04")}
}
