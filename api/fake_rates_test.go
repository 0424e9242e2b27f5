package api_test

import (
	"context"

	"dondoc/internal/audit"
	"dondoc/internal/dossier"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func sampleRates(by task.Grouping) []task.Rate {
	rate := task.Rate{
		ID: 11, Key: "H1", Name: "UBND huyện", Level: "district",
		Present:  task.Tally{Owed: 9, Expected: 8, Submitted: 7, OnTime: 6, DoneOnTime: 5, DoneLate: 1, NotDoneInTime: 1, NotDoneOverdue: 1, Waiting: 1},
		Original: task.Tally{Owed: 9, NotDoneInTime: 9},
	}
	switch by {
	case task.ByDuty:
		rate.Key, rate.Name, rate.PlanCode, rate.Level = "IV.1", "Báo cáo", "KH", ""
	case task.ByPeriod:
		rate.ID, rate.Key, rate.Name, rate.Level = 0, "2026-Q1", "", ""
	}
	return []task.Rate{rate}
}

func (f *fake) Rates(_ context.Context, _ policy.Actor, filter task.RateFilter) (task.RatePage, error) {
	f.note("Rates %+v", filter)
	return task.RatePage{At: due, Rates: sampleRates(filter.GroupBy), Next: "more"}, outcome(filter.PlanID)
}

func (f *fake) Rankings(_ context.Context, _ policy.Actor, filter task.RankingFilter) (task.Ranking, error) {
	f.note("Rankings %+v", filter)
	return task.Ranking{At: due, Ranked: []task.Ranked{{Place: 1, AgencyID: 11, AgencyCode: "H1", AgencyName: "UBND huyện", Expected: 8, Submitted: 7, OnTime: 6, Overdue: 1}}, Next: "more"}, nil
}

func (f *fake) ExportRates(_ context.Context, a policy.Actor, filter task.RateFilter) (task.RatePage, error) {
	f.note("ExportRates %d %+v", a.UserID, filter)
	return task.RatePage{At: due, Rates: sampleRates(filter.GroupBy)}, outcome(filter.PlanID)
}

func (f *fake) ExportTasks(_ context.Context, a policy.Actor, filter task.Filter) ([]task.Task, error) {
	f.note("ExportTasks %d %+v", a.UserID, filter)
	t := sampleTask(own)
	t.DutyTitle = "=1+2"
	return []task.Task{t}, outcome(filter.PlanID)
}

func (f *fake) ListAudit(_ context.Context, _ policy.Actor, filter audit.EntryFilter) (audit.EntryPage, error) {
	f.note("ListAudit %+v", filter)
	return audit.EntryPage{Entries: []audit.Entry{
		{ID: 70, At: due, RecordedAt: due, ActorID: 22, ActorName: "Chuyên viên theo dõi", OnBehalfOf: 12, OnBehalfName: "Sở", Action: "task.accepted", Entity: "task", EntityID: 1, Before: `{"state": "submitted"}`, After: `{"state": "accepted"}`, SealNumber: 65},
		{ID: 69, At: due, RecordedAt: due, Action: "round.opened", Entity: "round", EntityID: 3},
	}, Next: "more"}, nil
}

func (f *fake) TaskDossier(ctx context.Context, a policy.Actor, id int64) (dossier.Dossier, error) {
	detail, err := f.TaskDetail(ctx, a, id)
	f.note("TaskDossier %d by %d", id, a.UserID)
	return dossier.Dossier{Plan: dossier.Plan{Code: "KH", Title: "Kế hoạch"}, Detail: detail}, err
}

func (f *fake) PlanDossier(_ context.Context, a policy.Actor, id int64) (dossier.PlanDossier, error) {
	f.note("PlanDossier %d by %d", id, a.UserID)
	return dossier.PlanDossier{ID: id, Plan: dossier.Plan{Code: "KH", Title: "Kế hoạch"}}, outcome(id)
}
