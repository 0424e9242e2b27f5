package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

type lockedPlan struct {
	ID          int64        `db:"id"`
	State       plan.State   `db:"state"`
	IssuerID    int64        `db:"issuer_id"`
	TimeZone    string       `db:"time_zone"`
	Version     int          `db:"version"`
	SuspendedAt sql.NullTime `db:"suspended_at"`
	Visible     bool         `db:"visible"`
}

// lockPlan reads a plan for a change, refusing whoever may not manage it and
// whoever looked at an older state of it.
func lockPlan(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, id int64, version int) (lockedPlan, error) {
	var p lockedPlan
	err := tx.GetContext(ctx, &p, `
		SELECT p.id, p.state, p.issuer_id, p.time_zone, p.version, p.suspended_at, `+visiblePlan+` AS visible
		FROM plans p WHERE p.id = $4 FOR NO KEY UPDATE OF p`, scoped(actor, id)...)
	if errors.Is(err, sql.ErrNoRows) || err == nil && actor.UserID != 0 && (!p.Visible || !policy.SeePlans(actor)) {
		return p, notFound()
	}
	if err != nil {
		return p, fmt.Errorf("lock plan: %w", err)
	}
	if actor.UserID != 0 && !policy.ManagePlan(actor, p.IssuerID) {
		return p, fault.New(fault.Forbidden, "plan.not_issuer",
			"Chỉ cơ quan ban hành văn bản được làm việc này.", "Only the agency that issued the plan may do this.")
	}
	if version != 0 && version != p.Version {
		return p, fault.New(fault.Conflict, "plan.changed",
			"Văn bản đã thay đổi từ lúc mở trang (nay ở trạng thái %s). Tải lại rồi làm lại.",
			"The plan has changed since it was read (it is %s now). Reload and try again.", p.State)
	}
	return p, nil
}

func refuseState(p lockedPlan, act string) error {
	return fault.New(fault.Conflict, "plan.state",
		"Văn bản đang ở trạng thái “%s”, không thể %s.", "The plan is %s; it cannot be changed so (%s).", p.State, act)
}

// ActivatePlan starts following a draft. Rounds whose due time lies before the
// day followFrom are not opened; zero means today in the plan's zone.
func (s *Store) ActivatePlan(ctx context.Context, actor policy.Actor, id int64, version int, followFrom calendar.Date) (plan.Record, error) {
	return s.changePlan(ctx, actor, id, version, "plan.activated", func(tx *sqlx.Tx, p lockedPlan, now time.Time) error {
		if p.State != plan.Draft {
			return refuseState(p, "activate")
		}
		zone, err := time.LoadLocation(p.TimeZone)
		if err != nil {
			return fmt.Errorf("plan zone: %w", err)
		}
		if followFrom.IsZero() {
			followFrom = calendar.DateOf(now, zone)
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE plans SET state = 'active', activated_at = $2, followed_from_on = $3, version = version + 1 WHERE id = $1`,
			id, now, followFrom.String())
		return err
	})
}

// SuspendPlan stops the plan's time: nothing is overdue and no steps run until it is resumed.
func (s *Store) SuspendPlan(ctx context.Context, actor policy.Actor, id int64, version int) (plan.Record, error) {
	return s.changePlan(ctx, actor, id, version, "plan.suspended", func(tx *sqlx.Tx, p lockedPlan, now time.Time) error {
		if p.State != plan.Active {
			return refuseState(p, "suspend")
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE plans SET state = 'suspended', suspended_at = $2, version = version + 1 WHERE id = $1`, id, now)
		return err
	})
}

// ResumePlan lets the plan's time run on. Due times that were open move by the
// working days of the suspension, and say so in their derivation.
func (s *Store) ResumePlan(ctx context.Context, actor policy.Actor, id int64, version int) (plan.Record, error) {
	return s.changePlan(ctx, actor, id, version, "plan.resumed", func(tx *sqlx.Tx, p lockedPlan, now time.Time) error {
		if p.State != plan.Suspended {
			return refuseState(p, "resume")
		}
		if err := s.moveSuspended(ctx, tx, p, now); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE plans SET state = 'active', suspended_at = NULL, version = version + 1 WHERE id = $1`, id)
		if err != nil {
			return err
		}
		// Whatever woke meanwhile waits for this, even if no due time had to move.
		if err := nudgeRounds(ctx, tx, id, "plan.resumed", now); err != nil {
			return err
		}
		return nudgeRequests(ctx, tx, `plan_id = $1`, id, "plan.resumed", now)
	})
}

// nudgeRounds lets the plan's rounds look again that are open, or over with
// steps of reviewers to come.
func nudgeRounds(ctx context.Context, tx *sqlx.Tx, planID int64, why string, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO outbox (workflow, kind, created_at)
		SELECT 'round:' || id, $2, $3 FROM rounds r WHERE plan_id = $1
			AND (state = 'open' OR state = 'closed' AND EXISTS (SELECT 1 FROM steps s WHERE s.round_id = r.id AND s.state = 'pending'))`, planID, why, now); err != nil {
		return fmt.Errorf("nudge rounds: %w", err)
	}
	return nil
}

func (s *Store) changePlan(ctx context.Context, actor policy.Actor, id int64, version int, action string, do func(tx *sqlx.Tx, p lockedPlan, now time.Time) error) (plan.Record, error) {
	return s.changePlanWith(ctx, actor, id, version, action, nil, do)
}

// changePlanWith is changePlan with more for the trail.
func (s *Store) changePlanWith(ctx context.Context, actor policy.Actor, id int64, version int, action string, more map[string]any, do func(tx *sqlx.Tx, p lockedPlan, now time.Time) error) (plan.Record, error) {
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (plan.Record, error) {
		p, err := lockPlan(ctx, tx, actor, id, version)
		if err != nil {
			return plan.Record{}, err
		}
		if err := do(tx, p, now); err != nil {
			return plan.Record{}, err
		}
		record, err := planRecord(ctx, tx, id)
		if err != nil {
			return plan.Record{}, err
		}
		after := map[string]any{"state": record.State, "version": record.Version}
		maps.Copy(after, more)
		if err := s.record(ctx, tx, actor, now, change{
			Action: action, Entity: "plan", EntityID: id, Before: map[string]any{"state": p.State}, After: after,
		}); err != nil {
			return plan.Record{}, err
		}
		return record, nudge(ctx, tx, fmt.Sprintf("plan:%d", id), action, now)
	})
}
