package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

const lockMany = lockedTasks + `
	WHERE t.id = ANY ($1) ORDER BY t.id FOR UPDATE OF t`

// lockAll locks many tasks for one act. Rounds come first and both in the order
// of their ids, so that neither running a round nor another such act waits in a
// circle.
func lockAll(ctx context.Context, tx *sqlx.Tx, ids []int64) (map[int64]lockedTask, error) {
	if err := holdCalendar(ctx, tx); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, `
		SELECT 1 FROM rounds WHERE id IN (SELECT round_id FROM tasks WHERE id = ANY ($1)) ORDER BY id FOR NO KEY UPDATE`, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("hold rounds: %w", err)
	}
	var rows []lockedTask
	if err := tx.SelectContext(ctx, &rows, lockMany, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("lock tasks: %w", err)
	}
	locked := make(map[int64]lockedTask, len(rows))
	for _, t := range rows {
		locked[t.ID] = t
	}
	return locked, nil
}

// judge says of each task whether the act is taken from the actor: the ids of
// those that pass, and an outcome for each one asked, in the order asked. Where
// not one is the actor's to act on, and the actor may stand in for somebody
// whose they are, the whole is refused, so that it is tried for them.
func judge(actor policy.Actor, ids []int64, locked map[int64]lockedTask, check func(i int, t lockedTask) error) (pass []int64, outcomes []task.Outcome, err error) {
	pass, outcomes = []int64{}, make([]task.Outcome, len(ids))
	for i, id := range ids {
		outcomes[i].TaskID = id
		t, found := locked[id]
		if !found || !policy.SeeTask(actor, t.relation()) {
			outcomes[i].Fault = fault.Of(notFound())
			continue
		}
		if err := check(i, t); err != nil {
			var f *fault.Fault
			if !errors.As(err, &f) {
				return nil, nil, err
			}
			outcomes[i].Fault = f
			continue
		}
		pass = append(pass, id)
	}
	if actor.More && len(pass) == 0 && !slices.ContainsFunc(outcomes, func(o task.Outcome) bool {
		return o.Fault.Kind != fault.Forbidden && o.Fault.Kind != fault.NotFound
	}) {
		return nil, nil, outcomes[0].Fault
	}
	return pass, outcomes, nil
}

// AcceptMany accepts up to task.MaxAtOnce results. Each is decided on its own:
// those that may be accepted are, in one transaction, and the others' outcomes
// say why not.
func (s *Store) AcceptMany(ctx context.Context, actor policy.Actor, items []task.AcceptItem) ([]task.Outcome, error) {
	ids := make([]int64, len(items))
	for i, item := range items {
		ids[i] = item.TaskID
	}
	if err := task.CheckMany("items", ids); err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(items, func(item task.AcceptItem) bool { return item.Version < 1 }); i >= 0 {
		return nil, fault.New(fault.Invalid, "version.required",
			"Gửi kèm phiên bản đã đọc của từng việc.", "Give the version of each task as it was read.").At(fmt.Sprintf("items[%d].version", i))
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) ([]task.Outcome, error) {
		locked, err := lockAll(ctx, tx, ids)
		if err != nil {
			return nil, err
		}
		pass, outcomes, err := judge(actor, ids, locked, func(i int, t lockedTask) error {
			if err := t.checkAct(items[i].Version); err != nil {
				return err
			}
			if err := t.checkReviewer(actor); err != nil {
				return err
			}
			return task.CheckMove(t.State, task.StateAccepted)
		})
		if err != nil {
			return nil, err
		}
		if len(pass) == 0 {
			return outcomes, nil
		}
		if err := s.acceptLocked(ctx, tx, actor, pass, now); err != nil {
			return nil, err
		}
		for i := range outcomes {
			if outcomes[i].Fault == nil {
				outcomes[i].Version = locked[outcomes[i].TaskID].Version + 1
			}
		}
		return outcomes, nil
	})
}

// acceptLocked does for many tasks what accept does for one.
func (s *Store) acceptLocked(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, ids []int64, now time.Time) error {
	var accepted int
	if err := tx.GetContext(ctx, &accepted, `
		WITH moved AS (
			UPDATE tasks SET state = 'accepted', settled_at = $2, version = version + 1
			WHERE id = ANY ($1) AND state = 'submitted' RETURNING id, round_id, submissions, reviewer_id
		), decided AS (
			INSERT INTO reviews (submission_id, task_id, decision, decided_at, decided_by)
			SELECT b.id, moved.id, 'accept', $2, $3 FROM moved JOIN submissions b ON b.task_id = moved.id AND b.number = moved.submissions
			RETURNING submission_id
		), trail AS (
			INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, before, after)
			SELECT $2, $4, $3, reviewer_id, 'task.accepted', 'task', id, '{"state": "submitted"}', '{"state": "accepted"}' FROM moved ORDER BY id
		), nudged AS (
			INSERT INTO outbox (workflow, kind, created_at) SELECT DISTINCT 'round:' || round_id, 'task.accepted', $2::timestamptz FROM moved
		)
		SELECT count(*) FROM decided`, pq.Array(ids), now, actor.UserID, s.wall()); err != nil {
		return fmt.Errorf("accept many: %w", err)
	}
	if accepted != len(ids) {
		return fmt.Errorf("accepted %d of %d locked tasks", accepted, len(ids))
	}
	return nil
}
