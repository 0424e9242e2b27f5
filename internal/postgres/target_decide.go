package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/indicator"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/target"
)

// SplitTarget keeps how the plan authority splits a measure among units and
// years. Older splits stay in the database; the newest holds. Faults: NotFound
// for a plan, target or measure that the actor does not see, Forbidden for whoever
// does not manage the plan, Invalid for parts that do not add up.
func (s *Store) SplitTarget(ctx context.Context, actor policy.Actor, in target.SplitInput) (target.View, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return target.View{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (target.View, error) {
		p, m, err := s.measureToDecide(ctx, tx, actor, in.PlanID, in.Target, in.Measure)
		if err != nil {
			return target.View{}, err
		}
		if err := m.CheckAims(in.Aims()); err != nil {
			return target.View{}, err
		}
		if err := checkUnits(ctx, tx, in); err != nil {
			return target.View{}, err
		}
		var id int64
		if err := tx.GetContext(ctx, &id, `
			INSERT INTO target_splits (plan_id, target, measure, basis, decided_at, decided_by) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
			in.PlanID, in.Target, in.Measure, in.Basis, now, actor.UserID); err != nil {
			return target.View{}, fmt.Errorf("keep split: %w", err)
		}
		agencies, years, aims := make([]int64, len(in.Parts)), make([]int64, len(in.Parts)), make([]string, len(in.Parts))
		for i, part := range in.Parts {
			agencies[i], years[i], aims[i] = part.AgencyID, int64(part.Year), part.Aim
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO target_split_parts (split_id, agency_id, year, aim)
			SELECT $1, NULLIF(x.agency, 0), NULLIF(x.year, 0)::int, x.aim::numeric FROM unnest($2::bigint[], $3::bigint[], $4::text[]) AS x (agency, year, aim)`,
			id, pq.Array(agencies), pq.Array(years), pq.Array(aims)); err != nil {
			return target.View{}, fmt.Errorf("keep parts: %w", err)
		}
		if err := s.record(ctx, tx, actor, now, change{
			Action: "target.split", Entity: "plan", EntityID: in.PlanID, OnBehalf: p.IssuerID,
			Before: partsOf(m.Aims),
			After:  map[string]any{"split": id, "target": in.Target, "measure": in.Measure, "parts": partsOf(in.Aims()), "basis_sha256": digest(in.Basis)},
		}); err != nil {
			return target.View{}, err
		}
		return s.targetView(ctx, tx, actor, p, in.Target, 0, now)
	})
}

// SetBaseline keeps the level that a reduction starts from, with where and for
// which day it was counted. Older ones stay in the database; the newest holds.
// Faults: as of SplitTarget, and Invalid for a measure that is no reduction.
func (s *Store) SetBaseline(ctx context.Context, actor policy.Actor, in target.BaselineInput) (target.View, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return target.View{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (target.View, error) {
		p, m, err := s.measureToDecide(ctx, tx, actor, in.PlanID, in.Target, in.Measure)
		if err != nil {
			return target.View{}, err
		}
		if m.Kind != indicator.Reduce {
			return target.View{}, fault.New(fault.Invalid, "baseline.not_needed",
				"Chỉ chỉ tiêu giảm phần trăm mới cần số gốc.", "Only a reduction in percent needs a baseline.").At("measure")
		}
		zone, err := calendar.Zone(p.TimeZone)
		if err != nil {
			return target.View{}, fmt.Errorf("plan zone: %w", err)
		}
		if in.On.After(calendar.DateOf(now, zone)) {
			return target.View{}, fault.New(fault.Invalid, "baseline.future", "Ngày của số gốc ở tương lai.", "The day of the baseline lies in the future.").At("counted_on")
		}
		var id int64
		if err := tx.GetContext(ctx, &id, `
			INSERT INTO target_baselines (plan_id, target, measure, value, source, counted_on, entered_at, entered_by)
			VALUES ($1, $2, $3, $4::numeric, $5, $6, $7, $8) RETURNING id`,
			in.PlanID, in.Target, in.Measure, in.Value, in.Source, in.On.String(), now, actor.UserID); err != nil {
			return target.View{}, fmt.Errorf("keep baseline: %w", err)
		}
		var before any
		if m.Baseline != nil {
			before = map[string]string{"value": m.Baseline.Value.String()}
		}
		if err := s.record(ctx, tx, actor, now, change{
			Action: "target.baseline", Entity: "plan", EntityID: in.PlanID, OnBehalf: p.IssuerID, Before: before,
			After: map[string]any{"baseline": id, "target": in.Target, "measure": in.Measure, "value": in.Value, "counted_on": in.On.String(), "source_sha256": digest(in.Source)},
		}); err != nil {
			return target.View{}, err
		}
		return s.targetView(ctx, tx, actor, p, in.Target, 0, now)
	})
}

// measureToDecide locks the plan and finds the measure that is decided on.
func (s *Store) measureToDecide(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, planID int64, code string, number int) (aimedPlan, target.Measure, error) {
	locked, err := lockPlan(ctx, tx, actor, planID, 0)
	if err != nil {
		return aimedPlan{}, target.Measure{}, err
	}
	if locked.State == plan.Closed {
		return aimedPlan{}, target.Measure{}, refuseState(locked, "change targets")
	}
	p, err := readAimedPlan(ctx, tx, planID)
	if err != nil {
		return p, target.Measure{}, err
	}
	decided, err := readDecided(ctx, tx, p)
	if err != nil {
		return p, target.Measure{}, err
	}
	for _, t := range p.targets {
		if t.Code == code && number >= 1 && number <= len(t.Measures) {
			return p, measureOf(p, t, number-1, nil, decided), nil
		}
	}
	return p, target.Measure{}, notFound()
}

// checkUnits refuses parts of agencies that have no part in the plan.
func checkUnits(ctx context.Context, tx *sqlx.Tx, in target.SplitInput) error {
	agencies := make([]int64, len(in.Parts))
	for i, part := range in.Parts {
		agencies[i] = part.AgencyID
	}
	var own []int64
	if err := tx.SelectContext(ctx, &own, `
		SELECT DISTINCT s.agency_id FROM assignments s JOIN duties d ON d.id = s.duty_id WHERE d.plan_id = $1 AND s.agency_id = ANY ($2)`,
		in.PlanID, pq.Array(agencies)); err != nil {
		return fmt.Errorf("find agencies: %w", err)
	}
	for i, id := range agencies {
		if id != 0 && !slices.Contains(own, id) {
			return fault.New(fault.Invalid, "target.foreign_unit", "Đơn vị này không có nhiệm vụ trong văn bản.", "This agency has no part in the plan.").At(fmt.Sprintf("parts.%d.agency_id", i))
		}
	}
	return nil
}

// partsOf are parts as the trail keeps them.
func partsOf(aims []target.Aim) []map[string]any {
	list := make([]map[string]any, len(aims))
	for i, a := range aims {
		list[i] = map[string]any{"agency": a.AgencyID, "year": a.Year, "aim": a.Aim.String()}
	}
	return list
}
