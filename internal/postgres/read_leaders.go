package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

const (
	// comparedWith is how far back the figures lie that the leaders' are compared with.
	comparedWith = -7
	longestShown = 10
	soonShown    = 6
)

var leadersOpened = ` AND ` + rateParameters(4, rateOpened)

// tallyLeaders counts the tasks as they stood at one moment, of rounds opened by then.
var tallyLeaders = `SELECT '' AS key, ` + rateTally("present") + `, ` + rateTally("original") + ` FROM ` + rateRows("t.plan_id", leadersOpened)

// bandLeaders counts the overdue by their lateness, and what is due soon.
var bandLeaders = rateParameters(4, `
	SELECT count(*) FILTER (WHERE status = 4 AND late BETWEEN $13 AND $14) AS first, count(*) FILTER (WHERE status = 4 AND late BETWEEN $15 AND $16) AS second,
		count(*) FILTER (WHERE status = 4 AND late BETWEEN $17 AND $18) AS third, count(*) FILTER (WHERE status = 3 AND late BETWEEN $19 AND $20) AS soon
	FROM (
		SELECT `+rateStatus("t.due_at")+` AS status, `+rateLateness("t.due_at")+` AS late
		FROM tasks t JOIN plans p ON p.id = t.plan_id `+rateFacts+`
		WHERE `+visibleTask+` AND `+rateWhere+` AND `+rateOpened+` AND `+rateRange("t.due_at")+`
			AND ($10::bigint = 0 OR t.plan_id = $10) AND ($11::bigint = 0 OR t.duty_id = $11) AND ($12::bigint[] IS NULL OR t.agency_id = ANY ($12::bigint[]))
		OFFSET 0) x`)

// lateReasons says why tasks are late, as far as it was told by the moment $2: an
// explanation, an extension that waits for its decision, a promise by telephone.
const lateReasons = `
	SELECT k.id,
		COALESCE((SELECT CASE WHEN q.settled_at > $2 AND q.state IN ('accepted', 'refused') THEN 'answered' ELSE q.state END
			FROM requests q WHERE q.task_id = k.id AND q.kind = 'explanation' AND q.asked_at <= $2
			AND q.state IN ('asked', 'answered', 'accepted', 'refused') ORDER BY q.id DESC LIMIT 1), '') AS explanation,
		(SELECT q.proposed_on FROM requests q WHERE q.task_id = k.id AND q.kind = 'extension' AND q.asked_at <= $2
			AND (q.settled_at IS NULL OR q.settled_at > $2) ORDER BY q.id DESC LIMIT 1) AS extension_to,
		(SELECT n.promised_on FROM urging_tasks u JOIN urgings n ON n.id = u.urging_id
			WHERE u.task_id = k.id AND n.promised_on IS NOT NULL AND n.urged_at <= $2 ORDER BY n.urged_at DESC, n.id DESC LIMIT 1) AS promised_on
	FROM unnest($1::bigint[]) AS k (id)`

type bandRow struct {
	First  int `db:"first"`
	Second int `db:"second"`
	Third  int `db:"third"`
	Soon   int `db:"soon"`
}

type reasonRow struct {
	ID          int64        `db:"id"`
	Explanation string       `db:"explanation"`
	ExtensionTo sql.NullTime `db:"extension_to"`
	PromisedOn  sql.NullTime `db:"promised_on"`
}

// Leaders gives what a leader takes in at one look, over the tasks that the actor
// sees, as of one instant. It is compared with a week before, counted from the
// facts known today: due times are those of today at both moments, so that an
// extension granted in between is no change of its own. A plan that the actor does
// not see is fault.NotFound.
func (s *Store) Leaders(ctx context.Context, actor policy.Actor, f task.LeadersFilter) (task.Leaders, error) {
	at, err := s.reportingMoment(ctx, f.At, calendar.Date{}, calendar.Date{})
	if err != nil {
		return task.Leaders{}, err
	}
	view := task.Leaders{At: at, Since: at.AddDate(0, 0, comparedWith), Longest: []task.Longest{}}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		if f.PlanID != 0 {
			if err := seePlan(ctx, tx, actor, f.PlanID); err != nil {
				return err
			}
		}
		if view.Now, err = leadersTally(ctx, tx, actor, f.PlanID, view.At); err != nil {
			return err
		}
		if view.Before, err = leadersTally(ctx, tx, actor, f.PlanID, view.Since); err != nil {
			return err
		}
		return leadersBands(ctx, tx, actor, f.PlanID, &view)
	})
	if err != nil {
		return task.Leaders{}, err
	}
	// The lists are asked as their readers ask them: as of the same moment.
	soon := task.SoonDays
	page, err := s.listTasks(ctx, actor, task.Filter{PlanID: f.PlanID, Figure: view.FigureOf(task.CellNotDoneInTime, task.AgainstPresent, &soon)}, soonShown)
	if err != nil {
		return task.Leaders{}, err
	}
	view.SoonFirst = page.Tasks
	page, err = s.listTasks(ctx, actor, task.Filter{PlanID: f.PlanID, Figure: view.FigureOf(task.CellNotDoneOverdue, task.AgainstPresent, nil)}, longestShown)
	if err != nil {
		return task.Leaders{}, err
	}
	return view, s.longest(ctx, page.Tasks, &view)
}

func leadersTally(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, planID int64, at time.Time) (task.Tallies, error) {
	args, err := rateArguments(ctx, tx, actor, at, task.RateFilter{PlanID: planID})
	if err != nil {
		return task.Tallies{}, err
	}
	var row tallyRow
	if err := tx.GetContext(ctx, &row, tallyLeaders, args...); err != nil {
		return task.Tallies{}, fmt.Errorf("count for leaders: %w", err)
	}
	rate := row.rate()
	return task.Tallies{Present: rate.Present, Original: rate.Original}, nil
}

func leadersBands(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, planID int64, view *task.Leaders) error {
	bounds := []any{}
	for _, days := range append(task.Lateness[:], task.SoonDays) {
		bounds = append(bounds, days.From, days.To)
	}
	args, err := rateArguments(ctx, tx, actor, view.At, task.RateFilter{PlanID: planID}, bounds...)
	if err != nil {
		return err
	}
	var row bandRow
	if err := tx.GetContext(ctx, &row, bandLeaders, args...); err != nil {
		return fmt.Errorf("count lateness: %w", err)
	}
	for i, tasks := range []int{row.First, row.Second, row.Third} {
		view.Late[i] = task.LateBand{Days: task.Lateness[i], Tasks: tasks}
	}
	view.Soon = row.Soon
	return nil
}

// longest adds to the tasks that are overdue longest why they are.
func (s *Store) longest(ctx context.Context, tasks []task.Task, view *task.Leaders) error {
	ids := []int64{}
	for _, t := range tasks {
		ids = append(ids, t.ID)
	}
	rows := []reasonRow{}
	if err := s.db.SelectContext(ctx, &rows, lateReasons, pq.Array(ids), view.At); err != nil {
		return fmt.Errorf("read reasons of late tasks: %w", err)
	}
	reasons := map[int64]reasonRow{}
	for _, r := range rows {
		reasons[r.ID] = r
	}
	z := zones{}
	for _, t := range tasks {
		zone, err := z.load(t.TimeZone)
		if err != nil {
			return err
		}
		due := t.EffectiveDueAt
		if t.FirstSubmittedAt != nil && t.FirstSubmittedAt.After(view.At) {
			due = t.DueAt // returned only later
		}
		r := reasons[t.ID]
		one := task.Longest{Task: t, DaysLate: max(calendar.DateOf(view.At, zone).Sub(dueDay(due, zone)), 0), Explanation: r.Explanation}
		if r.ExtensionTo.Valid {
			one.ExtensionTo = calendar.DateOf(r.ExtensionTo.Time, time.UTC)
		}
		if r.PromisedOn.Valid {
			one.PromisedOn = calendar.DateOf(r.PromisedOn.Time, time.UTC)
		}
		view.Longest = append(view.Longest, one)
	}
	slices.SortStableFunc(view.Longest, func(a, b task.Longest) int { return b.DaysLate - a.DaysLate })
	return nil
}
