package web

import (
	"context"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (f *fake) BoardChoices(_ context.Context, _ policy.Actor, planID int64) (task.Choices, error) {
	var choices task.Choices
	for _, p := range f.plans {
		if p.State != plan.Draft {
			choices.Plans = append(choices.Plans, task.PlanChoice{ID: p.ID, Title: p.Title, TimeZone: p.TimeZone, Followed: p.State == plan.Active || p.State == plan.Suspended})
		}
	}
	choices.Choose(planID)
	if choices.PlanID != 0 {
		choices.Levels = []string{"department", "district", "commune"}
	}
	for _, d := range f.duties {
		if d.Scheduled && choices.PlanID != 0 {
			choices.Duties = append(choices.Duties, task.Choice{ID: d.ID, Code: d.Code, Title: d.Title})
		}
	}
	for _, a := range f.agencies {
		choices.Agencies = append(choices.Agencies, task.Choice{ID: a.ID, Code: a.Code, Title: a.Name})
	}
	return choices, nil
}
