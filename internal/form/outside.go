package form

import (
	"maps"

	"dondoc/internal/indicator"
)

// Outside is the form for whoever is outside of the reporting chain: no count of
// fewer than five persons stands in any column, nor the shares that such a count
// could be worked out from.
func (f Filled) Outside() Filled {
	f.Figures = maps.Clone(f.Figures)
	few := map[string]bool{}
	for _, row := range f.Rows() {
		figures, given := f.Figures[row.Code]
		if !row.CountOnly || !given {
			continue
		}
		for _, value := range []*string{
			&figures.YearPlan, &figures.InPeriod, &figures.YearToDate, &figures.PlanToDate, &figures.YearBefore, &figures.Previous, &figures.Offered,
		} {
			shown := row.Shown(*value, false)
			few[row.Code] = few[row.Code] || shown != *value
			*value = shown
		}
		if few[row.Code] {
			figures.PercentOfPlan, figures.PercentOfYearBefore = "", ""
		}
		f.Figures[row.Code] = figures
	}
	for _, row := range f.Rows() {
		if row.Aggregation == indicator.Ratio && (few[row.Numerator] || few[row.Denominator]) {
			f.Figures[row.Code] = Figures{}
		}
	}
	return f
}
