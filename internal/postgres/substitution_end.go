package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

type substitutionRow struct {
	ID             int64        `db:"id"`
	HolderID       int64        `db:"user_id"`
	HolderName     string       `db:"holder_name"`
	SubstituteID   int64        `db:"substitute_id"`
	SubstituteName string       `db:"substitute_name"`
	AgencyID       int64        `db:"agency_id"`
	AgencyName     string       `db:"agency_name"`
	Role           policy.Role  `db:"role"`
	From           time.Time    `db:"from_on"`
	To             time.Time    `db:"to_on"`
	Reason         string       `db:"reason"`
	NamedByName    string       `db:"named_by_name"`
	NamedAt        time.Time    `db:"named_at"`
	RevokedAt      sql.NullTime `db:"revoked_at"`
	Running        bool         `db:"running"`
}

// selectSubstitution: $1 is the business instant.
const selectSubstitution = `
	SELECT s.id, s.user_id, h.name AS holder_name, s.substitute_id, u.name AS substitute_name, m.agency_id, a.name AS agency_name, m.role,
		s.from_on, s.to_on, s.reason, n.name AS named_by_name, s.named_at, s.revoked_at,
		EXISTS (SELECT 1 FROM memberships g WHERE g.substitution_id = s.id AND ` + businessDay + ` BETWEEN g.valid_from_on AND g.valid_to_on) AS running
	FROM substitutions s JOIN memberships m ON m.id = s.membership_id JOIN agencies a ON a.id = m.agency_id
	JOIN users h ON h.id = s.user_id JOIN users u ON u.id = s.substitute_id JOIN users n ON n.id = s.named_by`

func (r substitutionRow) substitution() account.Substitution {
	return account.Substitution{
		ID: r.ID, Holder: account.Named{ID: r.HolderID, Name: r.HolderName}, Substitute: account.Named{ID: r.SubstituteID, Name: r.SubstituteName},
		AgencyID: r.AgencyID, AgencyName: r.AgencyName, Role: r.Role, From: civil(r.From), To: civil(r.To), Reason: r.Reason,
		NamedByName: r.NamedByName, NamedAt: r.NamedAt.UTC(), RevokedAt: instant(r.RevokedAt), Running: r.Running,
	}
}

func substitutionByID(ctx context.Context, tx *sqlx.Tx, id int64, now time.Time) (account.Substitution, error) {
	var row substitutionRow
	err := tx.GetContext(ctx, &row, selectSubstitution+` WHERE s.id = $2`, now, id)
	if errors.Is(err, sql.ErrNoRows) {
		return account.Substitution{}, notFound()
	}
	if err != nil {
		return account.Substitution{}, fmt.Errorf("read substitution: %w", err)
	}
	return row.substitution(), nil
}

// seesSubstitution: both sides, the head of the agency, and administrators in their reach; each of them may end it.
const seesSubstitution = `(s.user_id = $2 OR s.substitute_id = $2 OR m.agency_id = ANY ($3) OR m.agency_id IN (SELECT id FROM administered))`

const administeredBy4 = `WITH RECURSIVE administered AS (
		SELECT id FROM agencies WHERE id = ANY ($4)
		UNION
		SELECT a.id FROM administered up JOIN agencies a ON a.parent_id = up.id
	)`

// ListSubstitutions gives those in which the actor stands in or is stood in
// for, those at agencies that the actor heads, and those that the actor
// administers; the newest first.
func (s *Store) ListSubstitutions(ctx context.Context, actor policy.Actor, limit int, cursor string) (account.SubstitutionPage, error) {
	page := account.SubstitutionPage{Substitutions: []account.Substitution{}}
	var before int64
	if cursor != "" {
		var err error
		if _, before, err = decodeCursor("substitutions", cursor); err != nil {
			return page, err
		}
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return page, fmt.Errorf("business clock: %w", err)
	}
	limit = limitOf(limit)
	var rows []substitutionRow
	if err := s.db.SelectContext(ctx, &rows, administeredBy4+selectSubstitution+`
		WHERE `+seesSubstitution+` AND ($5::bigint = 0 OR s.id < $5) ORDER BY s.id DESC LIMIT $6`,
		now, actor.UserID, pq.Array(actor.At(policy.Head)), pq.Array(actor.At(policy.Administrator)), before, limit+1); err != nil {
		return page, fmt.Errorf("list substitutions: %w", err)
	}
	for i, row := range rows {
		if i == limit {
			page.Next = encodeCursor("substitutions", "", rows[limit-1].ID)
			break
		}
		page.Substitutions = append(page.Substitutions, row.substitution())
	}
	return page, nil
}

// RevokeSubstitution ends a substitution now, before its time. Both sides may,
// and the agency's head and administrators. Ending an ended one changes nothing.
func (s *Store) RevokeSubstitution(ctx context.Context, actor policy.Actor, id int64) (account.Substitution, error) {
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (account.Substitution, error) {
		var found substitutionRow
		err := tx.GetContext(ctx, &found, administeredBy4+selectSubstitution+` WHERE `+seesSubstitution+` AND s.id = $5 FOR UPDATE OF s`,
			now, actor.UserID, pq.Array(actor.At(policy.Head)), pq.Array(actor.At(policy.Administrator)), id)
		if errors.Is(err, sql.ErrNoRows) {
			return account.Substitution{}, notFound()
		}
		if err != nil {
			return account.Substitution{}, fmt.Errorf("lock substitution: %w", err)
		}
		if found.RevokedAt.Valid {
			return found.substitution(), nil
		}
		day, err := today(now)
		if err != nil {
			return account.Substitution{}, err
		}
		if civil(found.To).Before(day) {
			return account.Substitution{}, fault.New(fault.Conflict, "substitution.over",
				"Việc thay thế đã tự kết thúc ngày %s.", "The substitution ended by itself on %s.", civil(found.To).VN())
		}
		if err := s.endSubstitutions(ctx, tx, actor, now, []int64{id}); err != nil {
			return account.Substitution{}, err
		}
		return substitutionByID(ctx, tx, id, now)
	})
}

// endSubstitutions takes the posts back that these substitutions give, at once.
func (s *Store) endSubstitutions(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, now time.Time, ids []int64) error {
	for _, statement := range []string{
		`DELETE FROM memberships WHERE substitution_id = ANY ($2) AND valid_from_on >= ` + businessDay,
		`UPDATE memberships SET valid_to_on = ` + businessDay + ` - 1 WHERE substitution_id = ANY ($2) AND valid_to_on >= ` + businessDay,
	} {
		if _, err := tx.ExecContext(ctx, statement, now, pq.Array(ids)); err != nil {
			return fmt.Errorf("take posts back: %w", err)
		}
	}
	if _, err := tx.ExecContext(ctx, `
		WITH ended AS (
			UPDATE substitutions SET revoked_at = $1, revoked_by = NULLIF($3::bigint, 0) WHERE id = ANY ($2) AND revoked_at IS NULL
			RETURNING id, user_id, substitute_id, membership_id
		), untold AS (
			UPDATE notifications n SET dropped_at = $1 FROM ended
			WHERE n.cause = 'substitution:' || ended.id AND n.message_id IS NULL AND n.dropped_at IS NULL
		)
		INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, after)
		SELECT $1, $4, NULLIF($3::bigint, 0), m.agency_id, 'user.substitute_revoked', 'user', e.user_id,
			jsonb_build_object('substitution', e.id, 'substitute_id', e.substitute_id)
		FROM ended e JOIN memberships m ON m.id = e.membership_id`, now, pq.Array(ids), actor.UserID, s.wall()); err != nil {
		return fmt.Errorf("end substitutions: %w", err)
	}
	return nil
}

// ListColleagues gives the active people who hold a post at an agency today, to
// whoever holds one there too.
func (s *Store) ListColleagues(ctx context.Context, actor policy.Actor, agencyID int64) ([]account.Colleague, error) {
	if !policy.SeeColleagues(actor, agencyID) {
		return nil, notFound()
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return nil, fmt.Errorf("business clock: %w", err)
	}
	var rows []struct {
		ID    int64          `db:"id"`
		Name  string         `db:"name"`
		Phone string         `db:"phone"`
		Roles pq.StringArray `db:"roles"`
		For   pq.StringArray `db:"stands_in_for"`
	}
	if err := s.db.SelectContext(ctx, &rows, `
		SELECT u.id, u.name, u.phone, array_agg(DISTINCT m.role) AS roles,
			COALESCE(array_agg(DISTINCT h.name) FILTER (WHERE h.id IS NOT NULL), '{}') AS stands_in_for
		FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
		LEFT JOIN substitutions q ON q.id = m.substitution_id LEFT JOIN users h ON h.id = q.user_id
		WHERE m.agency_id = $2 AND m.role <> 'auditor' AND `+businessDay+` BETWEEN m.valid_from_on AND m.valid_to_on
		GROUP BY u.id ORDER BY u.name, u.id LIMIT 500`, now, agencyID); err != nil {
		return nil, fmt.Errorf("list colleagues: %w", err)
	}
	colleagues := make([]account.Colleague, len(rows))
	for i, r := range rows {
		colleagues[i] = account.Colleague{ID: r.ID, Name: r.Name, Phone: r.Phone, For: r.For}
		for _, role := range r.Roles {
			colleagues[i].Roles = append(colleagues[i].Roles, policy.Role(role))
		}
	}
	return colleagues, nil
}
