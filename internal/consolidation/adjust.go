package consolidation

import (
	"maps"

	"dondoc/internal/indicator"
)

// Adjust replaces in totals over all units what some units gave: old is what
// they gave when the totals were made, now what they give today. So one changed
// input of eleven thousand costs one input. The answer is false where only
// adding everything up again tells: where a greatest figure went.
func Adjust(definitions []indicator.Definition, totals map[string]indicator.Total, old, now []Input) (map[string]indicator.Total, bool, error) {
	before, err := unitSums(definitions, old)
	if err != nil {
		return nil, false, err
	}
	after, err := unitSums(definitions, now)
	if err != nil {
		return nil, false, err
	}
	adjusted := maps.Clone(totals)
	if adjusted == nil {
		adjusted = map[string]indicator.Total{}
	}
	for i, d := range definitions {
		total := adjusted[d.Code]
		for _, unit := range before {
			var ok bool
			if total, ok = d.Without(total, unit.Totals[i]); !ok {
				return nil, false, nil
			}
		}
		for _, unit := range after {
			total = total.Add(unit.Totals[i])
		}
		adjusted[d.Code] = total
		if !total.Known() {
			delete(adjusted, d.Code)
		}
	}
	return adjusted, true, nil
}

// Values are the figures that totals stand for, in their stored form, ratios
// included; what is not known is left out.
func Values(definitions []indicator.Definition, totals map[string]indicator.Total) (map[string]string, error) {
	sheet, err := indicator.NewSheet(definitions)
	if err != nil {
		return nil, err
	}
	one := indicator.Input{Totals: make([]indicator.Total, len(definitions))}
	for i, d := range definitions {
		one.Totals[i] = totals[d.Code]
	}
	figures, err := sheet.Consolidate([]indicator.Input{one})
	if err != nil {
		return nil, err
	}
	values := make(map[string]string, len(definitions))
	for i, d := range definitions {
		if figures[i].Value != "" {
			values[d.Code] = figures[i].Value
		}
	}
	return values, nil
}

// Totals are the known totals of figures, by indicator.
func Totals(definitions []indicator.Definition, figures []indicator.Figure) map[string]indicator.Total {
	totals := make(map[string]indicator.Total, len(definitions))
	for i, d := range definitions {
		if figures[i].Total.Known() {
			totals[d.Code] = figures[i].Total
		}
	}
	return totals
}
