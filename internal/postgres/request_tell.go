package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

// requestNotice tells the people of one agency, by role, something about a request.
type requestNotice struct {
	kind   notice.Kind
	agency int64
	roles  []policy.Role
	// otherwise are told where nobody holds the roles; default: the agency's heads.
	otherwise []policy.Role
	// what makes it unique among the request's notices.
	what string
	// atOnce: decisions and answers do not wait for the morning.
	atOnce bool
}

// tellRequest records a notice for every active person in the roles and for the
// official mailbox; where nobody holds the roles those who stand in for them.
func tellRequest(ctx context.Context, tx *sqlx.Tx, row requestRow, n requestNotice, now time.Time) error {
	if n.otherwise == nil {
		n.otherwise = []policy.Role{policy.Head}
	}
	if _, err := tx.ExecContext(ctx, `
		WITH people AS (
			SELECT m.user_id, m.role FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
			WHERE m.agency_id = $1 AND ($2::timestamptz AT TIME ZONE $3)::date BETWEEN m.valid_from_on AND m.valid_to_on
		), recipient AS (
			SELECT user_id, NULL::bigint AS mailbox_id FROM people
			WHERE role = ANY ($4) OR role = ANY ($11) AND NOT EXISTS (SELECT 1 FROM people WHERE role = ANY ($4))
			UNION
			SELECT NULL, id FROM agencies WHERE id = $1 AND mailbox <> ''
		)
		INSERT INTO notifications (user_id, mailbox_agency_id, kind, plan_id, task_id, request_id, cause, created_at, deliver_at)
		SELECT user_id, mailbox_id, $5, $6::bigint, $7::bigint, $8::bigint, 'request:' || $8::bigint || ':' || $9::text, $2,
			CASE WHEN $10 THEN $2::timestamptz ELSE morning_at_or_after($2, $3) END
		FROM recipient ON CONFLICT DO NOTHING`,
		n.agency, now, row.TimeZone, pq.Array(rolesText(n.roles)), n.kind, row.PlanID, row.TaskID, row.ID, n.what, n.atOnce, pq.Array(rolesText(n.otherwise))); err != nil {
		return fmt.Errorf("tell about request: %w", err)
	}
	return nudge(ctx, tx, "delivery:mail", string(n.kind), now)
}

// tellAsker tells who asked what became of it, at once.
func tellAsker(ctx context.Context, tx *sqlx.Tx, row requestRow, kind notice.Kind, what string, now time.Time) error {
	return tellRequest(ctx, tx, row, requestNotice{
		kind: kind, agency: row.FromAgencyID, roles: policy.Askers(row.Kind)[:1], what: what, atOnce: true,
	}, now)
}

// tellUnit tells the unit that owes the result, at once.
func tellUnit(ctx context.Context, tx *sqlx.Tx, row requestRow, kind notice.Kind, what string, now time.Time) error {
	return tellRequest(ctx, tx, row, requestNotice{
		kind: kind, agency: row.AgencyID, roles: []policy.Role{policy.FocalPoint}, what: what, atOnce: true,
	}, now)
}
