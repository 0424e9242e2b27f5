package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// accountZone is where the business day of memberships begins, and the week of
// the digest; accounts belong to no plan and so to no plan's zone.
const accountZone = "Asia/Ho_Chi_Minh"

// lastSeenStep is how rarely a session's use is written down.
const lastSeenStep = time.Minute

// actorRow is one post of the actor; a person without posts has one row without.
type actorRow struct {
	ID         int64          `db:"id"`
	Name       string         `db:"name"`
	Language   string         `db:"language"`
	SeenAt     time.Time      `db:"last_seen_at"`
	AgencyID   sql.NullInt64  `db:"agency_id"`
	AgencyCode sql.NullString `db:"agency_code"`
	AgencyName sql.NullString `db:"agency_name"`
	Role       sql.NullString `db:"role"`
	// TokenID and Scopes are of the token by which a program came.
	TokenID int64          `db:"token_id"`
	Scopes  pq.StringArray `db:"scopes"`
	// SecondFactor: the account has a confirmed one.
	SecondFactor bool          `db:"second_factor"`
	PostID       sql.NullInt64 `db:"membership_id"`
	ForID        int64         `db:"for_id"`
	ForName      string        `db:"for_name"`
	// Acting is the post that the session has chosen to act in; 0: none.
	Acting int64 `db:"acting"`
	// Leaf: nothing hangs below the agency and nothing preceded it, so it need not be walked.
	Leaf bool `db:"leaf"`
}

// Every request asks this, so it is a few index look-ups and nothing more: a
// post that two memberships give is left out by the reader, for DISTINCT would
// sort by every column. $1 is the business instant, $2 the zone.
//
// The children of an agency are looked up by a range of one. For equality the
// planner expects as many as agencies have on average; where a thousand communes
// hang below one province it would scan all agencies for those of each commune.
const actorPosts = `
	SELECT u.id, u.name, u.language, %s,
		EXISTS (SELECT 1 FROM second_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) AS second_factor,
		a.id AS agency_id, a.code AS agency_code, a.name AS agency_name, a.position, m.role, m.id AS membership_id,
		COALESCE(q.user_id, 0) AS for_id, COALESCE(b.name, '') AS for_name,
		NOT EXISTS (SELECT 1 FROM agencies c WHERE c.parent_id BETWEEN a.id AND a.id)
			AND NOT EXISTS (SELECT 1 FROM agency_successions x WHERE x.successor_id = a.id) AS leaf
	FROM %s
	LEFT JOIN memberships m ON m.user_id = u.id AND ($1::timestamptz AT TIME ZONE $2)::date BETWEEN m.valid_from_on AND m.valid_to_on
	LEFT JOIN agencies a ON a.id = m.agency_id
	LEFT JOIN substitutions q ON q.id = m.substitution_id
	LEFT JOIN users b ON b.id = q.user_id
	WHERE u.active AND %s
	ORDER BY a.position, a.id, m.role, for_id, m.id`

var (
	bySession = fmt.Sprintf(actorPosts, `s.last_seen_at, COALESCE(s.acting_membership_id, 0) AS acting, 0::bigint AS token_id, NULL::text[] AS scopes`,
		`sessions s JOIN users u ON u.id = s.user_id`, `s.token_hash = $3 AND s.revoked_at IS NULL AND s.expires_at > $4 AND s.last_seen_at > $5`)
	byToken = fmt.Sprintf(actorPosts, `COALESCE(k.last_used_at, 'epoch') AS last_seen_at, 0 AS acting, k.id AS token_id, k.scopes`,
		`api_tokens k JOIN users u ON u.id = k.user_id`, `k.token_hash = $3 AND k.revoked_at IS NULL AND k.expires_at > $4`)
	byID = fmt.Sprintf(actorPosts, `'epoch'::timestamptz AS last_seen_at, 0 AS acting, 0::bigint AS token_id, NULL::text[] AS scopes`, `users u`, `u.id = $3`)
)

// agenciesBelow walks the tree by its index, not by scans; see actorPosts. Who
// followed an agency that ended sees its history: it counts as below. Below all
// roots of the tree are all agencies, so that whoever holds these need not walk.
// One array is read in a tenth of the time that 17,000 rows take.
const agenciesBelow = `
	WITH RECURSIVE every AS MATERIALIZED (
		SELECT NOT EXISTS (SELECT 1 FROM agencies r WHERE r.parent_id IS NULL AND r.id <> ALL ($1::bigint[])) AS agency
	), below AS (
		SELECT id FROM unnest($1::bigint[]) AS k (id) WHERE NOT (SELECT agency FROM every)
		UNION
		SELECT a.id FROM below, LATERAL (
			SELECT c.id FROM agencies c WHERE c.parent_id BETWEEN below.id AND below.id
			UNION ALL
			SELECT x.predecessor_id FROM agency_successions x JOIN agencies e ON e.id = x.predecessor_id
			WHERE x.successor_id BETWEEN below.id AND below.id AND e.valid_to_on < x.effective_on OFFSET 0) AS a
	)
	SELECT array_agg(id ORDER BY id) FROM (
		SELECT id FROM below UNION ALL SELECT id FROM agencies WHERE (SELECT agency FROM every)) AS found`

// touchSession writes down a session's use without making the request wait for
// the disk: what a crash can lose of it are the last moments of twelve hours.
const touchSession = `
	UPDATE sessions SET last_seen_at = $2
	WHERE token_hash = $1 AND last_seen_at <= $3 AND revoked_at IS NULL AND set_config('synchronous_commit', 'off', true) = 'off'`

// openMandates are the plans that decisions open to an auditor on the business
// day. Only auditors ask: $1 is the business instant, $2 the zone, $3 the account.
const openMandates = `
	SELECT m.id, o.plan_id, m.decision_number FROM audit_mandates m JOIN audit_mandate_plans o ON o.mandate_id = m.id
	WHERE m.user_id = $3 AND m.revoked_at IS NULL AND ($1::timestamptz AT TIME ZONE $2)::date BETWEEN m.from_on AND m.to_on
	ORDER BY m.id, o.plan_id`

// ActorOf returns who holds the session, with the posts of the business day.
// A session ends twelve hours after its last use and seven days after sign-in,
// by the wall clock. Use is written down at most once a minute.
func (s *Store) ActorOf(ctx context.Context, token string) (policy.Actor, error) {
	wall, hash := s.wall(), account.HashToken(token)
	actor, seen, err := s.readActor(ctx, bySession, hash, wall, wall.Add(-account.SessionIdle))
	if errors.Is(err, sql.ErrNoRows) {
		return policy.Actor{}, signedOut()
	}
	if err != nil {
		return policy.Actor{}, fmt.Errorf("read session: %w", err)
	}
	if wall.Sub(seen) >= lastSeenStep {
		// Of many requests at once, one writes.
		if _, err := s.db.ExecContext(ctx, touchSession, hash, wall, wall.Add(-lastSeenStep)); err != nil {
			return policy.Actor{}, fmt.Errorf("keep session: %w", err)
		}
	}
	return actor, nil
}

// ActorByID returns an active account with the posts of the business day.
func (s *Store) ActorByID(ctx context.Context, userID int64) (policy.Actor, error) {
	actor, _, err := s.readActor(ctx, byID, userID)
	if errors.Is(err, sql.ErrNoRows) {
		return policy.Actor{}, notFound()
	}
	if err != nil {
		return policy.Actor{}, fmt.Errorf("read account: %w", err)
	}
	return actor, nil
}

func (s *Store) readActor(ctx context.Context, query string, args ...any) (policy.Actor, time.Time, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return policy.Actor{}, time.Time{}, fmt.Errorf("business clock: %w", err)
	}
	statement, err := s.prepared(ctx, query)
	if err != nil {
		return policy.Actor{}, time.Time{}, err
	}
	var rows []struct {
		actorRow
		Position sql.NullInt64 `db:"position"`
	}
	if err := statement.SelectContext(ctx, &rows, append([]any{now, accountZone}, args...)...); err != nil {
		return policy.Actor{}, time.Time{}, err
	}
	if len(rows) == 0 {
		return policy.Actor{}, time.Time{}, sql.ErrNoRows
	}
	first := rows[0]
	actor := policy.Actor{UserID: first.ID, Name: first.Name, Language: first.Language, Posts: []policy.Post{}, Below: []int64{}, TokenID: first.TokenID}
	for _, scope := range first.Scopes {
		actor.Scopes = append(actor.Scopes, policy.Scope(scope))
	}
	leaf := map[int64]bool{}
	for _, row := range rows {
		if !row.AgencyID.Valid {
			continue
		}
		leaf[row.AgencyID.Int64] = row.Leaf
		post := policy.Post{
			ID: row.PostID.Int64, AgencyID: row.AgencyID.Int64, AgencyCode: row.AgencyCode.String, AgencyName: row.AgencyName.String,
			Role: policy.Role(row.Role.String), ForID: row.ForID, ForName: row.ForName,
		}
		if !slices.ContainsFunc(actor.Posts, post.Same) {
			actor.Posts = append(actor.Posts, post)
		}
	}
	actor = actor.Acting(rows[0].Acting)
	walk := false
	for _, post := range actor.Posts {
		if post.Role.Reads() && !slices.Contains(actor.Below, post.AgencyID) {
			actor.Below = append(actor.Below, post.AgencyID)
			walk = walk || !leaf[post.AgencyID]
		}
	}
	if walk {
		below, err := s.prepared(ctx, agenciesBelow)
		if err != nil {
			return policy.Actor{}, time.Time{}, err
		}
		reading := pq.Array(slices.Clone(actor.Below))
		if err := below.QueryRowxContext(ctx, reading).Scan((*numbers)(&actor.Below)); err != nil {
			return policy.Actor{}, time.Time{}, err
		}
	}
	slices.Sort(actor.Below)
	actor.MustEnrol = !first.SecondFactor && policy.DemandsSecondFactor(actor, s.SecondFactorFor)
	if actor.Has(policy.Auditor) {
		if err := s.readMandates(ctx, &actor, now); err != nil {
			return policy.Actor{}, time.Time{}, err
		}
	}
	return actor, first.SeenAt, nil
}

func (s *Store) readMandates(ctx context.Context, actor *policy.Actor, now time.Time) error {
	statement, err := s.prepared(ctx, openMandates)
	if err != nil {
		return err
	}
	var rows []struct {
		ID       int64  `db:"id"`
		PlanID   int64  `db:"plan_id"`
		Decision string `db:"decision_number"`
	}
	if err := statement.SelectContext(ctx, &rows, now, accountZone, actor.UserID); err != nil {
		return fmt.Errorf("read mandates: %w", err)
	}
	for _, r := range rows {
		actor.Mandates = append(actor.Mandates, policy.Mandate{ID: r.ID, PlanID: r.PlanID, Decision: r.Decision})
	}
	return nil
}

func signedOut() error {
	return fault.New(fault.Unauthenticated, "session.none",
		"Phiên làm việc đã hết. Hãy đăng nhập lại.", "The session has ended. Sign in again.")
}
