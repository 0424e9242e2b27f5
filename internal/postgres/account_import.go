package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/policy"
)

// errDryRun rolls a dry run back.
var errDryRun = errors.New("dry run")

// ImportPeople brings accounts and posts to what a list says, whole or not at
// all; new people are invited. With dryRun it only tells what would happen. The
// zero actor is the system itself and may import anyone.
func (a *Accounts) ImportPeople(ctx context.Context, actor policy.Actor, rows []account.Row, dryRun bool) (account.Report, error) {
	if actor.UserID != 0 && !policy.ManagePeople(actor) {
		return account.Report{}, notAdministrator()
	}
	if !dryRun {
		return act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (account.Report, error) {
			changes, err := a.compareList(ctx, tx, actor, rows, now)
			if err != nil {
				return account.Report{}, err
			}
			return account.Tally(changes, false), a.applyList(ctx, tx, actor, changes, now)
		})
	}
	now, err := a.business.Now(ctx)
	if err != nil {
		return account.Report{}, fmt.Errorf("business clock: %w", err)
	}
	var report account.Report
	err = a.transact(ctx, func(tx *sqlx.Tx) error {
		changes, err := a.compareList(ctx, tx, actor, rows, now)
		if err != nil {
			return err
		}
		report = account.Tally(changes, true)
		return errDryRun
	})
	if errors.Is(err, errDryRun) {
		return report, nil
	}
	return account.Report{}, err
}

// compareList locks what the list speaks of and holds the list against it.
func (a *Accounts) compareList(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, rows []account.Row, now time.Time) ([]account.PersonChange, error) {
	scope, everyone := pq.Array(actor.At(policy.Administrator)), actor.UserID == 0
	var agencies []struct {
		Code string `db:"code"`
		ID   int64  `db:"id"`
	}
	if err := tx.SelectContext(ctx, &agencies, administered+`
		SELECT code, id FROM agencies WHERE code = ANY ($3) AND id IN (SELECT id FROM administered)`,
		scope, everyone, pq.Array(account.AgencyCodes(rows))); err != nil {
		return nil, fmt.Errorf("find agencies: %w", err)
	}
	var people []struct {
		ID       int64  `db:"id"`
		Email    string `db:"email"`
		Name     string `db:"name"`
		Phone    string `db:"phone"`
		Language string `db:"language"`
		Editable bool   `db:"editable"`
	}
	if err := tx.SelectContext(ctx, &people, administered+`
		SELECT u.id, u.email, u.name, u.phone, u.language,
			$2 OR EXISTS (SELECT 1 FROM memberships m JOIN administered a ON a.id = m.agency_id WHERE m.user_id = u.id) AS editable
		FROM users u WHERE u.email = ANY ($3) ORDER BY u.id FOR UPDATE OF u`,
		scope, everyone, pq.Array(account.Emails(rows))); err != nil {
		return nil, fmt.Errorf("find people: %w", err)
	}
	ids := make([]int64, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	posts, err := heldPosts(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	known := make(map[string]account.Known, len(people))
	for _, p := range people {
		known[p.Email] = account.Known{ID: p.ID, Name: p.Name, Phone: p.Phone, Language: p.Language, Editable: p.Editable, Posts: posts[p.ID]}
	}
	codes := make(map[string]int64, len(agencies))
	for _, agency := range agencies {
		codes[agency.Code] = agency.ID
	}
	zone, err := time.LoadLocation(accountZone)
	if err != nil {
		return nil, fmt.Errorf("account zone: %w", err)
	}
	changes, err := account.Compare(rows, known, codes, calendar.DateOf(now, zone))
	if err != nil {
		return nil, err
	}
	return changes, account.CheckOwnPosts(rows, changes, actor.UserID)
}

func heldPosts(ctx context.Context, tx *sqlx.Tx, users []int64) (map[int64][]account.Held, error) {
	var rows []struct {
		ID       int64       `db:"id"`
		UserID   int64       `db:"user_id"`
		AgencyID int64       `db:"agency_id"`
		Role     policy.Role `db:"role"`
		From     time.Time   `db:"valid_from_on"`
		To       time.Time   `db:"valid_to_on"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT id, user_id, agency_id, role, valid_from_on, valid_to_on FROM memberships
		WHERE user_id = ANY ($1) AND substitution_id IS NULL ORDER BY id FOR UPDATE`, pq.Array(users)); err != nil {
		return nil, fmt.Errorf("find posts: %w", err)
	}
	posts := map[int64][]account.Held{}
	for _, r := range rows {
		posts[r.UserID] = append(posts[r.UserID], account.Held{
			ID: r.ID, AgencyID: r.AgencyID, Role: r.Role, ValidFrom: civil(r.From), ValidTo: openEnd(civil(r.To)),
		})
	}
	return posts, nil
}

// applyList writes a compared list in one statement per table.
func (a *Accounts) applyList(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, changes []account.PersonChange, now time.Time) error {
	invited, err := a.writePeople(ctx, tx, changes)
	if err != nil {
		return err
	}
	granted, err := writePosts(ctx, tx, changes)
	if err != nil {
		return err
	}
	// What an installation's own command line loads is nobody's grant.
	if actor.UserID != 0 {
		if err := tellGrant(ctx, tx, now, granted...); err != nil {
			return err
		}
	}
	if err := a.recordList(ctx, tx, actor, changes, now); err != nil {
		return err
	}
	if len(invited) == 0 {
		return nil
	}
	_, err = a.sendLinks(ctx, tx, actor, now, invited, account.Invitation)
	return err
}

// writePeople adds new people, whose ids it fills in, and changes known ones.
func (a *Accounts) writePeople(ctx context.Context, tx *sqlx.Tx, changes []account.PersonChange) ([]linkOwner, error) {
	var emails, names, phones, languages []string
	byEmail := map[string]*account.PersonChange{}
	for i := range changes {
		c := &changes[i]
		if c.UserID == 0 || c.FactsChanged {
			emails, names = append(emails, c.Email), append(names, c.Name)
			phones, languages = append(phones, c.Phone), append(languages, c.Language)
			byEmail[c.Email] = c
		}
	}
	if len(emails) == 0 {
		return nil, nil
	}
	var written []struct {
		ID    int64  `db:"id"`
		Email string `db:"email"`
	}
	if err := tx.SelectContext(ctx, &written, `
		INSERT INTO users (email, name, phone, language, created_at)
		SELECT email, name, phone, language, $5 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS f (email, name, phone, language)
		ON CONFLICT (email) DO UPDATE SET name = excluded.name, phone = excluded.phone, language = excluded.language, version = users.version + 1
		RETURNING id, email`,
		pq.Array(emails), pq.Array(names), pq.Array(phones), pq.Array(languages), a.wall()); err != nil {
		return nil, fmt.Errorf("keep people: %w", err)
	}
	var invited []linkOwner
	for _, w := range written {
		c := byEmail[w.Email]
		c.UserID = w.ID
		if c.Outcome == account.New {
			invited = append(invited, linkOwner{ID: w.ID, Email: c.Email, Name: c.Name, Language: c.Language})
		}
	}
	return invited, nil
}

// writePosts changes known posts and adds new ones, which it returns.
func writePosts(ctx context.Context, tx *sqlx.Tx, changes []account.PersonChange) ([]grant, error) {
	var ids, users, agencies []int64
	var roles, from, to []string
	for _, c := range changes {
		for _, p := range c.Posts {
			if p.ValidTo.IsZero() {
				p.ValidTo = endOfTime
			}
			ids, users, agencies = append(ids, p.ID), append(users, c.UserID), append(agencies, p.AgencyID)
			roles, from, to = append(roles, string(p.Role)), append(from, p.ValidFrom.String()), append(to, p.ValidTo.String())
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	// Known posts first, so that a post that gives way to a new one has done so.
	if _, err := tx.ExecContext(ctx, `
		UPDATE memberships m SET valid_from_on = f.from_on::date, valid_to_on = f.to_on::date
		FROM unnest($1::bigint[], $2::text[], $3::text[]) AS f (id, from_on, to_on) WHERE m.id = f.id`,
		pq.Array(ids), pq.Array(from), pq.Array(to)); err != nil {
		return nil, fmt.Errorf("change posts: %w", err)
	}
	var granted []grant
	if err := tx.SelectContext(ctx, &granted, `
		INSERT INTO memberships (user_id, agency_id, role, valid_from_on, valid_to_on)
		SELECT user_id, agency_id, role, from_on::date, to_on::date
		FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[]) AS f (id, user_id, agency_id, role, from_on, to_on)
		WHERE id = 0 RETURNING id, agency_id, role`,
		pq.Array(ids), pq.Array(users), pq.Array(agencies), pq.Array(roles), pq.Array(from), pq.Array(to)); err != nil {
		return nil, fmt.Errorf("add posts: %w", err)
	}
	return granted, nil
}

// recordList writes one audit row per person that the list changed. Names and
// numbers of people stay out of the trail, which is never redacted.
func (a *Accounts) recordList(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, changes []account.PersonChange, now time.Time) error {
	var users []int64
	var actions, afters []string
	for _, c := range changes {
		if c.Outcome == account.Unchanged {
			continue
		}
		posts := make([]map[string]any, len(c.Posts))
		for i, p := range c.Posts {
			posts[i] = map[string]any{"agency_id": p.AgencyID, "role": p.Role, "valid_from": p.ValidFrom, "valid_to": p.ValidTo}
		}
		after, err := json.Marshal(map[string]any{"changes": c.Changes, "posts": posts})
		if err != nil {
			return fmt.Errorf("encode for audit: %w", err)
		}
		action := "user.changed"
		if c.Outcome == account.New {
			action = "user.added"
		}
		users, actions, afters = append(users, c.UserID), append(actions, action), append(afters, string(after))
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO audit (at, recorded_at, actor_id, action, entity, entity_id, after)
		SELECT $4, $5, NULLIF($6::bigint, 0), action, 'user', id, after::jsonb
		FROM unnest($1::bigint[], $2::text[], $3::text[]) AS f (id, action, after)`,
		pq.Array(users), pq.Array(actions), pq.Array(afters), now, a.wall(), actor.UserID); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}
