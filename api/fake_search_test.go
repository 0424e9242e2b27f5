package api_test

import (
	"context"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (f *fake) Search(_ context.Context, _ policy.Actor, query string) (plan.Found, error) {
	f.note("Search %s", query)
	return plan.Found{
		Plans:       []plan.Record{samplePlan(own)},
		Duties:      []plan.FoundDuty{{PlanID: own, PlanTitle: "Kế hoạch", Code: "IV.1", Title: "Báo cáo", Text: "Báo cáo hằng quý.", Owners: []string{"UBND huyện"}}},
		Results:     []plan.FoundResult{{TaskID: 31, PlanID: own, PlanTitle: "Kế hoạch", DutyTitle: "Báo cáo", PeriodKey: "2026-Q1", Agency: "UBND huyện", DocumentNumber: "9/BC", SubmittedAt: due, Excerpt: "Đã họp."}},
		MoreResults: true,
	}, nil
}

func (f *fake) Matrix(_ context.Context, _ policy.Actor, m task.MatrixFilter) (task.Matrix, error) {
	f.note("Matrix %+v", m)
	return task.Matrix{
		At: due, Year: 2026, Years: []int{2025, 2026}, Columns: []task.MatrixColumn{{PeriodKey: "2026-Q1", DueAt: due, Current: true}, {PeriodKey: "2026-Q2", DueAt: due}},
		Rows: []task.MatrixRow{{AgencyID: 11, Agency: "UBND huyện", Level: "district", Below: 18, Given: 13,
			Cells: []task.MatrixCell{{TaskID: 31, Tasks: 1, State: task.StateOpen, Status: task.NotDoneOverdue, DueAt: due, DaysLate: 4}, {}}}},
		Next: "more",
	}, outcome(m.PlanID)
}

func (f *fake) PlanProgress(_ context.Context, _ policy.Actor, id int64) (task.Progress, error) {
	f.note("PlanProgress %d", id)
	since := due
	return task.Progress{At: due, Duties: map[int64]task.DutyProgress{5: {
		RoundID: 9, PeriodKey: "2026-Q1", DueAt: due, Counts: task.Counts{DoneOnTime: 1, NotDoneOverdue: 2}, Overdue: 3, OverdueSince: &since,
		Members: []task.Member{{TaskID: 31, Agency: "UBND huyện", Status: task.DoneOnTime}},
	}}}, outcome(id)
}
