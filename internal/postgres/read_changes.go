package postgres

import (
	"context"
	"fmt"
)

// ChangeMark is another text after any committed change of plans, rounds, tasks and
// what belongs to them. It is the sum of the newest entries of the audit: their
// highest number alone would miss a transaction that took its number earlier and
// committed later.
func (s *Store) ChangeMark(ctx context.Context) (string, error) {
	var mark string
	if err := s.db.GetContext(ctx, &mark, `
		SELECT COALESCE(sum(id), 0)::text || ' ' || COALESCE(max(id), 0)::text
		FROM (SELECT id, entity FROM audit ORDER BY id DESC LIMIT 256) AS newest
		WHERE entity NOT IN ('user', 'feed', 'digest')`); err != nil {
		return "", fmt.Errorf("read mark of changes: %w", err)
	}
	return mark, nil
}
