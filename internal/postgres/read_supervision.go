package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

type contestRow struct {
	ID              int64          `db:"id"`
	TaskID          int64          `db:"task_id"`
	ReviewID        int64          `db:"review_id"`
	Number          int            `db:"number"`
	ReviewReason    string         `db:"review_reason"`
	ReviewedAt      time.Time      `db:"reviewed_at"`
	Reason          string         `db:"reason"`
	ContestedAt     time.Time      `db:"contested_at"`
	ContestedByName string         `db:"contested_by_name"`
	Outcome         sql.NullString `db:"outcome"`
	Answer          string         `db:"answer"`
	DecidedAt       sql.NullTime   `db:"decided_at"`
	DecidedByName   string         `db:"decided_by_name"`
}

const selectContests = `
	SELECT c.id, c.task_id, c.review_id, b.number, w.reason AS review_reason, w.decided_at AS reviewed_at, c.reason, c.contested_at,
		u.name AS contested_by_name, c.outcome, c.answer, c.decided_at, COALESCE(x.name, '') AS decided_by_name
	FROM contests c JOIN reviews w ON w.id = c.review_id JOIN submissions b ON b.id = w.submission_id
	JOIN tasks t ON t.id = c.task_id JOIN plans p ON p.id = t.plan_id
	JOIN users u ON u.id = c.contested_by LEFT JOIN users x ON x.id = c.decided_by`

func (r contestRow) contest() task.Contest {
	return task.Contest{
		ID: r.ID, TaskID: r.TaskID, ReviewID: r.ReviewID, SubmissionNumber: r.Number, ReviewReason: r.ReviewReason,
		ReviewedAt: r.ReviewedAt.UTC(), Reason: r.Reason, ContestedAt: r.ContestedAt.UTC(), ContestedByName: r.ContestedByName,
		Outcome: task.ContestOutcome(r.Outcome.String), Answer: r.Answer, DecidedAt: instant(r.DecidedAt), DecidedByName: r.DecidedByName,
	}
}

func findContest(ctx context.Context, tx *sqlx.Tx, id int64) (task.Contest, error) {
	var row contestRow
	if err := tx.GetContext(ctx, &row, selectContests+` WHERE c.id = $1`, id); err != nil {
		return task.Contest{}, fmt.Errorf("read contest: %w", err)
	}
	return row.contest(), nil
}

// ListContests gives the objections that wait for a decision and that the actor
// may see, the oldest first.
func (s *Store) ListContests(ctx context.Context, actor policy.Actor, limit int, cursor string) (task.ContestPage, error) {
	from, err := placeOf("contests", cursor)
	if err != nil {
		return task.ContestPage{}, err
	}
	limit = limitOf(limit)
	var rows []contestRow
	if err := s.db.SelectContext(ctx, &rows, selectContests+`
		WHERE c.outcome IS NULL AND p.state IN ('active', 'suspended') AND `+visibleTask+`
			AND (NOT $4::boolean OR (c.contested_at, c.id) > ($5::timestamptz, $6::bigint))
		ORDER BY c.contested_at, c.id LIMIT $7`, scoped(actor, from.Set, from.At, from.ID, limit+1)...); err != nil {
		return task.ContestPage{}, fmt.Errorf("list contests: %w", err)
	}
	page := task.ContestPage{Contests: make([]task.Contest, 0, min(len(rows), limit))}
	for i, row := range rows {
		if i == limit {
			last := page.Contests[limit-1]
			page.Next = cursorAt("contests", last.ContestedAt, last.ID)
			break
		}
		page.Contests = append(page.Contests, row.contest())
	}
	return page, nil
}

// TaskSupervision gives everything that supervisors and plan authorities did
// around a task, and what the actor may do now. A task that the actor may not see is not found.
func (s *Store) TaskSupervision(ctx context.Context, actor policy.Actor, taskID int64) (task.Supervision, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return task.Supervision{}, fmt.Errorf("business clock: %w", err)
	}
	answer := task.Supervision{Contests: []task.Contest{}, Reopenings: []task.Reopening{}, Urgings: []task.Urging{}}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		var t lockedTask
		err := tx.GetContext(ctx, &t, lockedTasks+` WHERE t.id = $1`, taskID)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !policy.SeeTask(actor, t.relation()) {
			return notFound()
		}
		if err != nil {
			return fmt.Errorf("find task: %w", err)
		}
		var contests []contestRow
		if err := tx.SelectContext(ctx, &contests, selectContests+` WHERE c.task_id = $1 ORDER BY c.id DESC`, taskID); err != nil {
			return fmt.Errorf("read contests: %w", err)
		}
		for _, row := range contests {
			answer.Contests = append(answer.Contests, row.contest())
		}
		if answer.Reopenings, err = reopeningsOf(ctx, tx, taskID); err != nil {
			return err
		}
		if answer.Urgings, err = urgingsOf(ctx, tx, taskID); err != nil {
			return err
		}
		return s.mayAround(ctx, tx, actor, t, now, &answer)
	})
	return answer, err
}

// mayAround says which acts around the task would be taken from the actor now.
func (s *Store) mayAround(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, now time.Time, answer *task.Supervision) error {
	if refused := t.checkAct(0); refused != nil {
		return nil //nolint:nilerr // what is refused now may simply not be done
	}
	answer.MayUrge = t.checkUrge(actor, task.UrgeInput{}, now) == nil
	_, refused := t.reopened()
	answer.MayReopen = refused == nil && policy.ReopenTask(actor, t.relation())
	answer.MayDecide = policy.DecideContest(actor, t.relation()) &&
		slices.ContainsFunc(answer.Contests, func(c task.Contest) bool { return c.Outcome == "" })
	if !policy.ContestReview(actor, t.relation()) {
		return nil
	}
	_, err := s.contestable(ctx, tx, t, now)
	if err != nil && fault.Of(err) == nil {
		return err
	}
	answer.MayContest = err == nil
	return nil
}

func reopeningsOf(ctx context.Context, tx *sqlx.Tx, taskID int64) ([]task.Reopening, error) {
	var rows []struct {
		ID         int64      `db:"id"`
		From       task.State `db:"state_from"`
		Reason     string     `db:"reason"`
		DueAt      time.Time  `db:"due_at"`
		ReopenedAt time.Time  `db:"reopened_at"`
		Name       string     `db:"name"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT o.id, o.state_from, o.reason, o.due_at, o.reopened_at, u.name
		FROM reopenings o JOIN users u ON u.id = o.reopened_by WHERE o.task_id = $1 ORDER BY o.id DESC`, taskID); err != nil {
		return nil, fmt.Errorf("read reopenings: %w", err)
	}
	list := make([]task.Reopening, len(rows))
	for i, r := range rows {
		list[i] = task.Reopening{ID: r.ID, From: r.From, Reason: r.Reason, DueAt: r.DueAt.UTC(), ReopenedAt: r.ReopenedAt.UTC(), ReopenedByName: r.Name}
	}
	return list, nil
}

func urgingsOf(ctx context.Context, tx *sqlx.Tx, taskID int64) ([]task.Urging, error) {
	var rows []struct {
		ID         int64         `db:"id"`
		Kind       task.UrgeKind `db:"kind"`
		Message    string        `db:"message"`
		WithWhom   string        `db:"with_whom"`
		PromisedOn sql.NullTime  `db:"promised_on"`
		UrgedAt    time.Time     `db:"urged_at"`
		NotedAt    time.Time     `db:"noted_at"`
		Name       string        `db:"name"`
		Recipients int           `db:"recipients"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT g.id, g.kind, g.message, g.with_whom, g.promised_on, g.urged_at, g.noted_at, u.name, k.recipients
		FROM urging_tasks k JOIN urgings g ON g.id = k.urging_id JOIN users u ON u.id = g.noted_by
		WHERE k.task_id = $1 ORDER BY g.id DESC`, taskID); err != nil {
		return nil, fmt.Errorf("read urgings: %w", err)
	}
	list := make([]task.Urging, len(rows))
	for i, r := range rows {
		list[i] = task.Urging{
			ID: r.ID, Kind: r.Kind, Message: r.Message, WithWhom: r.WithWhom, UrgedAt: r.UrgedAt.UTC(), NotedAt: r.NotedAt.UTC(),
			NotedByName: r.Name, Recipients: r.Recipients,
		}
		if r.PromisedOn.Valid {
			list[i].PromisedOn = civil(r.PromisedOn.Time)
		}
	}
	return list, nil
}
