package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
	"dondoc/internal/workbook"
)

// FormSheet gives what the workbook of a task's form holds: what FilledForm
// knows, with the facts of the document and the draft's version. Faults: NotFound
// for a task that the actor may not see.
func (s *Store) FormSheet(ctx context.Context, actor policy.Actor, taskID int64) (workbook.Form, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return workbook.Form{}, fmt.Errorf("business clock: %w", err)
	}
	filled, shown, _, err := s.formSheet(ctx, actor, taskID, now)
	if err != nil {
		return workbook.Form{}, err
	}
	return filled, s.recordView(ctx, actor, shown, now)
}

// formSheet also tells who saved the draft; 0: there is none, or not for the actor.
func (s *Store) formSheet(ctx context.Context, actor policy.Actor, taskID int64, now time.Time) (filled workbook.Form, shown task.Task, savedBy int64, err error) {
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		row, err := visibleTaskRow(ctx, tx, actor, taskID)
		if err != nil {
			return err
		}
		if shown, err = row.task(now, zones{}); err != nil {
			return err
		}
		if filled.Filled, err = filledForm(ctx, tx, actor, shown, row.relation()); err != nil {
			return err
		}
		duty, _, err := dutyParts(ctx, tx, shown.DutyID)
		if err != nil {
			return err
		}
		filled.Secret, filled.NilReturn = duty.Secret, shown.NilReturn
		own := policy.WriteDraft(actor, row.relation())
		if filled.Given, err = contentShown(ctx, tx, taskID, own, nil); err != nil || !own {
			return err
		}
		draft, err := readDraft(ctx, tx, taskID, nil)
		filled.Draft, savedBy = draft.Version, draft.SavedBy
		return err
	})
	return filled, shown, savedBy, err
}

// TakeFormSheet takes the filled sheet of a task's form into its draft, or sends
// it in. Either all of it is taken or nothing; what is wrong is named by cell. A
// draft that somebody else saved since the sheet was made is not written over.
func (s *Store) TakeFormSheet(ctx context.Context, actor policy.Actor, sent workbook.Sent) (workbook.Taken, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return workbook.Taken{}, fmt.Errorf("business clock: %w", err)
	}
	form, _, savedBy, err := s.formSheet(ctx, actor, sent.TaskID, now)
	if err != nil {
		return workbook.Taken{}, err
	}
	if !policy.SubmitTask(actor, policy.Task{AgencyID: form.AgencyID}) {
		return workbook.Taken{}, fault.New(fault.Forbidden, "task.not_yours",
			"Chỉ đầu mối hoặc thủ trưởng của đơn vị được gửi báo cáo này.", "Only the agency's focal points and head may submit this.")
	}
	typed, err := workbook.ReadForm(sent.Content, form)
	if err != nil {
		return workbook.Taken{}, err
	}
	if sent.Submit {
		version := typed.Version
		if sent.Version != 0 {
			version = sent.Version
		}
		receipt, err := s.Submit(ctx, actor, typed.Content.Submission(sent.TaskID, version))
		return workbook.Taken{Content: typed.Content, Receipt: &receipt}, typed.Places.Locate(err)
	}
	version := typed.Draft
	if savedBy == actor.UserID {
		version = form.Draft // what one has written oneself is mended by the sheet
	}
	draft, err := s.SaveDraft(ctx, actor, task.DraftInput{TaskID: sent.TaskID, Version: version, Content: typed.Content})
	return workbook.Taken{Content: typed.Content, Draft: &draft}, typed.Places.Locate(err)
}
