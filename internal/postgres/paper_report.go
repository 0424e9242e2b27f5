package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/document"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// ReportPaper gives what the report of a task is made of, in one view of the
// database: to its own people what they are writing, which is a draft, else what
// was sent last. The reading is logged as a view. Faults: NotFound for a task that
// the actor may not see; Conflict where nothing was sent yet, and for secret duties.
func (s *Store) ReportPaper(ctx context.Context, actor policy.Actor, taskID int64) (document.Report, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return document.Report{}, fmt.Errorf("business clock: %w", err)
	}
	report := document.Report{Made: now.UTC().Truncate(time.Second)}
	var shown task.Task
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		row, err := visibleTaskRow(ctx, tx, actor, taskID)
		if err != nil {
			return err
		}
		if shown, err = row.task(now, zones{}); err != nil {
			return err
		}
		return fillReport(ctx, tx, actor, row, shown, now, &report)
	})
	if err != nil {
		return document.Report{}, err
	}
	return report, s.recordView(ctx, actor, shown, now)
}

func fillReport(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, row taskRow, t task.Task, now time.Time, report *document.Report) error {
	rules, err := taskRules(ctx, tx, t)
	if err != nil {
		return err
	}
	if rules.Secret {
		return fault.New(fault.Conflict, "paper.secret",
			"Nhiệm vụ mật: báo cáo gửi theo đường văn bản mật, hệ thống không lập văn bản.",
			"The duty is secret: its report goes as a classified document, and none is drafted here.")
	}
	own := policy.WriteDraft(actor, row.relation())
	content, err := contentShown(ctx, tx, t.ID, own, rules.Fields)
	if err != nil {
		return err
	}
	if !own && t.Submissions == 0 {
		return fault.New(fault.Conflict, "paper.not_sent",
			"Đơn vị chưa gửi báo cáo này.", "This report has not been sent yet.")
	}
	if report.Filled, err = filledForm(ctx, tx, actor, t, row.relation()); err != nil {
		return err
	}
	if report.Letterhead, err = letterheadOf(ctx, tx, t.AgencyID); err != nil {
		return err
	}
	zone, err := calendar.Zone(t.TimeZone)
	if err != nil {
		return fmt.Errorf("plan zone: %w", err)
	}
	writing := false
	if own {
		if writing, err = beingWritten(ctx, tx, t.ID); err != nil {
			return err
		}
	}
	report.Sent = !writing && (t.State == task.StateSubmitted || t.State == task.StateAccepted)
	report.Nil, report.Recipient, report.Today = content.Kind == task.NilReturn, t.RecipientName, calendar.DateOf(now, zone)
	report.Number, report.SignedOn, report.Signatory = content.DocumentNumber, content.DocumentOn, content.SignatoryTitle
	if len(rules.Sections) == 0 {
		report.Narrative = content.Narrative
	}
	return addInputs(ctx, tx, actor, row, now, report)
}

// beingWritten reports whether a task's own people have a draft, or their head
// looks at one.
func beingWritten(ctx context.Context, tx *sqlx.Tx, taskID int64) (bool, error) {
	var writing bool
	if err := tx.GetContext(ctx, &writing, `
		SELECT EXISTS (SELECT 1 FROM task_drafts WHERE task_id = $1) OR EXISTS (SELECT 1 FROM preparations WHERE task_id = $1 AND outcome = 'waiting')`, taskID); err != nil {
		return false, fmt.Errorf("look for a draft: %w", err)
	}
	return writing, nil
}

// addInputs puts in what a report that sums up others is made of; what the units
// gave only for those who may open it.
func addInputs(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, row taskRow, now time.Time, report *document.Report) error {
	view, err := consolidationOf(ctx, tx, policy.Actor{}, row.ID, now)
	if f := fault.Of(err); f != nil && f.Kind == fault.NotFound {
		return nil // it sums up nothing
	}
	if err != nil {
		return err
	}
	if !policy.OpenInputs(actor, row.relation(), row.State == task.StateSubmitted || row.State == task.StateAccepted) {
		view = view.Closed()
	}
	if !policy.InChain(actor, row.relation()) {
		view = view.Outside()
	}
	report.Consolidated, report.Definitions, report.Inputs = true, view.Definitions, view.Inputs
	return nil
}
