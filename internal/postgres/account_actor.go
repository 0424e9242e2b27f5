package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// accountZone is where the business day of memberships begins; accounts
// belong to no plan and so to no plan's zone.
const accountZone = "Asia/Ho_Chi_Minh"

// lastSeenStep is how rarely a session's use is written down.
const lastSeenStep = time.Minute

type actorRow struct {
	ID       int64         `db:"id"`
	Name     string        `db:"name"`
	Language string        `db:"language"`
	SeenAt   time.Time     `db:"last_seen_at"`
	Posts    []byte        `db:"posts"`
	Below    pq.Int64Array `db:"below"`
}

// actorOf completes a "who" that gives id, name, language and last_seen_at; $1
// is the business instant, $2 the zone, $3 the roles that read.
const actorOf = `,
	posts AS (
		SELECT a.id, a.code, a.name, a.position, m.role
		FROM who JOIN memberships m ON m.user_id = who.id JOIN agencies a ON a.id = m.agency_id
		WHERE ($1::timestamptz AT TIME ZONE $2)::date BETWEEN m.valid_from_on AND m.valid_to_on
	), below AS (
		SELECT id FROM posts WHERE role = ANY ($3)
		UNION
		-- The lateral join keeps to the index on parent_id: a leaf of a tree of
		-- 11,000 agencies must not cost a scan of all of them at each request.
		SELECT a.id FROM below, LATERAL (SELECT c.id FROM agencies c WHERE c.parent_id = below.id OFFSET 0) AS a
	)
	SELECT who.id, who.name, who.language, who.last_seen_at,
		COALESCE((SELECT jsonb_agg(jsonb_build_object('AgencyID', p.id, 'AgencyCode', p.code, 'AgencyName', p.name, 'Role', p.role)
			ORDER BY p.position, p.id, p.role) FROM (SELECT DISTINCT * FROM posts) AS p), '[]') AS posts,
		ARRAY(SELECT id FROM below ORDER BY id) AS below
	FROM who`

const bySession = `WITH RECURSIVE who AS (
		SELECT u.id, u.name, u.language, s.last_seen_at
		FROM sessions s JOIN users u ON u.id = s.user_id AND u.active
		WHERE s.token_hash = $4 AND s.revoked_at IS NULL AND s.expires_at > $5 AND s.last_seen_at > $6
	)` + actorOf

const byID = `WITH RECURSIVE who AS (
		SELECT u.id, u.name, u.language, $1::timestamptz AS last_seen_at FROM users u WHERE u.id = $4 AND u.active
	)` + actorOf

// ActorOf returns who holds the session, with the posts of the business day.
// A session ends twelve hours after its last use and seven days after sign-in,
// by the wall clock. Use is written down at most once a minute.
func (s *Store) ActorOf(ctx context.Context, token string) (policy.Actor, error) {
	wall, hash := s.wall(), account.HashToken(token)
	row, err := s.readActor(ctx, bySession, hash, wall, wall.Add(-account.SessionIdle))
	if errors.Is(err, sql.ErrNoRows) {
		return policy.Actor{}, signedOut()
	}
	if err != nil {
		return policy.Actor{}, fmt.Errorf("read session: %w", err)
	}
	if wall.Sub(row.SeenAt) >= lastSeenStep {
		// Of many requests at once, one writes.
		if _, err := s.db.ExecContext(ctx, `
			UPDATE sessions SET last_seen_at = $2 WHERE token_hash = $1 AND last_seen_at <= $3 AND revoked_at IS NULL`,
			hash, wall, wall.Add(-lastSeenStep)); err != nil {
			return policy.Actor{}, fmt.Errorf("keep session: %w", err)
		}
	}
	return row.actor()
}

// ActorByID returns an active account with the posts of the business day.
func (s *Store) ActorByID(ctx context.Context, userID int64) (policy.Actor, error) {
	row, err := s.readActor(ctx, byID, userID)
	if errors.Is(err, sql.ErrNoRows) {
		return policy.Actor{}, notFound()
	}
	if err != nil {
		return policy.Actor{}, fmt.Errorf("read account: %w", err)
	}
	return row.actor()
}

func (s *Store) readActor(ctx context.Context, query string, args ...any) (actorRow, error) {
	var row actorRow
	now, err := s.business.Now(ctx)
	if err != nil {
		return row, fmt.Errorf("business clock: %w", err)
	}
	roles := pq.Array(policy.ReadingRoles())
	statement, err := s.prepared(ctx, query)
	if err != nil {
		return row, err
	}
	err = statement.GetContext(ctx, &row, append([]any{now, accountZone, roles}, args...)...)
	return row, err
}

func (r actorRow) actor() (policy.Actor, error) {
	actor := policy.Actor{UserID: r.ID, Name: r.Name, Language: r.Language, Below: r.Below}
	if err := json.Unmarshal(r.Posts, &actor.Posts); err != nil {
		return policy.Actor{}, fmt.Errorf("read posts: %w", err)
	}
	return actor, nil
}

func signedOut() error {
	return fault.New(fault.Unauthenticated, "session.none",
		"Phiên làm việc đã hết. Hãy đăng nhập lại.", "The session has ended. Sign in again.")
}
