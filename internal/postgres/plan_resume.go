package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
)

// moveSuspended moves what was not yet due when the plan was suspended by the
// working days that the suspension took. Tasks of one round and due time move
// together; their steps are compiled anew under the next due_version.
func (s *Store) moveSuspended(ctx context.Context, tx *sqlx.Tx, p lockedPlan, now time.Time) error {
	zone, err := time.LoadLocation(p.TimeZone)
	if err != nil {
		return fmt.Errorf("plan zone: %w", err)
	}
	since, until := calendar.DateOf(p.SuspendedAt.Time, zone), calendar.DateOf(now, zone)
	known, err := s.readCalendars(ctx, tx)
	if err != nil {
		return err
	}
	days := workingDaysBetween(since, until, known.National)
	if days == 0 {
		return nil
	}
	var groups []struct {
		Tasks        pq.Int64Array `db:"tasks"`
		DutyID       int64         `db:"duty_id"`
		Resubmission bool          `db:"resubmission"`
		DueAt        time.Time     `db:"due_at"`
		Key          string        `db:"period_key"`
		Derivation   []byte        `db:"derivation"`
	}
	if err := tx.SelectContext(ctx, &groups, `
		-- A day to send again or late is the one that is waited for, whatever the state it left the task in.
		SELECT array_agg(t.id) AS tasks, t.duty_id, t.resubmit_due_at IS NOT NULL AS resubmission, r.period_key,
			COALESCE(t.resubmit_due_at, t.due_at) AS due_at,
			CASE WHEN t.resubmit_due_at IS NOT NULL THEN t.resubmit_derivation ELSE t.derivation END AS derivation
		FROM tasks t JOIN rounds r ON r.id = t.round_id
		WHERE t.plan_id = $1 AND t.state IN ('open', 'prepared', 'returned') AND t.closed_at IS NULL
			AND COALESCE(t.resubmit_due_at, t.due_at) > $2
		GROUP BY t.round_id, t.duty_id, 3, 4, 5, 6 ORDER BY t.round_id, 5, 3`, p.ID, p.SuspendedAt.Time); err != nil {
		return fmt.Errorf("find open due times: %w", err)
	}
	for _, g := range groups {
		d, err := s.readDuty(ctx, tx, g.DutyID)
		if err != nil {
			return err
		}
		due := moveWorkingDays(g.DueAt, days, d.Calendars.National, zone)
		var derivation calendar.Derivation
		if err := json.Unmarshal(g.Derivation, &derivation); err != nil {
			return fmt.Errorf("read derivation: %w", err)
		}
		derivation.Notes = append(derivation.Notes,
			calendar.Note{Kind: "plus_working_days", N: days, VI: "tạm dừng từ " + since.VN(), EN: "suspended since " + since.VN()},
			calendar.Note{Kind: "end_of_day", Date: calendar.DueDay(due, zone)})
		move := dueMove{tasks: g.Tasks, resubmission: g.Resubmission, from: g.DueAt, to: due, derivation: derivation}
		if err := s.moveGroup(ctx, tx, d, g.Key, move, now); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE rounds r SET due_at = GREATEST(r.due_at, m.due_at), closes_at = GREATEST(r.closes_at, m.due_at), version = version + 1
		FROM (SELECT round_id, max(due_at) AS due_at FROM tasks WHERE plan_id = $1 AND closed_at IS NULL GROUP BY round_id) AS m
		WHERE m.round_id = r.id AND r.state = 'open'`, p.ID)
	if err != nil {
		return fmt.Errorf("move rounds: %w", err)
	}
	return nil
}

// moveGroup moves tasks of one round that were due at one instant.
func (s *Store) moveGroup(ctx context.Context, tx *sqlx.Tx, d dutyContext, key string, m dueMove, now time.Time) error {
	period := calendar.Period{}
	if key == "once" || calendar.IsByHandKey(key) {
		period.Cadence = calendar.Once
	}
	times, err := calendar.Steps(d.Policy(period), calendar.AnchorDue, m.to, d.Calendars.National, d.Zone)
	if err != nil {
		return err
	}
	for _, step := range stepPlans(times) {
		if step.At.After(now) {
			m.steps = append(m.steps, step)
		}
	}
	return s.moveTasks(ctx, tx, m, now)
}

// workingDaysBetween counts the working days from (included) to until (not included).
func workingDaysBetween(from, until calendar.Date, w calendar.WorkingCalendar) int {
	n := 0
	for day := from; day.Before(until); day = day.AddDays(1) {
		if w.IsWorking(day) {
			n++
		}
	}
	return n
}

// moveWorkingDays moves an instant by working days and keeps its time of day;
// "end of the day" stays the end of a day.
func moveWorkingDays(at time.Time, n int, w calendar.WorkingCalendar, zone *time.Location) time.Time {
	day := calendar.DueDay(at, zone)
	to, _ := calendar.AddWorkingDays(day, n, w)
	return at.In(zone).AddDate(0, 0, to.Sub(day)).UTC()
}
