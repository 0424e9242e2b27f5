package postgres

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"dondoc/internal/agency"
	"dondoc/internal/form"
)

// inherited are the agencies that ended whose figures a decision shares out to
// the task's agency, with what they reported. What a decision gives an agency is
// its own, whether or not its people may open the old reports.
func (e earlier) inherited(ctx context.Context, tx *sqlx.Tx) ([]form.Inherited, error) {
	decisions, err := apportionments(ctx, tx, standing+` AND x.plan_id = (SELECT plan_id FROM tasks WHERE id = $1) AND EXISTS (
		SELECT 1 FROM apportionments n JOIN apportionment_shares h ON h.apportionment_id = n.id JOIN tasks t ON t.id = $1
		WHERE n.plan_id = x.plan_id AND n.predecessor_id = x.predecessor_id AND h.successor_id = t.agency_id)`, e.task.ID)
	if err != nil {
		return nil, err
	}
	byAgency := map[int64][]agency.Apportionment{}
	var order []int64
	for _, d := range decisions {
		if byAgency[d.AgencyID] == nil {
			order = append(order, d.AgencyID)
		}
		byAgency[d.AgencyID] = append(byAgency[d.AgencyID], d)
	}
	list := make([]form.Inherited, len(order))
	for i, old := range order {
		history, err := e.of(ctx, tx, old)
		if err != nil {
			return nil, fmt.Errorf("reports of agency %d: %w", old, err)
		}
		list[i] = form.Inherited{History: history, Portion: portion(byAgency[old], e.task.AgencyID)}
	}
	return list, nil
}

// portion divides an old unit's totals as was decided for the figure, or for all
// that have no decision of their own.
func portion(decisions []agency.Apportionment, successor int64) func(string, decimal.Decimal) (decimal.Decimal, bool) {
	return func(code string, total decimal.Decimal) (decimal.Decimal, bool) {
		var decided *agency.Apportionment
		for i, d := range decisions {
			if d.Indicator == code || d.Indicator == "" && decided == nil {
				decided = &decisions[i]
			}
		}
		if decided == nil {
			return decimal.Zero, false
		}
		for i, part := range agency.Portions(total, decided.Shares) {
			if decided.Shares[i].SuccessorID == successor {
				return part, true
			}
		}
		return decimal.Zero, false
	}
}
