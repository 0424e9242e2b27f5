package web

import (
	"context"
	"time"

	"dondoc/internal/attachment"
	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// kept is what the fake keeps of files, by task; another click with the same
// key keeps nothing more.
type kept struct {
	files    map[int64][]task.Attachment
	contents map[int64][]byte
	byKey    map[string]task.Attachment
}

func (f *fake) AddAttachment(ctx context.Context, actor policy.Actor, in task.UploadInput) (task.Attachment, error) {
	if !policy.SendFile(actor, relation(f.details[in.TaskID].Task), policy.File{}) {
		return task.Attachment{}, notFound()
	}
	file, err := attachment.Inspect(in.Name, in.Content, in.Declared, 1<<20)
	if err != nil {
		return task.Attachment{}, err
	}
	key, _ := idempotency.From(ctx)
	if before, ok := f.kept.byKey[key.Value]; ok && key.Value != "" {
		return before, nil
	}
	a := task.Attachment{ID: int64(41 + len(f.kept.contents)), TaskID: in.TaskID, Name: file.Name, MediaType: file.MediaType, Size: int64(len(in.Content)), UploadedAt: time.Time{}}
	if f.kept.files == nil {
		f.kept = kept{map[int64][]task.Attachment{}, map[int64][]byte{}, map[string]task.Attachment{}}
	}
	f.kept.files[in.TaskID], f.kept.contents[a.ID], f.kept.byKey[key.Value] = append(f.kept.files[in.TaskID], a), in.Content, a
	return a, nil
}

func (f *fake) ListAttachments(_ context.Context, _ policy.Actor, id int64) ([]task.Attachment, error) {
	return f.kept.files[id], nil
}

func (f *fake) OpenAttachment(_ context.Context, actor policy.Actor, id int64) (task.Attachment, []byte, error) {
	for _, list := range f.kept.files {
		for _, a := range list {
			if a.ID == id && policy.SeeTask(actor, relation(f.details[a.TaskID].Task)) {
				return a, f.kept.contents[id], nil
			}
		}
	}
	return task.Attachment{}, nil, notFound()
}
