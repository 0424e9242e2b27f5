package api

import (
	"context"

	"dondoc/internal/consolidation"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// ConsolidationService sums up the results of a lower level.
type ConsolidationService interface {
	Consolidation(ctx context.Context, actor policy.Actor, taskID int64) (consolidation.View, error)
	ConsolidatedFigure(ctx context.Context, actor policy.Actor, taskID int64, code string) (consolidation.Opened, error)
	CommentInput(ctx context.Context, actor policy.Actor, in task.CommentInput) (task.Comment, error)
	TakeOver(ctx context.Context, actor policy.Actor, in consolidation.TakeOverInput) (task.Draft, error)
}
