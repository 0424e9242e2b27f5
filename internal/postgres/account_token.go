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

type tokenRow struct {
	ID         int64          `db:"id"`
	Name       string         `db:"name"`
	Prefix     string         `db:"prefix"`
	Scopes     pq.StringArray `db:"scopes"`
	CreatedAt  time.Time      `db:"created_at"`
	ExpiresAt  time.Time      `db:"expires_at"`
	LastUsedAt sql.NullTime   `db:"last_used_at"`
}

const selectToken = `SELECT id, name, prefix, scopes, created_at, expires_at, last_used_at FROM api_tokens`

func (r tokenRow) token() account.Token {
	t := account.Token{ID: r.ID, Name: r.Name, Prefix: r.Prefix, CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(), LastUsedAt: instant(r.LastUsedAt)}
	for _, s := range r.Scopes {
		t.Scopes = append(t.Scopes, policy.Scope(s))
	}
	return t
}

// CreateToken makes an API token. Its secret is in this answer and nowhere else,
// not even in the answer that is kept for a repeat of the request.
func (a *Accounts) CreateToken(ctx context.Context, actor policy.Actor, in account.NewTokenInput) (account.CreatedToken, error) {
	in, err := in.Clean(a.wall())
	if err != nil {
		return account.CreatedToken{}, err
	}
	secret, hash, shown := account.NewAPIToken()
	scopes := make([]string, len(in.Scopes))
	for i, s := range in.Scopes {
		scopes[i] = string(s)
	}
	var made int64
	created, err := act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (account.Token, error) {
		wall := a.wall()
		if err := roomForToken(ctx, tx, actor, wall); err != nil {
			return account.Token{}, err
		}
		if err := tx.GetContext(ctx, &made, `
			INSERT INTO api_tokens (user_id, name, prefix, token_hash, scopes, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
			actor.UserID, in.Name, shown, hash, pq.Array(scopes), wall, in.ExpiresAt); err != nil {
			return account.Token{}, fmt.Errorf("make token: %w", err)
		}
		var row tokenRow
		if err := tx.GetContext(ctx, &row, selectToken+` WHERE id = $1`, made); err != nil {
			return account.Token{}, fmt.Errorf("read token: %w", err)
		}
		return row.token(), a.record(ctx, tx, actor, now, change{
			Action: "api_token.created", Entity: "user", EntityID: actor.UserID,
			After: map[string]any{"token": made, "scopes": scopes, "expires_at": in.ExpiresAt.UTC(), "name_sha256": digest(in.Name)},
		})
	})
	if err != nil {
		return account.CreatedToken{}, err
	}
	answer := account.CreatedToken{Token: created}
	if created.ID == made { // not the kept answer of an earlier request
		answer.Secret = secret
	}
	return answer, nil
}

// roomForToken holds a person's tokens to their number, also against requests at once.
func roomForToken(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, wall time.Time) error {
	if _, err := tx.ExecContext(ctx, `SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE`, actor.UserID); err != nil {
		return fmt.Errorf("lock account: %w", err)
	}
	var live int
	if err := tx.GetContext(ctx, &live, `
		SELECT count(*) FROM api_tokens WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2`, actor.UserID, wall); err != nil {
		return fmt.Errorf("count tokens: %w", err)
	}
	if live >= account.MaxTokens {
		return fault.New(fault.Conflict, "token.too_many",
			"Mỗi người có nhiều nhất %d khóa. Thu hồi một khóa không dùng nữa rồi tạo lại.",
			"A person has at most %d tokens. Revoke one that is not used any more, then try again.", account.MaxTokens)
	}
	return nil
}

// ListTokens gives the actor's own live tokens, the oldest first.
func (s *Store) ListTokens(ctx context.Context, actor policy.Actor) ([]account.Token, error) {
	var rows []tokenRow
	if err := s.db.SelectContext(ctx, &rows, selectToken+`
		WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY id`, actor.UserID, s.wall()); err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	tokens := make([]account.Token, len(rows))
	for i, r := range rows {
		tokens[i] = r.token()
	}
	return tokens, nil
}

// RevokeToken ends one of the actor's own tokens for good; ending an ended one
// changes nothing.
func (s *Store) RevokeToken(ctx context.Context, actor policy.Actor, id int64) error {
	_, err := act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (struct{}, error) {
		var own bool
		if err := tx.GetContext(ctx, &own, `SELECT EXISTS (SELECT 1 FROM api_tokens WHERE id = $1 AND user_id = $2)`, id, actor.UserID); err != nil {
			return struct{}{}, fmt.Errorf("find token: %w", err)
		}
		if !own {
			return struct{}{}, notFound()
		}
		_, err := s.revokeTokens(ctx, tx, actor, now, actor.UserID, id)
		return struct{}{}, err
	})
	return err
}

// revokeTokens ends one token of a person, or with id 0 all of them. Whatever
// closes an account calls it in its own transaction: a closed account's tokens
// open nothing in any case, and so they stay dead if it is opened again.
func (s *Store) revokeTokens(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, now time.Time, userID, id int64) (int, error) {
	result, err := tx.ExecContext(ctx, `
		WITH revoked AS (
			UPDATE api_tokens SET revoked_at = $4 WHERE user_id = $1 AND ($2 = 0 OR id = $2) AND revoked_at IS NULL RETURNING id
		)
		INSERT INTO audit (at, recorded_at, actor_id, action, entity, entity_id, after)
		SELECT $3, $4, NULLIF($5::bigint, 0), 'api_token.revoked', 'user', $1, jsonb_build_object('token', id) FROM revoked`,
		userID, id, now, s.wall(), actor.UserID)
	if err != nil {
		return 0, fmt.Errorf("revoke tokens: %w", err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// touchToken writes down a token's use, as touchSession does.
const touchToken = `
	UPDATE api_tokens SET last_used_at = $2
	WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3) AND set_config('synchronous_commit', 'off', true) = 'off'`

// ActorOfToken returns for whom an API token acts, with the posts of the business
// day and the token's scopes. Use is written down at most once a minute.
func (a *Accounts) ActorOfToken(ctx context.Context, token string) (policy.Actor, error) {
	wall, hash := a.wall(), account.HashToken(token)
	if err := a.Throttle.Token(ctx, hash); err != nil {
		return policy.Actor{}, err
	}
	actor, seen, err := a.readActor(ctx, byToken, hash, wall)
	if errors.Is(err, sql.ErrNoRows) {
		return policy.Actor{}, fault.New(fault.Unauthenticated, "token.refused",
			"Khóa này không dùng được: sai, đã thu hồi hoặc đã hết hạn.", "This token opens nothing: it is wrong, was revoked or has expired.")
	}
	if err != nil {
		return policy.Actor{}, fmt.Errorf("read token: %w", err)
	}
	if wall.Sub(seen) >= lastSeenStep {
		if _, err := a.db.ExecContext(ctx, touchToken, actor.TokenID, wall, wall.Add(-lastSeenStep)); err != nil {
			return policy.Actor{}, fmt.Errorf("keep token: %w", err)
		}
	}
	return actor, nil
}
