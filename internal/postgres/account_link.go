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
	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

// resetAnswerTime is how long every answer to a reset request takes at least,
// so that its duration does not tell whether the account exists.
const resetAnswerTime = 150 * time.Millisecond

// linkOwner is who gets a link.
type linkOwner struct {
	ID       int64  `db:"id"`
	Email    string `db:"email"`
	Name     string `db:"name"`
	Language string `db:"language"`
	Active   bool   `db:"active"`
	SignedUp bool   `db:"signed_up"`
}

// Invite sends a person a single-use link, valid for seven days, to set their
// first password. An earlier open link stops working.
func (a *Accounts) Invite(ctx context.Context, actor policy.Actor, userID int64) (account.Sent, error) {
	return act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (account.Sent, error) {
		owner, err := a.lockOwner(ctx, tx, actor, userID, now)
		if err != nil {
			return account.Sent{}, err
		}
		if owner.SignedUp {
			return account.Sent{}, fault.New(fault.Conflict, "user.signed_up",
				"Người này đã đặt mật khẩu. Nếu quên, hãy gửi đường dẫn đặt lại mật khẩu.",
				"This person has set a password already. If it was forgotten, send a password reset.")
		}
		return a.sendLink(ctx, tx, actor, now, owner, account.Invitation)
	})
}

// AdminReset sends a person a reset link at an administrator's request. The
// administrator never sees it.
func (a *Accounts) AdminReset(ctx context.Context, actor policy.Actor, userID int64) (account.Sent, error) {
	return act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (account.Sent, error) {
		owner, err := a.lockOwner(ctx, tx, actor, userID, now)
		if err != nil {
			return account.Sent{}, err
		}
		return a.sendLink(ctx, tx, actor, now, owner, account.Reset)
	})
}

// RequestReset sends the account of this address a reset link, valid for 30
// minutes. The answer is the same, and takes as long, if there is none.
func (a *Accounts) RequestReset(ctx context.Context, email string) error {
	cleaned, err := account.CleanEmail(email)
	if err != nil {
		return err
	}
	if err := a.Throttle.Reset(ctx, cleaned); err != nil {
		return err
	}
	answer := time.NewTimer(resetAnswerTime)
	defer answer.Stop()
	var owner linkOwner
	err = a.db.GetContext(ctx, &owner, `
		SELECT id, email, name, language, active, password_hash <> '' AS signed_up FROM users WHERE email = $1 AND active`, cleaned)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return fmt.Errorf("find account: %w", err)
	default:
		actor := policy.Actor{UserID: owner.ID}
		if _, err := act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (account.Sent, error) {
			return a.sendLink(ctx, tx, actor, now, owner, account.Reset)
		}); err != nil {
			return err
		}
	}
	select {
	case <-answer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("answer a reset request: %w", ctx.Err())
	}
}

// lockOwner finds a person whom the actor administers.
func (s *Store) lockOwner(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, userID int64, now time.Time) (linkOwner, error) {
	var owner linkOwner
	if actor.UserID != 0 && !policy.ManagePeople(actor) {
		return owner, notAdministrator()
	}
	err := tx.GetContext(ctx, &owner, administered+`
		SELECT u.id, u.email, u.name, u.language, u.active, u.password_hash <> '' AS signed_up FROM users u
		WHERE u.id = $3 AND ($2 OR EXISTS (SELECT 1 FROM memberships m JOIN administered a ON a.id = m.agency_id WHERE m.user_id = u.id))
		FOR UPDATE OF u`, pq.Array(actor.At(policy.Administrator)), actor.UserID == 0, userID)
	if errors.Is(err, sql.ErrNoRows) {
		return owner, notFound()
	}
	if err != nil {
		return owner, fmt.Errorf("find person: %w", err)
	}
	if !owner.Active {
		return owner, fault.New(fault.Conflict, "user.inactive", "Tài khoản này đã đóng.", "This account is closed.")
	}
	return owner, nil
}

// administered are the agencies of an administrator's posts ($1) and all
// below; the system itself ($2) administers everyone.
const administered = `WITH RECURSIVE administered AS (
		SELECT id FROM agencies WHERE id = ANY ($1) OR ($2 AND parent_id IS NULL)
		UNION
		SELECT a.id FROM administered up JOIN agencies a ON a.parent_id = up.id
	)`

func notAdministrator() error {
	return fault.New(fault.Forbidden, "people.not_administrator",
		"Chỉ quản trị hệ thống được quản lý tài khoản.", "Only administrators may manage accounts.")
}

// sendLink sends one link; see sendLinks.
func (a *Accounts) sendLink(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, now time.Time, owner linkOwner, kind account.LinkKind) (account.Sent, error) {
	expires, err := a.sendLinks(ctx, tx, actor, now, []linkOwner{owner}, kind)
	return account.Sent{Email: owner.Email, ExpiresAt: expires}, err
}

// sendLinks makes links and the mails that carry them. The tokens stand nowhere
// else, and the mails' text is wiped after hand-over.
func (a *Accounts) sendLinks(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, now time.Time, owners []linkOwner, kind account.LinkKind) (time.Time, error) {
	wall := a.wall()
	expires := wall.Add(kind.Life())
	words, err := a.words(ctx, tx)
	if err != nil {
		return expires, err
	}
	var ids []int64
	var hashes [][]byte
	var messageIDs, addresses, languages, subjects, texts, htmls []string
	for _, owner := range owners {
		token, hash := account.NewToken()
		mail, err := words.Account(notice.AccountKind(kind), owner.Language, owner.Name, account.LinkURL(a.BaseURL, token))
		if err != nil {
			return expires, fmt.Errorf("write account mail: %w", err)
		}
		unique, _ := account.NewToken()
		ids, hashes = append(ids, owner.ID), append(hashes, hash)
		messageIDs = append(messageIDs, "<account."+unique+"@"+a.MailDomain+">")
		addresses, languages = append(addresses, owner.Email), append(languages, owner.Language)
		subjects, texts, htmls = append(subjects, mail.Subject), append(texts, mail.Text), append(htmls, mail.HTML)
	}
	for _, statement := range []struct {
		text string
		args []any
	}{
		{`UPDATE account_links SET used_at = $3 WHERE user_id = ANY ($1) AND kind = $2 AND used_at IS NULL`, []any{pq.Array(ids), kind, wall}},
		{`INSERT INTO account_links (token_hash, user_id, kind, created_at, expires_at)
			SELECT hash, id, $3, $4, $5 FROM unnest($1::bytea[], $2::bigint[]) AS f (hash, id)`,
			[]any{pq.ByteaArray(hashes), pq.Array(ids), kind, wall, expires}},
		{`INSERT INTO messages (message_id, user_id, address, language, kind, subject, body_text, body_html, composed_at)
			SELECT message_id, user_id, address, language, 'account', subject, body_text, body_html, $8
			FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
				AS f (message_id, user_id, address, language, subject, body_text, body_html)`,
			[]any{pq.Array(messageIDs), pq.Array(ids), pq.Array(addresses), pq.Array(languages), pq.Array(subjects), pq.Array(texts), pq.Array(htmls), now}},
		{`INSERT INTO audit (at, recorded_at, actor_id, action, entity, entity_id, after)
			SELECT $2, $3, NULLIF($4::bigint, 0), 'user.link_sent', 'user', id, jsonb_build_object('kind', $5::text, 'expires_at', $6::timestamptz)
			FROM unnest($1::bigint[]) AS f (id)`,
			[]any{pq.Array(ids), now, wall, actor.UserID, kind, expires}},
	} {
		if _, err := tx.ExecContext(ctx, statement.text, statement.args...); err != nil {
			return expires, fmt.Errorf("send links: %w", err)
		}
	}
	return expires, nudge(ctx, tx, "delivery:mail", "account."+string(kind), now)
}

// TakeUp sets a password with a link, once, and ends every session of the account.
func (a *Accounts) TakeUp(ctx context.Context, linkToken, newPassword string) error {
	spent := fault.New(fault.Invalid, "account_link.spent",
		"Đường dẫn này không còn dùng được: đã dùng, đã hết hạn hoặc đã có đường dẫn mới hơn. Hãy yêu cầu đường dẫn mới.",
		"This link cannot be used any more: it was used, has expired or was replaced by a newer one. Ask for a new one.").At("token")
	if err := a.Throttle.TakeUp(ctx); err != nil {
		return err
	}
	hash := account.HashToken(linkToken)
	var owner struct {
		ID    int64  `db:"id"`
		Email string `db:"email"`
	}
	err := a.db.GetContext(ctx, &owner, `
		SELECT u.id, u.email FROM account_links l JOIN users u ON u.id = l.user_id AND u.active WHERE l.token_hash = $1`, hash)
	if errors.Is(err, sql.ErrNoRows) {
		return spent
	}
	if err != nil {
		return fmt.Errorf("find link: %w", err)
	}
	if err := account.CheckPassword(newPassword, owner.Email); err != nil {
		return err
	}
	passwordHash, err := a.Passwords.Hash(ctx, newPassword)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	actor := policy.Actor{UserID: owner.ID}
	_, err = act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (struct{}, error) {
		var kind account.LinkKind
		wall := a.wall()
		err := tx.GetContext(ctx, &kind, `
			UPDATE account_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING kind`, hash, wall)
		if errors.Is(err, sql.ErrNoRows) {
			return struct{}{}, spent
		}
		if err != nil {
			return struct{}{}, fmt.Errorf("use link: %w", err)
		}
		return struct{}{}, a.replacePassword(ctx, tx, actor, now, owner.ID, passwordHash, "")
	})
	return err
}
