package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/amendment"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// ClosePlan ends the following of a plan, with what became of it and its official
// figures as they stand: scheduled rounds are not opened any more, open tasks keep
// their state and no steps run.
func (s *Store) ClosePlan(ctx context.Context, actor policy.Actor, id int64, version int, c amendment.Closing) (plan.Record, error) {
	c, err := clean(ctx, c.Clean)
	if err != nil {
		return plan.Record{}, err
	}
	more := map[string]any{"outcome": c.Outcome, "note_sha256": digest(c.Note)}
	if c.ReplacedBy != 0 {
		more["replaced_by"] = c.ReplacedBy
	}
	return s.changePlanWith(ctx, actor, id, version, "plan.closed", more, func(tx *sqlx.Tx, p lockedPlan, now time.Time) error {
		if p.State != plan.Active && p.State != plan.Suspended {
			return refuseState(p, "close")
		}
		if err := checkReplacement(ctx, tx, actor, id, c); err != nil {
			return err
		}
		if err := nudgeRounds(ctx, tx, id, "plan.closed", now); err != nil {
			return err
		}
		figures, err := closingFigures(ctx, tx, p, now)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE plans SET state = 'closed', closed_at = $2, suspended_at = NULL, version = version + 1,
				outcome = $3, closing_note = $4, replaced_by_id = NULLIF($5, 0), closing_figures = $6 WHERE id = $1`,
			id, now, string(c.Outcome), c.Note, c.ReplacedBy, figures); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE steps s SET state = 'skipped', run_at = $2 FROM rounds r
			WHERE r.id = s.round_id AND r.plan_id = $1 AND s.state = 'pending'`, id, now); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE tasks SET closed_at = $2, version = version + 1
			WHERE plan_id = $1 AND state IN ('open', 'prepared', 'returned') AND closed_at IS NULL`, id, now); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE rounds SET state = 'closed', closed_at = $2, opened_at = COALESCE(opened_at, $2), version = version + 1
			WHERE plan_id = $1 AND state <> 'closed'`, id, now); err != nil {
			return err
		}
		return nudgeRequests(ctx, tx, `plan_id = $1`, id, "plan.closed", now)
	})
}

// checkReplacement refuses a plan that cannot take the place of this one.
func checkReplacement(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, id int64, c amendment.Closing) error {
	if c.ReplacedBy == 0 {
		return nil
	}
	var state plan.State
	err := tx.GetContext(ctx, &state, `SELECT p.state FROM plans p WHERE p.id = $4 AND p.id <> $5 AND ($6 OR `+visiblePlan+`)`,
		scoped(actor, c.ReplacedBy, id, actor.UserID == 0)...)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read replacement: %w", err)
	}
	if err != nil || state == plan.Closed {
		return fault.New(fault.Invalid, "closing.replaced_by",
			"Văn bản thay thế phải là một văn bản khác, chưa kết thúc.", "The plan that takes its place must be another one that is not closed.").At("replaced_by")
	}
	return nil
}

// closingFigures counts every task of the plan as its plan authority sees them.
func closingFigures(ctx context.Context, tx *sqlx.Tx, p lockedPlan, now time.Time) (string, error) {
	issuer := policy.Actor{Posts: []policy.Post{{AgencyID: p.IssuerID, Role: policy.PlanAuthority}}}
	args, err := rateArguments(ctx, tx, issuer, now.UTC().Truncate(time.Microsecond), task.RateFilter{PlanID: p.ID}, "", 1)
	if err != nil {
		return "", err
	}
	var row tallyRow
	if err := tx.GetContext(ctx, &row, listRates[task.ByPlan], args...); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("count figures: %w", err)
	}
	rate := row.rate()
	encoded, err := json.Marshal(struct{ Present, Original task.Tally }{rate.Present, rate.Original})
	if err != nil {
		return "", fmt.Errorf("encode figures: %w", err)
	}
	return string(encoded), nil
}

// PlanClosure tells how a plan ended. Fault NotFound where it has not.
func (s *Store) PlanClosure(ctx context.Context, actor policy.Actor, id int64) (amendment.Closure, error) {
	var row struct {
		Outcome        string    `db:"outcome"`
		Note           string    `db:"closing_note"`
		ReplacedBy     int64     `db:"replaced_by"`
		ReplacedByCode string    `db:"replaced_by_code"`
		ReplacedTitle  string    `db:"replaced_by_title"`
		ClosedAt       time.Time `db:"closed_at"`
		Figures        []byte    `db:"closing_figures"`
	}
	if _, err := s.FindPlan(ctx, actor, id); err != nil {
		return amendment.Closure{}, err
	}
	err := s.db.GetContext(ctx, &row, `
		SELECT p.outcome, p.closing_note, COALESCE(r.id, 0) AS replaced_by, COALESCE(r.code, '') AS replaced_by_code,
			COALESCE(r.title, '') AS replaced_by_title, p.closed_at, p.closing_figures
		FROM plans p LEFT JOIN plans r ON r.id = p.replaced_by_id WHERE p.id = $1 AND p.state = 'closed'`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return amendment.Closure{}, notFound()
	}
	if err == nil {
		if err := seePlan(ctx, s.db, actor, id); err != nil {
			return amendment.Closure{}, err
		}
	}
	if err != nil {
		return amendment.Closure{}, fmt.Errorf("read closing: %w", err)
	}
	c := amendment.Closure{
		PlanID: id, Outcome: amendment.Outcome(row.Outcome), Note: row.Note, ReplacedBy: row.ReplacedBy,
		ReplacedByCode: row.ReplacedByCode, ReplacedByTitle: row.ReplacedTitle, ClosedAt: row.ClosedAt.UTC(),
	}
	if row.Figures == nil {
		return c, nil
	}
	figures := struct{ Present, Original *task.Tally }{&c.Present, &c.Original}
	c.Counted = true
	return c, json.Unmarshal(row.Figures, &figures)
}
