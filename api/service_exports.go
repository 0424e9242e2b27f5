package api

import (
	"context"

	"dondoc/internal/agency"
	"dondoc/internal/audit"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/target"
	"dondoc/internal/task"
)

// ExportService gives lists at once; each export leaves a row in the audit trail.
type ExportService interface {
	ExportOverdue(ctx context.Context, actor policy.Actor, f task.BoardFilter) ([]task.Overdue, error)
	ExportPlans(ctx context.Context, actor policy.Actor) ([]plan.Record, error)
	ExportAgencies(ctx context.Context, actor policy.Actor, f agency.Filter) ([]agency.Agency, error)
	ExportTargets(ctx context.Context, actor policy.Actor, planID int64) (target.View, error)
	ExportRequests(ctx context.Context, actor policy.Actor, f request.Filter) ([]request.Request, error)
	ExportEntries(ctx context.Context, actor policy.Actor, f audit.EntryFilter) ([]audit.Entry, error)
}
