package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/policy"
)

// visibleTask is policy.SeeTask in SQL, for a task t of a plan p: $1 are the
// agencies where the actor is plan authority and, as negative numbers, the plans
// that decisions open to the actor as an auditor; $2 the agencies in the actor's
// reach by place, $3 those whose incoming or passing results the actor handles. An empty
// list folds away at planning, so that it costs nothing; so does everything
// else where $2 is the mark of a reach over all agencies.
const visibleTask = `(
	$2::bigint[] = '{-1}' OR cardinality($1::bigint[]) > 0 AND (p.issuer_id = ANY ($1::bigint[]) OR -p.id = ANY ($1::bigint[]))
	OR cardinality($2::bigint[]) > 0 AND t.agency_id = ANY ($2::bigint[])
	OR cardinality($3::bigint[]) > 0 AND (t.reviewer_id = ANY ($3::bigint[]) OR t.recipient_id = ANY ($3::bigint[]) OR t.through_id = ANY ($3::bigint[])))`

// visiblePlan says of a plan p, with the arguments of visibleTask, whether the
// actor sees that there is such a plan: those whose reach by place has an agency
// that issued it, follows it up or has a part in it, and who handle results of it.
const visiblePlan = `(
	p.issuer_id = ANY ($1::bigint[]) OR -p.id = ANY ($1::bigint[]) OR p.issuer_id = ANY ($2::bigint[]) OR p.standing_id = ANY ($2::bigint[])
	OR EXISTS (SELECT 1 FROM duties d JOIN assignments s ON s.duty_id = d.id WHERE d.plan_id = p.id
		AND (s.agency_id = ANY ($2::bigint[]) OR s.recipient_id = ANY ($3::bigint[]) OR s.reviewer_id = ANY ($3::bigint[]) OR s.through_id = ANY ($3::bigint[])))
	OR EXISTS (SELECT 1 FROM tasks t WHERE t.plan_id = p.id AND t.agency_id = ANY ($2::bigint[])))`

// seePlan answers notFound for a plan that the actor does not see.
func seePlan(ctx context.Context, q sqlx.QueryerContext, actor policy.Actor, planID int64) error {
	var visible bool
	if err := sqlx.GetContext(ctx, q, &visible, `SELECT EXISTS (SELECT 1 FROM plans p WHERE p.id = $4 AND `+visiblePlan+`)`, scoped(actor, planID)...); err != nil {
		return fmt.Errorf("look at plan: %w", err)
	}
	if !visible || !policy.SeePlans(actor) {
		return notFound()
	}
	return nil
}

// scoped puts the three arguments of visibleTask before the query's own.
func scoped(a policy.Actor, args ...any) []any {
	below := a.Below
	if below == nil {
		below = []int64{}
	}
	plans := a.At(policy.PlanAuthority)
	for _, id := range policy.AuditedPlans(a) {
		plans = append(plans, -id)
	}
	return append([]any{pq.Array(plans), pq.Array(below), pq.Array(a.At(handlers...))}, args...)
}

// handlers are the roles that see what their agency receives, reviews and passes on.
var handlers = []policy.Role{policy.FocalPoint, policy.Head, policy.Supervisor, policy.PlanAuthority}

// wideReach is the number of agencies from which they are too many to look up
// one by one, and from which everywhere looks whether they are all.
var wideReach = 500

// everywhere reports whether the actor's reach by place is every agency there is.
func everywhere(ctx context.Context, tx *sqlx.Tx, a policy.Actor) (bool, error) {
	if len(a.Below) < wideReach {
		return false, nil
	}
	distinct := slices.Clone(a.Below)
	slices.Sort(distinct)
	var agencies int
	if err := tx.GetContext(ctx, &agencies, `SELECT count(*) FROM agencies`); err != nil {
		return false, fmt.Errorf("count agencies: %w", err)
	}
	return len(slices.Compact(distinct)) == agencies, nil
}

// scopedWide is scoped for queries over very many tasks: where the actor's
// reach is every agency there is, Postgres need not look each one up.
func scopedWide(ctx context.Context, tx *sqlx.Tx, a policy.Actor, args ...any) ([]any, error) {
	all := scoped(a, args...)
	every, err := everywhere(ctx, tx, a)
	if err == nil && every {
		all[1] = pq.Array([]int64{-1})
	}
	return all, err
}

// effectiveDue is task.Facts.EffectiveDue in SQL; indexes are built on this very expression.
const effectiveDue = `(CASE WHEN t.state IN ('returned', 'prepared') THEN COALESCE(t.resubmit_due_at, t.due_at) ELSE t.due_at END)`

// toResend is true for a task that was returned and not sent again: its
// effective due time is the one for resending, also while it waits for the head.
const toResend = `(t.state = 'returned' OR t.state = 'prepared' AND t.resubmit_due_at IS NOT NULL)`

// held is true for a task whose result waits for the agency between to pass it on.
const held = `(t.state = 'submitted' AND t.through_id IS NOT NULL AND t.forwarded < t.submissions)`

// owed is task.State.Owed in SQL, in the words of the partial indexes.
const owed = `t.state IN ('open', 'prepared', 'returned')`

// snapshot runs do on one consistent, read-only view of the database, for
// answers whose parts must agree with each other.
func (s *Store) snapshot(ctx context.Context, do func(tx *sqlx.Tx) error) error {
	tx, err := s.db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	if err := do(tx); err != nil {
		if rollback := tx.Rollback(); rollback != nil && !errors.Is(rollback, sql.ErrTxDone) {
			return errors.Join(err, rollback)
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("end reading: %w", err)
	}
	return nil
}
