package activities

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/task"
	"dondoc/workflows"
)

// EngineStore is what the engine asks of the system of record.
type EngineStore interface {
	ScheduledDuties(ctx context.Context, planID int64) ([]int64, plan.State, error)
	ScheduleNextRound(ctx context.Context, dutyID int64) (task.NextRound, error)
	OpenRound(ctx context.Context, roundID int64, progress func(tasks int)) error
	RunRound(ctx context.Context, roundID int64) (task.RoundTurn, error)
}

// Engine holds the activities of plans, duties and rounds.
type Engine struct {
	Store EngineStore
	Clock clock.Business
	// Spread delays the steps of a round by up to this much, by a hash of the
	// round, so that hundreds of rounds due at 08:00 do not run in one second.
	// Zero in a rehearsal.
	Spread time.Duration
}

// ReadPlan lists the duties of a plan that the calendar opens rounds for.
func (e *Engine) ReadPlan(ctx context.Context, planID int64) (workflows.PlanTurn, error) {
	duties, state, err := e.Store.ScheduledDuties(ctx, planID)
	if err != nil {
		return workflows.PlanTurn{}, final(err)
	}
	if state == plan.Draft {
		duties = nil
	}
	return workflows.PlanTurn{Duties: duties, Ended: state == plan.Closed}, nil
}

// ScheduleRound finds or creates the next round of a duty and tells how long to wait for its opening.
func (e *Engine) ScheduleRound(ctx context.Context, dutyID int64) (workflows.DutyTurn, error) {
	next, err := e.Store.ScheduleNextRound(ctx, dutyID)
	if err != nil {
		return workflows.DutyTurn{}, final(err)
	}
	turn := workflows.DutyTurn{RoundID: next.RoundID, Ended: next.Ended}
	if next.RoundID != 0 {
		if turn.Wait, err = e.Clock.Wait(ctx, next.OpensAt); err != nil {
			return workflows.DutyTurn{}, fmt.Errorf("business clock: %w", err)
		}
	}
	return turn, nil
}

// OpenRound opens a round's tasks if its time has come.
func (e *Engine) OpenRound(ctx context.Context, roundID int64) error {
	defer beat(ctx)()
	return e.open(ctx, roundID)
}

func (e *Engine) open(ctx context.Context, roundID int64) error {
	return final(e.Store.OpenRound(ctx, roundID, func(tasks int) { activity.RecordHeartbeat(ctx, tasks) }))
}

// RunRound opens the round if its time has come, does everything that is due,
// and tells how long to wait for what comes next.
func (e *Engine) RunRound(ctx context.Context, roundID int64) (workflows.RoundTurn, error) {
	defer beat(ctx)()
	turn, err := e.Store.RunRound(ctx, roundID)
	if err != nil {
		return workflows.RoundTurn{}, final(err)
	}
	if turn.State == "scheduled" && !turn.NextAt.IsZero() {
		wait, err := e.Clock.Wait(ctx, turn.NextAt)
		if err != nil {
			return workflows.RoundTurn{}, fmt.Errorf("business clock: %w", err)
		}
		if wait > 0 {
			return workflows.RoundTurn{Wait: wait}, nil
		}
		if err := e.open(ctx, roundID); err != nil {
			return workflows.RoundTurn{}, err
		}
		if turn, err = e.Store.RunRound(ctx, roundID); err != nil {
			return workflows.RoundTurn{}, final(err)
		}
	}
	answer := workflows.RoundTurn{Ended: turn.Ended}
	if !turn.NextAt.IsZero() {
		wait, err := e.Clock.Wait(ctx, turn.NextAt)
		if err != nil {
			return workflows.RoundTurn{}, fmt.Errorf("business clock: %w", err)
		}
		// Something may have become due since the turn: look again at once, but not in a spin.
		answer.Wait = max(wait, time.Millisecond) + e.spread(roundID)
	}
	return answer, nil
}

func (e *Engine) spread(roundID int64) time.Duration {
	if e.Spread <= 0 {
		return 0
	}
	h := fnv.New32a()
	fmt.Fprintf(h, "%d", roundID)
	return time.Duration(int64(h.Sum32()) % int64(e.Spread))
}

// final marks expected failures as not worth retrying: they are answers.
func final(err error) error {
	if f := fault.Of(err); f != nil && f.Kind != fault.Unavailable {
		return temporal.NewNonRetryableApplicationError(f.EN, f.Code, errors.New(f.Code))
	}
	return err
}
