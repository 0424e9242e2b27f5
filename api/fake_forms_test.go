package api_test

import (
	"context"

	"dondoc/internal/calendar"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/policy"
)

func (f *fake) FilledForm(_ context.Context, _ policy.Actor, id int64) (form.Filled, error) {
	return form.Filled{
		Form: form.Form{Code: "bao-cao-xa", Name: "Báo cáo của UBND cấp xã", Sections: []form.Section{
			{Heading: "Số liệu", Rows: []form.Row{{Definition: indicator.Definition{Code: "so_luot", Name: "Số lượt", Unit: indicator.Count, UnitName: "lượt"}, Ordinal: "1"}}},
			{Heading: "Khó khăn", Narrative: true, Required: true},
		}},
		TaskID: id, Version: 4, AgencyID: 5, AgencyName: "UBND xã", PeriodKey: "2026-M02",
		From: calendar.NewDate(2026, 2, 1), To: calendar.NewDate(2026, 2, 28), Texts: []string{"Thiếu kinh phí."},
		Figures: map[string]form.Figures{"so_luot": {InPeriod: "12", YearToDate: "22", Previous: "10", PreviousKey: "2026-M01", Offered: "12", OfferedFrom: "Báo cáo tháng"}},
	}, outcome(id)
}

func (f *fake) PastFigures(_ context.Context, _ policy.Actor, agencyID int64, all bool) ([]form.Past, error) {
	f.note("PastFigures %d %t", agencyID, all)
	return []form.Past{aPastFigure(agencyID)}, outcome(agencyID)
}

func (f *fake) EnterPastFigures(_ context.Context, _ policy.Actor, in form.PastInput) ([]form.Past, error) {
	f.note("EnterPastFigures %d %s %s %s %s %s %d", in.AgencyID, in.Figures[0].Indicator, in.Figures[0].From, in.Figures[0].To, in.Figures[0].Value, in.Figures[0].Source, *in.Figures[0].Version)
	return []form.Past{aPastFigure(in.AgencyID)}, outcome(in.AgencyID)
}

func aPastFigure(agencyID int64) form.Past {
	return form.Past{
		ID: 81, AgencyID: agencyID, Indicator: "so_luot", From: calendar.NewDate(2015, 1, 1), To: calendar.NewDate(2015, 12, 31), Version: 2, Value: "150",
		Source: "Báo cáo số 15/BC-UBND", EnteredAt: due, EnteredByName: "Đầu mối",
	}
}
