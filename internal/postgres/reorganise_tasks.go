package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"dondoc/internal/agency"
	"dondoc/internal/task"
)

// openTask is an unsettled task of an agency that ends.
type openTask struct {
	ID       int64      `db:"id"`
	RoundID  int64      `db:"round_id"`
	AgencyID int64      `db:"agency_id"`
	State    task.State `db:"state"`
	Review   string     `db:"review"`
	Heir     int64      `db:"heir"`
	Drafted  bool       `db:"drafted"`
	Plan     string     `db:"plan"`
	Duty     string     `db:"duty"`
	Period   string     `db:"period_key"`
	From     string     `db:"from_code"`
	To       string     `db:"to_code"`
}

// ofEnding finds the unsettled tasks that the file concerns. What a closed round
// left as "not done, overdue" is history.
const ofEnding = `
	FROM tasks t JOIN plans p ON p.id = t.plan_id AND p.state IN ('active', 'suspended')
	JOIN duties d ON d.id = t.duty_id JOIN rounds r ON r.id = t.round_id
	WHERE t.state IN ('scheduled', 'open', 'prepared', 'returned', 'submitted') AND t.closed_at IS NULL
		AND (t.agency_id = ANY ($1) OR EXISTS (SELECT 1 FROM duty_successions o
			WHERE o.predecessor_id = t.agency_id AND o.duty_id = t.duty_id AND o.reorganisation_id = $2))`

// tasks moves what is owed to the successors: of one round one task goes on, the
// others are cancelled and name it. What was sent stays with who sent it.
func (r *reorganising) tasks(ctx context.Context) error {
	if _, err := r.tx.ExecContext(ctx, `
		SELECT id FROM rounds WHERE id IN (SELECT t.round_id `+ofEnding+`) ORDER BY id FOR NO KEY UPDATE`, pq.Array(r.ended), r.id); err != nil {
		return fmt.Errorf("hold rounds: %w", err)
	}
	if _, err := r.tx.ExecContext(ctx, `
		SELECT id FROM tasks WHERE id IN (SELECT t.id `+ofEnding+`) ORDER BY id FOR NO KEY UPDATE`, pq.Array(r.ended), r.id); err != nil {
		return fmt.Errorf("hold tasks: %w", err)
	}
	var open []openTask
	if err := r.tx.SelectContext(ctx, &open, `
		SELECT t.id, t.round_id, t.agency_id, t.state, d.review, COALESCE(agency_heir(t.agency_id, t.duty_id), 0) AS heir,
			EXISTS (SELECT 1 FROM task_drafts f WHERE f.task_id = t.id) AS drafted, p.code AS plan, d.code AS duty, r.period_key,
			(SELECT code FROM agencies WHERE id = t.agency_id) AS from_code,
			COALESCE((SELECT code FROM agencies WHERE id = agency_heir(t.agency_id, t.duty_id)), '') AS to_code
		`+ofEnding+` ORDER BY t.round_id, (SELECT position FROM agencies WHERE id = t.agency_id), t.agency_id`, pq.Array(r.ended), r.id); err != nil {
		return fmt.Errorf("read open tasks: %w", err)
	}
	held, err := r.heldByHeirs(ctx, open)
	if err != nil {
		return err
	}
	groups := map[[2]int64][]openTask{}
	var order [][2]int64
	for _, t := range open {
		if !t.State.Owed() && t.State != task.StateScheduled {
			if reviewRequired(t.Review) {
				r.outcome(t, agency.TaskKept, 0)
			}
			continue // where nobody reviews, sending was the end
		}
		key := [2]int64{t.RoundID, t.Heir}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], t)
	}
	var moved, cancelled []agency.TaskMove
	for _, key := range order {
		m, c := r.settle(groups[key], held[key])
		moved, cancelled = append(moved, m...), append(cancelled, c...)
		r.rounds[key[0]] = true
	}
	if err := r.moveTasks(ctx, moved, open); err != nil {
		return err
	}
	return r.cancelTasks(ctx, cancelled, open)
}

// heldTask is what a successor has in a round already.
type heldTask struct {
	ID      int64      `db:"id"`
	RoundID int64      `db:"round_id"`
	Agency  int64      `db:"agency_id"`
	State   task.State `db:"state"`
}

func (r *reorganising) heldByHeirs(ctx context.Context, open []openTask) (map[[2]int64]heldTask, error) {
	var rounds, heirs []int64
	for _, t := range open {
		rounds, heirs = append(rounds, t.RoundID), append(heirs, t.Heir)
	}
	var rows []heldTask
	if err := r.tx.SelectContext(ctx, &rows, `
		SELECT DISTINCT t.id, t.round_id, t.agency_id, t.state FROM unnest($1::bigint[], $2::bigint[]) AS f (round_id, heir)
		JOIN tasks t ON t.round_id = f.round_id AND t.agency_id = f.heir`, pq.Array(rounds), pq.Array(heirs)); err != nil {
		return nil, fmt.Errorf("read tasks of successors: %w", err)
	}
	held := make(map[[2]int64]heldTask, len(rows))
	for _, h := range rows {
		held[[2]int64{h.RoundID, h.Agency}] = h
	}
	return held, nil
}

// settle decides on the owed tasks of one round that one successor takes over.
func (r *reorganising) settle(owed []openTask, held heldTask) (moved, cancelled []agency.TaskMove) {
	into := held.ID
	if owed[0].Heir != 0 && into == 0 {
		// The one that is farthest goes on: what waits for the head, what is to be
		// mended, what somebody has begun to write; else that of the first in the tree.
		slices.SortStableFunc(owed, func(a, b openTask) int { return cmp.Compare(b.progress(), a.progress()) })
		moved = append(moved, r.outcome(owed[0], agency.TaskMoved, 0))
		into = owed[0].ID
		owed = owed[1:]
	}
	for _, t := range owed {
		cancelled = append(cancelled, r.outcome(t, agency.TaskCancelled, into))
		switch {
		case t.Heir == 0:
			r.effect.Warn("task.no_successor", t.From, "%s %s %s của %s bị hủy: không có đơn vị tiếp nhận.", "%s %s %s of %s is cancelled: nobody takes it over.", t.Plan, t.Duty, t.Period, t.From)
		case held.ID != 0 && !held.State.Owed():
			r.effect.Warn("task.reported", t.To, "%[4]s đã xong %[1]s %[2]s %[3]s; phần của %[5]s cần báo cáo bổ sung.",
				"%[4]s is done with %[1]s %[2]s %[3]s; the part of %[5]s needs a supplement.", t.Plan, t.Duty, t.Period, t.To, t.From)
		}
	}
	return moved, cancelled
}

// progress orders tasks by how far they are.
func (t openTask) progress() int {
	far := map[task.State]int{task.StatePrepared: 6, task.StateReturned: 4, task.StateOpen: 2}[t.State]
	if t.Drafted {
		far++
	}
	return far
}

func (r *reorganising) outcome(t openTask, o agency.Outcome, into int64) agency.TaskMove {
	m := agency.TaskMove{
		TaskID: t.ID, Plan: t.Plan, Duty: t.Duty, Period: t.Period, State: string(t.State), From: t.From, To: t.To, Outcome: o, IntoTaskID: into,
	}
	if o == agency.TaskKept {
		m.To = t.From
	}
	r.effect.Tasks = append(r.effect.Tasks, m)
	return m
}

// moveTasks gives tasks to their heirs. Drafts, what waits for the head, steps
// and requests hang on the task and come with it.
func (r *reorganising) moveTasks(ctx context.Context, moves []agency.TaskMove, open []openTask) error {
	ids, heirs := pairs(moves, open)
	if _, err := r.tx.ExecContext(ctx, `
		WITH old AS (
			SELECT t.id, t.agency_id, f.heir FROM unnest($1::bigint[], $2::bigint[]) AS f (id, heir) JOIN tasks t ON t.id = f.id
		), moved AS (
			UPDATE tasks t SET agency_id = old.heir, version = version + 1 FROM old WHERE t.id = old.id
		), kept AS (
			INSERT INTO task_successions (reorganisation_id, task_id, from_agency_id, to_agency_id, outcome) SELECT $3, id, agency_id, heir, 'moved' FROM old
		)
		INSERT INTO audit (at, recorded_at, actor_id, action, entity, entity_id, before, after)
		SELECT $4, $5, NULLIF($6::bigint, 0), 'task.succeeded', 'task', id, jsonb_build_object('agency', agency_id),
			jsonb_build_object('agency', heir, 'reorganisation', $3::bigint) FROM old`,
		pq.Array(ids), pq.Array(heirs), r.id, r.now, r.store.wall(), r.actor.UserID); err != nil {
		return fmt.Errorf("move tasks: %w", err)
	}
	r.touched = append(r.touched, heirs...)
	return nil
}

// cancelTasks cancels what another task stands for.
func (r *reorganising) cancelTasks(ctx context.Context, moves []agency.TaskMove, open []openTask) error {
	ids, heirs := pairs(moves, open)
	into := make([]int64, len(moves))
	for i, m := range moves {
		into[i] = m.IntoTaskID
	}
	if _, err := r.tx.ExecContext(ctx, `
		WITH old AS (
			SELECT t.id, t.agency_id, t.state, NULLIF(f.heir, 0) AS heir, NULLIF(f.stands, 0) AS stands
			FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS f (id, heir, stands) JOIN tasks t ON t.id = f.id
		), cancelled AS (
			UPDATE tasks t SET state = 'cancelled', settled_at = $4, version = version + 1 FROM old WHERE t.id = old.id
		), silent AS (
			UPDATE steps s SET state = 'skipped', run_at = $4 FROM old WHERE s.task_id = old.id AND s.state = 'pending'
		), given_up AS (
			UPDATE preparations n SET outcome = 'superseded', decided_at = $4, decided_by = COALESCE(NULLIF($7::bigint, 0), n.prepared_by) FROM old WHERE n.task_id = old.id AND n.outcome = 'waiting'
		), kept AS (
			INSERT INTO task_successions (reorganisation_id, task_id, from_agency_id, to_agency_id, outcome, into_task_id)
			SELECT $5, id, agency_id, heir, 'cancelled', stands FROM old
		)
		INSERT INTO audit (at, recorded_at, actor_id, action, entity, entity_id, before, after)
		SELECT $4, $6, NULLIF($7::bigint, 0), 'task.cancelled', 'task', id, jsonb_build_object('state', state),
			jsonb_build_object('state', 'cancelled', 'reorganisation', $5::bigint, 'into_task', stands) FROM old`,
		pq.Array(ids), pq.Array(heirs), pq.Array(into), r.now, r.id, r.store.wall(), r.actor.UserID); err != nil {
		return fmt.Errorf("cancel tasks: %w", err)
	}
	for _, id := range ids {
		if err := r.store.closeMoot(ctx, r.tx, id, 0, r.now); err != nil {
			return err
		}
	}
	return nil
}

// pairs are tasks and who takes them over.
func pairs(moves []agency.TaskMove, open []openTask) (ids, heirs []int64) {
	heirOf := make(map[int64]int64, len(open))
	for _, t := range open {
		heirOf[t.ID] = t.Heir
	}
	for _, m := range moves {
		ids, heirs = append(ids, m.TaskID), append(heirs, heirOf[m.TaskID])
	}
	return ids, heirs
}
