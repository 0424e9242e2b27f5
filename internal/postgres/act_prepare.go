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

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// prepare keeps what a focal point sends in until the head approves it. The
// ladder of the due time goes on meanwhile: the result is still owed.
func (s *Store) prepare(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, in task.SubmitInput, now time.Time) (task.Receipt, error) {
	if err := task.CheckMove(t.State, task.StatePrepared); err != nil {
		return task.Receipt{}, err
	}
	zone, err := calendar.Zone(t.TimeZone)
	if err != nil {
		return task.Receipt{}, fmt.Errorf("plan zone: %w", err)
	}
	due := t.DueAt
	if t.State == task.StateReturned {
		due = t.ResubmitAt.Time
	}
	// The head reads it in the morning, unless that would be too late.
	urgent := !calendar.DueDay(due, zone).After(calendar.DateOf(now, zone))
	_, encoded, err := encodeFigures(in.Figures)
	if err != nil {
		return task.Receipt{}, err
	}
	explanations, err := encodeExplanations(in.Explanations)
	if err != nil {
		return task.Receipt{}, err
	}
	// The trail is read outside of the agency too: until the head approves, it holds no figures.
	after, err := json.Marshal(map[string]any{
		"state": task.StatePrepared, "text_sha256": contentDigest(in.Content()), "figures_sha256": digest(encoded),
	})
	if err == nil {
		after, err = withFiles(ctx, tx, after, in.Attachments)
	}
	if err != nil {
		return task.Receipt{}, fmt.Errorf("encode audit: %w", err)
	}
	var id int64
	if err := tx.GetContext(ctx, &id, `
		WITH moved AS (
			UPDATE tasks SET state = 'prepared', version = version + 1 WHERE id = $1 AND state = $3 RETURNING id
		), kept AS (
			INSERT INTO preparations (task_id, from_state, kind, narrative, figures, document_number, document_on, signatory_title, prepared_at, prepared_by, explanations)
			SELECT id, $3, $4, $5, $6, $7, NULLIF($8, '')::date, $9, $2, $10, $15 FROM moved RETURNING id, task_id
		), cleared AS (
			DELETE FROM task_drafts d USING moved WHERE d.task_id = moved.id
		), trail AS (
			INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, before, after)
			SELECT $2, $11, $10, $12, 'task.prepared', 'task', id, jsonb_build_object('state', $3::text), $13::jsonb FROM moved
		), nudged AS (
			INSERT INTO outbox (workflow, kind, created_at)
			SELECT w, 'task.prepared', $2 FROM moved, unnest(ARRAY['round:' || $14::bigint, 'delivery:mail']) AS w
		)
		SELECT id FROM kept`,
		t.ID, now, t.State, in.Kind, in.Narrative, encoded, in.DocumentNumber, in.DocumentOn.String(), in.SignatoryTitle,
		actor.UserID, s.wall(), t.AgencyID, string(after), t.RoundID, explanations); err != nil {
		return task.Receipt{}, fmt.Errorf("prepare: %w", err)
	}
	if err := attach(ctx, tx, toPreparation, id, in.Attachments); err != nil {
		return task.Receipt{}, err
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO notifications (user_id, mailbox_agency_id, kind, plan_id, task_id, cause, created_at, deliver_at)
		SELECT user_id, mailbox_id, 'prepared', $5::bigint, $6::bigint, 'prepared:' || $7::bigint, $3::timestamptz,
			CASE WHEN $8 THEN $3::timestamptz ELSE morning_at_or_after($3, $4) END
		FROM (`+tellAgency+`) AS recipient`,
		t.AgencyID, policy.Head, now, t.TimeZone, t.PlanID, t.ID, id, urgent); err != nil {
		return task.Receipt{}, fmt.Errorf("tell the head: %w", err)
	}
	return task.Receipt{Task: t.standing(task.StatePrepared, t.FirstAt, now)}, nil
}

type preparationRow struct {
	contentRow
	ID             int64      `db:"id"`
	From           task.State `db:"from_state"`
	PreparedAt     time.Time  `db:"prepared_at"`
	PreparedBy     int64      `db:"prepared_by"`
	PreparedByName string     `db:"prepared_by_name"`
	// Attachments are the numbers of its files, in their order.
	Attachments pq.Int64Array `db:"attachments"`
}

// prepared is what it says, with its files.
func (p preparationRow) prepared(fields []task.Field) (task.Content, error) {
	c, err := p.content(fields)
	if err != nil {
		return c, fmt.Errorf("preparation %d: %w", p.ID, err)
	}
	c.Attachments = p.Attachments
	return c, nil
}

const waitingPreparation = `
	SELECT p.id, p.from_state, p.kind, p.narrative, p.figures, p.explanations, p.document_number, p.document_on, p.signatory_title,
		p.prepared_at, p.prepared_by, u.name AS prepared_by_name,
		ARRAY(SELECT attachment_id FROM preparation_attachments l WHERE l.preparation_id = p.id ORDER BY position) AS attachments
	FROM preparations p JOIN users u ON u.id = p.prepared_by WHERE p.task_id = $1 AND p.outcome = 'waiting'`

// DecidePreparation is the head's approval, which sends the result off, or the
// way back to the focal points: given back by the head, taken back by them.
func (s *Store) DecidePreparation(ctx context.Context, actor policy.Actor, in task.PreparationInput) (task.Receipt, error) {
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
		if err := agencyOnly(actor, t); err != nil {
			return task.Receipt{}, err
		}
		if in.Decision != task.TakeBack && !policy.ApproveTask(actor, t.relation()) {
			return task.Receipt{}, fault.New(fault.Forbidden, "task.not_head",
				"Chỉ thủ trưởng đơn vị được duyệt hoặc chuyển lại.", "Only the agency's head may approve or give back.")
		}
		if t.ClosedAt.Valid {
			return task.Receipt{}, roundClosed()
		}
		if t.State != task.StatePrepared {
			return task.Receipt{}, fault.New(fault.Conflict, "task.not_prepared",
				"Không có bản nào chờ thủ trưởng duyệt: việc này đang ở trạng thái “%[1]s”.",
				"Nothing waits for the head: the task is %[2]s.", t.State.VI(), t.State)
		}
		var p preparationRow
		if err := tx.GetContext(ctx, &p, waitingPreparation, t.ID); err != nil {
			return task.Receipt{}, fmt.Errorf("read preparation: %w", err)
		}
		if in.Decision == task.Approve {
			return s.approve(ctx, tx, actor, t, p, now)
		}
		return s.unprepare(ctx, tx, actor, t, p, in, now)
	})
}

// approve submits what was prepared: "on time" is counted at the approval.
func (s *Store) approve(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, p preparationRow, now time.Time) (task.Receipt, error) {
	content, err := p.prepared(nil)
	if err != nil {
		return task.Receipt{}, err
	}
	steps, err := s.waitingSteps(ctx, tx, t, now)
	if err != nil {
		return task.Receipt{}, err
	}
	receipt, err := s.insertSubmission(ctx, tx, actor, t, content.Submission(t.ID, t.Version), steps, now)
	if err != nil {
		return task.Receipt{}, err
	}
	if _, err := tx.ExecContext(ctx, `
		WITH approved AS (
			UPDATE preparations SET outcome = 'approved', decided_at = $3, decided_by = $4 WHERE id = $2 AND outcome = 'waiting'
			RETURNING prepared_by, from_state
		)
		UPDATE submissions b SET prepared_by = approved.prepared_by, from_state = approved.from_state FROM approved WHERE b.id = $1`,
		receipt.SubmissionID, p.ID, now, actor.UserID); err != nil {
		return task.Receipt{}, fmt.Errorf("keep approval: %w", err)
	}
	return receipt, nil
}

// unprepare leads back to where the task was before; what was written becomes the draft again.
func (s *Store) unprepare(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, p preparationRow, in task.PreparationInput, now time.Time) (task.Receipt, error) {
	if err := task.CheckMove(t.State, p.From); err != nil {
		return task.Receipt{}, err
	}
	outcome, action := "taken_back", "task.taken_back"
	if in.Decision == task.GiveBack {
		outcome, action = "given_back", "task.given_back"
	}
	after, err := json.Marshal(map[string]any{"state": p.From, "reason_sha256": digest(in.Reason)})
	if err != nil {
		return task.Receipt{}, fmt.Errorf("encode audit: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		WITH moved AS (
			UPDATE tasks SET state = $3, version = version + 1 WHERE id = $1 AND state = 'prepared' RETURNING id
		), decided AS (
			UPDATE preparations SET outcome = $4, reason = $5, decided_at = $2, decided_by = $6 FROM moved
			WHERE preparations.id = $7 AND outcome = 'waiting'
		), trail AS (
			INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, before, after)
			SELECT $2, $8, $6, $9, $10, 'task', id, '{"state": "prepared"}', $11::jsonb FROM moved
		)
		INSERT INTO outbox (workflow, kind, created_at)
		SELECT w, $10, $2 FROM moved, unnest(ARRAY['round:' || $12::bigint, 'delivery:mail']) AS w`,
		t.ID, now, p.From, outcome, in.Reason, actor.UserID, p.ID, s.wall(), t.AgencyID, action, string(after), t.RoundID); err != nil {
		return task.Receipt{}, fmt.Errorf("%s: %w", outcome, err)
	}
	if err := restoreDraft(ctx, tx, `SELECT `+contentColumns+` FROM preparations WHERE id = $4`, t.ID, now, p.PreparedBy, p.ID); err != nil {
		return task.Receipt{}, err
	}
	if in.Decision == task.GiveBack {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO notifications (user_id, mailbox_agency_id, kind, plan_id, task_id, cause, created_at, deliver_at, standing)
			SELECT user_id, mailbox_id, 'given_back', $5::bigint, $6::bigint, 'given_back:' || $7::bigint, $3::timestamptz, $3::timestamptz, true
			FROM (`+tellAgency+`) AS recipient`,
			t.AgencyID, policy.FocalPoint, now, t.TimeZone, t.PlanID, t.ID, p.ID); err != nil {
			return task.Receipt{}, fmt.Errorf("tell the focal points: %w", err)
		}
	}
	return task.Receipt{Task: t.standing(p.From, t.FirstAt, now)}, nil
}

// FindPreparation gives what waits for the head, to the agency's own people
// only. Faults: NotFound where nothing waits, or for anybody else.
func (s *Store) FindPreparation(ctx context.Context, actor policy.Actor, taskID int64) (task.Preparation, error) {
	var found task.Preparation
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		fields, err := s.ownFields(ctx, tx, actor, taskID)
		if err != nil {
			return err
		}
		var p preparationRow
		err = tx.GetContext(ctx, &p, waitingPreparation, taskID)
		if errors.Is(err, sql.ErrNoRows) {
			return notFound()
		}
		if err != nil {
			return fmt.Errorf("read preparation: %w", err)
		}
		found = task.Preparation{ID: p.ID, TaskID: taskID, PreparedAt: p.PreparedAt.UTC(), PreparedBy: p.PreparedBy, PreparedByName: p.PreparedByName}
		found.Content, err = p.prepared(fields)
		return err
	})
	return found, err
}
