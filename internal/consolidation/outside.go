package consolidation

import (
	"maps"
	"slices"

	"dondoc/internal/indicator"
)

// Outside is the view for whoever is outside of the reporting chain: no count of
// fewer than five persons is in it, nor the parts that such counts could be
// worked out from.
func (v View) Outside() View {
	v.Inputs, v.Figures = slices.Clone(v.Inputs), slices.Clone(v.Figures)
	counts := map[string]bool{}
	for i, d := range v.Definitions {
		if !d.CountOnly {
			continue
		}
		counts[d.Code] = true
		v.Figures[i].Value = d.Shown(v.Figures[i].Value, false)
		v.Figures[i].Parts, v.Figures[i].Total = nil, indicator.Total{}
		for j, in := range v.Inputs {
			if value, given := in.Figures[d.Code]; given {
				v.Inputs[j].Figures = maps.Clone(in.Figures)
				v.Inputs[j].Figures[d.Code] = d.Shown(value, false)
			}
			if _, given := in.Totals[d.Code]; given {
				v.Inputs[j].Totals = maps.Clone(in.Totals)
				delete(v.Inputs[j].Totals, d.Code)
			}
		}
	}
	for i, d := range v.Definitions {
		if counts[d.Numerator] || counts[d.Denominator] {
			v.Figures[i].Parts = nil
		}
	}
	v.Changes = slices.DeleteFunc(slices.Clone(v.Changes), func(c indicator.Change) bool { return counts[c.Code] })
	return v
}
