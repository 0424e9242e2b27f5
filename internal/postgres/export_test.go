package postgres

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/policy"
)

// RevokeAllFeeds is what closing an account does to its feeds.
func (s *Store) RevokeAllFeeds(ctx context.Context, actor policy.Actor, now time.Time, userID int64) error {
	return s.transact(ctx, func(tx *sqlx.Tx) error { return s.revokeFeeds(ctx, tx, actor, now, userID, 0) })
}
