package postgres

import (
	"context"
	"fmt"
	"time"
)

// Backlog measures, by the business clock, what the engine has yet to do: the
// age of the oldest nudge, how late the most overdue pending step is, and how
// many notices and mails ought to have been handed over.
func (s *Store) Backlog(ctx context.Context) (outboxAge, stepLateness time.Duration, deliveries int, err error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return 0, 0, 0, fmt.Errorf("business clock: %w", err)
	}
	var row struct {
		OldestNudge time.Time `db:"oldest_nudge"`
		OldestStep  time.Time `db:"oldest_step"`
		Deliveries  int       `db:"deliveries"`
	}
	if err := s.db.GetContext(ctx, &row, `
		SELECT COALESCE((SELECT min(created_at) FROM outbox), $1) AS oldest_nudge,
			COALESCE(LEAST((SELECT min(s.at) FROM steps s JOIN rounds r ON r.id = s.round_id AND r.state = 'open'
				JOIN plans p ON p.id = r.plan_id AND p.state = 'active'
				WHERE s.state = 'pending' AND s.at <= $1), (SELECT min(s.at) FROM request_steps s JOIN requests q ON q.id = s.request_id
				JOIN plans p ON p.id = q.plan_id AND p.state = 'active'
				WHERE s.state = 'pending' AND s.at <= $1)), $1) AS oldest_step,
			(SELECT count(*) FROM messages WHERE state = 'pending')
				+ (SELECT count(*) FROM notifications WHERE message_id IS NULL AND dropped_at IS NULL AND deliver_at <= $1) AS deliveries`,
		now); err != nil {
		return 0, 0, 0, fmt.Errorf("measure backlog: %w", err)
	}
	return max(now.Sub(row.OldestNudge), 0), max(now.Sub(row.OldestStep), 0), row.Deliveries, nil
}
