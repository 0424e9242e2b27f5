package api_test

import (
	"context"

	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/score"
	"dondoc/internal/target"
)

func points(n int64) *decimal.Decimal {
	d := decimal.NewFromInt(n)
	return &d
}

func sampleTargets(id int64) target.View {
	outlook := indicator.Outlook{Actual: points(2000), Done: points(25), Forecast: points(8100), Light: indicator.Green, RuleVI: "Giữ nhịp", RuleEN: "At the pace"}
	return target.View{
		PlanID: id, PlanCode: "KH", PlanTitle: "Kế hoạch", On: calendar.NewDate(2026, 3, 31), Manages: true,
		Targets: []target.Standing{{
			Code: "II.2.đ", Text: "8.000 lượt", Due: calendar.NewDate(2026, 12, 31), Owners: []target.Agency{{Code: "@xa", Name: "UBND các xã"}}, Configured: []string{"owners"},
			Measures: []target.Measured{{
				Measure:    target.Measure{Number: 1, Kind: indicator.Reach, Aim: points(8000), Indicator: "kt-luot", Aims: []target.Aim{{AgencyID: 11, Aim: decimal.NewFromInt(8000)}}},
				Definition: indicator.Definition{Code: "kt-luot", Name: "Số lượt kiểm tra"}, Outlook: outlook, Feeds: []target.Feed{{DutyID: 5, Code: "IV.15.h", Title: "Báo cáo"}},
				Readings: []indicator.Reading{{On: calendar.NewDate(2026, 3, 31), Value: decimal.NewFromInt(2000)}},
				Years:    []target.YearOutlook{{Year: 2026, Aim: decimal.NewFromInt(1600), Outlook: outlook}},
				Parts: []target.Part{
					{Agency: target.Agency{ID: 11, Code: "h", Name: "UBND huyện"}, Aim: points(8000), Outlook: outlook, Tasks: []int64{31}, Opens: true},
					{Agency: target.Agency{ID: 12, Code: "k", Name: "UBND huyện khác"}, Outlook: indicator.Outlook{Light: indicator.Unclear}, Hidden: true},
				},
				Warnings: []target.Warning{{Code: "target.no_baseline", VI: "Chưa có số gốc", EN: "No baseline yet"}},
			}},
		}},
	}
}

func (f *fake) PlanTargets(_ context.Context, _ policy.Actor, id int64) (target.View, error) {
	f.note("PlanTargets %d", id)
	return sampleTargets(id), outcome(id)
}

func (f *fake) PlanTarget(_ context.Context, _ policy.Actor, id int64, code string, under int64) (target.View, error) {
	f.note("PlanTarget %d %s under %d", id, code, under)
	return sampleTargets(id), outcome(id)
}

func (f *fake) SplitTarget(_ context.Context, _ policy.Actor, in target.SplitInput) (target.View, error) {
	f.note("SplitTarget %+v", in)
	return sampleTargets(in.PlanID), outcome(in.PlanID)
}

func (f *fake) SetBaseline(_ context.Context, _ policy.Actor, in target.BaselineInput) (target.View, error) {
	f.note("SetBaseline %+v", in)
	return sampleTargets(in.PlanID), outcome(in.PlanID)
}

func sampleScores(id int64) score.View {
	sheet := plan.ScoreSheet{Code: "bang", Name: "Bảng chấm điểm", Note: "minh họa", Classes: []plan.Class{{Code: "tot", Name: "Tốt", From: "80"}}}
	return score.View{
		TaskID: id, Version: 4, Sheet: sheet, Number: 1, Sent: true, Complete: true,
		Lines:  []score.Line{{Criterion: plan.Criterion{Code: "c1", Name: "Tiêu chí", Points: "100"}, Own: points(90), Checked: points(85), Evidence: "BC 1"}},
		Result: score.Result{Own: decimal.NewFromInt(90), Checked: points(85), Class: sheet.Classes[0]}, CheckedAt: &due, CheckedByName: "Người theo dõi",
		Before: &score.Earlier{PeriodKey: "2025", Total: decimal.NewFromInt(70), Class: plan.Class{Code: "kha"}},
	}
}

func (f *fake) TaskScores(_ context.Context, _ policy.Actor, id int64) (score.View, error) {
	f.note("TaskScores %d", id)
	return sampleScores(id), outcome(id)
}

func (f *fake) SaveScores(_ context.Context, _ policy.Actor, in score.Input) (score.View, error) {
	f.note("SaveScores %+v", in)
	return sampleScores(in.TaskID), outcome(in.TaskID)
}

func (f *fake) CheckScores(_ context.Context, _ policy.Actor, in score.Input) (score.View, error) {
	f.note("CheckScores %+v", in)
	return sampleScores(in.TaskID), outcome(in.TaskID)
}

func (f *fake) ScoreSheet(_ context.Context, _ policy.Actor, in score.Filter) (score.Ranking, error) {
	f.note("ScoreSheet %+v", in)
	v := sampleScores(1)
	return score.Ranking{
		Sheet: v.Sheet, Level: "commune", Levels: []string{"commune"}, Year: 2026,
		Rows:    []score.Row{{Rank: 1, TaskID: 31, AgencyID: 12, AgencyName: "UBND xã", Result: v.Result, Before: v.Before, Movement: points(15)}},
		Classes: []score.ClassCount{{Class: v.Sheet.Classes[0], Units: 1, Share: points(100)}},
	}, outcome(in.PlanID)
}
