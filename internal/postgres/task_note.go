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

// NoteTask keeps a supervisor's note on a task, in whatever state it is. Its trace
// in the audit trail is an entity of its own, so that the task's history, which the
// unit reads, says nothing of it. For everybody who may not write notes they do
// not exist: NotFound.
func (s *Store) NoteTask(ctx context.Context, actor policy.Actor, in task.NoteInput) (task.Note, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Note{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Note, error) {
		t, err := noted(ctx, tx, actor, in.TaskID)
		if err != nil {
			return task.Note{}, err
		}
		agency := t.ReviewerID
		if !actor.HasAt(t.ReviewerID, policy.Supervisor) {
			agency = t.IssuerID
		}
		var id int64
		if err := tx.GetContext(ctx, &id, `
			INSERT INTO task_notes (task_id, agency_id, text, noted_at, noted_by) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
			t.ID, agency, in.Text, now, actor.UserID); err != nil {
			return task.Note{}, fmt.Errorf("keep note: %w", err)
		}
		if err := s.record(ctx, tx, actor, now, change{
			Action: "task.noted", Entity: "task_note", EntityID: id, OnBehalf: agency,
			After: map[string]any{"task": t.ID, "text_sha256": digest(in.Text)},
		}); err != nil {
			return task.Note{}, err
		}
		notes, err := notesOf(ctx, tx, `n.id = $1`, id)
		if err != nil {
			return task.Note{}, err
		}
		return notes[0], nil
	})
}

// TaskNotes gives the notes on a task, the newest first. Faults: NotFound for
// whoever may not see the task, or not its notes.
func (s *Store) TaskNotes(ctx context.Context, actor policy.Actor, taskID int64) ([]task.Note, error) {
	var notes []task.Note
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		if _, err := noted(ctx, tx, actor, taskID); err != nil {
			return err
		}
		var err error
		notes, err = notesOf(ctx, tx, `n.task_id = $1`, taskID)
		return err
	})
	return notes, err
}

// noted finds the task for those who write and read its notes.
func noted(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, taskID int64) (lockedTask, error) {
	var t lockedTask
	err := tx.GetContext(ctx, &t, lockedTasks+` WHERE t.id = $1`, taskID)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !(policy.SeeTask(actor, t.relation()) && policy.NoteTask(actor, t.relation())) {
		return t, notFound()
	}
	if err != nil {
		return t, fmt.Errorf("find task: %w", err)
	}
	return t, nil
}

func notesOf(ctx context.Context, tx *sqlx.Tx, which string, id int64) ([]task.Note, error) {
	var rows []struct {
		ID      int64     `db:"id"`
		Agency  string    `db:"agency"`
		Text    string    `db:"text"`
		NotedAt time.Time `db:"noted_at"`
		NotedBy string    `db:"noted_by"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT n.id, a.name AS agency, n.text, n.noted_at, u.name AS noted_by
		FROM task_notes n JOIN agencies a ON a.id = n.agency_id JOIN users u ON u.id = n.noted_by WHERE `+which+` ORDER BY n.id DESC`, id); err != nil {
		return nil, fmt.Errorf("read notes: %w", err)
	}
	notes := make([]task.Note, len(rows))
	for i, r := range rows {
		notes[i] = task.Note{ID: r.ID, AgencyName: r.Agency, Text: r.Text, NotedAt: r.NotedAt.UTC(), NotedByName: r.NotedBy}
	}
	return notes, nil
}
