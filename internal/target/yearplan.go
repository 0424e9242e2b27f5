package target

import (
	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
)

// YearPlan is the figure that an agency is to reach by the end of a year, as far
// as the measure says just that; alone: the target is the agency's and nobody
// else's. Nothing is divided here.
func (m Measure) YearPlan(agency int64, alone bool, year int) (decimal.Decimal, bool) {
	if !m.adds() && m.Kind != indicator.ReachShare {
		return decimal.Zero, false
	}
	within := m.From.Year == year && m.To.Year == year
	for _, a := range m.Aims {
		own := a.AgencyID == agency || a.AgencyID == 0 && alone
		if own && (a.Year == year || a.Year == 0 && within) {
			return a.Aim, true
		}
	}
	yearly := m.Per == calendar.Yearly || within || m.Kind == indicator.ReachShare && m.To.Year == year
	if !alone || m.Aim == nil || !yearly {
		return decimal.Zero, false
	}
	return *m.Aim, true
}
