package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
)

// administeredMessages are those to people with a post at an administered agency
// and to the mailboxes of such agencies.
const administeredMessages = administered + `, reached AS (
	SELECT x.* FROM messages x
	WHERE x.mailbox_agency_id IN (SELECT id FROM administered)
		OR EXISTS (SELECT 1 FROM memberships m JOIN administered a ON a.id = m.agency_id WHERE m.user_id = x.user_id))`

type deliveryRow struct {
	ID         int64        `db:"id"`
	Kind       string       `db:"kind"`
	Recipient  string       `db:"recipient"`
	Address    string       `db:"address"`
	UserID     int64        `db:"user_id"`
	AgencyID   int64        `db:"agency_id"`
	State      string       `db:"state"`
	Notices    int          `db:"notices"`
	ComposedAt time.Time    `db:"composed_at"`
	HandedAt   sql.NullTime `db:"handed_over_at"`
	Attempts   int          `db:"attempts"`
	NextTryAt  sql.NullTime `db:"next_try_at"`
	Reason     string       `db:"last_error"`
}

const listDeliveries = administeredMessages + `
	SELECT x.id, x.kind, COALESCE(u.name, b.name) AS recipient, x.address, COALESCE(x.user_id, 0) AS user_id,
		COALESCE(x.mailbox_agency_id, 0) AS agency_id, x.state, x.composed_at, x.handed_over_at, x.attempts, x.next_try_at, x.last_error,
		(SELECT count(*) FROM notifications n WHERE n.message_id = x.id AND n.dropped_at IS NULL) AS notices
	FROM reached x LEFT JOIN users u ON u.id = x.user_id LEFT JOIN agencies b ON b.id = x.mailbox_agency_id
	WHERE ($3 = '' OR x.state = $3) AND ($4 = '' OR fold(COALESCE(u.name, b.name)) LIKE fold($4) OR x.address ILIKE $4)
		AND ($5::bigint = 0 OR x.id < $5)
	ORDER BY x.id DESC LIMIT $6`

// Deliveries lists messages to whom the administrator looks after, the newest
// first, with nothing of what they say.
func (s *Store) Deliveries(ctx context.Context, actor policy.Actor, f notice.DeliveryFilter) (notice.Deliveries, error) {
	page := notice.Deliveries{Messages: []notice.Delivery{}, Counts: map[notice.DeliveryState]int{}}
	if !policy.ManagePeople(actor) {
		return page, notAdministrator()
	}
	var before int64
	if f.Cursor != "" {
		var err error
		if _, before, err = decodeCursor("deliveries", f.Cursor); err != nil {
			return page, err
		}
	}
	pattern := ""
	if f.Query != "" {
		pattern = "%" + likeLiteral.Replace(f.Query) + "%"
	}
	limit, scope := limitOf(f.Limit), pq.Array(actor.At(policy.Administrator))
	var rows []deliveryRow
	if err := s.db.SelectContext(ctx, &rows, listDeliveries, scope, false, string(f.State), pattern, before, limit+1); err != nil {
		return page, fmt.Errorf("list messages: %w", err)
	}
	for i, row := range rows {
		if i == limit {
			page.Next = encodeCursor("deliveries", "", rows[limit-1].ID)
			break
		}
		page.Messages = append(page.Messages, row.delivery())
	}
	if err := s.countDeliveries(ctx, scope, &page); err != nil {
		return page, err
	}
	var err error
	page.OutboxAge, page.StepLateness, _, err = s.Backlog(ctx)
	return page, err
}

func (s *Store) countDeliveries(ctx context.Context, scope any, page *notice.Deliveries) error {
	now, err := s.business.Now(ctx)
	if err != nil {
		return fmt.Errorf("business clock: %w", err)
	}
	var counts []struct {
		State string `db:"state"`
		Count int    `db:"count"`
	}
	if err := s.db.SelectContext(ctx, &counts, administeredMessages+` SELECT state, count(*) FROM reached GROUP BY state`, scope, false); err != nil {
		return fmt.Errorf("count messages: %w", err)
	}
	for _, c := range counts {
		page.Counts[notice.DeliveryState(c.State)] = c.Count
	}
	if err := s.db.GetContext(ctx, &page.Uncomposed, `
		SELECT count(*) FROM notifications WHERE message_id IS NULL AND dropped_at IS NULL AND deliver_at <= $1`, now); err != nil {
		return fmt.Errorf("count notices: %w", err)
	}
	return nil
}

func (r deliveryRow) delivery() notice.Delivery {
	d := notice.Delivery{
		ID: r.ID, Account: r.Kind == "account", Recipient: r.Recipient, Address: r.Address, UserID: r.UserID, AgencyID: r.AgencyID,
		State: notice.DeliveryState(r.State), Notices: r.Notices, ComposedAt: r.ComposedAt.UTC(), Attempts: r.Attempts, Reason: r.Reason,
	}
	for from, to := range map[*sql.NullTime]**time.Time{&r.HandedAt: &d.HandedOverAt, &r.NextTryAt: &d.NextTryAt} {
		if from.Valid {
			at := from.Time.UTC()
			*to = &at
		}
	}
	return d
}

// RetryDelivery tries a message once more that the mail server has refused, at the
// recipient's address of today; id 0 tries all of them. It answers how many there
// are. Invitations and password links are not sent again: their words are gone.
func (s *Store) RetryDelivery(ctx context.Context, actor policy.Actor, id int64) (int, error) {
	if !policy.ManagePeople(actor) {
		return 0, notAdministrator()
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (int, error) {
		ids := []int64{}
		if err := tx.SelectContext(ctx, &ids, administeredMessages+`
			UPDATE messages m SET state = 'pending', attempts = 0, next_try_at = NULL, lease_until_at = NULL,
				address = COALESCE((SELECT u.email FROM users u WHERE u.id = m.user_id), (SELECT NULLIF(a.mailbox, '') FROM agencies a WHERE a.id = m.mailbox_agency_id), m.address)
			WHERE m.state = 'failed' AND m.kind = 'notices' AND ($3::bigint = 0 OR m.id = $3) AND m.id IN (SELECT id FROM reached)
			RETURNING m.id`, pq.Array(actor.At(policy.Administrator)), false, id); err != nil {
			return 0, fmt.Errorf("retry messages: %w", err)
		}
		if len(ids) == 0 {
			if id == 0 {
				return 0, nil
			}
			var seen bool
			if err := tx.GetContext(ctx, &seen, administeredMessages+` SELECT EXISTS (SELECT 1 FROM reached WHERE id = $3)`,
				pq.Array(actor.At(policy.Administrator)), false, id); err != nil {
				return 0, fmt.Errorf("find message: %w", err)
			}
			if !seen {
				return 0, notFound()
			}
			return 0, fault.New(fault.Conflict, "delivery.not_failed", "Thư này không còn chờ gửi lại. Thư mời và thư mật khẩu thì gửi thư mới từ trang của người dùng.",
				"This message is not one to try again. Invitations and password links are sent anew from the person's page.")
		}
		for _, one := range ids {
			if err := s.record(ctx, tx, actor, now, change{Action: "message.retried", Entity: "message", EntityID: one}); err != nil {
				return 0, err
			}
		}
		return len(ids), nudge(ctx, tx, "delivery:mail", "retried", now)
	})
}
