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
	"dondoc/internal/task"
)

// keepMissing keeps, beside a version that is being sent, which inputs were
// expected and did not count. It does nothing for a result that sums up nothing.
func keepMissing(ctx context.Context, tx *sqlx.Tx, taskID, submissionID int64) error {
	c, err := findConsolidator(ctx, tx, taskID)
	if err != nil || c == nil {
		return err
	}
	windows, err := c.inputRounds(ctx, tx)
	if err != nil {
		return err
	}
	var rows []struct {
		inputRow
		Counts bool `db:"counts"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT t.id AS task_id, t.agency_id, a.name AS agency_name, t.state, d.review, counted.task_id IS NOT NULL AS counts
		FROM tasks t JOIN duties d ON d.id = t.duty_id JOIN agencies a ON a.id = t.agency_id LEFT JOIN (`+countedInputs+`) counted ON counted.task_id = t.id
		WHERE t.round_id = ANY ($1) AND t.recipient_id = $2 AND t.state NOT IN ('cancelled', 'waived') ORDER BY a.position, a.id, t.id`,
		pq.Array(roundsOf(windows)), c.AgencyID, c.Sent, nil); err != nil {
		return fmt.Errorf("list missing inputs: %w", err)
	}
	var gone []consolidation.Gone
	for _, r := range rows {
		if !r.Counts {
			gone = append(gone, consolidation.Gone{TaskID: r.TaskID, AgencyID: r.AgencyID, AgencyName: r.AgencyName, Standing: r.standing(c.Sent)})
		}
	}
	encoded, err := json.Marshal(append([]consolidation.Gone{}, gone...))
	if err != nil {
		return fmt.Errorf("encode missing inputs: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO submission_missing (submission_id, expected, missing) VALUES ($1, $2, $3)`, submissionID, len(rows), string(encoded)); err != nil {
		return fmt.Errorf("keep missing inputs: %w", err)
	}
	return nil
}

// sentWithout is what the newest version of a consolidated result was sent without; nil:
// nothing was sent, or it was not kept.
func sentWithout(ctx context.Context, tx *sqlx.Tx, taskID int64) (*consolidation.SentWithout, error) {
	var row struct {
		Number   int    `db:"number"`
		Expected int    `db:"expected"`
		Missing  []byte `db:"missing"`
	}
	err := tx.GetContext(ctx, &row, `
		SELECT b.number, m.expected, m.missing FROM submissions b JOIN submission_missing m ON m.submission_id = b.id
		WHERE b.task_id = $1 AND b.withdrawn_at IS NULL ORDER BY b.number DESC LIMIT 1`, taskID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing was sent yet
	}
	if err != nil {
		return nil, fmt.Errorf("read missing inputs: %w", err)
	}
	sent := &consolidation.SentWithout{Number: row.Number, Expected: row.Expected}
	if err := json.Unmarshal(row.Missing, &sent.Missing); err != nil {
		return nil, fmt.Errorf("missing inputs of task %d: %w", taskID, err)
	}
	return sent, nil
}

// upwardOf says into which results of the recipient the version in force of a
// task went that are done themselves: by the taking over that was newest when each
// of them was sent.
func upwardOf(ctx context.Context, tx *sqlx.Tx, taskID int64) ([]task.Upward, error) {
	var rows []struct {
		Agency     string       `db:"agency_name"`
		DutyCode   string       `db:"duty_code"`
		PeriodKey  string       `db:"period_key"`
		Number     int          `db:"number"`
		AcceptedAt time.Time    `db:"accepted_at"`
		Document   string       `db:"document_number"`
		DocumentOn sql.NullTime `db:"document_on"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT a.name AS agency_name, d.code AS duty_code, r.period_key, mine.number, COALESCE(up.settled_at, up.submitted_at) AS accepted_at,
			sent.document_number, sent.document_on
		FROM tasks t CROSS JOIN LATERAL consolidators_of(t.duty_id, t.round_id, t.recipient_id) c JOIN tasks up ON up.id = c.task_id
		JOIN agencies a ON a.id = up.agency_id JOIN duties d ON d.id = up.duty_id JOIN rounds r ON r.id = up.round_id
		JOIN submissions sent ON sent.id = counted_submission(up.id, false)
		JOIN LATERAL (SELECT k.sources FROM consolidations k WHERE k.task_id = up.id AND k.taken_at <= COALESCE(sent.recorded_at, sent.submitted_at)
			ORDER BY k.id DESC LIMIT 1) k ON true
		CROSS JOIN LATERAL jsonb_path_query(k.sources, '$[*] ? (@.Task == $task)', jsonb_build_object('task', t.id)) AS source
		JOIN submissions mine ON mine.id = (source ->> 'Submission')::bigint
		WHERE t.id = $1 ORDER BY r.window_to_on, r.id`, taskID); err != nil {
		return nil, fmt.Errorf("read what became of the figures: %w", err)
	}
	upward := make([]task.Upward, len(rows))
	for i, r := range rows {
		upward[i] = task.Upward{
			AgencyName: r.Agency, DutyCode: r.DutyCode, PeriodKey: r.PeriodKey, Number: r.Number, AcceptedAt: r.AcceptedAt.UTC(), DocumentNumber: r.Document,
		}
		if r.DocumentOn.Valid {
			upward[i].DocumentOn = civil(r.DocumentOn.Time).String()
		}
	}
	return upward, nil
}

// aroundConsolidation fills in what a task's page says about summing up, in both
// directions.
func aroundConsolidation(ctx context.Context, tx *sqlx.Tx, row taskRow, detail *task.Detail) error {
	if err := tx.GetContext(ctx, &detail.Consolidates, `SELECT COALESCE(jsonb_typeof(consolidates) = 'array', false) FROM duties WHERE id = $1`, row.DutyID); err != nil {
		return fmt.Errorf("read duty: %w", err)
	}
	var err error
	if detail.Comments, err = commentsWhere(ctx, tx, `m.task_id = $1`, row.ID); err != nil || !row.done() {
		return err
	}
	detail.Upward, err = upwardOf(ctx, tx, row.ID)
	return err
}
