package api

import (
	"context"

	"dondoc/internal/audit"
	"dondoc/internal/dossier"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// RatesService tells how agencies keep their due times, and what the audit
// trail says. Exports leave a row in that trail.
type RatesService interface {
	Rates(ctx context.Context, actor policy.Actor, f task.RateFilter) (task.RatePage, error)
	Rankings(ctx context.Context, actor policy.Actor, f task.RankingFilter) (task.Ranking, error)
	ExportRates(ctx context.Context, actor policy.Actor, f task.RateFilter) (task.RatePage, error)
	ExportTasks(ctx context.Context, actor policy.Actor, f task.Filter) ([]task.Task, error)
	// TaskDossier answers those who may read the task, and logs the download.
	TaskDossier(ctx context.Context, actor policy.Actor, id int64) (dossier.Dossier, error)
	PlanDossier(ctx context.Context, actor policy.Actor, id int64) (dossier.PlanDossier, error)
	ListAudit(ctx context.Context, actor policy.Actor, f audit.EntryFilter) (audit.EntryPage, error)
}
