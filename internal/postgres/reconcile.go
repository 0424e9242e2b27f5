package postgres

import (
	"context"
	"fmt"
	"time"
)

// Reconcile leaves a nudge for every workflow that ought to run: of plans being
// followed, their scheduled duties, rounds that are not over, open requests,
// results that sum up others and are being written, delivery and digest. The relay starts what does not run. Effects are idempotent, so it may
// be called at any time, after a crash or after Temporal's data were lost.
func (s *Store) Reconcile(ctx context.Context) (workflows int, err error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return 0, fmt.Errorf("business clock: %w", err)
	}
	result, err := s.db.ExecContext(ctx, `
		INSERT INTO outbox (workflow, kind, created_at)
		SELECT 'plan:' || id, 'reconcile', $1::timestamptz FROM plans WHERE state IN ('active', 'suspended')
		UNION ALL
		SELECT 'duty:' || d.id, 'reconcile', $1::timestamptz FROM duties d JOIN plans p ON p.id = d.plan_id
			WHERE p.state IN ('active', 'suspended') AND d.scheduled AND d.retired_version IS NULL
		UNION ALL
		SELECT 'round:' || r.id, 'reconcile', $1::timestamptz FROM rounds r JOIN plans p ON p.id = r.plan_id
			WHERE p.state IN ('active', 'suspended') AND (r.state = 'open' OR r.state = 'scheduled' AND r.opens_at <= $1
				OR EXISTS (SELECT 1 FROM steps s WHERE s.round_id = r.id AND s.state = 'pending'))
		UNION ALL
		SELECT 'request:' || id, 'reconcile', $1::timestamptz FROM requests WHERE settled_at IS NULL
		UNION ALL
		SELECT 'consolidation:' || t.round_id || ':' || t.agency_id, 'reconcile', $1::timestamptz FROM duties d JOIN plans p ON p.id = d.plan_id
			JOIN tasks t ON t.duty_id = d.id
			WHERE p.state IN ('active', 'suspended') AND jsonb_typeof(d.consolidates) = 'array' AND t.state IN ('open', 'prepared', 'returned') AND t.closed_at IS NULL
		UNION ALL
		SELECT w, 'reconcile', $1::timestamptz FROM unnest(ARRAY['delivery:mail', 'digest:weekly']) AS w`, now)
	if err != nil {
		return 0, fmt.Errorf("reconcile: %w", err)
	}
	n, err := result.RowsAffected()
	s.wake()
	return int(n), err
}

// NudgeStalled nudges the rounds and requests whose steps should have run longer than the
// patience ago: a lost nudge, or a workflow that is gone. It returns how many.
func (s *Store) NudgeStalled(ctx context.Context, patience time.Duration) (int, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return 0, fmt.Errorf("business clock: %w", err)
	}
	result, err := s.db.ExecContext(ctx, `
		INSERT INTO outbox (workflow, kind, created_at)
		SELECT DISTINCT 'round:' || s.round_id, 'stalled', $1::timestamptz FROM steps s
		JOIN rounds r ON r.id = s.round_id JOIN plans p ON p.id = r.plan_id
		WHERE s.state = 'pending' AND s.at < $2 AND p.state = 'active'
			AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.workflow = 'round:' || s.round_id)
		UNION ALL
		SELECT 'duty:' || r.duty_id, 'stalled', $1 FROM rounds r JOIN plans p ON p.id = r.plan_id
		WHERE r.state = 'scheduled' AND r.opens_at < $2 AND p.state = 'active'
			AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.workflow = 'duty:' || r.duty_id)
		UNION ALL
		SELECT DISTINCT 'request:' || s.request_id, 'stalled', $1::timestamptz FROM request_steps s
		JOIN requests q ON q.id = s.request_id JOIN plans p ON p.id = q.plan_id
		WHERE s.state = 'pending' AND s.at < $2 AND p.state = 'active'
			AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.workflow = 'request:' || s.request_id)`, now, now.Add(-patience))
	if err != nil {
		return 0, fmt.Errorf("look for stalled rounds: %w", err)
	}
	n, err := result.RowsAffected()
	if n > 0 {
		s.wake()
	}
	return int(n), err
}

const (
	keepIdempotencyKeys = 7 * 24 * time.Hour
	keepEndedSessions   = 30 * 24 * time.Hour
)

// Forget removes what has served its time by the wall clock: idempotency keys
// after seven days, sessions and links thirty days after they ended.
func (s *Store) Forget(ctx context.Context) error {
	now := s.wall()
	for _, c := range []struct {
		statement string
		before    time.Time
	}{
		{`DELETE FROM idempotency_keys WHERE created_at < $1`, now.Add(-keepIdempotencyKeys)},
		{`DELETE FROM sessions WHERE LEAST(expires_at, COALESCE(revoked_at, expires_at)) < $1`, now.Add(-keepEndedSessions)},
		{`DELETE FROM account_links WHERE expires_at < $1`, now.Add(-keepEndedSessions)},
	} {
		if _, err := s.db.ExecContext(ctx, c.statement, c.before); err != nil {
			return fmt.Errorf("forget: %w", err)
		}
	}
	return nil
}
