package postgres

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

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
