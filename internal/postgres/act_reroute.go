package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/policy"
)

// livingWay follows who receives ($2), reviews ($3) and passes on ($4) a result of
// duty $5 of plan $6 and agency $1 to who took over, as far as they live on day $7.
// As with reorganisations, nobody does so for a result of their own, or after their
// end: then the plan's standing agency does, else its issuer.
const livingWay = `
	WITH RECURSIVE line AS (
		SELECT f.part, f.id, 0 AS depth FROM (VALUES ('recipient', $2::bigint), ('reviewer', $3), ('through', $4)) AS f (part, id) WHERE f.id <> 0
		UNION ALL
		SELECT l.part, agency_heir(l.id, $5), depth + 1 FROM line l JOIN agencies a ON a.id = l.id AND a.valid_to_on < $7::date
		WHERE agency_heir(l.id, $5) IS NOT NULL AND depth < 50
	), last AS (
		SELECT DISTINCT ON (l.part) l.part, CASE WHEN a.valid_to_on >= $7::date AND a.id <> $1 THEN a.id END AS id
		FROM line l JOIN agencies a ON a.id = l.id ORDER BY l.part, l.depth DESC
	), way AS (
		SELECT CASE WHEN $2 = 0 THEN 0 ELSE COALESCE((SELECT id FROM last WHERE part = 'recipient'), NULLIF(p.standing_id, $1), NULLIF(p.issuer_id, $1), 0) END AS recipient_id,
			CASE WHEN $3 = 0 THEN 0 ELSE COALESCE((SELECT id FROM last WHERE part = 'reviewer'), NULLIF(p.standing_id, $1), NULLIF(p.issuer_id, $1), 0) END AS reviewer_id,
			COALESCE((SELECT id FROM last WHERE part = 'through'), 0) AS through_id
		FROM plans p WHERE p.id = $6
	)
	SELECT recipient_id, reviewer_id, CASE WHEN through_id = reviewer_id THEN 0 ELSE through_id END AS through_id FROM way`

// reroute sends the result of a task to the agencies of today, where the unit is
// another now (moved) or one of those has ended. What was settled when they ended
// was left with them, so that history stays as it was; once it is to be sent or
// decided on again, somebody has to be there. The task's version is that of the
// act that calls.
func (s *Store) reroute(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t *lockedTask, moved bool, now time.Time) error {
	if !moved {
		if err := tx.GetContext(ctx, &moved, `SELECT EXISTS (SELECT 1 FROM agencies WHERE id IN ($1, $2, $3) AND valid_to_on < $4::date)`,
			t.RecipientID, t.ReviewerID, t.ThroughID, businessToday(now).String()); err != nil || !moved {
			return err
		}
	}
	var way struct {
		RecipientID int64 `db:"recipient_id"`
		ReviewerID  int64 `db:"reviewer_id"`
		ThroughID   int64 `db:"through_id"`
	}
	if err := tx.GetContext(ctx, &way, livingWay, t.AgencyID, t.RecipientID, t.ReviewerID, t.ThroughID, t.DutyID, t.PlanID, businessToday(now).String()); err != nil {
		return fmt.Errorf("find recipient: %w", err)
	}
	if way.RecipientID == t.RecipientID && way.ReviewerID == t.ReviewerID && way.ThroughID == t.ThroughID {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE tasks SET recipient_id = NULLIF($2::bigint, 0), reviewer_id = NULLIF($3::bigint, 0), through_id = NULLIF($4::bigint, 0) WHERE id = $1`,
		t.ID, way.RecipientID, way.ReviewerID, way.ThroughID); err != nil {
		return fmt.Errorf("reroute task: %w", err)
	}
	if err := s.record(ctx, tx, actor, now, change{
		Action: "task.rerouted", Entity: "task", EntityID: t.ID,
		Before: map[string]any{"recipient": t.RecipientID, "reviewer": t.ReviewerID, "through": t.ThroughID},
		After:  map[string]any{"recipient": way.RecipientID, "reviewer": way.ReviewerID, "through": way.ThroughID},
	}); err != nil {
		return err
	}
	t.RecipientID, t.ReviewerID, t.ThroughID = way.RecipientID, way.ReviewerID, way.ThroughID
	return nil
}
