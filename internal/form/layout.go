package form

import (
	"fmt"
	"slices"
	"strconv"

	"dondoc/internal/indicator"
	"dondoc/internal/plan"
)

// Layout lays a form of a plan out. asked are the indicators that the duty itself
// names; those that stand in no section of the form come first, under a heading
// of their own. Items of a breakdown stand below their total, and may come to no
// more than it. Indicators that the plan does not define are left out.
func Layout(f plan.Form, asked []string, indicators map[string]plan.Indicator) Form {
	laid := Form{Code: f.Code, Name: f.Name}
	var loose []string
	for _, code := range asked {
		if !slices.ContainsFunc(f.Sections, func(s plan.FormSection) bool { return slices.Contains(s.Indicators, code) }) {
			loose = append(loose, code)
		}
	}
	n := 0
	rows := func(codes []string, required bool) []Row {
		var list []Row
		for _, code := range codes {
			i, ok := indicators[code]
			if !ok {
				continue
			}
			n++
			list = append(list, row(i, strconv.Itoa(n), required))
			for k, part := range i.Parts {
				below := row(indicators[part], fmt.Sprintf("%d.%d", n, k+1), false)
				below.Depth = 1
				list = append(list, below)
			}
		}
		return list
	}
	if len(loose) > 0 {
		laid.Sections = append(laid.Sections, Section{Heading: "Số liệu", Rows: rows(loose, false)})
	}
	for _, s := range f.Sections {
		laid.Sections = append(laid.Sections, Section{
			Heading: s.Heading, Hint: s.Hint, Rows: rows(s.Indicators, s.Required),
			Narrative: s.Narrative, Required: s.Narrative && s.Required, MaxLength: s.MaxLength, Level: s.Level,
		})
	}
	for _, text := range f.Rules {
		if rule, err := indicator.ParseRule(text); err == nil { // held against the plan when it was read
			laid.Rules = append(laid.Rules, rule)
		}
	}
	for _, r := range laid.Rows() {
		if parts := indicators[r.Code].Parts; len(parts) > 0 {
			laid.Rules = append(laid.Rules, indicator.SumRule(parts, "<=", r.Code))
		}
	}
	return laid
}

func row(i plan.Indicator, ordinal string, required bool) Row {
	d := Definition(i)
	return Row{
		Definition: d, Ordinal: ordinal, Computed: d.Aggregation == indicator.Ratio,
		Required: i.Required || required, Integer: i.Integer, Min: i.Min, Max: i.Max,
	}
}

// Definition is what a plan's indicator is to whoever adds it up.
func Definition(i plan.Indicator) indicator.Definition {
	return indicator.Definition{
		Code: i.Code, Name: i.Name, Unit: indicator.Unit(i.Unit), UnitName: i.UnitName, Aggregation: indicator.Aggregation(i.Aggregation),
		Numerator: i.Numerator, Denominator: i.Denominator, Direction: indicator.Direction(i.Direction), Cumulative: i.Cumulative, CountOnly: i.CountOnly,
	}
}

// Rows are all rows, in the order of the form.
func (f Form) Rows() []Row {
	var rows []Row
	for _, s := range f.Sections {
		rows = append(rows, s.Rows...)
	}
	return rows
}
