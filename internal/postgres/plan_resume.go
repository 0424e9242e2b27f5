package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/task"
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
	days := workingDaysBetween(since, until, calendar.WeekCalendar{})
	if days == 0 {
		return nil
	}
	var groups []struct {
		RoundID    int64      `db:"round_id"`
		DutyID     int64      `db:"duty_id"`
		State      task.State `db:"state"`
		DueAt      time.Time  `db:"due_at"`
		Key        string     `db:"period_key"`
		Derivation []byte     `db:"derivation"`
	}
	if err := tx.SelectContext(ctx, &groups, `
		SELECT t.round_id, t.duty_id, CASE WHEN t.state = 'returned' THEN 'returned' ELSE 'open' END AS state, r.period_key,
			CASE WHEN t.state = 'returned' THEN t.resubmit_due_at ELSE t.due_at END AS due_at,
			(array_agg(CASE WHEN t.state = 'returned' THEN t.resubmit_derivation ELSE t.derivation END))[1] AS derivation
		FROM tasks t JOIN rounds r ON r.id = t.round_id
		WHERE t.plan_id = $1 AND t.state IN ('open', 'prepared', 'returned') AND t.closed_at IS NULL
			AND CASE WHEN t.state = 'returned' THEN t.resubmit_due_at ELSE t.due_at END > $2
		GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 5`, p.ID, p.SuspendedAt.Time); err != nil {
		return fmt.Errorf("find open due times: %w", err)
	}
	for _, g := range groups {
		d, err := readDuty(ctx, tx, g.DutyID)
		if err != nil {
			return err
		}
		due := moveWorkingDays(g.DueAt, days, d.Calendar, zone)
		var derivation calendar.Derivation
		if err := json.Unmarshal(g.Derivation, &derivation); err != nil {
			return fmt.Errorf("read derivation: %w", err)
		}
		derivation.Notes = append(derivation.Notes,
			calendar.Note{Kind: "plus_working_days", N: days, VI: "tạm dừng từ " + since.VN(), EN: "suspended since " + since.VN()},
			calendar.Note{Kind: "end_of_day", Date: calendar.DueDay(due, zone)})
		if err := s.moveGroup(ctx, tx, d, g.RoundID, g.State, g.Key, g.DueAt, due, derivation, now); err != nil {
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
	_, err = tx.ExecContext(ctx, `
		INSERT INTO outbox (workflow, kind, created_at)
		SELECT 'round:' || id, 'plan.resumed', $2 FROM rounds WHERE plan_id = $1 AND state <> 'closed'`, p.ID, now)
	return err
}

func (s *Store) moveGroup(ctx context.Context, tx *sqlx.Tx, d dutyContext, roundID int64, state task.State, key string, from, to time.Time, derivation calendar.Derivation, now time.Time) error {
	encoded, err := json.Marshal(derivation)
	if err != nil {
		return fmt.Errorf("encode derivation: %w", err)
	}
	period := calendar.Period{}
	if key == "once" {
		period.Cadence = calendar.Once
	}
	times, err := calendar.Steps(d.policyOf(period), calendar.AnchorDue, to, d.Calendar, d.Zone)
	if err != nil {
		return err
	}
	steps := []stepPlan{}
	for _, step := range stepPlans(times) {
		if step.At.After(now) {
			steps = append(steps, step)
		}
	}
	encodedSteps, err := json.Marshal(steps)
	if err != nil {
		return fmt.Errorf("encode steps: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		WITH moved AS (
			UPDATE tasks SET due_version = due_version + 1, version = version + 1,
				due_at = CASE WHEN $2 = 'returned' THEN due_at ELSE $4 END,
				derivation = CASE WHEN $2 = 'returned' THEN derivation ELSE $5 END,
				resubmit_due_at = CASE WHEN $2 = 'returned' THEN $4 ELSE resubmit_due_at END,
				resubmit_derivation = CASE WHEN $2 = 'returned' THEN $5 ELSE resubmit_derivation END
			WHERE round_id = $1 AND closed_at IS NULL AND CASE WHEN $2 = 'returned'
				THEN state = 'returned' AND resubmit_due_at = $3 ELSE state IN ('open', 'prepared') AND due_at = $3 END
			RETURNING id, due_version
		), ladder AS (
			INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, occurrence, at, audience, severity, digest, cron)
			SELECT moved.id, $1, f.code, f.kind, f.anchor, moved.due_version, f.occurrence, f.at, f.audience, f.severity, f.digest, f.cron
			FROM moved, jsonb_to_recordset($6::jsonb) AS f (code text, kind text, anchor text, at timestamptz, audience text[],
				severity int, digest bool, cron text, occurrence int)
		), replaced AS (
			UPDATE steps s SET state = 'skipped', run_at = $7 FROM moved
			WHERE s.task_id = moved.id AND s.state = 'pending' AND s.anchor = 'due' AND s.due_version < moved.due_version
		)
		INSERT INTO audit (at, recorded_at, action, entity, entity_id, before, after)
		SELECT $7, $8, 'task.due_moved', 'task', id, jsonb_build_object('due_at', $3::timestamptz), jsonb_build_object('due_at', $4::timestamptz)
		FROM moved`,
		roundID, state, from, to, string(encoded), string(encodedSteps), now, s.wall()); err != nil {
		return fmt.Errorf("move due time: %w", err)
	}
	return nil
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
