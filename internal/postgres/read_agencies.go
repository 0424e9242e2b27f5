package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

type agencyRow struct {
	ID         int64     `db:"id"`
	Code       string    `db:"code"`
	Name       string    `db:"name"`
	ShortName  string    `db:"short_name"`
	Level      string    `db:"level"`
	ParentID   int64     `db:"parent_id"`
	ParentCode string    `db:"parent_code"`
	OfficialID string    `db:"official_id"`
	Mailbox    string    `db:"mailbox"`
	Phone      string    `db:"phone"`
	ValidFrom  time.Time `db:"valid_from_on"`
	ValidTo    time.Time `db:"valid_to_on"`
	Position   int       `db:"position"`
	Version    int       `db:"version"`
	Two        bool      `db:"two_signatures"`
}

const selectAgency = `
	SELECT a.id, a.code, a.name, a.short_name, a.level, COALESCE(a.parent_id, 0) AS parent_id, COALESCE(u.code, '') AS parent_code,
		a.official_id, a.mailbox, a.phone, a.valid_from_on, a.valid_to_on, a.position, a.version, a.two_signatures
	FROM agencies a LEFT JOIN agencies u ON u.id = a.parent_id`

func (r agencyRow) agency() agency.Agency {
	return agency.Agency{
		ID: r.ID, Code: r.Code, Name: r.Name, ShortName: r.ShortName, Level: r.Level,
		ParentID: r.ParentID, ParentCode: r.ParentCode, OfficialID: r.OfficialID, Mailbox: r.Mailbox, Phone: r.Phone,
		ValidFrom: bound(r.ValidFrom), ValidTo: bound(r.ValidTo), TwoSignatures: r.Two, Version: r.Version,
	}
}

// bound reads an end of a validity: the schema's first and last days stand for "open".
func bound(t time.Time) calendar.Date {
	if t.Year() <= 1 || t.Year() >= 9999 {
		return calendar.Date{}
	}
	return civil(t)
}

// likeLiteral makes text match itself inside a LIKE pattern.
var likeLiteral = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// ListAgencies gives the directory of agencies in the tree's order to everyone
// who is signed in; it holds nothing of duties or results.
func (s *Store) ListAgencies(ctx context.Context, actor policy.Actor, f agency.Filter) (agency.Page, error) {
	if actor.UserID == 0 {
		return agency.Page{}, signInFirst()
	}
	if f.Vacant && !policy.ManageAgencies(actor) {
		return agency.Page{}, notAdministrator()
	}
	position, after := 0, int64(0)
	if f.Cursor != "" {
		key, id, err := decodeCursor("agencies", f.Cursor)
		if err != nil {
			return agency.Page{}, err
		}
		parsed, err := strconv.ParseInt(key, 10, 32)
		if err != nil {
			return agency.Page{}, refusedCursor()
		}
		position, after = int(parsed), id
	}
	pattern := ""
	if f.Query != "" {
		pattern = "%" + likeLiteral.Replace(f.Query) + "%"
	}
	limit := limitOf(f.Limit)
	now, err := s.business.Now(ctx)
	if err != nil {
		return agency.Page{}, fmt.Errorf("business clock: %w", err)
	}
	var rows []agencyRow
	if err := s.db.SelectContext(ctx, &rows, selectAgency+`
		WHERE ($1 = '' OR a.level = $1) AND ($2::bigint = 0 OR a.parent_id = $2)
			AND ($3 = '' OR fold(a.name) LIKE fold($3) OR fold(a.short_name) LIKE fold($3) OR a.code ILIKE $3)
			AND ($8 OR a.valid_to_on >= $9::date)
			AND (NOT $10 OR EXISTS (SELECT 1 FROM assignments s WHERE s.agency_id = a.id)
				AND NOT EXISTS (SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
					WHERE m.agency_id = a.id AND m.role IN ('focal_point', 'head') AND $9::date BETWEEN m.valid_from_on AND m.valid_to_on))
			AND (NOT $4::boolean OR (a.position, a.id) > ($5::int, $6::bigint))
		ORDER BY a.position, a.id LIMIT $7`,
		f.Level, f.ParentID, pattern, f.Cursor != "", position, after, limit+1, f.Ended, businessToday(now).String(), f.Vacant); err != nil {
		return agency.Page{}, fmt.Errorf("list agencies: %w", err)
	}
	page := agency.Page{Agencies: make([]agency.Agency, 0, min(len(rows), limit))}
	for i, row := range rows {
		if i == limit {
			last := rows[limit-1]
			page.Next = encodeCursor("agencies", strconv.Itoa(last.Position), last.ID)
			break
		}
		page.Agencies = append(page.Agencies, row.agency())
	}
	return page, nil
}

// FindAgency gives one agency of the directory.
func (s *Store) FindAgency(ctx context.Context, actor policy.Actor, id int64) (agency.Agency, error) {
	if actor.UserID == 0 {
		return agency.Agency{}, signInFirst()
	}
	var row agencyRow
	err := s.db.GetContext(ctx, &row, selectAgency+` WHERE a.id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return agency.Agency{}, notFound()
	}
	if err != nil {
		return agency.Agency{}, fmt.Errorf("read agency: %w", err)
	}
	return row.agency(), nil
}

func signInFirst() error {
	return fault.New(fault.Unauthenticated, "session.missing", "Đăng nhập để xem.", "Sign in first.")
}
