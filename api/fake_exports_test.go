package api_test

import (
	"context"

	"dondoc/internal/agency"
	"dondoc/internal/audit"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	asked "dondoc/internal/request"
	"dondoc/internal/target"
	"dondoc/internal/task"
)

func (f *fake) ExportOverdue(ctx context.Context, a policy.Actor, filter task.BoardFilter) ([]task.Overdue, error) {
	board, err := f.Board(ctx, a, filter)
	f.note("ExportOverdue %+v", filter)
	return board.Overdue, err
}

func (f *fake) ExportPlans(ctx context.Context, a policy.Actor) ([]plan.Record, error) {
	plans, err := f.ListPlans(ctx, a)
	f.note("ExportPlans by")
	return plans, err
}

func (f *fake) ExportAgencies(ctx context.Context, a policy.Actor, filter agency.Filter) ([]agency.Agency, error) {
	page, err := f.ListAgencies(ctx, a, filter)
	f.note("ExportAgencies %+v", filter)
	return page.Agencies, err
}

func (f *fake) ExportTargets(ctx context.Context, a policy.Actor, planID int64) (target.View, error) {
	view, err := f.PlanTargets(ctx, a, planID)
	f.note("ExportTargets %d", planID)
	return view, err
}

func (f *fake) ExportRequests(ctx context.Context, a policy.Actor, filter asked.Filter) ([]asked.Request, error) {
	page, err := f.ListRequests(ctx, a, filter)
	f.note("ExportRequests %+v", filter)
	for i := range page.Requests {
		page.Requests[i].TimeZone = "Asia/Ho_Chi_Minh"
	}
	return page.Requests, err
}

func (f *fake) ExportEntries(ctx context.Context, a policy.Actor, filter audit.EntryFilter) ([]audit.Entry, error) {
	page, err := f.ListAudit(ctx, a, filter)
	f.note("ExportEntries %+v", filter)
	return page.Entries, err
}
