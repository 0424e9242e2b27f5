package api

import (
	"context"

	"dondoc/internal/policy"
	"dondoc/internal/score"
	"dondoc/internal/target"
)

// TargetService tells whether a plan's targets will be met, and classifies units.
type TargetService interface {
	PlanTargets(ctx context.Context, actor policy.Actor, planID int64) (target.View, error)
	PlanTarget(ctx context.Context, actor policy.Actor, planID int64, code string, under int64) (target.View, error)
	SplitTarget(ctx context.Context, actor policy.Actor, in target.SplitInput) (target.View, error)
	SetBaseline(ctx context.Context, actor policy.Actor, in target.BaselineInput) (target.View, error)
	TaskScores(ctx context.Context, actor policy.Actor, taskID int64) (score.View, error)
	SaveScores(ctx context.Context, actor policy.Actor, in score.Input) (score.View, error)
	CheckScores(ctx context.Context, actor policy.Actor, in score.Input) (score.View, error)
	ScoreSheet(ctx context.Context, actor policy.Actor, f score.Filter) (score.Ranking, error)
}
