package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

// Passwords hashes and checks passwords.
type Passwords interface {
	Hash(ctx context.Context, password string) (string, error)
	Verify(ctx context.Context, hash, password string) (bool, error)
}

// Throttle limits how often a secret may be guessed at.
type Throttle interface {
	SignIn(ctx context.Context, email string) error
	SignedIn(ctx context.Context, email string)
	Reset(ctx context.Context, email string) error
	TakeUp(ctx context.Context) error
	Feed(ctx context.Context, tokenHash []byte) error
	Code(ctx context.Context, userID int64) error
	CodeRight(userID int64)
	Token(ctx context.Context, tokenHash []byte) error
}

// Secrets seals what must be read again, each for one purpose.
type Secrets interface {
	Seal(secret []byte, purpose string) []byte
	Open(sealed []byte, purpose string) ([]byte, error)
}

// Accounts is a store that also signs people in and sends them links.
type Accounts struct {
	*Store
	Passwords Passwords
	// Words are the standard ones; see words.
	Words    notice.Words
	Throttle Throttle
	// Secrets seals the secrets of second factors; nil: nobody can set one up.
	Secrets Secrets
	// BaseURL is the configured absolute address of the pages; MailDomain is
	// the right part of the Message-IDs.
	BaseURL, MailDomain string
}

// SignIn opens a session for whoever knows the password and returns its token,
// which is kept nowhere. An unknown address, a wrong password and an account
// that is closed or not taken up get the same answer after the same work.
func (a *Accounts) SignIn(ctx context.Context, email, password string) (string, policy.Actor, error) {
	refused := fault.New(fault.Unauthenticated, "session.refused",
		"Địa chỉ thư hoặc mật khẩu không đúng.", "The e-mail address or the password is wrong.")
	var user struct {
		ID   int64  `db:"id"`
		Hash string `db:"password_hash"`
	}
	cleaned, cleanErr := account.CleanEmail(email)
	if err := a.Throttle.SignIn(ctx, cleaned); err != nil {
		return "", policy.Actor{}, err
	}
	if cleanErr == nil {
		err := a.db.GetContext(ctx, &user, `SELECT id, password_hash FROM users WHERE email = $1 AND active`, cleaned)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return "", policy.Actor{}, fmt.Errorf("find account: %w", err)
		}
	}
	// A longer password cannot be one; hashing it would only cost.
	if len(password) > 4*account.MaxPassword {
		password = ""
	}
	ok, err := a.Passwords.Verify(ctx, user.Hash, password)
	if err != nil {
		return "", policy.Actor{}, fmt.Errorf("check password: %w", err)
	}
	if !ok {
		return "", policy.Actor{}, refused
	}
	a.Throttle.SignedIn(ctx, cleaned)
	return a.admit(ctx, user.ID, user.Hash, "password")
}

// admit lets in whoever proved who they are: at once, or where the account has
// a second factor with a challenge for its code (account.SecondStep).
func (a *Accounts) admit(ctx context.Context, userID int64, passwordHash, by string) (string, policy.Actor, error) {
	second, err := a.hasFactor(ctx, userID)
	if err != nil {
		return "", policy.Actor{}, err
	}
	if second {
		return "", policy.Actor{}, a.challenge(ctx, userID, passwordHash)
	}
	return a.open(ctx, userID, passwordHash, by, false)
}

// open starts a session; past: the second factor has been asked.
func (a *Accounts) open(ctx context.Context, userID int64, passwordHash, by string, past bool) (string, policy.Actor, error) {
	token, hash := account.NewToken()
	if err := a.startSession(ctx, userID, passwordHash, by, past, hash); err != nil {
		return "", policy.Actor{}, err
	}
	actor, err := a.ActorByID(ctx, userID)
	if fault.Is(err, fault.NotFound) { // closed at this very moment
		err = signedOut()
	}
	return token, actor, err
}

func (a *Accounts) startSession(ctx context.Context, userID int64, checked, by string, past bool, hash []byte) error {
	now, err := a.business.Now(ctx)
	if err != nil {
		return fmt.Errorf("business clock: %w", err)
	}
	return a.transact(ctx, func(tx *sqlx.Tx) error {
		wall := a.wall()
		// A password that changed while it was checked opens nothing, nor does a
		// password alone where a second factor was set up meanwhile.
		result, err := tx.ExecContext(ctx, `
			INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at, address, agent)
			SELECT $1, id, $2, $2, $3, $6, $7 FROM users u WHERE id = $4 AND active AND password_hash = $5
				AND ($8::boolean OR NOT EXISTS (SELECT 1 FROM second_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL)) FOR SHARE OF u`,
			hash, wall, wall.Add(account.SessionAbsolute), userID, checked, account.AddressFrom(ctx), account.AgentFrom(ctx), past)
		if err != nil {
			return fmt.Errorf("start session: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n != 1 {
			return errors.Join(signedOut(), err)
		}
		return a.record(ctx, tx, policy.Actor{UserID: userID}, now, change{
			Action: "session.started", Entity: "user", EntityID: userID, After: map[string]any{"by": by, "second_factor": past},
		})
	})
}

// SignOut ends the session; ending an ended one changes nothing.
func (s *Store) SignOut(ctx context.Context, token string) error {
	now, err := s.business.Now(ctx)
	if err != nil {
		return fmt.Errorf("business clock: %w", err)
	}
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		var userID int64
		err := tx.GetContext(ctx, &userID, `
			UPDATE sessions SET revoked_at = $2 WHERE token_hash = $1 AND revoked_at IS NULL RETURNING user_id`,
			account.HashToken(token), s.wall())
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("end session: %w", err)
		}
		return s.record(ctx, tx, policy.Actor{UserID: userID}, now, change{Action: "session.ended", Entity: "user", EntityID: userID})
	})
}

// SetPassword gives a known account a password without a link. Only the
// command line offers this: for the sample, and for an installation's first administrator.
func (a *Accounts) SetPassword(ctx context.Context, email, password string) error {
	cleaned, err := account.CleanEmail(email)
	if err != nil {
		return err
	}
	if err := account.CheckPassword(password, cleaned); err != nil {
		return err
	}
	hash, err := a.Passwords.Hash(ctx, password)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	now, err := a.business.Now(ctx)
	if err != nil {
		return fmt.Errorf("business clock: %w", err)
	}
	return a.transact(ctx, func(tx *sqlx.Tx) error {
		var id int64
		err := tx.GetContext(ctx, &id, `SELECT id FROM users WHERE email = $1 FOR UPDATE`, cleaned)
		if errors.Is(err, sql.ErrNoRows) {
			return notFound()
		}
		if err != nil {
			return fmt.Errorf("find account: %w", err)
		}
		return a.replacePassword(ctx, tx, policy.Actor{}, now, id, hash, "")
	})
}

// replacePassword sets the hash, ends every session but that of the token, if
// one is given, and spends every open link.
func (s *Store) replacePassword(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, now time.Time, userID int64, hash, keep string) error {
	wall := s.wall()
	for _, statement := range []struct {
		text string
		args []any
	}{
		{`UPDATE users SET password_hash = $2, version = version + 1 WHERE id = $1`, []any{userID, hash}},
		{`UPDATE sessions SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL AND token_hash <> $3`, []any{userID, wall, account.HashToken(keep)}},
		{`UPDATE account_links SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL`, []any{userID, wall}},
	} {
		if _, err := tx.ExecContext(ctx, statement.text, statement.args...); err != nil {
			return fmt.Errorf("set password: %w", err)
		}
	}
	return s.record(ctx, tx, actor, now, change{Action: "user.password_set", Entity: "user", EntityID: userID})
}
