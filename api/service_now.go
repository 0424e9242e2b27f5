package api

import (
	"context"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// NowService tells how things stand, for whoever lost a race. It is no reading
// of a result and leaves no trace.
type NowService interface {
	TaskNow(ctx context.Context, actor policy.Actor, id int64) (task.Now, error)
	// ContestNow is of the task that the contest is about.
	ContestNow(ctx context.Context, actor policy.Actor, contestID int64) (task.Now, error)
}

// withTask adds to a conflict how the task stands now.
func (s *server) withTask(ctx context.Context, id int64, err error) error {
	return s.withNow(ctx, id, err, s.Service.TaskNow)
}

// withContest adds to a conflict how the task of a contest stands now.
func (s *server) withContest(ctx context.Context, id int64, err error) error {
	return s.withNow(ctx, id, err, s.Service.ContestNow)
}

func (s *server) withNow(ctx context.Context, id int64, err error, read func(context.Context, policy.Actor, int64) (task.Now, error)) error {
	return s.withCurrent(ctx, err, func() (*Current, error) {
		now, err := read(ctx, who(ctx), id)
		return &Current{State: string(now.State), Version: now.Version}, err
	})
}
