package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

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

// inOthersHands: the task t was handed to somebody else than the second
// argument, who works at its agency at the first.
func (q *taskQuery) inOthersHands(now time.Time, persons []int64) string {
	return fmt.Sprintf(hasInHand, `(`+q.arg(now)+`::timestamptz AT TIME ZONE '`+accountZone+`')::date`, ` AND h.user_id <> ALL (`+q.ids(persons)+`)`)
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
	q := &taskQuery{}
	if err := s.filterFigure(ctx, q, f); err != nil {
		return task.Page{}, err
	}
	var rows []taskRow
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		agencies, err := agenciesOf(ctx, tx, actor, f)
		if err != nil {
			return err
		}
		n := q.filter(actor, f, agencies, now)
		q.afterPlace(from)
		r, err := reachOf(ctx, tx, actor)
		if err != nil {
			return err
		}
		ways, err := r.ways(ctx, tx, n)
		if err != nil || len(ways) == 0 {
			return err
		}
		// The page is picked by ids first, so that names are looked up for its rows only.
		if err := tx.SelectContext(ctx, &rows, `
			WITH `+q.page(ways, limit+1)+`
			SELECT `+taskColumns+` FROM picked JOIN tasks t ON t.id = picked.id `+taskNames+`
			ORDER BY picked.due, picked.id`, q.args...); err != nil {
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

// agenciesOf are the agencies whose tasks the filter asks for; nil: all.
func agenciesOf(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, f task.Filter) ([]int64, error) {
	asked, err := under(ctx, tx, f.UnderAgency)
	if err != nil {
		return nil, err
	}
	if f.AgencyID != 0 {
		line := []int64{f.AgencyID}
		if f.Predecessors {
			line = []int64{}
			if err := tx.SelectContext(ctx, &line, lineage, f.AgencyID); err != nil {
				return nil, fmt.Errorf("read predecessors: %w", err)
			}
		}
		asked = common(asked, line)
	}
	if f.Mine {
		asked = common(asked, actor.At(policy.FocalPoint, policy.Head))
	}
	return asked, nil
}

// filter adds the conditions of a filter that asks for the tasks of agencies.
func (q *taskQuery) filter(actor policy.Actor, f task.Filter, agencies []int64, now time.Time) narrowed {
	n := narrowed{planID: f.PlanID, dutyID: f.DutyID, roundID: f.RoundID, openRounds: f.OpenRounds, agencies: agencies}.by(actor, f.Level, f.Way)
	q.about(n)
	if len(f.State) > 0 {
		q.and(`t.state = ANY (` + q.arg(states(f.State)) + `::text[])`)
	}
	if f.Mine {
		q.and(`(t.agency_id = ANY (` + q.ids(actor.At(policy.Head)) + `) OR NOT ` + q.inOthersHands(now, actor.Persons()) + `)`)
	}
	if f.ToReview {
		n.reviewers = actor.At(policy.Supervisor)
		q.and(`t.reviewer_id = ANY (` + q.ids(n.reviewers) + `) AND t.state = 'submitted' AND NOT ` + held + ` AND t.agency_id <> ALL (` + q.ids(actor.Owing()) + `)
			AND EXISTS (SELECT 1 FROM duties d WHERE d.id = t.duty_id AND d.review <> 'none')`)
	}
	if f.ToForward {
		n.forwarders = actor.At(policy.FocalPoint, policy.Head, policy.Supervisor)
		q.and(held + ` AND t.through_id = ANY (` + q.ids(n.forwarders) + `) AND t.agency_id <> ALL (` + q.ids(actor.Owing()) + `)`)
	}
	if f.Overdue {
		q.withPlan = true
		q.and(overdue(q.arg(now) + `::timestamptz`))
	}
	if f.OpenRounds && (f.ToReview || f.ToForward) { // else it is the rounds that lead to the tasks
		q.withPlan = true
		q.and(`EXISTS (SELECT 1 FROM rounds r WHERE r.id = t.round_id AND r.state = 'open')
			AND (p.state IN ('active', 'suspended') OR ` + q.arg(f.PlanID != 0) + `::boolean)`)
	}
	if !f.DueFrom.IsZero() {
		q.and(effectiveDue + ` > ` + q.arg(f.DueFrom) + `::timestamptz`)
	}
	if !f.DueTo.IsZero() {
		q.and(effectiveDue + ` <= ` + q.arg(f.DueTo) + `::timestamptz`)
	}
	return n
}

// about adds the conditions for what a list is about, whichever way leads to it.
func (q *taskQuery) about(n narrowed) {
	for _, one := range []struct {
		column string
		id     int64
	}{{"plan_id", n.planID}, {"duty_id", n.dutyID}, {"round_id", n.roundID}} {
		if one.id != 0 {
			q.and(`t.` + one.column + ` = ` + q.arg(one.id))
		}
	}
	if n.agencies != nil {
		q.and(`t.agency_id = ANY (` + q.ids(n.agencies) + `)`)
	}
	if n.level != "" {
		q.and(`t.agency_id IN (SELECT id FROM agencies WHERE level = ` + q.arg(n.level) + `)`)
	}
	q.comes(n)
}

// comes adds the condition for how a result comes to the reader's agencies.
func (q *taskQuery) comes(n narrowed) {
	const to = `COALESCE(t.recipient_id, t.reviewer_id)`
	switch n.way {
	case task.WayDirect:
		q.and(to + ` = ANY (` + q.ids(n.mine) + `) AND t.through_id IS NULL`)
	case task.WayBetween:
		mine := q.ids(n.mine)
		q.and(`t.agency_id <> ALL (` + mine + `) AND (t.through_id IS NOT NULL OR ` + to + ` IS NOT NULL AND ` + to + ` <> ALL (` + mine + `))`)
	}
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
