package indicator

import "slices"

// Point is what one unit, or one consolidation, has for one period.
type Point struct {
	Year int
	// Order of the period in its year, from 1.
	Order int
	Total Total
}

// Span chooses the periods that are added up.
type Span int

const (
	// ThisPeriod is the period alone ("trong kỳ").
	ThisPeriod Span = iota
	// YearToDate is the year up to and with the period ("lũy kế năm").
	YearToDate
	// PlanToDate is everything up to and with the period ("lũy kế giai đoạn").
	PlanToDate
	// YearBefore is the same period of the year before ("cùng kỳ năm trước").
	YearBefore
)

// OverTime adds up one unit's points for a span that ends with the given
// period. Points may come in any order, at most one per period. What an
// indicator that is reported cumulatively gives for the period alone is this
// year's figure less the one before it.
func (d Definition) OverTime(points []Point, year, order int, span Span) Total {
	points = slices.Clone(points)
	slices.SortFunc(points, func(a, b Point) int {
		if a.Year != b.Year {
			return a.Year - b.Year
		}
		return a.Order - b.Order
	})
	if span == YearBefore {
		return d.OverTime(points, year-1, order, ThisPeriod)
	}
	var chosen []Point
	for _, p := range points {
		upTo := p.Year < year || p.Year == year && p.Order <= order
		if upTo && p.Total.Known() && (span == PlanToDate || p.Year == year) {
			chosen = append(chosen, p)
		}
	}
	if d.Cumulative && d.aggregation() == Sum {
		return cumulative(chosen, order, span)
	}
	var total Total
	for _, p := range chosen {
		if span == ThisPeriod && p.Order != order {
			continue
		}
		total = d.then(total, p.Total)
	}
	return total
}

// cumulative adds up figures of which each covers its year so far.
func cumulative(chosen []Point, order int, span Span) Total {
	var total, before Total
	for i, p := range chosen {
		if span == ThisPeriod {
			if p.Order == order {
				total = less(p.Total, before)
			}
			before = p.Total
			continue
		}
		// Of each year the newest figure stands.
		if i == len(chosen)-1 || chosen[i+1].Year != p.Year {
			total = total.Add(p.Total)
		}
	}
	return total
}

func less(t, u Total) Total {
	if u.Known() {
		t.Sum = t.Sum.Sub(u.Sum)
	}
	return t
}

// then adds a later period's total of the same units.
func (d Definition) then(t, later Total) Total {
	switch {
	case !t.Known():
		return later
	case !later.Known():
		return t
	}
	switch d.aggregation() {
	case Last:
		return later
	case CountUnits:
		// A unit that had the property once counts once. Where a person's number
		// hides who they are, at least as many had it as in either period.
		if t.named() && later.named() {
			later.Units = union(t.Units, later.Units)
			later.Having = len(later.Units)
		} else {
			later.Having, later.Units = max(t.Having, later.Having), nil
		}
		later.Base = max(t.Base, later.Base)
		return later
	case Mean, Maximum:
		return t.Add(later)
	default:
		sum := t.Add(later)
		sum.Base = max(t.Base, later.Base)
		return sum
	}
}
