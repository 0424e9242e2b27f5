package target

import (
	"cmp"
	"slices"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
)

// Measured tells where a measure stands on a day, as far as a reader may see it.
// Parts are those of the units directly under a node; nil: the uppermost ones
// that the reader sees.
func (s *Source) Measured(m Measure, under *Node, on calendar.Date, reader Reader) Measured {
	scope := Scope{From: m.Duties}
	r := Measured{Measure: m, Definition: s.Definitions[m.Indicator], Feeds: s.Feeds(m)}
	if m.Kind == indicator.InWords || m.Aim == nil {
		r.Outlook = m.target().Judge(nil, on)
		return r
	}
	if m.measured() && s.countable(m) {
		r.Readings = s.readings(m, scope, on)
		r.Parts = s.parts(m, under, on, reader)
	}
	r.Outlook = m.target().Judge(r.Readings, on)
	r.Years = s.years(m, scope, 0, on)
	r.Warnings = s.warnings(m, r, on)
	return s.narrow(r, on, reader)
}

// measured reports whether something says by which figures.
func (m Measure) measured() bool { return m.Indicator != "" || m.Class.Sheet != "" }

// target is what the measure is judged as.
func (m Measure) target() indicator.Target {
	t := indicator.Target{Kind: m.Kind, From: m.From, To: m.To}
	if m.Kind == "money" {
		t.Kind = indicator.Reach
	}
	if m.Aim != nil {
		t.Aim = *m.Aim
	}
	if m.Baseline != nil {
		t.Baseline = &m.Baseline.Value
	}
	return t
}

// countable: a number of things says nothing about a share in percent, unless
// they are units out of all units.
func (s *Source) countable(m Measure) bool {
	if m.Class.Sheet != "" {
		return true
	}
	d, known := s.Definitions[m.Indicator]
	return known && (m.Kind != indicator.ReachShare || d.Unit == indicator.Percent || d.Aggregation == indicator.CountUnits)
}

// years judges the aims of single years of an agency; 0: those of all.
func (s *Source) years(m Measure, scope Scope, agency int64, on calendar.Date) []YearOutlook {
	var list []YearOutlook
	for _, a := range m.Aims {
		if a.Year == 0 || a.AgencyID != agency {
			continue
		}
		part := m
		part.Aim = &a.Aim
		part.From = later(m.From, calendar.NewDate(a.Year, time.January, 1))
		part.To = earlier(m.To, calendar.NewDate(a.Year, time.December, 31))
		var readings []indicator.Reading
		if m.measured() && s.countable(m) {
			readings = s.yearly(part, scope, a.Year, on)
		}
		list = append(list, YearOutlook{Year: a.Year, Aim: a.Aim, Outlook: part.target().Judge(readings, on)})
	}
	slices.SortFunc(list, func(a, b YearOutlook) int { return cmp.Compare(a.Year, b.Year) })
	return list
}

func later(a, b calendar.Date) calendar.Date {
	if b.After(a) {
		return b
	}
	return a
}

// Feeds are the duties that give the measure's figures.
func (s *Source) Feeds(m Measure) []Feed {
	var list []Feed
	for _, d := range s.Duties {
		if s.holds(m, d) && (len(m.Duties) == 0 || slices.Contains(m.Duties, d.ID)) {
			list = append(list, Feed{d.ID, d.Code, d.Title})
		}
	}
	return list
}

// holds reports whether a duty's reports give something of the measure.
func (s *Source) holds(m Measure, d Duty) bool {
	if m.Class.Sheet != "" {
		return d.Sheet == m.Class.Sheet
	}
	i := s.Definitions[m.Indicator]
	return m.Indicator != "" && (d.Asks[m.Indicator] || i.Aggregation == indicator.Ratio && (d.Asks[i.Numerator] || d.Asks[i.Denominator]))
}

// nodes are the units directly under a node, or the uppermost ones, in the order
// in which the duties and their owners stand.
func (s *Source) nodes(m Measure, under *Node) []Node {
	var list []Node
	add := func(n Node) {
		if slices.Contains(list, n) {
			return
		}
		up := slices.DeleteFunc(slices.Clone(s.parents[n]), func(p Node) bool { return !s.holds(m, *s.duties[p.Duty]) })
		if under == nil && len(up) == 0 || under != nil && slices.Contains(up, *under) {
			list = append(list, n)
		}
	}
	for _, d := range s.Duties {
		if !s.holds(m, d) || len(m.Duties) > 0 && !slices.Contains(m.Duties, d.ID) {
			continue
		}
		for _, a := range d.Owners {
			add(Node{d.ID, a})
		}
		for _, r := range s.Reports {
			if r.Duty == d.ID {
				add(r.Node)
			}
		}
	}
	return list
}

// frontier are the units directly under a node, and in the place of those that
// are not to be looked at the ones below them.
func (s *Source) frontier(m Measure, under *Node, look func(Node) bool) []Node {
	var list []Node
	for _, n := range s.nodes(m, under) {
		if look(n) {
			list = append(list, n)
			continue
		}
		list = append(list, s.frontier(m, &n, look)...)
	}
	return list
}

// parts tells where each of the units stands that a measure is made of.
func (s *Source) parts(m Measure, under *Node, on calendar.Date, reader Reader) []Part {
	list := []Part{}
	for _, n := range s.frontier(m, under, reader.Sees) {
		if slices.ContainsFunc(list, func(p Part) bool { return p.Agency.ID == n.Agency }) {
			continue // the same agency in another duty: its figures stand in the first
		}
		list = append(list, s.part(m, n, on))
	}
	return list
}

func (s *Source) part(m Measure, n Node, on calendar.Date) Part {
	scope := Scope{From: m.Duties, Within: &n}
	p := Part{Agency: Agency{ID: n.Agency}, DutyID: n.Duty, Tasks: s.tasks(m, scope, on), Opens: len(s.nodes(m, &n)) > 0}
	own := m
	own.Aim = m.aimOf(n.Agency)
	if !m.adds() {
		own.Aim = m.Aim // a share holds for each
	}
	p.Aim = own.Aim
	readings := s.readings(own, scope, on)
	if own.Aim != nil {
		p.Outlook = own.target().Judge(readings, on)
	} else {
		p.Outlook = unsplit(readings)
	}
	p.Years = s.years(m, scope, n.Agency, on)
	return p
}

// unsplit is the outlook of a unit that has no part of its own.
func unsplit(readings []indicator.Reading) indicator.Outlook {
	o := indicator.Outlook{Light: indicator.Unclear, RuleVI: "Chưa giao chỉ tiêu riêng cho đơn vị này.", RuleEN: "No part of the target was split off for this unit."}
	if n := len(readings); n > 0 {
		value := readings[n-1].Value
		o.Actual = &value
	}
	return o
}

// tasks are the results that a unit's figure comes from.
func (s *Source) tasks(m Measure, scope Scope, on calendar.Date) []int64 {
	var ids []int64
	codes := []string{m.Indicator}
	if d := s.Definitions[m.Indicator]; d.Aggregation == indicator.Ratio {
		codes = []string{d.Numerator, d.Denominator}
	}
	for _, code := range codes {
		if m.Class.Sheet != "" {
			break
		}
		for _, g := range s.feedOf(code, scope.From).chosen(calendar.Date{}, on, scope.Within) {
			ids = append(ids, g.report.TaskID)
		}
	}
	for _, r := range s.Reports {
		if m.Class.Sheet != "" && r.Class != "" && s.duties[r.Duty].Sheet == m.Class.Sheet && (r.Node == *scope.Within || slices.Contains(s.Above(r.Node), *scope.Within)) {
			ids = append(ids, r.TaskID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
