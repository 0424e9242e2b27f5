package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/feed"
	"dondoc/internal/policy"
)

type feedRow struct {
	ID         int64        `db:"id"`
	UserID     int64        `db:"user_id"`
	Scope      feed.Scope   `db:"scope"`
	AgencyID   int64        `db:"agency_id"`
	AgencyName string       `db:"agency_name"`
	PlanID     int64        `db:"plan_id"`
	PlanCode   string       `db:"plan_code"`
	PlanTitle  string       `db:"plan_title"`
	CreatedAt  time.Time    `db:"created_at"`
	LastUsedAt sql.NullTime `db:"last_used_at"`
}

const selectFeed = `
	SELECT f.id, f.user_id, f.scope, COALESCE(f.agency_id, 0) AS agency_id, COALESCE(a.name, '') AS agency_name,
		COALESCE(f.plan_id, 0) AS plan_id, COALESCE(p.code, '') AS plan_code, COALESCE(p.title, '') AS plan_title,
		f.created_at, f.last_used_at
	FROM calendar_feeds f LEFT JOIN agencies a ON a.id = f.agency_id LEFT JOIN plans p ON p.id = f.plan_id
	WHERE f.revoked_at IS NULL`

// feed is the row as its owner sees it now.
func (r feedRow) feed(owner policy.Actor) feed.Feed {
	return feed.Feed{
		ID: r.ID, Scope: r.Scope, AgencyID: r.AgencyID, AgencyName: r.AgencyName, PlanID: r.PlanID, PlanCode: r.PlanCode,
		PlanTitle: r.PlanTitle, CreatedAt: r.CreatedAt.UTC(), LastUsedAt: instant(r.LastUsedAt),
		Readable: policy.Subscribe(owner, r.AgencyID),
	}
}

// CreateFeed makes a calendar feed. Its address is in this answer and nowhere
// else, not even in the answer that is kept for a repeat of the request.
func (a *Accounts) CreateFeed(ctx context.Context, actor policy.Actor, wanted feed.Wanted) (feed.Created, error) {
	if err := wanted.Check(); err != nil {
		return feed.Created{}, err
	}
	if !policy.Subscribe(actor, wanted.AgencyID) {
		return feed.Created{}, notFound()
	}
	token, hash := account.NewToken()
	var made int64
	created, err := act(ctx, a.Store, actor, func(tx *sqlx.Tx, now time.Time) (feed.Feed, error) {
		if err := roomForFeed(ctx, tx, actor); err != nil {
			return feed.Feed{}, err
		}
		if wanted.PlanID != 0 {
			if err := seePlan(ctx, tx, actor, wanted.PlanID); err != nil {
				return feed.Feed{}, err
			}
		}
		if err := tx.GetContext(ctx, &made, `
			INSERT INTO calendar_feeds (user_id, scope, agency_id, plan_id, token_hash, created_at)
			VALUES ($1, $2, NULLIF($3::bigint, 0), NULLIF($4::bigint, 0), $5, $6) RETURNING id`,
			actor.UserID, wanted.Scope, wanted.AgencyID, wanted.PlanID, hash, a.wall()); err != nil {
			return feed.Feed{}, fmt.Errorf("make feed: %w", err)
		}
		var row feedRow
		if err := tx.GetContext(ctx, &row, selectFeed+` AND f.id = $1`, made); err != nil {
			return feed.Feed{}, fmt.Errorf("read feed: %w", err)
		}
		return row.feed(actor), a.record(ctx, tx, actor, now, change{
			Action: "feed.created", Entity: "feed", EntityID: made, After: wanted.Facts(),
		})
	})
	if err != nil {
		return feed.Created{}, err
	}
	answer := feed.Created{Feed: created}
	if created.ID == made { // not the kept answer of an earlier request
		answer.Address = feed.Address(a.BaseURL, token)
	}
	return answer, nil
}

// roomForFeed holds a person's feeds to their number, also against requests at once.
func roomForFeed(ctx context.Context, tx *sqlx.Tx, actor policy.Actor) error {
	if _, err := tx.ExecContext(ctx, `SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE`, actor.UserID); err != nil {
		return fmt.Errorf("lock account: %w", err)
	}
	var live int
	if err := tx.GetContext(ctx, &live, `
		SELECT count(*) FROM calendar_feeds WHERE user_id = $1 AND revoked_at IS NULL`, actor.UserID); err != nil {
		return fmt.Errorf("count feeds: %w", err)
	}
	if live >= feed.MaxFeeds {
		return fault.New(fault.Conflict, "feed.too_many",
			"Mỗi người có nhiều nhất %d lịch. Thu hồi một lịch không dùng nữa rồi tạo lại.",
			"A person has at most %d calendars. Revoke one that is not used any more, then try again.", feed.MaxFeeds)
	}
	return nil
}

// ListFeeds gives the actor's own live feeds, the oldest first.
func (s *Store) ListFeeds(ctx context.Context, actor policy.Actor) ([]feed.Feed, error) {
	var rows []feedRow
	if err := s.db.SelectContext(ctx, &rows, selectFeed+` AND f.user_id = $1 ORDER BY f.id`, actor.UserID); err != nil {
		return nil, fmt.Errorf("list feeds: %w", err)
	}
	feeds := make([]feed.Feed, len(rows))
	for i, row := range rows {
		feeds[i] = row.feed(actor)
	}
	return feeds, nil
}

// RevokeFeed ends one of the actor's own feeds for good; ending an ended one
// changes nothing.
func (s *Store) RevokeFeed(ctx context.Context, actor policy.Actor, id int64) error {
	_, err := act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (struct{}, error) {
		var own bool
		if err := tx.GetContext(ctx, &own, `
			SELECT EXISTS (SELECT 1 FROM calendar_feeds WHERE id = $1 AND user_id = $2)`, id, actor.UserID); err != nil {
			return struct{}{}, fmt.Errorf("find feed: %w", err)
		}
		if !own {
			return struct{}{}, notFound()
		}
		return struct{}{}, s.revokeFeeds(ctx, tx, actor, now, actor.UserID, id)
	})
	return err
}

// revokeFeeds ends one feed of a person, or with id 0 all of them. Whatever
// closes an account calls it in its own transaction: a fetch finds a closed
// account's feeds dead in any case, and so they stay dead if it is opened again.
func (s *Store) revokeFeeds(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, now time.Time, userID, id int64) error {
	if _, err := tx.ExecContext(ctx, `
		WITH revoked AS (
			UPDATE calendar_feeds SET revoked_at = $4 WHERE user_id = $1 AND ($2::bigint = 0 OR id = $2) AND revoked_at IS NULL RETURNING id
		)
		INSERT INTO audit (at, recorded_at, actor_id, action, entity, entity_id)
		SELECT $3, $4, NULLIF($5::bigint, 0), 'feed.revoked', 'feed', id FROM revoked`,
		userID, id, now, s.wall(), actor.UserID); err != nil {
		return fmt.Errorf("revoke feeds: %w", err)
	}
	return nil
}
