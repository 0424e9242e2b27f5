package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// HandOver puts a task that is owed into the hands of one of the agency's
// people, who need not agree: reminders go there and to the head. All others of
// the agency still see it and may act. The task itself does not change, so that
// nobody who is writing is disturbed. Faults: Conflict where the task is in other
// hands than the person saw, or nothing is owed; Invalid where the colleague
// could not send the result.
func (s *Store) HandOver(ctx context.Context, actor policy.Actor, in task.HandoverInput) (task.Handover, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Handover{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Handover, error) {
		t, running, err := s.lockHandover(ctx, tx, actor, in.TaskID)
		if err != nil {
			return task.Handover{}, err
		}
		if err := t.checkHandable(); err != nil {
			return task.Handover{}, err
		}
		if running.ID != in.Replaces {
			return task.Handover{}, inOtherHands(running)
		}
		if running.UserID == in.UserID {
			return task.Handover{}, fault.New(fault.Conflict, "handover.same", "Việc này đang do chính người ấy xử lý.", "The task is in this person's hands already.")
		}
		if err := checkHands(ctx, tx, in.UserID, []int64{t.AgencyID}, now); err != nil {
			return task.Handover{}, err
		}
		if running.ID != 0 {
			if err := s.endHandovers(ctx, tx, actor, []int64{running.ID}, "", now); err != nil {
				return task.Handover{}, err
			}
		}
		if err := s.handOver(ctx, tx, actor, []int64{t.ID}, in.UserID, in.Reason, now); err != nil {
			return task.Handover{}, err
		}
		return runningHandover(ctx, tx, t.ID)
	})
}

// TakeBack takes a task out of somebody's hands: whoever may hand it over, and
// so also the one who has it. Its undelivered notice is left out.
func (s *Store) TakeBack(ctx context.Context, actor policy.Actor, in task.HandoverEnd) (task.Handover, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Handover{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Handover, error) {
		_, running, err := s.lockHandover(ctx, tx, actor, in.TaskID)
		if err != nil {
			return task.Handover{}, err
		}
		if running.ID == 0 || running.ID != in.HandoverID {
			return task.Handover{}, inOtherHands(running)
		}
		if err := s.endHandovers(ctx, tx, actor, []int64{running.ID}, in.Reason, now); err != nil {
			return task.Handover{}, err
		}
		return handoverByID(ctx, tx, running.ID)
	})
}

func (s *Store) lockHandover(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, taskID int64) (lockedTask, task.Handover, error) {
	t, err := s.lockForAct(ctx, tx, actor, taskID, 0)
	if err != nil {
		return t, task.Handover{}, err
	}
	if !policy.HandOverTask(actor, t.relation()) {
		return t, task.Handover{}, fault.New(fault.Forbidden, "task.not_yours",
			"Chỉ đầu mối hoặc thủ trưởng của đơn vị được làm việc này.", "Only the agency's focal points and head may do this.")
	}
	running, err := runningHandover(ctx, tx, taskID)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return t, running, err
}

func (t lockedTask) checkHandable() error {
	if t.ClosedAt.Valid {
		return roundClosed()
	}
	if !t.State.Owed() {
		return fault.New(fault.Conflict, "handover.not_owed",
			"Việc này không còn phải gửi, không cần giao.", "Nothing is owed for this task any more, so there is nothing to hand over.")
	}
	return nil
}

func inOtherHands(running task.Handover) error {
	if running.ID == 0 {
		return fault.New(fault.Conflict, "handover.none",
			"Việc này hiện không giao riêng cho ai. Tải lại để xem.", "The task is in nobody's hands now. Reload to see.")
	}
	return fault.New(fault.Conflict, "handover.changed",
		"Việc này đang do %s xử lý. Tải lại để xem, rồi giao lại nếu cần.", "The task is in the hands of %s now. Reload to see, then hand it over if needed.", running.UserName)
}

// checkHands: whoever takes over is active and may send the results of these
// agencies today in a post of their own. Their account is held, so that it is
// not closed at the same moment.
func checkHands(ctx context.Context, tx *sqlx.Tx, userID int64, agencies []int64, now time.Time) error {
	var able bool
	err := tx.GetContext(ctx, &able, `
		SELECT u.active AND (SELECT count(DISTINCT m.agency_id) FROM memberships m WHERE m.user_id = u.id AND m.agency_id = ANY ($3)
			AND m.role IN ('focal_point', 'head') AND m.substitution_id IS NULL
			AND `+businessDay+` BETWEEN m.valid_from_on AND m.valid_to_on) = (SELECT count(DISTINCT a) FROM unnest($3::bigint[]) AS a)
		FROM users u WHERE u.id = $2 FOR SHARE OF u`, now, userID, pq.Array(agencies))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("look at colleague: %w", err)
	}
	if !able {
		return fault.New(fault.Invalid, "handover.not_colleague",
			"Người nhận phải là đầu mối hoặc thủ trưởng đang làm việc tại đơn vị của việc này.",
			"Whoever takes over is a focal point or the head of the task's agency, with an active account.").At("user_id")
	}
	return nil
}

// handOver keeps handovers of tasks that are in nobody's hands, with the notice
// to whom they are handed: in the morning, at once where the task is due today or late.
func (s *Store) handOver(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, tasks []int64, userID int64, reason string, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `
		WITH handed AS (
			INSERT INTO handovers (task_id, user_id, reason, handed_at, handed_by) SELECT t, $2, $3, $4, $5 FROM unnest($1::bigint[]) AS t
			RETURNING id, task_id
		), told AS (
			INSERT INTO notifications (user_id, kind, plan_id, task_id, cause, created_at, deliver_at)
			SELECT $2, $7, t.plan_id, t.id, 'handover:' || h.id, $4::timestamptz,
				CASE WHEN ((`+effectiveDue+` - interval '1 microsecond') AT TIME ZONE p.time_zone)::date <= ($4::timestamptz AT TIME ZONE p.time_zone)::date
					THEN $4::timestamptz ELSE morning_at_or_after($4, p.time_zone) END
			FROM handed h JOIN tasks t ON t.id = h.task_id JOIN plans p ON p.id = t.plan_id WHERE $2 <> $5
		), nudged AS (
			INSERT INTO outbox (workflow, kind, created_at) VALUES ('delivery:mail', 'task.handed_over', $4)
		)
		INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, after)
		SELECT $4, $6, $5, t.agency_id, 'task.handed_over', 'task', t.id,
			jsonb_build_object('handover', h.id, 'user_id', $2::bigint, 'reason_sha256', $8::text)
		FROM handed h JOIN tasks t ON t.id = h.task_id`,
		pq.Array(tasks), userID, reason, now, actor.UserID, s.wall(), notice.TaskHanded, digest(reason)); err != nil {
		return fmt.Errorf("hand over: %w", err)
	}
	return nil
}

func (s *Store) endHandovers(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, ids []int64, reason string, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `
		WITH ended AS (
			UPDATE handovers SET ended_at = $2, ended_by = $3, end_reason = $4 WHERE id = ANY ($1) AND ended_at IS NULL RETURNING id, task_id, user_id
		), untold AS (
			UPDATE notifications n SET dropped_at = $2 FROM ended
			WHERE n.user_id = ended.user_id AND n.cause = 'handover:' || ended.id AND n.message_id IS NULL AND n.dropped_at IS NULL
		)
		INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, after)
		SELECT $2, $5, $3, t.agency_id, 'task.handed_back', 'task', t.id, jsonb_build_object('handover', e.id, 'user_id', e.user_id, 'reason_sha256', $6::text)
		FROM ended e JOIN tasks t ON t.id = e.task_id`,
		pq.Array(ids), now, actor.UserID, reason, s.wall(), digest(reason)); err != nil {
		return fmt.Errorf("take back: %w", err)
	}
	return nil
}
