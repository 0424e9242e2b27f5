package api

import (
	"context"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// SupervisionService is what supervisors and plan authorities do around tasks,
// and what a unit may object to.
type SupervisionService interface {
	ContestReview(ctx context.Context, actor policy.Actor, in task.ContestInput) (task.Contest, error)
	DecideContest(ctx context.Context, actor policy.Actor, in task.ContestDecision) (task.Contest, error)
	ListContests(ctx context.Context, actor policy.Actor, limit int, cursor string) (task.ContestPage, error)
	Reopen(ctx context.Context, actor policy.Actor, in task.ReopenInput) (task.Receipt, error)
	AcceptMany(ctx context.Context, actor policy.Actor, items []task.AcceptItem) ([]task.Outcome, error)
	Urge(ctx context.Context, actor policy.Actor, in task.UrgeInput) (task.UrgeReceipt, error)
	TaskSupervision(ctx context.Context, actor policy.Actor, taskID int64) (task.Supervision, error)
	PreviewByHand(ctx context.Context, actor policy.Actor, in task.HandInput) (task.HandPreview, error)
	OpenByHand(ctx context.Context, actor policy.Actor, in task.HandInput) (task.Round, error)
	ReviewMeasures(ctx context.Context, actor policy.Actor, f task.MeasureFilter) (task.Measures, error)
}
