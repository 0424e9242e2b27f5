package postgres

import (
	"context"
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

// resubmitWorkingDays is the time a unit has to mend a returned report where
// the reviewer sets no day.
const resubmitWorkingDays = 3

// Review decides on the submission that waits: accepted, returned to be mended
// (the first submission's time still counts), or invalid (it does not).
func (s *Store) Review(ctx context.Context, actor policy.Actor, in task.ReviewInput) (task.Receipt, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Receipt{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Receipt, error) {
		if err := holdCalendar(ctx, tx); err != nil {
			return task.Receipt{}, err
		}
		closed := false
		if in.Decision != task.Accept { // the round may have to be opened again
			var err error
			if closed, err = holdRoundOf(ctx, tx, in.TaskID); err != nil {
				return task.Receipt{}, err
			}
		}
		t, err := s.lockForAct(ctx, tx, actor, in.TaskID, in.Version)
		if err != nil {
			return task.Receipt{}, err
		}
		if err := t.checkReviewer(actor); err != nil {
			return task.Receipt{}, err
		}
		if in.Decision == task.Accept {
			return s.accept(ctx, tx, actor, t, now)
		}
		receipt, err := s.giveBack(ctx, tx, actor, t, in, now)
		if err == nil && closed {
			// What was mended is to be sent: the round closes when its new day has passed.
			err = s.reopenRound(ctx, tx, actor, t, now)
		}
		return receipt, err
	})
}

func (t lockedTask) checkReviewer(actor policy.Actor) error {
	if !policy.ReviewTask(actor, t.relation()) {
		return fault.New(fault.Forbidden, "task.not_reviewer",
			"Chỉ người theo dõi của cơ quan nhận báo cáo được quyết định.", "Only supervisors of the reviewing agency may decide.")
	}
	if t.Review == plan.ReviewNone {
		return fault.New(fault.Conflict, "review.none",
			"Nhiệm vụ này không cần xác nhận: gửi là xong.", "This duty needs no review: a submitted result is done.")
	}
	if t.held() {
		return fault.New(fault.Conflict, "review.not_forwarded",
			"Báo cáo chưa được cơ quan trung gian chuyển đến, chưa quyết định được.", "The agency between has not passed the result on yet; there is nothing to decide.")
	}
	return nil
}

func (s *Store) accept(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, now time.Time) (task.Receipt, error) {
	if err := task.CheckMove(t.State, task.StateAccepted); err != nil {
		return task.Receipt{}, err
	}
	var submission int64
	if err := tx.GetContext(ctx, &submission, `
		WITH moved AS (
			UPDATE tasks SET state = 'accepted', settled_at = $2, version = version + 1 WHERE id = $1 AND state = 'submitted' RETURNING id
		), decided AS (
			INSERT INTO reviews (submission_id, task_id, decision, decided_at, decided_by)
			SELECT b.id, moved.id, 'accept', $2, $3 FROM moved JOIN submissions b ON b.task_id = moved.id AND b.number = $4
			RETURNING submission_id
		), trail AS (
			INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, before, after)
			SELECT $2, $5, $3, $6, 'task.accepted', 'task', id, '{"state": "submitted"}', '{"state": "accepted"}' FROM moved
		), nudged AS (
			INSERT INTO outbox (workflow, kind, created_at) SELECT 'round:' || $7::bigint, 'task.accepted', $2 FROM moved
		)
		SELECT submission_id FROM decided`,
		t.ID, now, actor.UserID, t.Submissions, s.wall(), t.ReviewerID, t.RoundID); err != nil {
		return task.Receipt{}, fmt.Errorf("accept: %w", err)
	}
	return task.Receipt{Task: t.after(task.StateAccepted, now), SubmissionID: submission, Number: t.Submissions}, nil
}

// giveBack returns a submission: new due time, new steps up to it, and a notice
// at once. What was not passed on yet the agency between returns.
func (s *Store) giveBack(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, in task.ReviewInput, now time.Time) (task.Receipt, error) {
	if err := task.CheckMove(t.State, task.StateReturned); err != nil {
		return task.Receipt{}, err
	}
	if t.State != task.StateSubmitted {
		return task.Receipt{}, task.CheckMove(t.State, task.StateScheduled) // reopening is an act of its own
	}
	if err := s.inherit(ctx, tx, actor, &t, now); err != nil {
		return task.Receipt{}, err
	}
	due, steps, err := s.resubmission(ctx, tx, t, in, now)
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
	after, err := json.Marshal(map[string]any{
		"state": task.StateReturned, "decision": in.Decision, "resubmit_due_at": due.At.UTC(), "reason_sha256": digest(in.Reason),
	})
	if err != nil {
		return task.Receipt{}, fmt.Errorf("encode audit: %w", err)
	}
	by, intermediary := t.ReviewerID, int64(0)
	if t.held() {
		by, intermediary = t.ThroughID, t.ThroughID
	}
	invalid := in.Decision == task.Invalid
	var submission int64
	if err := tx.GetContext(ctx, &submission, `
		WITH moved AS (
			UPDATE tasks SET state = 'returned', resubmit_due_at = $4, resubmit_derivation = $5, due_version = due_version + 1,
				first_submitted_at = CASE WHEN $6 THEN NULL ELSE first_submitted_at END, closed_at = NULL, version = version + 1
			WHERE id = $1 AND state = 'submitted' RETURNING id, due_version
		), marked AS (
			UPDATE submissions b SET invalid = $6 FROM moved WHERE b.task_id = moved.id AND b.number = $7 RETURNING b.id, b.task_id
		), decided AS (
			INSERT INTO reviews (submission_id, task_id, decision, reason, resubmit_due_at, decided_at, decided_by, intermediary_id)
			SELECT id, task_id, $8, $9, $4, $2, $3, NULLIF($18::bigint, 0) FROM marked RETURNING submission_id
		), ladder AS (
			INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, occurrence, at, audience, severity, digest, cron, derivation)
			SELECT moved.id, $10, f.code, f.kind, f.anchor, moved.due_version, f.occurrence, f.at, f.audience, f.severity, f.digest, f.cron, f.derivation
			FROM moved, jsonb_to_recordset($11::jsonb) AS f (code text, kind text, anchor text, at timestamptz, audience text[],
				severity int, digest bool, cron text, occurrence int, derivation jsonb)
		), told AS (
			INSERT INTO notifications (user_id, mailbox_agency_id, kind, plan_id, task_id, cause, created_at, deliver_at, standing)
			SELECT user_id, mailbox_id, 'returned', $12::bigint, moved.id, 'returned:' || moved.id || ':' || $7::int || again.nth, $2, $2, true
			FROM moved, (
				-- Where a decision on it was overturned before, this is another one.
				SELECT CASE count(*) WHEN 0 THEN '' ELSE ':' || count(*) END AS nth
				FROM reviews w JOIN submissions b ON b.id = w.submission_id WHERE b.task_id = $1 AND b.number = $7
			) AS again, (
				SELECT DISTINCT m.user_id, NULL::bigint AS mailbox_id FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
				WHERE m.agency_id = $13 AND (m.role = 'focal_point'
						OR m.role = 'head' AND m.user_id = (SELECT h.user_id FROM handovers h WHERE h.task_id = $1 AND h.ended_at IS NULL))
					AND ($2::timestamptz AT TIME ZONE $14)::date BETWEEN m.valid_from_on AND m.valid_to_on
				UNION ALL
				SELECT NULL, id FROM agencies WHERE id = $13 AND mailbox <> ''
			) AS recipient
		), trail AS (
			INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, before, after)
			SELECT $2, $15, $3, $16, 'task.returned', 'task', id, '{"state": "submitted"}', $17::jsonb FROM moved
		), nudged AS (
			INSERT INTO outbox (workflow, kind, created_at)
			SELECT w, 'task.returned', $2 FROM moved, unnest(ARRAY['round:' || $10::bigint, 'delivery:mail']) AS w
		)
		SELECT submission_id FROM decided`,
		t.ID, now, actor.UserID, due.At, string(derivation), invalid, t.Submissions, in.Decision, in.Reason,
		t.RoundID, string(encodedSteps), t.PlanID, t.AgencyID, t.TimeZone, s.wall(), by, string(after), intermediary); err != nil {
		return task.Receipt{}, fmt.Errorf("return: %w", err)
	}
	receipt := task.Receipt{Task: t.after(task.StateReturned, now), SubmissionID: submission, Number: t.Submissions}
	receipt.Task.ResubmitDueAt = &due.At
	return receipt, nil
}

// resubmission computes until when a returned report is to be mended, and the steps up to it.
func (s *Store) resubmission(ctx context.Context, tx *sqlx.Tx, t lockedTask, in task.ReviewInput, now time.Time) (calendar.DueTime, []stepPlan, error) {
	d, err := s.readDuty(ctx, tx, t.DutyID)
	if err != nil {
		return calendar.DueTime{}, nil, err
	}
	w := d.calendars.of(t.AgencyID)
	due := calendar.Resubmit(now, resubmitWorkingDays, w, d.Zone)
	if !in.ResubmitOn.IsZero() {
		if !in.ResubmitOn.After(calendar.DateOf(now, d.Zone)) {
			return due, nil, fault.New(fault.Invalid, "review.resubmit_past",
				"Hạn gửi lại phải sau hôm nay.", "The new due day must be after today.").At("resubmit_on")
		}
		if in.ResubmitOn.Sub(calendar.DateOf(now, d.Zone)) > 366 {
			return due, nil, fault.New(fault.Invalid, "review.resubmit_far",
				"Hạn gửi lại quá xa.", "The new due day is too far away.").At("resubmit_on")
		}
		due = calendar.DueTime{
			At: in.ResubmitOn.AddDays(1).In(d.Zone),
			Derivation: calendar.Derivation{Notes: []calendar.Note{
				{Kind: "resubmit", Date: calendar.DateOf(now, d.Zone)}, {Kind: "end_of_day", Date: in.ResubmitOn},
			}},
		}
	}
	period := calendar.Period{}
	if t.PeriodOnce {
		period.Cadence = calendar.Once
	}
	times, err := calendar.Steps(d.Policy(period), calendar.AnchorDue, due.At, w, d.Zone)
	if err != nil {
		return due, nil, err
	}
	var steps []stepPlan
	for _, step := range stepPlans(times) {
		if step.At.After(now) { // the return itself has just been told
			steps = append(steps, step)
		}
	}
	return due, steps, nil
}
