package postgres

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/policy"
)

// Actions that only read: another agency's results, dossiers, whole lists.
const (
	viewed         = "task.viewed"
	downloaded     = "task.downloaded"
	planDownloaded = "plan.downloaded"
	exported       = "rates.exported"
	// readings leave a task as it is, and so are no part of its history.
	readings = `('` + viewed + `', '` + downloaded + `')`
)

const viewedBefore = `SELECT EXISTS (SELECT 1 FROM audit
	WHERE entity = 'task' AND entity_id = $1 AND action = '` + viewed + `' AND actor_id = $2 AND at >= $3)`

// recordView leaves in the audit trail that somebody read results of another
// agency: once per person, task and hour. It stands outside the reading
// transaction, which is read-only, and asks before it writes, so that reading on
// costs one look at an index. A view that cannot be logged is not given.
func (s *Store) recordView(ctx context.Context, actor policy.Actor, taskID, agencyID int64, now time.Time) error {
	if actor.UserID == 0 || policy.OwnResult(actor, agencyID) {
		return nil
	}
	hour := now.UTC().Truncate(time.Hour)
	var before bool
	if err := s.db.GetContext(ctx, &before, viewedBefore, taskID, actor.UserID, hour); err != nil {
		return fmt.Errorf("read views: %w", err)
	}
	if before {
		return nil
	}
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		// Two windows of one person, opened at once, are one view.
		lock := viewed + ":" + strconv.FormatInt(actor.UserID, 10) + ":" + strconv.FormatInt(taskID, 10)
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, lock); err != nil {
			return fmt.Errorf("lock view: %w", err)
		}
		if err := tx.GetContext(ctx, &before, viewedBefore, taskID, actor.UserID, hour); err != nil {
			return fmt.Errorf("read views: %w", err)
		}
		if before {
			return nil
		}
		return s.record(ctx, tx, actor, now, change{Action: viewed, Entity: "task", EntityID: taskID, OnBehalf: actor.Reading()})
	})
}
