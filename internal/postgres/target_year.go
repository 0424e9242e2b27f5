package postgres

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// splitYearPlans are, by indicator, what an agency is to reach in a year by the
// parts of the plan's targets that were split off for it.
func splitYearPlans(ctx context.Context, tx *sqlx.Tx, planID, agencyID int64, year int) (map[string]string, error) {
	p, err := readAimedPlan(ctx, tx, planID)
	if err != nil {
		return nil, err
	}
	decided, err := readDecided(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	plans := map[string]string{}
	for _, t := range p.targets {
		for i := range t.Measures {
			m := measureOf(p, t, i, nil, decided)
			if aim, ok := m.YearPlan(agencyID, year); ok && m.Indicator != "" {
				plans[m.Indicator] = aim.String()
			}
		}
	}
	return plans, nil
}
