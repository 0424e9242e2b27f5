package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/consolidation"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// CommentInput says something to a unit about a report that is summed up; the unit
// is told in the morning. Faults: NotFound where the actor may not see the
// consolidator's task, where it sums up nothing, or not that report; Forbidden for
// others than the people of the agency that sums up.
func (s *Store) CommentInput(ctx context.Context, actor policy.Actor, in task.CommentInput) (task.Comment, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Comment{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Comment, error) {
		row, err := seenRow(ctx, tx, actor, in.TaskID)
		if err != nil {
			return task.Comment{}, err
		}
		if !policy.CommentInputs(actor, row.relation()) {
			return task.Comment{}, fault.New(fault.Forbidden, "comment.not_yours",
				"Chỉ cơ quan tổng hợp được góp ý báo cáo của đơn vị.", "Only the agency that sums up may comment on a unit's report.")
		}
		submission, err := commented(ctx, tx, in)
		if err != nil {
			return task.Comment{}, err
		}
		var id int64
		if err := tx.GetContext(ctx, &id, `
			INSERT INTO consolidation_comments (task_id, submission_id, consolidator_id, text, written_at, written_by)
			VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`, in.InputID, submission, in.TaskID, in.Text, now, actor.UserID); err != nil {
			return task.Comment{}, fmt.Errorf("keep comment: %w", err)
		}
		if err := s.record(ctx, tx, actor, now, change{
			Action: "task.commented", Entity: "task", EntityID: in.InputID, OnBehalf: row.AgencyID,
			After: map[string]any{"comment": id, "consolidator": in.TaskID, "text_sha256": digest(in.Text)},
		}); err != nil {
			return task.Comment{}, err
		}
		if _, err := tellNow(ctx, tx, announcement{
			kind: notice.Commented, cause: fmt.Sprintf("commented:%d", id), tasks: []int64{in.InputID}, sides: []side{sideUnit}, standing: true, morning: true,
		}, now); err != nil {
			return task.Comment{}, err
		}
		comments, err := commentsWhere(ctx, tx, `m.id = $1`, id)
		if err != nil {
			return task.Comment{}, err
		}
		return comments[0], nil
	})
}

// commented is the version of the input that the comment is about: the newest one.
func commented(ctx context.Context, tx *sqlx.Tx, in task.CommentInput) (sql.NullInt64, error) {
	var submission sql.NullInt64
	c, err := mustConsolidate(ctx, tx, in.TaskID)
	if err != nil {
		return submission, err
	}
	windows, err := c.inputRounds(ctx, tx)
	if err != nil {
		return submission, err
	}
	var inputs []int64
	if err := tx.SelectContext(ctx, &inputs, `
		SELECT id FROM tasks WHERE id = $1 AND round_id = ANY ($2) AND recipient_id = $3`, in.InputID, pq.Array(roundsOf(windows)), c.AgencyID); err != nil {
		return submission, fmt.Errorf("find input: %w", err)
	}
	if len(inputs) == 0 {
		return submission, notFound()
	}
	if err := tx.GetContext(ctx, &submission, `
		SELECT max(id) FROM submissions WHERE task_id = $1 AND withdrawn_at IS NULL`, in.InputID); err != nil {
		return submission, fmt.Errorf("find version: %w", err)
	}
	return submission, nil
}

func commentsWhere(ctx context.Context, tx *sqlx.Tx, which string, args ...any) ([]task.Comment, error) {
	var rows []struct {
		ID           int64     `db:"id"`
		TaskID       int64     `db:"task_id"`
		Consolidator int64     `db:"consolidator_id"`
		Number       int       `db:"number"`
		Agency       string    `db:"agency_name"`
		By           string    `db:"by_name"`
		At           time.Time `db:"written_at"`
		Text         string    `db:"text"`
		DutyCode     string    `db:"duty_code"`
		PeriodKey    string    `db:"period_key"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT m.id, m.task_id, m.consolidator_id, COALESCE(b.number, 0) AS number, a.name AS agency_name, u.name AS by_name, m.written_at, m.text,
			d.code AS duty_code, r.period_key
		FROM consolidation_comments m JOIN tasks c ON c.id = m.consolidator_id JOIN agencies a ON a.id = c.agency_id JOIN users u ON u.id = m.written_by
		JOIN duties d ON d.id = c.duty_id JOIN rounds r ON r.id = c.round_id LEFT JOIN submissions b ON b.id = m.submission_id
		WHERE `+which+` ORDER BY m.id`, args...); err != nil {
		return nil, fmt.Errorf("read comments: %w", err)
	}
	comments := make([]task.Comment, len(rows))
	for i, r := range rows {
		comments[i] = task.Comment{
			ID: r.ID, TaskID: r.TaskID, ConsolidatorID: r.Consolidator, Number: r.Number, AgencyName: r.Agency, WrittenBy: r.By, WrittenAt: r.At.UTC(),
			Text: r.Text, DutyCode: r.DutyCode, PeriodKey: r.PeriodKey,
		}
	}
	return comments, nil
}

// addComments gives each input what this consolidator has said about it.
func (c *consolidator) addComments(ctx context.Context, tx *sqlx.Tx, inputs []consolidation.Input) error {
	comments, err := commentsWhere(ctx, tx, `m.consolidator_id = $1`, c.TaskID)
	if err != nil {
		return err
	}
	for _, comment := range comments {
		if i := slices.IndexFunc(inputs, func(in consolidation.Input) bool { return in.TaskID == comment.TaskID }); i >= 0 {
			inputs[i].Comments = append(inputs[i].Comments, comment)
		}
	}
	return nil
}
