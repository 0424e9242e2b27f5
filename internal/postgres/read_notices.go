package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// listNotices leaves out what was dropped before it was handed over, because its
// task no longer called for it, and what is yet to come: the reminder of a promise.
const listNotices = `
	SELECT n.id, n.kind, n.created_at, n.read_at, COALESCE(n.task_id, 0) AS task_id, COALESCE(n.request_id, 0) AS request_id, COALESCE(a.name, ma.name, '') AS agency_name, COALESCE(mp.role, '') AS post_role,
		COALESCE(p.code, '') AS plan_code, COALESCE(p.state, '') AS plan_state, COALESCE(p.time_zone, '') AS time_zone,
		COALESCE(d.code, '') AS duty_code, COALESCE(NULLIF(r.title, ''), d.title, '') AS duty_title, COALESCE(d.mode = 'requested', false) AS requested,
		COALESCE(d.review, '') AS review, COALESCE(r.period_key, '') AS period_key, COALESCE(t.state, '') AS state,
		t.due_at, t.resubmit_due_at, t.first_submitted_at, CASE WHEN ` + ofRequest + ` THEN q.due_at END AS request_due_at
	FROM notifications n
	LEFT JOIN requests q ON q.id = n.request_id
	LEFT JOIN tasks t ON t.id = n.task_id
	LEFT JOIN agencies a ON a.id = t.agency_id
	LEFT JOIN rounds r ON r.id = t.round_id
	LEFT JOIN duties d ON d.id = t.duty_id
	LEFT JOIN plans p ON p.id = COALESCE(t.plan_id, n.plan_id)
	LEFT JOIN memberships mp ON mp.id = ` + noticedPost + `
	LEFT JOIN agencies ma ON ma.id = mp.agency_id
	WHERE n.user_id = $1 AND n.dropped_at IS NULL AND n.created_at <= $6
		AND (NOT $2::boolean OR (n.created_at, n.id) < ($3::timestamptz, $4::bigint))
	ORDER BY n.created_at DESC, n.id DESC LIMIT $5`

type noticeRow struct {
	ID               int64        `db:"id"`
	Kind             notice.Kind  `db:"kind"`
	CreatedAt        time.Time    `db:"created_at"`
	ReadAt           sql.NullTime `db:"read_at"`
	TaskID           int64        `db:"task_id"`
	RequestID        int64        `db:"request_id"`
	AgencyName       string       `db:"agency_name"`
	PostRole         string       `db:"post_role"`
	PlanCode         string       `db:"plan_code"`
	PlanState        plan.State   `db:"plan_state"`
	TimeZone         string       `db:"time_zone"`
	DutyCode         string       `db:"duty_code"`
	DutyTitle        string       `db:"duty_title"`
	Requested        bool         `db:"requested"`
	Review           string       `db:"review"`
	PeriodKey        string       `db:"period_key"`
	State            task.State   `db:"state"`
	DueAt            sql.NullTime `db:"due_at"`
	ResubmitDueAt    sql.NullTime `db:"resubmit_due_at"`
	FirstSubmittedAt sql.NullTime `db:"first_submitted_at"`
	RequestDueAt     sql.NullTime `db:"request_due_at"`
}

func (r noticeRow) item(now time.Time, z zones) (notice.Item, error) {
	item := notice.Item{
		NotificationID: r.ID, Kind: r.Kind, TaskID: r.TaskID, RequestID: r.RequestID, AgencyName: r.AgencyName, Role: r.PostRole, PlanCode: r.PlanCode,
		DutyCode: r.DutyCode, DutyTitle: r.DutyTitle, Requested: r.Requested, PeriodKey: r.PeriodKey,
		TimeZone: r.TimeZone, CreatedAt: r.CreatedAt.UTC(), ReadAt: instant(r.ReadAt),
	}
	if r.TaskID == 0 {
		return item, nil
	}
	zone, err := z.load(r.TimeZone)
	if err != nil {
		return notice.Item{}, err
	}
	facts := task.Facts{
		State: r.State, ReviewRequired: reviewRequired(r.Review), DueAt: r.DueAt.Time.UTC(),
		ResubmitDueAt: instant(r.ResubmitDueAt), FirstSubmittedAt: instant(r.FirstSubmittedAt),
	}
	if r.RequestDueAt.Valid {
		item.DueAt = r.RequestDueAt.Time.UTC()
		return item, nil
	}
	item.DueAt = facts.EffectiveDue()
	if r.Kind == notice.Reopened && r.ResubmitDueAt.Valid {
		item.DueAt = r.ResubmitDueAt.Time.UTC()
	}
	item.DaysLate = daysLate(facts, statusAt(facts, r.PlanState, now), now, zone)
	return item, nil
}

// ListNotices gives a person's own notices, newest first. Due time and days
// late are those of the task now, not of the moment of the notice.
func (s *Store) ListNotices(ctx context.Context, actor policy.Actor, limit int, cursor string) (notice.Page, error) {
	from, err := placeOf("notices", cursor)
	if err != nil {
		return notice.Page{}, err
	}
	now, err := s.business.Now(ctx)
	if err != nil {
		return notice.Page{}, fmt.Errorf("business clock: %w", err)
	}
	limit = limitOf(limit)
	var rows []noticeRow
	page := notice.Page{}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		if err := tx.SelectContext(ctx, &rows, listNotices, actor.UserID, from.Set, from.At, from.ID, limit+1, now); err != nil {
			return fmt.Errorf("list notices: %w", err)
		}
		if err := tx.GetContext(ctx, &page.Unread, `
			SELECT count(*) FROM notifications WHERE user_id = $1 AND dropped_at IS NULL AND read_at IS NULL AND created_at <= $2`, actor.UserID, now); err != nil {
			return fmt.Errorf("count unread notices: %w", err)
		}
		return nil
	})
	if err != nil {
		return notice.Page{}, err
	}
	page.Items = make([]notice.Item, 0, min(len(rows), limit))
	z := zones{}
	for i, row := range rows {
		if i == limit {
			last := page.Items[limit-1]
			page.Next = cursorAt("notices", last.CreatedAt, last.NotificationID)
			break
		}
		item, err := row.item(now, z)
		if err != nil {
			return notice.Page{}, err
		}
		page.Items = append(page.Items, item)
	}
	return page, nil
}

// MarkNoticeRead notes when a person first read a notice of their own; reading
// it again changes nothing.
func (s *Store) MarkNoticeRead(ctx context.Context, actor policy.Actor, id int64) error {
	now, err := s.business.Now(ctx)
	if err != nil {
		return fmt.Errorf("business clock: %w", err)
	}
	var marked int64
	err = s.db.GetContext(ctx, &marked, `
		UPDATE notifications SET read_at = COALESCE(read_at, $3) WHERE id = $1 AND user_id = $2 RETURNING id`, id, actor.UserID, now)
	if errors.Is(err, sql.ErrNoRows) {
		return notFound()
	}
	if err != nil {
		return fmt.Errorf("mark notice as read: %w", err)
	}
	return nil
}
