package web

import (
	"context"

	"github.com/shopspring/decimal"

	"dondoc/internal/indicator"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/score"
	"dondoc/internal/target"
)

func amount(n int64) *decimal.Decimal {
	d := decimal.NewFromInt(n)
	return &d
}

// aimed is a plan with a target of each light, one of them hidden from the reader.
func aimed() target.View {
	outlook := func(actual, done, forecast int64, light indicator.Light) indicator.Outlook {
		return indicator.Outlook{Actual: amount(actual), Done: amount(done), Forecast: amount(forecast), Light: light, RuleVI: "Giữ nhịp như đến ngày 31/03/2026.", RuleEN: "At the pace."}
	}
	measured := func(number int64, unit string, o indicator.Outlook) target.Measured {
		return target.Measured{Measure: target.Measure{Number: 1, Kind: indicator.Reach, Aim: amount(number), Unit: unit, Name: "đo " + unit}, Outlook: o}
	}
	inspected := measured(8000, "lượt", outlook(2000, 25, 8100, indicator.Green))
	inspected.Readings = []indicator.Reading{{On: on("2026-01-31"), Value: decimal.NewFromInt(500)}, {On: on("2026-03-31"), Value: decimal.NewFromInt(2000)}}
	inspected.From, inspected.To = on("2026-01-01"), on("2030-12-31")
	inspected.Feeds = []target.Feed{{DutyID: 7, Code: "IV.15.h", Title: "Báo cáo"}}
	inspected.Years = []target.YearOutlook{{Year: 2026, Aim: decimal.NewFromInt(1600), Outlook: outlook(2000, 125, 8100, indicator.Green)}}
	inspected.Parts = []target.Part{
		{Agency: target.Agency{ID: district, Name: "UBND huyện Long Thành"}, DutyID: 7, Aim: amount(5000), Outlook: outlook(900, 18, 3000, indicator.Red), Tasks: []int64{12}, Opens: true},
		{Agency: target.Agency{ID: 11, Name: "UBND huyện Tân Phú"}, DutyID: 7, Outlook: indicator.Outlook{Light: indicator.Unclear, RuleVI: "Số người dưới 5 không hiển thị.", RuleEN: "Few"}, Hidden: true},
	}
	reduced := measured(80, "% cơ sở", indicator.Outlook{Light: indicator.Unclear, RuleVI: "Chưa có số gốc.", RuleEN: "No baseline."})
	reduced.Warnings = []target.Warning{{Code: "target.no_baseline", VI: "Chưa có số gốc: cơ quan ban hành cần nhập số gốc.", EN: "No baseline yet."}}
	return target.View{
		PlanID: 1, PlanTitle: planTitle, On: on("2026-06-19"),
		Targets: []target.Standing{
			{Code: "II.2.đ", Text: "Kiểm tra 8.000 lượt", Due: on("2030-12-31"), Owners: []target.Agency{{Code: "@huyen", Name: "UBND các huyện"}}, Configured: []string{"owners"}, Measures: []target.Measured{inspected}},
			{Code: "II.1.b", Text: "Giảm 80%", Due: on("2030-12-31"), Measures: []target.Measured{reduced}},
			{Code: "II.2.a", Text: "Triệt phá 150 vụ", Due: on("2030-12-31"), Measures: []target.Measured{measured(150, "vụ", outlook(14, 9, 140, indicator.Amber))}},
		},
	}
}

func (f *fake) PlanTargets(_ context.Context, actor policy.Actor, id int64) (target.View, error) {
	if id != 1 || !policy.SeePlans(actor) {
		return target.View{}, noTargets()
	}
	return aimed(), nil
}

func (f *fake) PlanTarget(ctx context.Context, actor policy.Actor, id int64, code string, under int64) (target.View, error) {
	v, err := f.PlanTargets(ctx, actor, id)
	if err != nil || code != "II.2.đ" || under != 0 && under != district {
		return target.View{}, noTargets()
	}
	v.Targets = v.Targets[:1]
	if under == district {
		v.Targets[0].Measures[0].Parts = []target.Part{{Agency: target.Agency{ID: commune, Name: "UBND xã Phước Thái"}, Outlook: v.Targets[0].Measures[0].Outlook}}
	}
	return v, nil
}

// scored is the sheet of task 12, which the commune has not sent yet, and of 17, which it has.
func scored(id int64, own *decimal.Decimal) score.View {
	sheet := plan.ScoreSheet{Code: "bang", Name: "Bảng chấm điểm", Note: "minh họa", Classes: []plan.Class{{Code: "tot", Name: "Tốt", From: "0"}}}
	return score.View{
		TaskID: id, Sheet: sheet, Number: 1, Sent: id != 12, Complete: own != nil,
		Lines:  []score.Line{{Criterion: plan.Criterion{Code: "c1", Name: "Tuyên truyền", Points: "100", Hint: "Số buổi"}, Own: own, Evidence: "BC số 1"}},
		Result: score.Result{Own: decimal.NewFromInt(90), Class: sheet.Classes[0]}, Before: &score.Earlier{PeriodKey: "2025", Total: decimal.NewFromInt(70), Class: plan.Class{Name: "Khá"}},
	}
}

func (f *fake) TaskScores(_ context.Context, actor policy.Actor, id int64) (score.View, error) {
	if !policy.SeePlans(actor) || id != 12 && id != 17 {
		return score.View{}, notFound()
	}
	return scored(id, amount(90)), nil
}

func (f *fake) SaveScores(_ context.Context, _ policy.Actor, in score.Input) (score.View, error) {
	return f.keepScores("own", in)
}

func (f *fake) CheckScores(_ context.Context, _ policy.Actor, in score.Input) (score.View, error) {
	return f.keepScores("check", in)
}

func (f *fake) keepScores(as string, in score.Input) (score.View, error) {
	in, err := in.Clean()
	if err == nil {
		err = in.Check(plan.ScoreSheet{Criteria: []plan.Criterion{{Code: "c1", Name: "Tuyên truyền", Points: "100"}}}, as == "check")
	}
	if err == nil {
		f.scored = append(f.scored, as+" "+in.Points[0].Points+" "+in.Points[0].Evidence)
	}
	return score.View{}, err
}
