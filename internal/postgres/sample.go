package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"dondoc/internal/calendar"
)

// Person is an account with one post, for a sample installation.
type Person struct {
	Email, Name, AgencyCode, Role string
}

// AddPeople adds accounts with their posts in one statement, all with the same
// password hash, and gives every agency without one an official mailbox. It is
// for samples and rehearsals: real people come in by import and invitation.
func (s *Store) AddPeople(ctx context.Context, people []Person, passwordHash string, from calendar.Date, mailboxDomain string) error {
	n := len(people)
	emails, names, codes, roles := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, p := range people {
		emails[i], names[i], codes[i], roles[i] = p.Email, p.Name, p.AgencyCode, p.Role
	}
	if _, err := s.db.ExecContext(ctx, `
		WITH person AS (
			SELECT DISTINCT ON (email) email, name FROM unnest($1::text[], $2::text[]) AS f (email, name)
		), known AS (
			INSERT INTO users (email, name, password_hash, created_at)
			SELECT email, name, $5, $6 FROM person ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id, email
		)
		INSERT INTO memberships (user_id, agency_id, role, valid_from_on)
		SELECT k.id, a.id, f.role, $7::date
		FROM unnest($1::text[], $3::text[], $4::text[]) AS f (email, code, role)
		JOIN known k ON k.email = f.email JOIN agencies a ON a.code = f.code
		ON CONFLICT DO NOTHING`,
		pq.Array(emails), pq.Array(names), pq.Array(codes), pq.Array(roles), passwordHash, s.wall(), from.String()); err != nil {
		return fmt.Errorf("add people: %w", err)
	}
	if mailboxDomain == "" {
		return nil
	}
	if _, err := s.db.ExecContext(ctx, `
		UPDATE agencies SET mailbox = 'vanthu.' || code || '@' || $1 WHERE mailbox = ''`, mailboxDomain); err != nil {
		return fmt.Errorf("name mailboxes: %w", err)
	}
	return nil
}
