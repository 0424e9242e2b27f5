package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// requestRow is a request with what acts on it need to know of its task.
type requestRow struct {
	ID           int64         `db:"id"`
	GroupID      int64         `db:"group_id"`
	Kind         request.Kind  `db:"kind"`
	State        request.State `db:"state"`
	TaskID       int64         `db:"task_id"`
	RoundID      int64         `db:"round_id"`
	PlanID       int64         `db:"plan_id"`
	FromAgencyID int64         `db:"from_agency_id"`
	ToAgencyID   int64         `db:"to_agency_id"`
	FromName     string        `db:"from_name"`
	ToName       string        `db:"to_name"`
	ToParentID   int64         `db:"to_parent_id"`
	AskedByName  string        `db:"asked_by_name"`
	AskedAt      time.Time     `db:"asked_at"`
	Text         string        `db:"text"`
	Resubmission bool          `db:"resubmission"`
	ProposedOn   sql.NullTime  `db:"proposed_on"`
	GrantedOn    sql.NullTime  `db:"granted_on"`
	DueAt        time.Time     `db:"due_at"`
	Derivation   []byte        `db:"derivation"`
	SettledAt    sql.NullTime  `db:"settled_at"`
	Version      int           `db:"version"`

	AgencyID    int64        `db:"agency_id"`
	AgencyName  string       `db:"agency_name"`
	RecipientID int64        `db:"recipient_id"`
	ReviewerID  int64        `db:"reviewer_id"`
	ThroughID   int64        `db:"through_id"`
	IssuerID    int64        `db:"issuer_id"`
	TaskState   task.State   `db:"task_state"`
	TaskResend  bool         `db:"task_resend"` // toResend
	TaskClosed  sql.NullTime `db:"task_closed_at"`
	TaskDue     time.Time    `db:"task_due_at"`
	TaskDerived []byte       `db:"task_derivation"`
	PlanState   plan.State   `db:"plan_state"`
	PlanCode    string       `db:"plan_code"`
	TimeZone    string       `db:"time_zone"`
	DutyCode    string       `db:"duty_code"`
	DutyTitle   string       `db:"duty_title"`
	PeriodKey   string       `db:"period_key"`
}

// The task's due time is the one that counts: of a returned task the date set with the return.
const selectRequest = `
	SELECT q.id, COALESCE(q.group_id, q.id) AS group_id, q.kind, q.state, q.task_id, t.round_id, q.plan_id, q.from_agency_id, q.to_agency_id,
		f.name AS from_name, o.name AS to_name, COALESCE(o.parent_id, 0) AS to_parent_id, u.name AS asked_by_name, q.asked_at, q.text,
		q.resubmission, q.proposed_on, q.granted_on, q.due_at, q.derivation, q.settled_at, q.version,
		t.agency_id, a.name AS agency_name, COALESCE(t.recipient_id, 0) AS recipient_id, COALESCE(t.reviewer_id, 0) AS reviewer_id, COALESCE(t.through_id, 0) AS through_id, p.issuer_id,
		t.state AS task_state, ` + toResend + ` AS task_resend, t.closed_at AS task_closed_at, ` + effectiveDue + ` AS task_due_at,
		CASE WHEN ` + toResend + ` THEN t.resubmit_derivation ELSE t.derivation END AS task_derivation,
		p.state AS plan_state, p.code AS plan_code, p.time_zone, d.code AS duty_code, d.title AS duty_title, r.period_key
	FROM requests q JOIN tasks t ON t.id = q.task_id JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id
	JOIN plans p ON p.id = q.plan_id JOIN agencies a ON a.id = t.agency_id JOIN agencies f ON f.id = q.from_agency_id
	JOIN agencies o ON o.id = q.to_agency_id JOIN users u ON u.id = q.asked_by`

func (r requestRow) relation() policy.Request {
	return policy.Request{
		Task: policy.Task{AgencyID: r.AgencyID, RecipientID: r.RecipientID, ReviewerID: r.ReviewerID, IssuerID: r.IssuerID, PlanID: r.PlanID, ThroughID: r.ThroughID},
		Kind: r.Kind, Resubmission: r.Resubmission, FromAgency: r.FromAgencyID, ToAgency: r.ToAgencyID,
	}
}

// moot: what is judged needs a result that is still owed, by the date that was asked about.
func (r requestRow) moot() bool {
	return r.Kind.Judged() && (!r.TaskState.Owed() || r.TaskClosed.Valid ||
		r.Kind == request.Extension && r.Resubmission != r.TaskResend)
}

// deadline is when the request is due: an extension when the task is.
func (r requestRow) deadline() time.Time {
	if r.Kind == request.Extension && !r.moot() {
		return r.TaskDue
	}
	return r.DueAt
}

// lapsed: the time to decide on an extension is over, though nobody noted it yet.
func (r requestRow) lapsed(now time.Time) bool {
	return r.Kind == request.Extension && !now.Before(r.deadline())
}

// request is the row as the actor sees it, and what the actor may do with it.
func (r requestRow) request(actor policy.Actor, now time.Time) (request.Request, error) {
	q := request.Request{
		ID: r.ID, GroupID: r.GroupID, Kind: r.Kind, State: r.State, TaskID: r.TaskID, PlanID: r.PlanID,
		FromAgencyID: r.FromAgencyID, ToAgencyID: r.ToAgencyID, FromAgencyName: r.FromName, ToAgencyName: r.ToName, TaskAgencyName: r.AgencyName,
		PlanCode: r.PlanCode, DutyCode: r.DutyCode, DutyTitle: r.DutyTitle, PeriodKey: r.PeriodKey, TimeZone: r.TimeZone,
		AskedByName: r.AskedByName, AskedAt: r.AskedAt.UTC(), Text: r.Text, Resubmission: r.Resubmission,
		DueAt: r.DueAt.UTC(), SettledAt: instant(r.SettledAt), Version: r.Version,
	}
	if r.ProposedOn.Valid {
		q.ProposedOn = civil(r.ProposedOn.Time)
	}
	if r.GrantedOn.Valid {
		q.GrantedOn = civil(r.GrantedOn.Time)
	}
	if err := json.Unmarshal(r.Derivation, &q.Derivation); err != nil {
		return q, fmt.Errorf("derivation of request %d: %w", r.ID, err)
	}
	rel := r.relation()
	q.MaySeeTask = policy.SeeTask(actor, rel.Task)
	if r.PlanState != plan.Active {
		return q, nil
	}
	asked := r.State == request.Asked && !r.lapsed(now) && !r.moot()
	answers := policy.AnswerRequest(actor, rel)
	q.MayDecide = asked && answers && (r.Kind.Judged() || r.Kind == request.Help) ||
		r.State == request.Answered && !r.SettledAt.Valid && policy.JudgeExplanation(actor, rel)
	q.MayOpine = asked && policy.OpineOnRequest(actor, rel)
	q.MayAnswer = answers && r.awaitsAnswer()
	q.MayPassOn = asked && answers && r.Kind == request.Obstacle && r.ToParentID != 0
	q.MayWithdraw = !r.SettledAt.Valid && policy.WithdrawRequest(actor, rel)
	q.MayTakeBack = r.Kind == request.Waiver && r.State == request.Granted && r.TaskState == task.StateWaived && policy.WaiveTask(actor, rel.Task)
	return q, nil
}

// awaitsAnswer: words are what it waits for; help only once it was promised.
func (r requestRow) awaitsAnswer() bool {
	if r.Kind == request.Help {
		return r.State == request.Accepted
	}
	return r.Kind.Answered() && r.State == request.Asked
}

func readRequest(ctx context.Context, tx *sqlx.Tx, id int64) (requestRow, error) {
	var row requestRow
	err := tx.GetContext(ctx, &row, selectRequest+` WHERE q.id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return row, notFound()
	}
	if err != nil {
		return row, fmt.Errorf("read request: %w", err)
	}
	return row, nil
}

// holdTask locks what an act around a task may change, in the order in which a
// round's run locks it: the calendars, the round, the task.
func (s *Store) holdTask(ctx context.Context, tx *sqlx.Tx, taskID int64) (lockedTask, error) {
	var t lockedTask
	if err := holdCalendar(ctx, tx); err != nil {
		return t, err
	}
	// Not FOR UPDATE: a submission holds its task when it refers to the round.
	if _, err := tx.ExecContext(ctx, `SELECT 1 FROM rounds WHERE id = (SELECT round_id FROM tasks WHERE id = $1) FOR NO KEY UPDATE`, taskID); err != nil {
		return t, fmt.Errorf("lock round: %w", err)
	}
	lock, err := s.preparedIn(ctx, tx, lockTask)
	if err != nil {
		return t, err
	}
	err = lock.GetContext(ctx, &t, taskID)
	if errors.Is(err, sql.ErrNoRows) {
		return t, notFound()
	}
	if err != nil {
		return t, fmt.Errorf("lock task: %w", err)
	}
	return t, nil
}

// lockRequest locks a request and its task for a change; whoever may not see it
// learns nothing of it.
func (s *Store) lockRequest(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, id int64, version int) (requestRow, lockedTask, error) {
	row, err := readRequest(ctx, tx, id)
	if err != nil {
		return row, lockedTask{}, err
	}
	if !policy.SeeRequest(actor, row.relation()) {
		return row, lockedTask{}, notFound()
	}
	t, err := s.holdTask(ctx, tx, row.TaskID)
	if err != nil {
		return row, t, err
	}
	if err := lockRequestRow(ctx, tx, id); err != nil {
		return row, t, err
	}
	// Read again: what was read before the locks may have changed while waiting for them.
	if row, err = readRequest(ctx, tx, id); err != nil {
		return row, t, err
	}
	switch {
	case row.SettledAt.Valid && row.State != request.Granted:
		return row, t, request.Refuse(row.State)
	case version != 0 && version != row.Version:
		return row, t, fault.New(fault.Conflict, "request.changed",
			"Đề nghị này đã có thay đổi từ lúc mở trang. Tải lại để xem diễn biến.",
			"The request has changed since it was read. Reload to see what happened.")
	case row.PlanState != plan.Active:
		return row, t, fault.New(fault.Conflict, "plan.not_active",
			"Văn bản đang tạm dừng hoặc đã kết thúc theo dõi.", "The plan is suspended or closed.")
	}
	return row, t, nil
}

func lockRequestRow(ctx context.Context, tx *sqlx.Tx, id int64) error {
	if _, err := tx.ExecContext(ctx, `SELECT 1 FROM requests WHERE id = $1 FOR UPDATE`, id); err != nil {
		return fmt.Errorf("lock request: %w", err)
	}
	return nil
}

// requestMove is a change of a request's state, and what its history says of it.
type requestMove struct {
	to        request.State
	settled   bool
	grantedOn sql.NullTime
	agency    int64 // on whose behalf
	text      string
	// audit is the action in the task's history; empty: named after kind and state.
	audit string
}

// moveRequest changes the state by compare-and-set, keeps words and history,
// ends its pending steps and lets its workflow look again.
func (s *Store) moveRequest(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, row requestRow, m requestMove, now time.Time) error {
	result, err := tx.ExecContext(ctx, `
		UPDATE requests SET state = $3, settled_at = CASE WHEN $4 THEN $5::timestamptz END, granted_on = $6, version = version + 1
		WHERE id = $1 AND state = $2`, row.ID, row.State, m.to, m.settled, now, m.grantedOn)
	if err != nil {
		return fmt.Errorf("move request: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(fmt.Errorf("request %d was not %s any more", row.ID, row.State), err)
	}
	if err := addRequestEvent(ctx, tx, row.ID, now, string(m.to), actor, m.agency, "", m.text); err != nil {
		return err
	}
	// Promised help is still due when it was; everything else has been dealt with.
	if m.to != request.Accepted || m.settled {
		if err := skipRequestSteps(ctx, tx, row.ID, now); err != nil {
			return err
		}
	}
	action := m.audit
	if action == "" {
		action = fmt.Sprintf("task.%s_%s", row.Kind, m.to)
	}
	after := map[string]any{"request": row.ID, "state": m.to}
	if m.text != "" {
		after["text_sha256"] = digest(m.text)
	}
	if m.grantedOn.Valid {
		after["granted_on"] = civil(m.grantedOn.Time).String()
	}
	if err := s.record(ctx, tx, actor, now, change{
		Action: action, Entity: "task", EntityID: row.TaskID, OnBehalf: m.agency,
		Before: map[string]any{"request": row.ID, "state": row.State}, After: after,
	}); err != nil {
		return err
	}
	return nudge(ctx, tx, fmt.Sprintf("request:%d", row.ID), action, now)
}

func addRequestEvent(ctx context.Context, tx *sqlx.Tx, id int64, now time.Time, action string, actor policy.Actor, agency int64, stance, text string) error {
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO request_events (request_id, at, action, actor_id, agency_id, stance, text)
		VALUES ($1, $2, $3, NULLIF($4, 0), NULLIF($5, 0), $6, $7)`, id, now, action, actor.UserID, agency, stance, text); err != nil {
		return fmt.Errorf("keep event of request: %w", err)
	}
	return nil
}

func skipRequestSteps(ctx context.Context, tx *sqlx.Tx, id int64, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `
		UPDATE request_steps SET state = 'skipped', run_at = $2 WHERE request_id = $1 AND state = 'pending'`, id, now); err != nil {
		return fmt.Errorf("skip steps of request: %w", err)
	}
	return nil
}

// requestReceipt reads requests as an act left them.
func requestReceipt(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, now time.Time, ids ...int64) (request.Receipt, error) {
	var receipt request.Receipt
	for _, id := range ids {
		row, err := readRequest(ctx, tx, id)
		if err != nil {
			return receipt, err
		}
		q, err := row.request(actor, now)
		if err != nil {
			return receipt, err
		}
		receipt.Requests = append(receipt.Requests, q)
	}
	return receipt, nil
}

// rolesText is a list of roles as Postgres takes it.
func rolesText(roles []policy.Role) []string {
	texts := make([]string, 0, len(roles))
	for _, r := range slices.Compact(roles) {
		texts = append(texts, string(r))
	}
	return texts
}
