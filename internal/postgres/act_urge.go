package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Urge pushes for results that are owed. A message goes to the unit's focal
// points, heads and mailbox at once; letters, calls and Zalo are noted. Tasks
// that are not owed any more, or not the actor's to follow, are left out and
// their outcomes say why. A promised day that passes without a submission is
// told to whoever noted it, the next working morning.
func (s *Store) Urge(ctx context.Context, actor policy.Actor, in task.UrgeInput) (task.UrgeReceipt, error) {
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.UrgeReceipt, error) {
		in, err := clean(ctx, func() (task.UrgeInput, error) { return in.Clean(now) })
		if err != nil {
			return task.UrgeReceipt{}, err
		}
		locked, err := lockAll(ctx, tx, in.TaskIDs)
		if err != nil {
			return task.UrgeReceipt{}, err
		}
		pass, outcomes, err := judge(actor, in.TaskIDs, locked, func(_ int, t lockedTask) error { return t.checkUrge(actor, in, now) })
		if err != nil {
			return task.UrgeReceipt{}, err
		}
		receipt := task.UrgeReceipt{Outcomes: outcomes}
		if len(pass) == 0 {
			// A promised day that no task can take is a fault of the request.
			if f := outcomes[0].Fault; f.Kind == fault.Invalid {
				return task.UrgeReceipt{}, f
			}
			return receipt, nil
		}
		told := map[int64]int{}
		if receipt.UrgingID, err = s.keepUrging(ctx, tx, actor, in, pass, now); err != nil {
			return task.UrgeReceipt{}, err
		}
		if in.Kind == task.UrgeMessage {
			if told, err = s.sendUrging(ctx, tx, receipt.UrgingID, pass, now); err != nil {
				return task.UrgeReceipt{}, err
			}
		}
		if !in.PromisedOn.IsZero() {
			if err := s.remindOfPromise(ctx, tx, actor, in, receipt.UrgingID, pass, locked, now); err != nil {
				return task.UrgeReceipt{}, err
			}
		}
		for i := range outcomes {
			if o := &outcomes[i]; o.Fault == nil {
				o.Version, o.Recipients = locked[o.TaskID].Version, told[o.TaskID]
			}
		}
		// A message's notices and a promise's reminder both change what delivery waits for.
		return receipt, nudge(ctx, tx, "delivery:mail", "task.urged", now)
	})
}

func (t lockedTask) checkUrge(actor policy.Actor, in task.UrgeInput, now time.Time) error {
	if !policy.UrgeTask(actor, t.relation()) {
		return fault.New(fault.Forbidden, "urging.not_yours",
			"Chỉ người theo dõi của cơ quan nhận báo cáo hoặc cơ quan ban hành được đôn đốc.",
			"Only supervisors of the reviewing agency and the plan authority may urge.")
	}
	if err := t.checkAct(0); err != nil {
		return err
	}
	if !t.State.Owed() {
		return fault.New(fault.Conflict, "urging.not_owed",
			"Việc này không còn phải gửi, không cần đôn đốc.", "Nothing is owed for this task any more.")
	}
	if t.ClosedAt.Valid {
		return fault.New(fault.Conflict, "urging.closed",
			"Kỳ báo cáo đã khóa, đơn vị không gửi được. Mở lại trước khi đôn đốc.", "The round is closed and takes no result. Reopen the task before you urge.")
	}
	zone, err := calendar.Zone(t.TimeZone)
	if err != nil {
		return fmt.Errorf("plan zone: %w", err)
	}
	if f := in.CheckPromise(calendar.DateOf(now, zone)); f != nil {
		return f
	}
	return nil
}

// keepUrging writes the urging, its tasks and their audit rows.
func (s *Store) keepUrging(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, in task.UrgeInput, ids []int64, now time.Time) (int64, error) {
	after, err := json.Marshal(map[string]any{
		"kind": in.Kind, "promised_on": in.PromisedOn.String(), "urged_at": in.UrgedAt.UTC(), "text_sha256": digest(in.Message, in.WithWhom),
	})
	if err != nil {
		return 0, fmt.Errorf("encode audit: %w", err)
	}
	var id int64
	if err := tx.GetContext(ctx, &id, `
		WITH kept AS (
			INSERT INTO urgings (kind, message, with_whom, promised_on, urged_at, noted_at, noted_by)
			VALUES ($2, $3, $4, NULLIF($5, '')::date, $6, $7, $8) RETURNING id
		), urged AS (
			INSERT INTO urging_tasks (urging_id, task_id, due_version) SELECT kept.id, t.id, t.due_version FROM kept, tasks t WHERE t.id = ANY ($1)
		), trail AS (
			INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, after)
			SELECT $7, $9, $8, CASE WHEN t.reviewer_id = ANY ($11) THEN t.reviewer_id ELSE p.issuer_id END, $12, 'task', t.id,
				$10::jsonb || jsonb_build_object('urging', kept.id)
			FROM kept, tasks t JOIN plans p ON p.id = t.plan_id WHERE t.id = ANY ($1) ORDER BY t.id
		)
		SELECT id FROM kept`,
		pq.Array(ids), in.Kind, in.Message, in.WithWhom, in.PromisedOn.String(), in.UrgedAt, now, actor.UserID, s.wall(), string(after),
		pq.Array(actor.At(policy.Supervisor)), "task.urged_"+string(in.Kind)); err != nil {
		return 0, fmt.Errorf("keep urging: %w", err)
	}
	return id, nil
}

// sendUrging tells the units at once.
func (s *Store) sendUrging(ctx context.Context, tx *sqlx.Tx, urging int64, ids []int64, now time.Time) (map[int64]int, error) {
	told, err := tellNow(ctx, tx, announcement{
		kind: notice.Urging, cause: fmt.Sprintf("urging:%d", urging), tasks: ids, sides: []side{sideUnit},
	}, now)
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE urging_tasks u SET recipients = n.told
		FROM (SELECT task_id, count(*) AS told FROM notifications WHERE cause = 'urging:' || $1::bigint || ':' || task_id AND task_id = ANY ($2) GROUP BY task_id) AS n
		WHERE u.urging_id = $1 AND u.task_id = n.task_id`, urging, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("count recipients: %w", err)
	}
	return told, nil
}

// remindOfPromise lets whoever noted a promise know when it was not kept: in
// the morning of the first working day of theirs after it. The cause carries the
// number of submissions so far: with one more the promise was kept. A promise
// that the same person noted before for a task gives way.
func (s *Store) remindOfPromise(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, in task.UrgeInput, urging int64, ids []int64, locked map[int64]lockedTask, now time.Time) error {
	known, err := s.readCalendars(ctx, tx)
	if err != nil {
		return err
	}
	causes, mornings := make([]string, len(ids)), make([]time.Time, len(ids))
	for i, id := range ids {
		t := locked[id]
		zone, err := calendar.Zone(t.TimeZone)
		if err != nil {
			return fmt.Errorf("plan zone: %w", err)
		}
		day, _ := calendar.AddWorkingDays(in.PromisedOn, 1, known.of(t.ReviewerID))
		causes[i], mornings[i] = fmt.Sprintf("promise:%d:%d:%d", urging, id, t.Submissions), day.At(8, 0, zone)
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE notifications SET dropped_at = $3
		WHERE task_id = ANY ($1) AND user_id = $2 AND kind = 'promise_due' AND message_id IS NULL AND dropped_at IS NULL`,
		pq.Array(ids), actor.UserID, now); err != nil {
		return fmt.Errorf("replace promise: %w", err)
	}
	// Recorded as of just before its morning, so that it joins that morning's message.
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO notifications (user_id, kind, plan_id, task_id, cause, created_at, deliver_at)
		SELECT $1, 'promise_due', t.plan_id, t.id, f.cause, f.morning - interval '1 microsecond', f.morning
		FROM unnest($2::bigint[], $3::text[], $4::timestamptz[]) AS f (id, cause, morning) JOIN tasks t ON t.id = f.id`,
		actor.UserID, pq.Array(ids), pq.Array(causes), pq.Array(mornings)); err != nil {
		return fmt.Errorf("remind of promise: %w", err)
	}
	return nil
}
