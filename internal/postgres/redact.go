package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/filestore"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

type redactionRow struct {
	ID           int64     `db:"id"`
	SubmissionID int64     `db:"submission_id"`
	Field        string    `db:"field"`
	AttachmentID int64     `db:"attachment_id"`
	Reason       string    `db:"reason"`
	Places       int       `db:"places"`
	At           time.Time `db:"redacted_at"`
	By           string    `db:"redacted_by_name"`
}

const redactionsOf = `
	SELECT r.id, r.submission_id, r.field, COALESCE(r.attachment_id, 0) AS attachment_id, r.reason, r.places, r.redacted_at, u.name AS redacted_by_name
	FROM redactions r JOIN users u ON u.id = r.redacted_by WHERE r.task_id = $1 ORDER BY r.id`

func (r redactionRow) redaction() task.Redaction {
	return task.Redaction{
		ID: r.ID, SubmissionID: r.SubmissionID, Field: r.Field, AttachmentID: r.AttachmentID, Reason: r.Reason, Places: r.Places,
		RedactedAt: r.At.UTC(), RedactedByName: r.By,
	}
}

// Redact takes personal data out of a submission and out of every text around
// its task that repeats it, or takes out a file with its bytes, everywhere in
// the issuer's plans. It works on plans that are suspended or closed too. The
// audit trail keeps that it was done, not what it said, and still verifies. Faults:
// NotFound; Forbidden for others than the plan authority of the issuer; Invalid
// where there is nothing to take out.
func (s *Store) Redact(ctx context.Context, actor policy.Actor, in task.RedactInput) (task.Redaction, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Redaction{}, err
	}
	var gone *filestore.Sum
	done, err := act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Redaction, error) {
		t, err := s.lockForRedaction(ctx, tx, actor, in.SubmissionID)
		if err != nil {
			return task.Redaction{}, err
		}
		places := 0
		if in.AttachmentID != 0 {
			var sum filestore.Sum
			if places, sum, err = redactFile(ctx, tx, t, in, now); err == nil {
				gone = &sum
			}
		} else {
			places, err = redactText(ctx, tx, t, in)
		}
		if err != nil {
			return task.Redaction{}, err
		}
		return s.keepRedaction(ctx, tx, actor, t, in, places, now)
	})
	if err == nil && gone != nil {
		err = s.dropUnreferenced(context.WithoutCancel(ctx), *gone)
	}
	return done, err
}

func (s *Store) lockForRedaction(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, submissionID int64) (lockedTask, error) {
	var t lockedTask
	var taskID int64
	err := tx.GetContext(ctx, &taskID, `SELECT task_id FROM submissions WHERE id = $1`, submissionID)
	if errors.Is(err, sql.ErrNoRows) {
		return t, notFound()
	}
	if err != nil {
		return t, fmt.Errorf("read submission: %w", err)
	}
	lock, err := s.preparedIn(ctx, tx, lockTask)
	if err != nil {
		return t, err
	}
	if err := lock.GetContext(ctx, &t, taskID); err != nil {
		return t, fmt.Errorf("lock task: %w", err)
	}
	switch {
	case !policy.SeeTask(actor, t.relation()):
		return t, notFound()
	case !policy.RedactSubmission(actor, t.relation()):
		return t, fault.New(fault.Forbidden, "redaction.not_authority",
			"Chỉ cơ quan ban hành văn bản được lược bỏ thông tin cá nhân trong báo cáo.",
			"Only the plan authority of the issuer may take personal data out of a result.")
	}
	return t, nil
}

func (s *Store) keepRedaction(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, in task.RedactInput, places int, now time.Time) (task.Redaction, error) {
	done := task.Redaction{
		SubmissionID: in.SubmissionID, Field: in.Field, AttachmentID: in.AttachmentID, Reason: in.Reason, Places: places,
		RedactedAt: now, RedactedByName: actor.Name,
	}
	if err := tx.GetContext(ctx, &done.ID, `
		INSERT INTO redactions (task_id, submission_id, field, attachment_id, reason, places, redacted_at, redacted_by)
		VALUES ($1, $2, $3, NULLIF($4, 0), $5, $6, $7, $8) RETURNING id`,
		t.ID, in.SubmissionID, in.Field, in.AttachmentID, in.Reason, places, now, actor.UserID); err != nil {
		return done, fmt.Errorf("keep redaction: %w", err)
	}
	// No hash of what was taken out: of twelve digits it would tell the digits.
	err := s.record(ctx, tx, actor, now, change{
		Action: "task.redacted", Entity: "task", EntityID: t.ID, OnBehalf: t.IssuerID,
		After: map[string]any{
			"redaction": done.ID, "submission": in.SubmissionID, "field": in.Field, "attachment": in.AttachmentID, "places": places,
			"reason_sha256": digest(in.Reason),
		},
	})
	return done, err
}

// nothingThere: the version does not hold what is to be taken out.
func nothingThere(field string) error {
	return fault.New(fault.Invalid, "redaction.absent",
		"Bản này không có phần cần lược bỏ. Kiểm tra lại từng chữ, kể cả dấu cách.", "This version does not hold what is to be taken out. Check it letter by letter, blanks included.").At(field)
}

// redactFile takes a file out wherever the issuer's plans have the same bytes.
func redactFile(ctx context.Context, tx *sqlx.Tx, t lockedTask, in task.RedactInput, now time.Time) (int, filestore.Sum, error) {
	var row struct {
		SHA256 []byte `db:"sha256"`
	}
	err := tx.GetContext(ctx, &row, `
		SELECT a.sha256 FROM attachments a JOIN submission_attachments l ON l.attachment_id = a.id
		WHERE l.submission_id = $1 AND a.id = $2 AND a.redacted_at IS NULL`, in.SubmissionID, in.AttachmentID)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, filestore.Sum{}, nothingThere("attachment_id")
	}
	if err != nil {
		return 0, filestore.Sum{}, fmt.Errorf("read attachment: %w", err)
	}
	sum := filestore.Sum(row.SHA256)
	if err := lockFile(ctx, tx, sum); err != nil {
		return 0, sum, err
	}
	var names []string
	if err := tx.SelectContext(ctx, &names, `
		WITH same AS (
			SELECT a.id, a.name FROM attachments a JOIN tasks o ON o.id = a.task_id JOIN plans p ON p.id = o.plan_id
			WHERE a.sha256 = $1 AND a.redacted_at IS NULL AND p.issuer_id = $2
		)
		UPDATE attachments a SET name = $3, redacted_at = $4 FROM same WHERE a.id = same.id RETURNING same.name`,
		sum[:], t.IssuerID, task.Redacted, now); err != nil {
		return 0, sum, fmt.Errorf("redact attachments: %w", err)
	}
	for _, name := range names {
		if _, err := redactAnswers(ctx, tx, name); err != nil {
			return 0, sum, err
		}
	}
	return len(names), sum, nil
}

// redactText takes a passage, or a whole field, out of everything around the task.
func redactText(ctx context.Context, tx *sqlx.Tx, t lockedTask, in task.RedactInput) (int, error) {
	value, err := redactedField(ctx, tx, in)
	if err != nil {
		return 0, err
	}
	passage, field := in.Passage, "passage"
	if passage == "" {
		passage, field = value, "field"
	}
	if value == "" || strings.Contains(task.Redacted, passage) || !strings.Contains(value, passage) {
		return 0, nothingThere(field)
	}
	places := 0
	if in.Passage == "" {
		// The field of this version goes whole even where others say the same in other words.
		if places, err = redactWholeField(ctx, tx, t.ID, in.Field, value); err != nil {
			return 0, err
		}
	}
	if !task.Findable(passage) {
		return places, nil
	}
	more, err := redactEverywhere(ctx, tx, t.ID, passage)
	return places + more, err
}

// redactedField is the text of the submission's field; without a field, all of its texts.
func redactedField(ctx context.Context, tx *sqlx.Tx, in task.RedactInput) (string, error) {
	expression := `concat_ws(E'\n', narrative, document_number, signatory_title, evidence, withdraw_reason,
		(SELECT string_agg(value, E'\n') FROM jsonb_each_text(figures)), (SELECT string_agg(value, E'\n') FROM jsonb_each_text(explanations)))`
	args := []any{in.SubmissionID}
	if column, indicator, ok := task.FigureField(in.Field); ok {
		expression, args = `COALESCE(`+column+` ->> $2, '')`, append(args, indicator)
	} else if in.Field != "" {
		expression = in.Field // Clean admits the names of columns only
	}
	var value string
	if err := tx.GetContext(ctx, &value, `SELECT `+expression+` FROM submissions WHERE id = $1`, args...); err != nil {
		return "", fmt.Errorf("read field: %w", err)
	}
	return value, nil
}
