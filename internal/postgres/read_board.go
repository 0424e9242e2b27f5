package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// countOpen groups the tasks of each open round by what their status follows
// from; task.Facts then decides, so that the rule stands in one place. Round by
// round, the grouping follows the order of tasks_board_idx and reads that alone.
const countOpen = `
	SELECT p.state AS plan_state, d.review, c.state, c.due_at, c.tasks, c.on_time, c.resubmit_tasks, c.resubmit_passed, c.resubmit_next
	FROM rounds r JOIN plans p ON p.id = r.plan_id JOIN duties d ON d.id = r.duty_id
	CROSS JOIN LATERAL (
		SELECT t.state, t.due_at, count(*) AS tasks,
			count(*) FILTER (WHERE t.first_submitted_at <= t.due_at) AS on_time,
			count(t.resubmit_due_at) AS resubmit_tasks,
			count(*) FILTER (WHERE t.resubmit_due_at < $4) AS resubmit_passed,
			min(t.resubmit_due_at) FILTER (WHERE t.resubmit_due_at >= $4) AS resubmit_next
		FROM tasks t
		WHERE t.round_id = r.id AND ` + visibleTask + ` AND ($7::bigint[] IS NULL OR t.agency_id = ANY ($7::bigint[]))
		GROUP BY t.state, t.due_at
	) c
	WHERE r.state = 'open' AND (p.state IN ('active', 'suspended') OR $5::bigint <> 0)
		AND ($5::bigint = 0 OR r.plan_id = $5) AND ($6::bigint = 0 OR r.duty_id = $6)`

// boardOverdue are the overdue tasks of the board, of open and of closed
// rounds. A plan that is no longer followed shows its leftovers only when asked for by name.
var boardOverdue = `
	FROM tasks t JOIN plans p ON p.id = t.plan_id
	WHERE ` + overdue(`$4::timestamptz`) + ` AND ` + visibleTask + `
		AND (p.state = 'active' OR $5::bigint <> 0)
		AND ($5::bigint = 0 OR t.plan_id = $5) AND ($6::bigint = 0 OR t.duty_id = $6)
		AND ($7::bigint[] IS NULL OR t.agency_id = ANY ($7::bigint[]))`

// listOverdue adds the ladder to each line: what was done after the due time,
// what people urged for it, and what comes next.
var listOverdue = `
	WITH picked AS MATERIALIZED (
		SELECT t.id ` + boardOverdue + `
			AND (NOT $8::boolean OR (` + effectiveDue + `, t.id) > ($9::timestamptz, $10::bigint))
		ORDER BY ` + effectiveDue + `, t.id LIMIT $11
	), lines AS MATERIALIZED (
		SELECT t.id, count(*) FILTER (WHERE s.state = 'done' AND s.at >= ` + effectiveDue + `) AS steps_taken,
			min(s.at) FILTER (WHERE s.state = 'pending') AS next_step_at,
			(array_agg(s.kind ORDER BY s.at, s.severity DESC, s.id) FILTER (WHERE s.state = 'pending'))[1] AS next_step
		FROM picked JOIN tasks t ON t.id = picked.id
		LEFT JOIN steps s ON s.task_id = t.id AND s.anchor = 'due' AND s.due_version = t.due_version
		GROUP BY t.id
	)
	SELECT ` + taskColumns + `, lines.steps_taken
			+ (SELECT count(*) FROM urging_tasks u WHERE u.task_id = t.id AND u.due_version = t.due_version) AS steps_taken, COALESCE(lines.next_step, '') AS next_step, lines.next_step_at,
		COALESCE((SELECT q.state FROM requests q WHERE q.task_id = t.id AND q.kind = 'explanation'
			AND q.state IN ('asked', 'answered', 'accepted', 'refused') ORDER BY q.id DESC LIMIT 1), '') AS explanation
	FROM ` + taskTables + ` JOIN lines ON lines.id = t.id
	ORDER BY ` + effectiveDue + `, t.id`

type boardGroup struct {
	PlanState      plan.State   `db:"plan_state"`
	Review         string       `db:"review"`
	State          task.State   `db:"state"`
	DueAt          time.Time    `db:"due_at"`
	Tasks          int          `db:"tasks"`
	OnTime         int          `db:"on_time"`
	ResubmitTasks  int          `db:"resubmit_tasks"`
	ResubmitPassed int          `db:"resubmit_passed"`
	ResubmitNext   sql.NullTime `db:"resubmit_next"`
}

type overdueRow struct {
	taskRow
	StepsTaken int          `db:"steps_taken"`
	NextStep   string       `db:"next_step"`
	NextStepAt sql.NullTime `db:"next_step_at"`
	// Explanation is where the latest one that was demanded stands.
	Explanation string `db:"explanation"`
}

// Board gives supervisors the official counts over the tasks they see — those
// of open rounds, and every overdue one — and the overdue tasks, the longest
// overdue first. All of it is one view of the database at one business instant.
func (s *Store) Board(ctx context.Context, actor policy.Actor, f task.BoardFilter) (task.Board, error) {
	from, err := placeOf("board", f.Cursor)
	if err != nil {
		return task.Board{}, err
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return task.Board{}, fmt.Errorf("business clock: %w", err)
	}
	limit := limitOf(f.Limit)
	var groups []boardGroup
	var late []overdueRow
	var lateTotal int
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		below, err := under(ctx, tx, f.UnderAgency)
		if err != nil {
			return err
		}
		args, err := scopedWide(ctx, tx, actor, now, f.PlanID, f.DutyID, arrayOrNull(below))
		if err != nil {
			return err
		}
		if err := tx.SelectContext(ctx, &groups, countOpen, args...); err != nil {
			return fmt.Errorf("count open tasks: %w", err)
		}
		if err := tx.GetContext(ctx, &lateTotal, `SELECT count(*) `+boardOverdue, args...); err != nil {
			return fmt.Errorf("count overdue tasks: %w", err)
		}
		if err := tx.SelectContext(ctx, &late, listOverdue, append(args, from.Set, from.At, from.ID, limit+1)...); err != nil {
			return fmt.Errorf("list overdue tasks: %w", err)
		}
		return nil
	})
	if err != nil {
		return task.Board{}, err
	}
	board := task.Board{At: now.UTC(), Overdue: make([]task.Overdue, 0, min(len(late), limit))}
	for _, g := range groups {
		g.addTo(&board, now)
	}
	// The figure opens to the list: overdue tasks of closed rounds are in both.
	board.Counts.NotDoneOverdue = lateTotal
	z := zones{}
	for i, row := range late {
		if i == limit {
			last := board.Overdue[limit-1].Task
			board.Next = cursorAt("board", last.EffectiveDueAt, last.ID)
			break
		}
		t, err := row.task(now, z)
		if err != nil {
			return task.Board{}, err
		}
		board.Overdue = append(board.Overdue, task.Overdue{
			Task: t, StepsTaken: row.StepsTaken, NextStep: row.NextStep, NextStepAt: instant(row.NextStepAt), Explanation: row.Explanation,
		})
	}
	return board, nil
}

// addTo counts the group's tasks, by way of one task's facts for all that
// share a status, and looks for the nearest due time of what is not done.
func (g boardGroup) addTo(board *task.Board, now time.Time) {
	facts := task.Facts{State: g.State, ReviewRequired: reviewRequired(g.Review), DueAt: g.DueAt.UTC()}
	if g.State == task.StateReturned || g.State == task.StatePrepared {
		g.count(board, facts, g.Tasks-g.ResubmitTasks, now) // prepared for the first time
		passed := now.Add(-time.Microsecond)
		facts.ResubmitDueAt = &passed
		g.count(board, facts, g.ResubmitPassed, now)
		facts.ResubmitDueAt = instant(g.ResubmitNext)
		g.count(board, facts, g.ResubmitTasks-g.ResubmitPassed, now)
		return
	}
	g.count(board, facts, g.Tasks-g.OnTime, now) // nothing sent by the due time
	facts.FirstSubmittedAt = &facts.DueAt
	g.count(board, facts, g.OnTime, now)
}

func (g boardGroup) count(board *task.Board, facts task.Facts, tasks int, now time.Time) {
	if tasks == 0 {
		return
	}
	c := &board.Counts
	switch statusAt(facts, g.PlanState, now) {
	case task.DoneOnTime:
		c.DoneOnTime += tasks
	case task.DoneLate:
		c.DoneLate += tasks
	case task.Waiting:
		c.Waiting += tasks
	case task.WaitingLate:
		c.WaitingLate += tasks
	case task.NotExpected:
		c.NotExpected += tasks
	case task.NotDoneInTime:
		c.NotDoneInTime += tasks
		if due := facts.EffectiveDue(); g.PlanState == plan.Active && (board.NextDue == nil || due.Before(*board.NextDue)) {
			board.NextDue = &due
		}
	case task.NotDoneOverdue, task.NotOpen: // counted with the list; not yet expected
	}
}
