package api

import (
	"context"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// SearchService finds plans, duties and results, and tells where the duties and agencies of a plan stand.
type SearchService interface {
	Search(ctx context.Context, actor policy.Actor, query string) (plan.Found, error)
	PlanProgress(ctx context.Context, actor policy.Actor, planID int64) (task.Progress, error)
	Matrix(ctx context.Context, actor policy.Actor, f task.MatrixFilter) (task.Matrix, error)
	Leaders(ctx context.Context, actor policy.Actor, f task.LeadersFilter) (task.Leaders, error)
}
