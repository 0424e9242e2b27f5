package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/consolidation"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// consolidator is a task whose duty sums up another.
type consolidator struct {
	TaskID   int64 `db:"task_id"`
	AgencyID int64 `db:"agency_id"`
	DutyID   int64 `db:"duty_id"`
	// InputDuties are those that are summed up, in the plan's order.
	InputDuties pq.Int64Array `db:"input_duties"`
	RoundID     int64         `db:"round_id"`
	From        time.Time     `db:"window_from_on"`
	To          time.Time     `db:"window_to_on"`
	Known       []byte        `db:"known"`
	// Sent: what was sent counts before it is accepted. Notices: its people are told
	// when everything is in, and at the cut-off who is missing.
	Sent    bool `db:"sent"`
	Notices bool `db:"notices"`
}

// findConsolidator reads what a task sums up; nil: its duty sums up nothing.
func findConsolidator(ctx context.Context, tx *sqlx.Tx, taskID int64) (*consolidator, error) {
	var c consolidator
	err := tx.GetContext(ctx, &c, `
		SELECT t.id AS task_id, t.agency_id, t.duty_id, lower.ids AS input_duties, r.id AS round_id, r.window_from_on, r.window_to_on,
			v.document -> 'Indicators' AS known, COALESCE(d.definition ->> 'ConsolidateWhen', '') = 'submitted' AS sent,
			COALESCE((d.definition ->> 'ConsolidationNotices')::boolean, false) AS notices
		FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id JOIN plans p ON p.id = d.plan_id
		JOIN LATERAL (
			SELECT array_agg(l.id ORDER BY c.rank) AS ids
			FROM jsonb_array_elements_text(CASE jsonb_typeof(d.consolidates) WHEN 'array' THEN d.consolidates END) WITH ORDINALITY AS c (code, rank)
			JOIN duties l ON l.plan_id = d.plan_id AND l.code = c.code
		) lower ON lower.ids IS NOT NULL
		JOIN plan_versions v ON v.plan_id = p.id AND v.number = COALESCE(p.current_version, d.since_version)
		WHERE t.id = $1`, taskID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // most tasks sum up nothing
	}
	if err != nil {
		return nil, fmt.Errorf("read consolidator: %w", err)
	}
	return &c, nil
}

// definitions are the indicators that the consolidator's own report asks for, by
// its duty or its form, and the parts of its ratios.
func (c *consolidator) definitions(asked []task.Field) ([]indicator.Definition, error) {
	var known []plan.Indicator
	if err := unmarshalPresent(c.Known, &known); err != nil {
		return nil, fmt.Errorf("indicators of task %d: %w", c.TaskID, err)
	}
	byCode := make(map[string]plan.Indicator, len(known))
	for _, i := range known {
		byCode[i.Code] = i
	}
	var list []indicator.Definition
	seen := map[string]bool{}
	var add func(code string)
	add = func(code string) {
		i, ok := byCode[code]
		if !ok || seen[code] {
			return
		}
		seen[code] = true
		list = append(list, form.Definition(i))
		if i.Aggregation == string(indicator.Ratio) {
			add(i.Numerator)
			add(i.Denominator)
		}
	}
	for _, field := range asked {
		add(field.Indicator)
	}
	return list, nil
}

// inputRounds are the rounds that make up the consolidator's span, of each duty
// of the lower level. What was asked for by hand is no part of a period.
func (c *consolidator) inputRounds(ctx context.Context, tx *sqlx.Tx) ([]consolidation.Window, error) {
	var rows []struct {
		ID     int64     `db:"id"`
		DutyID int64     `db:"duty_id"`
		From   time.Time `db:"window_from_on"`
		To     time.Time `db:"window_to_on"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT id, duty_id, window_from_on, window_to_on FROM rounds
		WHERE duty_id = ANY ($1) AND window_from_on >= $2 AND window_to_on <= $3 AND NOT cadences && ARRAY['ad_hoc', 'flash', 'event']`,
		c.InputDuties, c.From, c.To); err != nil {
		return nil, fmt.Errorf("list rounds of the lower level: %w", err)
	}
	windows := map[int64][]consolidation.Window{} // by duty
	for _, r := range rows {
		windows[r.DutyID] = append(windows[r.DutyID], consolidation.Window{Round: r.ID, From: civil(r.From), To: civil(r.To)})
	}
	whole := consolidation.Window{Round: c.RoundID, From: civil(c.From), To: civil(c.To)}
	var chosen []consolidation.Window
	for _, duty := range c.InputDuties {
		chosen = append(chosen, consolidation.Cover(whole, windows[duty])...)
	}
	return chosen, nil
}

// asksOf are the indicators that a report of each duty asks for.
func asksOf(ctx context.Context, tx *sqlx.Tx, duties []int64) (map[int64]map[string]bool, error) {
	asks := make(map[int64]map[string]bool, len(duties))
	for _, duty := range duties {
		fields, err := fieldsOf(ctx, tx, duty)
		if err != nil {
			return nil, err
		}
		asks[duty] = askedFor(fields)
	}
	return asks, nil
}

func askedFor(fields []task.Field) map[string]bool {
	asked := make(map[string]bool, len(fields))
	for _, f := range fields {
		asked[f.Indicator] = true
	}
	return asked
}
