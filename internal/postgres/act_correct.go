package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Correct sends a version that is to replace the one in force ("báo cáo đính
// chính, thay thế"), also after the round's closing, as long as the plan is
// followed. Until the reviewer accepts it the earlier one stays in force; where no
// review is required it takes its place at once. The task stays as it is: state,
// settlement and "on time" do not look at corrections. Faults: Forbidden for others
// than those who may submit; Conflict where the result is not done, may still be
// withdrawn, or another correction waits.
func (s *Store) Correct(ctx context.Context, actor policy.Actor, in task.CorrectInput) (task.Correction, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Correction{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Correction, error) {
		if err := holdCalendar(ctx, tx); err != nil { // for the reviewer's steps
			return task.Correction{}, err
		}
		t, err := s.lockForAct(ctx, tx, actor, in.TaskID, in.Version)
		if err != nil {
			return task.Correction{}, err
		}
		current, err := checkCorrect(ctx, tx, actor, t, in, now)
		if err != nil {
			return task.Correction{}, err
		}
		if err := s.reroute(ctx, tx, actor, &t, false, now); err != nil { // somebody has to decide on it
			return task.Correction{}, err
		}
		kept, err := s.checkResult(ctx, tx, t, in.Content.Submission(t.ID, t.Version), asAgency)
		if err != nil {
			return task.Correction{}, err
		}
		in.Content = kept.Content()
		if len(current.content.Differences(in.Content)) == 0 {
			return task.Correction{}, sameAsInForce(current)
		}
		id, err := s.insertCorrection(ctx, tx, actor, t, in, current, now)
		if err != nil {
			return task.Correction{}, err
		}
		return findCorrection(ctx, tx, id)
	})
}

// checkCorrect holds a correction against the task; it returns the version in force.
func checkCorrect(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, in task.CorrectInput, now time.Time) (versionInForce, error) {
	var none versionInForce
	if err := agencyOnly(actor, t); err != nil {
		return none, err
	}
	if !policy.CorrectTask(actor, t.relation(), t.TwoSignatures) {
		return none, fault.New(fault.Forbidden, "correction.head",
			"Đơn vị dùng hai chữ ký: chỉ thủ trưởng được gửi bản đính chính.", "The agency asks for two signatures: only its head may send a correction.")
	}
	current, err := correctable(ctx, tx, t, now)
	if err != nil {
		return none, err
	}
	return current, checkContent(t, in.Content.Submission(t.ID, t.Version), now)
}

func sameAsInForce(current versionInForce) error {
	return fault.New(fault.Invalid, "correction.same",
		"Bản đính chính giống hệt bản đang có hiệu lực (lần %d). Sửa nội dung rồi gửi.",
		"The correction says what the version in force (no. %d) says. Change it and send again.", current.Number).At("narrative")
}

// done reports whether the result is done, and has come to its recipient.
func (t lockedTask) done() bool {
	return t.State == task.StateAccepted || t.State == task.StateSubmitted && t.Review == plan.ReviewNone && !t.held()
}

// correctable is the version in force that may be corrected now.
func correctable(ctx context.Context, tx *sqlx.Tx, t lockedTask, now time.Time) (versionInForce, error) {
	switch {
	case t.State.Owed():
		return versionInForce{}, fault.New(fault.Conflict, "correction.owed",
			"Báo cáo này còn phải gửi: hãy gửi báo cáo, không cần đính chính.", "The result is still owed: send the result itself.")
	case t.held():
		return versionInForce{}, fault.New(fault.Conflict, "correction.held",
			"Báo cáo còn ở cơ quan trung gian: rút lại, hoặc đề nghị cơ quan ấy trả lại.",
			"The result is still with the agency between: take it back, or ask that agency to return it.")
	case t.State == task.StateSubmitted && !t.done():
		return versionInForce{}, fault.New(fault.Conflict, "correction.waiting_result",
			"Báo cáo chưa được xác nhận: hãy rút lại rồi gửi bản khác.", "The result waits for its review: take it back and send another one.")
	case !t.done():
		return versionInForce{}, fault.New(fault.Conflict, "correction.nothing",
			"Không có báo cáo nào để đính chính: việc này đang ở trạng thái “%[1]s”.", "There is no result to correct: the task is %[2]s.", t.State.VI(), t.State)
	}
	current, err := readInForce(ctx, tx, t.ID)
	if err != nil {
		return current, err
	}
	switch {
	case current.Waiting:
		return current, constraintFaults["corrections_waiting_key"]
	case current.Number == 0:
		return current, fmt.Errorf("task %d is done and has no version in force", t.ID)
	case t.Review == plan.ReviewNone && current.Kind == task.NilReturn && !current.Recorded && !current.Correction && now.Sub(current.SubmittedAt) <= nilUndo:
		return current, fault.New(fault.Conflict, "correction.undo",
			"“Không phát sinh” vừa gửi còn hoàn tác được: hãy rút lại rồi gửi bản khác.", "The nil return can still be taken back: do so and send another result.")
	}
	return current, nil
}

// keepCorrection is everything that a correction changes in any case.
const keepCorrection = `
	WITH moved AS (
		UPDATE tasks SET submissions = submissions + 1, version = version + 1,
			-- A correction goes to the reviewer directly; what was passed on stays so.
			forwarded = CASE WHEN through_id IS NULL THEN forwarded ELSE submissions + 1 END
		WHERE id = $1 AND state = $3 RETURNING id, round_id, submissions
	), kept AS (
		INSERT INTO submissions (task_id, number, kind, narrative, figures, document_number, document_on, signatory_title, submitted_at, submitted_by, correction, explanations)
		SELECT id, submissions, $4, $5, $6, $7, NULLIF($8, '')::date, $9, $2, $10, true, $18 FROM moved RETURNING id, number
	), cleared AS (
		DELETE FROM task_drafts d USING moved WHERE d.task_id = moved.id
	), opened AS (
		INSERT INTO corrections (submission_id, task_id, replaces, reason, outcome, decided_at)
		SELECT id, $1, $11, $12, $13, CASE WHEN $13 = 'waiting' THEN NULL ELSE $2::timestamptz END FROM kept RETURNING id
	), ladder AS (
		INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, occurrence, at, audience, severity, digest, cron, derivation)
		SELECT moved.id, moved.round_id, f.code, f.kind, f.anchor, moved.submissions, f.occurrence, f.at, f.audience, f.severity, f.digest, f.cron, f.derivation
		FROM moved, jsonb_to_recordset($14::jsonb) AS f (code text, kind text, anchor text, at timestamptz, audience text[],
			severity int, digest bool, cron text, occurrence int, derivation jsonb)
	), trail AS (
		INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, after)
		SELECT $2, $15, $10, $16, 'task.corrected', 'task', $1, $17::jsonb || jsonb_build_object('correction', id) FROM opened
	), nudged AS (
		-- A round that is closed stays so: its workflow comes for the reviewer's steps alone.
		INSERT INTO outbox (workflow, kind, created_at) SELECT 'round:' || round_id, 'task.corrected', $2 FROM moved
	)
	SELECT id FROM opened`

func (s *Store) insertCorrection(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, in task.CorrectInput, current versionInForce, now time.Time) (int64, error) {
	outcome := task.CorrectionWaits
	if t.Review == plan.ReviewNone {
		outcome = task.CorrectionAccepted
	}
	figures, encodedFigures, err := encodeFigures(in.Figures)
	if err != nil {
		return 0, err
	}
	explanations, err := encodeExplanations(in.Explanations)
	if err != nil {
		return 0, err
	}
	steps, err := s.ladderOf(ctx, tx, t, anchorCorrection, sinceCorrected, now)
	if err != nil {
		return 0, err
	}
	encodedSteps, err := json.Marshal(append([]stepPlan{}, steps...))
	if err != nil {
		return 0, fmt.Errorf("encode steps: %w", err)
	}
	after, err := json.Marshal(map[string]any{
		"number": t.Submissions + 1, "replaces": current.Number, "outcome": outcome, "kind": in.Kind, "figures": auditFigures(figures),
		"text_sha256": contentDigest(in.Content), "reason_sha256": digest(in.Reason),
	})
	if err != nil {
		return 0, fmt.Errorf("encode audit: %w", err)
	}
	if after, err = withFiles(ctx, tx, after, in.Attachments); err != nil {
		return 0, err
	}
	var id int64
	if err := tx.GetContext(ctx, &id, keepCorrection, t.ID, now, t.State, in.Kind, in.Narrative, encodedFigures, in.DocumentNumber,
		in.DocumentOn.String(), in.SignatoryTitle, actor.UserID, current.Number, in.Reason, outcome, string(encodedSteps), s.wall(), t.AgencyID, string(after), explanations); err != nil {
		return 0, fmt.Errorf("keep correction: %w", err)
	}
	var submission int64
	if err := tx.GetContext(ctx, &submission, `SELECT submission_id FROM corrections WHERE id = $1`, id); err != nil {
		return 0, fmt.Errorf("read correction: %w", err)
	}
	if err := attach(ctx, tx, toSubmission, submission, in.Attachments); err != nil {
		return 0, err
	}
	if t.Consolidates {
		if err := keepMissing(ctx, tx, t.ID, submission); err != nil {
			return 0, err
		}
	}
	return id, tellOfCorrection(ctx, tx, t, id, outcome, now)
}

// tellOfCorrection lets those know in the morning who decide on the correction,
// and those who hold the earlier version.
func tellOfCorrection(ctx context.Context, tx *sqlx.Tx, t lockedTask, id int64, outcome task.CorrectionOutcome, now time.Time) error {
	told := announcement{kind: notice.Corrected, cause: fmt.Sprintf("corrected:%d", id), tasks: []int64{t.ID}, morning: true, standing: true}
	if outcome == task.CorrectionAccepted {
		told.sides = []side{sideReviewer, sideIntermediary}
	} else {
		told.sides = []side{sideIntermediary}
		ask := announcement{kind: notice.CorrectionSent, cause: fmt.Sprintf("correction:%d", id), tasks: told.tasks, sides: []side{sideReviewer}, morning: true}
		if _, err := tellNow(ctx, tx, ask, now); err != nil {
			return err
		}
	}
	_, err := tellNow(ctx, tx, told, now)
	return err
}
