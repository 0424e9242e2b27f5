package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// countOpen groups the tasks of rounds by what their status follows from;
// task.Facts then decides, so that the rule stands in one place. Rounds that are
// seen as a whole are counted from tasks_board_idx alone; of others each of the
// actor's parts is looked up.
func (q *taskQuery) countOpen(rounds []int64, parts []lookUp, at time.Time) string {
	now := q.arg(at) + `::timestamptz`
	groups := `
			SELECT t.state, t.due_at, count(*) AS tasks,
				count(*) FILTER (WHERE t.first_submitted_at <= t.due_at) AS on_time,
				count(t.resubmit_due_at) AS resubmit_tasks,
				count(*) FILTER (WHERE t.resubmit_due_at < ` + now + `) AS resubmit_passed,
				min(t.resubmit_due_at) FILTER (WHERE t.resubmit_due_at >= ` + now + `) AS resubmit_next
			FROM `
	counts := []string{}
	for _, part := range parts {
		from := `tasks t`
		if part.column != "" {
			from = `unnest(` + q.ids(part.keys) + `) AS k (id) JOIN tasks t ON t.` + part.column + ` = k.id`
		}
		counts = append(counts, groups+from+` WHERE t.round_id = r.id`+q.conditions(part)+` GROUP BY t.state, t.due_at`)
	}
	return `
		SELECT p.state AS plan_state, d.review, c.state, c.due_at, c.tasks, c.on_time, c.resubmit_tasks, c.resubmit_passed, c.resubmit_next
		FROM rounds r JOIN plans p ON p.id = r.plan_id JOIN duties d ON d.id = r.duty_id
		CROSS JOIN LATERAL (` + strings.Join(counts, ` UNION ALL `) + `) AS c
		WHERE r.id = ANY (` + q.ids(rounds) + `)`
}

// listOverdue adds the ladder to each line: what was done after the due time,
// what people urged for it, and what comes next.
func (q *taskQuery) listOverdue(ways []lookUp, limit int) string {
	return `
	WITH ` + q.page(ways, limit) + `, lines AS MATERIALIZED (
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
	FROM lines JOIN tasks t ON t.id = lines.id ` + taskNames + `
	ORDER BY ` + effectiveDue + `, t.id`
}

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
	if err := s.readyOften(ctx); err != nil {
		return task.Board{}, err
	}
	read := boardRead{list: s.selectOften}
	if err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		r, err := reachOf(ctx, tx, actor)
		if err != nil {
			return err
		}
		n := narrowed{planID: f.PlanID, dutyID: f.DutyID}.by(actor, f.Level, f.Way)
		if n.agencies, err = under(ctx, tx, f.UnderAgency); err != nil {
			return err
		}
		if err := read.open(ctx, tx, r, n, now); err != nil {
			return err
		}
		return read.overdue(ctx, tx, r, n, now, from, limit)
	}); err != nil {
		return task.Board{}, err
	}
	late := read.late
	board := task.Board{At: now.UTC(), Overdue: make([]task.Overdue, 0, min(len(late), limit))}
	for _, g := range read.groups {
		g.addTo(&board, now)
	}
	// The figure opens to the list: overdue tasks of closed rounds are in both.
	for i, tasks := range []int{read.lateTotal.First, read.lateTotal.Second, read.lateTotal.Third} {
		board.Late[i] = task.LateBand{Days: task.Lateness[i], Tasks: tasks}
		board.Counts.NotDoneOverdue += tasks
	}
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

// boardRead is what one view of the database gives a board.
type boardRead struct {
	// list reads a list that is read often.
	list      func(ctx context.Context, tx *sqlx.Tx, found any, query string, args ...any) error
	groups    []boardGroup
	late      []overdueRow
	lateTotal lateCounts
}

// lateCounts are overdue tasks by task.Lateness.
type lateCounts struct {
	First  int `db:"first"`
	Second int `db:"second"`
	Third  int `db:"third"`
}

// open counts the tasks of open rounds.
func (b *boardRead) open(ctx context.Context, tx *sqlx.Tx, r reach, n narrowed, now time.Time) error {
	n.openRounds = true
	whole, others, err := r.rounds(ctx, tx, n)
	if err != nil {
		return err
	}
	for _, seen := range []struct {
		rounds []int64
		parts  []lookUp
	}{{whole, []lookUp{{}}}, {others, r.inParts()}} {
		if len(seen.rounds) == 0 || len(seen.parts) == 0 {
			continue
		}
		q := &taskQuery{}
		// The rounds are those of the plan and duty: to ask for these of every task
		// again would take each out of the table, and not out of the index alone.
		of := n
		of.planID, of.dutyID = 0, 0
		q.about(of)
		query := q.countOpen(seen.rounds, seen.parts, now)
		var groups []boardGroup
		if err := tx.SelectContext(ctx, &groups, query, q.args...); err != nil {
			return fmt.Errorf("count open tasks: %w", err)
		}
		b.groups = append(b.groups, groups...)
	}
	return nil
}

// overdue counts and lists the overdue tasks.
func (b *boardRead) overdue(ctx context.Context, tx *sqlx.Tx, r reach, n narrowed, now time.Time, from place, limit int) error {
	if r.nothing() {
		return nil
	}
	total := boardOverdue(n, now)
	query := total.sum(r, now)
	if err := tx.GetContext(ctx, &b.lateTotal, query, total.args...); err != nil {
		return fmt.Errorf("count overdue tasks: %w", err)
	}
	ways, err := r.ways(ctx, tx, n)
	if err != nil || len(ways) == 0 {
		return err
	}
	q := boardOverdue(n, now)
	q.afterPlace(from)
	query = q.listOverdue(ways, limit+1)
	list := b.list
	if n.agencies != nil || n.level != "" || n.way != "" || len(r.below) >= wideReach {
		list = func(ctx context.Context, tx *sqlx.Tx, found any, query string, args ...any) error {
			return tx.SelectContext(ctx, found, query, args...)
		}
	}
	if err := list(ctx, tx, &b.late, query, q.args...); err != nil {
		return fmt.Errorf("list overdue tasks: %w", err)
	}
	return nil
}

// sum counts all tasks that are seen, of whole plans and in parts, by how late they
// are at the instant. Where the days of a band begin is worked out once for each plan.
func (q *taskQuery) sum(r reach, at time.Time) string {
	now := q.arg(at) + `::timestamptz`
	begins := func(band int) string {
		return `((` + now + ` AT TIME ZONE time_zone)::date - ` + strconv.Itoa(task.Lateness[band].To) + `)::timestamp AT TIME ZONE time_zone`
	}
	q.tables = ` JOIN bounds b ON b.id = t.plan_id`
	count := func(part lookUp) string {
		return `SELECT count(*) FILTER (WHERE ` + effectiveDue + ` > b.first) AS first,
				count(*) FILTER (WHERE ` + effectiveDue + ` <= b.first AND ` + effectiveDue + ` > b.second) AS second,
				count(*) FILTER (WHERE ` + effectiveDue + ` <= b.second) AS third
			FROM unnest(` + q.ids(part.keys) + `) AS k (id) JOIN ` + q.from(`t.`+part.column+` = k.id`) + ` WHERE true` + q.conditions(part)
	}
	counts, parts := []string{}, r.inParts()
	if len(r.whole) > 0 {
		counts = append(counts, count(lookUp{column: "plan_id", keys: r.whole}))
	}
	if len(r.whole) > 0 && len(parts) > 0 {
		q.and(`t.plan_id <> ALL (` + q.ids(r.whole) + `)`)
	}
	for _, part := range parts {
		counts = append(counts, count(part))
	}
	return `WITH bounds AS MATERIALIZED (SELECT id, ` + begins(0) + ` AS first, ` + begins(1) + ` AS second FROM plans)
		SELECT sum(first)::int AS first, sum(second)::int AS second, sum(third)::int AS third FROM (` + strings.Join(counts, ` UNION ALL `) + `) AS c`
}

// boardOverdue are the overdue tasks of the board, of open and of closed rounds. A
// plan that is no longer followed shows its leftovers only when asked for by name.
func boardOverdue(n narrowed, now time.Time) *taskQuery {
	q := &taskQuery{withPlan: true}
	q.about(n)
	q.and(overdue(q.arg(now) + `::timestamptz`))
	if n.planID == 0 {
		q.and(`p.state = 'active'`)
	}
	return q
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
