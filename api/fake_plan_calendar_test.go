package api_test

import (
	"context"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (f *fake) RoundsBetween(ctx context.Context, a policy.Actor, planID int64, from, to calendar.Date) ([]task.Round, error) {
	rounds, _, err := f.ListRounds(ctx, a, planID, 0, 0, "")
	f.note("RoundsBetween %d %s %s", planID, from, to) // the last note counts
	if err == nil {
		err = outcome(planID)
	}
	return rounds, err
}
