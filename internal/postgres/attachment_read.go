package postgres

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/dossier"
	"dondoc/internal/fault"
	"dondoc/internal/filestore"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// foundAttachment is a file with the task that it lies beside.
type foundAttachment struct {
	attachmentRow
	AgencyID    int64 `db:"agency_id"`
	RecipientID int64 `db:"recipient_id"`
	ReviewerID  int64 `db:"reviewer_id"`
	IssuerID    int64 `db:"issuer_id"`
	PlanID      int64 `db:"plan_id"`
	ThroughID   int64 `db:"through_id"`
}

func (f foundAttachment) relation() policy.Task {
	return policy.Task{AgencyID: f.AgencyID, RecipientID: f.RecipientID, ReviewerID: f.ReviewerID, IssuerID: f.IssuerID, PlanID: f.PlanID, ThroughID: f.ThroughID}
}

// task is what the trail of reading asks of the task.
func (f foundAttachment) task() task.Task {
	return task.Task{ID: f.TaskID, AgencyID: f.AgencyID, RecipientID: f.RecipientID, ReviewerID: f.ReviewerID, IssuerID: f.IssuerID, PlanID: f.PlanID, ThroughID: f.ThroughID}
}

func (f foundAttachment) file() policy.File {
	return policy.File{FromReviewer: f.FromReviewer, Submitted: f.Submitted}
}

// findAttachment reads a file that the actor may see; for all others there is none.
func findAttachment(ctx context.Context, q sqlx.QueryerContext, actor policy.Actor, id int64) (foundAttachment, error) {
	var found foundAttachment
	err := sqlx.GetContext(ctx, q, &found, `
		SELECT a.*, t.agency_id, COALESCE(t.recipient_id, 0) AS recipient_id, COALESCE(t.reviewer_id, 0) AS reviewer_id, p.issuer_id, t.plan_id, COALESCE(t.through_id, 0) AS through_id
		FROM (`+attachmentColumns+`WHERE a.id = $1) AS a JOIN tasks t ON t.id = a.task_id JOIN plans p ON p.id = t.plan_id`, id)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !policy.SeeFile(actor, found.relation(), found.file()) {
		return found, notFound()
	}
	if err != nil {
		return found, fmt.Errorf("read attachment: %w", err)
	}
	return found, nil
}

// OpenAttachment gives a file byte for byte, held against its sum. A download of
// another agency's file is logged, each time: it leaves the system. Faults:
// NotFound, also where the file was redacted; Unavailable where the bytes are
// missing or altered.
func (s *Store) OpenAttachment(ctx context.Context, actor policy.Actor, id int64) (task.Attachment, []byte, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return task.Attachment{}, nil, fmt.Errorf("business clock: %w", err)
	}
	found, err := findAttachment(ctx, s.db, actor, id)
	if err != nil {
		return task.Attachment{}, nil, err
	}
	if found.RedactedAt.Valid {
		return task.Attachment{}, nil, fault.New(fault.NotFound, "attachment.redacted",
			"Tệp này đã được lược bỏ vì có thông tin cá nhân.", "This file was taken out because it held personal data.")
	}
	content, err := s.bytesOf(found.attachmentRow)
	if err != nil {
		return task.Attachment{}, nil, err
	}
	if policy.OwnResult(actor, found.AgencyID) {
		return found.attachment(), content, nil
	}
	err = s.transact(ctx, func(tx *sqlx.Tx) error {
		return s.record(ctx, tx, actor.Reader(), now, change{
			Action: fileDownloaded, Entity: "task", EntityID: found.TaskID, OnBehalf: actor.Reading(),
			After: underDecision(actor, found.task(), map[string]any{"attachment": found.ID, "sha256": found.attachment().SHA256}),
		})
	})
	return found.attachment(), content, err
}

// bytesOf reads a file's content; damage is told with what to do about it.
func (s *Store) bytesOf(row attachmentRow) ([]byte, error) {
	if s.files.store == nil {
		return nil, damaged(row, filestore.ErrMissing)
	}
	content, err := s.files.store.Get(filestore.Sum(row.SHA256))
	if errors.Is(err, filestore.ErrMissing) || errors.Is(err, filestore.ErrAltered) {
		return nil, damaged(row, err)
	}
	return content, err
}

func damaged(row attachmentRow, err error) error {
	return fmt.Errorf("%w: %w", fault.New(fault.Unavailable, "attachment.damaged",
		"Tệp số %d bị thiếu hoặc đã bị thay đổi trong nơi lưu tệp nên không đưa ra. Báo quản trị hệ thống chạy “dondoc files verify” và khôi phục từ bản sao lưu.",
		"File %d is missing or was altered where files are kept, and is not given out. Have the administrator run \"dondoc files verify\" and restore it from the backup.",
		row.ID), err)
}

// contentsOf reads the bytes of files for a dossier, which holds only so much.
func (s *Store) contentsOf(attachments []task.Attachment) (map[int64][]byte, error) {
	total := int64(0)
	for _, a := range attachments {
		if a.RedactedAt == nil {
			total += a.Size
		}
	}
	if total > dossier.MaxBytes {
		return nil, dossier.TooLarge()
	}
	contents := map[int64][]byte{}
	for _, a := range attachments {
		if a.RedactedAt != nil {
			continue
		}
		sum, err := hex.DecodeString(a.SHA256)
		if err != nil {
			return nil, fmt.Errorf("sum of attachment %d: %w", a.ID, err)
		}
		if contents[a.ID], err = s.bytesOf(attachmentRow{ID: a.ID, SHA256: sum}); err != nil {
			return nil, err
		}
	}
	return contents, nil
}

// ListAttachments are the files that the actor's side has put beside a task,
// those that wait first. Whoever has no side there finds nothing.
func (s *Store) ListAttachments(ctx context.Context, actor policy.Actor, taskID int64) ([]task.Attachment, error) {
	if err := s.maySend(ctx, actor, taskID); err != nil {
		if fault.Is(err, fault.Forbidden) {
			return nil, notFound()
		}
		return nil, err
	}
	var rows []foundAttachment
	if err := s.db.SelectContext(ctx, &rows, `
		SELECT a.*, t.agency_id, COALESCE(t.recipient_id, 0) AS recipient_id, COALESCE(t.reviewer_id, 0) AS reviewer_id, p.issuer_id, t.plan_id, COALESCE(t.through_id, 0) AS through_id
		FROM (`+attachmentColumns+`WHERE a.task_id = $1 AND a.redacted_at IS NULL) AS a JOIN tasks t ON t.id = a.task_id JOIN plans p ON p.id = t.plan_id
		ORDER BY a.submitted OR a.waiting, a.id`, taskID); err != nil {
		return nil, fmt.Errorf("read attachments: %w", err)
	}
	list := []task.Attachment{}
	for _, r := range rows {
		if policy.SendFile(actor, r.relation(), r.file()) {
			list = append(list, r.attachment())
		}
	}
	return list, nil
}

// RemoveAttachment deletes a file that was never sent, bytes and row. Faults:
// NotFound; Forbidden for others than its own side; Conflict where a submission,
// or what waits or waited for the head, names it.
func (s *Store) RemoveAttachment(ctx context.Context, actor policy.Actor, id int64) error {
	var sum filestore.Sum
	err := s.transact(ctx, func(tx *sqlx.Tx) error {
		// The task's lock keeps a submission from naming it meanwhile.
		if _, err := tx.ExecContext(ctx, `SELECT 1 FROM tasks WHERE id = (SELECT task_id FROM attachments WHERE id = $1) FOR UPDATE`, id); err != nil {
			return fmt.Errorf("lock task: %w", err)
		}
		found, err := findAttachment(ctx, tx, actor, id)
		switch {
		case err != nil:
			return err
		case !policy.SendFile(actor, found.relation(), found.file()):
			return notYourFiles()
		case found.Submitted || found.Waiting:
			return fault.New(fault.Conflict, "attachment.submitted",
				"Tệp này đã được gửi hoặc đã trình nên không xóa được. Bản gửi sau không cần kèm tệp ấy.",
				"This file was sent or prepared and stays. Leave it out of the next version.")
		}
		sum = filestore.Sum(found.SHA256)
		if _, err := tx.ExecContext(ctx, `DELETE FROM attachments WHERE id = $1`, id); err != nil {
			return fmt.Errorf("delete attachment: %w", err)
		}
		return nil
	})
	if err != nil {
		return translate(err)
	}
	return s.dropUnreferenced(context.WithoutCancel(ctx), sum)
}
