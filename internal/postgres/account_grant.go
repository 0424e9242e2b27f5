package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

// grant is a post that was just given to somebody.
type grant struct {
	MembershipID int64
	AgencyID     int64
	Role         policy.Role
}

// tellGrant tells the plan authorities concerned of a role that reads, in the
// next morning's message: those of the issuers of plans that the role opens
// something of, because the agency or one below it has a part in them. Whoever
// is not concerned is told nothing; a role that does not read, nobody. The
// notice names the role and the agency; who holds it is in the audit trail.
func tellGrant(ctx context.Context, tx *sqlx.Tx, g grant, now time.Time) error {
	if !g.Role.Reads() {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `
		WITH RECURSIVE reach AS (
			SELECT id FROM agencies WHERE id = $2
			UNION
			SELECT a.id FROM agencies a JOIN reach ON a.parent_id = reach.id
		), concerned AS (
			SELECT p.id, p.issuer_id, p.time_zone FROM plans p
			WHERE p.state IN ('active', 'suspended') AND (p.issuer_id IN (SELECT id FROM reach) OR EXISTS (
				SELECT 1 FROM duties d JOIN assignments x ON x.duty_id = d.id
				WHERE d.plan_id = p.id AND (x.agency_id IN (SELECT id FROM reach) OR x.reviewer_id = $2 OR x.recipient_id = $2)))
		)
		INSERT INTO notifications (user_id, kind, plan_id, cause, created_at, deliver_at, standing)
		SELECT DISTINCT ON (m.user_id) m.user_id, $4, c.id, 'granted:' || $1::bigint, $3::timestamptz, morning_at_or_after($3, c.time_zone), true
		FROM concerned c JOIN memberships m ON m.agency_id = c.issuer_id AND m.role = 'plan_authority'
			AND ($3::timestamptz AT TIME ZONE c.time_zone)::date BETWEEN m.valid_from_on AND m.valid_to_on
		JOIN users u ON u.id = m.user_id AND u.active
		WHERE m.id <> $1
		ORDER BY m.user_id, c.id
		ON CONFLICT DO NOTHING`, g.MembershipID, g.AgencyID, now, notice.RoleGranted); err != nil {
		return fmt.Errorf("tell plan authorities of a grant: %w", err)
	}
	return nudge(ctx, tx, "delivery:mail", string(notice.RoleGranted), now)
}
