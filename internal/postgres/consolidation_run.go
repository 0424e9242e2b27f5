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
	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// RunConsolidation does what is due for the result of one agency that sums up
// others, in one transaction: sets marks right that a race left wrong, freshens the
// figures of a draft that a person took over, and tells its people what they
// ought to know: that what they took over has changed; where the plan says so, that
// everything is in, or who is missing at the cut-off. Repeating it is harmless.
func (s *Store) RunConsolidation(ctx context.Context, roundID, agencyID int64) (consolidation.Turn, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return consolidation.Turn{}, fmt.Errorf("business clock: %w", err)
	}
	var turn consolidation.Turn
	err = s.transact(ctx, func(tx *sqlx.Tx) error {
		var id int64
		err := tx.GetContext(ctx, &id, `SELECT id FROM tasks WHERE round_id = $1 AND agency_id = $2`, roundID, agencyID)
		if errors.Is(err, sql.ErrNoRows) {
			turn.Ended = true // the agency gave it to another, whose own workflow runs
			return nil
		}
		if err != nil {
			return fmt.Errorf("find consolidated result: %w", err)
		}
		t, err := s.holdTask(ctx, tx, id)
		if err != nil {
			return err
		}
		turn, err = s.runConsolidation(ctx, tx, t, now)
		return err
	})
	if err == nil && turn.Told {
		s.wake()
	}
	return turn, err
}

func (s *Store) runConsolidation(ctx context.Context, tx *sqlx.Tx, t lockedTask, now time.Time) (consolidation.Turn, error) {
	var turn consolidation.Turn
	c, err := findConsolidator(ctx, tx, t.ID)
	if err != nil {
		return turn, err
	}
	writing := t.State.Owed() && !t.ClosedAt.Valid
	turn.Ended = c == nil || t.PlanState == plan.Closed || !writing && t.PlanState == plan.Active
	if c == nil || t.PlanState != plan.Active {
		return turn, nil // suspended time is not counted; looking again comes after it
	}
	windows, err := c.inputRounds(ctx, tx)
	if err != nil {
		return turn, err
	}
	if err := c.mendMarks(ctx, tx, windows, now); err != nil {
		return turn, err
	}
	if t.State == task.StateOpen || t.State == task.StateReturned {
		if err := s.freshen(ctx, tx, t, c, windows, now); err != nil {
			return turn, err
		}
	}
	if turn.Told, err = c.tellStale(ctx, tx, now); err != nil {
		return turn, err
	}
	if writing && c.Notices {
		return turn, c.tellArrivals(ctx, tx, windows, &turn, now)
	}
	return turn, nil
}

// mendMarks holds all inputs against what was taken over: a change that was being
// committed while somebody took over saw neither the one nor the other, and a round
// may have come into the span since. Triggers do the rest, so there is mostly
// nothing to mend.
func (c *consolidator) mendMarks(ctx context.Context, tx *sqlx.Tx, windows []consolidation.Window, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `
		WITH state AS (
			SELECT rounds, inputs, submissions FROM consolidation_states WHERE task_id = $5 AND consolidation_id IS NOT NULL
		), was AS (
			SELECT x.input, x.submission FROM state, unnest(state.inputs, state.submissions) AS x (input, submission)
		), present AS (
			SELECT x.task_id AS input, x.submission_id AS submission FROM state, (`+countedInputs+`) x
		), differs AS (
			SELECT COALESCE(was.input, present.input) AS input, was.submission AS old, present.submission AS new
			FROM was FULL JOIN present ON present.input = was.input WHERE was.submission IS DISTINCT FROM present.submission
		), gone AS (
			DELETE FROM consolidation_marks m WHERE m.task_id = $5 AND m.reason = 'version' AND NOT EXISTS (SELECT 1 FROM differs f WHERE f.input = m.input_id)
		), kept AS (
			UPDATE consolidation_states SET rounds = $1 WHERE task_id = $5 AND rounds <> $1
		)
		INSERT INTO consolidation_marks (task_id, input_id, reason, old_submission_id, new_submission_id, marked_at)
		SELECT $5, input, 'version', old, new, $6 FROM differs
		ON CONFLICT ON CONSTRAINT consolidation_marks_pkey DO UPDATE SET old_submission_id = EXCLUDED.old_submission_id, new_submission_id = EXCLUDED.new_submission_id,
			marked_at = EXCLUDED.marked_at, taken_at = NULL
		WHERE (consolidation_marks.old_submission_id, consolidation_marks.new_submission_id) IS DISTINCT FROM (EXCLUDED.old_submission_id, EXCLUDED.new_submission_id)`,
		pq.Array(roundsOf(windows)), c.AgencyID, c.Sent, nil, c.TaskID, now); err != nil {
		return fmt.Errorf("mend marks: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `SELECT mark_above($1, $2)`, c.TaskID, now); err != nil {
		return fmt.Errorf("mark what is above: %w", err)
	}
	return nil
}

// tellStale tells the consolidator's people once for each taking over that it is
// not what its inputs say any more.
func (c *consolidator) tellStale(ctx context.Context, tx *sqlx.Tx, now time.Time) (bool, error) {
	var taken []int64
	if err := tx.SelectContext(ctx, &taken, `
		SELECT consolidation_id FROM consolidation_states
		WHERE task_id = $1 AND consolidation_id IS NOT NULL AND EXISTS (SELECT 1 FROM consolidation_marks m WHERE m.task_id = $1 AND m.taken_at IS NULL)`, c.TaskID); err != nil {
		return false, fmt.Errorf("read state of consolidation: %w", err)
	}
	if len(taken) == 0 {
		return false, nil
	}
	told, err := tellNow(ctx, tx, announcement{
		kind: notice.ConsolidationStale, cause: fmt.Sprintf("consolidation_stale:%d", taken[0]), tasks: []int64{c.TaskID},
		sides: []side{sideUnit}, standing: true, morning: true,
	}, now)
	return len(told) > 0, err
}

// tellArrivals tells when every expected input counts, and at the latest due time
// of the inputs who is missing; each once.
func (c *consolidator) tellArrivals(ctx context.Context, tx *sqlx.Tx, windows []consolidation.Window, turn *consolidation.Turn, now time.Time) error {
	var arrivals struct {
		Expected int          `db:"expected"`
		Missing  int          `db:"missing"`
		CutOff   sql.NullTime `db:"cut_off"`
	}
	if err := tx.GetContext(ctx, &arrivals, `
		SELECT count(*) AS expected, count(*) FILTER (WHERE counted.task_id IS NULL) AS missing, max(t.due_at) AS cut_off
		FROM tasks t LEFT JOIN (`+countedInputs+`) counted ON counted.task_id = t.id
		WHERE t.round_id = ANY ($1) AND t.recipient_id = $2 AND t.state NOT IN ('cancelled', 'waived')`,
		pq.Array(roundsOf(windows)), c.AgencyID, c.Sent, nil); err != nil {
		return fmt.Errorf("count inputs: %w", err)
	}
	var kind notice.Kind
	var column string
	switch {
	case arrivals.Expected == 0:
		return nil
	case arrivals.Missing == 0:
		kind, column = notice.ConsolidationComplete, "complete_told_at"
	case now.Before(arrivals.CutOff.Time):
		turn.NextAt = arrivals.CutOff.Time.UTC()
		return nil
	default:
		kind, column = notice.ConsolidationCutOff, "cut_off_told_at"
	}
	result, err := tx.ExecContext(ctx, `
		INSERT INTO consolidation_states AS s (task_id, `+column+`) VALUES ($1, $2)
		ON CONFLICT (task_id) DO UPDATE SET `+column+` = EXCLUDED.`+column+` WHERE s.`+column+` IS NULL`, c.TaskID, now)
	if err != nil {
		return fmt.Errorf("keep what was told: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	told, err := tellNow(ctx, tx, announcement{kind: kind, cause: string(kind), tasks: []int64{c.TaskID}, sides: []side{sideUnit}, morning: true}, now)
	turn.Told = turn.Told || len(told) > 0
	return err
}

// nudgeConsolidations starts the workflows of a round's tasks, if its duty sums up others.
func nudgeConsolidations(ctx context.Context, tx *sqlx.Tx, roundID int64, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO outbox (workflow, kind, created_at)
		SELECT 'consolidation:' || t.round_id || ':' || t.agency_id, 'round.opened', $2 FROM rounds r JOIN duties d ON d.id = r.duty_id AND jsonb_typeof(d.consolidates) = 'array'
		JOIN tasks t ON t.round_id = r.id WHERE r.id = $1`, roundID, now); err != nil {
		return fmt.Errorf("nudge consolidations: %w", err)
	}
	return nil
}
