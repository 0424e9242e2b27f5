package indicator

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// Input is what one unit reported for the period: a base unit's own figures, or
// the totals of a unit that has itself consolidated.
type Input struct {
	Unit int64
	// Source is the submission's id; a figure opens to it.
	Source int64
	// Nil is "không phát sinh": zero for what happens, nothing new for what is.
	Nil bool
	// Values are in the order of the sheet's definitions, in the stored form; "": not given.
	Values []string
	// Totals, where the unit consolidated; its own figures stand in Values.
	Totals []Total
}

// Part is one unit's share of a figure.
type Part struct {
	Unit, Source int64
	Total        Total
}

// Figure is what an indicator adds up to over units.
type Figure struct {
	Total Total
	// Value is the figure in its stored form; "" where nothing is known.
	Value string
	// Parts open the figure, in the order of the units. Those of a ratio are its
	// numerator's and its denominator's.
	Parts []Part
	// Silent are the units that reported, but not this figure.
	Silent []int64
}

// Sheet is the figures of one report form, ratios included.
type Sheet struct {
	definitions []Definition
	at          map[string]int
}

// NewSheet checks that each code stands once and each ratio has its parts.
func NewSheet(definitions []Definition) (*Sheet, error) {
	s := &Sheet{definitions: definitions, at: make(map[string]int, len(definitions))}
	for i, d := range definitions {
		if _, twice := s.at[d.Code]; twice {
			return nil, fmt.Errorf("indicator %q stands twice", d.Code)
		}
		s.at[d.Code] = i
	}
	for _, d := range definitions {
		if d.aggregation() != Ratio {
			continue
		}
		for _, code := range []string{d.Numerator, d.Denominator} {
			i, known := s.at[code]
			if !known {
				return nil, fmt.Errorf("the ratio %q needs the indicator %q on the same form", d.Code, code)
			}
			if definitions[i].aggregation() == Ratio || definitions[i].Unit == Text {
				return nil, fmt.Errorf("the ratio %q cannot be made of %q", d.Code, code)
			}
		}
	}
	return s, nil
}

// Consolidate adds up what the units reported. Inputs may come in any order; a
// unit stands in them once. The error names a value that is no number.
func (s *Sheet) Consolidate(inputs []Input) ([]Figure, error) {
	inputs = slices.Clone(inputs)
	slices.SortFunc(inputs, func(a, b Input) int { return int(a.Unit - b.Unit) })
	figures := make([]Figure, len(s.definitions))
	for i, d := range s.definitions {
		if d.aggregation() == Ratio || d.Unit == Text {
			continue
		}
		f := &figures[i]
		f.Parts = make([]Part, 0, len(inputs))
		for _, in := range inputs {
			total, err := s.total(i, in)
			if err != nil {
				return nil, err
			}
			if !total.Known() {
				f.Silent = append(f.Silent, in.Unit)
				continue
			}
			f.Parts = append(f.Parts, Part{in.Unit, in.Source, total})
		}
		f.Total = addAll(f.Parts)
		if value, ok := d.Value(f.Total); ok {
			f.Value = value.String()
		}
	}
	for i, d := range s.definitions {
		if d.aggregation() == Ratio {
			s.ratio(d, figures, &figures[i])
		}
	}
	return figures, nil
}

func (s *Sheet) ratio(d Definition, figures []Figure, f *Figure) {
	n, m := s.at[d.Numerator], s.at[d.Denominator]
	f.Parts = slices.Concat(figures[n].Parts, figures[m].Parts)
	numerator, ok := s.definitions[n].Value(figures[n].Total)
	denominator, also := s.definitions[m].Value(figures[m].Total)
	if !ok || !also {
		return
	}
	if value, ok := Share(numerator, denominator); ok {
		f.Value = value.String()
	}
}

// total is what one input gives to the indicator at i.
func (s *Sheet) total(i int, in Input) (Total, error) {
	d := s.definitions[i]
	var total Total
	if i < len(in.Totals) {
		total = in.Totals[i]
	}
	var value string
	if i < len(in.Values) {
		value = in.Values[i]
	}
	switch {
	case value != "":
		n, ok := number(value)
		if !ok {
			return total, fmt.Errorf("unit %d: %q is no figure of %s", in.Unit, value, d.Code)
		}
		if in.Totals == nil {
			return d.Of(in.Unit, n), nil
		}
		if stands, ok := d.Value(total); ok && stands.Equal(n) {
			return total, nil
		}
		return d.Set(total, n), nil
	case in.Nil && in.Totals == nil && (d.aggregation() == Sum || d.aggregation() == CountUnits):
		return Of(decimal.Zero), nil
	default:
		return total, nil
	}
}

// Change is a figure that is not what it was.
type Change struct {
	Code     string
	Old, New string
	// Parts are the units whose share changed, came or went.
	Parts []int64
}

// Changes tells what became of a consolidated sheet since it was taken over.
func (s *Sheet) Changes(old, now []Figure) []Change {
	var changes []Change
	for i, d := range s.definitions {
		var was Figure
		if i < len(old) {
			was = old[i]
		}
		units := d.changedParts(was.Parts, now[i].Parts)
		if was.Value != now[i].Value || len(units) > 0 {
			changes = append(changes, Change{d.Code, was.Value, now[i].Value, units})
		}
	}
	return changes
}

// changedParts are the units whose share is another. Only of a maximum the greatest
// figure is looked at: elsewhere nothing depends on it, and Without may leave it too great.
func (d Definition) changedParts(old, now []Part) []int64 {
	type key struct {
		unit int64
		sum  string
		base int
		have int
	}
	of := func(p Part) key {
		k := key{p.Unit, p.Total.Sum.String(), p.Total.Base, p.Total.Having}
		if d.aggregation() == Maximum {
			k.sum = p.Total.Max.String()
		}
		return k
	}
	seen := make(map[key]int, len(old))
	for _, p := range old {
		seen[of(p)]++
	}
	var units []int64
	for _, p := range now {
		if seen[of(p)] > 0 {
			seen[of(p)]--
			continue
		}
		units = append(units, p.Unit)
	}
	for k, n := range seen {
		if n > 0 {
			units = append(units, k.unit)
		}
	}
	slices.Sort(units)
	return slices.Compact(units)
}
