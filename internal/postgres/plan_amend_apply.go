package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// apply writes what was worked out, and returns the number of the new version.
func (a *amending) apply(ctx context.Context, tx *sqlx.Tx, actor policy.Actor) (int, error) {
	if err := upsertAgencies(ctx, tx, a.next.Agencies); err != nil {
		return 0, err
	}
	number, err := a.keep(ctx, tx, actor)
	if err != nil {
		return 0, err
	}
	if err := a.keepDuties(ctx, tx, number); err != nil {
		return 0, err
	}
	if err := a.store.linkAsWritten(ctx, tx, actor, a.plan.ID, a.next, a.now); err != nil {
		return 0, err
	}
	// Agencies that are new have ids and calendars by now.
	around, err := a.store.surroundings(ctx, tx, a.next)
	if err != nil {
		return 0, err
	}
	a.settle(around)
	if err := a.applyScheduled(ctx, tx, actor); err != nil {
		return 0, err
	}
	for _, w := range a.open {
		if err := a.applyRound(ctx, tx, actor, w); err != nil {
			return 0, fmt.Errorf("round %d: %w", w.row.ID, err)
		}
	}
	if err := a.tell(ctx, tx, number); err != nil {
		return 0, err
	}
	return number, a.nudge(ctx, tx)
}

// keepDuties writes the duties under their new codes, and from when those that
// are new or have other periods are followed.
func (a *amending) keepDuties(ctx context.Context, tx *sqlx.Tx, number int) error {
	restarts := []string{}
	for _, pair := range a.duties {
		if pair.id != 0 && pair.formerCode != pair.code {
			if _, err := tx.ExecContext(ctx, `UPDATE duties SET code = $2 WHERE id = $1`, pair.id, pair.code); err != nil {
				return fmt.Errorf("rename duty: %w", err)
			}
		}
		if pair.restarts {
			restarts = append(restarts, pair.code)
		}
	}
	if err := upsertDuties(ctx, tx, a.plan.ID, number, a.next.Duties); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE duties SET followed_from_on = $3 WHERE plan_id = $1 AND code = ANY ($2)`, a.plan.ID, pq.Array(restarts), a.today.String()); err != nil {
		return fmt.Errorf("follow duties: %w", err)
	}
	for i := range a.duties {
		pair := &a.duties[i]
		if err := tx.GetContext(ctx, &pair.id, `SELECT id FROM duties WHERE plan_id = $1 AND code = $2`, a.plan.ID, pair.code); err != nil {
			return fmt.Errorf("find duty %s: %w", pair.code, err)
		}
	}
	return nil
}

func (a *amending) applyScheduled(ctx context.Context, tx *sqlx.Tx, actor policy.Actor) error {
	for _, w := range a.scheduled {
		action, after := "round.moved", map[string]any{"opens_at": w.effect.OpensTo, "due_at": w.effect.DueTo}
		if w.effect.Dropped {
			action, after = "round.dropped", map[string]any{"period": w.effect.PeriodKey}
			if _, err := tx.ExecContext(ctx, `
				UPDATE rounds SET state = 'closed', dropped_at = $2, opened_at = $2, closed_at = $2, version = version + 1
				WHERE id = $1 AND state = 'scheduled'`, w.effect.RoundID, a.now); err != nil {
				return fmt.Errorf("drop round: %w", err)
			}
		} else if err := a.moveScheduled(ctx, tx, w); err != nil {
			return err
		}
		if err := a.store.record(ctx, tx, actor, a.now, change{
			Action: action, Entity: "round", EntityID: w.effect.RoundID, OnBehalf: a.plan.IssuerID,
			Before: map[string]any{"opens_at": w.effect.OpensFrom, "due_at": w.effect.DueFrom}, After: after,
		}); err != nil {
			return err
		}
	}
	return nil
}

func (a *amending) moveScheduled(ctx context.Context, tx *sqlx.Tx, w scheduledWork) error {
	p := w.round.Period
	if _, err := tx.ExecContext(ctx, `
		UPDATE rounds SET opens_at = $2, due_at = $3, closes_at = $4, cadences = $5, window_from_on = $6, window_to_on = $7, version = version + 1
		WHERE id = $1 AND state = 'scheduled'`,
		w.effect.RoundID, w.round.OpensAt, w.round.DueAt, w.round.ClosesAt, pq.Array(cadenceNames(p.Cadences)), p.Start.String(), p.End.String()); err != nil {
		return fmt.Errorf("move scheduled round: %w", err)
	}
	return nil
}

func (a *amending) applyRound(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, w roundWork) error {
	pair := a.duties[w.pair]
	if err := a.applyReview(ctx, tx, pair, w.waiting); err != nil {
		return err
	}
	if err := a.cancel(ctx, tx, actor, w.cancelled); err != nil {
		return err
	}
	if err := a.reroute(ctx, tx, actor, w.rerouted); err != nil {
		return err
	}
	for _, move := range w.moves {
		if move.from.Equal(move.to) {
			move.action = "task.notices_renewed"
		}
		if err := a.store.moveTasks(ctx, tx, move, a.now); err != nil {
			return err
		}
	}
	if w.exists { // the calendar computes from the window that is kept
		if _, err := tx.ExecContext(ctx, `
			UPDATE rounds SET cadences = $2, window_from_on = $3, window_to_on = $4 WHERE id = $1`,
			w.row.ID, pq.Array(cadenceNames(w.period.Cadences)), w.period.Start.String(), w.period.End.String()); err != nil {
			return fmt.Errorf("keep window: %w", err)
		}
	}
	if err := a.openTasks(ctx, tx, pair, w); err != nil {
		return err
	}
	if len(w.moves)+len(w.effect.Opened)+len(w.cancelled) > 0 {
		if _, err := tx.ExecContext(ctx, moveOpenRounds, pq.Array([]int64{w.row.ID})); err != nil {
			return fmt.Errorf("move round: %w", err)
		}
	}
	if !w.effect.ClosesFrom.Equal(w.effect.ClosesTo) {
		if _, err := tx.ExecContext(ctx, `
			UPDATE rounds SET closes_at = GREATEST($2, due_at), version = version + 1 WHERE id = $1 AND state = 'open'`, w.row.ID, w.effect.ClosesTo); err != nil {
			return fmt.Errorf("move closing time: %w", err)
		}
	}
	return a.store.record(ctx, tx, actor, a.now, change{
		Action: "round.amended", Entity: "round", EntityID: w.row.ID, OnBehalf: a.plan.IssuerID,
		After: map[string]any{
			"opened": len(w.effect.Opened), "cancelled": len(w.cancelled), "moved": len(w.moves), "rerouted": len(w.rerouted), "closes_at": w.effect.ClosesTo,
		},
	})
}

// openTasks opens the round's tasks of agencies that owe the duty now.
func (a *amending) openTasks(ctx context.Context, tx *sqlx.Tx, pair dutyPair, w roundWork) error {
	if len(w.effect.Opened) == 0 {
		return nil
	}
	chosen := make([]int64, len(w.effect.Opened))
	for i, code := range w.effect.Opened {
		chosen[i] = a.ids[code]
	}
	d := pair.after
	d.ID, d.calendars = pair.id, a.calendars
	for opened := 0; opened < len(chosen); {
		n, err := insertPlanned(ctx, tx, d, w.row, w.plans, chosen, a.now, a.store.wall())
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("opened %d of %d tasks", opened, len(chosen))
		}
		opened += n
	}
	return nil
}

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
			SELECT f.id, c.id AS recipient_id, v.id AS reviewer_id, t.recipient_id AS old_recipient, t.reviewer_id AS old_reviewer
			FROM jsonb_to_recordset($1::jsonb) AS f (id bigint, recipient text, reviewer text) JOIN tasks t ON t.id = f.id
			LEFT JOIN agencies c ON c.code = f.recipient LEFT JOIN agencies v ON v.code = f.reviewer
		), sent AS (
			UPDATE tasks t SET recipient_id = w.recipient_id, reviewer_id = w.reviewer_id, version = version + 1 FROM wanted w WHERE t.id = w.id
		)
		INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, before, after)
		SELECT $2, $3, NULLIF($4::bigint, 0), $5, 'task.rerouted', 'task', id,
			jsonb_build_object('recipient', old_recipient, 'reviewer', old_reviewer), jsonb_build_object('recipient', recipient_id, 'reviewer', reviewer_id)
		FROM wanted`, string(encoded), a.now, a.store.wall(), actor.UserID, a.plan.IssuerID); err != nil {
		return fmt.Errorf("reroute tasks: %w", err)
	}
	return nil
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
		times, err := calendar.Steps(rules, calendar.AnchorSubmitted, *t.SubmittedAt, a.calendars.of(a.ids[t.Reviewer]), a.plan.zone)
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
