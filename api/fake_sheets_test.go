package api_test

import (
	"context"
	"time"

	"dondoc/internal/policy"
	"dondoc/internal/task"
	"dondoc/internal/workbook"
)

func (f *fake) FormSheet(ctx context.Context, a policy.Actor, id int64) (workbook.Form, error) {
	f.note("FormSheet %d by", id)
	filled, err := f.FilledForm(ctx, a, id)
	return workbook.Form{Filled: filled, NilReturn: true}, err
}

func (f *fake) TakeFormSheet(ctx context.Context, a policy.Actor, sent workbook.Sent) (workbook.Taken, error) {
	f.note("TakeFormSheet %d %d bytes submit %v version %d", sent.TaskID, len(sent.Content), sent.Submit, sent.Version)
	form, err := f.FormSheet(ctx, a, sent.TaskID)
	if err != nil {
		return workbook.Taken{}, err
	}
	f.note("TakeFormSheet %d %d bytes submit %v version %d", sent.TaskID, len(sent.Content), sent.Submit, sent.Version)
	typed, err := workbook.ReadForm(sent.Content, form)
	if err != nil {
		return workbook.Taken{}, err
	}
	if sent.Submit {
		return workbook.Taken{Receipt: &task.Receipt{Task: task.Task{ID: sent.TaskID}, SubmissionID: 9, Number: 1}}, nil
	}
	return workbook.Taken{Draft: &task.Draft{TaskID: sent.TaskID, Content: typed.Content, Version: 2}}, nil
}

func (f *fake) RoundSheet(ctx context.Context, a policy.Actor, id int64) (workbook.Round, error) {
	filled, err := f.FilledForm(ctx, a, id)
	f.note("RoundSheet %d by", id)
	return workbook.Round{
		ID: id, Form: filled.Form, PeriodKey: filled.PeriodKey, Zone: time.UTC,
		Units: []workbook.Unit{{TaskID: 41, Code: "x1", Name: "UBND xã", Status: task.NotDoneInTime, Owed: true}},
	}, err
}

func (f *fake) TakeRoundSheet(ctx context.Context, a policy.Actor, sent workbook.SentRound) ([]task.Receipt, error) {
	round, err := f.RoundSheet(ctx, a, sent.RoundID)
	if err != nil {
		return nil, err
	}
	f.note("TakeRoundSheet %d %s %s %s", sent.RoundID, sent.Otherwise.At.Format(time.RFC3339), sent.Otherwise.Channel, sent.Otherwise.Evidence)
	recorded, err := workbook.ReadRound(sent.Content, round, sent.Otherwise)
	if err != nil {
		return nil, err
	}
	return []task.Receipt{{Task: task.Task{ID: recorded.Records[0].TaskID}, SubmissionID: 9, Number: 1}}, nil
}
