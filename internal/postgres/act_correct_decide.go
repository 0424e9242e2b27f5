package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// DecideCorrection accepts or refuses a correction that waits, or takes it back.
// Accepted, it replaces the version in force; else that one stays. Faults:
// Forbidden for others than the reviewers (to take back: than those who may send
// one); Conflict where it does not wait any more.
func (s *Store) DecideCorrection(ctx context.Context, actor policy.Actor, in task.CorrectionAct) (task.Correction, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Correction{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Correction, error) {
		var taskID int64
		err := tx.GetContext(ctx, &taskID, `SELECT task_id FROM corrections WHERE id = $1`, in.CorrectionID)
		if errors.Is(err, sql.ErrNoRows) {
			return task.Correction{}, notFound()
		}
		if err != nil {
			return task.Correction{}, fmt.Errorf("find correction: %w", err)
		}
		// Its steps end with it: the round is held first, as in running it.
		if _, err := holdRoundOf(ctx, tx, taskID); err != nil {
			return task.Correction{}, err
		}
		t, err := s.lockForAct(ctx, tx, actor, taskID, 0)
		if err != nil {
			return task.Correction{}, err
		}
		if err := t.checkDecideCorrection(actor, in.Decision); err != nil {
			return task.Correction{}, err
		}
		if err := s.settleCorrection(ctx, tx, actor, t, in, now); err != nil {
			return task.Correction{}, err
		}
		return findCorrection(ctx, tx, in.CorrectionID)
	})
}

func (t lockedTask) checkDecideCorrection(actor policy.Actor, decision task.CorrectionDecision) error {
	if decision == task.TakeBackCorrection {
		if err := agencyOnly(actor, t); err != nil || policy.CorrectTask(actor, t.relation(), t.TwoSignatures) {
			return err
		}
		return fault.New(fault.Forbidden, "correction.head",
			"Đơn vị dùng hai chữ ký: chỉ thủ trưởng được rút bản đính chính.", "The agency asks for two signatures: only its head may take a correction back.")
	}
	if policy.DecideCorrection(actor, t.relation()) {
		return nil
	}
	return fault.New(fault.Forbidden, "task.not_reviewer",
		"Chỉ người theo dõi của cơ quan nhận báo cáo được quyết định.", "Only supervisors of the reviewing agency may decide.")
}

// correctionOutcomes are what the decisions lead to.
var correctionOutcomes = map[task.CorrectionDecision]task.CorrectionOutcome{
	task.AcceptCorrection: task.CorrectionAccepted, task.RefuseCorrection: task.CorrectionRefused, task.TakeBackCorrection: task.CorrectionTakenBack,
}

func (s *Store) settleCorrection(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, in task.CorrectionAct, now time.Time) error {
	outcome := correctionOutcomes[in.Decision]
	var settled []int64
	if err := tx.SelectContext(ctx, &settled, `
		WITH settled AS (
			UPDATE corrections SET outcome = $2, answer = $3, decided_at = $4, decided_by = $5 WHERE id = $1 AND outcome = 'waiting' RETURNING id, task_id
		), moved AS (
			UPDATE tasks t SET version = version + 1 FROM settled WHERE t.id = settled.task_id
		), silent AS (
			UPDATE steps s SET state = 'skipped', run_at = $4 FROM settled
			WHERE s.task_id = settled.task_id AND s.state = 'pending' AND s.anchor = 'correction'
		), unsaid AS (
			-- What was taken back and nobody read needs no reading.
			UPDATE notifications n SET dropped_at = $4 FROM settled
			WHERE $2 = 'taken_back' AND n.task_id = settled.task_id AND n.message_id IS NULL AND n.dropped_at IS NULL AND n.read_at IS NULL
				AND n.cause IN ('correction:' || settled.id || ':' || settled.task_id, 'corrected:' || settled.id || ':' || settled.task_id)
		)
		SELECT id FROM settled`, in.CorrectionID, outcome, in.Answer, now, actor.UserID); err != nil {
		return fmt.Errorf("settle correction: %w", err)
	}
	if len(settled) == 0 {
		return fault.New(fault.Conflict, "correction.decided",
			"Bản đính chính này không còn chờ quyết định.", "This correction does not wait for a decision any more.")
	}
	onBehalf := t.ReviewerID
	if outcome == task.CorrectionTakenBack {
		onBehalf = t.AgencyID
	}
	action := "task.correction_" + string(outcome)
	if err := s.record(ctx, tx, actor, now, change{
		Action: action, Entity: "task", EntityID: t.ID, OnBehalf: onBehalf,
		After: map[string]any{"correction": in.CorrectionID, "outcome": outcome, "answer_sha256": digest(in.Answer)},
	}); err != nil {
		return err
	}
	// Its steps are over: a closed round's workflow may end.
	if err := nudge(ctx, tx, fmt.Sprintf("round:%d", t.RoundID), action, now); err != nil {
		return err
	}
	if outcome == task.CorrectionTakenBack {
		return restoreDraft(ctx, tx, `SELECT b.* FROM submissions b JOIN corrections k ON k.submission_id = b.id WHERE k.id = $4`,
			t.ID, now, actor.UserID, in.CorrectionID)
	}
	return announceOutcome(ctx, tx, outcome, in.CorrectionID, t.ID, now)
}

// announceOutcome tells the unit at once what became of its correction.
func announceOutcome(ctx context.Context, tx *sqlx.Tx, outcome task.CorrectionOutcome, correction, taskID int64, now time.Time) error {
	kind := notice.CorrectionAccepted
	if outcome == task.CorrectionRefused {
		kind = notice.CorrectionRefused
	}
	if _, err := tellNow(ctx, tx, announcement{
		kind: kind, cause: fmt.Sprintf("correction_decided:%d", correction), tasks: []int64{taskID}, sides: []side{sideUnit}, standing: true,
	}, now); err != nil {
		return err
	}
	return nudge(ctx, tx, "delivery:mail", "task."+string(kind), now)
}

// acceptCorrections accepts by itself what has waited longer than the duty
// allows, as acceptWaiting does with results.
func (s *Store) acceptCorrections(ctx context.Context, tx *sqlx.Tx, roundID int64, now time.Time) error {
	var accepted []struct {
		ID     int64 `db:"id"`
		TaskID int64 `db:"task_id"`
	}
	if err := tx.SelectContext(ctx, &accepted, `
		WITH due AS (
			UPDATE steps s SET state = CASE WHEN `+stillCalledFor+` THEN 'done' ELSE 'skipped' END, run_at = $2
			FROM tasks t WHERE t.id = s.task_id AND s.round_id = $1 AND s.state = 'pending' AND s.at <= $2 AND s.kind = 'auto_accept' AND s.anchor = 'correction'
			RETURNING s.task_id, s.state
		), settled AS (
			UPDATE corrections k SET outcome = 'accepted', decided_at = $2
			FROM due WHERE k.task_id = due.task_id AND due.state = 'done' AND k.outcome = 'waiting' RETURNING k.id, k.task_id
		), moved AS (
			UPDATE tasks t SET version = version + 1 FROM settled WHERE t.id = settled.task_id
		), trail AS (
			INSERT INTO audit (at, recorded_at, action, entity, entity_id, after)
			SELECT $2, $3, 'task.correction_accepted', 'task', task_id, jsonb_build_object('correction', id, 'outcome', 'accepted', 'by_itself', true) FROM settled
		)
		SELECT id, task_id FROM settled ORDER BY id`, roundID, now, s.wall()); err != nil {
		return fmt.Errorf("accept corrections by themselves: %w", err)
	}
	for _, k := range accepted {
		if err := announceOutcome(ctx, tx, task.CorrectionAccepted, k.ID, k.TaskID, now); err != nil {
			return err
		}
	}
	return nil
}

// supersedeCorrection settles what waits of a task whose result is owed again.
// Whoever calls it holds the round, as running one does.
func supersedeCorrection(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, taskID int64, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `
		WITH settled AS (
			UPDATE corrections SET outcome = 'superseded', decided_at = $2, decided_by = NULLIF($3, 0)
			WHERE task_id = $1 AND outcome = 'waiting' RETURNING task_id
		)
		UPDATE steps s SET state = 'skipped', run_at = $2 FROM settled
		WHERE s.task_id = settled.task_id AND s.state = 'pending' AND s.anchor = 'correction'`, taskID, now, actor.UserID); err != nil {
		return fmt.Errorf("supersede correction: %w", err)
	}
	return nil
}
