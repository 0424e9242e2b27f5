package target

import (
	"slices"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
)

// Reader tells what a person may see of the units' figures.
type Reader struct {
	// InChain: the person is in the reporting chain of what the unit reports.
	InChain func(Node) bool
	// Sees: the person may see what the unit reports.
	Sees func(Node) bool
}

// narrow hides from a reader outside of the reporting chain each number of persons
// below five, and whatever it could be worked out from.
func (s *Source) narrow(r Measured, on calendar.Date, reader Reader) Measured {
	if !s.counts(r.Measure) {
		return r
	}
	for i := range r.Parts {
		p := &r.Parts[i]
		if n := (Node{p.DutyID, p.Agency.ID}); !reader.InChain(n) {
			scope := Scope{From: r.Duties, Within: &n}
			p.Hidden = s.few(r.Measure, scope, on, sinceStart)
			p.Years = s.narrowYears(r.Measure, scope, p.Years)
		}
	}
	hideAnother(r.Parts)
	for i := range r.Parts {
		if r.Parts[i].Hidden {
			r.Parts[i].Outlook, r.Parts[i].Years = hidden(), nil
		}
	}
	if !slices.ContainsFunc(s.nodes(r.Measure, nil), func(n Node) bool { return !reader.InChain(n) }) {
		return r
	}
	// The steps from one reading to the next are counts too.
	r.Readings = nil
	scope := Scope{From: r.Duties}
	r.Years = s.narrowYears(r.Measure, scope, r.Years)
	if r.Hidden = s.few(r.Measure, scope, on, sinceStart) || s.fewOthers(r.Measure, on, reader); r.Hidden {
		r.Outlook, r.Years = hidden(), nil
	}
	return r
}

// fewOthers reports whether the whole less what the reader knows by their own
// chain is a number of persons below five.
func (s *Source) fewOthers(m Measure, on calendar.Date, reader Reader) bool {
	known := s.frontier(m, nil, reader.InChain)
	return slices.ContainsFunc(s.bases(m), func(d indicator.Definition) bool {
		rest, ok := s.at(d.Code, Scope{From: m.Duties}, calendar.Date{}, on, sinceStart)
		for _, n := range known {
			if part, given := s.at(d.Code, Scope{From: m.Duties, Within: &n}, calendar.Date{}, on, sinceStart); given {
				rest = rest.Sub(part)
			}
		}
		return ok && d.Points(rest)
	})
}

// hideAnother hides a second unit where only one is hidden: the whole less the
// others would tell it.
func hideAnother(parts []Part) {
	least, count := -1, 0
	for i, p := range parts {
		if p.Hidden {
			count++
			continue
		}
		if p.Outlook.Actual != nil && p.Outlook.Actual.IsPositive() && (least < 0 || p.Outlook.Actual.LessThan(*parts[least].Outlook.Actual)) {
			least = i
		}
	}
	if count == 1 && least >= 0 {
		parts[least].Hidden = true
	}
}

// narrowYears hides all years where one counts too few: the whole less the others
// would tell it.
func (s *Source) narrowYears(m Measure, scope Scope, years []YearOutlook) []YearOutlook {
	few := slices.ContainsFunc(years, func(y YearOutlook) bool {
		return s.few(m, scope, calendar.NewDate(y.Year, 12, 31), inYear)
	})
	if !few {
		return years
	}
	years = slices.Clone(years)
	for i := range years {
		years[i].Hidden, years[i].Outlook = true, hidden()
	}
	return years
}

func hidden() indicator.Outlook {
	return indicator.Outlook{
		Light: indicator.Unclear, RuleVI: "Số người dưới 5 không hiển thị ngoài tuyến báo cáo.", RuleEN: "A number of persons below 5 is not shown outside of the reporting chain.",
	}
}

// counts reports whether the measure counts persons, or is a share of such counts.
func (s *Source) counts(m Measure) bool {
	return slices.ContainsFunc(s.bases(m), func(d indicator.Definition) bool { return d.CountOnly })
}

// bases are the figures that a measure is worked out from.
func (s *Source) bases(m Measure) []indicator.Definition {
	d := s.Definitions[m.Indicator]
	if d.Aggregation == indicator.Ratio {
		return []indicator.Definition{s.Definitions[d.Numerator], s.Definitions[d.Denominator]}
	}
	return []indicator.Definition{d}
}

// few reports whether what a measure is worked out from counts too few persons.
func (s *Source) few(m Measure, scope Scope, on calendar.Date, reach span) bool {
	return slices.ContainsFunc(s.bases(m), func(d indicator.Definition) bool {
		if !d.CountOnly {
			return false
		}
		value, ok := s.at(d.Code, scope, calendar.Date{}, on, reach)
		if ok && d.Points(value) {
			return true
		}
		if m.Kind != indicator.AtLeast && m.Kind != indicator.Maintain {
			return false
		}
		// What is told period by period may be few in one of them.
		return slices.ContainsFunc(s.readings(m, scope, on), func(r indicator.Reading) bool { return d.Points(r.Value) })
	})
}
