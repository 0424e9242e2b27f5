package api

import (
	"context"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// CorrectionService corrects results that are done, passes results on, and keeps
// supervisors' notes.
type CorrectionService interface {
	Correct(ctx context.Context, actor policy.Actor, in task.CorrectInput) (task.Correction, error)
	DecideCorrection(ctx context.Context, actor policy.Actor, in task.CorrectionAct) (task.Correction, error)
	ListCorrections(ctx context.Context, actor policy.Actor, limit int, cursor string) (task.CorrectionPage, error)
	Forward(ctx context.Context, actor policy.Actor, in task.ForwardInput) (task.Receipt, error)
	NoteTask(ctx context.Context, actor policy.Actor, in task.NoteInput) (task.Note, error)
	TaskNotes(ctx context.Context, actor policy.Actor, taskID int64) ([]task.Note, error)
}
