package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// apply writes what the comparison found.
func (c *comparison) apply(ctx context.Context, tx *sqlx.Tx, changeID int64) error {
	for _, m := range c.moves {
		var err error
		if m.DueFrom.Equal(m.DueTo) {
			err = moveStepsInPlace(ctx, tx, m)
		} else {
			err = c.store.moveTasks(ctx, tx, dueMove{
				tasks: m.Tasks, resubmission: m.Resubmission, from: m.DueFrom, to: m.DueTo, derivation: m.Derivation, steps: m.steps,
			}, c.now)
		}
		if err != nil {
			return err
		}
	}
	if err := c.applyRounds(ctx, tx); err != nil {
		return err
	}
	if err := moveReviewSteps(ctx, tx, c.reviews); err != nil {
		return err
	}
	if err := c.tell(ctx, tx, changeID); err != nil {
		return err
	}
	return c.nudge(ctx, tx)
}

// moveStepsInPlace gives pending steps around an unmoved due time their new times.
func moveStepsInPlace(ctx context.Context, tx *sqlx.Tx, m taskMove) error {
	encoded, err := json.Marshal(m.steps)
	if err != nil {
		return fmt.Errorf("encode steps: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE steps s SET at = f.at, derivation = f.derivation
		FROM jsonb_to_recordset($2::jsonb) AS f (code text, at timestamptz, derivation jsonb), tasks t
		WHERE s.task_id = ANY ($1) AND t.id = s.task_id AND s.due_version = t.due_version
			AND s.anchor = 'due' AND s.code = f.code AND s.state = 'pending' AND s.cron = ''`,
		pq.Array(m.Tasks), string(encoded)); err != nil {
		return fmt.Errorf("move steps: %w", err)
	}
	return nil
}

func (c *comparison) applyRounds(ctx context.Context, tx *sqlx.Tx) error {
	for _, r := range c.scheduled {
		if _, err := tx.ExecContext(ctx, `
			UPDATE rounds SET opens_at = $2, due_at = $3, closes_at = $4, version = version + 1 WHERE id = $1 AND state = 'scheduled'`,
			r.RoundID, r.round.OpensAt, r.round.DueAt, r.round.ClosesAt); err != nil {
			return fmt.Errorf("move scheduled round: %w", err)
		}
		if err := c.store.record(ctx, tx, systemActor, c.now, change{
			Action: "round.moved", Entity: "round", EntityID: r.RoundID,
			Before: map[string]any{"opens_at": r.OpensFrom, "due_at": r.DueFrom},
			After:  map[string]any{"opens_at": r.OpensTo, "due_at": r.DueTo},
		}); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, moveOpenRounds, pq.Array(c.movedRounds())); err != nil {
		return fmt.Errorf("move rounds: %w", err)
	}
	return nil
}

// moveOpenRounds lets open rounds last as long as their tasks are due.
const moveOpenRounds = `
	UPDATE rounds r SET due_at = m.due_at, closes_at = GREATEST(r.closes_at, m.due_at), version = version + 1
	FROM (SELECT round_id, GREATEST(max(due_at), max(resubmit_due_at)) AS due_at FROM tasks
		WHERE round_id = ANY ($1) AND state NOT IN ('waived', 'cancelled') GROUP BY round_id) AS m
	WHERE m.round_id = r.id AND r.state = 'open' AND m.due_at <> r.due_at AND m.due_at >= r.opens_at`

func (c *comparison) movedRounds() []int64 {
	ids := []int64{}
	for _, m := range c.moves {
		ids = append(ids, m.RoundID)
	}
	return ids
}

func moveReviewSteps(ctx context.Context, tx *sqlx.Tx, moves []stepMove) error {
	if len(moves) == 0 {
		return nil
	}
	encoded, err := json.Marshal(moves)
	if err != nil {
		return fmt.Errorf("encode steps: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE steps s SET at = f.at, derivation = f.derivation
		FROM jsonb_to_recordset($1::jsonb) AS f (id bigint, at timestamptz, derivation jsonb)
		WHERE s.id = f.id AND s.state = 'pending'`, string(encoded)); err != nil {
		return fmt.Errorf("move reviewers' steps: %w", err)
	}
	return nil
}

// dueMovedRecipients are whom a moved due time concerns: the focal points and
// the official mailbox of whoever owes, and the supervisors who follow. $1 are
// tasks, $2 is the business instant.
const dueMovedRecipients = `
	SELECT t.id AS task_id, t.plan_id, p.time_zone, m.user_id, NULL::bigint AS mailbox_id, m.user_id AS recipient
	FROM tasks t JOIN plans p ON p.id = t.plan_id
	JOIN memberships m ON m.agency_id = t.agency_id AND m.role = 'focal_point' OR m.agency_id = t.reviewer_id AND m.role = 'supervisor'
	JOIN users u ON u.id = m.user_id AND u.active
	WHERE t.id = ANY ($1) AND t.state IN ('open', 'prepared', 'returned')
		AND ($2::timestamptz AT TIME ZONE p.time_zone)::date BETWEEN m.valid_from_on AND m.valid_to_on
	UNION
	SELECT t.id, t.plan_id, p.time_zone, NULL, a.id, -a.id
	FROM tasks t JOIN plans p ON p.id = t.plan_id JOIN agencies a ON a.id = t.agency_id AND a.mailbox <> ''
	WHERE t.id = ANY ($1) AND t.state IN ('open', 'prepared', 'returned')`

// tell records one notice per task and person concerned; each gets them in one
// message the next morning.
func (c *comparison) tell(ctx context.Context, tx *sqlx.Tx, changeID int64) error {
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO notifications (user_id, mailbox_agency_id, kind, plan_id, task_id, cause, created_at, deliver_at)
		SELECT user_id, mailbox_id, 'due_moved', plan_id, task_id, 'calendar:' || $3::bigint || ':' || task_id, $2, morning_at_or_after($2, time_zone)
		FROM (`+dueMovedRecipients+`) AS r ON CONFLICT DO NOTHING`, pq.Array(c.told()), c.now, changeID); err != nil {
		return fmt.Errorf("tell people concerned: %w", err)
	}
	return nil
}

// nudge lets the workflows look again that sleep until what has moved.
func (c *comparison) nudge(ctx context.Context, tx *sqlx.Tx) error {
	workflows := map[string]bool{}
	for _, m := range c.moves {
		workflows[fmt.Sprintf("round:%d", m.RoundID)] = true
	}
	for _, r := range c.reviews {
		workflows[fmt.Sprintf("round:%d", r.roundID)] = true
	}
	for _, r := range c.scheduled {
		workflows[fmt.Sprintf("duty:%d", r.dutyID)] = true
	}
	if len(c.told()) > 0 {
		workflows["delivery:mail"] = true
	}
	names := make([]string, 0, len(workflows))
	for name := range workflows {
		names = append(names, name)
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO outbox (workflow, kind, created_at) SELECT w, 'calendar.changed', $2 FROM unnest($1::text[]) AS w`,
		pq.Array(names), c.now); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}
