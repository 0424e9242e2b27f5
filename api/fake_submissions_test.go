package api_test

import (
	"context"

	"dondoc/internal/agency"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (f *fake) Withdraw(_ context.Context, a policy.Actor, in task.WithdrawInput) (task.Receipt, error) {
	f.note("Withdraw %d %+v", a.UserID, in)
	return task.Receipt{Task: sampleTask(in.TaskID), SubmissionID: 8, Number: 1}, outcome(in.TaskID)
}

func sampleContent() task.Content {
	return task.Content{Kind: task.Report, Narrative: "Đã làm.", Figures: []task.Figure{{Indicator: "so_luot", Value: "12"}}, DocumentNumber: "15/BC"}
}

func (f *fake) FindDraft(_ context.Context, _ policy.Actor, id int64) (task.Draft, error) {
	return task.Draft{TaskID: id, Content: sampleContent(), Version: 70, SavedAt: due, SavedByName: "Đầu mối"}, outcome(id)
}

func (f *fake) SaveDraft(_ context.Context, a policy.Actor, in task.DraftInput) (task.Draft, error) {
	f.note("SaveDraft %d %+v", a.UserID, in)
	if in.TaskID == changed {
		return task.Draft{}, fault.New(fault.Conflict, "draft.changed", "Đầu mối khác đã lưu lúc 08:00.", "Another focal point saved at 08:00.").
			With(fault.New(fault.Conflict, "draft.differs", "Bản đã lưu ghi “3”.", "The saved draft says “3”.").At("figures.so_luot"))
	}
	in, err := in.Clean()
	if err != nil {
		return task.Draft{}, err
	}
	return task.Draft{TaskID: in.TaskID, Content: in.Content, Version: 71, SavedAt: due, SavedByName: a.Name}, outcome(in.TaskID)
}

func (f *fake) FindPreparation(_ context.Context, _ policy.Actor, id int64) (task.Preparation, error) {
	return task.Preparation{ID: 6, TaskID: id, Content: sampleContent(), PreparedAt: due, PreparedByName: "Đầu mối"}, outcome(id)
}

func (f *fake) DecidePreparation(_ context.Context, a policy.Actor, in task.PreparationInput) (task.Receipt, error) {
	f.note("DecidePreparation %d %+v", a.UserID, in)
	return task.Receipt{Task: sampleTask(in.TaskID)}, outcome(in.TaskID)
}

func (f *fake) RecordSubmission(_ context.Context, a policy.Actor, in task.RecordInput) (task.Receipt, error) {
	f.note("RecordSubmission %d %+v", a.UserID, in)
	t := sampleTask(in.TaskID)
	t.State = task.StateSubmitted
	return task.Receipt{Task: t, SubmissionID: 8, Number: 1}, outcome(in.TaskID)
}

func (f *fake) CompareSubmissions(_ context.Context, _ policy.Actor, id int64, from, to int) (task.Comparison, error) {
	f.note("CompareSubmissions %d %d %d", id, from, to)
	older := task.Submission{Number: from, Kind: task.Report, Narrative: "Đã họp 3 lần", Figures: []task.Figure{{Indicator: "so_luot", Value: "12"}}, SubmittedAt: due, WithdrawnAt: &due}
	newer := task.Submission{Number: to, Kind: task.Report, Narrative: "Đã họp 4 lần", Figures: []task.Figure{{Indicator: "so_luot", Value: "15.5"}}, SubmittedAt: due,
		Recorded: &task.Recorded{At: due, OnBehalfOf: 11, OnBehalfOfName: "UBND huyện", Channel: task.ChannelPaper}}
	return task.Compare(older, newer, []task.Field{{Indicator: "so_luot", Name: "Số lượt", Kind: "count"}}), outcome(id)
}

func (f *fake) SetTwoSignatures(_ context.Context, a policy.Actor, id int64, version int, required bool) (agency.Agency, error) {
	f.note("SetTwoSignatures %d by %d v%d %v", id, a.UserID, version, required)
	return agency.Agency{ID: id, Code: "H1", Name: "UBND huyện", Level: "district", TwoSignatures: required, Version: 3}, outcome(id)
}
