package target

import (
	"cmp"
	"slices"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
)

type feedKey struct {
	code string
	from string
}

// feed are the reports that give one figure, the ones to be taken first in front.
type feed struct {
	definition indicator.Definition
	given      []given
	// dates are the last days of their spans, in order.
	dates []calendar.Date
	// first is the first day of all spans; nodes and agencies count the places.
	first, nodes, agencies int
}

// given is one figure of one report.
type given struct {
	report   *Report
	total    indicator.Total
	height   int
	from, to int // days
	above    []Node
	// node, agency and ups are the places of the report and of what is above it.
	node, agency int
	ups          []int
}

var epoch = calendar.NewDate(2000, 1, 1)

// feedOf gathers a figure; from narrows it to duties.
func (s *Source) feedOf(code string, from []int64) *feed {
	key := feedKey{code: code}
	for _, id := range from {
		key.from += s.duties[id].Code + " "
	}
	if f := s.kept[key]; f != nil {
		return f
	}
	f := &feed{definition: s.Definitions[code]}
	for i := range s.Reports {
		r := &s.Reports[i]
		d := s.duties[r.Duty]
		if d == nil || !d.Asks[code] || len(from) > 0 && !slices.Contains(from, d.ID) {
			continue
		}
		total, ok := s.total(f.definition, r)
		if !ok {
			continue
		}
		f.given = append(f.given, given{
			report: r, total: total, height: s.heights[d.ID], from: r.From.Sub(epoch), to: r.To.Sub(epoch), above: s.Above(r.Node),
		})
	}
	f.order()
	f.number()
	s.kept[key] = f
	return f
}

// order puts what is to be taken first in front: the highest level, for it has
// the last word on what it sums up, and then the longest span. Of units that have
// a property the units themselves come first, for only they tell which of them
// had it before; of a state what is newest does.
func (f *feed) order() {
	slices.SortFunc(f.given, func(a, b given) int {
		length, high := cmp.Compare(b.to-b.from, a.to-a.from), cmp.Compare(b.height, a.height)
		rest := cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.report.TaskID, b.report.TaskID))
		switch f.definition.Aggregation {
		case indicator.CountUnits:
			return cmp.Or(-high, length, rest)
		case indicator.Last:
			return cmp.Or(cmp.Compare(b.to, a.to), high, length, rest)
		default:
			return cmp.Or(high, length, rest)
		}
	})
	for _, g := range f.given {
		f.dates = append(f.dates, g.report.To)
	}
	f.dates = inOrder(f.dates)
}

// number counts the places, so that looking one up is cheap.
func (f *feed) number() {
	nodes, agencies := map[Node]int{}, map[int64]int{}
	place := func(n Node) int {
		i, known := nodes[n]
		if !known {
			i = len(nodes)
			nodes[n] = i
		}
		return i
	}
	for i := range f.given {
		g := &f.given[i]
		if i == 0 || g.from < f.first {
			f.first = g.from
		}
		if _, known := agencies[g.report.Agency]; !known {
			agencies[g.report.Agency] = len(agencies)
		}
		g.node, g.agency = place(g.report.Node), agencies[g.report.Agency]
		for _, up := range g.above {
			g.ups = append(g.ups, place(up))
		}
	}
	f.nodes, f.agencies = len(nodes), len(agencies)
}

func inOrder(dates []calendar.Date) []calendar.Date {
	slices.SortFunc(dates, calendar.Date.Compare)
	return slices.Compact(dates)
}

// days are the days of one place that are taken already, one bit each.
type days []uint64

func (d days) meet(from, to int) bool {
	for day := from; day <= to; day = day&^63 + 64 {
		word := day >> 6
		if word >= len(d) {
			return false
		}
		if d[word]&mask(day, to) != 0 {
			return true
		}
	}
	return false
}

func (d days) take(from, to int) days {
	for len(d) <= to>>6 {
		d = append(d, 0)
	}
	for day := from; day <= to; day = day&^63 + 64 {
		d[day>>6] |= mask(day, to)
	}
	return d
}

// mask are the bits from a day to the end of its word, or to the last day.
func mask(day, to int) uint64 {
	bits := ^uint64(0) << (day & 63)
	if to>>6 == day>>6 {
		bits &= ^uint64(0) >> (63 - to&63)
	}
	return bits
}

// told is what an agency told of for a duty.
type told struct {
	agency, from, to int
	duty             int64
}

// chosen are the figures that count on a day within a span: no day of any unit
// twice, whether it is told by the unit or by whoever sums it up. Of a state one
// figure counts for a unit, whatever its days.
func (f *feed) chosen(first, day calendar.Date, within *Node) []given {
	start, end := -1<<31, day.Sub(epoch)
	if !first.IsZero() {
		start = first.Sub(epoch)
	}
	var list []given
	own, at, below := make([]days, f.agencies), make([]days, f.nodes), make([]days, f.nodes)
	again := map[told]bool{}
	state := f.definition.Aggregation == indicator.Last
	for _, g := range f.given {
		if g.to > end || g.to < start || within != nil && g.report.Node != *within && !slices.Contains(g.above, *within) {
			continue
		}
		from, to := g.from-f.first, g.to-f.first
		if state {
			from, to = 0, 0
		}
		// What is asked for so many times in a period has several rounds of one span.
		this := told{g.agency, from, to, g.report.Duty}
		if own[g.agency].meet(from, to) && (state || !again[this]) || below[g.node].meet(from, to) ||
			slices.ContainsFunc(g.ups, func(up int) bool { return at[up].meet(from, to) }) {
			continue
		}
		again[this] = true
		own[g.agency], at[g.node] = own[g.agency].take(from, to), at[g.node].take(from, to)
		for _, up := range g.ups {
			below[up] = below[up].take(from, to)
		}
		list = append(list, g)
	}
	return list
}
