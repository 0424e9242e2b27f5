package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/notice"
)

// side is who is told of what people do around a task.
type side string

const (
	sideUnit      side = "unit"      // focal points, heads and mailbox of whoever owes
	sideReviewer  side = "reviewer"  // supervisors and mailbox of whoever reviews
	sideAuthority side = "authority" // plan authority and mailbox of the issuer
	// sideIntermediary: focal points, supervisors and mailbox of whoever passes the result on.
	sideIntermediary side = "intermediary"
)

// announcement is a notice that goes to the sides of some tasks: at once, or in the morning.
type announcement struct {
	kind notice.Kind
	// cause makes it unique together with the task: "reopened:12".
	cause string
	tasks []int64
	sides []side
	// standing notices go even if the task is settled meanwhile.
	standing bool
	morning  bool
}

// tellNow records the notices of an announcement and tells how many there are
// for each task.
func tellNow(ctx context.Context, tx *sqlx.Tx, a announcement, now time.Time) (map[int64]int, error) {
	sides := make([]string, len(a.sides))
	for i, s := range a.sides {
		sides[i] = string(s)
	}
	var told []int64
	if err := tx.SelectContext(ctx, &told, `
		WITH wanted AS (
			SELECT t.id AS task_id, t.plan_id, p.time_zone, s.agency_id, s.roles
			FROM tasks t JOIN plans p ON p.id = t.plan_id CROSS JOIN LATERAL (VALUES
				('unit', t.agency_id, ARRAY['focal_point', 'head']),
				('reviewer', t.reviewer_id, ARRAY['supervisor']),
				('authority', p.issuer_id, ARRAY['plan_authority']),
				('intermediary', t.through_id, ARRAY['focal_point', 'supervisor'])) AS s (side, agency_id, roles)
			WHERE t.id = ANY ($5) AND s.side = ANY ($6::text[])
		), recipient AS (
			SELECT w.task_id, w.plan_id, w.time_zone, m.user_id, NULL::bigint AS mailbox_id
			FROM wanted w JOIN memberships m ON m.agency_id = w.agency_id AND m.role = ANY (w.roles)
				AND ($3::timestamptz AT TIME ZONE w.time_zone)::date BETWEEN m.valid_from_on AND m.valid_to_on
			JOIN users u ON u.id = m.user_id AND u.active
			UNION
			SELECT w.task_id, w.plan_id, w.time_zone, NULL, a.id FROM wanted w JOIN agencies a ON a.id = w.agency_id AND a.mailbox <> ''
		)
		INSERT INTO notifications (user_id, mailbox_agency_id, kind, plan_id, task_id, cause, created_at, deliver_at, standing)
		SELECT user_id, mailbox_id, $1, plan_id, task_id, $2 || ':' || task_id, $3, CASE WHEN $7 THEN morning_at_or_after($3, time_zone) ELSE $3 END, $4 FROM recipient
		ON CONFLICT DO NOTHING RETURNING task_id`,
		string(a.kind), a.cause, now, a.standing, pq.Array(a.tasks), pq.Array(sides), a.morning); err != nil {
		return nil, fmt.Errorf("tell people concerned: %w", err)
	}
	counts := make(map[int64]int, len(a.tasks))
	for _, id := range told {
		counts[id]++
	}
	return counts, nil
}
