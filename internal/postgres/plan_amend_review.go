package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
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

// review finds the results that wait for a decision whose rules change. Where
// nobody decided before, what was sent is done and stays so.
func (w *roundWork) review(pair dutyPair, tasks []amendedTask) {
	if !pair.reviewChanged() {
		return
	}
	for _, t := range tasks {
		if t.State != task.StateSubmitted {
			continue
		}
		w.waiting = append(w.waiting, t)
		if pair.before.Definition.Review.Mode != plan.ReviewNone {
			w.effect.Waiting++
		}
	}
}

// reviewStep is a step of one task's reviewer.
type reviewStep struct {
	stepPlan
	TaskID     int64 `json:"task_id"`
	DueVersion int   `json:"due_version"`
}

// applyReview carries over results that wait under other rules of review. Where
// nobody decided so far, what was sent is done: it is accepted, so that it stays so.
func (a *amending) applyReview(ctx context.Context, tx *sqlx.Tx, pair dutyPair, waiting []amendedTask) error {
	if len(waiting) == 0 {
		return nil
	}
	ids := make([]int64, len(waiting))
	for i, t := range waiting {
		ids[i] = t.ID
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE steps SET state = 'skipped', run_at = $2 WHERE task_id = ANY ($1) AND state = 'pending' AND anchor = 'submitted'`, pq.Array(ids), a.now); err != nil {
		return fmt.Errorf("skip reviewers' steps: %w", err)
	}
	if pair.before.Definition.Review.Mode == plan.ReviewNone {
		if _, err := tx.ExecContext(ctx, `
			WITH accepted AS (
				UPDATE tasks SET state = 'accepted', settled_at = submitted_at, version = version + 1
				WHERE id = ANY ($1) AND state = 'submitted' RETURNING id, submissions
			), decided AS (
				INSERT INTO reviews (submission_id, task_id, decision, decided_at)
				SELECT b.id, t.id, 'accept', $2 FROM accepted t JOIN submissions b ON b.task_id = t.id AND b.number = t.submissions
				ON CONFLICT DO NOTHING
			)
			INSERT INTO audit (at, recorded_at, action, entity, entity_id, before, after)
			SELECT $2, $3, 'task.accepted', 'task', id, '{"state": "submitted"}', '{"state": "accepted", "by_itself": true}' FROM accepted`,
			pq.Array(ids), a.now, a.store.wall()); err != nil {
			return fmt.Errorf("accept what was done: %w", err)
		}
		return nil
	}
	rules := reviewRules(pair.after.Definition.Review.Mode, pair.after.Definition.Review.AfterWorkingDays, pair.after.Policies["review"])
	var steps []reviewStep
	for _, t := range waiting {
		if t.Held {
			continue // the reviewer's time begins when it is passed on
		}
		times, err := calendar.Steps(rules, calendar.AnchorSubmitted, *t.CameAt, a.calendars.of(a.ids[t.Reviewer]), a.plan.zone)
		if err != nil {
			return err
		}
		for _, step := range stepPlans(times) {
			if step.Kind != "auto_accept" && !step.At.After(a.now) {
				continue // it was told, or there was nothing to tell then
			}
			steps = append(steps, reviewStep{step, t.ID, t.Submissions})
		}
	}
	encoded, err := json.Marshal(append([]reviewStep{}, steps...))
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
