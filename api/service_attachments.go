package api

import (
	"context"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// AttachmentService keeps files beside results, and takes out what should never
// have been in them.
type AttachmentService interface {
	AddAttachment(ctx context.Context, actor policy.Actor, in task.UploadInput) (task.Attachment, error)
	ListAttachments(ctx context.Context, actor policy.Actor, taskID int64) ([]task.Attachment, error)
	OpenAttachment(ctx context.Context, actor policy.Actor, id int64) (task.Attachment, []byte, error)
	RemoveAttachment(ctx context.Context, actor policy.Actor, id int64) error
	Redact(ctx context.Context, actor policy.Actor, in task.RedactInput) (task.Redaction, error)
}
