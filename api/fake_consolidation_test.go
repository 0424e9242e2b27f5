package api_test

import (
	"context"

	"github.com/shopspring/decimal"

	"dondoc/internal/consolidation"
	"dondoc/internal/indicator"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (f *fake) Consolidation(_ context.Context, _ policy.Actor, id int64) (consolidation.View, error) {
	total := indicator.Of(decimal.NewFromInt(12))
	return consolidation.View{
		TaskID: id, Seen: "0a1b", Stale: true, Definitions: []indicator.Definition{{Code: "so_luot", Name: "Số lượt", UnitName: "lượt"}},
		Inputs: []consolidation.Input{
			{TaskID: 31, AgencyID: 5, AgencyName: "UBND xã", PeriodKey: "2026-M02", Standing: consolidation.In, SubmissionID: 41, Number: 1, Figures: map[string]string{"so_luot": "12"}},
			{TaskID: 32, AgencyID: 6, AgencyName: "UBND phường", PeriodKey: "2026-M02", Standing: consolidation.Missing, Late: true},
		},
		Figures: []indicator.Figure{{Total: total, Value: "12", Parts: []indicator.Part{{Unit: 5, Source: 41, Total: total}}}},
		Taken:   &consolidation.Taken{At: due, ByName: "Đầu mối"}, Changes: []indicator.Change{{Code: "so_luot", Old: "10", New: "12", Parts: []int64{5}}}, ChangedTasks: []int64{31},
	}, outcome(id)
}

func (f *fake) ConsolidatedFigure(_ context.Context, _ policy.Actor, id int64, code string) (consolidation.Opened, error) {
	base := consolidation.Node{TaskID: 33, AgencyID: 7, AgencyName: "UBND xã", AgencyLevel: "commune", PeriodKey: "2026-M02", SubmissionID: 43, Number: 2, Value: "12"}
	return consolidation.Opened{
		TaskID: id, Definition: indicator.Definition{Code: code, Name: "Số lượt", UnitName: "lượt"}, Value: "13",
		Parts: []consolidation.Node{{TaskID: 31, AgencyID: 5, AgencyName: "UBND huyện", AgencyLevel: "district", PeriodKey: "2026-M02", SubmissionID: 41, Number: 1,
			Value: "13", Computed: "12", Edited: true, Parts: []consolidation.Node{base}}},
		Levels: []consolidation.LevelSum{{Level: "district", Units: 1, Value: "13"}},
	}, outcome(id)
}

func (f *fake) CommentInput(_ context.Context, a policy.Actor, in task.CommentInput) (task.Comment, error) {
	f.note("CommentInput %d %+v", a.UserID, in)
	return task.Comment{ID: 9, TaskID: in.InputID, ConsolidatorID: in.TaskID, Number: 1, AgencyName: "UBND huyện", WrittenBy: a.Name, WrittenAt: due, Text: in.Text}, outcome(in.TaskID)
}

func (f *fake) TakeOver(_ context.Context, a policy.Actor, in consolidation.TakeOverInput) (task.Draft, error) {
	f.note("TakeOver %d %+v", a.UserID, in)
	return task.Draft{TaskID: in.TaskID, Content: sampleContent(), Version: 72, SavedAt: due, SavedByName: a.Name}, outcome(in.TaskID)
}
