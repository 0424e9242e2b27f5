package web

import (
	"context"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (f *issuedPlans) RoundsBetween(_ context.Context, _ policy.Actor, _ int64, from, to calendar.Date) ([]task.Round, error) {
	f.between = from.String() + " " + to.String()
	return f.inYear, nil
}
