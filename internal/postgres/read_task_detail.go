package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/indicator"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

var findTask = `
	SELECT ` + taskColumns + ` FROM ` + taskTables + ` WHERE ` + visibleTask + ` AND t.id = $4`

// TaskDetail gives a task with everything its page shows, and what the actor
// may do with it now. A task that the actor may not see is not found.
func (s *Store) TaskDetail(ctx context.Context, actor policy.Actor, id int64) (task.Detail, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return task.Detail{}, fmt.Errorf("business clock: %w", err)
	}
	var detail task.Detail
	err = s.snapshot(ctx, func(tx *sqlx.Tx) (err error) {
		detail, err = detailIn(ctx, tx, actor, id, now)
		return err
	})
	if err != nil {
		return task.Detail{}, err
	}
	if len(detail.Submissions) > 0 {
		if err := s.recordView(ctx, actor, detail.Task, now); err != nil {
			return task.Detail{}, err
		}
	}
	return detail, nil
}

// detailIn reads everything of a task that the actor may see.
func detailIn(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, id int64, now time.Time) (detail task.Detail, err error) {
	var row taskRow
	err = tx.GetContext(ctx, &row, findTask, scoped(actor, id)...)
	if errors.Is(err, sql.ErrNoRows) {
		return detail, notFound()
	}
	if err != nil {
		return detail, fmt.Errorf("read task: %w", err)
	}
	if detail.Task, err = row.task(now, zones{}); err != nil {
		return detail, err
	}
	if detail.Rules, err = taskRules(ctx, tx, detail.Task); err != nil {
		return detail, err
	}
	detail.Fields = detail.Rules.Fields
	if detail.Submissions, err = submissionsOf(ctx, tx, id, detail.Fields); err != nil {
		return detail, err
	}
	if !policy.InChain(actor, row.relation()) {
		hideFew(detail.Submissions, detail.Fields)
	}
	if detail.Steps, err = stepsOf(ctx, tx, id); err != nil {
		return detail, err
	}
	if detail.History, err = historyOf(ctx, tx, detail.Task); err != nil {
		return detail, err
	}
	if policy.SeeResponsible(actor, row.relation()) {
		if detail.InHand, err = inHand(ctx, tx, row, policy.SubmitTask(actor, row.relation())); err != nil {
			return detail, err
		}
	}
	detail.MaySubmit, detail.MayReview = row.mayDo(actor)
	row.mayAlso(actor, &detail, now)
	detail.MayRedact = len(detail.Submissions) > 0 && policy.RedactSubmission(actor, row.relation())
	if err := aroundConsolidation(ctx, tx, row, &detail); err != nil {
		return detail, err
	}
	return detail, addRoute(ctx, tx, actor, row, &detail, now)
}

// mayDo says which acts would be taken from this actor as things stand: a
// closed round takes no results until it is reopened.
func (r taskRow) mayDo(actor policy.Actor) (submit, review bool) {
	if r.PlanState != plan.Active {
		return false, false
	}
	submit = (r.State == task.StateOpen || r.State == task.StateReturned) && !r.ClosedAt.Valid &&
		policy.SubmitTask(actor, r.relation())
	review = r.State == task.StateSubmitted && !r.held() && reviewRequired(r.Review) && policy.ReviewTask(actor, r.relation())
	return submit, review
}

// mayAlso says the same of withdrawing, of what waits for the head, and of recording.
func (r taskRow) mayAlso(actor policy.Actor, d *task.Detail, now time.Time) {
	if r.PlanState != plan.Active {
		return
	}
	owed := (r.State == task.StateOpen || r.State == task.StateReturned || r.State == task.StatePrepared) && !r.ClosedAt.Valid
	d.MayRecord = owed && policy.RecordTask(actor, r.relation())
	d.MayApprove = owed && r.State == task.StatePrepared && policy.ApproveTask(actor, r.relation())
	d.MayTakeBack = owed && r.State == task.StatePrepared && policy.SubmitTask(actor, r.relation())
	if r.State != task.StateSubmitted || len(d.Submissions) == 0 {
		return
	}
	newest := d.Submissions[0]
	d.MayWithdraw = newest.Recorded == nil && newest.Correction == nil && policy.WithdrawTask(actor, r.relation(), newest.PreparedByName != "") &&
		!(r.RoundState == "closed" && now.After(r.ClosesAt))
	if !reviewRequired(r.Review) {
		until := newest.SubmittedAt.Add(nilUndo)
		if d.MayWithdraw = d.MayWithdraw && newest.Kind == task.NilReturn && !now.After(until); d.MayWithdraw {
			d.WithdrawUntil = &until
		}
	}
}

// dutyRules are what a duty asks of a report, as the plan's version in force says it.
func dutyRules(ctx context.Context, tx *sqlx.Tx, dutyID int64) (task.Rules, error) {
	d, parts, err := dutyParts(ctx, tx, dutyID)
	rules := task.Rules{Result: d.Result, ResultRequired: d.ResultRequired, Secret: d.Secret, ScoreSheet: d.ScoreSheet, StandingSections: d.StandingSections && !d.Secret}
	if err != nil || len(d.Indicators) == 0 && d.Form == "" {
		return rules, err
	}
	return parts.rules(rules, d.Indicators, d.Form), nil
}

// dutyParts reads a duty, and what the plan's version in force says of figures
// and forms where the duty asks for any.
func dutyParts(ctx context.Context, tx *sqlx.Tx, dutyID int64) (d plan.Duty, parts planParts, err error) {
	var row struct {
		PlanID     int64  `db:"plan_id"`
		Version    int    `db:"version"`
		Definition []byte `db:"definition"`
	}
	if err := tx.GetContext(ctx, &row, `
		SELECT d.plan_id, COALESCE(p.current_version, d.since_version) AS version, d.definition
		FROM duties d JOIN plans p ON p.id = d.plan_id WHERE d.id = $1`, dutyID); err != nil {
		return d, parts, fmt.Errorf("read duty: %w", err)
	}
	if err := json.Unmarshal(row.Definition, &d); err != nil {
		return d, parts, fmt.Errorf("definition of duty %d: %w", dutyID, err)
	}
	if len(d.Indicators) == 0 && d.Form == "" {
		return d, parts, nil
	}
	parts, err = readPlanParts(ctx, tx, planVersion{row.PlanID, row.Version})
	return d, parts, err
}

// fieldsOf are the figures that a duty asks for.
func fieldsOf(ctx context.Context, tx *sqlx.Tx, dutyID int64) ([]task.Field, error) {
	rules, err := dutyRules(ctx, tx, dutyID)
	return rules.Fields, err
}

// unmarshalPresent reads JSON that may be missing.
func unmarshalPresent(b []byte, into any) error {
	if len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, into)
}

type submissionRow struct {
	ID              int64          `db:"id"`
	Number          int            `db:"number"`
	Kind            task.Kind      `db:"kind"`
	Narrative       string         `db:"narrative"`
	Figures         []byte         `db:"figures"`
	Explanations    []byte         `db:"explanations"`
	DocumentNumber  string         `db:"document_number"`
	DocumentOn      sql.NullTime   `db:"document_on"`
	SignatoryTitle  string         `db:"signatory_title"`
	SubmittedAt     time.Time      `db:"submitted_at"`
	SubmittedBy     int64          `db:"submitted_by"`
	SubmittedByName string         `db:"submitted_by_name"`
	SubmittedFor    string         `db:"submitted_for"`
	Invalid         bool           `db:"invalid"`
	ReviewID        sql.NullInt64  `db:"review_id"`
	Decision        sql.NullString `db:"decision"`
	Reason          sql.NullString `db:"reason"`
	ResubmitDueAt   sql.NullTime   `db:"resubmit_due_at"`
	DecidedAt       sql.NullTime   `db:"decided_at"`
	DecidedByName   string         `db:"decided_by_name"`
	WithdrawnAt     sql.NullTime   `db:"withdrawn_at"`
	WithdrawnByName string         `db:"withdrawn_by_name"`
	WithdrawReason  string         `db:"withdraw_reason"`
	PreparedByName  string         `db:"prepared_by_name"`
	RecordedAt      sql.NullTime   `db:"recorded_at"`
	OnBehalfOf      sql.NullInt64  `db:"on_behalf_of"`
	OnBehalfOfName  string         `db:"on_behalf_of_name"`
	Channel         task.Channel   `db:"channel"`
	Evidence        string         `db:"evidence"`
	Intermediary    string         `db:"intermediary"`
	ForwardedAt     sql.NullTime   `db:"forwarded_at"`
	ForwardedByName string         `db:"forwarded_by_name"`
	ForwardedFor    string         `db:"forwarded_for"`
	Remark          string         `db:"remark"`
}

func submissionsOf(ctx context.Context, tx *sqlx.Tx, taskID int64, fields []task.Field) ([]task.Submission, error) {
	var rows []submissionRow
	if err := tx.SelectContext(ctx, &rows, `
		SELECT b.id, b.number, b.kind, b.narrative, b.figures, b.explanations, b.document_number, b.document_on, b.signatory_title,
			b.submitted_at, b.submitted_by, u.name AS submitted_by_name, COALESCE(sf.name, '') AS submitted_for, b.invalid,
			w.id AS review_id, w.decision, w.reason, w.resubmit_due_at, w.decided_at, COALESCE(x.name, '') AS decided_by_name,
			b.withdrawn_at, COALESCE(wu.name, '') AS withdrawn_by_name, b.withdraw_reason, COALESCE(pu.name, '') AS prepared_by_name,
			b.recorded_at, b.on_behalf_of, COALESCE(o.name, '') AS on_behalf_of_name, b.channel, b.evidence,
			COALESCE(i.name, '') AS intermediary, f.forwarded_at, COALESCE(fu.name, '') AS forwarded_by_name, COALESCE(fa.name, '') AS forwarded_for, COALESCE(f.remark, '') AS remark
		FROM submissions b JOIN users u ON u.id = b.submitted_by
		LEFT JOIN reviews w ON w.submission_id = b.id AND w.overturned_at IS NULL LEFT JOIN users x ON x.id = w.decided_by
		LEFT JOIN users wu ON wu.id = b.withdrawn_by LEFT JOIN users pu ON pu.id = b.prepared_by
		LEFT JOIN agencies o ON o.id = b.on_behalf_of LEFT JOIN agencies i ON i.id = w.intermediary_id
		LEFT JOIN forwardings f ON f.submission_id = b.id LEFT JOIN users fu ON fu.id = f.forwarded_by LEFT JOIN agencies fa ON fa.id = f.agency_id
		LEFT JOIN users sf ON sf.id = b.stood_in_for
		WHERE b.task_id = $1 ORDER BY b.number DESC`, taskID); err != nil {
		return nil, fmt.Errorf("read submissions: %w", err)
	}
	corrections, err := correctionsOf(ctx, tx, taskID)
	if err != nil {
		return nil, err
	}
	submissions := make([]task.Submission, 0, len(rows))
	for _, r := range rows {
		figures, err := figuresOf(r.Figures, fields)
		if err != nil {
			return nil, fmt.Errorf("figures of submission %d: %w", r.ID, err)
		}
		explanations, err := explanationsOf(r.Explanations)
		if err != nil {
			return nil, fmt.Errorf("submission %d: %w", r.ID, err)
		}
		b := task.Submission{
			ID: r.ID, TaskID: taskID, Number: r.Number, Kind: r.Kind, Narrative: r.Narrative, Figures: figures, Explanations: explanations,
			DocumentNumber: r.DocumentNumber, SignatoryTitle: r.SignatoryTitle, SubmittedAt: r.SubmittedAt.UTC(),
			SubmittedBy: r.SubmittedBy, SubmittedByName: r.SubmittedByName, SubmittedFor: r.SubmittedFor, Invalid: r.Invalid,
			WithdrawnAt: instant(r.WithdrawnAt), WithdrawnByName: r.WithdrawnByName, WithdrawReason: r.WithdrawReason, PreparedByName: r.PreparedByName,
		}
		if r.RecordedAt.Valid {
			b.Recorded = &task.Recorded{
				At: r.RecordedAt.Time.UTC(), OnBehalfOf: r.OnBehalfOf.Int64, OnBehalfOfName: r.OnBehalfOfName, Channel: r.Channel, Evidence: r.Evidence,
			}
		}
		if r.DocumentOn.Valid {
			b.DocumentOn = civil(r.DocumentOn.Time)
		}
		if r.ReviewID.Valid {
			b.Review = &task.Review{
				ID: r.ReviewID.Int64, Decision: task.Decision(r.Decision.String), Reason: r.Reason.String,
				ResubmitDueAt: instant(r.ResubmitDueAt), DecidedAt: r.DecidedAt.Time.UTC(), DecidedByName: r.DecidedByName, Intermediary: r.Intermediary,
			}
		}
		if r.ForwardedAt.Valid {
			b.Forwarded = &task.Forwarding{At: r.ForwardedAt.Time.UTC(), AgencyName: r.ForwardedFor, ByName: r.ForwardedByName, Remark: r.Remark}
		}
		if k, ok := corrections[r.Number]; ok {
			b.Correction = &k
		}
		submissions = append(submissions, b)
	}
	return submissions, addFiles(ctx, tx, taskID, submissions)
}

// hideFew hides from a reader outside of the reporting chain each count of fewer
// than five persons.
func hideFew(submissions []task.Submission, fields []task.Field) {
	counts := map[string]bool{}
	for _, f := range fields {
		counts[f.Indicator] = f.CountOnly
	}
	for _, b := range submissions {
		for i, f := range b.Figures {
			b.Figures[i].Value = indicator.Definition{CountOnly: counts[f.Indicator]}.Shown(f.Value, false)
		}
	}
}

// figuresOf puts figures in the order of the duty's indicators; those that a
// later version of the plan asks for no more follow by code.
func figuresOf(stored []byte, fields []task.Field) ([]task.Figure, error) {
	values := map[string]string{}
	if err := json.Unmarshal(stored, &values); err != nil {
		return nil, err
	}
	rank := make(map[string]int, len(fields))
	for i, f := range fields {
		rank[f.Indicator] = i - len(fields)
	}
	figures := make([]task.Figure, 0, len(values))
	for code, value := range values {
		figures = append(figures, task.Figure{Indicator: code, Value: value})
	}
	slices.SortFunc(figures, func(a, b task.Figure) int {
		return cmp.Or(cmp.Compare(rank[a.Indicator], rank[b.Indicator]), cmp.Compare(a.Indicator, b.Indicator))
	})
	return figures, nil
}

func stepsOf(ctx context.Context, tx *sqlx.Tx, taskID int64) ([]task.Step, error) {
	var rows []struct {
		ID         int64          `db:"id"`
		Code       string         `db:"code"`
		Kind       string         `db:"kind"`
		At         time.Time      `db:"at"`
		Audience   pq.StringArray `db:"audience"`
		State      string         `db:"state"`
		RunAt      sql.NullTime   `db:"run_at"`
		Recipients int            `db:"recipients"`
		Derivation []byte         `db:"derivation"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		WITH told AS (
			SELECT step_id, count(*) AS n FROM notifications WHERE task_id = $1 AND step_id IS NOT NULL GROUP BY step_id
		)
		SELECT s.id, s.code, s.kind, s.at, s.audience, s.state, s.run_at, s.derivation, COALESCE(told.n, 0) AS recipients
		FROM steps s LEFT JOIN told ON told.step_id = s.id
		WHERE s.task_id = $1 ORDER BY s.at, s.severity, s.id`, taskID); err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	steps := make([]task.Step, 0, len(rows))
	for _, r := range rows {
		step := task.Step{
			ID: r.ID, Code: r.Code, Kind: r.Kind, At: r.At.UTC(), Audience: r.Audience, State: r.State,
			RunAt: instant(r.RunAt), Recipients: r.Recipients,
		}
		if err := json.Unmarshal(r.Derivation, &step.Derivation); err != nil {
			return nil, fmt.Errorf("derivation of step %d: %w", r.ID, err)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// historyOf tells what the audit trail knows of a task, views and downloads of
// single files left out: they change nothing. Note is the agency on whose behalf somebody acted.
func historyOf(ctx context.Context, tx *sqlx.Tx, t task.Task) ([]task.Event, error) {
	var rows []struct {
		At     time.Time `db:"at"`
		Action string    `db:"action"`
		Actor  string    `db:"actor"`
		For    string    `db:"stood_in_for"`
		Note   string    `db:"note"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT h.at, h.action, COALESCE(u.name, '') AS actor, COALESCE(f.name, '') AS stood_in_for, COALESCE(a.name, '') AS note
		FROM audit h LEFT JOIN users u ON u.id = h.actor_id LEFT JOIN users f ON f.id = h.stood_in_for LEFT JOIN agencies a ON a.id = h.on_behalf_of
		WHERE h.entity = 'task' AND h.entity_id = $1 AND h.action NOT IN ('`+viewed+`', '`+fileDownloaded+`') ORDER BY h.at, h.id`, t.ID); err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	events := make([]task.Event, 0, len(rows)+1)
	opened := false
	for _, r := range rows {
		opened = opened || r.Action == "task.opened"
		events = append(events, task.Event{At: r.At.UTC(), Action: r.Action, Actor: r.Actor, For: r.For, Note: r.Note})
	}
	if t.OpenedAt != nil && !opened {
		events = slices.Insert(events, 0, task.Event{At: *t.OpenedAt, Action: "task.opened"})
	}
	return events, nil
}
