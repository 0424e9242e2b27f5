package target

import "github.com/shopspring/decimal"

// YearPlan is what an agency is to reach in a year by its part of the measure, as
// the column "Kế hoạch năm" of a report shows it: its part of that year; where the
// whole span is one year, its part of the whole; false: nothing was split off for it.
func (m Measure) YearPlan(agency int64, year int) (decimal.Decimal, bool) {
	for _, a := range m.Aims {
		if a.AgencyID == agency && (a.Year == year || a.Year == 0 && m.From.Year == year && m.To.Year == year) {
			return a.Aim, true
		}
	}
	return decimal.Zero, false
}
