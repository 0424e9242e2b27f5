package target

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
	"dondoc/internal/task"
)

// Node is an agency in its part of one duty.
type Node struct{ Duty, Agency int64 }

// Duty is a duty whose reports hold figures.
type Duty struct {
	ID          int64
	Code, Title string
	// Consolidates are the duties that it sums up.
	Consolidates []int64
	// Asks are the codes of the indicators that its reports give.
	Asks map[string]bool
	// Sheet is the code of the score sheet that its reports hold; empty: none.
	Sheet string
	// Owners are the agencies that owe it today.
	Owners []int64
}

// Report is one result that counts.
type Report struct {
	Node
	TaskID, SubmissionID int64
	From, To             calendar.Date // both inclusive
	Nil                  bool
	Figures              map[string]string
	// Totals, where the unit took over what a lower level reported.
	Totals map[string]indicator.Total
	// Class is what its score sheet comes to; empty: it holds none.
	Class string
}

// Source is everything that the figures of a plan's targets are worked out from.
type Source struct {
	Definitions map[string]indicator.Definition
	Duties      []Duty
	Reports     []Report
	// Recipients say to whom an agency sends the result of a duty.
	Recipients map[Node]int64
	// Ended are the last days of agencies that are no more.
	Ended map[int64]calendar.Date

	duties  map[int64]*Duty
	parents map[Node][]Node
	heights map[int64]int
	kept    map[feedKey]*feed
}

// Prepare indexes the source; call it once, when all is filled in.
func (s *Source) Prepare() {
	s.duties, s.parents, s.heights, s.kept = map[int64]*Duty{}, map[Node][]Node{}, map[int64]int{}, map[feedKey]*feed{}
	above := map[int64][]*Duty{}
	for i := range s.Duties {
		d := &s.Duties[i]
		s.duties[d.ID] = d
		for _, lower := range d.Consolidates {
			above[lower] = append(above[lower], d)
		}
	}
	owes := map[Node]bool{}
	for _, d := range s.Duties {
		for _, a := range d.Owners {
			owes[Node{d.ID, a}] = true
		}
	}
	for _, r := range s.Reports {
		owes[r.Node] = true
	}
	for n := range owes {
		for _, d := range above[n.Duty] {
			if up := (Node{d.ID, s.Recipients[n]}); owes[up] {
				s.parents[n] = append(s.parents[n], up)
			}
		}
	}
	for id := range s.duties {
		s.height(id)
	}
}

// height of a duty: 0 where it sums up nothing.
func (s *Source) height(id int64) int {
	if h, known := s.heights[id]; known {
		return h
	}
	s.heights[id] = 0 // plans hold no circle; a broken one ends here all the same
	h := 0
	if d := s.duties[id]; d != nil {
		for _, lower := range d.Consolidates {
			h = max(h, s.height(lower)+1)
		}
	}
	s.heights[id] = h
	return h
}

// Above are all nodes that sum up what the node reports, directly or through others.
func (s *Source) Above(n Node) []Node {
	var all []Node
	for next := slices.Clone(s.parents[n]); len(next) > 0; next = next[1:] {
		if !slices.Contains(all, next[0]) {
			all = append(all, next[0])
			next = append(next, s.parents[next[0]]...)
		}
	}
	return all
}

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
}

// given is one figure of one report.
type given struct {
	report   *Report
	total    indicator.Total
	height   int
	from, to int // days
	above    []Node
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
	// The highest level first, for it has the last word on what it sums up; of units
	// that have a property the units themselves first, for only they tell which of
	// them had it before. Then the longest span.
	sign := -1
	if f.definition.Aggregation == indicator.CountUnits {
		sign = 1
	}
	slices.SortFunc(f.given, func(a, b given) int {
		return cmp.Or(sign*cmp.Compare(a.height, b.height), cmp.Compare(b.to-b.from, a.to-a.from), cmp.Compare(a.from, b.from),
			cmp.Compare(a.report.TaskID, b.report.TaskID))
	})
	for _, g := range f.given {
		f.dates = append(f.dates, g.report.To)
	}
	f.dates = inOrder(f.dates)
	s.kept[key] = f
	return f
}

func inOrder(dates []calendar.Date) []calendar.Date {
	slices.SortFunc(dates, calendar.Date.Compare)
	return slices.Compact(dates)
}

// total is what a report gives to an indicator; false: nothing.
func (s *Source) total(d indicator.Definition, r *Report) (indicator.Total, bool) {
	total := r.Totals[d.Code]
	value := r.Figures[d.Code]
	switch {
	case d.Unit == indicator.Text:
		return total, false
	case value != "" && value != task.Redacted:
		n, err := decimal.NewFromString(value)
		if err != nil {
			return total, false // a text that slipped in is no figure
		}
		if total.Known() {
			if stands, ok := d.Value(total); ok && stands.Equal(n) {
				return total, true
			}
			return d.Set(total, n), true
		}
		if s.heights[r.Duty] > 0 { // typed by whoever sums up: it stands for units below
			return d.Set(total, n), true
		}
		return indicator.Of(n), true
	case r.Nil && (d.Aggregation == indicator.Sum || d.Aggregation == indicator.CountUnits || d.Aggregation == ""):
		return indicator.Of(decimal.Zero), true
	}
	return total, total.Known()
}

// spans are the days of one place that are taken already, with the duty by which.
type spans map[[2]int]int64

func (s spans) meet(from, to int) bool { return s.meetOther(from, to, 0) }

// meetOther leaves out the same span of the same duty: what is asked for so many
// times in a period has several rounds of one span.
func (s spans) meetOther(from, to int, duty int64) bool {
	for span, by := range s {
		if from <= span[1] && span[0] <= to && (by != duty || span != [2]int{from, to}) {
			return true
		}
	}
	return false
}

// chosen are the figures that count on a day within a span: no day of any unit
// twice, whether it is told by the unit or by whoever sums it up.
func (f *feed) chosen(first, day calendar.Date, within *Node) []given {
	start, end := -1<<31, day.Sub(epoch)
	if !first.IsZero() {
		start = first.Sub(epoch)
	}
	var list []given
	own, at, below := map[int64]spans{}, map[Node]spans{}, map[Node]spans{}
	take := func(m map[Node]spans, n Node, g given) {
		if m[n] == nil {
			m[n] = spans{}
		}
		m[n][[2]int{g.from, g.to}] = g.report.Duty
	}
	for _, g := range f.given {
		n := g.report.Node
		if g.to > end || g.to < start || within != nil && n != *within && !slices.Contains(g.above, *within) {
			continue
		}
		if own[n.Agency].meetOther(g.from, g.to, n.Duty) || below[n].meet(g.from, g.to) ||
			slices.ContainsFunc(g.above, func(up Node) bool { return at[up].meet(g.from, g.to) }) {
			continue
		}
		if own[n.Agency] == nil {
			own[n.Agency] = spans{}
		}
		own[n.Agency][[2]int{g.from, g.to}] = n.Duty
		take(at, n, g)
		for _, up := range g.above {
			take(below, up, g)
		}
		list = append(list, g)
	}
	return list
}
