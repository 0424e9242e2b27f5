package api_test

import (
	"context"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func sampleCorrection(id, taskID int64) task.Correction {
	return task.Correction{
		ID: id, TaskID: taskID, Number: 2, Replaces: 1, Reason: "Cộng sót", CorrectedAt: due, CorrectedByName: "Đầu mối", Outcome: task.CorrectionWaits,
		AgencyName: "UBND huyện", DutyCode: "IV.1", DutyTitle: "Báo cáo", PeriodKey: "2026-Q1", TimeZone: "Asia/Ho_Chi_Minh",
	}
}

func (f *fake) Correct(_ context.Context, a policy.Actor, in task.CorrectInput) (task.Correction, error) {
	f.note("Correct %d %+v", a.UserID, in)
	return sampleCorrection(9, in.TaskID), outcome(in.TaskID)
}

func (f *fake) DecideCorrection(_ context.Context, a policy.Actor, in task.CorrectionAct) (task.Correction, error) {
	f.note("DecideCorrection %d %+v", a.UserID, in)
	k := sampleCorrection(in.CorrectionID, own)
	k.Outcome, k.Answer, k.DecidedAt, k.DecidedByName = task.CorrectionRefused, in.Answer, &due, a.Name
	return k, outcome(in.CorrectionID)
}

func (f *fake) ListCorrections(_ context.Context, _ policy.Actor, limit int, cursor string) (task.CorrectionPage, error) {
	f.note("ListCorrections %d %q", limit, cursor)
	return task.CorrectionPage{Corrections: []task.Correction{sampleCorrection(9, own)}, Next: "more"}, nil
}

func (f *fake) Forward(_ context.Context, a policy.Actor, in task.ForwardInput) (task.Receipt, error) {
	f.note("Forward %d %+v", a.UserID, in)
	t := sampleTask(in.TaskID)
	t.State = task.StateSubmitted
	return task.Receipt{Task: t, SubmissionID: 8, Number: 1}, outcome(in.TaskID)
}

func (f *fake) NoteTask(_ context.Context, a policy.Actor, in task.NoteInput) (task.Note, error) {
	f.note("NoteTask %d %+v", a.UserID, in)
	return task.Note{ID: 3, AgencyName: "Sở", Text: in.Text, NotedAt: due, NotedByName: a.Name}, outcome(in.TaskID)
}

func (f *fake) TaskNotes(_ context.Context, a policy.Actor, id int64) ([]task.Note, error) {
	f.note("TaskNotes %d by %d", id, a.UserID)
	return []task.Note{{ID: 3, AgencyName: "Sở", Text: "Kiểm tra kỹ", NotedAt: due, NotedByName: "Chuyên viên"}}, outcome(id)
}
