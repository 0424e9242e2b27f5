package postgres

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/attachment"
	"dondoc/internal/fault"
	"dondoc/internal/task"
)

// checkAttachments refuses files that do not lie beside the task for this
// sender, and counts the scans of signed documents among them.
func checkAttachments(ctx context.Context, tx *sqlx.Tx, t lockedTask, ids []int64, from sender) (scans int, err error) {
	if len(ids) == 0 {
		return 0, nil
	}
	var rows []struct {
		ID        int64  `db:"id"`
		MediaType string `db:"media_type"`
		Declared  bool   `db:"declared"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT a.id, a.media_type, a.declared FROM attachments a
		WHERE a.task_id = $1 AND a.id = ANY ($2) AND a.redacted_at IS NULL
			AND (a.from_reviewer = $3 OR EXISTS (SELECT 1 FROM submission_attachments l WHERE l.attachment_id = a.id))`,
		t.ID, pq.Array(ids), from.fromReviewer); err != nil {
		return 0, fmt.Errorf("read attachments: %w", err)
	}
	known := map[int64]bool{}
	for _, r := range rows {
		known[r.ID] = true
		if r.Declared && attachment.Scan(r.MediaType) {
			scans++
		}
	}
	for _, id := range ids {
		if !known[id] {
			return scans, fault.New(fault.Invalid, "attachments.unknown",
				"Không có tệp số %d bên cạnh việc này. Tải tệp lên trước rồi gửi.", "File %d does not lie beside this task. Upload it first.", id).At("attachments")
		}
	}
	return scans, nil
}

// withFiles adds the sums of the files to what the audit trail keeps of an act.
func withFiles(ctx context.Context, tx *sqlx.Tx, after []byte, ids []int64) ([]byte, error) {
	if len(ids) == 0 {
		return after, nil
	}
	var sums []string
	if err := tx.SelectContext(ctx, &sums, `
		SELECT encode(a.sha256, 'hex') FROM unnest($1::bigint[]) WITH ORDINALITY AS w (id, position) JOIN attachments a ON a.id = w.id
		ORDER BY w.position`, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("read sums of attachments: %w", err)
	}
	facts := map[string]any{}
	if err := json.Unmarshal(after, &facts); err != nil {
		return nil, err
	}
	facts["files_sha256"] = sums
	return json.Marshal(facts)
}

// Where files are attached to: the statement takes the holder and the files.
const (
	toSubmission  = `INSERT INTO submission_attachments (submission_id, attachment_id, position)`
	toPreparation = `INSERT INTO preparation_attachments (preparation_id, attachment_id, position)`
)

func attach(ctx context.Context, tx *sqlx.Tx, to string, holder int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, to+` SELECT $1, id, position FROM unnest($2::bigint[]) WITH ORDINALITY AS w (id, position)`, holder, pq.Array(ids)); err != nil {
		return fmt.Errorf("attach files: %w", err)
	}
	return nil
}

type attachmentRow struct {
	ID           int64        `db:"id"`
	TaskID       int64        `db:"task_id"`
	FromReviewer bool         `db:"from_reviewer"`
	Name         string       `db:"name"`
	MediaType    string       `db:"media_type"`
	Size         int64        `db:"size"`
	SHA256       []byte       `db:"sha256"`
	UploadedAt   time.Time    `db:"uploaded_at"`
	UploadedBy   string       `db:"uploaded_by_name"`
	RedactedAt   sql.NullTime `db:"redacted_at"`
	Submitted    bool         `db:"submitted"` // a submission names it
	Waiting      bool         `db:"waiting"`   // something prepared names it
}

const attachmentColumns = `
	SELECT a.id, a.task_id, a.from_reviewer, a.name, a.media_type, a.size, a.sha256, a.uploaded_at, u.name AS uploaded_by_name, a.redacted_at,
		EXISTS (SELECT 1 FROM submission_attachments l WHERE l.attachment_id = a.id) AS submitted,
		EXISTS (SELECT 1 FROM preparation_attachments l WHERE l.attachment_id = a.id) AS waiting
	FROM attachments a JOIN users u ON u.id = a.uploaded_by `

func (r attachmentRow) attachment() task.Attachment {
	return task.Attachment{
		ID: r.ID, TaskID: r.TaskID, Name: r.Name, MediaType: r.MediaType, Size: r.Size, SHA256: hex.EncodeToString(r.SHA256),
		Scan: attachment.Scan(r.MediaType), UploadedAt: r.UploadedAt.UTC(), UploadedByName: r.UploadedBy,
		Submitted: r.Submitted || r.Waiting, RedactedAt: instant(r.RedactedAt),
	}
}

// addFiles puts files and redactions to the submissions of a task.
func addFiles(ctx context.Context, tx *sqlx.Tx, taskID int64, submissions []task.Submission) error {
	if len(submissions) == 0 {
		return nil
	}
	var rows []struct {
		attachmentRow
		SubmissionID int64 `db:"submission_id"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT l.submission_id, a.id, a.task_id, a.from_reviewer, a.name, a.media_type, a.size, a.sha256, a.uploaded_at, u.name AS uploaded_by_name,
			a.redacted_at, true AS submitted, false AS waiting
		FROM submissions b JOIN submission_attachments l ON l.submission_id = b.id JOIN attachments a ON a.id = l.attachment_id
		JOIN users u ON u.id = a.uploaded_by
		WHERE b.task_id = $1 ORDER BY l.submission_id, l.position`, taskID); err != nil {
		return fmt.Errorf("read files of submissions: %w", err)
	}
	var redactions []redactionRow
	if err := tx.SelectContext(ctx, &redactions, redactionsOf, taskID); err != nil {
		return fmt.Errorf("read redactions: %w", err)
	}
	for i := range submissions {
		for _, r := range rows {
			if r.SubmissionID == submissions[i].ID {
				submissions[i].Attachments = append(submissions[i].Attachments, r.attachment())
			}
		}
		for _, r := range redactions {
			if r.SubmissionID == submissions[i].ID {
				submissions[i].Redactions = append(submissions[i].Redactions, r.redaction())
			}
		}
	}
	return nil
}
