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
	"dondoc/internal/policy"
)

// ListSessions gives the actor's own live sessions, the last used first. token
// is that of the session that asks.
func (s *Store) ListSessions(ctx context.Context, actor policy.Actor, token string) ([]account.Session, error) {
	var rows []struct {
		ID         int64     `db:"id"`
		CreatedAt  time.Time `db:"created_at"`
		LastSeenAt time.Time `db:"last_seen_at"`
		ExpiresAt  time.Time `db:"expires_at"`
		Address    string    `db:"address"`
		Agent      string    `db:"agent"`
		Current    bool      `db:"current"`
	}
	wall := s.wall()
	if err := s.db.SelectContext(ctx, &rows, `
		SELECT id, created_at, last_seen_at, expires_at, address, agent, token_hash = $4 AS current FROM sessions
		WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND last_seen_at > $3 ORDER BY last_seen_at DESC, id DESC`,
		actor.UserID, wall, wall.Add(-account.SessionIdle), account.HashToken(token)); err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	sessions := make([]account.Session, len(rows))
	for i, r := range rows {
		sessions[i] = account.Session{
			ID: r.ID, CreatedAt: r.CreatedAt.UTC(), LastSeenAt: r.LastSeenAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
			Address: r.Address, Agent: r.Agent, Current: r.Current,
		}
	}
	return sessions, nil
}

// EndSession ends one of the actor's own sessions; ending an ended one changes nothing.
func (s *Store) EndSession(ctx context.Context, actor policy.Actor, id int64) error {
	_, err := act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (struct{}, error) {
		var own bool
		if err := tx.GetContext(ctx, &own, `SELECT EXISTS (SELECT 1 FROM sessions WHERE id = $1 AND user_id = $2)`, id, actor.UserID); err != nil {
			return struct{}{}, fmt.Errorf("find session: %w", err)
		}
		if !own {
			return struct{}{}, notFound()
		}
		_, err := s.endSessions(ctx, tx, actor, now, actor.UserID, id, "")
		return struct{}{}, err
	})
	return err
}

// EndOtherSessions ends all of the actor's sessions but that of the token, and
// tells how many they were.
func (s *Store) EndOtherSessions(ctx context.Context, actor policy.Actor, token string) (int, error) {
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (int, error) {
		return s.endSessions(ctx, tx, actor, now, actor.UserID, 0, token)
	})
}

// EndSessionsOf ends, at an administrator's request, all that a person has open:
// sessions, and API tokens too, for whoever has one is in as well.
func (s *Store) EndSessionsOf(ctx context.Context, actor policy.Actor, userID int64) (int, error) {
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (int, error) {
		if _, err := s.lockOwner(ctx, tx, actor, userID, now); err != nil {
			return 0, err
		}
		ended, err := s.endSessions(ctx, tx, actor, now, userID, 0, "")
		if err != nil {
			return 0, err
		}
		tokens, err := s.revokeTokens(ctx, tx, actor, now, userID, 0)
		return ended + tokens, err
	})
}

// endSessions ends one session of a person, or with id 0 all but that of the
// token. One row in the trail tells of all.
func (s *Store) endSessions(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, now time.Time, userID, id int64, keep string) (int, error) {
	result, err := tx.ExecContext(ctx, `
		UPDATE sessions SET revoked_at = $3 WHERE user_id = $1 AND ($2 = 0 OR id = $2) AND revoked_at IS NULL AND token_hash <> $4`,
		userID, id, s.wall(), account.HashToken(keep))
	if err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	ended, err := result.RowsAffected()
	if err != nil || ended == 0 {
		return 0, err
	}
	return int(ended), s.record(ctx, tx, actor, now, change{
		Action: "session.revoked", Entity: "user", EntityID: userID, After: map[string]any{"sessions": ended},
	})
}

// ChangePassword sets a new password for whoever knows the present one, and ends
// every session but that of the token.
func (a *Accounts) ChangePassword(ctx context.Context, actor policy.Actor, token, present, fresh string) error {
	email, err := a.provePassword(ctx, actor, present)
	if err != nil {
		return err
	}
	if err := account.CheckPassword(fresh, email); err != nil {
		return err
	}
	hash, err := a.Passwords.Hash(ctx, fresh)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	_, err = act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (struct{}, error) {
		return struct{}{}, a.replacePassword(ctx, tx, actor, now, actor.UserID, hash, token)
	})
	return err
}

// provePassword asks for the password again before what a session left open in
// an office must not do. It returns the account's address.
func (a *Accounts) provePassword(ctx context.Context, actor policy.Actor, password string) (string, error) {
	var user struct {
		Email string `db:"email"`
		Hash  string `db:"password_hash"`
	}
	err := a.db.GetContext(ctx, &user, `SELECT email, password_hash FROM users WHERE id = $1 AND active`, actor.UserID)
	if errors.Is(err, sql.ErrNoRows) {
		return "", signedOut()
	}
	if err != nil {
		return "", fmt.Errorf("find account: %w", err)
	}
	if err := a.Throttle.SignIn(ctx, user.Email); err != nil {
		return "", err
	}
	if len(password) > 4*account.MaxPassword {
		password = ""
	}
	ok, err := a.Passwords.Verify(ctx, user.Hash, password)
	if err != nil {
		return "", fmt.Errorf("check password: %w", err)
	}
	if !ok {
		return "", fault.New(fault.Invalid, "password.wrong", "Mật khẩu hiện tại không đúng.", "The present password is wrong.").At("current_password")
	}
	a.Throttle.SignedIn(ctx, user.Email)
	return user.Email, nil
}
