package api_test

import (
	"context"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (f *fake) TaskNow(_ context.Context, _ policy.Actor, id int64) (task.Now, error) {
	if err := outcome(id); err != nil && id != changed && id != forbidden {
		return task.Now{}, err
	}
	t := sampleTask(id)
	return task.Now{State: t.State, Version: t.Version}, nil
}

func (f *fake) ContestNow(ctx context.Context, a policy.Actor, id int64) (task.Now, error) {
	return f.TaskNow(ctx, a, id)
}
