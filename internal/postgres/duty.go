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
	"dondoc/internal/plan"
	"dondoc/internal/task"
	"dondoc/internal/timetable"
)

// dutyContext is a duty as the engine needs to know it.
type dutyContext struct {
	timetable.Duty
	ID        int64
	PlanID    int64
	PlanState plan.State
	Retired   bool
	// calendars tell which agency lives by which of Duty.Calendars.
	calendars calendars
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
	Calendars    pq.StringArray `db:"calendars"`
	Retired      bool           `db:"retired"`
}

// readDuty reads a duty with the working calendars as they stand.
func (s *Store) readDuty(ctx context.Context, tx *sqlx.Tx, id int64) (dutyContext, error) {
	known, err := s.readCalendars(ctx, tx)
	if err != nil {
		return dutyContext{}, err
	}
	return readDutyUnder(ctx, tx, id, known)
}

// readDutyUnder reads a duty as it would be under the given calendars.
func readDutyUnder(ctx context.Context, q sqlx.QueryerContext, id int64, known calendars) (dutyContext, error) {
	var row dutyContextRow
	agencies, keys := known.exceptions()
	err := sqlx.GetContext(ctx, q, &row, `
		SELECT d.id, d.plan_id, p.state, d.definition, v.document -> 'Policies' AS policies,
			p.valid_from_on, p.valid_to_on, GREATEST(p.followed_from_on, d.followed_from_on) AS followed_from_on, p.time_zone, d.retired_version IS NOT NULL AS retired,
			k.levels, k.calendars
		FROM duties d JOIN plans p ON p.id = d.plan_id
		JOIN plan_versions v ON v.plan_id = p.id AND v.number = p.current_version
		CROSS JOIN LATERAL (
			SELECT array_agg(level) AS levels, array_agg(calendar) AS calendars FROM (
				SELECT DISTINCT a.level, COALESCE(x.calendar, '') AS calendar
				FROM assignments s JOIN agencies a ON a.id = s.agency_id
				LEFT JOIN unnest($2::bigint[], $3::text[]) AS x (agency_id, calendar) ON x.agency_id = a.id
				WHERE s.duty_id = d.id AND s.role IN ('lead', 'implementing')
			) AS kinds
		) AS k
		WHERE d.id = $1`, id, pq.Array(agencies), pq.Array(keys))
	if errors.Is(err, sql.ErrNoRows) {
		return dutyContext{}, notFound()
	}
	if err != nil {
		return dutyContext{}, fmt.Errorf("read duty: %w", err)
	}
	d := dutyContext{ID: row.ID, PlanID: row.PlanID, PlanState: row.State, Retired: row.Retired, calendars: known}
	d.Validity = calendar.Range{From: civil(row.ValidFrom), To: civil(row.ValidTo)}
	d.Calendars, d.Outages = known.Calendars, known.outages
	for i, level := range row.Levels {
		d.Kinds = append(d.Kinds, timetable.Kind{Level: level, Calendar: row.Calendars[i]})
	}
	d.Kinds = timetable.SortKinds(d.Kinds)
	if row.FollowedFrom.Valid {
		d.FollowedFrom = civil(row.FollowedFrom.Time)
	}
	if d.Zone, err = calendar.Zone(row.TimeZone); err != nil {
		return dutyContext{}, fmt.Errorf("plan zone: %w", err)
	}
	if err := json.Unmarshal(row.Definition, &d.Definition); err != nil {
		return dutyContext{}, fmt.Errorf("duty definition: %w", err)
	}
	var policies []plan.Policy
	if err := json.Unmarshal(row.Policies, &policies); err != nil {
		return dutyContext{}, fmt.Errorf("plan policies: %w", err)
	}
	d.Policies = timetable.Policies(policies)
	return d, nil
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
		if _, err := tx.ExecContext(ctx, `SELECT 1 FROM duties WHERE id = $1 FOR NO KEY UPDATE`, dutyID); err != nil {
			return fmt.Errorf("lock duty: %w", err)
		}
		d, err := s.readDuty(ctx, tx, dutyID)
		if err != nil {
			return err
		}
		if d.PlanState == plan.Closed || d.Retired || len(d.Kinds) == 0 || d.Definition.CoveredBy != "" {
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

// scheduleNext sees to it that each stream of the duty's rounds has one that is
// scheduled, and returns the earliest.
func (s *Store) scheduleNext(ctx context.Context, tx *sqlx.Tx, d dutyContext, now time.Time) (task.NextRound, error) {
	for _, stream := range d.Streams() {
		cadences := cadenceNames(stream.Definition.Schedule.Cadences)
		var known struct {
			Waiting bool         `db:"waiting"`
			Last    sql.NullTime `db:"last"`
		}
		if err := tx.GetContext(ctx, &known, `
			SELECT COALESCE(bool_or(state = 'scheduled'), false) AS waiting, max(window_to_on) AS last
			FROM rounds WHERE duty_id = $1 AND cadences && $2 AND dropped_at IS NULL`, d.ID, pq.Array(cadences)); err != nil {
			return task.NextRound{}, fmt.Errorf("read last round: %w", err)
		}
		if known.Waiting {
			continue
		}
		after := calendar.Date{}
		if known.Last.Valid {
			after = civil(known.Last.Time)
		}
		if err := s.scheduleAfter(ctx, tx, d, stream, after, now); err != nil {
			return task.NextRound{}, err
		}
	}
	waiting, found, err := scheduledRound(ctx, tx, d.ID)
	if err == nil && !found {
		waiting.Ended = true
	}
	return waiting, err
}

// scheduleAfter schedules the stream's next rounds that close after a day. A
// period that had its round already, under windows that an amendment changed, is
// passed over.
func (s *Store) scheduleAfter(ctx context.Context, tx *sqlx.Tx, d dutyContext, stream timetable.Duty, after calendar.Date, now time.Time) error {
	for {
		rounds, err := stream.Next(after)
		if err != nil || len(rounds) == 0 {
			return err
		}
		scheduled := false
		for _, round := range rounds {
			made, err := s.insertRound(ctx, tx, d, round, now)
			if err != nil {
				return err
			}
			scheduled = scheduled || made
		}
		if scheduled {
			return nil
		}
		after = rounds[0].Period.End
	}
}

func cadenceNames(cadences []calendar.Cadence) []string {
	names := make([]string, len(cadences))
	for i, c := range cadences {
		names[i] = string(c)
	}
	return names
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

// insertRound keeps a round as scheduled, also one that an amendment dropped
// before; false where the period has its round already.
func (s *Store) insertRound(ctx context.Context, tx *sqlx.Tx, d dutyContext, r timetable.Round, now time.Time) (bool, error) {
	p := r.Period
	cadences := cadenceNames(p.Cadences)
	var id int64
	err := tx.GetContext(ctx, &id, `
		INSERT INTO rounds (duty_id, plan_id, period_key, cadences, window_from_on, window_to_on, opens_at, due_at, closes_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT ON CONSTRAINT rounds_period_key DO UPDATE SET state = 'scheduled', dropped_at = NULL, opened_at = NULL, closed_at = NULL,
			cadences = excluded.cadences, window_from_on = excluded.window_from_on, window_to_on = excluded.window_to_on,
			opens_at = excluded.opens_at, due_at = excluded.due_at, closes_at = excluded.closes_at, version = rounds.version + 1
		WHERE rounds.dropped_at IS NOT NULL
		RETURNING id`,
		d.ID, d.PlanID, p.Key, pq.Array(cadences), p.Start.String(), p.End.String(), r.OpensAt, r.DueAt, r.ClosesAt)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("schedule round: %w", err)
	}
	return true, s.record(ctx, tx, systemActor, now, change{
		Action: "round.scheduled", Entity: "round", EntityID: id,
		After: map[string]any{"duty": d.Definition.Code, "period": p.Key, "opens_at": r.OpensAt.UTC(), "due_at": r.DueAt.UTC()},
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
