package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

type handsRow struct {
	ID           int64        `db:"id"`
	TaskID       int64        `db:"task_id"`
	UserID       int64        `db:"user_id"`
	UserName     string       `db:"user_name"`
	Reason       string       `db:"reason"`
	HandedAt     time.Time    `db:"handed_at"`
	HandedByName string       `db:"handed_by_name"`
	EndedAt      sql.NullTime `db:"ended_at"`
	EndedByName  string       `db:"ended_by_name"`
	EndReason    string       `db:"end_reason"`
}

const selectHandover = `
	SELECT h.id, h.task_id, h.user_id, u.name AS user_name, h.reason, h.handed_at, b.name AS handed_by_name,
		h.ended_at, COALESCE(e.name, '') AS ended_by_name, h.end_reason
	FROM handovers h JOIN users u ON u.id = h.user_id JOIN users b ON b.id = h.handed_by LEFT JOIN users e ON e.id = h.ended_by`

func (r handsRow) handover() task.Handover {
	return task.Handover{
		ID: r.ID, TaskID: r.TaskID, UserID: r.UserID, UserName: r.UserName, Reason: r.Reason, HandedAt: r.HandedAt.UTC(),
		HandedByName: r.HandedByName, EndedAt: instant(r.EndedAt), EndedByName: r.EndedByName, EndReason: r.EndReason,
	}
}

func runningHandover(ctx context.Context, tx *sqlx.Tx, taskID int64) (task.Handover, error) {
	return oneHandover(ctx, tx, ` WHERE h.task_id = $1 AND h.ended_at IS NULL`, taskID)
}

func handoverByID(ctx context.Context, tx *sqlx.Tx, id int64) (task.Handover, error) {
	return oneHandover(ctx, tx, ` WHERE h.id = $1`, id)
}

func oneHandover(ctx context.Context, tx *sqlx.Tx, where string, id int64) (task.Handover, error) {
	var row handsRow
	if err := tx.GetContext(ctx, &row, selectHandover+where, id); err != nil {
		return task.Handover{}, fmt.Errorf("read handover: %w", err)
	}
	return row.handover(), nil
}

// hasInHand is true for a task t that somebody has in hand who works at its
// agency on a day: whoever has left, or lost the post, has nothing in hand. It is
// filled with the day and a further condition on the handover h.
const hasInHand = `EXISTS (
	SELECT 1 FROM handovers h JOIN users hu ON hu.id = h.user_id AND hu.active
	JOIN memberships hm ON hm.user_id = hu.id AND hm.agency_id = t.agency_id AND hm.role IN ('focal_point', 'head')
		AND hm.substitution_id IS NULL AND %[1]s BETWEEN hm.valid_from_on AND hm.valid_to_on
	WHERE h.task_id = t.id AND h.ended_at IS NULL%[2]s)`

// TaskHands tells in whose hands a task is and was, and whom to speak with, to
// the agency's own people, to whoever urges or receives; for everybody else
// who sees the task it names nobody.
func (s *Store) TaskHands(ctx context.Context, actor policy.Actor, taskID int64) (task.Hands, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return task.Hands{}, fmt.Errorf("business clock: %w", err)
	}
	hands := task.Hands{Handovers: []task.Handover{}, Responsible: []task.Responsible{}}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		var row taskRow
		err := tx.GetContext(ctx, &row, findTask, scoped(actor, taskID)...)
		if errors.Is(err, sql.ErrNoRows) {
			return notFound()
		}
		if err != nil {
			return fmt.Errorf("read task: %w", err)
		}
		if !policy.SeeResponsible(actor, row.relation()) {
			return nil
		}
		hands.MayHandOver = policy.HandOverTask(actor, row.relation()) && row.State.Owed() && !row.ClosedAt.Valid
		var rows []handsRow
		if err := tx.SelectContext(ctx, &rows, selectHandover+` WHERE h.task_id = $1 ORDER BY h.id DESC`, taskID); err != nil {
			return fmt.Errorf("read handovers: %w", err)
		}
		own := policy.SubmitTask(actor, row.relation())
		for _, r := range rows {
			if !own {
				// Why is the agency's own affair.
				r.Reason, r.EndReason = "", ""
			}
			hands.Handovers = append(hands.Handovers, r.handover())
		}
		hands.Responsible, err = responsibleFor(ctx, tx, row.ID, now)
		return err
	})
	return hands, err
}

// inHand is who has the task in hand; why is the agency's own affair.
func inHand(ctx context.Context, tx *sqlx.Tx, row taskRow, own bool) (*task.Handover, error) {
	running, err := runningHandover(ctx, tx, row.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // nobody in particular
	}
	if err != nil {
		return nil, err
	}
	if !own {
		running.Reason = ""
	}
	return &running, nil
}

// responsibleFor lists whoever has the task in hand, else the focal points, then the heads.
func responsibleFor(ctx context.Context, tx *sqlx.Tx, taskID int64, now time.Time) ([]task.Responsible, error) {
	var rows []struct {
		UserID   int64  `db:"user_id"`
		Name     string `db:"name"`
		Phone    string `db:"phone"`
		Role     string `db:"role"`
		For      string `db:"stands_in_for"`
		Assigned bool   `db:"assigned"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		WITH person AS (
			SELECT u.id AS user_id, u.name, u.phone, m.role, COALESCE(f.name, '') AS stands_in_for,
				COALESCE(h.user_id = COALESCE(q.user_id, u.id), false) AS assigned
			FROM tasks t JOIN memberships m ON m.agency_id = t.agency_id AND m.role IN ('focal_point', 'head')
				AND `+businessDay+` BETWEEN m.valid_from_on AND m.valid_to_on
			JOIN users u ON u.id = m.user_id AND u.active
			LEFT JOIN handovers h ON h.task_id = t.id AND h.ended_at IS NULL
			LEFT JOIN substitutions q ON q.id = m.substitution_id LEFT JOIN users f ON f.id = q.user_id
			WHERE t.id = $2
		)
		SELECT * FROM person WHERE assigned OR role = 'head' OR NOT EXISTS (SELECT 1 FROM person WHERE assigned)
		ORDER BY NOT assigned, role, name, user_id`, now, taskID); err != nil {
		return nil, fmt.Errorf("read who is responsible: %w", err)
	}
	people := make([]task.Responsible, len(rows))
	for i, r := range rows {
		people[i] = task.Responsible{UserID: r.UserID, Name: r.Name, Phone: r.Phone, Role: r.Role, Assigned: r.Assigned, For: r.For}
	}
	return people, nil
}
