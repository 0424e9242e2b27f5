package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/agency"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// maxReason bounds the reason of an apportionment, in characters.
const maxReason = 4000

// Apportion keeps the plan authority's decision on how the cumulative figures of
// an agency that ended count for its successors in a plan. Without one they stay
// with the old agency. A later decision on the same takes the place of this one.
// Faults: NotFound for a foreign plan; Invalid for shares that make no whole and
// for agencies that did not follow.
func (s *Store) Apportion(ctx context.Context, actor policy.Actor, in agency.ApportionInput) (agency.Apportionment, error) {
	reason, wrong := task.CleanText(in.Reason, maxReason)
	if wrong != nil {
		return agency.Apportionment{}, wrong.At("reason")
	}
	if reason == "" {
		return agency.Apportionment{}, fault.New(fault.Invalid, "apportion.reason", "Cần nêu lý do.", "A reason is needed.").At("reason")
	}
	if err := in.Whole(); err != nil {
		return agency.Apportionment{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (agency.Apportionment, error) {
		plan, err := lockPlan(ctx, tx, actor, in.PlanID, 0)
		if err != nil {
			return agency.Apportionment{}, err
		}
		successors, percents := make([]int64, len(in.Shares)), make([]string, len(in.Shares))
		for i, share := range in.Shares {
			successors[i], percents[i] = share.SuccessorID, share.Percent
		}
		var followed int
		if err := tx.GetContext(ctx, &followed, `
			SELECT count(DISTINCT successor_id) FROM (
				SELECT successor_id FROM agency_successions x JOIN agencies e ON e.id = x.predecessor_id AND e.valid_to_on < x.effective_on
					WHERE predecessor_id = $1
				UNION SELECT o.successor_id FROM duty_successions o JOIN duties d ON d.id = o.duty_id WHERE o.predecessor_id = $1 AND d.plan_id = $3
			) AS f WHERE successor_id = ANY ($2)`, in.AgencyID, pq.Array(successors), in.PlanID); err != nil {
			return agency.Apportionment{}, fmt.Errorf("find successors: %w", err)
		}
		if followed != len(successors) {
			return agency.Apportionment{}, fault.New(fault.Invalid, "apportion.successor",
				"Chỉ phân bổ cho đơn vị kế thừa của đơn vị đã kết thúc.", "Only successors of an agency that ended get shares.").At("shares")
		}
		var id int64
		if err := tx.GetContext(ctx, &id, `
			WITH kept AS (
				INSERT INTO apportionments (plan_id, predecessor_id, indicator, reason, decided_at, decided_by) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
			), shares AS (
				INSERT INTO apportionment_shares (apportionment_id, successor_id, percent)
				SELECT kept.id, f.successor, f.percent::numeric FROM kept, unnest($7::bigint[], $8::text[]) AS f (successor, percent)
			)
			SELECT id FROM kept`, in.PlanID, in.AgencyID, in.Indicator, reason, now, actor.UserID, pq.Array(successors), pq.Array(percents)); err != nil {
			return agency.Apportionment{}, fmt.Errorf("keep apportionment: %w", err)
		}
		if err := s.record(ctx, tx, actor, now, change{
			Action: "figures.apportioned", Entity: "plan", EntityID: in.PlanID, OnBehalf: plan.IssuerID,
			After: map[string]any{"apportionment": id, "agency": in.AgencyID, "indicator": in.Indicator, "successors": successors, "percents": percents, "reason_sha256": digest(reason)},
		}); err != nil {
			return agency.Apportionment{}, err
		}
		list, err := apportionments(ctx, tx, `x.id = $1`, id)
		if err != nil || len(list) != 1 {
			return agency.Apportionment{}, errors.Join(fmt.Errorf("apportionment %d was not kept", id), err)
		}
		return list[0], nil
	})
}

// Apportionments lists the decisions that stand in a plan, for whoever manages it.
func (s *Store) Apportionments(ctx context.Context, actor policy.Actor, planID int64) ([]agency.Apportionment, error) {
	var list []agency.Apportionment
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		var issuer int64
		err := tx.GetContext(ctx, &issuer, `SELECT issuer_id FROM plans WHERE id = $1`, planID)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !policy.ManagePlan(actor, issuer) {
			return notFound()
		}
		if err != nil {
			return fmt.Errorf("find plan: %w", err)
		}
		list, err = apportionments(ctx, tx, standing+` AND x.plan_id = $1`, planID)
		return err
	})
	return list, err
}

// standing is true for the newest decision x on the same.
const standing = `NOT EXISTS (SELECT 1 FROM apportionments y
	WHERE y.plan_id = x.plan_id AND y.predecessor_id = x.predecessor_id AND y.indicator = x.indicator AND y.id > x.id)`

func apportionments(ctx context.Context, tx *sqlx.Tx, which string, arg any) ([]agency.Apportionment, error) {
	var rows []struct {
		ID            int64     `db:"id"`
		AgencyID      int64     `db:"predecessor_id"`
		AgencyName    string    `db:"agency_name"`
		Indicator     string    `db:"indicator"`
		Reason        string    `db:"reason"`
		DecidedAt     time.Time `db:"decided_at"`
		DecidedBy     string    `db:"decided_by_name"`
		SuccessorID   int64     `db:"successor_id"`
		SuccessorName string    `db:"successor_name"`
		Percent       string    `db:"percent"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT x.id, x.predecessor_id, a.name AS agency_name, x.indicator, x.reason, x.decided_at, u.name AS decided_by_name,
			s.successor_id, h.name AS successor_name, trim_scale(s.percent)::text AS percent
		FROM apportionments x JOIN agencies a ON a.id = x.predecessor_id JOIN users u ON u.id = x.decided_by
		JOIN apportionment_shares s ON s.apportionment_id = x.id JOIN agencies h ON h.id = s.successor_id
		WHERE `+which+` ORDER BY a.position, a.id, x.indicator, x.id, h.position, h.id`, arg); err != nil {
		return nil, fmt.Errorf("list apportionments: %w", err)
	}
	var list []agency.Apportionment
	for _, r := range rows {
		if n := len(list); n == 0 || list[n-1].ID != r.ID {
			list = append(list, agency.Apportionment{
				ID: r.ID, AgencyID: r.AgencyID, AgencyName: r.AgencyName, Indicator: r.Indicator, Reason: r.Reason, DecidedAt: r.DecidedAt.UTC(), DecidedByName: r.DecidedBy,
			})
		}
		last := &list[len(list)-1]
		last.Shares = append(last.Shares, agency.Share{SuccessorID: r.SuccessorID, SuccessorName: r.SuccessorName, Percent: r.Percent})
	}
	return list, nil
}
