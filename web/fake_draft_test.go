package web

import (
	"context"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// drafted are the drafts of a test, by task.
type drafted struct{ drafts map[int64]task.Draft }

func (d *drafted) FindDraft(_ context.Context, _ policy.Actor, id int64) (task.Draft, error) {
	draft, ok := d.drafts[id]
	if !ok {
		return task.Draft{}, notFound()
	}
	return draft, nil
}

func (d *drafted) SaveDraft(_ context.Context, actor policy.Actor, in task.DraftInput) (task.Draft, error) {
	if present := d.drafts[in.TaskID]; present.Version != in.Version {
		return task.Draft{}, fault.New(fault.Conflict, "draft.changed", "Bản nháp đã được sửa ở máy khác.", "The draft was changed on another device.")
	}
	if d.drafts == nil {
		d.drafts = map[int64]task.Draft{}
	}
	d.drafts[in.TaskID] = task.Draft{TaskID: in.TaskID, Content: in.Content, Version: in.Version + 1, SavedAt: at("2026-06-16 08:00"), SavedBy: actor.UserID, SavedByName: actor.Name}
	return d.drafts[in.TaskID], nil
}
