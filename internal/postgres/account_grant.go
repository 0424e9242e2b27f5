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

// grant is a post that was just given to somebody.
type grant struct {
	MembershipID int64       `db:"id"`
	AgencyID     int64       `db:"agency_id"`
	Role         policy.Role `db:"role"`
}

// tellGrant tells the plan authorities concerned of roles that read, in the
// next morning's message: those of the issuers of plans that a role opens
// something of, because its agency or one below has a part in them. Whoever is
// not concerned is told nothing; of roles that do not read, nobody. The notice
// names role and agency; who holds it is in the audit trail. Whatever lets a
// person give another a post calls it in the transaction that gives it.
func tellGrant(ctx context.Context, tx *sqlx.Tx, now time.Time, grants ...grant) error {
	var posts, agencies []int64
	for _, g := range grants {
		if g.Role.Reads() {
			posts, agencies = append(posts, g.MembershipID), append(agencies, g.AgencyID)
		}
	}
	if len(posts) == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `
		WITH RECURSIVE given AS (
			SELECT f.id, f.agency_id FROM unnest($1::bigint[], $2::bigint[]) AS f (id, agency_id)
		), reach AS (
			SELECT DISTINCT agency_id AS top, agency_id AS id FROM given
			UNION
			SELECT reach.top, a.id FROM agencies a JOIN reach ON a.parent_id = reach.id
		), concerned AS (
			SELECT DISTINCT r.top, p.id, p.issuer_id, p.time_zone
			FROM reach r
			JOIN assignments x ON x.agency_id = r.id OR x.reviewer_id = r.top OR x.recipient_id = r.top
			JOIN duties d ON d.id = x.duty_id JOIN plans p ON p.id = d.plan_id AND p.state IN ('active', 'suspended')
			UNION
			SELECT r.top, p.id, p.issuer_id, p.time_zone FROM reach r JOIN plans p ON p.issuer_id = r.id AND p.state IN ('active', 'suspended')
		)
		INSERT INTO notifications (user_id, kind, plan_id, cause, created_at, deliver_at, standing)
		SELECT DISTINCT ON (g.id, m.user_id) m.user_id, $4, c.id, 'granted:' || g.id, $3::timestamptz, morning_at_or_after($3, c.time_zone), true
		FROM given g JOIN concerned c ON c.top = g.agency_id
		JOIN memberships m ON m.agency_id = c.issuer_id AND m.role = 'plan_authority' AND m.id <> g.id
			AND ($3::timestamptz AT TIME ZONE c.time_zone)::date BETWEEN m.valid_from_on AND m.valid_to_on
		JOIN users u ON u.id = m.user_id AND u.active
		ORDER BY g.id, m.user_id, c.id
		ON CONFLICT DO NOTHING`, pq.Array(posts), pq.Array(agencies), now, notice.RoleGranted); err != nil {
		return fmt.Errorf("tell plan authorities of a grant: %w", err)
	}
	return nudge(ctx, tx, "delivery:mail", string(notice.RoleGranted), now)
}
