package postgres

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Actions that only read: another agency's results, dossiers, whole lists.
const (
	viewed         = "task.viewed"
	downloaded     = "task.downloaded"
	fileDownloaded = "task.file_downloaded"
	planDownloaded = "plan.downloaded"
	exported       = "rates.exported"
	// readings leave a task as it is, and so are no part of its history.
	readings = `('` + viewed + `', '` + downloaded + `', '` + fileDownloaded + `')`
)

const viewedBefore = `SELECT EXISTS (SELECT 1 FROM audit
	WHERE entity = 'task' AND entity_id = $1 AND action = '` + viewed + `' AND actor_id = $2 AND at >= $3)`

// viewCache knows which views of the present hour are in the trail, so that
// reading on costs nothing. What it has forgotten is looked up.
type viewCache struct {
	mu   sync.Mutex
	hour time.Time
	seen map[[2]int64]bool
}

// viewsKept bounds the cache: some ten megabytes.
const viewsKept = 100_000

func (c *viewCache) has(hour time.Time, view [2]int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hour.Equal(hour) && c.seen[view]
}

func (c *viewCache) keep(hour time.Time, view [2]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.hour.Equal(hour) || len(c.seen) >= viewsKept {
		c.hour, c.seen = hour, map[[2]int64]bool{}
	}
	c.seen[view] = true
}

// recordView leaves in the audit trail that somebody read results of another
// agency: once per person, task and hour. It stands outside the reading
// transaction, which is read-only. A view that cannot be logged is not given.
func (s *Store) recordView(ctx context.Context, actor policy.Actor, t task.Task, now time.Time) error {
	if actor.UserID == 0 || policy.OwnResult(actor, t.AgencyID) {
		return nil
	}
	hour, view := now.UTC().Truncate(time.Hour), [2]int64{actor.UserID, t.ID}
	if s.views.has(hour, view) {
		return nil
	}
	err := s.transact(ctx, func(tx *sqlx.Tx) error {
		// Two windows of one person, opened at once, are one view.
		lock := viewed + ":" + strconv.FormatInt(actor.UserID, 10) + ":" + strconv.FormatInt(t.ID, 10)
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, lock); err != nil {
			return fmt.Errorf("lock view: %w", err)
		}
		var before bool
		if err := tx.GetContext(ctx, &before, viewedBefore, t.ID, actor.UserID, hour); err != nil {
			return fmt.Errorf("read views: %w", err)
		}
		if before {
			return nil
		}
		return s.record(ctx, tx, actor.Reader(), now, change{
			Action: viewed, Entity: "task", EntityID: t.ID, OnBehalf: actor.Reading(), After: underDecision(actor, t, nil),
		})
	})
	if err == nil {
		s.views.keep(hour, view)
	}
	return err
}

// underDecision names in the trail the decision by which an auditor reads what
// no other post of theirs opens; after is returned as it is for everybody else.
func underDecision(actor policy.Actor, t task.Task, after map[string]any) any {
	seen := policy.Task{AgencyID: t.AgencyID, RecipientID: t.RecipientID, ReviewerID: t.ReviewerID, IssuerID: t.IssuerID, PlanID: t.PlanID, ThroughID: t.ThroughID}
	if m, ok := policy.MandateOver(actor, t.PlanID); ok && policy.AuditsPlan(actor, t.PlanID) && !policy.HoldsTask(actor, seen) {
		return named(m, after)
	}
	if after == nil {
		return nil
	}
	return after
}

// planUnderDecision is underDecision for what is read of a whole plan, or with
// plan 0 of whatever the actor sees.
func planUnderDecision(actor policy.Actor, planID int64, after map[string]any) map[string]any {
	if policy.HoldsReadingPost(actor) {
		return after
	}
	for _, m := range actor.Mandates {
		if planID == 0 || m.PlanID == planID {
			return named(m, after)
		}
	}
	return after
}

func named(m policy.Mandate, after map[string]any) map[string]any {
	all := map[string]any{"audit_mandate": m.ID, "decision": m.Decision}
	maps.Copy(all, after)
	return all
}
