package api

import (
	"context"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) planCalendarRoutes() {
	handle(s, get("/plans/{id}/calendar", "plan-calendar", "The rounds of the plan that open or fall due on some days, by due time; a year at most", may(policy.SeePlans)), s.planCalendar)
}

type planCalendarInput struct {
	ID
	From string `query:"from" required:"true" format:"date" doc:"First day, in the plan's time zone."`
	To   string `query:"to" required:"true" format:"date" doc:"Last day."`
}

func (s *server) planCalendar(ctx context.Context, in *planCalendarInput) (*Answer[List[Round]], error) {
	from, to, err := days("from", in.From, "to", in.To)
	if err != nil {
		return nil, err
	}
	record, err := s.Service.FindPlan(ctx, who(ctx), in.ID.ID)
	if err != nil {
		return nil, err
	}
	rounds, err := s.Service.RoundsBetween(ctx, who(ctx), in.ID.ID, from, to)
	if err != nil {
		return nil, err
	}
	return &Answer[List[Round]]{listOf(rounds, "", func(r task.Round) Round { return roundOf(r, record.TimeZone, reader(ctx)) })}, nil
}
