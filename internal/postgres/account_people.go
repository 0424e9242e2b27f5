package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/lib/pq"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/policy"
)

type personRow struct {
	ID           int64        `db:"id"`
	Email        string       `db:"email"`
	Name         string       `db:"name"`
	Phone        string       `db:"phone"`
	Language     string       `db:"language"`
	Active       bool         `db:"active"`
	SignedUp     bool         `db:"signed_up"`
	InvitedUntil sql.NullTime `db:"invited_until"`
	Posts        []byte       `db:"posts"`
	Version      int          `db:"version"`
}

func (r personRow) person() (account.Person, error) {
	person := account.Person{
		ID: r.ID, Email: r.Email, Name: r.Name, Phone: r.Phone, Language: r.Language, Active: r.Active,
		SignedUp: r.SignedUp, InvitedUntil: instant(r.InvitedUntil), Version: r.Version,
	}
	if err := json.Unmarshal(r.Posts, &person.Posts); err != nil {
		return person, fmt.Errorf("read posts: %w", err)
	}
	return person, nil
}

// personFacts are what administrators see of a user u: $1 and $2 as in
// administered; the wall instant is the one placeholder.
const personFacts = `
	SELECT u.id, u.email, u.name, u.phone, u.language, u.active, u.password_hash <> '' AS signed_up, u.version,
		(SELECT max(l.expires_at) FROM account_links l
			WHERE l.user_id = u.id AND l.kind = 'invitation' AND l.used_at IS NULL AND l.expires_at > %s) AS invited_until,
		(SELECT COALESCE(jsonb_agg(jsonb_build_object('ID', m.id, 'AgencyID', g.id, 'AgencyCode', g.code, 'AgencyName', g.name, 'Role', m.role,
				'ValidFrom', m.valid_from_on::text, 'ValidTo', CASE WHEN m.valid_to_on < '9999-12-31' THEN m.valid_to_on::text ELSE '' END,
				'ForName', COALESCE(h.name, ''))
				ORDER BY g.position, g.id, m.role, m.valid_from_on, m.id), '[]')
			FROM memberships m JOIN agencies g ON g.id = m.agency_id
			LEFT JOIN substitutions q ON q.id = m.substitution_id LEFT JOIN users h ON h.id = q.user_id
			WHERE m.user_id = u.id AND ($2 OR m.agency_id IN (SELECT id FROM administered))) AS posts`

var personByID = administered + fmt.Sprintf(personFacts, `$4`) + `
	FROM users u WHERE u.id = $3`

// listPeople is ordered by address, which is unique and does not move.
var listPeople = administered + fmt.Sprintf(personFacts, `$7`) + `
	FROM users u
	WHERE ($2 OR EXISTS (SELECT 1 FROM memberships m JOIN administered a ON a.id = m.agency_id WHERE m.user_id = u.id))
		AND ($3::bigint = 0 OR EXISTS (SELECT 1 FROM memberships m JOIN administered a ON a.id = m.agency_id WHERE m.user_id = u.id AND m.agency_id = $3))
		AND ($4 = '' OR strpos(lower(u.name), lower($4)) > 0 OR strpos(u.email, lower($4)) > 0)
		AND u.email > $5 AND ($8::bigint = 0 OR u.id = $8) AND (NOT $9 OR u.active AND u.password_hash = '')
	ORDER BY u.email LIMIT $6`

// ListPeople lists the accounts that an administrator administers, with those
// of their posts that lie in the same agencies.
func (s *Store) ListPeople(ctx context.Context, actor policy.Actor, f account.Filter) (account.Page, error) {
	if actor.UserID != 0 && !policy.ManagePeople(actor) {
		return account.Page{}, notAdministrator()
	}
	after := ""
	if f.Cursor != "" {
		var err error
		if after, _, err = decodeCursor("people", f.Cursor); err != nil {
			return account.Page{}, err
		}
	}
	limit := limitOf(f.Limit)
	var rows []personRow
	if err := s.db.SelectContext(ctx, &rows, listPeople, pq.Array(actor.At(policy.Administrator)), actor.UserID == 0,
		f.AgencyID, f.Query, after, limit+1, s.wall(), f.UserID, f.Waiting); err != nil {
		return account.Page{}, fmt.Errorf("list people: %w", err)
	}
	page := account.Page{People: []account.Person{}}
	for i, row := range rows {
		if i == limit {
			page.Next = encodeCursor("people", rows[i-1].Email, rows[i-1].ID)
			break
		}
		person, err := row.person()
		if err != nil {
			return account.Page{}, err
		}
		page.People = append(page.People, person)
	}
	return page, nil
}

// endOfTime is how a column says that no end is set.
var endOfTime = calendar.NewDate(9999, 12, 31)

func openEnd(d calendar.Date) calendar.Date {
	if d == endOfTime {
		return calendar.Date{}
	}
	return d
}
