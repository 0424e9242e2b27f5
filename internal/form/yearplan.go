package form

import (
	"slices"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
	"dondoc/internal/plan"
)

// YearPlans are the figures that an agency is to reach by the end of a year, by
// indicator, as far as the plan's targets say just that: of a target that is the
// agency's alone, and that stands for one year. from and to are the plan's first
// and last day. Nothing is divided.
func YearPlans(targets []plan.Target, agency string, from, to calendar.Date, year int) map[string]string {
	plans := map[string]string{}
	for _, t := range targets {
		if !slices.Equal(t.Owners, []string{agency}) {
			continue
		}
		for _, m := range t.Measures {
			kind := indicator.TargetKind(m.Kind)
			yearly := t.Cadence == calendar.Yearly || from.Year == year && to.Year == year
			exact := yearly && (kind == indicator.Reach || kind == "money") || kind == indicator.ReachShare && (yearly || t.Due.Year == year)
			if m.Indicator != "" && exact {
				plans[m.Indicator] = m.Number
			}
		}
	}
	return plans
}
