package target

import (
	"slices"

	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
)

// span is how far back a figure reaches.
type span int

const (
	sinceStart span = iota // everything until the day
	inYear                 // the year of the day
	inPeriod               // what is told of the days in a period
)

// Scope narrows what is gathered.
type Scope struct {
	// From are the duties whose reports count; none: all.
	From []int64
	// Within is a node whose own reports, and those of all below it, count; nil: all.
	Within *Node
}

// at works a figure out as it was known on a day; first is the period's first
// day and counts for inPeriod only.
func (s *Source) at(code string, scope Scope, first, day calendar.Date, reach span) (decimal.Decimal, bool) {
	d := s.Definitions[code]
	if d.Aggregation == indicator.Ratio {
		numerator, ok := s.at(d.Numerator, scope, first, day, reach)
		denominator, also := s.at(d.Denominator, scope, first, day, reach)
		if !ok || !also {
			return decimal.Zero, false
		}
		return indicator.Share(numerator, denominator)
	}
	if reach != inPeriod || d.Aggregation == indicator.Last { // a state holds until it is told anew
		first = calendar.Date{}
	}
	units := map[int64][]given{}
	for _, g := range s.feedOf(code, scope.From).chosen(first, day, scope.Within) {
		units[g.report.Agency] = append(units[g.report.Agency], g)
	}
	var total indicator.Total
	for agency, list := range units {
		if end, over := s.Ended[agency]; over && d.Aggregation == indicator.Last && end.Before(day) {
			continue // its successors tell the state now
		}
		total = total.Add(overTime(d, list, day, reach))
	}
	return d.Value(total)
}

func overTime(d indicator.Definition, list []given, day calendar.Date, reach span) indicator.Total {
	slices.SortFunc(list, func(a, b given) int { return a.to - b.to })
	points := make([]indicator.Point, len(list))
	for i, g := range list {
		points[i] = indicator.Point{Year: g.report.To.Year, Order: i + 1, Total: g.total}
	}
	over := indicator.PlanToDate
	if reach == inYear && d.Aggregation != indicator.Last {
		over = indicator.YearToDate
	}
	return d.OverTime(points, day.Year, len(list), over)
}

// dates are the days on which a figure may have changed.
func (s *Source) dates(code string, scope Scope) []calendar.Date {
	d := s.Definitions[code]
	if d.Aggregation == indicator.Ratio {
		return inOrder(append(slices.Clone(s.dates(d.Numerator, scope)), s.dates(d.Denominator, scope)...))
	}
	f := s.feedOf(code, scope.From)
	if scope.Within == nil {
		return f.dates
	}
	var dates []calendar.Date
	for _, g := range f.given {
		if g.report.Node == *scope.Within || slices.Contains(g.above, *scope.Within) {
			dates = append(dates, g.report.To)
		}
	}
	return inOrder(dates)
}

// readings are the figures of a measure over time, for its kind of target.
func (s *Source) readings(m Measure, scope Scope, on calendar.Date) []indicator.Reading {
	if m.Class.Sheet != "" {
		return s.shares(m, scope, on)
	}
	d := s.Definitions[m.Indicator]
	if m.Kind == indicator.AtLeast && m.Per != "" {
		return s.byPeriod(m, scope, on)
	}
	var list []indicator.Reading
	dates := s.dates(m.Indicator, scope)
	for i, day := range dates {
		if day.After(on) {
			break
		}
		reach, first := sinceStart, calendar.Date{}
		switch {
		case m.Kind == indicator.Maintain || m.Kind == indicator.AtLeast:
			reach, first = inPeriod, day
		case m.Kind == indicator.Reduce && d.Aggregation != indicator.Last && d.Aggregation != indicator.Ratio:
			// What happens is held against the baseline by whole years.
			if reach = inYear; day.Month != 12 || i+1 < len(dates) && dates[i+1].Year == day.Year {
				continue
			}
		}
		if value, ok := s.value(m, scope, first, day, reach); ok {
			list = append(list, indicator.Reading{On: day, Value: value})
		}
	}
	return list
}

// value is one reading; units that have a property are told as the share of
// those that were asked, where the measure is a share.
func (s *Source) value(m Measure, scope Scope, first, day calendar.Date, reach span) (decimal.Decimal, bool) {
	value, ok := s.at(m.Indicator, scope, first, day, reach)
	if !ok || !m.sharesUnits(s.Definitions[m.Indicator]) {
		return value, ok
	}
	asked := s.asked(scope, func(d Duty) bool { return d.Asks[m.Indicator] })
	return indicator.Share(value, decimal.NewFromInt(int64(asked)))
}

// asked counts the units of the lowest level that owe what the duties hold.
func (s *Source) asked(scope Scope, holds func(Duty) bool) int {
	units := map[int64]bool{}
	for _, d := range s.Duties {
		if s.heights[d.ID] > 0 || !holds(d) || len(scope.From) > 0 && !slices.Contains(scope.From, d.ID) {
			continue
		}
		for _, a := range d.Owners {
			n := Node{d.ID, a}
			if scope.Within == nil || n == *scope.Within || slices.Contains(s.Above(n), *scope.Within) {
				units[a] = true
			}
		}
	}
	return len(units)
}

// yearly are the readings of one year.
func (s *Source) yearly(m Measure, scope Scope, year int, on calendar.Date) []indicator.Reading {
	var list []indicator.Reading
	if m.Class.Sheet != "" || m.Kind == indicator.AtLeast {
		for _, r := range s.readings(m, scope, on) {
			if r.On.Year == year {
				list = append(list, r)
			}
		}
		return list
	}
	for _, day := range s.dates(m.Indicator, scope) {
		if day.Year != year || day.After(on) {
			continue
		}
		if value, ok := s.value(m, scope, calendar.Date{}, day, inYear); ok {
			list = append(list, indicator.Reading{On: day, Value: value})
		}
	}
	return list
}

// shares are the shares of the units in a class, as of each day on which one was
// classified; who was not classified yet counts among all.
func (s *Source) shares(m Measure, scope Scope, on calendar.Date) []indicator.Reading {
	var scored []*Report
	var dates []calendar.Date
	for i := range s.Reports {
		r := &s.Reports[i]
		d := s.duties[r.Duty]
		if r.Class == "" || d == nil || d.Sheet != m.Class.Sheet || r.To.After(on) || len(scope.From) > 0 && !slices.Contains(scope.From, d.ID) ||
			scope.Within != nil && r.Node != *scope.Within && !slices.Contains(s.Above(r.Node), *scope.Within) {
			continue
		}
		scored, dates = append(scored, r), append(dates, r.To)
	}
	slices.SortFunc(scored, func(a, b *Report) int { return a.To.Compare(b.To) })
	asked := decimal.NewFromInt(int64(s.asked(scope, func(d Duty) bool { return d.Sheet == m.Class.Sheet })))
	var list []indicator.Reading
	for _, day := range inOrder(dates) {
		newest := map[int64]string{}
		for _, r := range scored {
			if end, over := s.Ended[r.Agency]; !r.To.After(day) && (!over || !end.Before(day)) {
				newest[r.Agency] = r.Class
			}
		}
		in := 0
		for _, class := range newest {
			if class == m.Class.Class {
				in++
			}
		}
		if value, ok := indicator.Share(decimal.NewFromInt(int64(in)), asked); ok {
			list = append(list, indicator.Reading{On: day, Value: value})
		}
	}
	return list
}
