package workbook_test

import (
	"bytes"
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/task"
	"dondoc/internal/workbook"
)

func row(code, name string, unit indicator.Unit) form.Row {
	return form.Row{Definition: indicator.Definition{Code: code, Name: name, Unit: unit, UnitName: map[indicator.Unit]string{
		indicator.Count: "lượt", indicator.Percent: "%", indicator.Money: "đồng", indicator.Text: "",
	}[unit]}}
}

// sample is a form with every kind of row.
func sample() workbook.Form {
	visits, breaches, share := row("kt-luot", "Số lượt kiểm tra", indicator.Count), row("kt-vi-pham", "Số vi phạm phát hiện", indicator.Count), row("ty-le", "Tỷ lệ vi phạm", indicator.Percent)
	visits.Ordinal, visits.Min, visits.Max = "1", "0", "100000"
	breaches.Ordinal, breaches.Depth = "2", 1
	share.Ordinal, share.Computed, share.Aggregation = "3", true, indicator.Ratio
	met, fines, remark := row("dat-chuan", "Tỷ lệ xã đạt chuẩn", indicator.Percent), row("tien-phat", "Tiền phạt", indicator.Money), row("ghi-chu", "Địa bàn trọng điểm", indicator.Text)
	met.Ordinal, fines.Ordinal, remark.Ordinal = "4", "5", "6"
	return workbook.Form{
		Filled: form.Filled{
			Form: form.Form{Code: "mau-1", Name: "Báo cáo kết quả kiểm tra", Sections: []form.Section{
				{Heading: "I. Kiểm tra", Rows: []form.Row{visits, breaches, share}},
				{Heading: "II. Kết quả khác", Rows: []form.Row{met, fines, remark}, Narrative: true},
				{Heading: "III. Khó khăn, vướng mắc", Hint: "nêu rõ kiến nghị", Narrative: true},
			}},
			TaskID: 41, Version: 3, AgencyID: 7, AgencyCode: "H1", AgencyName: "UBND huyện Một", PlanCode: "KH-1", PlanTitle: "Kế hoạch số 1",
			DutyCode: "IV.2", DutyTitle: "Kiểm tra địa bàn", PeriodKey: "2026-Q1",
			From: calendar.NewDate(2026, time.January, 1), To: calendar.NewDate(2026, time.March, 31),
			Figures: map[string]form.Figures{
				"kt-luot": {YearPlan: "8000", YearToDate: "1250", PlanToDate: "91250", YearBefore: "1000", PercentOfPlan: "15.63", PercentOfYearBefore: "125"},
			},
			Texts: []string{"- Đã tổ chức 3 đợt.\n+ Đợt 1: tháng 1", ""},
		},
		Draft: 2, NilReturn: true,
	}
}

func written(t *testing.T, f workbook.Form) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := workbook.WriteForm(&b, f, "vi"); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func values(c task.Content) map[string]string {
	found := map[string]string{}
	for _, f := range c.Figures {
		found[f.Indicator] = f.Value
	}
	return found
}

func withInPeriod(f form.Figures, value string) form.Figures {
	f.InPeriod = value
	return f
}

// sampleRound is a round of three units, of which one has reported.
func sampleRound() workbook.Round {
	f := sample()
	return workbook.Round{
		ID: 9, Form: f.Form, PlanCode: f.PlanCode, PlanTitle: f.PlanTitle, DutyCode: f.DutyCode, DutyTitle: f.DutyTitle, PeriodKey: f.PeriodKey,
		Zone: time.FixedZone("+07", 7*3600), NilReturn: true,
		Units: []workbook.Unit{
			{TaskID: 41, Code: "H1", Name: "UBND huyện Một", Status: task.NotDoneOverdue, Owed: true},
			{TaskID: 42, Code: "H2", Name: "UBND huyện Hai", Status: task.DoneOnTime, Figures: map[string]string{"kt-luot": "77"}},
			{TaskID: 43, Code: "H3", Name: "UBND huyện Ba", Status: task.NotDoneInTime, Owed: true},
		},
	}
}

func roundSheet(t *testing.T, r workbook.Round) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := workbook.WriteRound(&b, r, "vi"); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
