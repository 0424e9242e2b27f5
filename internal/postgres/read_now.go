package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// TaskNow tells how a task stands that the actor sees, for whoever came too
// late. Unlike TaskDetail it reads no result, and so leaves no view in the trail.
func (s *Store) TaskNow(ctx context.Context, actor policy.Actor, id int64) (task.Now, error) {
	return s.taskNow(ctx, actor, `t.id = $4`, id)
}

// ContestNow tells the same of the task that a contest is about.
func (s *Store) ContestNow(ctx context.Context, actor policy.Actor, contestID int64) (task.Now, error) {
	return s.taskNow(ctx, actor, `t.id = (SELECT c.task_id FROM contests c WHERE c.id = $4)`, contestID)
}

func (s *Store) taskNow(ctx context.Context, actor policy.Actor, which string, id int64) (task.Now, error) {
	var row struct {
		State   task.State `db:"state"`
		Version int        `db:"version"`
	}
	err := s.db.GetContext(ctx, &row, `
		SELECT t.state, t.version FROM tasks t JOIN plans p ON p.id = t.plan_id WHERE `+which+` AND `+visibleTask, scoped(actor, id)...)
	if errors.Is(err, sql.ErrNoRows) {
		return task.Now{}, notFound()
	}
	if err != nil {
		return task.Now{}, fmt.Errorf("read task's state: %w", err)
	}
	return task.Now(row), nil
}
