package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/form"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// offer puts beside each figure what the same agency reported for the same days
// in another report that counts, as far as the actor sees it; of several the one
// that was sent last.
func offer(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t task.Task, filled *form.Filled) error {
	var rows []struct {
		Figures   []byte `db:"figures"`
		DutyCode  string `db:"duty_code"`
		DutyTitle string `db:"duty_title"`
		Document  string `db:"document"`
		Number    int    `db:"number"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT b.figures, d.code AS duty_code, COALESCE(NULLIF(r.title, ''), d.title) AS duty_title, COALESCE(NULLIF(p.number, ''), p.title) AS document, b.number
		FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id JOIN plans p ON p.id = t.plan_id
		CROSS JOIN LATERAL (SELECT `+inForce+` AS number) counts JOIN submissions b ON b.task_id = t.id AND b.number = counts.number
		WHERE t.agency_id = $4 AND t.id <> $5 AND r.window_from_on = $6::date AND r.window_to_on = $7::date AND b.kind = 'report' AND `+visibleTask+`
		ORDER BY b.submitted_at, b.id`,
		scoped(actor, t.AgencyID, t.ID, t.WindowFrom.String(), t.WindowTo.String())...); err != nil {
		return fmt.Errorf("list other reports: %w", err)
	}
	for _, row := range rows {
		var figures map[string]string
		if err := json.Unmarshal(row.Figures, &figures); err != nil {
			return fmt.Errorf("figures of %s: %w", row.DutyCode, err)
		}
		for _, asked := range filled.Rows() {
			value := figures[asked.Code]
			if value == "" || value == task.Redacted || asked.Computed {
				continue
			}
			known := filled.Figures[asked.Code]
			known.Offered, known.OfferedFrom = value, fmt.Sprintf("%s %s (%s), lần %d", row.DutyCode, row.DutyTitle, row.Document, row.Number)
			filled.Figures[asked.Code] = known
		}
	}
	return nil
}

// yearPlans are the figures that the task's agency is to reach by the end of the
// task's year, by indicator, as far as the plan's targets and their splits say so.
func yearPlans(ctx context.Context, tx *sqlx.Tx, t task.Task) (map[string]string, error) {
	plans := map[string]string{}
	p, err := readAimedPlan(ctx, tx, t.PlanID)
	if err != nil || len(p.targets) == 0 {
		return plans, err
	}
	decided, err := readDecided(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	for _, aimed := range p.targets {
		alone := slices.Equal(aimed.Owners, []string{t.AgencyCode})
		for i, m := range aimed.Measures {
			if value, ok := measureOf(p, aimed, i, nil, decided).YearPlan(t.AgencyID, alone, t.WindowTo.Year); ok && m.Indicator != "" {
				plans[m.Indicator] = value.String()
			}
		}
	}
	return plans, nil
}
