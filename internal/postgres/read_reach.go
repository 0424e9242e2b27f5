package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/policy"
)

// reach is visibleTask taken apart into the ways by which an actor sees tasks.
// A list is looked up along each of them in its order (see lookUps): the
// condition that any of the ways may meet has no order to be read in, so that
// all that an actor ever saw would be sorted for every page.
type reach struct {
	// everything: the agencies below are all there are, so whole are all plans.
	everything bool
	// whole are the plans of which every task is seen: as plan authority of the
	// issuer, or by a decision as an auditor.
	whole []int64
	// below are the agencies in reach by place, handles those whose incoming or
	// passing results the actor handles. Both are empty where everything is seen.
	below, handles []int64
}

func reachOf(ctx context.Context, tx *sqlx.Tx, a policy.Actor) (reach, error) {
	issuers, audited := a.At(policy.PlanAuthority), policy.AuditedPlans(a)
	r := reach{whole: []int64{}}
	var err error
	if r.everything, err = everywhere(ctx, tx, a); err != nil {
		return r, err
	}
	if !r.everything {
		r.below, r.handles = slices.Clone(a.Below), a.At(handlers...)
		slices.Sort(r.below)
		r.below = slices.Compact(r.below)
	}
	if !r.everything && len(issuers) == 0 && len(audited) == 0 {
		return r, nil
	}
	if err := tx.SelectContext(ctx, &r.whole, `
		SELECT id FROM plans WHERE $1 OR issuer_id = ANY ($2::bigint[]) OR id = ANY ($3::bigint[]) ORDER BY id`,
		r.everything, pq.Array(issuers), pq.Array(audited)); err != nil {
		return r, fmt.Errorf("read plans in reach: %w", err)
	}
	return r, nil
}

// nothing: no way leads to any task.
func (r reach) nothing() bool { return len(r.whole)+len(r.below)+len(r.handles) == 0 }

// seen is visibleTask for a task t.
func (r reach) seen(q *taskQuery) string {
	if r.everything {
		return `true`
	}
	arms := `false`
	if len(r.whole) > 0 {
		arms += ` OR t.plan_id = ANY (` + q.ids(r.whole) + `)`
	}
	if len(r.below) > 0 {
		arms += ` OR t.agency_id = ANY (` + q.ids(r.below) + `)`
	}
	if len(r.handles) > 0 {
		handles := q.ids(r.handles)
		arms += ` OR t.reviewer_id = ANY (` + handles + `) OR t.recipient_id = ANY (` + handles + `) OR t.through_id = ANY (` + handles + `)`
	}
	return `(` + arms + `)`
}

// inParts are the ways besides whole plans, each without what the ways before it
// find, for who counts: one condition over all of them could only be answered by
// holding every task of the country against it.
func (r reach) inParts() []lookUp {
	reviewed := func(q *taskQuery) string { return `(t.reviewer_id = ANY (` + q.ids(r.handles) + `)) IS NOT TRUE` }
	outside := func(q *taskQuery) string { return reviewed(q) + ` AND t.agency_id <> ALL (` + q.ids(r.below) + `)` }
	return some(
		lookUp{column: "reviewer_id", keys: r.handles},
		lookUp{column: "agency_id", keys: r.below, where: reviewed},
		lookUp{column: "recipient_id", keys: r.handles, where: func(q *taskQuery) string { return notReviewer + ` AND ` + outside(q) }},
		lookUp{column: "through_id", keys: r.handles, where: func(q *taskQuery) string {
			return outside(q) + ` AND (t.recipient_id = ANY (` + q.ids(r.handles) + `)) IS NOT TRUE`
		}},
	)
}

// notReviewer is the condition of the indexes by recipient: most results are
// reviewed by who receives them, and these are found by the reviewer.
const notReviewer = `t.recipient_id IS DISTINCT FROM t.reviewer_id`
