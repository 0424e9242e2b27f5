package api_test

import (
	"context"

	"dondoc/internal/attachment"
	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func sampleAttachment(id int64) task.Attachment {
	return task.Attachment{
		ID: id, TaskID: own, Name: "Báo cáo quý I.pdf", MediaType: "application/pdf", Size: 9, SHA256: "ab", Scan: true, UploadedAt: due, UploadedByName: "Đầu mối",
	}
}

func (f *fake) AddAttachment(ctx context.Context, a policy.Actor, in task.UploadInput) (task.Attachment, error) {
	if key, ok := idempotency.From(ctx); ok {
		f.key = string(key.RequestHash)
	}
	f.note("AddAttachment %d to %d %q %d bytes declared %v", a.UserID, in.TaskID, in.Name, len(in.Content), in.Declared)
	if err := outcome(in.TaskID); err != nil {
		return task.Attachment{}, err
	}
	file, err := attachment.Inspect(in.Name, in.Content, in.Declared, 1<<20)
	kept := sampleAttachment(31)
	kept.Name = file.Name
	return kept, err
}

func (f *fake) ListAttachments(_ context.Context, _ policy.Actor, id int64) ([]task.Attachment, error) {
	return []task.Attachment{sampleAttachment(31)}, outcome(id)
}

func (f *fake) OpenAttachment(_ context.Context, _ policy.Actor, id int64) (task.Attachment, []byte, error) {
	f.note("OpenAttachment %d", id)
	return sampleAttachment(id), []byte("%PDF-1.7\x00"), outcome(id)
}

func (f *fake) RemoveAttachment(_ context.Context, a policy.Actor, id int64) error {
	f.note("RemoveAttachment %d by %d", id, a.UserID)
	return outcome(id)
}

func (f *fake) Redact(_ context.Context, a policy.Actor, in task.RedactInput) (task.Redaction, error) {
	f.note("Redact %d %+v", a.UserID, in)
	if err := outcome(in.SubmissionID); err != nil {
		return task.Redaction{}, err
	}
	in, err := in.Clean()
	return task.Redaction{ID: 4, SubmissionID: in.SubmissionID, Field: in.Field, Reason: in.Reason, Places: 3, RedactedAt: due, RedactedByName: a.Name}, err
}
