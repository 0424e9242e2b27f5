package web

import (
	"context"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// issuedPlans fakes the document of plan 1; others are not visible.
type issuedPlans struct {
	content  []plan.ContentRecord
	progress task.Progress
	rounds   []task.Round
	covered  []plan.Coverage
	searched []string
	found    plan.Found
	inYear   []task.Round
	between  string
}

func (f *fake) FindPlan(_ context.Context, _ policy.Actor, id int64) (plan.Record, error) {
	for _, r := range f.plans {
		if r.ID == id {
			return r, nil
		}
	}
	return plan.Record{}, notFound()
}

func (f *issuedPlans) PlanContent(context.Context, policy.Actor, int64) ([]plan.ContentRecord, error) {
	return f.content, nil
}

func (f *issuedPlans) PlanProgress(context.Context, policy.Actor, int64) (task.Progress, error) {
	return f.progress, nil
}

func (f *issuedPlans) ListRounds(context.Context, policy.Actor, int64, int64, int, string) ([]task.Round, string, error) {
	return f.rounds, "", nil
}

func (f *issuedPlans) Search(_ context.Context, _ policy.Actor, query string) (plan.Found, error) {
	f.searched = append(f.searched, query)
	return f.found, nil
}

func (f *issuedPlans) PlanCoverage(context.Context, policy.Actor, int64) ([]plan.Coverage, error) {
	return f.covered, nil
}
