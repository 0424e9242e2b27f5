package indicator

import (
	"slices"

	"github.com/shopspring/decimal"
)

// Total is what figures of one indicator add up to, with all that further
// adding needs. The zero Total is nothing yet: adding it changes nothing.
// Totals of one indicator may be added in any order and any grouping.
type Total struct {
	// Base is the number of base figures in it, those of single units.
	Base int
	// Having is the number of base figures above zero.
	Having int
	Sum    decimal.Decimal
	Max    decimal.Decimal
	// Units are the base units that are in Having, in order, kept where units are
	// counted: without them, who had it in two periods would count twice.
	Units []int64 `json:",omitempty"`
}

// Of is the total of one unit's figure.
func Of(value decimal.Decimal) Total {
	t := Total{Base: 1, Sum: value, Max: value}
	if value.IsPositive() {
		t.Having = 1
	}
	return t
}

// Of is the total of one base unit's figure.
func (d Definition) Of(unit int64, value decimal.Decimal) Total {
	t := Of(value)
	if d.aggregation() == CountUnits && t.Having > 0 {
		t.Units = []int64{unit}
	}
	return t
}

// named reports whether it is known which units are counted: not where a person
// put another number in their place.
func (t Total) named() bool { return len(t.Units) == t.Having }

// union is both lists of units, each unit once, in order.
func union(a, b []int64) []int64 {
	if len(a) == 0 || len(b) == 0 {
		return append(a[:len(a):len(a)], b...)
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// Known reports whether any figure is in it.
func (t Total) Known() bool { return t.Base > 0 }

// Add puts two disjoint totals together.
func (t Total) Add(u Total) Total {
	switch {
	case !u.Known():
		return t
	case !t.Known():
		return u
	}
	sum := Total{Base: t.Base + u.Base, Having: t.Having + u.Having, Sum: t.Sum.Add(u.Sum), Max: decimal.Max(t.Max, u.Max)}
	if t.named() && u.named() {
		sum.Units = union(t.Units, u.Units)
	}
	return sum
}

// addAll puts the disjoint totals of parts together, as adding them one by one
// does, but brings the units that are counted into order once.
func addAll(parts []Part) Total {
	var sum Total
	var units []int64
	named := true
	for _, p := range parts {
		named = named && p.Total.named()
		units = append(units, p.Total.Units...)
		p.Total.Units = nil
		sum = sum.Add(p.Total)
	}
	if sum.Units = nil; named && len(units) > 0 {
		slices.Sort(units)
		sum.Units = slices.Compact(units)
	}
	return sum
}

// Without takes a part out of a total again; false where what remains cannot be
// told from the two: the greatest figure may have been the part's alone.
func (d Definition) Without(t, part Total) (Total, bool) {
	switch {
	case !part.Known():
		return t, true
	case part.Base >= t.Base:
		return Total{}, part.Base == t.Base
	case d.aggregation() == Maximum && !part.Max.LessThan(t.Max):
		return Total{}, false
	}
	rest := Total{Base: t.Base - part.Base, Having: t.Having - part.Having, Sum: t.Sum.Sub(part.Sum), Max: t.Max}
	if t.named() && part.named() {
		rest.Units = slices.DeleteFunc(slices.Clone(t.Units), func(unit int64) bool {
			_, gone := slices.BinarySearch(part.Units, unit)
			return gone
		})
	}
	return rest, true
}

// meanPlaces is how many decimals a computed mean or ratio keeps; a half is
// rounded away from zero.
const meanPlaces = 2

// Value is the figure that the total stands for; ok is false where nothing is
// known. A ratio has none of its own: see Share.
func (d Definition) Value(t Total) (value decimal.Decimal, ok bool) {
	if !t.Known() {
		return value, false
	}
	switch d.aggregation() {
	case Ratio:
		return value, false
	case Maximum:
		return t.Max, true
	case Mean:
		return t.Sum.DivRound(decimal.NewFromInt(int64(t.Base)), meanPlaces), true
	case CountUnits:
		return decimal.NewFromInt(int64(t.Having)), true
	default:
		return t.Sum, true
	}
}

// Set is the total with the figure that a person put in the place of the
// computed one; it goes on weighing what it weighed.
func (d Definition) Set(t Total, value decimal.Decimal) Total {
	if !t.Known() {
		t.Base = 1
	}
	switch d.aggregation() {
	case Maximum:
		t.Max = value
	case Mean:
		t.Sum = value.Mul(decimal.NewFromInt(int64(t.Base)))
	case CountUnits:
		t.Having, t.Units = int(value.IntPart()), nil
	default:
		t.Sum = value
	}
	return t
}

// Share is the numerator's total in hundredths of the denominator's, with two
// decimals; ok is false where either is unknown or the denominator is zero.
func Share(numerator, denominator decimal.Decimal) (value decimal.Decimal, ok bool) {
	if denominator.IsZero() {
		return value, false
	}
	return numerator.Mul(decimal.NewFromInt(100)).DivRound(denominator, meanPlaces), true
}

// ShareOf is Share of figures in their stored form; "" where it cannot be said.
func ShareOf(numerator, denominator string) string {
	n, ok := number(numerator)
	m, also := number(denominator)
	if !ok || !also {
		return ""
	}
	value, ok := Share(n, m)
	if !ok {
		return ""
	}
	return value.String()
}
