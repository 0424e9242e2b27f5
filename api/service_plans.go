package api

import (
	"context"
	"time"

	"dondoc/internal/amendment"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// PlanChangeService is what happens to plans while they are followed, and what
// stands around them.
type PlanChangeService interface {
	PreviewAmendment(ctx context.Context, actor policy.Actor, in amendment.Input) (amendment.Preview, error)
	ApplyAmendment(ctx context.Context, actor policy.Actor, in amendment.Input) (amendment.Applied, error)
	PlanVersions(ctx context.Context, actor policy.Actor, planID int64) ([]amendment.Version, error)
	PlanVersion(ctx context.Context, actor policy.Actor, planID int64, number int) (amendment.Contents, error)
	ComparePlanVersions(ctx context.Context, actor policy.Actor, planID int64, from, to int) (amendment.Comparison, error)

	ClosePlan(ctx context.Context, actor policy.Actor, id int64, version int, c amendment.Closing) (plan.Record, error)
	PlanClosure(ctx context.Context, actor policy.Actor, id int64) (amendment.Closure, error)

	PlanLink(ctx context.Context, actor policy.Actor, planID int64) (plan.Link, error)
	LinkPlan(ctx context.Context, actor policy.Actor, planID, dutyID int64) (plan.Link, error)
	UnlinkPlan(ctx context.Context, actor policy.Actor, planID int64) error
	PlanCoverage(ctx context.Context, actor policy.Actor, planID int64) ([]plan.Coverage, error)
	CoverageUnits(ctx context.Context, actor policy.Actor, planID int64, f plan.CoverageFilter) (plan.CoveragePage, error)
	ExportCoverage(ctx context.Context, actor policy.Actor, planID int64, f plan.CoverageFilter) ([]plan.UnitCoverage, *time.Location, error)

	PlanBodies(ctx context.Context, actor policy.Actor, planID int64) ([]plan.BodyRecord, error)
	PlanContent(ctx context.Context, actor policy.Actor, planID int64) ([]plan.ContentRecord, error)
	PlanTemplates(ctx context.Context, actor policy.Actor, planID int64) ([]plan.TemplateRecord, error)
}
