package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/consolidation"
)

// What has changed at an input since it was taken over is marked by triggers, in
// the transaction of the change, whoever makes it and however (migration 00021).
// Here the marks are read, and set back by taking over.

func roundsOf(windows []consolidation.Window) []int64 {
	ids := make([]int64, len(windows))
	for i, w := range windows {
		ids[i] = w.Round
	}
	return ids
}

// keepCounted keeps what a taking over counted, for the triggers to compare with.
// What was marked is in the draft now. Where nothing of the result counts yet that
// is all there is to it; else the levels above stay stale until a version made of
// the draft counts.
func keepCounted(ctx context.Context, tx *sqlx.Tx, taskID, consolidationID int64, rounds []int64, sources []consolidation.Source, now time.Time) error {
	inputs, submissions := make([]int64, len(sources)), make([]int64, len(sources))
	for i, source := range sources {
		inputs[i], submissions[i] = source.Task, source.Submission
	}
	for _, statement := range []struct {
		text string
		args []any
	}{
		{`INSERT INTO consolidation_states (task_id, consolidation_id, rounds, inputs, submissions) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (task_id) DO UPDATE SET consolidation_id = EXCLUDED.consolidation_id, rounds = EXCLUDED.rounds,
				inputs = EXCLUDED.inputs, submissions = EXCLUDED.submissions`,
			[]any{taskID, consolidationID, pq.Array(rounds), pq.Array(inputs), pq.Array(submissions)}},
		{`DELETE FROM consolidation_marks WHERE task_id = $1 AND counted_submission($1, true) IS NULL`, []any{taskID}},
		{`UPDATE consolidation_marks SET taken_at = $2 WHERE task_id = $1 AND taken_at IS NULL`, []any{taskID, now}},
		// What was counted although it is stale itself.
		{`INSERT INTO consolidation_marks (task_id, input_id, reason, old_submission_id, new_submission_id, marked_at)
			SELECT $1, x.input, 'below', x.submission, x.submission, $2 FROM unnest($3::bigint[], $4::bigint[]) AS x (input, submission)
			WHERE EXISTS (SELECT 1 FROM consolidation_marks m WHERE m.task_id = x.input)
			ON CONFLICT ON CONSTRAINT consolidation_marks_pkey DO UPDATE SET taken_at = NULL`,
			[]any{taskID, now, pq.Array(inputs), pq.Array(submissions)}},
		{`SELECT mark_above($1, $2)`, []any{taskID, now}},
	} {
		if _, err := tx.ExecContext(ctx, statement.text, statement.args...); err != nil {
			return fmt.Errorf("keep what was counted: %w", err)
		}
	}
	return nil
}

// notedChanges fills in the marks of a consolidator, and which of its inputs are
// stale themselves.
func (c *consolidator) notedChanges(ctx context.Context, tx *sqlx.Tx, view *consolidation.View) error {
	var rows []struct {
		InputID   int64                `db:"input_id"`
		AgencyID  int64                `db:"agency_id"`
		Agency    string               `db:"agency_name"`
		PeriodKey string               `db:"period_key"`
		Reason    consolidation.Reason `db:"reason"`
		Old       int                  `db:"old"`
		New       int                  `db:"new"`
		At        time.Time            `db:"marked_at"`
		Taken     bool                 `db:"taken"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT m.input_id, t.agency_id, a.name AS agency_name, r.period_key, m.reason, COALESCE(o.number, 0) AS old, COALESCE(n.number, 0) AS new,
			m.marked_at, m.taken_at IS NOT NULL AS taken
		FROM consolidation_marks m JOIN tasks t ON t.id = m.input_id JOIN agencies a ON a.id = t.agency_id JOIN rounds r ON r.id = t.round_id
		LEFT JOIN submissions o ON o.id = m.old_submission_id LEFT JOIN submissions n ON n.id = m.new_submission_id
		WHERE m.task_id = $1 ORDER BY a.position, a.id, r.window_from_on, m.reason`, c.TaskID); err != nil {
		return fmt.Errorf("read marks: %w", err)
	}
	for _, r := range rows {
		view.Marks = append(view.Marks, consolidation.Mark{
			TaskID: r.InputID, AgencyID: r.AgencyID, AgencyName: r.Agency, PeriodKey: r.PeriodKey, Reason: r.Reason, Old: r.Old, New: r.New, At: r.At.UTC(), Taken: r.Taken,
		})
	}
	ids := make([]int64, len(view.Inputs))
	at := make(map[int64]int, len(view.Inputs))
	for i, in := range view.Inputs {
		ids[i], at[in.TaskID] = in.TaskID, i
	}
	var stale []int64
	if err := tx.SelectContext(ctx, &stale, `SELECT DISTINCT task_id FROM consolidation_marks WHERE task_id = ANY ($1)`, pq.Array(ids)); err != nil {
		return fmt.Errorf("read marks of inputs: %w", err)
	}
	for _, id := range stale {
		view.Inputs[at[id]].Stale = true
	}
	return nil
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
		SELECT c.id, COALESCE(c.freshened_at, c.taken_at) AS taken_at, u.name, c.sources FROM consolidations c JOIN users u ON u.id = c.taken_by
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
