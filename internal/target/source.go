package target

import (
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
