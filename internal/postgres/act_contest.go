package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// contestWorkingDays is the time a unit has to object to "không hợp lệ".
const contestWorkingDays = 3

// ContestReview keeps a unit's objection to the latest decision that its result
// is invalid. The task stays as it is until the plan authority decides. Faults:
// Forbidden for others than the unit's focal points and head; Conflict where
// there is no such decision, it was contested before, or the time is over.
func (s *Store) ContestReview(ctx context.Context, actor policy.Actor, in task.ContestInput) (task.Contest, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Contest{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Contest, error) {
		if err := holdCalendar(ctx, tx); err != nil {
			return task.Contest{}, err
		}
		t, err := s.lockForAct(ctx, tx, actor, in.TaskID, in.Version)
		if err != nil {
			return task.Contest{}, err
		}
		if !policy.ContestReview(actor, t.relation()) {
			return task.Contest{}, fault.New(fault.Forbidden, "contest.not_yours",
				"Chỉ đầu mối hoặc thủ trưởng của đơn vị được khiếu nại quyết định này.", "Only the agency's focal points and head may contest this.")
		}
		review, err := s.contestable(ctx, tx, t, now)
		if err != nil {
			return task.Contest{}, err
		}
		var id int64
		if err := tx.GetContext(ctx, &id, `
			INSERT INTO contests (review_id, task_id, reason, contested_at, contested_by) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
			review, t.ID, in.Reason, now, actor.UserID); err != nil {
			return task.Contest{}, fmt.Errorf("keep contest: %w", err)
		}
		if err := s.record(ctx, tx, actor, now, change{
			Action: "task.contested", Entity: "task", EntityID: t.ID, OnBehalf: t.AgencyID,
			After: map[string]any{"contest": id, "review": review, "reason_sha256": digest(in.Reason)},
		}); err != nil {
			return task.Contest{}, err
		}
		if _, err := tellNow(ctx, tx, announcement{
			kind: notice.Contested, cause: fmt.Sprintf("contested:%d", id), tasks: []int64{t.ID},
			sides: []side{sideAuthority, sideReviewer}, standing: true,
		}, now); err != nil {
			return task.Contest{}, err
		}
		if err := nudge(ctx, tx, "delivery:mail", "task.contested", now); err != nil {
			return task.Contest{}, err
		}
		return findContest(ctx, tx, id)
	})
}

// contestable is the decision that the unit may object to now.
func (s *Store) contestable(ctx context.Context, tx *sqlx.Tx, t lockedTask, now time.Time) (int64, error) {
	var last struct {
		ID        int64     `db:"id"`
		DecidedAt time.Time `db:"decided_at"`
		Contested bool      `db:"contested"`
	}
	err := tx.GetContext(ctx, &last, `
		SELECT w.id, w.decided_at, EXISTS (SELECT 1 FROM contests c WHERE c.review_id = w.id) AS contested
		FROM reviews w WHERE w.task_id = $1 AND w.decision = 'invalid' AND w.overturned_at IS NULL
		ORDER BY w.decided_at DESC, w.id DESC LIMIT 1`, t.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.New(fault.Conflict, "contest.nothing",
			"Không có quyết định “không hợp lệ, coi như chưa gửi” nào để khiếu nại.", "No decision declares a result of this task invalid.")
	}
	if err != nil {
		return 0, fmt.Errorf("find decision: %w", err)
	}
	if last.Contested {
		return 0, constraintFaults["contests_review_key"]
	}
	zone, err := calendar.Zone(t.TimeZone)
	if err != nil {
		return 0, fmt.Errorf("plan zone: %w", err)
	}
	known, err := s.readCalendars(ctx, tx)
	if err != nil {
		return 0, err
	}
	until := calendar.Resubmit(last.DecidedAt, contestWorkingDays, known.of(t.AgencyID), zone).At
	if now.After(until) {
		return 0, fault.New(fault.Conflict, "contest.late",
			"Đã hết thời gian khiếu nại (hết ngày %s).", "The time to contest the decision is over (end of %s).", calendar.DueDay(until, zone).VN())
	}
	return last.ID, nil
}

// contested is an objection with what it objects to.
type contested struct {
	TaskID       int64          `db:"task_id"`
	Outcome      sql.NullString `db:"outcome"`
	ReviewID     int64          `db:"review_id"`
	SubmissionID int64          `db:"submission_id"`
	Number       int            `db:"number"`
}

// DecideContest upholds or overturns a decision that was contested. Where it is
// overturned the submission counts from when it was sent; unless the unit has
// sent another one meanwhile, the task waits for its review again. Faults:
// Forbidden for others than the plan authority; Conflict where it was decided.
func (s *Store) DecideContest(ctx context.Context, actor policy.Actor, in task.ContestDecision) (task.Contest, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Contest{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Contest, error) {
		if err := holdCalendar(ctx, tx); err != nil {
			return task.Contest{}, err
		}
		var taskID int64
		err := tx.GetContext(ctx, &taskID, `SELECT task_id FROM contests WHERE id = $1`, in.ContestID)
		if errors.Is(err, sql.ErrNoRows) {
			return task.Contest{}, notFound()
		}
		if err != nil {
			return task.Contest{}, fmt.Errorf("find contest: %w", err)
		}
		// The reviewer's new steps belong to the round: it is held first, as in running it.
		if _, err := holdRoundOf(ctx, tx, taskID); err != nil {
			return task.Contest{}, err
		}
		t, err := s.lockForAct(ctx, tx, actor, taskID, 0)
		if err != nil {
			return task.Contest{}, err
		}
		if !policy.DecideContest(actor, t.relation()) {
			return task.Contest{}, fault.New(fault.Forbidden, "contest.not_authority",
				"Chỉ cơ quan ban hành văn bản được quyết định khiếu nại này.", "Only the plan authority of the issuer may decide on this.")
		}
		if err := s.decideContest(ctx, tx, actor, t, in, now); err != nil {
			return task.Contest{}, err
		}
		return findContest(ctx, tx, in.ContestID)
	})
}

func (s *Store) decideContest(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, in task.ContestDecision, now time.Time) error {
	var c contested
	// The task's lock keeps others from deciding at the same time.
	if err := tx.GetContext(ctx, &c, `
		SELECT c.task_id, c.outcome, c.review_id, w.submission_id, b.number
		FROM contests c JOIN reviews w ON w.id = c.review_id JOIN submissions b ON b.id = w.submission_id WHERE c.id = $1`, in.ContestID); err != nil {
		return fmt.Errorf("read contest: %w", err)
	}
	if c.Outcome.Valid {
		return fault.New(fault.Conflict, "contest.decided",
			"Khiếu nại này đã có quyết định.", "This contest has been decided already.")
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE contests SET outcome = $2, answer = $3, decided_at = $4, decided_by = $5 WHERE id = $1 AND outcome IS NULL`,
		in.ContestID, in.Outcome, in.Answer, now, actor.UserID); err != nil {
		return fmt.Errorf("decide contest: %w", err)
	}
	after := map[string]any{"contest": in.ContestID, "state": t.State, "answer_sha256": digest(in.Answer)}
	kind := notice.ContestUpheld
	if in.Outcome == task.Overturned {
		kind = notice.ContestOverturned
		if err := s.overturn(ctx, tx, t, c, after, now); err != nil {
			return err
		}
	}
	if err := s.record(ctx, tx, actor, now, change{
		Action: "task." + string(kind), Entity: "task", EntityID: t.ID, OnBehalf: t.IssuerID,
		Before: map[string]any{"state": t.State, "first_submitted_at": instant(t.FirstAt)}, After: after,
	}); err != nil {
		return err
	}
	if _, err := tellNow(ctx, tx, announcement{
		kind: kind, cause: fmt.Sprintf("contest:%d", in.ContestID), tasks: []int64{t.ID},
		sides: []side{sideUnit, sideReviewer}, standing: true,
	}, now); err != nil {
		return err
	}
	if err := nudge(ctx, tx, fmt.Sprintf("round:%d", t.RoundID), "task."+string(kind), now); err != nil {
		return err
	}
	return nudge(ctx, tx, "delivery:mail", "task."+string(kind), now)
}

// firstValid begins the look-up of a task's first valid submission: withdrawn
// ones and corrections do not count, nor does what came before a result that stands as invalid.
const firstValid = `(SELECT min(b.submitted_at) FROM submissions b WHERE b.task_id = t.id AND b.withdrawn_at IS NULL AND NOT b.correction
	AND b.number > COALESCE((SELECT max(x.number) FROM submissions x WHERE x.task_id = t.id AND x.invalid), 0)`

// sentFromOpen is true for a task whose newest submission came while no day was
// set for it but its due time.
const sentFromOpen = `EXISTS (SELECT 1 FROM submissions b WHERE b.task_id = t.id AND b.number = t.submissions AND b.from_state = 'open')
	AND NOT EXISTS (SELECT 1 FROM reopenings o WHERE o.task_id = t.id)`

// overturn makes the submission count again.
func (s *Store) overturn(ctx context.Context, tx *sqlx.Tx, t lockedTask, c contested, after map[string]any, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `
		WITH fallen AS (UPDATE reviews SET overturned_at = $2 WHERE id = $1 AND overturned_at IS NULL RETURNING submission_id)
		UPDATE submissions b SET invalid = false FROM fallen WHERE b.id = fallen.submission_id`, c.ReviewID, now); err != nil {
		return fmt.Errorf("overturn decision: %w", err)
	}
	// Where the unit has sent another result meanwhile, that one is being decided on.
	waits := t.State == task.StateReturned && t.Submissions == c.Number
	var first sql.NullTime
	if err := tx.GetContext(ctx, &first, `
		UPDATE tasks t SET version = version + 1,
			state = CASE WHEN $3 THEN 'submitted' ELSE t.state END, closed_at = CASE WHEN $3 THEN NULL ELSE t.closed_at END,
			-- The day that was set with the return falls with it, where there was none before.
			resubmit_due_at = CASE WHEN $3 AND `+sentFromOpen+` THEN NULL ELSE t.resubmit_due_at END,
			resubmit_derivation = CASE WHEN $3 AND `+sentFromOpen+` THEN NULL ELSE t.resubmit_derivation END,
			first_submitted_at = `+firstValid+`)
		WHERE t.id = $1 AND t.state = $2 RETURNING t.first_submitted_at`, t.ID, t.State, waits); err != nil {
		return fmt.Errorf("restore submission: %w", err)
	}
	after["first_submitted_at"] = instant(first)
	if !waits {
		return nil
	}
	after["state"] = task.StateSubmitted
	return s.layReviewSteps(ctx, tx, t, now)
}

// layReviewSteps lays the reviewer's ladder anew from now: what is left of the
// one laid at the submission would hurry a reviewer who had nothing to decide.
func (s *Store) layReviewSteps(ctx context.Context, tx *sqlx.Tx, t lockedTask, now time.Time) error {
	steps, err := s.reviewSteps(ctx, tx, t, now)
	if err != nil {
		return err
	}
	encoded, err := json.Marshal(append([]stepPlan{}, steps...))
	if err != nil {
		return fmt.Errorf("encode steps: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE steps SET state = 'skipped', run_at = $2 WHERE task_id = $1 AND state = 'pending'`, t.ID, now); err != nil {
		return fmt.Errorf("skip steps: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, occurrence, at, audience, severity, digest, cron, derivation)
		SELECT $1, $2, f.code, f.kind, f.anchor, $3::int,
			1 + (SELECT COALESCE(max(x.occurrence), 0) FROM steps x WHERE x.task_id = $1 AND x.code = f.code AND x.due_version = $3::int),
			f.at, f.audience, f.severity, f.digest, f.cron, f.derivation
		FROM jsonb_to_recordset($4::jsonb) AS f (code text, kind text, anchor text, at timestamptz, audience text[],
			severity int, digest bool, cron text, derivation jsonb)`, t.ID, t.RoundID, t.Submissions, string(encoded)); err != nil {
		return fmt.Errorf("lay steps: %w", err)
	}
	return nil
}
