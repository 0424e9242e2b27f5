package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Forward passes on the result that waits for the agency between ("qua Chi cục
// …"), or returns it to its sender. What is passed on waits for its reviewer from
// now; "on time" keeps looking at the submission. Faults: Forbidden for whoever
// may not; Conflict where nothing waits to be passed on.
func (s *Store) Forward(ctx context.Context, actor policy.Actor, in task.ForwardInput) (task.Receipt, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Receipt{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Receipt, error) {
		if err := holdCalendar(ctx, tx); err != nil {
			return task.Receipt{}, err
		}
		// The steps of who passes on end here: the round is held first, as in running it.
		closed, err := holdRoundOf(ctx, tx, in.TaskID)
		if err != nil {
			return task.Receipt{}, err
		}
		t, err := s.lockForAct(ctx, tx, actor, in.TaskID, in.Version)
		if err != nil {
			return task.Receipt{}, err
		}
		if err := t.checkForward(actor, in.Decision); err != nil {
			return task.Receipt{}, err
		}
		if in.Decision == task.SendBack {
			receipt, err := s.giveBack(ctx, tx, actor, t, task.ReviewInput{
				TaskID: t.ID, Decision: task.Return, Reason: in.Remark, ResubmitOn: in.ResubmitOn,
			}, now)
			if err == nil && closed {
				// What was mended is to be sent: the round closes when its new day has passed.
				err = s.reopenRound(ctx, tx, actor, t, now)
			}
			return receipt, err
		}
		return s.forward(ctx, tx, actor, t, in.Remark, now)
	})
}

func (t lockedTask) checkForward(actor policy.Actor, decision task.ForwardDecision) error {
	may := policy.ForwardTask(actor, t.relation())
	if decision == task.SendBack {
		may = policy.SendBackTask(actor, t.relation())
	}
	switch {
	case !may:
		return fault.New(fault.Forbidden, "forwarding.not_yours",
			"Chỉ cơ quan trung gian mà báo cáo đi qua được chuyển hoặc trả lại.", "Only the agency that the result passes may pass it on or return it.")
	case t.State != task.StateSubmitted:
		return fault.New(fault.Conflict, "forwarding.nothing",
			"Không có báo cáo chờ chuyển: việc này đang ở trạng thái “%[1]s”.", "No result waits to be passed on: the task is %[2]s.", t.State.VI(), t.State)
	case !t.held():
		return fault.New(fault.Conflict, "forwarding.done",
			"Bản báo cáo này đã được chuyển.", "This submission has been passed on already.")
	}
	return nil
}

// keepForwarding is everything that passing a result on changes.
const keepForwarding = `
	WITH moved AS (
		UPDATE tasks SET forwarded = submissions, version = version + 1
		WHERE id = $1 AND state = 'submitted' AND forwarded < submissions RETURNING id, round_id, plan_id, reviewer_id, submissions
	), kept AS (
		INSERT INTO forwardings (submission_id, task_id, agency_id, remark, forwarded_at, forwarded_by)
		SELECT b.id, moved.id, $3, $4, $2, $5 FROM moved JOIN submissions b ON b.task_id = moved.id AND b.number = moved.submissions
		RETURNING submission_id
	), silent AS (
		UPDATE steps s SET state = 'skipped', run_at = $2 FROM moved WHERE s.task_id = moved.id AND s.state = 'pending' AND s.anchor = 'forwarding'
	), ladder AS (
		INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, occurrence, at, audience, severity, digest, cron, derivation)
		SELECT moved.id, moved.round_id, f.code, f.kind, f.anchor, moved.submissions, f.occurrence, f.at, f.audience, f.severity, f.digest, f.cron, f.derivation
		FROM moved, jsonb_to_recordset($6::jsonb) AS f (code text, kind text, anchor text, at timestamptz, audience text[],
			severity int, digest bool, cron text, occurrence int, derivation jsonb)
	), told AS (
		INSERT INTO notifications (user_id, kind, plan_id, task_id, cause, created_at, deliver_at)
		SELECT DISTINCT m.user_id, 'submitted', moved.plan_id, moved.id, 'submitted:' || moved.id || ':' || moved.submissions, $2, morning_at_or_after($2, $7)
		FROM moved JOIN memberships m ON m.agency_id = moved.reviewer_id AND m.role = 'supervisor'
			AND ($2::timestamptz AT TIME ZONE $7)::date BETWEEN m.valid_from_on AND m.valid_to_on
		JOIN users u ON u.id = m.user_id AND u.active
		WHERE $8
	), trail AS (
		INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, after)
		SELECT $2, $9, $5, $3, 'task.forwarded', 'task', id, $10::jsonb FROM moved
	), nudged AS (
		INSERT INTO outbox (workflow, kind, created_at) SELECT 'round:' || round_id, 'task.forwarded', $2 FROM moved
	)
	SELECT submission_id FROM kept`

func (s *Store) forward(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, remark string, now time.Time) (task.Receipt, error) {
	steps, err := s.ladderOf(ctx, tx, t, anchorSubmitted, sinceForwarded, now)
	if err != nil {
		return task.Receipt{}, err
	}
	encoded, err := json.Marshal(append([]stepPlan{}, steps...))
	if err != nil {
		return task.Receipt{}, fmt.Errorf("encode steps: %w", err)
	}
	after, err := json.Marshal(map[string]any{"number": t.Submissions, "remark_sha256": digest(remark)})
	if err != nil {
		return task.Receipt{}, fmt.Errorf("encode audit: %w", err)
	}
	onBehalf := t.ThroughID
	if !policy.SendBackTask(actor, t.relation()) {
		onBehalf = t.IssuerID
	}
	var submission int64
	if err := tx.GetContext(ctx, &submission, keepForwarding, t.ID, now, onBehalf, remark, actor.UserID, string(encoded), t.TimeZone,
		t.Review == plan.ReviewRequired, s.wall(), string(after)); err != nil {
		return task.Receipt{}, fmt.Errorf("forward: %w", err)
	}
	receipt := task.Receipt{Task: t.after(task.StateSubmitted, now), SubmissionID: submission, Number: t.Submissions}
	receipt.Task.SubmittedAt = instant(t.SubmittedAt)
	return receipt, nil
}

// tellIntermediary lets the agency between know in the morning what waits for it.
func tellIntermediary(ctx context.Context, tx *sqlx.Tx, t lockedTask, number int, now time.Time) error {
	_, err := tellNow(ctx, tx, announcement{
		kind: notice.ToForward, cause: fmt.Sprintf("to_forward:%d", number), tasks: []int64{t.ID}, sides: []side{sideIntermediary}, morning: true,
	}, now)
	return err
}
