package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// narrowed is what a list is about, as far as it leads to other ways into it
// than all that the actor sees.
type narrowed struct {
	planID, dutyID, roundID int64
	openRounds              bool
	// level is of the agencies that owe, way how it comes to the reader's agencies.
	level string
	way   task.Way
	mine  []int64
	// agencies owe the result; nil: any.
	agencies []int64
	// reviewers have it to review, forwarders to pass on; nil: not asked for.
	reviewers, forwarders []int64
}

// by narrows to what agencies of a level owe and what comes to the actor by a way.
func (n narrowed) by(a policy.Actor, level string, way task.Way) narrowed {
	n.level, n.way, n.mine = level, way, a.At(handlers...)
	return n
}

// ways are the look-ups that together find every task of the list that the actor
// sees. A way that follows what the list is about takes what is seen as a
// condition; otherwise the ways are those by which the actor sees.
func (r reach) ways(ctx context.Context, tx *sqlx.Tx, n narrowed) ([]lookUp, error) {
	switch {
	case n.reviewers != nil:
		return some(lookUp{column: "reviewer_id", keys: n.reviewers, where: r.seen}), nil
	case n.forwarders != nil:
		return some(lookUp{column: "through_id", keys: n.forwarders, where: r.seen}), nil
	case n.roundID != 0 || n.openRounds:
		whole, others, err := r.rounds(ctx, tx, n)
		if err != nil {
			return nil, err
		}
		found := some(lookUp{column: "round_id", keys: whole})
		if len(others) > 0 {
			for _, part := range r.inParts() {
				part.rounds = others
				found = append(found, part)
			}
		}
		return found, nil
	case n.agencies != nil && len(n.agencies) < wideReach:
		return some(lookUp{column: "agency_id", keys: n.agencies, where: r.seen}), nil
	}
	return r.own(ctx, tx, n)
}

// own are the ways by which the actor sees.
func (r reach) own(ctx context.Context, tx *sqlx.Tx, n narrowed) ([]lookUp, error) {
	found, err := r.inPlans(ctx, tx, n)
	if err != nil {
		return nil, err
	}
	if len(r.below) >= wideReach {
		// A look-up for each of so many agencies takes longer than to read in a
		// plan's order past the tasks of the few others.
		var every reach
		if err := tx.SelectContext(ctx, &every.whole, `SELECT id FROM plans`); err != nil {
			return nil, fmt.Errorf("read plans: %w", err)
		}
		in, err := every.inPlans(ctx, tx, n)
		if err != nil {
			return nil, err
		}
		in.where = func(q *taskQuery) string { return `t.agency_id = ANY (` + q.ids(r.below) + `)` }
		return some(found, in, r.handled("reviewer_id"), r.handled("recipient_id"), r.handled("through_id")), nil
	}
	return some(found, lookUp{column: "agency_id", keys: r.below},
		r.handled("reviewer_id"), r.handled("recipient_id"), r.handled("through_id")), nil
}

// handled is the way by what the actor's agencies review, receive or pass on.
func (r reach) handled(column string) lookUp {
	way := lookUp{column: column, keys: r.handles}
	if column == "recipient_id" {
		way.where = func(*taskQuery) string { return notReviewer }
	}
	return way
}

// inPlans is the way into the plans that are seen as a whole: where the list is
// about one duty, by its rounds.
func (r reach) inPlans(ctx context.Context, tx *sqlx.Tx, n narrowed) (lookUp, error) {
	if n.dutyID != 0 {
		whole, _, err := r.rounds(ctx, tx, n)
		return lookUp{column: "round_id", keys: whole}, err
	}
	plans := r.whole
	if n.planID != 0 {
		plans = common(plans, []int64{n.planID})
	}
	return lookUp{column: "plan_id", keys: plans}, nil
}

// rounds are those that the list is about: of plans that are seen as a whole,
// and of others. Open ones are of plans that are followed or asked for.
func (r reach) rounds(ctx context.Context, tx *sqlx.Tx, n narrowed) (whole, others []int64, err error) {
	var rows []struct {
		ID     int64 `db:"id"`
		PlanID int64 `db:"plan_id"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT r.id, r.plan_id FROM rounds r JOIN plans p ON p.id = r.plan_id
		WHERE ($1::bigint = 0 OR r.id = $1) AND ($2::bigint = 0 OR r.duty_id = $2) AND ($3::bigint = 0 OR r.plan_id = $3)
			AND (NOT $4::boolean OR r.state = 'open' AND (p.state IN ('active', 'suspended') OR $3::bigint <> 0))
		ORDER BY r.id`, n.roundID, n.dutyID, n.planID, n.openRounds); err != nil {
		return nil, nil, fmt.Errorf("read rounds: %w", err)
	}
	for _, row := range rows {
		if slices.Contains(r.whole, row.PlanID) {
			whole = append(whole, row.ID)
		} else {
			others = append(others, row.ID)
		}
	}
	return whole, others, nil
}

// some leaves the ways that lead anywhere.
func some(ways ...lookUp) []lookUp {
	return slices.DeleteFunc(ways, func(l lookUp) bool { return len(l.keys) == 0 })
}

// common are the ids of a that b has too; nil stands for all ids.
func common(a, b []int64) []int64 {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return slices.DeleteFunc(slices.Clone(a), func(id int64) bool { return !slices.Contains(b, id) })
}
