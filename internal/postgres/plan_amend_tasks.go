package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/policy"
)

// cancel ends tasks that nobody owes any more and for which nothing was sent.
func (a *amending) cancel(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	var cancelled int
	if err := tx.GetContext(ctx, &cancelled, `
		WITH cancelled AS (
			UPDATE tasks t SET state = 'cancelled', settled_at = $2, version = version + 1
			FROM (SELECT id, state FROM tasks WHERE id = ANY ($1)) AS o
			WHERE o.id = t.id AND t.submissions = 0 AND t.state IN ('open', 'prepared', 'returned') RETURNING t.id, o.state
		), silent AS (
			UPDATE steps s SET state = 'skipped', run_at = $2 FROM cancelled WHERE s.task_id = cancelled.id AND s.state = 'pending'
		), superseded AS (
			UPDATE preparations p SET outcome = 'superseded', decided_at = $2, decided_by = COALESCE(NULLIF($4::bigint, 0), p.prepared_by)
			FROM cancelled WHERE p.task_id = cancelled.id AND p.outcome = 'waiting'
		), trail AS (
			INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, before, after)
			SELECT $2, $3, NULLIF($4::bigint, 0), $5, 'task.cancelled', 'task', id, jsonb_build_object('state', state), jsonb_build_object('state', 'cancelled')
			FROM cancelled
		)
		SELECT count(*) FROM cancelled`, pq.Array(ids), a.now, a.store.wall(), actor.UserID, a.plan.IssuerID); err != nil {
		return fmt.Errorf("cancel tasks: %w", err)
	}
	if cancelled != len(ids) {
		return fmt.Errorf("cancelled %d of %d tasks", cancelled, len(ids))
	}
	var asked []int64
	if err := tx.SelectContext(ctx, &asked, `
		SELECT DISTINCT task_id FROM requests WHERE task_id = ANY ($1) AND settled_at IS NULL ORDER BY task_id`, pq.Array(ids)); err != nil {
		return fmt.Errorf("find requests: %w", err)
	}
	for _, id := range asked {
		if err := a.store.closeMoot(ctx, tx, id, 0, a.now); err != nil {
			return err
		}
	}
	return nil
}

// reroute sends results that are not decided on yet to whom the new version names.
func (a *amending) reroute(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, tasks []rerouted) error {
	if len(tasks) == 0 {
		return nil
	}
	encoded, err := json.Marshal(tasks)
	if err != nil {
		return fmt.Errorf("encode tasks: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		WITH wanted AS (
			SELECT f.id, c.id AS recipient_id, v.id AS reviewer_id, t.recipient_id AS old_recipient, t.reviewer_id AS old_reviewer, t.through_id AS old_through,
				CASE WHEN `+owed+` THEN h.id ELSE t.through_id END AS through_id
			FROM jsonb_to_recordset($1::jsonb) AS f (id bigint, recipient text, reviewer text, through text) JOIN tasks t ON t.id = f.id
			LEFT JOIN agencies c ON c.code = f.recipient LEFT JOIN agencies v ON v.code = f.reviewer LEFT JOIN agencies h ON h.code = f.through
		), sent AS (
			UPDATE tasks t SET recipient_id = w.recipient_id, reviewer_id = w.reviewer_id, through_id = w.through_id, version = version + 1 FROM wanted w WHERE t.id = w.id
		)
		INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, before, after)
		SELECT $2, $3, NULLIF($4::bigint, 0), $5, 'task.rerouted', 'task', id,
			jsonb_build_object('recipient', old_recipient, 'reviewer', old_reviewer, 'through', old_through),
			jsonb_build_object('recipient', recipient_id, 'reviewer', reviewer_id, 'through', through_id)
		FROM wanted`, string(encoded), a.now, a.store.wall(), actor.UserID, a.plan.IssuerID); err != nil {
		return fmt.Errorf("reroute tasks: %w", err)
	}
	return nil
}
