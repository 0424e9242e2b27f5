package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/attachment"
	"dondoc/internal/fault"
	"dondoc/internal/filestore"
	"dondoc/internal/policy"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

// Scanner looks for malware: the name of what it finds, empty for clean content,
// an error where it could not tell.
type Scanner interface {
	Scan(ctx context.Context, content []byte) (malware string, err error)
}

// fileKeeping is where files lie and who looks at them first.
type fileKeeping struct {
	store   *filestore.Store
	scanner Scanner
	limit   int
}

// KeepFiles says where the bytes of files lie, who looks for malware in them
// (nil: nobody) and how many bytes one may have. Called before the store is used.
func (s *Store) KeepFiles(files *filestore.Store, scanner Scanner, limit int) {
	s.files = fileKeeping{files, scanner, limit}
}

// AddAttachment puts a file beside a task: by the agency's people beside its
// draft, by the reviewing agency's supervisors beside what they are going to
// record. The file is on the disk before its row is committed; whatever goes
// wrong, neither stays without the other. Faults: NotFound, Forbidden; Invalid
// for what may not be kept; Conflict where nothing is owed; Unavailable where
// malware could not be looked for.
func (s *Store) AddAttachment(ctx context.Context, actor policy.Actor, in task.UploadInput) (task.Attachment, error) {
	if s.files.store == nil {
		return task.Attachment{}, fault.New(fault.Unavailable, "attachment.no_folder",
			"Hệ thống chưa có nơi lưu tệp. Báo quản trị hệ thống.", "No folder for files is configured. Tell the administrator.")
	}
	// Strangers learn nothing by sending files, and cost no scan.
	if err := s.maySend(ctx, actor, in.TaskID); err != nil {
		return task.Attachment{}, err
	}
	file, err := attachment.Inspect(in.Name, in.Content, in.Declared, s.files.limit)
	if err == nil {
		err = privacy.Unconfirmed(ctx, privacy.Text{Field: "file", Text: file.Name}, privacy.Text{Field: "file", Text: file.Text})
	}
	if err == nil {
		err = s.scan(ctx, in.Content)
	}
	if err != nil {
		return task.Attachment{}, err
	}
	sum := filestore.SumOf(in.Content)
	kept, err := act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Attachment, error) {
		return s.keepAttachment(ctx, tx, actor, in.TaskID, file, sum, now)
	})
	if err != nil {
		return kept, errors.Join(err, s.dropUnreferenced(context.WithoutCancel(ctx), sum))
	}
	return kept, nil
}

// maySend refuses whoever has no file to put beside the task.
func (s *Store) maySend(ctx context.Context, actor policy.Actor, taskID int64) error {
	var t policy.Task
	err := s.db.QueryRowxContext(ctx, `
		SELECT t.agency_id, COALESCE(t.recipient_id, 0), COALESCE(t.reviewer_id, 0), p.issuer_id, t.plan_id, COALESCE(t.through_id, 0)
		FROM tasks t JOIN plans p ON p.id = t.plan_id WHERE t.id = $1`, taskID).Scan(&t.AgencyID, &t.RecipientID, &t.ReviewerID, &t.IssuerID, &t.PlanID, &t.ThroughID)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !policy.SeeTask(actor, t) {
		return notFound()
	}
	if err != nil {
		return fmt.Errorf("read task: %w", err)
	}
	if !policy.SendFile(actor, t, policy.File{}) && !policy.SendFile(actor, t, policy.File{FromReviewer: true}) {
		return notYourFiles()
	}
	return nil
}

func notYourFiles() error {
	return fault.New(fault.Forbidden, "attachment.not_yours",
		"Chỉ đầu mối, thủ trưởng của đơn vị hoặc người ghi nhận thay được kèm tệp ở đây.",
		"Only the agency's focal points and head, or whoever records for it, may put files here.")
}

func (s *Store) scan(ctx context.Context, content []byte) error {
	if s.files.scanner == nil {
		return nil
	}
	switch malware, err := s.files.scanner.Scan(ctx, content); {
	case err != nil:
		return fmt.Errorf("%w: %w", fault.New(fault.Unavailable, "attachment.no_scan",
			"Chưa kiểm tra được mã độc nên chưa nhận tệp. Hãy thử lại sau ít phút.",
			"Malware cannot be looked for at the moment, so the file was not taken. Try again in a few minutes."), err)
	case malware != "":
		return fault.New(fault.Invalid, "attachment.malware",
			"Tệp có mã độc (%s) nên không được nhận. Quét lại máy tính trước khi gửi.", "The file carries malware (%s) and is not taken. Scan your computer before you send again.", malware).At("file")
	}
	return nil
}

func (s *Store) keepAttachment(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, taskID int64, file attachment.File, sum filestore.Sum, now time.Time) (task.Attachment, error) {
	t, err := s.lockForAct(ctx, tx, actor, taskID, 0)
	if err != nil {
		return task.Attachment{}, err
	}
	fromReviewer := !policy.SendFile(actor, t.relation(), policy.File{})
	if !policy.SendFile(actor, t.relation(), policy.File{FromReviewer: fromReviewer}) {
		return task.Attachment{}, notYourFiles()
	}
	if err := s.checkUpload(ctx, tx, t, fromReviewer); err != nil {
		return task.Attachment{}, err
	}
	if err := lockFile(ctx, tx, sum); err != nil {
		return task.Attachment{}, err
	}
	if _, err := s.files.store.Put(file.Content); err != nil {
		return task.Attachment{}, err
	}
	row := attachmentRow{
		TaskID: t.ID, FromReviewer: fromReviewer, Name: file.Name, MediaType: file.MediaType, Size: int64(len(file.Content)), SHA256: sum[:],
		UploadedAt: now, UploadedBy: actor.Name,
	}
	if err := tx.GetContext(ctx, &row.ID, `
		INSERT INTO attachments (task_id, from_reviewer, name, media_type, size, sha256, declared, uploaded_at, uploaded_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		t.ID, fromReviewer, file.Name, file.MediaType, row.Size, sum[:], file.Declared, now, actor.UserID); err != nil {
		return task.Attachment{}, fmt.Errorf("keep attachment: %w", err)
	}
	return row.attachment(), nil
}

// checkUpload refuses files where no result can be sent, and too many of them.
func (s *Store) checkUpload(ctx context.Context, tx *sqlx.Tx, t lockedTask, fromReviewer bool) error {
	switch {
	case t.Secret:
		return fault.New(fault.Invalid, "secret.content",
			"Nhiệm vụ này báo cáo theo đường văn bản mật. Không nhập tài liệu mật, không kèm tệp.",
			"This duty is reported by the classified route. Enter no classified content and no files.").At("file")
	case !fromReviewer && t.done():
		// Beside a correction, which may come after the round's closing.
	case t.ClosedAt.Valid:
		return roundClosed()
	case t.State == task.StateSubmitted || t.State == task.StateAccepted:
		return alreadySubmitted(t)
	case t.State != task.StateOpen && t.State != task.StateReturned && !(fromReviewer && t.State == task.StatePrepared):
		return fault.New(fault.Conflict, "draft.not_owed",
			"Việc này đang ở trạng thái “%[1]s”, không kèm tệp được lúc này.", "The task is %[2]s; no files can be put beside it now.", t.State.VI(), t.State)
	}
	var waiting int
	if err := tx.GetContext(ctx, &waiting, `
		SELECT count(*) FROM attachments a WHERE a.task_id = $1 AND a.from_reviewer = $2 AND a.redacted_at IS NULL
			AND NOT EXISTS (SELECT 1 FROM submission_attachments l WHERE l.attachment_id = a.id)`, t.ID, fromReviewer); err != nil {
		return fmt.Errorf("count attachments: %w", err)
	}
	if waiting >= attachment.MaxPerTask {
		return fault.New(fault.Conflict, "attachments.full",
			"Đã có %d tệp chưa gửi. Xóa bớt tệp không dùng.", "%d files wait to be sent already. Delete those that are not needed.", waiting)
	}
	return nil
}

// lockFile keeps others from removing or writing the same content until the
// transaction ends: what is referred to is there, what is not is removed.
func lockFile(ctx context.Context, tx *sqlx.Tx, sum filestore.Sum) error {
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('file:' || $1, 0))`, sum.String()); err != nil {
		return fmt.Errorf("lock file: %w", err)
	}
	return nil
}

// dropUnreferenced removes the bytes that no row refers to any more.
func (s *Store) dropUnreferenced(ctx context.Context, sum filestore.Sum) error {
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		if err := lockFile(ctx, tx, sum); err != nil {
			return err
		}
		var used bool
		if err := tx.GetContext(ctx, &used, `
			SELECT EXISTS (SELECT 1 FROM attachments WHERE sha256 = $1 AND redacted_at IS NULL)`, sum[:]); err != nil {
			return fmt.Errorf("look for attachments: %w", err)
		}
		if used {
			return nil
		}
		return s.files.store.Remove(sum)
	})
}
