package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/feed"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// feedUseStep is how rarely a feed's use is written down.
const feedUseStep = time.Hour

// feedTasks picks by the same rule as every list of tasks (visibleTask), then
// by the feed's own scope: $4 the actor's own agencies or NULL, $5 one agency
// or 0, $6 one plan or 0, $7 the instant from which on what is over is kept.
// An open task is over where its plan was closed before the due time. When a
// task last changed stands in the audit trail, which every change writes.
const feedTasks = `
	WITH picked AS MATERIALIZED (
		SELECT t.id FROM tasks t JOIN plans p ON p.id = t.plan_id
		WHERE ` + visibleTask + `
			AND ($4::bigint[] IS NULL OR t.agency_id = ANY ($4::bigint[]))
			AND ($5::bigint = 0 OR t.agency_id = $5)
			AND ($6::bigint = 0 OR t.plan_id = $6)
			AND ` + effectiveDue + ` >= $7
			AND (t.state NOT IN ('waived', 'cancelled') OR t.settled_at >= $7)
			AND NOT (` + closedEarly + ` AND t.closed_at < $7)
		ORDER BY ` + effectiveDue + `, t.id LIMIT $8
	)
	SELECT t.id, COALESCE(NULLIF(a.short_name, ''), a.name) AS agency_name, p.code AS plan_code, p.state AS plan_state, p.time_zone,
		d.code AS duty_code, d.mode, r.period_key, t.state, ` + effectiveDue + ` AS due_at, t.opened_at, t.submitted_at, t.closed_at, t.version,
		` + closedEarly + ` AS closed_early,
		GREATEST(t.opened_at, t.submitted_at, t.settled_at, t.closed_at, p.activated_at,
			(SELECT max(u.at) FROM audit u WHERE u.entity = 'task' AND u.entity_id = t.id),
			(SELECT max(u.at) FROM audit u WHERE u.entity = 'plan' AND u.entity_id = p.id)) AS changed_at
	FROM picked JOIN tasks t ON t.id = picked.id
	JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id
	JOIN plans p ON p.id = t.plan_id JOIN agencies a ON a.id = t.agency_id
	ORDER BY ` + effectiveDue + `, t.id`

// closedEarly is whether following ended before the result was due.
const closedEarly = `(` + owed + ` AND COALESCE(t.closed_at < ` + effectiveDue + `, false))`

type feedTaskRow struct {
	ID          int64        `db:"id"`
	AgencyName  string       `db:"agency_name"`
	PlanCode    string       `db:"plan_code"`
	PlanState   plan.State   `db:"plan_state"`
	TimeZone    string       `db:"time_zone"`
	DutyCode    string       `db:"duty_code"`
	Mode        plan.Mode    `db:"mode"`
	PeriodKey   string       `db:"period_key"`
	State       task.State   `db:"state"`
	DueAt       time.Time    `db:"due_at"`
	OpenedAt    sql.NullTime `db:"opened_at"`
	SubmittedAt sql.NullTime `db:"submitted_at"`
	ClosedAt    sql.NullTime `db:"closed_at"`
	Version     int          `db:"version"`
	ClosedEarly bool         `db:"closed_early"`
	ChangedAt   sql.NullTime `db:"changed_at"`
}

func (r feedTaskRow) entry() feed.Entry {
	return feed.Entry{
		TaskID: r.ID, AgencyName: r.AgencyName, PlanCode: r.PlanCode, DutyCode: r.DutyCode, Requested: r.Mode == plan.Requested,
		PeriodKey: r.PeriodKey, TimeZone: r.TimeZone, State: r.State, DueAt: r.DueAt.UTC(), OpenedAt: instant(r.OpenedAt),
		SubmittedAt: instant(r.SubmittedAt), ChangedAt: r.ChangedAt.Time.UTC(), Version: r.Version,
		Gone:  r.ClosedEarly || r.State == task.StateWaived || r.State == task.StateCancelled,
		Still: r.ClosedAt.Valid || r.PlanState == plan.Suspended,
	}
}

// ReadFeed gives what the feed of a token shows now. It is what its owner may
// see at this moment and never more; an unknown token, a revoked feed, a closed
// account and a scope that the owner may no longer read are all the same answer.
func (a *Accounts) ReadFeed(ctx context.Context, token string) (feed.Contents, error) {
	hash := account.HashToken(token)
	if err := a.Throttle.Feed(ctx, hash); err != nil {
		return feed.Contents{}, err
	}
	var row feedRow
	err := a.db.GetContext(ctx, &row, selectFeed+` AND f.token_hash = $1`, hash)
	if errors.Is(err, sql.ErrNoRows) {
		return feed.Contents{}, feed.None()
	}
	if err != nil {
		return feed.Contents{}, fmt.Errorf("find feed: %w", err)
	}
	owner, err := a.ActorByID(ctx, row.UserID)
	if fault.Is(err, fault.NotFound) {
		return feed.Contents{}, feed.None()
	}
	if err != nil {
		return feed.Contents{}, err
	}
	shown := row.feed(owner)
	if !shown.Readable {
		return feed.Contents{}, feed.None()
	}
	contents, err := a.feedContents(ctx, owner, shown)
	if err != nil {
		return feed.Contents{}, err
	}
	return contents, a.feedUsed(ctx, row)
}

func (s *Store) feedContents(ctx context.Context, owner policy.Actor, f feed.Feed) (feed.Contents, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return feed.Contents{}, fmt.Errorf("business clock: %w", err)
	}
	zone, err := time.LoadLocation(accountZone)
	if err != nil {
		return feed.Contents{}, fmt.Errorf("account zone: %w", err)
	}
	contents := feed.Contents{Feed: f, Language: owner.Language, Several: f.Scope == feed.Plan}
	var mine []int64
	if f.Scope == feed.Person {
		mine = owner.At(policy.FocalPoint, policy.Head)
		contents.Several = len(mine) > 1
	}
	// A whole day, so that within one day the same tasks give the same bytes.
	since := calendar.DateOf(now, zone).In(zone).Add(-feed.Kept)
	var rows []feedTaskRow
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		args, err := scopedWide(ctx, tx, owner, arrayOrNull(mine), f.AgencyID, f.PlanID, since, feed.MaxEntries)
		if err != nil {
			return err
		}
		if err := tx.SelectContext(ctx, &rows, feedTasks, args...); err != nil {
			return fmt.Errorf("read tasks of a feed: %w", err)
		}
		return nil
	})
	if err != nil {
		return feed.Contents{}, err
	}
	contents.Entries = make([]feed.Entry, len(rows))
	for i, row := range rows {
		contents.Entries[i] = row.entry()
	}
	return contents, nil
}

// feedUsed writes down that a feed is used, so that its owner can tell the ones
// that are not.
func (s *Store) feedUsed(ctx context.Context, row feedRow) error {
	wall := s.wall()
	if row.LastUsedAt.Valid && wall.Sub(row.LastUsedAt.Time) < feedUseStep {
		return nil
	}
	// Of many fetches at once, one writes.
	if _, err := s.db.ExecContext(ctx, `
		UPDATE calendar_feeds SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3) AND revoked_at IS NULL`,
		row.ID, wall, wall.Add(-feedUseStep)); err != nil {
		return fmt.Errorf("keep use of feed: %w", err)
	}
	return nil
}
