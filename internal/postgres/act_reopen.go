package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Reopen admits a result once more: of a task that is done, which is then
// returned, or of one whose round was over before anything was sent, which stays
// "not done, overdue" until it comes. A closed round is open again and closes
// when its time has come or nothing is owed. "On time" keeps looking at the
// first valid submission. Faults: Forbidden for whoever may not reopen; Conflict
// where the result waits for review or is still admitted.
func (s *Store) Reopen(ctx context.Context, actor policy.Actor, in task.ReopenInput) (task.Receipt, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Receipt{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Receipt, error) {
		if err := holdCalendar(ctx, tx); err != nil {
			return task.Receipt{}, err
		}
		closed, err := holdRoundOf(ctx, tx, in.TaskID)
		if err != nil {
			return task.Receipt{}, err
		}
		t, err := s.lockForAct(ctx, tx, actor, in.TaskID, in.Version)
		if err != nil {
			return task.Receipt{}, err
		}
		if !policy.ReopenTask(actor, t.relation()) {
			return task.Receipt{}, fault.New(fault.Forbidden, "reopen.not_yours",
				"Chỉ cơ quan ban hành hoặc người theo dõi của cơ quan nhận báo cáo được mở lại.",
				"Only the plan authority and supervisors of the receiving agency may reopen this.")
		}
		to, err := t.reopened()
		if err != nil {
			return task.Receipt{}, err
		}
		if err := s.inherit(ctx, tx, actor, &t, now); err != nil {
			return task.Receipt{}, err
		}
		return s.reopen(ctx, tx, actor, t, to, closed, in, now)
	})
}

// holdRoundOf holds the round of a task before the task itself is locked, as
// running a round does. It does not hold up those who add steps to the round.
func holdRoundOf(ctx context.Context, tx *sqlx.Tx, taskID int64) (closed bool, err error) {
	err = tx.GetContext(ctx, &closed, `
		SELECT r.state = 'closed' FROM rounds r WHERE r.id = (SELECT round_id FROM tasks WHERE id = $1) FOR NO KEY UPDATE`, taskID)
	if errors.Is(err, sql.ErrNoRows) {
		return false, notFound()
	}
	if err != nil {
		return false, fmt.Errorf("hold round: %w", err)
	}
	return closed, nil
}

// reopened is the state that reopening leads to.
func (t lockedTask) reopened() (task.State, error) {
	switch {
	case t.State == task.StateAccepted, t.State == task.StateSubmitted && t.Review == plan.ReviewNone:
		return task.StateReturned, nil
	case t.State == task.StateSubmitted:
		return "", fault.New(fault.Conflict, "reopen.waiting",
			"Báo cáo đang chờ xác nhận: hãy trả lại để bổ sung, không cần mở lại.", "The result waits for a decision: return it instead.")
	case t.State.Owed() && t.ClosedAt.Valid:
		return t.State, nil
	case t.State.Owed():
		return "", fault.New(fault.Conflict, "reopen.open",
			"Việc này chưa khóa, đơn vị vẫn gửi được.", "The task is still open; the unit can submit.")
	}
	return "", task.CheckMove(t.State, task.StateReturned)
}

func (s *Store) reopen(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, to task.State, closed bool, in task.ReopenInput, now time.Time) (task.Receipt, error) {
	due, steps, err := s.resubmission(ctx, tx, t, task.ReviewInput{ResubmitOn: in.ResubmitOn}, now)
	if err != nil {
		return task.Receipt{}, err
	}
	derivation, err := json.Marshal(due.Derivation)
	if err != nil {
		return task.Receipt{}, fmt.Errorf("encode derivation: %w", err)
	}
	encodedSteps, err := json.Marshal(append([]stepPlan{}, steps...))
	if err != nil {
		return task.Receipt{}, fmt.Errorf("encode steps: %w", err)
	}
	var id int64
	if err := tx.GetContext(ctx, &id, `
		WITH moved AS (
			UPDATE tasks SET state = $3, resubmit_due_at = $4, resubmit_derivation = $5, due_version = due_version + 1,
				settled_at = NULL, closed_at = NULL, version = version + 1
			WHERE id = $1 AND state = $2 RETURNING id, round_id, due_version
		), ladder AS (
			INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, occurrence, at, audience, severity, digest, cron, derivation)
			SELECT moved.id, moved.round_id, f.code, f.kind, f.anchor, moved.due_version, f.occurrence, f.at, f.audience, f.severity, f.digest, f.cron, f.derivation
			FROM moved, jsonb_to_recordset($6::jsonb) AS f (code text, kind text, anchor text, at timestamptz, audience text[],
				severity int, digest bool, cron text, occurrence int, derivation jsonb)
		)
		INSERT INTO reopenings (task_id, state_from, reason, due_at, reopened_at, reopened_by)
		SELECT id, $2, $7, $4, $8, $9 FROM moved RETURNING id`,
		t.ID, t.State, to, due.At, string(derivation), string(encodedSteps), in.Reason, now, actor.UserID); err != nil {
		return task.Receipt{}, fmt.Errorf("reopen: %w", err)
	}
	// A correction of what is to be sent again has become needless.
	if err := supersedeCorrection(ctx, tx, actor, t.ID, now); err != nil {
		return task.Receipt{}, err
	}
	if closed {
		if err := s.reopenRound(ctx, tx, actor, t, now); err != nil {
			return task.Receipt{}, err
		}
	}
	onBehalf := t.IssuerID
	if !actor.HasAt(t.IssuerID, policy.PlanAuthority) {
		onBehalf = t.ReviewerID
		if !actor.HasAt(t.ReviewerID, policy.Supervisor) {
			onBehalf = t.RecipientID
		}
	}
	if err := s.record(ctx, tx, actor, now, change{
		Action: "task.reopened", Entity: "task", EntityID: t.ID, OnBehalf: onBehalf, Before: map[string]any{"state": t.State},
		After: map[string]any{"reopening": id, "state": to, "resubmit_due_at": due.At.UTC(), "reason_sha256": digest(in.Reason)},
	}); err != nil {
		return task.Receipt{}, err
	}
	if _, err := tellNow(ctx, tx, announcement{
		kind: notice.Reopened, cause: fmt.Sprintf("reopened:%d", id), tasks: []int64{t.ID}, sides: []side{sideUnit}, standing: true,
	}, now); err != nil {
		return task.Receipt{}, err
	}
	// A round that was over has its workflow again: the relay starts what does not run.
	if err := nudge(ctx, tx, fmt.Sprintf("round:%d", t.RoundID), "task.reopened", now); err != nil {
		return task.Receipt{}, err
	}
	receipt := task.Receipt{Task: t.after(to, now), Number: t.Submissions}
	resubmit := due.At.UTC()
	receipt.Task.ResubmitDueAt, receipt.Task.SubmittedAt = &resubmit, instant(t.SubmittedAt)
	receipt.Task.Status = task.Facts{State: to, DueAt: t.DueAt, ResubmitDueAt: &resubmit, FirstSubmittedAt: instant(t.FirstAt)}.StatusAt(now)
	return receipt, nudge(ctx, tx, "delivery:mail", "task.reopened", now)
}

// reopenRound makes a closed round live again. Its closing time stays: whatever
// is owed until later keeps it open, and nothing else does.
func (s *Store) reopenRound(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, now time.Time) error {
	result, err := tx.ExecContext(ctx, `
		UPDATE rounds SET state = 'open', closed_at = NULL, version = version + 1 WHERE id = $1 AND state = 'closed'`, t.RoundID)
	if err != nil {
		return fmt.Errorf("reopen round: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(fmt.Errorf("round %d was not closed any more", t.RoundID), err)
	}
	return s.record(ctx, tx, actor, now, change{
		Action: "round.reopened", Entity: "round", EntityID: t.RoundID, After: map[string]any{"task": t.ID},
	})
}
