package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
)

// dueMove gives tasks that had one due time another one.
type dueMove struct {
	tasks []int64
	// resubmission: it is the date by which a returned result is to be sent again,
	// or one that was never sent is admitted.
	resubmission bool
	from, to     time.Time
	derivation   calendar.Derivation
	// steps are the ladder around the new due time, without what is over.
	steps []stepPlan
	// action is what the trail calls it; empty: the due time moved.
	action string
}

// moveTasks moves due times. The due version rises, so that the new ladder's
// steps are new steps; pending ones of the old ladder are skipped.
func (s *Store) moveTasks(ctx context.Context, tx *sqlx.Tx, m dueMove, now time.Time) error {
	derivation, err := json.Marshal(m.derivation)
	if err != nil {
		return fmt.Errorf("encode derivation: %w", err)
	}
	steps, err := json.Marshal(append([]stepPlan{}, m.steps...))
	if err != nil {
		return fmt.Errorf("encode steps: %w", err)
	}
	action := m.action
	if action == "" {
		action = "task.due_moved"
	}
	if _, err := tx.ExecContext(ctx, `
		WITH moved AS (
			UPDATE tasks SET due_version = due_version + 1, version = version + 1,
				due_at = CASE WHEN $2 THEN due_at ELSE $4 END,
				derivation = CASE WHEN $2 THEN derivation ELSE $5 END,
				resubmit_due_at = CASE WHEN $2 THEN $4 ELSE resubmit_due_at END,
				resubmit_derivation = CASE WHEN $2 THEN $5 ELSE resubmit_derivation END
			WHERE id = ANY ($1) AND closed_at IS NULL AND CASE WHEN $2
				THEN state IN ('open', 'prepared', 'returned') AND resubmit_due_at = $3 ELSE state IN ('open', 'prepared', 'submitted') AND due_at = $3 END
			RETURNING id, round_id, due_version
		), ladder AS (
			INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, occurrence, at, audience, severity, digest, cron, derivation)
			SELECT moved.id, moved.round_id, f.code, f.kind, f.anchor, moved.due_version, f.occurrence, f.at, f.audience, f.severity, f.digest, f.cron, f.derivation
			FROM moved, jsonb_to_recordset($6::jsonb) AS f (code text, kind text, anchor text, at timestamptz, audience text[],
				severity int, digest bool, cron text, occurrence int, derivation jsonb)
		), replaced AS (
			UPDATE steps s SET state = 'skipped', run_at = $7 FROM moved
			WHERE s.task_id = moved.id AND s.state = 'pending' AND s.anchor = 'due' AND s.due_version < moved.due_version
		)
		INSERT INTO audit (at, recorded_at, action, entity, entity_id, before, after)
		SELECT $7, $8, $9, 'task', id, jsonb_build_object('due_at', $3::timestamptz), jsonb_build_object('due_at', $4::timestamptz)
		FROM moved`,
		pq.Array(m.tasks), m.resubmission, m.from, m.to, string(derivation), string(steps), now, s.wall(), action); err != nil {
		return fmt.Errorf("move due time: %w", err)
	}
	// An extension that is being asked for lapses at the date that it is about.
	return nudgeRequests(ctx, tx, `task_id = ANY ($1)`, pq.Array(m.tasks), "task.due_moved", now)
}
