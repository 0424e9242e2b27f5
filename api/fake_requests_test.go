package api_test

import (
	"context"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	asked "dondoc/internal/request"
)

func sampleRequest(id int64) asked.Request {
	return asked.Request{
		ID: id, GroupID: id, Kind: asked.Extension, State: asked.Asked, TaskID: own, PlanID: 2, FromAgencyID: 11, ToAgencyID: 10,
		FromAgencyName: "UBND huyện", ToAgencyName: "UBND tỉnh", TaskAgencyName: "UBND huyện", PlanCode: "KH", DutyCode: "IV.1", DutyTitle: "Báo cáo",
		PeriodKey: "2026-Q1", TimeZone: "Asia/Ho_Chi_Minh", AskedByName: "Đầu mối", AskedAt: due.AddDate(0, 0, -5), Text: "Chờ số liệu",
		ProposedOn: calendar.NewDate(2026, 3, 25), DueAt: due, Version: 1, MayDecide: true,
		Derivation: calendar.Derivation{Notes: []calendar.Note{{Kind: "window_end", Date: calendar.NewDate(2026, 3, 14)}}},
	}
}

func (f *fake) acted(what string, in asked.Act) (asked.Receipt, error) {
	f.note("%s %+v", what, in)
	return asked.Receipt{
		Requests: []asked.Request{sampleRequest(in.ID)},
		Warnings: []asked.Warning{{Code: "request.day_off", VI: "Không phải ngày làm việc.", EN: "No working day."}},
	}, outcome(in.ID)
}

func (f *fake) AskRequest(_ context.Context, _ policy.Actor, in asked.AskInput) (asked.Receipt, error) {
	f.note("AskRequest %+v", in)
	return asked.Receipt{Requests: []asked.Request{sampleRequest(own)}}, outcome(in.TaskID)
}

func (f *fake) ListRequests(_ context.Context, _ policy.Actor, filter asked.Filter) (asked.Page, error) {
	f.note("ListRequests %+v", filter)
	return asked.Page{Requests: []asked.Request{sampleRequest(own)}, Next: "more"}, outcome(filter.TaskID)
}

func (f *fake) FindRequest(_ context.Context, _ policy.Actor, id int64) (asked.Detail, error) {
	if err := outcome(id); err != nil && id != changed && id != forbidden {
		return asked.Detail{}, err
	}
	return asked.Detail{
		Request: sampleRequest(id), Events: []asked.Event{{At: due, Action: "opinion", ActorName: "Chuyên viên", Agency: "Sở", Stance: "for", Text: "Đồng ý"}},
		Steps: []asked.Step{{Code: "lapse", At: due, State: "pending"}},
	}, nil
}

func (f *fake) OpineOnRequest(_ context.Context, _ policy.Actor, in asked.Act) (asked.Receipt, error) {
	return f.acted("OpineOnRequest", in)
}

func (f *fake) DecideRequest(_ context.Context, _ policy.Actor, in asked.Act) (asked.Receipt, error) {
	return f.acted("DecideRequest", in)
}

func (f *fake) AnswerRequest(_ context.Context, _ policy.Actor, in asked.Act) (asked.Receipt, error) {
	return f.acted("AnswerRequest", in)
}

func (f *fake) PassOnRequest(_ context.Context, _ policy.Actor, in asked.Act) (asked.Receipt, error) {
	return f.acted("PassOnRequest", in)
}

func (f *fake) WithdrawRequest(_ context.Context, _ policy.Actor, in asked.Act) (asked.Receipt, error) {
	return f.acted("WithdrawRequest", in)
}

func (f *fake) TakeBackWaiver(_ context.Context, _ policy.Actor, in asked.Act) (asked.Receipt, error) {
	return f.acted("TakeBackWaiver", in)
}
