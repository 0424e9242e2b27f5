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
func (s *Store) recordView(ctx context.Context, actor policy.Actor, taskID, agencyID int64, now time.Time) error {
	if actor.UserID == 0 || policy.OwnResult(actor, agencyID) {
		return nil
	}
	hour, view := now.UTC().Truncate(time.Hour), [2]int64{actor.UserID, taskID}
	if s.views.has(hour, view) {
		return nil
	}
	err := s.transact(ctx, func(tx *sqlx.Tx) error {
		// Two windows of one person, opened at once, are one view.
		lock := viewed + ":" + strconv.FormatInt(actor.UserID, 10) + ":" + strconv.FormatInt(taskID, 10)
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, lock); err != nil {
			return fmt.Errorf("lock view: %w", err)
		}
		var before bool
		if err := tx.GetContext(ctx, &before, viewedBefore, taskID, actor.UserID, hour); err != nil {
			return fmt.Errorf("read views: %w", err)
		}
		if before {
			return nil
		}
		after, err := underDecision(ctx, tx, actor, taskID, nil)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, actor, now, change{Action: viewed, Entity: "task", EntityID: taskID, OnBehalf: actor.Reading(), After: after})
	})
	if err == nil {
		s.views.keep(hour, view)
	}
	return err
}

// underDecision names in the trail the decision by which an auditor reads what
// no other post of theirs opens; after is returned as it is for everybody else.
func underDecision(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, taskID int64, after map[string]any) (any, error) {
	if policy.Audits(actor) {
		var t policy.Task
		if err := tx.QueryRowxContext(ctx, `
			SELECT t.agency_id, COALESCE(t.recipient_id, 0), COALESCE(t.reviewer_id, 0), p.issuer_id, t.plan_id
			FROM tasks t JOIN plans p ON p.id = t.plan_id WHERE t.id = $1`, taskID).Scan(
			&t.AgencyID, &t.RecipientID, &t.ReviewerID, &t.IssuerID, &t.PlanID); err != nil {
			return nil, fmt.Errorf("read whose task it is: %w", err)
		}
		if m, ok := policy.MandateOver(actor, t.PlanID); ok && !policy.HoldsTask(actor, t) {
			return named(m, after), nil
		}
	}
	if after == nil {
		return nil, nil //nolint:nilnil // SQL NULL
	}
	return after, nil
}

// planUnderDecision is underDecision for what is read of a whole plan, or with
// plan 0 of whatever the actor sees.
func planUnderDecision(actor policy.Actor, planID int64, after map[string]any) map[string]any {
	if policy.SeeAllPlans(actor) {
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
