package postgres

import (
	"context"
	"fmt"

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
		r.below, r.handles = a.Below, a.At(handlers...)
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

// narrow is the condition of seeing a task t otherwise than with its whole plan.
// It is false for an actor without such ways. Each arm has an index that begins
// with the round and one of what is owed. Who receives what another reviews has
// a small index of its own, hence the arm's second half; what one agency both
// receives and reviews is found by the reviewer.
func (r reach) narrow(q *taskQuery) string {
	arms := `false`
	if len(r.below) > 0 {
		arms += ` OR t.agency_id = ANY (` + q.ids(r.below) + `)`
	}
	if len(r.handles) > 0 {
		handles := q.ids(r.handles)
		arms += ` OR t.reviewer_id = ANY (` + handles + `) OR t.recipient_id = ANY (` + handles + `) AND ` + notReviewer +
			` OR t.through_id = ANY (` + handles + `)`
	}
	return `(` + arms + `)`
}

// seen is visibleTask for a task t.
func (r reach) seen(q *taskQuery) string {
	switch {
	case r.everything:
		return `true`
	case len(r.whole) == 0:
		return r.narrow(q)
	default:
		return `(t.plan_id = ANY (` + q.ids(r.whole) + `) OR ` + r.narrow(q) + `)`
	}
}

// notReviewer is the condition of the indexes by recipient.
const notReviewer = `t.recipient_id IS DISTINCT FROM t.reviewer_id`
