package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
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

// ActorAt is somebody who holds the role at the agency on the business day, for
// a past that is played; fault.NotFound where nobody does.
func (s *Store) ActorAt(ctx context.Context, agencyID int64, role policy.Role) (policy.Actor, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return policy.Actor{}, fmt.Errorf("business clock: %w", err)
	}
	var id int64
	err = s.db.GetContext(ctx, &id, `
		SELECT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
		WHERE m.agency_id = $1 AND m.role = $2 AND $3::date BETWEEN m.valid_from_on AND m.valid_to_on ORDER BY m.user_id LIMIT 1`,
		agencyID, role, businessToday(now).String())
	if errors.Is(err, sql.ErrNoRows) {
		return policy.Actor{}, notFound()
	}
	if err != nil {
		return policy.Actor{}, fmt.Errorf("find post: %w", err)
	}
	return s.ActorByID(ctx, id)
}

// LastAct is the business instant of the newest row of the audit trail: where a
// past that was interrupted goes on. Zero: nothing happened yet.
func (s *Store) LastAct(ctx context.Context) (time.Time, error) {
	var at sql.NullTime
	if err := s.db.GetContext(ctx, &at, `SELECT max(at) FROM audit`); err != nil {
		return time.Time{}, fmt.Errorf("read audit: %w", err)
	}
	return at.Time.UTC(), nil
}

// Silence lets nobody be told of a past that was only played: notices that wait
// are dropped, workflows of what is over are not started.
func (s *Store) Silence(ctx context.Context) error {
	if err := s.DropNotices(ctx); err != nil {
		return err
	}
	return s.ForgetNudges(ctx)
}

// DropNotices drops the notices that wait: nobody is told of what was only played.
func (s *Store) DropNotices(ctx context.Context) error {
	return s.upToNow(ctx, `UPDATE notifications SET dropped_at = $1 WHERE message_id IS NULL AND dropped_at IS NULL AND created_at <= $1`)
}

// ForgetNudges lets no workflow be woken for what was played without it. What is
// to go on is started by Reconcile.
func (s *Store) ForgetNudges(ctx context.Context) error {
	return s.upToNow(ctx, `DELETE FROM outbox WHERE created_at <= $1`)
}

func (s *Store) upToNow(ctx context.Context, statement string) error {
	now, err := s.business.Now(ctx)
	if err != nil {
		return fmt.Errorf("business clock: %w", err)
	}
	if _, err := s.db.ExecContext(ctx, statement, now); err != nil {
		return fmt.Errorf("silence: %w", err)
	}
	return nil
}

// ActivationUntold reports whether no workflow was told yet that the plan is
// followed: its sample history is still being played.
func (s *Store) ActivationUntold(ctx context.Context, planID int64) (bool, error) {
	var untold bool
	if err := s.db.GetContext(ctx, &untold, `SELECT EXISTS (SELECT 1 FROM outbox WHERE workflow = 'plan:' || $1::bigint)`, planID); err != nil {
		return false, fmt.Errorf("look for the activation: %w", err)
	}
	return untold, nil
}

// WithoutPeople are the codes of those among the agencies where nobody holds a
// post of that role on the business day.
func (s *Store) WithoutPeople(ctx context.Context, codes []string, role string) ([]string, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return nil, fmt.Errorf("business clock: %w", err)
	}
	left := []string{}
	if err := s.db.SelectContext(ctx, &left, `
		SELECT c FROM unnest($1::text[]) AS c WHERE NOT EXISTS (SELECT 1 FROM memberships m JOIN agencies a ON a.id = m.agency_id
			WHERE a.code = c AND m.role = $2 AND $3::date BETWEEN m.valid_from_on AND m.valid_to_on)`,
		pq.Array(codes), role, businessToday(now).String()); err != nil {
		return nil, fmt.Errorf("look for people: %w", err)
	}
	return left, nil
}
