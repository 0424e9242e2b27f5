package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// nilUndo is how long a nil return, which is confirmed in one step, can be
// taken back even where nobody reviews it.
const nilUndo = 10 * time.Minute

// waitingSubmission is the submission that a withdrawal takes back.
type waitingSubmission struct {
	ID          int64      `db:"id"`
	Kind        task.Kind  `db:"kind"`
	From        task.State `db:"from_state"`
	Approved    bool       `db:"approved"`
	Recorded    bool       `db:"recorded"`
	Correction  bool       `db:"correction"`
	SubmittedAt time.Time  `db:"submitted_at"`
	// RoundState and ClosesAt are the round's.
	RoundState string    `db:"round_state"`
	ClosesAt   time.Time `db:"closes_at"`
}

// Withdraw takes back the submission that waits for review: the task is again
// what it was before, the version stays in history and counts for nothing.
func (s *Store) Withdraw(ctx context.Context, actor policy.Actor, in task.WithdrawInput) (task.Receipt, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Receipt{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Receipt, error) {
		if err := holdCalendar(ctx, tx); err != nil {
			return task.Receipt{}, err
		}
		// The round is held before the task, as RunRound does: it may have to be opened again.
		if _, err := tx.ExecContext(ctx, `
			SELECT 1 FROM rounds WHERE id = (SELECT round_id FROM tasks WHERE id = $1) FOR NO KEY UPDATE`, in.TaskID); err != nil {
			return task.Receipt{}, fmt.Errorf("hold round: %w", err)
		}
		t, err := s.lockForAct(ctx, tx, actor, in.TaskID, in.Version)
		if err != nil {
			return task.Receipt{}, err
		}
		if err := agencyOnly(actor, t); err != nil {
			return task.Receipt{}, err
		}
		if t.State != task.StateSubmitted {
			return task.Receipt{}, fault.New(fault.Conflict, "task.not_waiting",
				"Không có báo cáo chờ xác nhận để rút lại: việc này đang ở trạng thái “%[1]s”.",
				"No submission waits that could be taken back: the task is %[2]s.", t.State.VI(), t.State)
		}
		w, err := readWaiting(ctx, tx, t)
		if err != nil {
			return task.Receipt{}, err
		}
		if err := checkWithdraw(actor, t, w, now); err != nil {
			return task.Receipt{}, err
		}
		return s.withdraw(ctx, tx, actor, t, w, in, now)
	})
}

func readWaiting(ctx context.Context, tx *sqlx.Tx, t lockedTask) (waitingSubmission, error) {
	var w waitingSubmission
	err := tx.GetContext(ctx, &w, `
		SELECT b.id, b.kind, b.submitted_at, b.prepared_by IS NOT NULL AS approved, b.recorded_at IS NOT NULL AS recorded, b.correction,
			-- What was submitted before from_state was written down came out of "returned" if the task was ever returned.
			COALESCE(b.from_state, CASE WHEN t.resubmit_due_at IS NULL THEN 'open' ELSE 'returned' END) AS from_state,
			r.state AS round_state, r.closes_at
		FROM submissions b JOIN tasks t ON t.id = b.task_id JOIN rounds r ON r.id = t.round_id
		WHERE b.task_id = $1 AND b.number = $2`, t.ID, t.Submissions)
	if err != nil {
		return w, fmt.Errorf("read submission: %w", err)
	}
	return w, nil
}

func checkWithdraw(actor policy.Actor, t lockedTask, w waitingSubmission, now time.Time) error {
	switch {
	case w.Correction:
		return fault.New(fault.Conflict, "withdraw.corrected",
			"Đã có bản đính chính, không rút lại bản đã gửi được nữa.", "A correction has been sent since; the result cannot be taken back any more.")
	case w.Recorded:
		return fault.New(fault.Conflict, "withdraw.recorded",
			"Bản này do cơ quan theo dõi ghi nhận thay. Đề nghị cơ quan ấy trả lại.",
			"The reviewing agency recorded this result. Ask it to return the result.")
	case !policy.WithdrawTask(actor, t.relation(), w.Approved):
		return fault.New(fault.Forbidden, "task.not_head",
			"Thủ trưởng đã duyệt bản này, chỉ thủ trưởng được rút lại.", "The head has approved this; only a head may take it back.")
	case t.Review == plan.ReviewNone && (w.Kind != task.NilReturn || now.Sub(w.SubmittedAt) > nilUndo):
		return fault.New(fault.Conflict, "review.none",
			"Nhiệm vụ này gửi là xong, không rút lại được; riêng “Không phát sinh” hoàn tác được trong 10 phút.",
			"This duty is done when submitted and cannot be taken back; only a nil return can be undone, for 10 minutes.")
	case w.RoundState == "closed" && now.After(w.ClosesAt):
		return roundClosed()
	}
	return nil
}

// withdrawSubmission undoes what the submission changed, the time of the first
// submission too.
const withdrawSubmission = `
	WITH moved AS (
		UPDATE tasks t SET state = $3, due_version = due_version + 1, version = version + 1,
			submitted_at = (SELECT max(COALESCE(b.recorded_at, b.submitted_at)) FROM submissions b
				WHERE b.task_id = t.id AND b.number < $4 AND b.withdrawn_at IS NULL AND NOT b.correction),
			first_submitted_at = ` + firstValid + ` AND b.number < $4)
		WHERE id = $1 AND state = 'submitted' RETURNING id, due_version, first_submitted_at
	), marked AS (
		UPDATE submissions b SET withdrawn_at = $2, withdrawn_by = $5, withdraw_reason = $6
		FROM moved WHERE b.task_id = moved.id AND b.number = $4
	), silent AS (
		UPDATE steps s SET state = 'skipped', run_at = $2 FROM moved WHERE s.task_id = moved.id AND s.state = 'pending'
	), unsaid AS (
		-- What the reviewers were to read in the morning they never read, not even inside the system.
		UPDATE notifications n SET dropped_at = $2 FROM moved
		WHERE n.task_id = moved.id AND n.cause IN ('submitted:' || moved.id || ':' || $4::int, 'to_forward:' || $4::int || ':' || moved.id)
			AND n.message_id IS NULL AND n.dropped_at IS NULL AND n.read_at IS NULL
	), trail AS (
		INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, before, after)
		SELECT $2, $7, $5, $8, 'task.withdrawn', 'task', id, '{"state": "submitted"}', $9::jsonb FROM moved
	), nudged AS (
		INSERT INTO outbox (workflow, kind, created_at) SELECT 'round:' || $10::bigint, 'task.withdrawn', $2 FROM moved
	)
	SELECT first_submitted_at FROM moved`

func (s *Store) withdraw(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, w waitingSubmission, in task.WithdrawInput, now time.Time) (task.Receipt, error) {
	if err := task.CheckMove(t.State, w.From); err != nil {
		return task.Receipt{}, err
	}
	due := t.DueAt
	if t.ResubmitAt.Valid { // set with a return or a reopening: that day is waited for
		due = t.ResubmitAt.Time
	}
	ladder, err := s.ladderFrom(ctx, tx, t, due, now)
	if err != nil {
		return task.Receipt{}, err
	}
	after, err := json.Marshal(map[string]any{"state": w.From, "number": t.Submissions, "reason_sha256": digest(in.Reason)})
	if err != nil {
		return task.Receipt{}, fmt.Errorf("encode audit: %w", err)
	}
	var first sql.NullTime
	if err := tx.GetContext(ctx, &first, withdrawSubmission, t.ID, now, w.From, t.Submissions,
		actor.UserID, in.Reason, s.wall(), t.AgencyID, string(after), t.RoundID); err != nil {
		return task.Receipt{}, fmt.Errorf("withdraw: %w", err)
	}
	if err := insertLadder(ctx, tx, t, ladder); err != nil {
		return task.Receipt{}, err
	}
	if err := restoreDraft(ctx, tx, `SELECT `+contentColumns+` FROM submissions WHERE id = $4`, t.ID, now, actor.UserID, w.ID); err != nil {
		return task.Receipt{}, err
	}
	if w.RoundState == "closed" {
		if err := s.reopenRound(ctx, tx, actor, t, now); err != nil {
			return task.Receipt{}, err
		}
	}
	receipt := task.Receipt{Task: t.standing(w.From, first, now), SubmissionID: w.ID, Number: t.Submissions}
	return receipt, nil
}

// standing is the task as an act left it that took no submission in.
func (t lockedTask) standing(state task.State, first sql.NullTime, now time.Time) task.Task {
	facts := task.Facts{State: state, ReviewRequired: t.Review != plan.ReviewNone, DueAt: t.DueAt.UTC(),
		ResubmitDueAt: instant(t.ResubmitAt), FirstSubmittedAt: instant(first)}
	return task.Task{
		ID: t.ID, RoundID: t.RoundID, DutyID: t.DutyID, PlanID: t.PlanID, AgencyID: t.AgencyID, State: state,
		Status: facts.StatusAt(now), DueAt: facts.DueAt, ResubmitDueAt: facts.ResubmitDueAt, EffectiveDueAt: facts.EffectiveDue(),
		Version: t.Version + 1, TimeZone: t.TimeZone, FirstSubmittedAt: facts.FirstSubmittedAt,
	}
}

// ladderFrom compiles the ladder around a due time from now on, under the
// calendars as they stand.
func (s *Store) ladderFrom(ctx context.Context, tx *sqlx.Tx, t lockedTask, due, now time.Time) ([]stepPlan, error) {
	d, err := s.readDuty(ctx, tx, t.DutyID)
	if err != nil {
		return nil, err
	}
	return d.ladderFrom(t, due, now)
}

// ladderFrom compiles the steps around a due time that do not lie before now.
func (d dutyContext) ladderFrom(t lockedTask, due, now time.Time) ([]stepPlan, error) {
	period := calendar.Period{}
	if t.PeriodOnce {
		period.Cadence = calendar.Once
	}
	times, err := calendar.Steps(d.Policy(period), calendar.AnchorDue, due, d.calendars.of(t.AgencyID), d.Zone)
	if err != nil {
		return nil, err
	}
	var ladder []calendar.StepTime
	for _, step := range times {
		if step.At.Before(now) && step.Rule.Cron != "" {
			// A repeating step goes on; what it would have told meanwhile is not made up for.
			next, ok, err := calendar.NextOccurrence(step.Rule, now, d.Zone)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			step.At, step.Derivation = next, calendar.CronDerivation(step.Rule.Cron, next, d.Zone)
		}
		if !step.At.Before(now) {
			ladder = append(ladder, step)
		}
	}
	return stepPlans(ladder), nil
}

// insertLadder writes the steps of the due version in force. What was told at
// this very instant is not told again.
func insertLadder(ctx context.Context, tx *sqlx.Tx, t lockedTask, ladder []stepPlan) error {
	encoded, err := json.Marshal(append([]stepPlan{}, ladder...))
	if err != nil {
		return fmt.Errorf("encode steps: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, occurrence, at, audience, severity, digest, cron, derivation)
		SELECT t.id, t.round_id, f.code, f.kind, f.anchor, t.due_version, f.occurrence, f.at, f.audience, f.severity, f.digest, f.cron, f.derivation
		FROM tasks t, jsonb_to_recordset($2::jsonb) AS f (code text, kind text, anchor text, at timestamptz, audience text[],
			severity int, digest bool, cron text, occurrence int, derivation jsonb)
		WHERE t.id = $1 AND NOT EXISTS (
			SELECT 1 FROM steps o WHERE o.task_id = t.id AND o.code = f.code AND o.at = f.at AND o.state = 'done')`,
		t.ID, string(encoded)); err != nil {
		return fmt.Errorf("insert ladder: %w", err)
	}
	return nil
}
