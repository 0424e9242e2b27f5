package app

import (
	"context"
	"errors"
	"log/slog"

	"dondoc/internal/calendar"
	"dondoc/internal/config"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/timetable"
)

// LoadPlan keeps a checked plan as a draft and, if asked, follows it from the
// day on (zero: today). The operator of the machine acts as the system.
func LoadPlan(ctx context.Context, cfg config.Config, log *slog.Logger, p *plan.Plan, source []byte, activate bool, from calendar.Date) (record plan.Record, err error) {
	r, err := open(ctx, cfg, log)
	if err != nil {
		return plan.Record{}, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	record, err = r.store.LoadPlan(ctx, policy.Actor{}, p, source)
	if err != nil || !activate {
		return record, err
	}
	return r.store.ActivatePlan(ctx, policy.Actor{}, record.ID, record.Version, from)
}

// ActivatePlan follows a draft by its code.
func ActivatePlan(ctx context.Context, cfg config.Config, log *slog.Logger, code string, from calendar.Date) (record plan.Record, err error) {
	r, err := open(ctx, cfg, log)
	if err != nil {
		return plan.Record{}, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	id, err := r.store.PlanID(ctx, code)
	if err != nil {
		return plan.Record{}, err
	}
	return r.store.ActivatePlan(ctx, policy.Actor{}, id, 0, from)
}

// ChangeCalendar shows what a change of the calendars would move or, if asked,
// applies it. The operator of the machine acts as the system.
func ChangeCalendar(ctx context.Context, cfg config.Config, log *slog.Logger, c timetable.Change, apply bool) (effect timetable.Effect, err error) {
	r, err := open(ctx, cfg, log)
	if err != nil {
		return effect, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if apply {
		return r.store.ApplyCalendarChange(ctx, policy.Actor{}, c)
	}
	return r.store.PreviewCalendarChange(ctx, policy.Actor{}, c)
}
