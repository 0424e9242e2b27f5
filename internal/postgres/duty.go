package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// dutyContext is what the engine needs to know to compute a duty's rounds.
type dutyContext struct {
	ID           int64
	PlanID       int64
	PlanState    plan.State
	Duty         plan.Duty
	Policies     map[string][]calendar.StepRule
	Validity     calendar.Range
	FollowedFrom calendar.Date
	Zone         *time.Location
	Levels       []string // of the agencies that owe the result
	Retired      bool
	Calendar     calendar.WorkingCalendar
}

type dutyContextRow struct {
	ID           int64          `db:"id"`
	PlanID       int64          `db:"plan_id"`
	State        plan.State     `db:"state"`
	Definition   []byte         `db:"definition"`
	Policies     []byte         `db:"policies"`
	ValidFrom    time.Time      `db:"valid_from_on"`
	ValidTo      time.Time      `db:"valid_to_on"`
	FollowedFrom sql.NullTime   `db:"followed_from_on"`
	TimeZone     string         `db:"time_zone"`
	Levels       pq.StringArray `db:"levels"`
	Retired      bool           `db:"retired"`
}

func readDuty(ctx context.Context, q sqlx.QueryerContext, id int64) (dutyContext, error) {
	var row dutyContextRow
	err := sqlx.GetContext(ctx, q, &row, `
		SELECT d.id, d.plan_id, p.state, d.definition, v.document -> 'Policies' AS policies,
			p.valid_from_on, p.valid_to_on, p.followed_from_on, p.time_zone, d.retired_version IS NOT NULL AS retired,
			ARRAY(SELECT DISTINCT a.level FROM assignments s JOIN agencies a ON a.id = s.agency_id
				WHERE s.duty_id = d.id AND s.role IN ('lead', 'implementing') ORDER BY a.level) AS levels
		FROM duties d JOIN plans p ON p.id = d.plan_id
		JOIN plan_versions v ON v.plan_id = p.id AND v.number = p.current_version
		WHERE d.id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return dutyContext{}, notFound()
	}
	if err != nil {
		return dutyContext{}, fmt.Errorf("read duty: %w", err)
	}
	d := dutyContext{
		ID: row.ID, PlanID: row.PlanID, PlanState: row.State, Levels: row.Levels, Retired: row.Retired,
		Validity: calendar.Range{From: civil(row.ValidFrom), To: civil(row.ValidTo)}, Calendar: calendar.WeekCalendar{},
	}
	if row.FollowedFrom.Valid {
		d.FollowedFrom = civil(row.FollowedFrom.Time)
	}
	if d.Zone, err = calendar.Zone(row.TimeZone); err != nil {
		return dutyContext{}, fmt.Errorf("plan zone: %w", err)
	}
	if err := json.Unmarshal(row.Definition, &d.Duty); err != nil {
		return dutyContext{}, fmt.Errorf("duty definition: %w", err)
	}
	var policies []plan.Policy
	if err := json.Unmarshal(row.Policies, &policies); err != nil {
		return dutyContext{}, fmt.Errorf("plan policies: %w", err)
	}
	d.Policies = calendar.DefaultPolicies()
	for _, p := range policies {
		d.Policies[p.Code] = p.Steps
	}
	return d, nil
}

// due computes the due time of one level for a period.
func (d dutyContext) due(p calendar.Period, level string) (calendar.DueTime, error) {
	rule, ok := d.Duty.Due[level]
	if !ok {
		rule = d.Duty.Due[""]
	}
	return calendar.Due(p, d.Duty.Schedule, rule, d.Calendar, d.Zone)
}

// dueSpan computes the earliest and the latest due time over the duty's levels.
func (d dutyContext) dueSpan(p calendar.Period) (first, last time.Time, err error) {
	for _, level := range d.Levels {
		due, err := d.due(p, level)
		if err != nil {
			return first, last, err
		}
		if first.IsZero() || due.At.Before(first) {
			first = due.At
		}
		if due.At.After(last) {
			last = due.At
		}
	}
	return first, last, nil
}

// roundTimes computes a round's opening, due and closing times.
func (d dutyContext) roundTimes(p calendar.Period) (opens, due, closes time.Time, err error) {
	first, due, err := d.dueSpan(p)
	if err != nil {
		return opens, due, closes, err
	}
	opens = calendar.Opening(first, p, d.Duty.OpensBefore, d.Calendar, d.Zone).At
	// A round ends when the next one is due or the plan ends, never before it is due itself.
	closes = d.Validity.To.AddDays(1).In(d.Zone)
	next, more, err := calendar.NextPeriod(d.Duty.Schedule, d.Validity, p.End)
	if err != nil {
		return opens, due, closes, err
	}
	if more {
		_, nextDue, err := d.dueSpan(next)
		if err != nil {
			return opens, due, closes, err
		}
		if nextDue.Before(closes) {
			closes = nextDue
		}
	}
	if closes.Before(due) {
		closes = due
	}
	if due.Before(opens) {
		opens = due
	}
	return opens, due, closes, nil
}

// ScheduleNextRound finds the duty's next round, creating it as scheduled if
// it does not exist yet. Calling it again returns the same round until that
// one has opened.
func (s *Store) ScheduleNextRound(ctx context.Context, dutyID int64) (task.NextRound, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return task.NextRound{}, err
	}
	var next task.NextRound
	err = s.transact(ctx, func(tx *sqlx.Tx) error {
		// The duty's row serialises those who schedule for it.
		if _, err := tx.ExecContext(ctx, `SELECT 1 FROM duties WHERE id = $1 FOR UPDATE`, dutyID); err != nil {
			return fmt.Errorf("lock duty: %w", err)
		}
		d, err := readDuty(ctx, tx, dutyID)
		if err != nil {
			return err
		}
		if d.PlanState == plan.Closed || d.Retired || len(d.Levels) == 0 {
			next = task.NextRound{Ended: true}
			return nil
		}
		if d.PlanState != plan.Active {
			return nil
		}
		next, err = s.scheduleNext(ctx, tx, d, now)
		return err
	})
	return next, err
}

func (s *Store) scheduleNext(ctx context.Context, tx *sqlx.Tx, d dutyContext, now time.Time) (task.NextRound, error) {
	if waiting, found, err := scheduledRound(ctx, tx, d.ID); err != nil || found {
		return waiting, err
	}
	var last sql.NullTime
	if err := tx.GetContext(ctx, &last, `SELECT max(window_to_on) FROM rounds WHERE duty_id = $1`, d.ID); err != nil {
		return task.NextRound{}, fmt.Errorf("read last round: %w", err)
	}
	after := calendar.Date{}
	if last.Valid {
		after = civil(last.Time)
	}
	for {
		// More than one only where the plan keeps rounds apart that close on the same date.
		periods, err := calendar.NextPeriods(d.Duty.Schedule, d.Validity, after)
		if err != nil {
			return task.NextRound{}, err
		}
		if len(periods) == 0 {
			return task.NextRound{Ended: true}, nil
		}
		for _, period := range periods {
			opens, due, closes, err := d.roundTimes(period)
			if f := fault.Of(err); f != nil && f.Code == calendar.CodeDueBeforeStart {
				continue // the plan began after this period's due day
			}
			if err != nil {
				return task.NextRound{}, err
			}
			if !due.After(d.FollowedFrom.In(d.Zone)) {
				continue // it was due before the plan was followed
			}
			if err := s.insertRound(ctx, tx, d, period, opens, due, closes, now); err != nil {
				return task.NextRound{}, err
			}
		}
		if waiting, found, err := scheduledRound(ctx, tx, d.ID); err != nil || found {
			return waiting, err
		}
		after = periods[0].End
	}
}

// scheduledRound finds the earliest round of the duty that has not opened.
func scheduledRound(ctx context.Context, tx *sqlx.Tx, dutyID int64) (task.NextRound, bool, error) {
	var row struct {
		ID      int64     `db:"id"`
		OpensAt time.Time `db:"opens_at"`
	}
	err := tx.GetContext(ctx, &row, `
		SELECT id, opens_at FROM rounds WHERE duty_id = $1 AND state = 'scheduled' ORDER BY opens_at, id LIMIT 1`, dutyID)
	if errors.Is(err, sql.ErrNoRows) {
		return task.NextRound{}, false, nil
	}
	if err != nil {
		return task.NextRound{}, false, fmt.Errorf("read scheduled round: %w", err)
	}
	return task.NextRound{RoundID: row.ID, OpensAt: row.OpensAt.UTC()}, true, nil
}

func (s *Store) insertRound(ctx context.Context, tx *sqlx.Tx, d dutyContext, p calendar.Period, opens, due, closes, now time.Time) error {
	cadences := make([]string, len(p.Cadences))
	for i, c := range p.Cadences {
		cadences[i] = string(c)
	}
	var id int64
	if err := tx.GetContext(ctx, &id, `
		INSERT INTO rounds (duty_id, plan_id, period_key, cadences, window_from_on, window_to_on, opens_at, due_at, closes_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		d.ID, d.PlanID, p.Key, pq.Array(cadences), p.Start.String(), p.End.String(), opens, due, closes); err != nil {
		return fmt.Errorf("schedule round: %w", err)
	}
	return s.record(ctx, tx, systemActor, now, change{
		Action: "round.scheduled", Entity: "round", EntityID: id,
		After: map[string]any{"duty": d.Duty.Code, "period": p.Key, "opens_at": opens.UTC(), "due_at": due.UTC()},
	})
}

// ScheduledDuties lists the duties of a plan whose rounds the calendar opens.
func (s *Store) ScheduledDuties(ctx context.Context, planID int64) ([]int64, plan.State, error) {
	var state plan.State
	err := s.db.GetContext(ctx, &state, `SELECT state FROM plans WHERE id = $1`, planID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", notFound()
	}
	if err != nil {
		return nil, "", fmt.Errorf("read plan: %w", err)
	}
	ids := []int64{}
	if err := s.db.SelectContext(ctx, &ids, `
		SELECT id FROM duties WHERE plan_id = $1 AND scheduled AND retired_version IS NULL ORDER BY position`, planID); err != nil {
		return nil, "", fmt.Errorf("list duties: %w", err)
	}
	return ids, state, nil
}
