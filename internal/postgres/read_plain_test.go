package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// plainList is a list of tasks without look-ups: every task held against
// visibleTask and the filter, then sorted. It names the parameters 4 to 22.
func plainList(tables, condition string) string {
	return `
	SELECT t.id FROM tasks t JOIN plans p ON p.id = t.plan_id` + tables + `
	WHERE ` + visibleTask + `
		AND ($4::text[] IS NULL OR t.state = ANY ($4::text[]))
		AND ($5::bigint[] IS NULL OR t.agency_id = ANY ($5::bigint[]))
		AND ($6::bigint[] IS NULL OR t.agency_id = ANY ($6::bigint[]))
		AND ($7::bigint = 0 OR t.plan_id = $7)
		AND ($8::bigint = 0 OR t.duty_id = $8)
		AND ($9::bigint = 0 OR t.round_id = $9)
		AND (NOT $10::boolean OR t.agency_id = ANY ($22::bigint[]) AND (t.agency_id = ANY ($20::bigint[]) OR NOT ` +
		fmt.Sprintf(hasInHand, `($15::timestamptz AT TIME ZONE '`+accountZone+`')::date`, ` AND h.user_id <> ALL ($19::bigint[])`) + `))
		AND (NOT $12::boolean OR t.reviewer_id = ANY ($13::bigint[]) AND t.state = 'submitted' AND NOT ` + held + `
			AND t.agency_id <> ALL ($11::bigint[])
			AND EXISTS (SELECT 1 FROM duties d WHERE d.id = t.duty_id AND d.review <> 'none'))
		AND (NOT $14::boolean OR ` + overdue(`$15::timestamptz`) + `)
		AND (NOT $16::boolean OR EXISTS (SELECT 1 FROM rounds r WHERE r.id = t.round_id AND r.state = 'open')
			AND (p.state IN ('active', 'suspended') OR $7::bigint <> 0))
		AND ($17::timestamptz IS NULL OR ` + effectiveDue + ` > $17)
		AND ($18::timestamptz IS NULL OR ` + effectiveDue + ` <= $18)
		AND ($21::bigint[] IS NULL OR ` + held + ` AND t.through_id = ANY ($21::bigint[]) AND t.agency_id <> ALL ($11::bigint[]))` + condition + `
	ORDER BY ` + effectiveDue + `, t.id`
}

// ListPlainly are the ids of all pages that ListTasks is to give at an instant.
func ListPlainly(ctx context.Context, db *sqlx.DB, actor policy.Actor, f task.Filter, now time.Time) ([]int64, error) {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // it reads only
	below, err := under(ctx, tx, f.UnderAgency)
	if err != nil {
		return nil, err
	}
	var line, forwarders []int64
	if f.AgencyID != 0 {
		line = []int64{f.AgencyID}
		if f.Predecessors {
			line = nil
			if err := tx.SelectContext(ctx, &line, lineage, f.AgencyID); err != nil {
				return nil, err
			}
		}
	}
	if f.ToForward {
		forwarders = actor.At(policy.FocalPoint, policy.Head, policy.Supervisor)
	}
	args := scoped(actor, states(f.State), arrayOrNull(below), arrayOrNull(line), f.PlanID, f.DutyID, f.RoundID, f.Mine, pq.Array(actor.Owing()),
		f.ToReview, pq.Array(actor.At(policy.Supervisor)), f.Overdue, now, f.OpenRounds, nullTime(f.DueFrom), nullTime(f.DueTo),
		pq.Array(actor.Persons()), pq.Array(actor.At(policy.Head)), arrayOrNull(forwarders), pq.Array(actor.At(policy.FocalPoint, policy.Head)))
	tables, condition := "", ""
	if f.Figure.Cell != "" {
		tables, condition = figureCondition(f.Figure.Cell, f.Figure.Against, len(args)+1)
		condition = " AND " + condition
		args = append(args, f.Figure.At, f.Figure.Level, f.Figure.Period, f.Figure.Mode, dayOrNull(f.Figure.DueFrom), dayOrNull(f.Figure.DueTo))
	}
	ids := []int64{}
	return ids, tx.SelectContext(ctx, &ids, plainList(tables, condition), args...)
}

// TakeAsWide makes a reach over so many agencies a wide one, until the answer is called.
func TakeAsWide(agencies int) (undo func()) {
	before := wideReach
	wideReach = agencies
	return func() { wideReach = before }
}
