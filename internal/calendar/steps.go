package calendar

import (
	"cmp"
	"slices"
	"time"

	"dondoc/internal/fault"
)

// Steps compiles the rules of one anchor into instants, sorted by At, then
// Severity, then Code; rules of other anchors are left out. From AnchorDue days
// are counted from the due day (midnight belongs to the day before), from the
// other anchors from the day of at; hours are counted from the instant itself.
// A step in days without a time of day is at 08:00; with offset 0 from opening
// or submission it is never before at. A step with a cron expression gives its
// first firing at or after its offset; NextOccurrence gives the following ones.
// Faults (Invalid): an unknown unit, a wrong time or expression.
func Steps(rules []StepRule, anchor Anchor, at time.Time, w WorkingCalendar, zone *time.Location) ([]StepTime, error) {
	var steps []StepTime
	for _, rule := range rules {
		if rule.Anchor != anchor {
			continue
		}
		when, notes, err := offset(rule, at, w, zone)
		if err != nil {
			return nil, err
		}
		if rule.Cron != "" {
			parsed, f := parseCron(rule.Cron)
			if f != nil {
				return nil, f
			}
			if when = parsed.atOrAfter(when.In(zone)); when.IsZero() {
				return nil, fault.New(fault.Invalid, CodeCronNever,
					"Bước %s: “%s” không còn lần chạy nào.", "Step %s: “%s” fires no more.", rule.Code, rule.Cron).At("cron")
			}
			notes = append(notes, Note{Kind: "cron", VI: rule.Cron, EN: rule.Cron})
		}
		local := when.In(zone)
		notes = append(notes, Note{Kind: "at_time", Date: DateOf(when, zone), Time: local.Format("15:04")})
		steps = append(steps, StepTime{Rule: rule, At: when, Occurrence: 1, Derivation: Derivation{notes}})
	}
	slices.SortStableFunc(steps, func(a, b StepTime) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Rule.Severity, b.Rule.Severity), cmp.Compare(a.Rule.Code, b.Rule.Code))
	})
	return steps, nil
}

// offset returns the instant at which a rule begins to count, and why.
func offset(rule StepRule, at time.Time, w WorkingCalendar, zone *time.Location) (time.Time, []Note, error) {
	day, base := DateOf(at, zone), "opening"
	switch rule.Anchor {
	case AnchorDue:
		day, base = DueDay(at, zone), "due"
	case AnchorSubmitted:
		base = "submitted"
	}
	notes := []Note{{Kind: base, Date: day}}
	var passed []Date
	switch rule.Unit {
	case Hours:
		if rule.TimeOfDay != "" {
			return time.Time{}, nil, fault.New(fault.Invalid, "calendar.step",
				"Bước %s tính theo giờ thì không có giờ trong ngày.", "Step %s counts hours and so has no time of day.", rule.Code).At("time_of_day")
		}
		if rule.Offset != 0 {
			notes = append(notes, Note{Kind: "hours", N: rule.Offset})
		}
		return at.Add(time.Duration(rule.Offset) * time.Hour), notes, nil
	case WorkingDays:
		day, passed = AddWorkingDays(day, rule.Offset, w)
	case CalendarDays:
		day = day.AddDays(rule.Offset)
	default:
		return time.Time{}, nil, fault.New(fault.Invalid, "calendar.step",
			"Bước %s: không có đơn vị “%s”.", "Step %s: there is no unit “%s”.", rule.Code, rule.Unit).At("unit")
	}
	if rule.Offset != 0 {
		notes = append(notes, countNote(rule.Offset, rule.Unit, passed))
	}
	clock, err := parseTimeOfDay(rule.TimeOfDay, morning)
	if err != nil {
		return time.Time{}, nil, err
	}
	when := clock.on(day, zone)
	if rule.Anchor != AnchorDue && rule.Offset == 0 && when.Before(at) {
		when = at
	}
	return when, notes, nil
}

// NextOccurrence returns the first firing of a repeating step strictly after the
// instant, in the zone; false where the rule does not repeat or fires no more.
// Faults as for CheckCron, warnings apart.
func NextOccurrence(rule StepRule, after time.Time, zone *time.Location) (time.Time, bool, error) {
	if rule.Cron == "" {
		return time.Time{}, false, nil
	}
	parsed, f := parseCron(rule.Cron)
	if f != nil {
		return time.Time{}, false, f
	}
	next := parsed.after(after.In(zone))
	return next, !next.IsZero(), nil
}

// CronDerivation explains an occurrence of a step that repeats by an expression.
func CronDerivation(expr string, at time.Time, zone *time.Location) Derivation {
	return Derivation{[]Note{
		{Kind: "cron", VI: expr, EN: expr},
		{Kind: "at_time", Date: DateOf(at, zone), Time: at.In(zone).Format("15:04")},
	}}
}
