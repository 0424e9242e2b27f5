package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// RunRound does everything of a round that is due now, in one transaction:
// runs its due steps, accepts by itself what has waited long enough, closes the
// round when all is settled or its closing time has come. Repeating it is
// harmless: a step runs only while it is pending and its task still calls for it.
func (s *Store) RunRound(ctx context.Context, roundID int64) (task.RoundTurn, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return task.RoundTurn{}, err
	}
	var turn task.RoundTurn
	err = s.transact(ctx, func(tx *sqlx.Tx) error {
		if err := holdCalendar(ctx, tx); err != nil {
			return err
		}
		round, err := lockRound(ctx, tx, roundID)
		if err != nil {
			return err
		}
		d, err := s.readDuty(ctx, tx, round.DutyID)
		if err != nil {
			return err
		}
		turn.State = round.State
		switch {
		case d.PlanState == plan.Closed:
			turn.State, turn.Ended = "closed", true
			return nil
		case d.PlanState != plan.Active:
			return nil // suspended time is not counted; resuming nudges
		case round.State == "scheduled":
			turn.NextAt = round.OpensAt.UTC()
			return nil
		}
		if turn.Sent, err = s.runSteps(ctx, tx, d, round.ID, now); err != nil {
			return err
		}
		if err := s.acceptWaiting(ctx, tx, round.ID, now); err != nil {
			return err
		}
		if err := s.closeRound(ctx, tx, d, round, now, &turn); err != nil {
			return err
		}
		if turn.Sent > 0 {
			return nudge(ctx, tx, "delivery:mail", "notices", now)
		}
		return nil
	})
	if err == nil && turn.Sent > 0 {
		s.wake()
	}
	return turn, err
}

// stillCalledFor is true for a pending step whose task's state still calls for it.
const stillCalledFor = `CASE s.anchor
		WHEN 'submitted' THEN t.state = 'submitted' AND s.due_version = t.submissions
		WHEN 'forwarding' THEN ` + held + ` AND s.due_version = t.submissions
		WHEN 'correction' THEN EXISTS (SELECT 1 FROM corrections k JOIN submissions b ON b.id = k.submission_id
			WHERE k.task_id = t.id AND k.outcome = 'waiting' AND b.number = s.due_version)
		ELSE t.state IN ('open', 'prepared', 'returned') AND t.closed_at IS NULL AND s.due_version = t.due_version END`

// runSteps marks every due step as done or skipped and records the notices of
// those done. Of several steps that one task missed, only the most severe is sent.
func (s *Store) runSteps(ctx context.Context, tx *sqlx.Tx, d dutyContext, roundID int64, now time.Time) (int, error) {
	var ran []struct {
		ID         int64  `db:"id"`
		TaskID     int64  `db:"task_id"`
		Code       string `db:"code"`
		Kind       string `db:"kind"`
		Cron       string `db:"cron"`
		DueVersion int    `db:"due_version"`
		Occurrence int    `db:"occurrence"`
		Severity   int    `db:"severity"`
		Done       bool   `db:"done"`
	}
	if err := tx.SelectContext(ctx, &ran, `
		WITH due AS (
			SELECT s.id, `+stillCalledFor+` AS called,
				row_number() OVER (PARTITION BY s.task_id, CASE s.anchor WHEN 'opening' THEN 'due' ELSE s.anchor END, `+stillCalledFor+`
					ORDER BY s.severity DESC, s.at DESC, s.id DESC) AS rank
			FROM steps s JOIN tasks t ON t.id = s.task_id
			WHERE s.round_id = $1 AND s.state = 'pending' AND s.at <= $2 AND s.kind <> 'auto_accept'
		)
		UPDATE steps s SET state = CASE WHEN due.called AND due.rank = 1 THEN 'done' ELSE 'skipped' END, run_at = $2
		FROM due WHERE s.id = due.id AND s.state = 'pending'
		RETURNING s.id, s.task_id, s.code, s.kind, s.cron, s.due_version, s.occurrence, s.severity, s.state = 'done' AS done`,
		roundID, now); err != nil {
		return 0, fmt.Errorf("run steps: %w", err)
	}
	var done []int64
	for _, step := range ran {
		if step.Done {
			done = append(done, step.ID)
		}
	}
	if err := s.repeatCron(ctx, tx, d, roundID, now); err != nil {
		return 0, err
	}
	if len(done) == 0 {
		return 0, nil
	}
	return recordNotices(ctx, tx, d, done, now)
}

// repeatCron gives each repeating step that just ran its next occurrence,
// after now: what was missed in between is not made up for.
func (s *Store) repeatCron(ctx context.Context, tx *sqlx.Tx, d dutyContext, roundID int64, now time.Time) error {
	var crons []string
	if err := tx.SelectContext(ctx, &crons, `
		SELECT DISTINCT cron FROM steps WHERE round_id = $1 AND run_at = $2 AND cron <> ''`, roundID, now); err != nil {
		return fmt.Errorf("find repeating steps: %w", err)
	}
	for _, cron := range crons {
		next, ok, err := calendar.NextOccurrence(calendar.StepRule{Cron: cron}, now, d.Zone)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		derivation, err := json.Marshal(calendar.CronDerivation(cron, next, d.Zone))
		if err != nil {
			return fmt.Errorf("encode derivation: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, occurrence, at, audience, severity, digest, cron, derivation)
			SELECT s.task_id, s.round_id, s.code, s.kind, s.anchor, s.due_version, s.occurrence + 1, $3, s.audience, s.severity, s.digest, s.cron, $5
			FROM steps s JOIN tasks t ON t.id = s.task_id
			WHERE s.round_id = $1 AND s.run_at = $2 AND s.cron = $4 AND `+stillCalledFor+`
			ON CONFLICT DO NOTHING`, roundID, now, next, cron, string(derivation)); err != nil {
			return fmt.Errorf("repeat step: %w", err)
		}
	}
	return nil
}

// recordNotices resolves each step's audience to people and official mailboxes
// and records their notices. An audience without an active person is told
// through the mailbox, and the supervisors of the reviewing agency are told too.
func recordNotices(ctx context.Context, tx *sqlx.Tx, d dutyContext, steps []int64, now time.Time) (int, error) {
	result, err := tx.ExecContext(ctx, `
		WITH wanted AS (
			SELECT s.id AS step_id, s.kind, s.digest, s.at, t.id AS task_id, t.plan_id, whom.audience, s.anchor,
				CASE WHEN s.anchor = 'forwarding' THEN t.through_id ELSE CASE whom.audience WHEN 'plan_authority' THEN p.issuer_id
					WHEN 'supervisor' THEN t.reviewer_id WHEN 'reviewer' THEN t.reviewer_id
					-- Whose review is late is told to their own head, not to the head of who waits for it.
					ELSE CASE WHEN s.anchor IN ('submitted', 'correction') THEN t.reviewer_id ELSE t.agency_id END END END AS agency_id,
				CASE whom.audience WHEN 'reviewer' THEN 'supervisor' ELSE whom.audience END AS role,
				t.reviewer_id, p.time_zone, whom.audience = 'focal_point' AND s.anchor IN ('opening', 'due') AS owing
			FROM steps s JOIN tasks t ON t.id = s.task_id JOIN plans p ON p.id = t.plan_id, unnest(s.audience) AS whom (audience)
			WHERE s.id = ANY ($1)
		), hand AS (
			-- Whoever has the task in hand is reminded in place of the focal points.
			SELECT w.*, u.id AS user_id
			FROM wanted w
			JOIN handovers h ON h.task_id = w.task_id AND h.ended_at IS NULL AND w.owing
			JOIN memberships m ON m.agency_id = w.agency_id AND m.role IN ('focal_point', 'head') AND $3::date BETWEEN m.valid_from_on AND m.valid_to_on
			JOIN users u ON u.id = m.user_id AND u.active
			LEFT JOIN substitutions q ON q.id = m.substitution_id
			WHERE h.user_id = COALESCE(q.user_id, u.id)
		), people AS (
			SELECT w.*, u.id AS user_id
			FROM wanted w
			JOIN memberships m ON m.agency_id = w.agency_id AND m.role = w.role AND $3::date BETWEEN m.valid_from_on AND m.valid_to_on
			JOIN users u ON u.id = m.user_id AND u.active
			WHERE NOT (w.owing AND EXISTS (SELECT 1 FROM hand WHERE hand.step_id = w.step_id))
			UNION ALL
			SELECT * FROM hand
		), stand_in AS (
			SELECT w.*, u.id AS user_id
			FROM wanted w
			JOIN memberships m ON m.agency_id = w.reviewer_id AND m.role = 'supervisor' AND $3::date BETWEEN m.valid_from_on AND m.valid_to_on
			JOIN users u ON u.id = m.user_id AND u.active
			WHERE w.audience = 'focal_point' AND NOT EXISTS (
				-- Whoever passes results on may have supervisors alone.
				SELECT 1 FROM people p WHERE p.step_id = w.step_id AND (p.audience = 'focal_point' OR w.anchor = 'forwarding'))
		), notice AS (
			SELECT DISTINCT step_id, kind, digest, at, task_id, plan_id, time_zone, user_id, NULL::bigint AS mailbox_id FROM people
			UNION
			SELECT DISTINCT step_id, kind, digest, at, task_id, plan_id, time_zone, user_id, NULL::bigint FROM stand_in
			UNION
			SELECT DISTINCT w.step_id, w.kind, w.digest, w.at, w.task_id, w.plan_id, w.time_zone, NULL::bigint, a.id
			FROM wanted w JOIN agencies a ON a.id = w.agency_id AND a.mailbox <> ''
		)
		INSERT INTO notifications (user_id, mailbox_agency_id, kind, plan_id, task_id, step_id, cause, created_at, deliver_at)
		SELECT user_id, mailbox_id, kind, plan_id, task_id, step_id, 'step:' || step_id, $2,
			CASE WHEN digest THEN next_monday(morning, time_zone) ELSE morning END
		FROM (
			-- A step that ran on its day goes out that morning, one that was missed at the next.
			SELECT n.*, CASE WHEN (at AT TIME ZONE time_zone)::date = ($2::timestamptz AT TIME ZONE time_zone)::date
				THEN morning_at_or_after(at, time_zone) ELSE morning_at_or_after($2, time_zone) END AS morning
			FROM notice n
		) AS n
		ON CONFLICT DO NOTHING`,
		pq.Array(steps), now, calendar.DateOf(now, d.Zone).String())
	if err != nil {
		return 0, fmt.Errorf("record notices: %w", err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// acceptWaiting accepts by itself what has waited for a decision longer than the duty allows.
//
// An amendment may have changed the duty's review since: a correction is decided by
// the rules that it was sent under, and what is called for no more is let go.
func (s *Store) acceptWaiting(ctx context.Context, tx *sqlx.Tx, roundID int64, now time.Time) error {
	var due bool
	if err := tx.GetContext(ctx, &due, `
		SELECT EXISTS (SELECT 1 FROM steps WHERE round_id = $1 AND state = 'pending' AND at <= $2 AND kind = 'auto_accept')`, roundID, now); err != nil {
		return fmt.Errorf("look for what is accepted by itself: %w", err)
	}
	if !due {
		return nil
	}
	if err := s.acceptCorrections(ctx, tx, roundID, now); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `
		WITH due AS (
			UPDATE steps s SET state = CASE WHEN `+stillCalledFor+` THEN 'done' ELSE 'skipped' END, run_at = $2
			FROM tasks t WHERE t.id = s.task_id AND s.round_id = $1 AND s.state = 'pending' AND s.at <= $2 AND s.kind = 'auto_accept' AND s.anchor = 'submitted'
			RETURNING s.task_id, s.state
		), accepted AS (
			UPDATE tasks t SET state = 'accepted', settled_at = $2, version = version + 1
			FROM due WHERE t.id = due.task_id AND due.state = 'done' AND t.state = 'submitted'
			RETURNING t.id, t.submissions
		), decided AS (
			INSERT INTO reviews (submission_id, task_id, decision, decided_at)
			SELECT b.id, a.id, 'accept', $2 FROM accepted a JOIN submissions b ON b.task_id = a.id AND b.number = a.submissions
		)
		INSERT INTO audit (at, recorded_at, action, entity, entity_id, before, after)
		SELECT $2, $3, 'task.accepted', 'task', id, '{"state": "submitted"}', '{"state": "accepted", "by_itself": true}' FROM accepted`,
		roundID, now, s.wall())
	if err != nil {
		return fmt.Errorf("accept by itself: %w", err)
	}
	return nil
}

// closeRound closes the round when nothing is owed any more, or when its
// closing time and every due time of its unsettled tasks have passed; and tells
// what comes next.
func (s *Store) closeRound(ctx context.Context, tx *sqlx.Tx, d dutyContext, round roundRow, now time.Time, turn *task.RoundTurn) error {
	var facts struct {
		Unsettled int          `db:"unsettled"`
		Owed      int          `db:"owed"`
		LastDue   sql.NullTime `db:"last_due"`
		NextStep  sql.NullTime `db:"next_step"`
	}
	if err := tx.GetContext(ctx, &facts, `
		-- What was settled after this turn's instant is the next turn's, which its nudge brings.
		SELECT count(*) FILTER (WHERE state IN ('open', 'prepared', 'returned') OR state = 'submitted' AND ($2 OR submitted_at > $3)
				OR settled_at > $3) AS unsettled,
			count(*) FILTER (WHERE state IN ('open', 'prepared', 'returned')) AS owed,
			max(GREATEST(due_at, COALESCE(resubmit_due_at, due_at)))
				FILTER (WHERE state IN ('open', 'prepared', 'returned')) AS last_due,
			(SELECT min(at) FROM steps WHERE round_id = $1 AND state = 'pending') AS next_step
		FROM tasks WHERE round_id = $1`, round.ID, d.Definition.Review.Mode != plan.ReviewNone, now); err != nil {
		return fmt.Errorf("read round: %w", err)
	}
	closes := round.ClosesAt.UTC()
	if facts.LastDue.Valid && facts.LastDue.Time.After(closes) {
		closes = facts.LastDue.Time.UTC()
	}
	if turn.State == "open" && (facts.Unsettled == 0 || now.After(closes)) {
		if err := s.markClosed(ctx, tx, round, now); err != nil {
			return err
		}
		turn.State = "closed"
		if err := tx.GetContext(ctx, &facts.NextStep, `
			SELECT min(at) FROM steps WHERE round_id = $1 AND state = 'pending'`, round.ID); err != nil {
			return fmt.Errorf("read next step: %w", err)
		}
	}
	if facts.NextStep.Valid {
		turn.NextAt = facts.NextStep.Time.UTC()
	}
	if turn.State == "open" {
		// The due moment is on time; closing comes after it, one microsecond being Postgres's grain.
		if last := closes.Add(time.Microsecond); turn.NextAt.IsZero() || last.Before(turn.NextAt) {
			turn.NextAt = last
		}
	}
	turn.Ended = turn.State == "closed" && !facts.NextStep.Valid
	return nil
}

func (s *Store) markClosed(ctx context.Context, tx *sqlx.Tx, round roundRow, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `
		WITH shut AS (
			UPDATE tasks SET closed_at = $2, version = version + 1
			WHERE round_id = $1 AND state IN ('open', 'prepared', 'returned') AND closed_at IS NULL RETURNING id
		), silent AS (
			UPDATE steps SET state = 'skipped', run_at = $2
			WHERE round_id = $1 AND state = 'pending' AND anchor <> 'correction' AND NOT (anchor IN ('submitted', 'forwarding') AND EXISTS (
				SELECT 1 FROM tasks t WHERE t.id = task_id AND t.state = 'submitted'))
		)
		INSERT INTO audit (at, recorded_at, action, entity, entity_id) SELECT $2, $3, 'task.closed', 'task', id FROM shut`,
		round.ID, now, s.wall()); err != nil {
		return fmt.Errorf("close tasks: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE rounds SET state = 'closed', closed_at = $2, version = version + 1 WHERE id = $1 AND state = 'open'`, round.ID, now); err != nil {
		return fmt.Errorf("close round: %w", err)
	}
	return s.record(ctx, tx, systemActor, now, change{
		Action: "round.closed", Entity: "round", EntityID: round.ID, After: map[string]any{"period": round.Key},
	})
}
