package calendar

import (
	"slices"
	"time"

	"dondoc/internal/fault"
)

// Chain is the order in which a report passes the levels of agencies (Decree
// 09/2019/NĐ-CP art. 8(5)): each level has its own due time and at least one
// working day after the level below, the lowest after the closing day.
type Chain struct {
	// Levels are agency levels, the lowest first.
	Levels []string
	// Last is the rule for the date of the last of Levels, from which the others
	// are planned back. The zero rule leaves each level to its own due rule; the
	// chain then only states the order.
	Last DueRule
	// Step is the number of working days between a level and the next; 0 is 1.
	Step int
}

// Plans reports whether the chain sets the due time of a level, which then needs
// no due rule of its own.
func (c Chain) Plans(level string) bool {
	return c.Last != (DueRule{}) && slices.Contains(c.Levels, level)
}

// DuePlan gathers all that decides when a duty is due: the rules per level of
// agency, the chain of levels and the dates that the plan authority set for
// single periods. A date goes before the chain, the chain before the rules. The
// level "" stands for all that are not named.
type DuePlan struct {
	Rules map[string]DueRule
	Chain Chain
	// Dates maps period keys to levels to days.
	Dates map[string]map[string]Date
}

// rule returns the rule of a level, the zero rule where there is none: then it is
// due on the closing day, Once on its own day.
func (d DuePlan) rule(level string) DueRule {
	if rule, ok := d.Rules[level]; ok {
		return rule
	}
	return d.Rules[""]
}

// date returns the day that the plan authority set for a period and level.
func (d DuePlan) date(key, level string) (Date, bool) {
	dates := d.Dates[key]
	day, ok := dates[level]
	if !ok {
		day, ok = dates[""]
	}
	return day, ok && !day.IsZero()
}

// Due returns the due time of a period for a level of agency in the zone. A date
// that the plan authority set is taken as it is, working day or not, until the
// time of day of the level's rule. Chain.Last plans the levels below step by step
// back; those that the days off leave no time share the first working day after
// the closing day, and nobody is due after the last level. A shift to the
// previous working day that would go before the closing day goes to the next one
// instead, so that a holiday decreed later leaves no period without a due time.
// Faults (Invalid) as for the function Due.
func (d DuePlan) Due(p Period, s Schedule, level string, w WorkingCalendar, zone *time.Location) (DueTime, error) {
	if day, ok := d.date(p.Key, level); ok {
		rule := d.rule(level)
		if d.Chain.Plans(level) {
			rule = d.Chain.Last
		}
		clock, err := parseTimeOfDay(rule.TimeOfDay, endOfDay)
		if err != nil {
			return DueTime{}, err
		}
		return DueTime{At: clock.on(day, zone), Derivation: Derivation{[]Note{{Kind: "set_date", Date: day}, closingNote(day, clock)}}}, nil
	}
	if p.Cadence != Once && d.Chain.Plans(level) {
		return d.chained(p, s, level, w, zone)
	}
	return dueForward(p, s, d.rule(level), w, zone)
}

// Within returns the due time for a level of a round of the cadence that a person
// opens at the instant from, as DueWithin does. Where the level's rule has both
// hours and days the hours are for Flash. Faults as for DueWithin.
func (d DuePlan) Within(from time.Time, c Cadence, level string, hours WorkingHours, w WorkingCalendar, zone *time.Location) (DueTime, error) {
	rule := d.rule(level)
	if c != Flash && rule.forms() > 0 {
		rule.Hours, rule.RoundTheClock = 0, false
	}
	return DueWithin(from, rule, hours, w, zone)
}

// dueForward is Due with a shift that does not cross the closing day.
func dueForward(p Period, s Schedule, rule DueRule, w WorkingCalendar, zone *time.Location) (DueTime, error) {
	due, err := Due(p, s, rule, w, zone)
	if f := fault.Of(err); rule.Shift == ShiftPrevious && f != nil && f.Code == CodeDueBeforeEnd {
		rule.Shift = ShiftNext
		return Due(p, s, rule, w, zone)
	}
	return due, err
}

// chained plans a level back from the nearest level above it that has a date.
func (d DuePlan) chained(p Period, s Schedule, level string, w WorkingCalendar, zone *time.Location) (DueTime, error) {
	last, err := dueForward(p, s, d.Chain.Last, w, zone)
	if err != nil {
		return DueTime{}, err
	}
	clock, err := parseTimeOfDay(d.Chain.Last.TimeOfDay, endOfDay)
	if err != nil {
		return DueTime{}, err
	}
	place, above := slices.Index(d.Chain.Levels, level), len(d.Chain.Levels)-1
	end := len(last.Derivation.Notes) - 1
	anchor, notes := last.Derivation.Notes[end].Date, last.Derivation.Notes[:end]
	for i := place + 1; i < len(d.Chain.Levels); i++ {
		if day, ok := d.date(p.Key, d.Chain.Levels[i]); ok {
			anchor, notes, above = day, []Note{{Kind: "set_date", Date: day}}, i
			break
		}
	}
	steps := (above - place) * max(d.Chain.Step, 1)
	if steps == 0 {
		return last, nil
	}
	day, passed := AddWorkingDays(anchor, -steps, w)
	notes = append(slices.Clip(notes), Note{Kind: "chain_back", Date: day, N: steps, DaysOff: passed})
	if floor := d.Chain.floor(p, anchor, w); day.Before(floor) {
		day = floor
		notes = append(notes, Note{Kind: "chain_squeezed", Date: day})
	}
	return DueTime{At: clock.on(day, zone), Derivation: Derivation{append(notes, closingNote(day, clock))}}, nil
}

// floor is the earliest day for a level: the first working day after the closing
// day, or of the window where the rule permits days before it closes; never after
// the level above.
func (c Chain) floor(p Period, anchor Date, w WorkingCalendar) Date {
	floor, _ := AddWorkingDays(p.End, 1, w)
	if c.Last.BeforeEnd {
		floor = ShiftDay(p.Start, ShiftNext, w)
	}
	if anchor.Before(floor) {
		return anchor
	}
	return floor
}

// Squeezed returns those of the levels, all of which owe the result, that have no
// working day of their own for a period: none after the closing day, or none
// after the day on which the level below is due (Decree 09/2019/NĐ-CP art. 8(5);
// days count here, not hours). The level below is the one before it in a chain
// that plans dates, and the nearest lower one of levels in a chain that only
// states an order. A level outside the chain is held against the closing day
// alone, and that only where the windows are the Decree's. Rules that permit a due
// day before the closing day are not held against it. Faults as for Due.
func (d DuePlan) Squeezed(p Period, s Schedule, levels []string, w WorkingCalendar, zone *time.Location) ([]string, error) {
	if p.Cadence == Once || p.Cadence == AtLeast {
		return nil, nil
	}
	var squeezed []string
	for _, level := range levels {
		due, err := d.dueDay(p, s, level, w, zone)
		if err != nil {
			return nil, err
		}
		chained := slices.Contains(d.Chain.Levels, level)
		rule := d.rule(level)
		if d.Chain.Plans(level) {
			rule = d.Chain.Last
		}
		_, months := monthSpans[p.Cadence]
		short := !rule.BeforeEnd && (chained || months && s.Windows == DecreeWindows) && !leavesADay(p.End, due, w)
		if below := d.below(level, levels); chained && below != "" && !short {
			before, err := d.dueDay(p, s, below, w, zone)
			if err != nil {
				return nil, err
			}
			short = !leavesADay(before, due, w)
		}
		if short {
			squeezed = append(squeezed, level)
		}
	}
	return squeezed, nil
}

// below returns the level whose results a level of the chain waits for.
func (d DuePlan) below(level string, levels []string) string {
	for i := slices.Index(d.Chain.Levels, level) - 1; i >= 0; i-- {
		lower := d.Chain.Levels[i]
		if d.Chain.Plans(lower) || slices.Contains(levels, lower) {
			return lower
		}
	}
	return ""
}

func (d DuePlan) dueDay(p Period, s Schedule, level string, w WorkingCalendar, zone *time.Location) (Date, error) {
	due, err := d.Due(p, s, level, w, zone)
	if err != nil {
		return Date{}, err
	}
	return due.Derivation.Notes[len(due.Derivation.Notes)-1].Date, nil
}

// leavesADay reports whether there is a working day after one day up to another.
func leavesADay(after, until Date, w WorkingCalendar) bool {
	first, _ := AddWorkingDays(after, 1, w)
	return !first.After(until)
}
