package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// agencyAndBelow are the ids of an agency and of all agencies below it.
const agencyAndBelow = `
	WITH RECURSIVE down AS (
		SELECT id FROM agencies WHERE id = $1
		UNION
		SELECT a.id FROM agencies a JOIN down ON a.parent_id = down.id
	) SELECT id FROM down`

// under returns the agencies that a filter "this agency and below" stands for;
// nil where it does not narrow. It is resolved beforehand because Postgres
// looks up a known list by hash, a subquery's result one by one.
func under(ctx context.Context, tx *sqlx.Tx, agencyID int64) ([]int64, error) {
	if agencyID == 0 {
		return nil, nil
	}
	ids := []int64{}
	if err := tx.SelectContext(ctx, &ids, agencyAndBelow, agencyID); err != nil {
		return nil, fmt.Errorf("read agencies below: %w", err)
	}
	return ids, nil
}

// arrayOrNull is SQL NULL for a filter that does not narrow.
func arrayOrNull[T any](values []T) any {
	if values == nil {
		return nil
	}
	return pq.Array(values)
}

// listTasks picks the page by ids first, so that names are looked up for its rows only.
var listTasks = listTasksOf("", "")

// listToForward is what waits to be passed on by the agencies $24, never by its sender.
var listToForward = listTasksOf("", ` AND `+held+` AND t.through_id = ANY ($24::bigint[]) AND t.agency_id <> ALL ($12::bigint[])`)

// firstFigureArg is the first placeholder after those of the list itself.
const firstFigureArg = 24

// inOthersHands: the task t was handed to somebody else than $22, who works at its agency now ($14).
var inOthersHands = fmt.Sprintf(hasInHand, `($14::timestamptz AT TIME ZONE '`+accountZone+`')::date`, ` AND h.user_id <> ALL ($22::bigint[])`)

// listTasksOf lists what a further condition, on further tables, leaves.
func listTasksOf(tables, condition string) string {
	return `
	WITH picked AS MATERIALIZED (
		SELECT t.id FROM tasks t JOIN plans p ON p.id = t.plan_id` + tables + `
		WHERE ` + visibleTask + `
			AND ($4::text[] IS NULL OR t.state = ANY ($4::text[]))
			AND ($5::bigint = 0 OR t.agency_id = $5)
			AND ($6::bigint[] IS NULL OR t.agency_id = ANY ($6::bigint[]))
			AND ($7::bigint = 0 OR t.plan_id = $7)
			AND ($8::bigint = 0 OR t.duty_id = $8)
			AND ($9::bigint = 0 OR t.round_id = $9)
			AND ($10::bigint[] IS NULL OR t.agency_id = ANY ($10::bigint[])
				AND (t.agency_id = ANY ($23::bigint[]) OR NOT ` + inOthersHands + `))
			AND ($11::bigint[] IS NULL OR t.reviewer_id = ANY ($11::bigint[]) AND t.state = 'submitted' AND NOT ` + held + `
				AND t.agency_id <> ALL ($12::bigint[])
				AND EXISTS (SELECT 1 FROM duties d WHERE d.id = t.duty_id AND d.review <> 'none'))
			AND (NOT $13::boolean OR ` + overdue(`$14::timestamptz`) + `)
			AND (NOT $21::boolean OR EXISTS (SELECT 1 FROM rounds r WHERE r.id = t.round_id AND r.state = 'open')
				AND (p.state IN ('active', 'suspended') OR $7::bigint <> 0))
			AND ($15::timestamptz IS NULL OR ` + effectiveDue + ` > $15)
			AND ($16::timestamptz IS NULL OR ` + effectiveDue + ` <= $16)
			AND (NOT $17::boolean OR (` + effectiveDue + `, t.id) > ($18::timestamptz, $19::bigint))` + condition + `
		ORDER BY ` + effectiveDue + `, t.id LIMIT $20
	)
	SELECT ` + taskColumns + `
	FROM ` + taskTables + ` JOIN picked ON picked.id = t.id
	ORDER BY ` + effectiveDue + `, t.id`
}

// ListTasks gives the tasks that the actor may see, the earliest effective due
// time first. DueFrom is exclusive and DueTo inclusive, because a due time
// "end of the day" is the first instant of the next day: the bounds of a day
// are its two midnights.
func (s *Store) ListTasks(ctx context.Context, actor policy.Actor, f task.Filter) (task.Page, error) {
	return s.listTasks(ctx, actor, f, limitOf(f.Limit))
}

func (s *Store) listTasks(ctx context.Context, actor policy.Actor, f task.Filter, limit int) (task.Page, error) {
	from, err := placeOf("tasks", f.Cursor)
	if err != nil {
		return task.Page{}, err
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return task.Page{}, fmt.Errorf("business clock: %w", err)
	}
	var mine, toReview []int64
	if f.Mine {
		mine = actor.At(policy.FocalPoint, policy.Head)
	}
	if f.ToReview {
		toReview = actor.At(policy.Supervisor)
	}
	query, figure, err := s.figureList(ctx, f.Figure)
	if err != nil {
		return task.Page{}, err
	}
	if f.ToForward {
		if f.Figure.Cell != "" {
			return task.Page{}, fault.New(fault.Invalid, "tasks.forward_figure",
				"Không lọc cùng lúc số liệu tỷ lệ và việc chờ chuyển.", "A figure of the rates and what waits to be passed on are two lists.").At("to_forward")
		}
		query, figure = listToForward, []any{pq.Array(actor.At(policy.FocalPoint, policy.Head, policy.Supervisor))}
	}
	var rows []taskRow
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		below, err := under(ctx, tx, f.UnderAgency)
		if err != nil {
			return err
		}
		if f.Predecessors && f.AgencyID != 0 {
			var line []int64
			if err := tx.SelectContext(ctx, &line, lineage, f.AgencyID); err != nil {
				return fmt.Errorf("read predecessors: %w", err)
			}
			if below != nil {
				line = slices.DeleteFunc(line, func(id int64) bool { return !slices.Contains(below, id) })
			}
			f.AgencyID, below = 0, line
		}
		args, err := scopedWide(ctx, tx, actor,
			states(f.State), f.AgencyID, arrayOrNull(below), f.PlanID, f.DutyID, f.RoundID, arrayOrNull(mine),
			arrayOrNull(toReview), pq.Array(actor.Owing()), f.Overdue, now, nullTime(f.DueFrom), nullTime(f.DueTo),
			from.Set, from.At, from.ID, limit+1, f.OpenRounds, pq.Array(actor.Persons()), pq.Array(actor.At(policy.Head)))
		if err != nil {
			return err
		}
		args = append(args, figure...)
		if err := tx.SelectContext(ctx, &rows, query, args...); err != nil {
			return fmt.Errorf("list tasks: %w", err)
		}
		return nil
	})
	if err != nil {
		return task.Page{}, err
	}
	page := task.Page{Tasks: make([]task.Task, 0, min(len(rows), limit))}
	z := zones{}
	for i, row := range rows {
		if i == limit {
			last := page.Tasks[limit-1]
			page.Next = cursorAt("tasks", last.EffectiveDueAt, last.ID)
			break
		}
		t, err := row.task(now, z)
		if err != nil {
			return task.Page{}, err
		}
		page.Tasks = append(page.Tasks, t)
	}
	return page, nil
}

func states(wanted []task.State) any {
	if len(wanted) == 0 {
		return nil
	}
	texts := make([]string, len(wanted))
	for i, state := range wanted {
		texts[i] = string(state)
	}
	return pq.Array(texts)
}

func nullTime(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: !t.IsZero()} }
