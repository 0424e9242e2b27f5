package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/policy"
)

// visibleTask is policy.SeeTask in SQL, for a task t of a plan p: $1 are the
// agencies where the actor is plan authority, $2 the agencies in the actor's
// reach by place, $3 those whose incoming results the actor handles. An empty
// list folds away at planning, so that it costs nothing.
const visibleTask = `(
	cardinality($1::bigint[]) > 0 AND p.issuer_id = ANY ($1::bigint[])
	OR cardinality($2::bigint[]) > 0 AND t.agency_id = ANY ($2::bigint[])
	OR cardinality($3::bigint[]) > 0 AND (t.reviewer_id = ANY ($3::bigint[]) OR t.recipient_id = ANY ($3::bigint[])))`

// scoped puts the three arguments of visibleTask before the query's own.
func scoped(a policy.Actor, args ...any) []any {
	below := a.Below
	if below == nil {
		below = []int64{}
	}
	return append([]any{
		pq.Array(a.At(policy.PlanAuthority)), pq.Array(below),
		pq.Array(a.At(policy.FocalPoint, policy.Head, policy.Supervisor, policy.PlanAuthority)),
	}, args...)
}

// effectiveDue is task.Facts.EffectiveDue in SQL; indexes are built on this very expression.
const effectiveDue = `(CASE WHEN t.state = 'returned' THEN t.resubmit_due_at ELSE t.due_at END)`

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
