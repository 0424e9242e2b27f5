package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/notice"
)

// ofFlash is true for a notice n about a task of a flash report, whose mail
// waits for nothing and is never turned off.
const ofFlash = `EXISTS (SELECT 1 FROM tasks ft JOIN rounds fr ON fr.id = ft.round_id WHERE ft.id = n.task_id AND fr.cadences && '{flash}')`

// waitQuiet lets what would go at once wait until the recipient's quiet time is
// over. Its delivery moves, so that whoever asks what comes next is told of it.
func waitQuiet(ctx context.Context, tx *sqlx.Tx, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `
		UPDATE notifications n SET deliver_at = quiet_until($1, '`+accountZone+`', q.quiet_from, q.quiet_to)
		FROM user_preferences q
		WHERE q.user_id = n.user_id AND q.quiet_from IS NOT NULL AND n.message_id IS NULL AND n.dropped_at IS NULL AND n.deliver_at <= $1
			AND `+urgent+` AND NOT `+ofFlash+` AND quiet_until($1, '`+accountZone+`', q.quiet_from, q.quiet_to) IS NOT NULL`, now); err != nil {
		return fmt.Errorf("wait for quiet time: %w", err)
	}
	return nil
}

// readReady lists what is ready. Notices to people who have left, or hold no
// post any more, go to those who are there instead: they are listed with the rest.
func (s *Store) readReady(ctx context.Context, tx *sqlx.Tx, now time.Time, pending bool) ([]readyNotice, error) {
	for again := false; ; again = true {
		var ready []readyNotice
		if err := tx.SelectContext(ctx, &ready, readyNotices, now, pending, now.Add(-composeHold)); err != nil {
			return nil, fmt.Errorf("find ready notices: %w", err)
		}
		var gone []int64
		for _, n := range ready {
			if n.Address == "" && n.Recipient > 0 {
				gone = append(gone, n.ID)
			}
		}
		if again || len(gone) == 0 {
			return ready, nil
		}
		moved, err := readdress(ctx, tx, gone, now)
		if err != nil {
			return nil, err
		}
		if moved == 0 {
			return ready, nil
		}
	}
}

// readdress gives notices of people who do not work there any more to those who
// do, and tells how many. Of the agencies around the task, those where the
// person has held a post: who holds the same role there; else whoever is active
// there; where nobody is left, the official mailbox and the supervisors of the
// reviewing agency. Who has a copy gets no second one, and a digest is nobody
// else's. The old notices are the caller's to drop.
func readdress(ctx context.Context, tx *sqlx.Tx, ids []int64, now time.Time) (int, error) {
	result, err := tx.ExecContext(ctx, `
		WITH gone AS (
			SELECT n.*, t.agency_id, t.reviewer_id, t.recipient_id, p.issuer_id, q.from_agency_id, q.to_agency_id
			FROM notifications n JOIN tasks t ON t.id = n.task_id JOIN plans p ON p.id = t.plan_id LEFT JOIN requests q ON q.id = n.request_id
			WHERE n.id = ANY ($2) AND n.user_id IS NOT NULL AND n.kind <> '`+string(notice.TaskHanded)+`'
		), post AS (
			SELECT DISTINCT g.id, g.user_id, g.reviewer_id, m.agency_id, m.role
			FROM gone g CROSS JOIN LATERAL unnest(ARRAY[g.agency_id, g.reviewer_id, g.recipient_id, g.issuer_id, g.from_agency_id, g.to_agency_id]) AS at (agency_id)
			JOIN memberships m ON m.user_id = g.user_id AND m.agency_id = at.agency_id AND m.role NOT IN ('auditor', 'administrator')
		), active AS (
			SELECT m.user_id, m.agency_id, m.role FROM memberships m JOIN users u ON u.id = m.user_id AND u.active
			WHERE `+businessDay+` BETWEEN m.valid_from_on AND m.valid_to_on AND m.role NOT IN ('auditor', 'administrator')
		), colleague AS (
			SELECT DISTINCT p.id, p.agency_id, a.user_id FROM post p JOIN active a ON a.agency_id = p.agency_id AND a.user_id <> p.user_id
			WHERE a.role = p.role OR NOT EXISTS (SELECT 1 FROM active b WHERE b.agency_id = p.agency_id AND b.role = p.role AND b.user_id <> p.user_id)
		), deserted AS (
			SELECT p.id, p.agency_id, p.reviewer_id FROM post p
			WHERE NOT EXISTS (SELECT 1 FROM colleague c WHERE c.id = p.id)
		), heir AS (
			SELECT id, user_id, NULL::bigint AS mailbox_id FROM colleague
			UNION
			SELECT d.id, a.user_id, NULL FROM deserted d JOIN active a ON a.agency_id = d.reviewer_id AND a.role = 'supervisor'
			UNION
			SELECT d.id, NULL, g.id FROM deserted d JOIN agencies g ON g.id = d.agency_id AND g.mailbox <> ''
		)
		INSERT INTO notifications (user_id, mailbox_agency_id, kind, plan_id, task_id, step_id, request_id, cause, created_at, deliver_at, standing)
		SELECT h.user_id, h.mailbox_id, g.kind, g.plan_id, g.task_id, g.step_id, g.request_id, g.cause, g.created_at, g.deliver_at, g.standing
		FROM heir h JOIN gone g ON g.id = h.id
		ON CONFLICT DO NOTHING`, now, pq.Array(ids))
	if err != nil {
		return 0, fmt.Errorf("readdress notices: %w", err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// readdressed gives the undelivered notices of somebody who leaves to those who
// stay, and drops them; also those of messages that wait to be handed over,
// which find nothing to say then. It tells how many there were.
func readdressed(ctx context.Context, tx *sqlx.Tx, userID int64, now time.Time) (int, error) {
	var ids []int64
	if err := tx.SelectContext(ctx, &ids, `
		SELECT n.id FROM notifications n LEFT JOIN messages x ON x.id = n.message_id
		WHERE n.user_id = $1 AND n.dropped_at IS NULL AND (n.message_id IS NULL OR x.state = 'pending') ORDER BY n.id FOR UPDATE OF n`, userID); err != nil {
		return 0, fmt.Errorf("find undelivered notices: %w", err)
	}
	if len(ids) == 0 {
		return 0, nil
	}
	if _, err := readdress(ctx, tx, ids, now); err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE notifications SET dropped_at = $2 WHERE id = ANY ($1)`, pq.Array(ids), now); err != nil {
		return 0, fmt.Errorf("drop notices: %w", err)
	}
	return len(ids), nil
}
