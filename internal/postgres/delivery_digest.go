package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
)

// digestScope lists the tasks that a post gives something to see of: what its
// agency owes, what it reviews, what its plans are owed. $1 is the business instant.
const digestScope = `
	FROM memberships m
	JOIN users u ON u.id = m.user_id AND u.active
	CROSS JOIN LATERAL (
		SELECT t.id, t.state, ` + effectiveDue + ` AS due_at, false AS mine_to_decide
		FROM tasks t WHERE m.role = 'focal_point' AND t.agency_id = m.agency_id AND t.state IN ('open', 'prepared', 'returned')
			AND EXISTS (SELECT 1 FROM plans p WHERE p.id = t.plan_id AND p.state = 'active')
		UNION ALL
		SELECT t.id, t.state, ` + effectiveDue + `, false
		FROM tasks t WHERE m.role = 'supervisor' AND t.reviewer_id = m.agency_id AND t.state IN ('open', 'prepared', 'returned')
			AND EXISTS (SELECT 1 FROM plans p WHERE p.id = t.plan_id AND p.state = 'active')
		UNION ALL
		SELECT t.id, t.state, t.due_at, true
		FROM tasks t JOIN duties d ON d.id = t.duty_id AND d.review <> 'none'
		WHERE m.role = 'supervisor' AND t.reviewer_id = m.agency_id AND t.state = 'submitted' AND NOT ` + held + `
			AND EXISTS (SELECT 1 FROM plans p WHERE p.id = t.plan_id AND p.state = 'active')
		UNION ALL
		SELECT t.id, t.state, ` + effectiveDue + `, false
		FROM plans p JOIN tasks t ON t.plan_id = p.id AND t.state IN ('open', 'prepared', 'returned')
		WHERE m.role = 'plan_authority' AND p.issuer_id = m.agency_id AND p.state = 'active'
	) AS seen
	WHERE ` + businessDay + ` BETWEEN m.valid_from_on AND m.valid_to_on`

// RecordDigest records the weekly digest of one slot for everyone who has
// something to see, in one statement, and claims the slot: a repeat, from any
// process and at any later time, records nothing. recorded is false for a repeat.
// While a round that opens at the same moment has yet to do so (ten minutes of
// business time at most) it is refused as Unavailable: what opens on Monday
// morning belongs into that morning's figures, whichever workflow wakes first.
func (s *Store) RecordDigest(ctx context.Context, slot, now time.Time) (recipients int, recorded bool, err error) {
	zone, err := time.LoadLocation(accountZone)
	if err != nil {
		return 0, false, fmt.Errorf("time zone: %w", err)
	}
	cause := "digest:weekly:" + calendar.DateOf(slot, zone).String()
	err = s.transact(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockDigest); err != nil {
			return fmt.Errorf("wait for other digest: %w", err)
		}
		// The audit row is the claim: it stands even where nobody had anything to see.
		var claimed bool
		if err := tx.GetContext(ctx, &claimed, `
			SELECT EXISTS (SELECT 1 FROM audit WHERE entity = 'digest' AND entity_id >= $1)`, slot.Unix()); err != nil {
			return fmt.Errorf("look for digest: %w", err)
		}
		if claimed {
			return nil
		}
		var opening bool
		if err := tx.GetContext(ctx, &opening, `SELECT `+roundsOpening, now); err != nil {
			return fmt.Errorf("look for rounds to open: %w", err)
		}
		if opening && now.Before(slot.Add(composeHold)) {
			return fault.New(fault.Unavailable, "digest.rounds_opening",
				"Các kỳ báo cáo của thời điểm này đang được mở.", "The rounds of this moment are being opened.")
		}
		result, err := tx.ExecContext(ctx, `
			INSERT INTO notifications (user_id, kind, cause, created_at, deliver_at, standing)
			SELECT DISTINCT m.user_id, 'digest', $2, $1::timestamptz, $3::timestamptz, true `+digestScope+`
			ON CONFLICT DO NOTHING`, now, cause, slot)
		if err != nil {
			return fmt.Errorf("record digest: %w", err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			return fmt.Errorf("record digest: %w", err)
		}
		recipients, recorded = int(n), true
		if err := s.record(ctx, tx, systemActor, now, change{
			Action: "digest.recorded", Entity: "digest", EntityID: slot.Unix(), After: map[string]any{"cause": cause, "recipients": n},
		}); err != nil {
			return err
		}
		return nudge(ctx, tx, "delivery:mail", "digest", now)
	})
	if err == nil && recorded {
		s.wake()
	}
	return recipients, recorded, err
}

// LastDigest returns the slot of the latest digest; false if there was none yet.
func (s *Store) LastDigest(ctx context.Context) (time.Time, bool, error) {
	var unix sql.NullInt64
	if err := s.db.GetContext(ctx, &unix, `SELECT max(entity_id) FROM audit WHERE entity = 'digest'`); err != nil {
		return time.Time{}, false, fmt.Errorf("read last digest: %w", err)
	}
	return time.Unix(unix.Int64, 0).UTC(), unix.Valid, nil
}

// summary computes one person's figures as of now; a task seen through several posts counts once.
func (s *Store) summary(ctx context.Context, userID int64, now time.Time) (notice.Summary, error) {
	zone, err := time.LoadLocation(accountZone)
	if err != nil {
		return notice.Summary{}, fmt.Errorf("time zone: %w", err)
	}
	var row struct {
		Open    int `db:"open"`
		Soon    int `db:"soon"`
		Overdue int `db:"overdue"`
		Waiting int `db:"waiting"`
	}
	if err := s.db.GetContext(ctx, &row, `
		SELECT count(*) FILTER (WHERE NOT mine_to_decide) AS open,
			count(*) FILTER (WHERE NOT mine_to_decide AND due_at >= $1 AND due_at <= $1::timestamptz + interval '7 days') AS soon,
			count(*) FILTER (WHERE NOT mine_to_decide AND due_at < $1) AS overdue,
			count(*) FILTER (WHERE mine_to_decide) AS waiting
		FROM (SELECT DISTINCT seen.id, seen.due_at, seen.mine_to_decide `+digestScope+` AND m.user_id = $2) AS task`,
		now, userID); err != nil {
		return notice.Summary{}, fmt.Errorf("digest summary: %w", err)
	}
	return notice.Summary{
		On: calendar.DateOf(now, zone), Open: row.Open, DueInWeek: row.Soon, Overdue: row.Overdue, Waiting: row.Waiting,
	}, nil
}
