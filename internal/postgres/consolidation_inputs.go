package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
}

// findConsolidator reads what a task sums up; nil: its duty sums up nothing.
func findConsolidator(ctx context.Context, tx *sqlx.Tx, taskID int64) (*consolidator, error) {
	var c consolidator
	err := tx.GetContext(ctx, &c, `
		SELECT t.id AS task_id, t.agency_id, t.duty_id, lower.ids AS input_duties, r.id AS round_id, r.window_from_on, r.window_to_on,
			v.document -> 'Indicators' AS known
		FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id JOIN plans p ON p.id = d.plan_id
		JOIN LATERAL (
			SELECT array_agg(l.id ORDER BY c.rank) AS ids
			FROM jsonb_array_elements_text(CASE jsonb_typeof(d.definition -> 'Consolidates') WHEN 'array' THEN d.definition -> 'Consolidates' END) WITH ORDINALITY AS c (code, rank)
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
func (c *consolidator) definitions(ctx context.Context, tx *sqlx.Tx) ([]indicator.Definition, error) {
	asked, err := fieldsOf(ctx, tx, c.DutyID)
	if err != nil {
		return nil, err
	}
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

// asks are the indicators that a report of each summed duty asks for.
func (c *consolidator) asks(ctx context.Context, tx *sqlx.Tx) (map[int64]map[string]bool, error) {
	asks := make(map[int64]map[string]bool, len(c.InputDuties))
	for _, duty := range c.InputDuties {
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

type inputRow struct {
	TaskID         int64           `db:"task_id"`
	DutyID         int64           `db:"duty_id"`
	AgencyID       int64           `db:"agency_id"`
	AgencyName     string          `db:"agency_name"`
	RoundID        int64           `db:"round_id"`
	PeriodKey      string          `db:"period_key"`
	State          task.State      `db:"state"`
	Review         plan.ReviewMode `db:"review"`
	DueAt          time.Time       `db:"due_at"`
	FirstAt        sql.NullTime    `db:"first_submitted_at"`
	SubmissionID   sql.NullInt64   `db:"submission_id"`
	Number         sql.NullInt64   `db:"number"`
	Kind           sql.NullString  `db:"kind"`
	Narrative      sql.NullString  `db:"narrative"`
	Figures        []byte          `db:"figures"`
	DocumentNumber sql.NullString  `db:"document_number"`
	Totals         []byte          `db:"totals"`
}

// inputColumns need a task t with its round r, duty d and agency a, and the
// version b that would count; b may be missing. The totals are those that b's
// sender had taken over before sending it.
const inputColumns = `
	t.id AS task_id, t.duty_id, t.agency_id, a.name AS agency_name, r.id AS round_id, r.period_key, t.state, d.review, t.due_at, t.first_submitted_at,
	b.id AS submission_id, b.number, b.kind, b.narrative, b.figures, b.document_number,
	(SELECT c.totals FROM consolidations c WHERE c.task_id = t.id AND c.taken_at <= COALESCE(b.recorded_at, b.submitted_at)
		ORDER BY c.id DESC LIMIT 1) AS totals`

// inputs lists what there is of each unit for each of the rounds, in the order
// of the agency tree and of time.
func (c *consolidator) inputs(ctx context.Context, tx *sqlx.Tx, now time.Time) ([]consolidation.Input, error) {
	windows, err := c.inputRounds(ctx, tx)
	if err != nil || len(windows) == 0 {
		return nil, err
	}
	byRound := make(map[int64]consolidation.Window, len(windows))
	ids := make([]int64, len(windows))
	for i, w := range windows {
		byRound[w.Round], ids[i] = w, w.Round
	}
	var rows []inputRow
	if err := tx.SelectContext(ctx, &rows, `
		SELECT `+inputColumns+`
		FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id JOIN agencies a ON a.id = t.agency_id
		CROSS JOIN LATERAL (SELECT `+inForce+` AS number) counts LEFT JOIN submissions b ON b.task_id = t.id AND b.number = counts.number
		WHERE t.round_id = ANY ($1) AND t.recipient_id = $2 AND t.state <> 'cancelled'
		ORDER BY a.position, a.id, r.window_from_on, t.id`, pq.Array(ids), c.AgencyID); err != nil {
		return nil, fmt.Errorf("list inputs: %w", err)
	}
	asks, err := c.asks(ctx, tx)
	if err != nil {
		return nil, err
	}
	inputs := make([]consolidation.Input, len(rows))
	for i, row := range rows {
		if inputs[i], err = row.input(now); err != nil {
			return nil, err
		}
		inputs[i].Asks = asks[row.DutyID]
		inputs[i].Rank = slices.Index(c.InputDuties, row.DutyID)
		inputs[i].Window = byRound[row.RoundID]
	}
	return inputs, nil
}

func (r inputRow) input(now time.Time) (consolidation.Input, error) {
	in := consolidation.Input{
		TaskID: r.TaskID, AgencyID: r.AgencyID, AgencyName: r.AgencyName, PeriodKey: r.PeriodKey, Standing: r.standing(),
		Late: r.FirstAt.Valid && r.FirstAt.Time.After(r.DueAt) || !r.FirstAt.Valid && now.After(r.DueAt),
	}
	if in.Standing == consolidation.Waived {
		in.Late = false
	}
	if !in.Standing.Counts() {
		return in, nil
	}
	return in, r.counted(&in)
}

// counted fills in the version that counts.
func (r inputRow) counted(in *consolidation.Input) error {
	in.SubmissionID, in.Number, in.Narrative, in.Document = r.SubmissionID.Int64, int(r.Number.Int64), r.Narrative.String, r.DocumentNumber.String
	if err := errors.Join(unmarshalPresent(r.Figures, &in.Figures), unmarshalPresent(r.Totals, &in.Totals)); err != nil {
		return fmt.Errorf("figures of submission %d: %w", in.SubmissionID, err)
	}
	return nil
}

// standing: what was accepted counts, and what nobody reviews counts when sent.
func (r inputRow) standing() consolidation.Standing {
	counts := r.State == task.StateAccepted || r.State == task.StateSubmitted && !reviewRequired(string(r.Review))
	switch {
	case r.State == task.StateWaived:
		return consolidation.Waived
	case counts && r.SubmissionID.Valid && task.Kind(r.Kind.String) == task.NilReturn:
		return consolidation.Nil
	case counts && r.SubmissionID.Valid:
		return consolidation.In
	case r.State == task.StateSubmitted:
		return consolidation.Waiting
	case r.State == task.StateReturned:
		return consolidation.Returned
	default:
		return consolidation.Missing
	}
}

// countedThen reads the versions that were counted once, as they were.
func (c *consolidator) countedThen(ctx context.Context, tx *sqlx.Tx, sources []consolidation.Source) ([]consolidation.Input, error) {
	ids := make([]int64, len(sources))
	for i, s := range sources {
		ids[i] = s.Submission
	}
	var rows []struct {
		inputRow
		From time.Time `db:"window_from_on"`
		To   time.Time `db:"window_to_on"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT `+inputColumns+`, r.window_from_on, r.window_to_on
		FROM submissions b JOIN tasks t ON t.id = b.task_id JOIN rounds r ON r.id = t.round_id
		JOIN duties d ON d.id = t.duty_id JOIN agencies a ON a.id = t.agency_id
		WHERE b.id = ANY ($1)`, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("list what was counted: %w", err)
	}
	asks, err := c.asks(ctx, tx)
	if err != nil {
		return nil, err
	}
	inputs := make([]consolidation.Input, len(rows))
	for i, row := range rows {
		in := consolidation.Input{
			Asks:   asks[row.DutyID],
			TaskID: row.TaskID, AgencyID: row.AgencyID, AgencyName: row.AgencyName, PeriodKey: row.PeriodKey, Standing: consolidation.In,
			Rank:   slices.Index(c.InputDuties, row.DutyID),
			Window: consolidation.Window{Round: row.RoundID, From: civil(row.From), To: civil(row.To)},
		}
		if task.Kind(row.Kind.String) == task.NilReturn {
			in.Standing = consolidation.Nil
		}
		if err := row.counted(&in); err != nil {
			return nil, err
		}
		inputs[i] = in
	}
	return inputs, nil
}

// newestTaken is the newest taking over of a task; nil: none.
func newestTaken(ctx context.Context, tx *sqlx.Tx, taskID int64) (*consolidation.Taken, error) {
	var row struct {
		ID      int64     `db:"id"`
		At      time.Time `db:"taken_at"`
		ByName  string    `db:"name"`
		Sources []byte    `db:"sources"`
	}
	err := tx.GetContext(ctx, &row, `
		SELECT c.id, c.taken_at, u.name, c.sources FROM consolidations c JOIN users u ON u.id = c.taken_by
		WHERE c.task_id = $1 ORDER BY c.id DESC LIMIT 1`, taskID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing was taken over yet
	}
	if err != nil {
		return nil, fmt.Errorf("read taking over: %w", err)
	}
	taken := &consolidation.Taken{ID: row.ID, At: row.At.UTC(), ByName: row.ByName}
	if err := json.Unmarshal(row.Sources, &taken.Sources); err != nil {
		return nil, fmt.Errorf("sources of consolidation %d: %w", row.ID, err)
	}
	return taken, nil
}
