package postgres

import (
	"context"
	"database/sql"

	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/request"
)

// RunRequest does everything of a request that is due now, in one transaction:
// reminds who is to answer, lets an extension lapse at the task's due time,
// tells the head of a body that has not answered. Repeating it is harmless: a
// step runs only while it is pending and the request is open.
func (s *Store) RunRequest(ctx context.Context, id int64) (request.Turn, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return request.Turn{}, fmt.Errorf("business clock: %w", err)
	}
	var turn request.Turn
	err = s.transact(ctx, func(tx *sqlx.Tx) error {
		row, err := readRequest(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := s.holdTask(ctx, tx, row.TaskID); err != nil {
			return err
		}
		if err := lockRequestRow(ctx, tx, id); err != nil {
			return err
		}
		if row, err = readRequest(ctx, tx, id); err != nil {
			return err
		}
		turn, err = s.runRequest(ctx, tx, row, now)
		return err
	})
	if err == nil && turn.Told {
		s.wake()
	}
	return turn, err
}

func (s *Store) runRequest(ctx context.Context, tx *sqlx.Tx, row requestRow, now time.Time) (request.Turn, error) {
	turn := request.Turn{State: row.State}
	switch {
	case row.SettledAt.Valid:
		turn.Ended = true
		return turn, nil
	case row.PlanState == plan.Closed || row.State == request.Asked && row.moot():
		turn.State, turn.Ended = request.Closed, true
		return turn, s.moveRequest(ctx, tx, systemActor, row, requestMove{to: request.Closed, settled: true}, now)
	case row.PlanState != plan.Active:
		return turn, nil // suspended time is not counted; resuming nudges
	}
	if err := s.followDue(ctx, tx, &row, now); err != nil {
		return turn, err
	}
	if row.lapsed(now) {
		turn.State, turn.Ended, turn.Told = request.Lapsed, true, true
		return turn, s.lapse(ctx, tx, row, now)
	}
	told, err := s.runRequestSteps(ctx, tx, row, now)
	if err != nil {
		return turn, err
	}
	turn.Told = told
	var next sql.NullTime
	if err := tx.GetContext(ctx, &next, `SELECT min(at) FROM request_steps WHERE request_id = $1 AND state = 'pending'`, row.ID); err != nil {
		return turn, fmt.Errorf("read next step of request: %w", err)
	}
	if next.Valid {
		turn.NextAt = next.Time.UTC()
	}
	return turn, nil
}

// followDue moves an extension's deadline and steps with the date that it is
// about: a change of the calendar, or suspended time, may have moved that.
func (s *Store) followDue(ctx context.Context, tx *sqlx.Tx, row *requestRow, now time.Time) error {
	due := row.deadline()
	if due.Equal(row.DueAt) {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE requests SET due_at = $2, derivation = $3, version = version + 1 WHERE id = $1`, row.ID, due, string(row.TaskDerived)); err != nil {
		return fmt.Errorf("move request: %w", err)
	}
	if err := skipRequestSteps(ctx, tx, row.ID, now); err != nil {
		return err
	}
	row.DueAt = due
	row.Version++
	return s.planRequestSteps(ctx, tx, *row, due, now)
}

// lapse: without a decision the original date stands; who asked is told at
// once, and the decider's head that nobody decided.
func (s *Store) lapse(ctx context.Context, tx *sqlx.Tx, row requestRow, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `
		UPDATE request_steps SET state = 'done', run_at = $2 WHERE request_id = $1 AND state = 'pending' AND code = 'lapse'`, row.ID, now); err != nil {
		return fmt.Errorf("run lapse: %w", err)
	}
	if err := s.moveRequest(ctx, tx, systemActor, row, requestMove{to: request.Lapsed, settled: true}, now); err != nil {
		return err
	}
	if err := tellAsker(ctx, tx, row, notice.RequestLapsed, "lapsed", now); err != nil {
		return err
	}
	return tellRequest(ctx, tx, row, requestNotice{
		kind: notice.RequestUndecided, agency: row.ToAgencyID, roles: []policy.Role{policy.Head}, what: "undecided",
		otherwise: policy.Answerers(row.Kind, row.Resubmission),
	}, now)
}

// runRequestSteps runs what is due; of a reminder and an escalation that were
// both missed only the escalation is sent.
func (s *Store) runRequestSteps(ctx context.Context, tx *sqlx.Tx, row requestRow, now time.Time) (bool, error) {
	var due []struct {
		ID   int64  `db:"id"`
		Code string `db:"code"`
	}
	if err := tx.SelectContext(ctx, &due, `
		UPDATE request_steps s SET run_at = $2,
			state = CASE WHEN code = 'reminder' AND EXISTS (SELECT 1 FROM request_steps o
				WHERE o.request_id = $1 AND o.state = 'pending' AND o.code <> 'reminder' AND o.at <= $2) THEN 'skipped' ELSE 'done' END
		WHERE request_id = $1 AND state = 'pending' AND at <= $2 RETURNING id, CASE state WHEN 'done' THEN code ELSE '' END AS code`, row.ID, now); err != nil {
		return false, fmt.Errorf("run steps of request: %w", err)
	}
	told := false
	for _, step := range due {
		n := requestNotice{agency: row.ToAgencyID, what: fmt.Sprintf("step:%d", step.ID)}
		switch step.Code {
		case "reminder":
			n.kind, n.roles = notice.RequestReminder, policy.Answerers(row.Kind, row.Resubmission)
		case "overdue":
			n.kind, n.roles, n.otherwise = notice.RequestOverdue, []policy.Role{policy.Head}, policy.Answerers(row.Kind, row.Resubmission)
		default:
			continue
		}
		told = true
		if err := tellRequest(ctx, tx, row, n, now); err != nil {
			return told, err
		}
	}
	return told, nil
}

// nudgeRequests lets the open requests about tasks look again: their dates moved.
func nudgeRequests(ctx context.Context, tx *sqlx.Tx, which string, arg any, why string, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO outbox (workflow, kind, created_at)
		SELECT 'request:' || id, $2, $3 FROM requests WHERE settled_at IS NULL AND `+which, arg, why, now); err != nil {
		return fmt.Errorf("nudge requests: %w", err)
	}
	return nil
}
