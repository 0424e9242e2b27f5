package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// reviewChanged reports whether what waits for a decision waits under other rules.
func (p dutyPair) reviewChanged() bool {
	if p.id == 0 || p.retired {
		return false
	}
	before, after := p.before.Definition.Review, p.after.Definition.Review
	return before != after || after.Mode == plan.ReviewRequired && !sameText(p.before.Policies["review"], p.after.Policies["review"])
}

// review finds what waits for a decision whose rules change. Where nobody decided
// before, what was sent is done and stays so.
func (w *roundWork) review(pair dutyPair, tasks []amendedTask) {
	if !pair.reviewChanged() {
		return
	}
	for _, t := range tasks {
		if t.Held || t.State != task.StateSubmitted && !t.Correcting {
			continue // its reviewer's time has not begun
		}
		w.waiting = append(w.waiting, t.ID)
		if pair.before.Definition.Review.Mode != plan.ReviewNone {
			w.effect.Waiting++
		}
	}
}

// applyReview carries over what waits under other rules of review.
func (a *amending) applyReview(ctx context.Context, tx *sqlx.Tx, pair dutyPair, waiting []int64) error {
	if len(waiting) == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE steps SET state = 'skipped', run_at = $2
		WHERE task_id = ANY ($1) AND state = 'pending' AND anchor IN ('submitted', 'correction')`, pq.Array(waiting), a.now); err != nil {
		return fmt.Errorf("skip reviewers' steps: %w", err)
	}
	if pair.before.Definition.Review.Mode == plan.ReviewNone {
		if err := a.acceptDone(ctx, tx, waiting); err != nil {
			return err
		}
	}
	return a.layWaiting(ctx, tx, pair, waiting)
}

// acceptDone settles what was done without anybody's decision, as of when it was sent.
func (a *amending) acceptDone(ctx context.Context, tx *sqlx.Tx, tasks []int64) error {
	if _, err := tx.ExecContext(ctx, `
		WITH accepted AS (
			UPDATE tasks SET state = 'accepted', settled_at = submitted_at, version = version + 1
			WHERE id = ANY ($1) AND state = 'submitted' RETURNING id
		), decided AS (
			INSERT INTO reviews (submission_id, task_id, decision, decided_at)
			SELECT DISTINCT ON (t.id) b.id, t.id, 'accept', $2::timestamptz FROM accepted t JOIN submissions b ON b.task_id = t.id AND b.withdrawn_at IS NULL AND NOT b.invalid
			LEFT JOIN corrections k ON k.submission_id = b.id WHERE k.id IS NULL OR k.outcome = 'accepted' ORDER BY t.id, b.number DESC
			ON CONFLICT DO NOTHING
		)
		INSERT INTO audit (at, recorded_at, action, entity, entity_id, before, after)
		SELECT $2, $3, 'task.accepted', 'task', id, '{"state": "submitted"}', '{"state": "accepted", "by_itself": true}' FROM accepted`,
		pq.Array(tasks), a.now, a.store.wall()); err != nil {
		return fmt.Errorf("accept what was done: %w", err)
	}
	return nil
}

// waitingStep is a step of those who decide on one result.
type waitingStep struct {
	stepPlan
	TaskID     int64 `json:"task_id"`
	DueVersion int   `json:"due_version"`
}

// layWaiting lays the ladder of those who decide anew, from when their time
// began. What it would have told by now it tells no more.
func (a *amending) layWaiting(ctx context.Context, tx *sqlx.Tx, pair dutyPair, tasks []int64) error {
	var rows []struct {
		TaskID      int64     `db:"task_id"`
		ReviewerID  int64     `db:"reviewer_id"`
		Anchor      string    `db:"anchor"`
		Since       string    `db:"since"`
		CountedFrom time.Time `db:"counted_from"`
		Number      int       `db:"number"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT t.id AS task_id, COALESCE(t.reviewer_id, 0) AS reviewer_id, 'submitted' AS anchor,
			CASE WHEN f.submission_id IS NULL THEN 'submitted' ELSE 'forwarded' END AS since, COALESCE(f.forwarded_at, t.submitted_at) AS counted_from, b.number
		FROM tasks t JOIN submissions b ON b.task_id = t.id AND b.number = t.submissions LEFT JOIN forwardings f ON f.submission_id = b.id
		WHERE t.id = ANY ($1) AND t.state = 'submitted'
		UNION ALL
		SELECT t.id, COALESCE(t.reviewer_id, 0), 'correction', 'corrected', b.submitted_at, b.number
		FROM tasks t JOIN corrections k ON k.task_id = t.id AND k.outcome = 'waiting' JOIN submissions b ON b.id = k.submission_id
		WHERE t.id = ANY ($1) ORDER BY 1, 3`, pq.Array(tasks)); err != nil {
		return fmt.Errorf("list what waits: %w", err)
	}
	steps := []waitingStep{}
	for _, row := range rows {
		times, err := waitingTimes(row.Anchor, row.Since, pair.after.Definition, pair.after.Policies["review"], row.CountedFrom, a.calendars.of(row.ReviewerID), a.plan.zone)
		if err != nil {
			return err
		}
		for _, step := range stepPlans(times) {
			if step.Kind != "auto_accept" && !step.At.After(a.now) {
				continue
			}
			step.Anchor = row.Anchor
			steps = append(steps, waitingStep{step, row.TaskID, row.Number})
		}
	}
	encoded, err := json.Marshal(steps)
	if err != nil {
		return fmt.Errorf("encode steps: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, occurrence, at, audience, severity, digest, cron, derivation)
		SELECT t.id, t.round_id, f.code, f.kind, f.anchor, f.due_version,
			1 + (SELECT COALESCE(max(x.occurrence), 0) FROM steps x WHERE x.task_id = t.id AND x.code = f.code AND x.due_version = f.due_version),
			f.at, f.audience, f.severity, f.digest, f.cron, f.derivation
		FROM jsonb_to_recordset($1::jsonb) AS f (task_id bigint, due_version int, code text, kind text, anchor text, at timestamptz, audience text[],
			severity int, digest bool, cron text, derivation jsonb) JOIN tasks t ON t.id = f.task_id`, string(encoded)); err != nil {
		return fmt.Errorf("lay reviewers' steps: %w", err)
	}
	return nil
}
