package web

import (
	"context"
	"time"

	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/policy"
	"dondoc/internal/task"
	"dondoc/internal/workbook"
)

// sheets is what the fake was given to record.
type sheets struct{ recorded []task.RecordInput }

func (f *fake) FormSheet(_ context.Context, actor policy.Actor, id int64) (workbook.Form, error) {
	d, ok := f.details[id]
	if !ok || !policy.SeeTask(actor, relation(d.Task)) {
		return workbook.Form{}, notFound()
	}
	rows := []form.Row{}
	for _, field := range d.Fields {
		rows = append(rows, form.Row{Definition: indicator.Definition{Code: field.Indicator, Name: field.Name, UnitName: field.UnitName, Unit: indicator.Unit(field.Kind)}})
	}
	return workbook.Form{NilReturn: d.Task.NilReturn, Filled: form.Filled{
		Form: form.Form{Name: "Báo cáo", Sections: []form.Section{{Heading: "Số liệu", Rows: rows}}}, TaskID: id, AgencyCode: d.Task.AgencyCode, AgencyName: d.Task.AgencyName,
	}}, nil
}

func (f *fake) TakeFormSheet(ctx context.Context, actor policy.Actor, sent workbook.Sent) (workbook.Taken, error) {
	form, err := f.FormSheet(ctx, actor, sent.TaskID)
	if err != nil {
		return workbook.Taken{}, err
	}
	typed, err := workbook.ReadForm(sent.Content, form)
	return workbook.Taken{Content: typed.Content, Draft: &task.Draft{Version: 1}}, err
}

func (f *fake) RoundSheet(_ context.Context, actor policy.Actor, id int64) (workbook.Round, error) {
	if !policy.Supervises(actor) {
		return workbook.Round{}, notFound()
	}
	return workbook.Round{ID: id, Zone: time.UTC, Form: form.Form{Sections: []form.Section{{Rows: []form.Row{{Definition: indicator.Definition{Code: "vu", Name: "Số vụ", Unit: indicator.Count}}}}}},
		Units: []workbook.Unit{{TaskID: 12, Code: "X1", Name: "UBND xã Một", Owed: true}}}, nil
}

func (f *fake) TakeRoundSheet(ctx context.Context, actor policy.Actor, sent workbook.SentRound) ([]task.Receipt, error) {
	round, err := f.RoundSheet(ctx, actor, sent.RoundID)
	if err != nil {
		return nil, err
	}
	recorded, err := workbook.ReadRound(sent.Content, round, sent.Otherwise)
	if err != nil {
		return nil, err
	}
	f.sheets.recorded = append(f.sheets.recorded, recorded.Records...)
	return make([]task.Receipt, len(recorded.Records)), nil
}
