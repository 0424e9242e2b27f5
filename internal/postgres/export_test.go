package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/policy"
)

// RevokeAllFeeds is what closing an account does to its feeds.
func (s *Store) RevokeAllFeeds(ctx context.Context, actor policy.Actor, now time.Time, userID int64) error {
	return s.transact(ctx, func(tx *sqlx.Tx) error { return s.revokeFeeds(ctx, tx, actor, now, userID, 0) })
}

// RedactedTexts names, as table.column, the texts that a redaction looks through.
func RedactedTexts() map[string]bool {
	known := map[string]bool{}
	for _, in := range redactedTexts {
		for column := range strings.FieldsSeq(in.columns) {
			known[in.table+"."+column] = true
		}
	}
	return known
}

// LevelOrder is the order of agencies in a matrix.
const LevelOrder = levelOrder
