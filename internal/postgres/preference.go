package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

func readPreferences(ctx context.Context, q sqlx.QueryerContext, userID int64, lock string) (account.Preferences, error) {
	var row struct {
		Language string         `db:"language"`
		From     string         `db:"quiet_from"`
		To       string         `db:"quiet_to"`
		Muted    pq.StringArray `db:"muted"`
		Version  int            `db:"version"`
	}
	if err := sqlx.GetContext(ctx, q, &row, `
		SELECT u.language, COALESCE(to_char(p.quiet_from, 'HH24:MI'), '') AS quiet_from, COALESCE(to_char(p.quiet_to, 'HH24:MI'), '') AS quiet_to,
			COALESCE(p.muted, '{}') AS muted, COALESCE(p.version, 0) AS version
		FROM users u LEFT JOIN user_preferences p ON p.user_id = u.id WHERE u.id = $1 `+lock, userID); err != nil {
		return account.Preferences{}, fmt.Errorf("read preferences: %w", err)
	}
	return account.Preferences{Language: row.Language, QuietFrom: row.From, QuietTo: row.To, Muted: row.Muted, Version: row.Version}, nil
}

// Preferences gives what the actor has chosen.
func (s *Store) Preferences(ctx context.Context, actor policy.Actor) (account.Preferences, error) {
	return readPreferences(ctx, s.db, actor.UserID, "")
}

// SetPreferences keeps the actor's own choice, made over the version that was
// read. It counts from the next message on: what waits for the end of an earlier
// quiet time goes on waiting for it.
func (s *Store) SetPreferences(ctx context.Context, actor policy.Actor, in account.Preferences) (account.Preferences, error) {
	in, err := in.Clean()
	if err != nil {
		return account.Preferences{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (account.Preferences, error) {
		before, err := readPreferences(ctx, tx, actor.UserID, `FOR NO KEY UPDATE OF u`)
		if err != nil {
			return account.Preferences{}, err
		}
		if in.Version != before.Version {
			return account.Preferences{}, fault.New(fault.Conflict, "preferences.changed",
				"Cài đặt đã đổi từ lúc mở trang. Tải lại rồi làm lại.", "The settings have changed since they were read. Reload and try again.")
		}
		if _, err := tx.ExecContext(ctx, `
			WITH spoken AS (
				UPDATE users SET language = $2, version = version + 1 WHERE id = $1 AND language <> $2
			)
			INSERT INTO user_preferences (user_id, quiet_from, quiet_to, muted) VALUES ($1, NULLIF($3, '')::time, NULLIF($4, '')::time, $5)
			ON CONFLICT (user_id) DO UPDATE SET quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, muted = excluded.muted,
				version = user_preferences.version + 1`,
			actor.UserID, in.Language, in.QuietFrom, in.QuietTo, pq.Array(append([]string{}, in.Muted...))); err != nil {
			return account.Preferences{}, fmt.Errorf("keep preferences: %w", err)
		}
		if err := s.record(ctx, tx, actor, now, change{
			Action: "user.preferences", Entity: "user", EntityID: actor.UserID,
			After: map[string]any{"language": in.Language, "quiet_from": in.QuietFrom, "quiet_to": in.QuietTo, "muted": in.Muted},
		}); err != nil {
			return account.Preferences{}, err
		}
		return readPreferences(ctx, tx, actor.UserID, "")
	})
}
