package api_test

import (
	"context"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (f *fake) Leaders(_ context.Context, _ policy.Actor, q task.LeadersFilter) (task.Leaders, error) {
	f.note("Leaders %+v", q)
	rate := sampleRates(task.ByPlan)[0]
	both := task.Tallies{Present: rate.Present, Original: rate.Original}
	view := task.Leaders{At: due, Since: due.AddDate(0, 0, -7), Now: both, Before: both, Soon: 4, Longest: []task.Longest{{Task: sampleTask(own), DaysLate: 80, Explanation: "asked"}}}
	view.Late[2] = task.LateBand{Days: task.Lateness[2], Tasks: 13}
	return view, outcome(q.PlanID)
}
