package api

import (
	"context"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// PlanCalendarService tells what of a plan opens and falls due on which day.
type PlanCalendarService interface {
	RoundsBetween(ctx context.Context, actor policy.Actor, planID int64, from, to calendar.Date) ([]task.Round, error)
}
