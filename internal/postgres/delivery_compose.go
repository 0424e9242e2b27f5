package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/notice"
)

// Advisory locks, one per kind of work that must not run twice at once.
const (
	lockCompose = 720_401
	lockDigest  = 720_402
	// lockCalendar is shared by those who compute due times and taken alone by
	// whoever changes the calendars.
	lockCalendar = 720_403
	// lockAdministrators is taken by whoever may remove an administrator.
	lockAdministrators = 720_408
)

// composeHold is how long, in business time, ordinary notices wait for steps of
// the same moment that have not run yet.
const composeHold = 10 * time.Minute

// businessDay is the day of the business instant $1. People's posts count days
// in Viet Nam, whatever a plan's zone.
const businessDay = `($1::timestamptz AT TIME ZONE '` + accountZone + `')::date`

// holdsPost is true for a user u who holds any post on that day.
const holdsPost = `EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id
	AND ` + businessDay + ` BETWEEN m.valid_from_on AND m.valid_to_on)`

// A step that is due and has not run will give notices of the same morning.
const stepsPending = `EXISTS (SELECT 1 FROM steps s
	JOIN rounds r ON r.id = s.round_id AND r.state <> 'scheduled'
	JOIN plans p ON p.id = r.plan_id AND p.state = 'active'
	WHERE s.state = 'pending' AND s.at <= $1)`

// A round whose opening has come gives opening notices of the same morning.
const roundsOpening = `EXISTS (SELECT 1 FROM rounds r JOIN plans p ON p.id = r.plan_id AND p.state = 'active'
	WHERE r.state = 'scheduled' AND r.opens_at <= $1)`

// A request's step that is due and has not run will give notices of the same morning.
const requestStepsPending = `EXISTS (SELECT 1 FROM request_steps s
	JOIN requests q ON q.id = s.request_id AND q.settled_at IS NULL
	JOIN plans p ON p.id = q.plan_id AND p.state = 'active'
	WHERE s.state = 'pending' AND s.at <= $1)`

// ordinaryKinds are no step's and yet wait for the morning.
const ordinaryKinds = `'digest', 'submitted', 'receipt', 'accepted', 'to_forward', 'correction_sent', 'corrected', 'role_granted', 'substitute',
	'request_asked', 'request_opinion', 'request_reminder', 'request_overdue', 'request_undecided'`

// readyNotices lists what is due for delivery, by recipient: people by their
// id, mailboxes by the negative one of their agency. An empty address means
// that the notice stays inside the system. Urgent is what was recorded to go at
// once; the kinds named are ordinary even if they were recorded at the very
// moment of the morning's delivery.
const readyNotices = `
	SELECT n.id, n.kind, COALESCE(n.user_id, -n.mailbox_agency_id) AS recipient,
		CASE WHEN n.mailbox_agency_id IS NOT NULL THEN a.mailbox
			WHEN u.active AND ` + holdsPost + ` THEN u.email ELSE '' END AS address,
		COALESCE(u.language, a.language) AS language, q.muted, q.muted IS NOT NULL AND ` + ofFlash + ` AS flash
	FROM notifications n
	LEFT JOIN users u ON u.id = n.user_id
	LEFT JOIN agencies a ON a.id = n.mailbox_agency_id
	LEFT JOIN user_preferences q ON q.user_id = n.user_id AND q.muted <> '{}'
	WHERE n.message_id IS NULL AND n.dropped_at IS NULL AND n.deliver_at <= $1
		AND (NOT $2 OR GREATEST(n.deliver_at, n.created_at) <= $3 OR ` + urgent + `)
	ORDER BY n.id`

// urgent is a notice n that was recorded to go at once; see readyNotices.
const urgent = `(n.step_id IS NULL AND n.deliver_at = n.created_at AND n.kind NOT IN (` + ordinaryKinds + `))`

type readyNotice struct {
	ID        int64          `db:"id"`
	Kind      notice.Kind    `db:"kind"`
	Recipient int64          `db:"recipient"`
	Address   string         `db:"address"`
	Language  string         `db:"language"`
	Muted     pq.StringArray `db:"muted"`
	Flash     bool           `db:"flash"`
}

// parcel is one message to be: what a recipient wants by mail, or what stays inside.
type parcel struct {
	recipient int64
	inside    bool
}

func (n readyNotice) parcel() parcel {
	return parcel{n.Recipient, !n.Flash && slices.Contains(notice.Muted(n.Muted), n.Kind)}
}

// composeReady writes the messages of the notices that are ready. The arrays go
// through here and not through one statement with CTEs, whose sizes the planner
// cannot know: of 10,000 it took them for a handful and joined them pair by pair.
func composeReady(ctx context.Context, tx *sqlx.Tx, ready []readyNotice, now time.Time, domain string) (notice.Composition, error) {
	var done notice.Composition
	var recipients, taken, dropped []int64
	var addresses, languages []string
	var inside []bool
	known := map[parcel]bool{}
	for _, n := range ready {
		if n.Address == "" {
			dropped = append(dropped, n.ID)
			continue
		}
		taken = append(taken, n.ID)
		p := n.parcel()
		if !known[p] {
			known[p] = true
			recipients, addresses, languages = append(recipients, n.Recipient), append(addresses, n.Address), append(languages, n.Language)
			if inside = append(inside, p.inside); !p.inside {
				done.Messages++
			}
		}
	}
	if len(dropped) > 0 {
		if _, err := tx.ExecContext(ctx, `UPDATE notifications SET dropped_at = $2 WHERE id = ANY ($1)`, pq.Array(dropped), now); err != nil {
			return done, fmt.Errorf("keep notices inside: %w", err)
		}
	}
	done.Dropped = len(dropped)
	if len(taken) == 0 {
		return done, nil
	}
	var written []struct {
		ID        int64 `db:"id"`
		Recipient int64 `db:"recipient"`
		Inside    bool  `db:"inside"`
	}
	// What its recipient does not want by mail is gathered in a message that is
	// dropped from the start: it is settled, and stays in the person's list.
	if err := tx.SelectContext(ctx, &written, `
		INSERT INTO messages (message_id, user_id, mailbox_agency_id, address, language, kind, composed_at, state)
		SELECT '<' || replace(gen_random_uuid()::text, '-', '') || '@' || $4::text || '>',
			NULLIF(GREATEST(recipient, 0), 0), NULLIF(GREATEST(-recipient, 0), 0), address, language, 'notices', $5,
			CASE WHEN inside THEN 'dropped' ELSE 'pending' END
		FROM unnest($1::bigint[], $2::text[], $3::text[], $6::boolean[]) AS r (recipient, address, language, inside)
		RETURNING id, COALESCE(user_id, -mailbox_agency_id) AS recipient, state = 'dropped' AS inside`,
		pq.Array(recipients), pq.Array(addresses), pq.Array(languages), domain, now, pq.Array(inside)); err != nil {
		return done, fmt.Errorf("write messages: %w", err)
	}
	messageOf := make(map[parcel]int64, len(written))
	for _, w := range written {
		messageOf[parcel{w.Recipient, w.Inside}] = w.ID
	}
	messages := make([]int64, 0, len(taken))
	for _, n := range ready {
		if n.Address != "" {
			messages = append(messages, messageOf[n.parcel()])
		}
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE notifications n SET message_id = r.message_id
		FROM unnest($1::bigint[], $2::bigint[]) AS r (id, message_id) WHERE n.id = r.id`,
		pq.Array(taken), pq.Array(messages)); err != nil {
		return done, fmt.Errorf("gather notices: %w", err)
	}
	return done, nil
}

// ComposeMessages makes one message per recipient of all notices that are due
// for delivery at the business instant now. Message-IDs are random in the given
// domain and committed here, before any hand-over. Concurrent callers work one
// after the other, so no notice is taken twice and no recipient gets two
// messages of one moment. Ordinary notices are held for at most ten minutes of
// business time while steps of the same moment have yet to run or rounds to open.
func (s *Store) ComposeMessages(ctx context.Context, now time.Time, domain string) (notice.Composition, error) {
	var done notice.Composition
	var waiting bool
	// Looked at without the lock first: mostly nothing waits.
	if err := s.db.GetContext(ctx, &waiting, `SELECT EXISTS (SELECT 1 FROM notifications
		WHERE message_id IS NULL AND dropped_at IS NULL AND deliver_at <= $1)`, now); err != nil {
		return done, fmt.Errorf("look for notices: %w", err)
	}
	if !waiting {
		return done, nil
	}
	err := s.transact(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockCompose); err != nil {
			return fmt.Errorf("wait for other composer: %w", err)
		}
		// Its own statement, so that it sees what the lock's last holder did.
		var pending bool
		if err := tx.GetContext(ctx, &pending, `SELECT `+stepsPending+` OR `+roundsOpening+` OR `+requestStepsPending, now); err != nil {
			return fmt.Errorf("look for pending steps: %w", err)
		}
		if err := waitQuiet(ctx, tx, now); err != nil {
			return err
		}
		ready, err := s.readReady(ctx, tx, now, pending)
		if err != nil {
			return err
		}
		if done, err = composeReady(ctx, tx, ready, now, domain); err != nil {
			return err
		}
		if !pending {
			return nil
		}
		if err := tx.GetContext(ctx, &done.Held, `SELECT EXISTS (SELECT 1 FROM notifications
			WHERE message_id IS NULL AND dropped_at IS NULL AND deliver_at <= $1)`, now); err != nil {
			return fmt.Errorf("look for held notices: %w", err)
		}
		return nil
	})
	return done, err
}

// NextDelivery tells what is to come after the business instant now: the next
// waiting notice, and the next try of a pending message.
func (s *Store) NextDelivery(ctx context.Context, now time.Time) (notice.Next, error) {
	var row struct {
		DeliverAt sql.NullTime `db:"deliver_at"`
		TryAt     sql.NullTime `db:"try_at"`
		Pending   bool         `db:"pending"`
	}
	if err := s.db.GetContext(ctx, &row, `
		SELECT (SELECT min(deliver_at) FROM notifications
				WHERE message_id IS NULL AND dropped_at IS NULL AND deliver_at > $1) AS deliver_at,
			min(GREATEST(lease_until_at, next_try_at)) FILTER (WHERE lease_until_at IS NOT NULL OR next_try_at IS NOT NULL) AS try_at,
			COALESCE(bool_or(lease_until_at IS NULL AND next_try_at IS NULL), false) AS pending
		FROM messages WHERE state = 'pending'`, now); err != nil {
		return notice.Next{}, fmt.Errorf("look for next delivery: %w", err)
	}
	var next notice.Next
	if row.DeliverAt.Valid {
		at := row.DeliverAt.Time.UTC()
		next.DeliverAt = &at
	}
	if row.TryAt.Valid {
		at := row.TryAt.Time.UTC()
		next.TryAt = &at
	}
	if row.Pending {
		at := s.wall()
		next.TryAt = &at
	}
	return next, nil
}
