package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// lockedTask is a task as an act on it needs to see it.
type lockedTask struct {
	ID          int64           `db:"id"`
	RoundID     int64           `db:"round_id"`
	DutyID      int64           `db:"duty_id"`
	PlanID      int64           `db:"plan_id"`
	AgencyID    int64           `db:"agency_id"`
	RecipientID int64           `db:"recipient_id"`
	ReviewerID  int64           `db:"reviewer_id"`
	IssuerID    int64           `db:"issuer_id"`
	State       task.State      `db:"state"`
	DueAt       time.Time       `db:"due_at"`
	ClosedAt    sql.NullTime    `db:"closed_at"`
	DueVersion  int             `db:"due_version"`
	Submissions int             `db:"submissions"`
	Version     int             `db:"version"`
	PlanState   plan.State      `db:"plan_state"`
	TimeZone    string          `db:"time_zone"`
	Review      plan.ReviewMode `db:"review"`
	NilReturn   bool            `db:"nil_return"`
	AutoAfter   int             `db:"auto_after"`
	ReviewSteps []byte          `db:"review_steps"` // the plan's ladder for reviewers; null: the default
	Indicators  []byte          `db:"indicators"`
	Mode        plan.Mode       `db:"mode"`
	PeriodOnce  bool            `db:"period_once"`
	PeriodKey   string          `db:"period_key"`
	WindowFrom  time.Time       `db:"window_from_on"`
	WindowTo    time.Time       `db:"window_to_on"`
	Calendar    int64           `db:"calendar"` // the newest change of the calendars
	FirstAt     sql.NullTime    `db:"first_submitted_at"`
	SubmittedAt sql.NullTime    `db:"submitted_at"`
	ResubmitAt  sql.NullTime    `db:"resubmit_due_at"`
	// Result, ResultRequired, Secret, Form and ScoreSheet are the duty's; PlanVersion is the
	// version whose indicators and forms they name.
	Result         plan.Result `db:"result"`
	ResultRequired bool        `db:"result_required"`
	Secret         bool        `db:"secret"`
	Form           string      `db:"form"`
	ScoreSheet     string      `db:"score_sheet"`
	PlanVersion    int         `db:"plan_version"`
	// TwoSignatures: what a focal point sends in waits for the head.
	TwoSignatures bool `db:"two_signatures"`
	// ThroughID passes results on, within so many working days; Forwarded is the
	// newest submission that was.
	ThroughID     int64 `db:"through_id"`
	Forwarded     int   `db:"forwarded"`
	ForwardWithin int   `db:"forward_within"`
	// StandingSections: the agency's standing duties are sections of the report.
	StandingSections bool `db:"standing_sections"`
	// Consolidates: the result sums up others.
	Consolidates bool `db:"consolidates"`
}

const lockedTasks = `
	SELECT t.id, t.round_id, t.duty_id, t.plan_id, t.agency_id, COALESCE(t.recipient_id, 0) AS recipient_id,
		COALESCE(t.reviewer_id, 0) AS reviewer_id, p.issuer_id, t.state, t.due_at, t.closed_at, t.due_version,
		t.submissions, t.version, p.state AS plan_state, p.time_zone, d.review, d.nil_return, d.mode,
		COALESCE((d.definition #>> '{Review,AfterWorkingDays}')::int, 0) AS auto_after,
		(SELECT v.review_steps FROM plan_versions v WHERE v.plan_id = p.id AND v.number = p.current_version) AS review_steps,
		COALESCE(d.definition -> 'Indicators', '[]') AS indicators, COALESCE(d.definition ->> 'Result', '') AS result,
		COALESCE((d.definition ->> 'ResultRequired')::boolean, false) AS result_required,
		COALESCE((d.definition ->> 'Secret')::boolean, false) AS secret, COALESCE(d.definition ->> 'Form', '') AS form, COALESCE(d.definition ->> 'ScoreSheet', '') AS score_sheet,
		COALESCE(p.current_version, d.since_version) AS plan_version,
		r.period_key = 'once' OR r.cadences && ARRAY['ad_hoc', 'flash', 'event'] AS period_once, r.period_key, r.window_from_on, r.window_to_on, t.first_submitted_at, t.submitted_at, t.resubmit_due_at,
		(SELECT two_signatures FROM agencies a WHERE a.id = t.agency_id) AS two_signatures,
		COALESCE(t.through_id, 0) AS through_id, t.forwarded, COALESCE((d.definition #>> '{Forwarding,WithinWorkingDays}')::int, 0) AS forward_within,
		COALESCE((d.definition ->> 'StandingSections')::boolean, false) AS standing_sections,
		COALESCE(jsonb_typeof(d.consolidates) = 'array', false) AS consolidates,
		(SELECT COALESCE(max(id), 0) FROM calendar_changes) AS calendar
	FROM tasks t JOIN plans p ON p.id = t.plan_id JOIN duties d ON d.id = t.duty_id JOIN rounds r ON r.id = t.round_id`

const lockTask = lockedTasks + `
	WHERE t.id = $1 FOR UPDATE OF t`

func (t lockedTask) relation() policy.Task {
	return policy.Task{AgencyID: t.AgencyID, RecipientID: t.RecipientID, ReviewerID: t.ReviewerID, IssuerID: t.IssuerID, PlanID: t.PlanID, ThroughID: t.ThroughID}
}

// held reports whether the result waits for the agency between to pass it on.
func (t lockedTask) held() bool {
	return t.State == task.StateSubmitted && t.ThroughID != 0 && t.Forwarded < t.Submissions
}

// resending: the result was returned and is to come again, also while it waits for the head.
func (t lockedTask) resending() bool {
	return t.State == task.StateReturned || t.State == task.StatePrepared && t.ResubmitAt.Valid
}

// lockForAct reads a task for a change; whoever may not see it learns nothing of it.
func (s *Store) lockForAct(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, id int64, version int) (lockedTask, error) {
	var t lockedTask
	lock, err := s.preparedIn(ctx, tx, lockTask)
	if err != nil {
		return t, err
	}
	err = lock.GetContext(ctx, &t, id)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !policy.SeeTask(actor, t.relation()) {
		return t, notFound()
	}
	if err != nil {
		return t, fmt.Errorf("lock task: %w", err)
	}
	return t, t.checkAct(version)
}

// checkAct refuses acts on what has changed since it was read, or whose plan is
// not followed now.
func (t lockedTask) checkAct(version int) error {
	if version != 0 && version != t.Version {
		return fault.New(fault.Conflict, "task.changed",
			"Việc này đã thay đổi từ lúc mở trang. Tải lại để xem diễn biến, nội dung đã nhập vẫn còn.",
			"The task has changed since it was read. Reload to see what happened; what was typed is kept.")
	}
	if t.PlanState != plan.Active {
		return fault.New(fault.Conflict, "plan.not_active",
			"Văn bản đang tạm dừng hoặc đã kết thúc theo dõi; chưa nhận báo cáo.",
			"The plan is suspended or closed; no results are taken in.")
	}
	return nil
}

// Submit takes in a result: one version, kept for good. Late is taken as late,
// never refused, until the round closes. A repeat with the same idempotency key
// gets the first receipt.
func (s *Store) Submit(ctx context.Context, actor policy.Actor, in task.SubmitInput) (task.Receipt, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return task.Receipt{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (task.Receipt, error) {
		t, err := s.lockForAct(ctx, tx, actor, in.TaskID, in.Version)
		if err != nil {
			return task.Receipt{}, err
		}
		if err := checkSubmit(actor, t, in, now); err != nil {
			return task.Receipt{}, err
		}
		if in, err = s.checkResult(ctx, tx, t, in, asAgency); err != nil {
			return task.Receipt{}, err
		}
		if t.TwoSignatures && !policy.ApproveTask(actor, t.relation()) {
			return s.prepare(ctx, tx, actor, t, in, now)
		}
		steps, err := s.waitingSteps(ctx, tx, t, now)
		if err != nil {
			return task.Receipt{}, err
		}
		return s.insertSubmission(ctx, tx, actor, t, in, steps, now)
	})
}

func checkSubmit(actor policy.Actor, t lockedTask, in task.SubmitInput, now time.Time) error {
	if !policy.SubmitTask(actor, t.relation()) {
		return fault.New(fault.Forbidden, "task.not_yours",
			"Chỉ đầu mối hoặc thủ trưởng của đơn vị được gửi báo cáo này.", "Only the agency's focal points and head may submit this.")
	}
	if t.ClosedAt.Valid {
		return roundClosed()
	}
	if t.State == task.StateSubmitted || t.State == task.StateAccepted {
		return alreadySubmitted(t)
	}
	if t.State == task.StatePrepared {
		return fault.New(fault.Conflict, "task.prepared",
			"Đã có một bản chờ thủ trưởng duyệt. Duyệt, chuyển lại hoặc rút bản ấy trước.",
			"A version waits for the head already. Approve it, give it back or take it back first.")
	}
	if err := task.CheckMove(t.State, task.StateSubmitted); err != nil {
		return err
	}
	return checkContent(t, in, now)
}

func roundClosed() error {
	return fault.New(fault.Conflict, "task.closed",
		"Kỳ báo cáo đã khóa. Đề nghị cơ quan theo dõi mở lại.", "The round is closed. Ask the supervising agency to reopen it.")
}

// checkContent holds the content against what the duty takes and the business day.
func checkContent(t lockedTask, in task.SubmitInput, now time.Time) error {
	zone, err := calendar.Zone(t.TimeZone)
	if err != nil {
		return fmt.Errorf("plan zone: %w", err)
	}
	if err := task.CheckDocumentOn("document_on", in.DocumentOn, calendar.DateOf(now, zone)); err != nil {
		return err
	}
	if in.Kind == task.NilReturn && !t.NilReturn {
		return fault.New(fault.Invalid, "submission.nil_not_permitted",
			"Nhiệm vụ này không nhận “Không phát sinh”. Ghi kết quả đã làm.",
			"This duty takes no nil return. Report what was done.").At("kind")
	}
	return nil
}

// alreadySubmitted tells when the report came in, so that nobody sends it once more.
func alreadySubmitted(t lockedTask) error {
	at := t.SubmittedAt.Time
	if zone, err := calendar.Zone(t.TimeZone); err == nil {
		at = at.In(zone)
	}
	return fault.New(fault.Conflict, "task.already_submitted",
		"Báo cáo này đã gửi lúc %s, không cần gửi lại.", "This report was submitted at %s; there is no need to send it again.",
		at.Format("15:04 02/01/2006"))
}

// keepSubmission is everything that a submission changes, in one statement. Who
// reviews comes from the row, not from a parameter: so its plan does not depend
// on the parameters, and Postgres plans it once and not at every submission.
const keepSubmission = `
	WITH moved AS (
		UPDATE tasks SET state = 'submitted', submitted_at = $2, first_submitted_at = COALESCE(first_submitted_at, $2),
			submissions = submissions + 1, version = version + 1
		WHERE id = $1 AND state = $3 RETURNING id, reviewer_id
	), kept AS (
		INSERT INTO submissions (task_id, number, kind, narrative, figures, document_number, document_on, signatory_title, submitted_at, submitted_by, from_state, explanations)
		SELECT id, $4, $5, $6, $7, $8, NULLIF($9, '')::date, $10, $2, $11, $3, $20 FROM moved RETURNING id
	), cleared AS (
		DELETE FROM task_drafts d USING moved WHERE d.task_id = moved.id
	), ladder AS (
		INSERT INTO steps (task_id, round_id, code, kind, anchor, due_version, occurrence, at, audience, severity, digest, cron, derivation)
		SELECT moved.id, $12, f.code, f.kind, f.anchor, $4, f.occurrence, f.at, f.audience, f.severity, f.digest, f.cron, f.derivation
		FROM moved, jsonb_to_recordset($13::jsonb) AS f (code text, kind text, anchor text, at timestamptz, audience text[],
			severity int, digest bool, cron text, occurrence int, derivation jsonb)
	), told AS (
		INSERT INTO notifications (user_id, kind, plan_id, task_id, cause, created_at, deliver_at)
		SELECT DISTINCT m.user_id, 'submitted', $14::bigint, moved.id, 'submitted:' || moved.id || ':' || $4::int, $2, morning_at_or_after($2, $15)
		FROM moved JOIN memberships m ON m.agency_id = moved.reviewer_id AND m.role = 'supervisor'
			AND ($2::timestamptz AT TIME ZONE $15)::date BETWEEN m.valid_from_on AND m.valid_to_on
		JOIN users u ON u.id = m.user_id AND u.active
		WHERE $16
	), trail AS (
		INSERT INTO audit (at, recorded_at, actor_id, on_behalf_of, action, entity, entity_id, before, after)
		SELECT $2, $17, $11, $18, 'task.submitted', 'task', moved.id, jsonb_build_object('state', $3::text), $19::jsonb FROM moved
	), nudged AS (
		INSERT INTO outbox (workflow, kind, created_at) SELECT 'round:' || $12::bigint, 'task.submitted', $2 FROM moved
	)
	SELECT id FROM kept`

// insertSubmission writes everything that a submission changes in one statement.
func (s *Store) insertSubmission(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, in task.SubmitInput, steps []stepPlan, now time.Time) (task.Receipt, error) {
	figures, encodedFigures, err := encodeFigures(in.Figures)
	if err != nil {
		return task.Receipt{}, err
	}
	explanations, err := encodeExplanations(in.Explanations)
	if err != nil {
		return task.Receipt{}, err
	}
	encodedSteps, err := json.Marshal(append([]stepPlan{}, steps...))
	if err != nil {
		return task.Receipt{}, fmt.Errorf("encode steps: %w", err)
	}
	number := t.Submissions + 1
	after, err := json.Marshal(map[string]any{
		"state": task.StateSubmitted, "number": number, "kind": in.Kind, "figures": auditFigures(figures),
		"text_sha256": contentDigest(in.Content()),
	})
	if err == nil {
		after, err = withFiles(ctx, tx, after, in.Attachments)
	}
	if err != nil {
		return task.Receipt{}, fmt.Errorf("encode audit: %w", err)
	}
	var id int64
	keep, err := s.preparedIn(ctx, tx, keepSubmission)
	if err != nil {
		return task.Receipt{}, err
	}
	err = keep.GetContext(ctx, &id,
		t.ID, now, t.State, number, in.Kind, in.Narrative, encodedFigures, in.DocumentNumber, in.DocumentOn.String(), in.SignatoryTitle,
		actor.UserID, t.RoundID, string(encodedSteps), t.PlanID, t.TimeZone, t.Review == plan.ReviewRequired && t.ThroughID == 0,
		s.wall(), t.AgencyID, string(after), explanations)
	if err != nil {
		return task.Receipt{}, fmt.Errorf("keep submission: %w", err)
	}
	if t.ThroughID != 0 {
		if err := tellIntermediary(ctx, tx, t, number, now); err != nil {
			return task.Receipt{}, err
		}
	}
	if err := attach(ctx, tx, toSubmission, id, in.Attachments); err != nil {
		return task.Receipt{}, err
	}
	if t.Consolidates {
		if err := keepMissing(ctx, tx, t.ID, id); err != nil {
			return task.Receipt{}, err
		}
	}
	return task.Receipt{Task: t.after(task.StateSubmitted, now), SubmissionID: id, Number: number}, nil
}

// after is the task as the act left it, for the receipt.
func (t lockedTask) after(state task.State, now time.Time) task.Task {
	facts := task.Facts{State: state, ReviewRequired: t.Review != plan.ReviewNone, DueAt: t.DueAt, FirstSubmittedAt: instant(t.FirstAt)}
	if state == task.StateSubmitted && facts.FirstSubmittedAt == nil {
		facts.FirstSubmittedAt = &now
	}
	return task.Task{
		ID: t.ID, RoundID: t.RoundID, DutyID: t.DutyID, PlanID: t.PlanID, AgencyID: t.AgencyID,
		State: state, Status: facts.StatusAt(now), DueAt: t.DueAt.UTC(), Version: t.Version + 1, TimeZone: t.TimeZone,
		FirstSubmittedAt: facts.FirstSubmittedAt, SubmittedAt: &now,
	}
}

// digest stands for free text in the audit trail, so that the text can be
// redacted and the trail still verifies.
func digest(texts ...string) string {
	sum := sha256.New()
	for _, t := range texts {
		fmt.Fprintf(sum, "%d:%s", len(t), t)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
