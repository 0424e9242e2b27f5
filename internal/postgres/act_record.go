package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// keepRecord is keepSubmission for what came outside of the system: "on time"
// looks at when it was received, the reviewer's days count from the recording.
// The agency's own draft stays: it is not the recorder's to delete.
const keepRecord = `
	WITH moved AS (
		UPDATE tasks SET state = 'submitted', submitted_at = $2, first_submitted_at = LEAST(first_submitted_at, $12),
			submissions = submissions + 1, version = version + 1,
			-- It reached the reviewer already.
			forwarded = CASE WHEN through_id IS NULL THEN forwarded ELSE submissions + 1 END
		WHERE id = $1 AND state = $3 RETURNING id
	), kept AS (
		INSERT INTO submissions (task_id, number, kind, narrative, figures, document_number, document_on, signatory_title,
			submitted_at, submitted_by, from_state, recorded_at, on_behalf_of, channel, evidence, explanations)
		SELECT id, $4, $5, $6, $7, $8, NULLIF($9, '')::date, $10, $12, $11,
			-- Withdrawing leads back behind a version that waited for the head.
			COALESCE((SELECT p.from_state FROM preparations p WHERE p.task_id = moved.id AND p.outcome = 'waiting'), $3),
			$2, $13, $14, $15, $20 FROM moved RETURNING id
	), superseded AS (
		UPDATE preparations p SET outcome = 'superseded', decided_at = $2, decided_by = $11
		FROM moved WHERE p.task_id = moved.id AND p.outcome = 'waiting'
	), ladder AS (
		INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, occurrence, at, audience, severity, digest, cron, derivation)
		SELECT moved.id, $16, f.code, f.kind, f.anchor, $4, f.occurrence, f.at, f.audience, f.severity, f.digest, f.cron, f.derivation
		FROM moved, jsonb_to_recordset($17::jsonb) AS f (code text, kind text, anchor text, at timestamptz, audience text[],
			severity int, digest bool, cron text, occurrence int, derivation jsonb)
	), trail AS (
		INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, before, after)
		SELECT $2, $18, $11, $13, 'task.recorded', 'task', id, jsonb_build_object('state', $3::text), $19::jsonb FROM moved
	), nudged AS (
		INSERT INTO outbox (workflow, kind, created_at)
		SELECT w, 'task.recorded', $2 FROM moved, unnest(ARRAY['round:' || $16::bigint, 'delivery:mail']) AS w
	)
	SELECT id FROM kept`

// RecordSubmission records a result that the agency handed over outside of the
// system ("ghi nhận thay"), with who recorded it and for whom; the agency is told.
func (s *Store) RecordSubmission(ctx context.Context, actor policy.Actor, in task.RecordInput) (task.Receipt, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Receipt{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Receipt, error) {
		if err := holdCalendar(ctx, tx); err != nil { // for the reviewer's steps
			return task.Receipt{}, err
		}
		t, err := s.lockForAct(ctx, tx, actor, in.TaskID, in.Version)
		if err != nil {
			return task.Receipt{}, err
		}
		return s.recordLocked(ctx, tx, actor, t, in, now)
	})
}

// recordLocked records a result of a task that is locked, with the calendar held.
func (s *Store) recordLocked(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, in task.RecordInput, now time.Time) (task.Receipt, error) {
	if !policy.RecordTask(actor, t.relation()) {
		return task.Receipt{}, fault.New(fault.Forbidden, "task.not_reviewer",
			"Chỉ người theo dõi của cơ quan nhận báo cáo được ghi nhận thay.", "Only supervisors of the reviewing agency may record a result.")
	}
	if err := s.checkRecord(ctx, tx, t, in, now); err != nil {
		return task.Receipt{}, err
	}
	checked, err := s.checkResult(ctx, tx, t, in.Content.Submission(t.ID, in.Version), asReviewer(in.Evidence != ""))
	if err != nil {
		return task.Receipt{}, err
	}
	in.Content = checked.Content()
	steps, err := s.reviewSteps(ctx, tx, t, now)
	if err != nil {
		return task.Receipt{}, err
	}
	return s.insertRecord(ctx, tx, actor, t, in, steps, now)
}

func (s *Store) checkRecord(ctx context.Context, tx *sqlx.Tx, t lockedTask, in task.RecordInput, now time.Time) error {
	if t.ClosedAt.Valid {
		return roundClosed()
	}
	if t.State == task.StateSubmitted || t.State == task.StateAccepted {
		return alreadySubmitted(t)
	}
	if err := task.CheckMove(t.State, task.StateSubmitted); err != nil {
		return err
	}
	zone, err := calendar.Zone(t.TimeZone)
	if err != nil {
		return fmt.Errorf("plan zone: %w", err)
	}
	var opened time.Time
	if err := tx.GetContext(ctx, &opened, `SELECT opened_at FROM rounds WHERE id = $1`, t.RoundID); err != nil {
		return fmt.Errorf("read round: %w", err)
	}
	if in.ReceivedAt.After(now) || in.ReceivedAt.Before(opened) {
		return fault.New(fault.Invalid, "record.received_at",
			"Thời điểm nhận phải từ lúc mở kỳ báo cáo (%s) đến bây giờ (%s).",
			"The time of receipt must lie between the opening of the round (%s) and now (%s).",
			opened.In(zone).Format("15:04 02/01/2006"), now.In(zone).Format("15:04 02/01/2006")).At("received_at")
	}
	return checkContent(t, in.Content.Submission(t.ID, 0), now)
}

func (s *Store) insertRecord(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, in task.RecordInput, steps []stepPlan, now time.Time) (task.Receipt, error) {
	figures, encodedFigures, err := encodeFigures(in.Figures)
	if err != nil {
		return task.Receipt{}, err
	}
	explanations, err := encodeExplanations(in.Explanations)
	if err != nil {
		return task.Receipt{}, err
	}
	encodedSteps, err := json.Marshal(append([]stepPlan{}, steps...))
	if err != nil {
		return task.Receipt{}, fmt.Errorf("encode steps: %w", err)
	}
	number := t.Submissions + 1
	after, err := json.Marshal(map[string]any{
		"state": task.StateSubmitted, "number": number, "kind": in.Kind, "figures": auditFigures(figures), "received_at": in.ReceivedAt.UTC(),
		"channel": in.Channel, "text_sha256": contentDigest(in.Content), "evidence_sha256": digest(in.Evidence),
	})
	if err == nil {
		after, err = withFiles(ctx, tx, after, in.Attachments)
	}
	if err != nil {
		return task.Receipt{}, fmt.Errorf("encode audit: %w", err)
	}
	var id int64
	if err := tx.GetContext(ctx, &id, keepRecord,
		t.ID, now, t.State, number, in.Kind, in.Narrative, encodedFigures, in.DocumentNumber, in.DocumentOn.String(), in.SignatoryTitle,
		actor.UserID, in.ReceivedAt, t.AgencyID, in.Channel, in.Evidence, t.RoundID, string(encodedSteps), s.wall(), string(after), explanations); err != nil {
		return task.Receipt{}, fmt.Errorf("record submission: %w", err)
	}
	if err := attach(ctx, tx, toSubmission, id, in.Attachments); err != nil {
		return task.Receipt{}, err
	}
	if t.Consolidates {
		if err := keepMissing(ctx, tx, t.ID, id); err != nil {
			return task.Receipt{}, err
		}
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO notifications (user_id, mailbox_agency_id, kind, plan_id, task_id, cause, created_at, deliver_at, standing)
		SELECT user_id, mailbox_id, 'recorded', $5::bigint, $6::bigint, 'recorded:' || $7::bigint, $3::timestamptz, morning_at_or_after($3, $4), true
		FROM (`+tellAgency+`) AS recipient`,
		t.AgencyID, policy.FocalPoint, now, t.TimeZone, t.PlanID, t.ID, id); err != nil {
		return task.Receipt{}, fmt.Errorf("tell the agency: %w", err)
	}
	first := t.FirstAt
	if !first.Valid || in.ReceivedAt.Before(first.Time) {
		first.Time, first.Valid = in.ReceivedAt, true
	}
	receipt := task.Receipt{Task: t.standing(task.StateSubmitted, first, now), SubmissionID: id, Number: number}
	receipt.Task.SubmittedAt = &now
	return receipt, nil
}
