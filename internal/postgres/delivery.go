package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/notice"
	"dondoc/internal/task"
)

type leaseRow struct {
	ID       int64 `db:"id"`
	Attempts int   `db:"attempts"`
}

// LeaseMessages gives up to limit pending messages to one sender until the
// lease ends (wall clock); what another sender holds is passed over. The
// attempt counts from here, so that a message whose sender dies is known as tried.
func (s *Store) LeaseMessages(ctx context.Context, limit int, lease time.Duration) ([]notice.Lease, error) {
	wall := s.wall()
	var rows []leaseRow
	until := wall.Add(lease).Truncate(time.Microsecond)
	if err := s.db.SelectContext(ctx, &rows, `
		WITH free AS (
			SELECT id FROM messages
			WHERE state = 'pending' AND COALESCE(lease_until_at <= $1, true) AND COALESCE(next_try_at <= $1, true)
			ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
		)
		UPDATE messages m SET lease_until_at = $3, attempts = attempts + 1
		FROM free WHERE m.id = free.id RETURNING m.id, m.attempts`, wall, limit, until); err != nil {
		return nil, fmt.Errorf("lease messages: %w", err)
	}
	// RETURNING keeps no order; the oldest goes first.
	slices.SortFunc(rows, func(a, b leaseRow) int { return cmp.Compare(a.ID, b.ID) })
	leases := make([]notice.Lease, len(rows))
	for i, r := range rows {
		leases[i] = notice.Lease{MessageRow: r.ID, Until: until, Attempts: r.Attempts}
	}
	return leases, nil
}

// handoverRow is a message with one of its notices; the message repeats.
type handoverRow struct {
	MessageID    string         `db:"message_id"`
	Address      string         `db:"address"`
	Language     string         `db:"language"`
	Kind         string         `db:"kind"`
	Subject      string         `db:"subject"`
	BodyText     string         `db:"body_text"`
	BodyHTML     string         `db:"body_html"`
	UserID       sql.NullInt64  `db:"user_id"`
	Recipient    string         `db:"recipient"`
	MayReceive   bool           `db:"may_receive"`
	NoticeID     sql.NullInt64  `db:"notice_id"`
	NoticeKind   sql.NullString `db:"notice_kind"`
	Standing     sql.NullBool   `db:"standing"`
	CreatedAt    sql.NullTime   `db:"created_at"`
	StepVersion  int            `db:"step_version"`
	TaskID       sql.NullInt64  `db:"task_id"`
	RequestID    int64          `db:"request_id"`
	State        sql.NullString `db:"state"`
	DueAt        sql.NullTime   `db:"due_at"`
	RequestWaits bool           `db:"request_waits"`
	Held         bool           `db:"held"`
	// CorrectionWaits: that of the notice, where it is about one.
	CorrectionWaits bool           `db:"correction_waits"`
	DueVersion      int            `db:"due_version"`
	Submissions     int            `db:"submissions"`
	AgencyName      sql.NullString `db:"agency_name"`
	PlanCode        sql.NullString `db:"plan_code"`
	PlanSuspended   bool           `db:"plan_suspended"`
	TimeZone        sql.NullString `db:"time_zone"`
	DutyCode        sql.NullString `db:"duty_code"`
	Requested       bool           `db:"requested"`
	PeriodKey       sql.NullString `db:"period_key"`
	PostRole        string         `db:"post_role"`
	PostAgency      string         `db:"post_agency"`
}

// ofRequest: the notice n speaks of the due time of its request, not of the task's.
const ofRequest = `n.request_id IS NOT NULL AND n.kind IN ('request_asked', 'request_opinion', 'request_reminder', 'request_overdue')`

// noticedPost is the membership that the notice n speaks of; null: of none.
const noticedPost = `(CASE n.kind WHEN 'role_granted' THEN split_part(n.cause, ':', 2)::bigint
	WHEN 'substitute' THEN (SELECT ns.membership_id FROM substitutions ns WHERE ns.id = split_part(n.cause, ':', 2)::bigint) END)`

const readHandover = `
	SELECT x.message_id, x.address, x.language, x.kind, x.subject, x.body_text, x.body_html, x.user_id,
		COALESCE(u.name, a.name) AS recipient,
		x.user_id IS NULL OR u.active AND (x.kind = 'account' OR ` + holdsPost + `) AS may_receive,
		n.id AS notice_id, n.kind AS notice_kind, n.standing, n.created_at, COALESCE(s.due_version, CASE n.kind WHEN 'promise_due' THEN split_part(n.cause, ':', 4)::int END, 0) AS step_version,
		t.id AS task_id, COALESCE(n.request_id, 0) AS request_id, t.state,
		-- What was never sent and is admitted once more is late against due_at, and due by resubmit_due_at.
		CASE WHEN ` + ofRequest + ` THEN q.due_at
			WHEN n.kind = 'reopened' OR n.kind IN ('reminder', 'due_today') AND t.resubmit_due_at IS NOT NULL
			THEN t.resubmit_due_at ELSE ` + effectiveDue + ` END AS due_at,
		COALESCE(q.settled_at IS NULL AND q.state IN ('asked', 'accepted'), false) AS request_waits,
		COALESCE(` + held + `, false) AS held, n.kind LIKE 'correction_%' AND EXISTS (
			SELECT 1 FROM corrections k JOIN submissions b ON b.id = k.submission_id WHERE k.task_id = t.id AND k.outcome = 'waiting'
				AND (b.number = s.due_version OR n.cause = 'correction:' || k.id || ':' || t.id)) AS correction_waits,
		COALESCE(t.due_version, 0) AS due_version, COALESCE(t.submissions, 0) AS submissions,
		COALESCE(mp.role, '') AS post_role, COALESCE(ma.name, '') AS post_agency,
		o.name AS agency_name, p.code AS plan_code, COALESCE(p.state = 'suspended', false) AS plan_suspended, p.time_zone,
		d.code AS duty_code, COALESCE(d.mode = 'requested', false) AS requested, r.period_key
	FROM messages x
	LEFT JOIN users u ON u.id = x.user_id
	LEFT JOIN agencies a ON a.id = x.mailbox_agency_id
	LEFT JOIN notifications n ON n.message_id = x.id AND n.dropped_at IS NULL
	LEFT JOIN steps s ON s.id = n.step_id
	LEFT JOIN requests q ON q.id = n.request_id
	LEFT JOIN tasks t ON t.id = n.task_id
	LEFT JOIN agencies o ON o.id = t.agency_id
	LEFT JOIN rounds r ON r.id = t.round_id
	LEFT JOIN duties d ON d.id = t.duty_id
	LEFT JOIN plans p ON p.id = t.plan_id
	LEFT JOIN memberships mp ON mp.id = ` + noticedPost + `
	LEFT JOIN agencies ma ON ma.id = mp.agency_id
	WHERE x.id = $2 AND x.state = 'pending' AND x.lease_until_at = $3
	ORDER BY due_at, n.id`

// CheckMessage reads a leased message as it stands now and leaves out what is
// no longer called for: call it immediately before the hand-over. False means
// that there is nothing to hand over: the lease was lost, or everything in the
// message was settled and it is dropped.
func (s *Store) CheckMessage(ctx context.Context, lease notice.Lease, now time.Time) (notice.Handover, bool, error) {
	h := notice.Handover{Lease: lease}
	statement, err := s.prepared(ctx, readHandover)
	if err != nil {
		return h, false, err
	}
	var rows []handoverRow
	if err := statement.SelectContext(ctx, &rows, now, lease.MessageRow, lease.Until); err != nil {
		return h, false, fmt.Errorf("check message: %w", err)
	}
	if len(rows) == 0 {
		return h, false, nil
	}
	first := rows[0]
	h.MessageID, h.Address, h.Language, h.Recipient = first.MessageID, first.Address, first.Language, first.Recipient
	h.Mailbox = !first.UserID.Valid
	account := first.Kind == "account"
	if account {
		h.Account = &notice.Mail{Subject: first.Subject, Text: first.BodyText, HTML: first.BodyHTML}
	}
	obsolete := []int64{}
	digest := false
	for _, r := range rows {
		if !r.NoticeID.Valid {
			continue
		}
		if !first.MayReceive || !r.facts().Called(now) {
			obsolete = append(obsolete, r.NoticeID.Int64)
			continue
		}
		if kind := notice.Kind(r.NoticeKind.String); kind == notice.Digest {
			digest = true
			continue
		}
		h.Items = append(h.Items, r.item())
	}
	empty := !first.MayReceive || !account && len(h.Items) == 0 && !digest
	if len(obsolete) > 0 || empty {
		if err := s.leaveOut(ctx, lease, obsolete, empty, first.MayReceive, now); err != nil {
			return h, false, err
		}
	}
	if empty {
		return h, false, nil
	}
	if digest {
		summary, err := s.summary(ctx, first.UserID.Int64, now)
		if err != nil {
			return h, false, err
		}
		h.Summary = &summary
	}
	return h, true, nil
}

func (r handoverRow) facts() notice.Facts {
	return notice.Facts{
		Kind: notice.Kind(r.NoticeKind.String), Standing: r.Standing.Bool, HasTask: r.TaskID.Valid,
		State: task.State(r.State.String), EffectiveDue: r.DueAt.Time, PlanSuspended: r.PlanSuspended,
		StepVersion: r.StepVersion, DueVersion: r.DueVersion, Submissions: r.Submissions, RequestWaits: r.RequestWaits,
		Held: r.Held, CorrectionWaits: r.CorrectionWaits,
	}
}

func (r handoverRow) item() notice.Item {
	return notice.Item{
		NotificationID: r.NoticeID.Int64, Kind: notice.Kind(r.NoticeKind.String), TaskID: r.TaskID.Int64, RequestID: r.RequestID,
		AgencyName: cmp.Or(r.AgencyName.String, r.PostAgency), Role: r.PostRole, PlanCode: r.PlanCode.String, DutyCode: r.DutyCode.String, Requested: r.Requested,
		PeriodKey: r.PeriodKey.String, DueAt: r.DueAt.Time.UTC(), TimeZone: r.TimeZone.String, CreatedAt: r.CreatedAt.Time.UTC(),
	}
}

// leaveOut marks notices as not handed over and, where none is left, the message
// too. What its recipient may not receive any more goes to who is there now.
func (s *Store) leaveOut(ctx context.Context, lease notice.Lease, obsolete []int64, empty, present bool, now time.Time) error {
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		if !present {
			moved, err := readdress(ctx, tx, obsolete, now)
			if err != nil {
				return err
			}
			if moved > 0 {
				if err := nudge(ctx, tx, "delivery:mail", "readdressed", now); err != nil {
					return err
				}
			}
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE notifications SET dropped_at = $3 WHERE id = ANY ($1) AND message_id = $2`,
			pq.Array(obsolete), lease.MessageRow, now); err != nil {
			return fmt.Errorf("leave out settled notices: %w", err)
		}
		if !empty {
			return nil
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE messages SET state = 'dropped', lease_until_at = NULL, next_try_at = NULL,
				subject = '', body_text = '', body_html = ''
			WHERE id = $1 AND state = 'pending' AND lease_until_at = $2`, lease.MessageRow, lease.Until); err != nil {
			return fmt.Errorf("drop message: %w", err)
		}
		return nil
	})
}

// MarkHandedOver records a batch of hand-overs in one statement. An account
// message is wiped, because its link carries authority.
func (s *Store) MarkHandedOver(ctx context.Context, batch []notice.HandedOver) error {
	if len(batch) == 0 {
		return nil
	}
	ids := make([]int64, len(batch))
	subjects, texts, htmls, ats := make([]string, len(batch)), make([]string, len(batch)), make([]string, len(batch)), make([]time.Time, len(batch))
	for i, b := range batch {
		ids[i], subjects[i], texts[i], htmls[i], ats[i] = b.MessageRow, b.Mail.Subject, b.Mail.Text, b.Mail.HTML, b.At
	}
	// Without a look at the lease: whoever handed it over, it was handed over.
	if _, err := s.db.ExecContext(ctx, `
		UPDATE messages m SET state = 'sent', handed_over_at = b.at, lease_until_at = NULL, next_try_at = NULL, last_error = '',
			subject = CASE m.kind WHEN 'account' THEN '' ELSE b.subject END,
			body_text = CASE m.kind WHEN 'account' THEN '' ELSE b.body_text END,
			body_html = CASE m.kind WHEN 'account' THEN '' ELSE b.body_html END
		FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS b (id, subject, body_text, body_html, at)
		WHERE m.id = b.id AND m.state <> 'sent'`,
		pq.Array(ids), pq.Array(subjects), pq.Array(texts), pq.Array(htmls), pq.Array(ats)); err != nil {
		return fmt.Errorf("mark messages as handed over: %w", err)
	}
	return nil
}

// MarkSetback records that a hand-over failed: for ever, or until the next try.
func (s *Store) MarkSetback(ctx context.Context, b notice.Setback) error {
	state := "pending"
	if b.Final {
		state = "failed"
	}
	if _, err := s.db.ExecContext(ctx, `
		UPDATE messages SET state = $3, last_error = $4, next_try_at = $5, lease_until_at = NULL,
			subject = CASE WHEN $3 = 'failed' THEN '' ELSE subject END,
			body_text = CASE WHEN $3 = 'failed' THEN '' ELSE body_text END,
			body_html = CASE WHEN $3 = 'failed' THEN '' ELSE body_html END
		WHERE id = $1 AND state = 'pending' AND lease_until_at = $2`,
		b.MessageRow, b.Until, state, b.Reason, sql.NullTime{Time: b.NextTryAt, Valid: !b.Final}); err != nil {
		return fmt.Errorf("mark setback: %w", err)
	}
	return nil
}

// ReleaseMessages gives leases back untried.
func (s *Store) ReleaseMessages(ctx context.Context, leases []notice.Lease) error {
	if len(leases) == 0 {
		return nil
	}
	ids := make([]int64, len(leases))
	until := make([]time.Time, len(leases))
	for i, l := range leases {
		ids[i], until[i] = l.MessageRow, l.Until
	}
	if _, err := s.db.ExecContext(ctx, `
		UPDATE messages m SET lease_until_at = NULL, attempts = attempts - 1
		FROM unnest($1::bigint[], $2::timestamptz[]) AS b (id, until)
		WHERE m.id = b.id AND m.state = 'pending' AND m.lease_until_at = b.until`, pq.Array(ids), pq.Array(until)); err != nil {
		return fmt.Errorf("release messages: %w", err)
	}
	return nil
}
