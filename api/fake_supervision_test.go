package api_test

import (
	"context"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func sampleContest(id int64) task.Contest {
	return task.Contest{
		ID: id, TaskID: own, ReviewID: 9, SubmissionNumber: 1, ReviewReason: "Thiếu chữ ký", ReviewedAt: due, Reason: "Văn bản có ký số.",
		ContestedAt: due, ContestedByName: "Thủ trưởng",
	}
}

func (f *fake) ContestReview(_ context.Context, _ policy.Actor, in task.ContestInput) (task.Contest, error) {
	f.note("ContestReview %+v", in)
	return sampleContest(4), outcome(in.TaskID)
}

func (f *fake) DecideContest(_ context.Context, _ policy.Actor, in task.ContestDecision) (task.Contest, error) {
	f.note("DecideContest %+v", in)
	contest := sampleContest(in.ContestID)
	contest.Outcome, contest.Answer, contest.DecidedAt, contest.DecidedByName = in.Outcome, in.Answer, &due, "Cơ quan ban hành"
	return contest, outcome(in.ContestID)
}

func (f *fake) ListContests(_ context.Context, _ policy.Actor, limit int, cursor string) (task.ContestPage, error) {
	f.note("ListContests %d %q", limit, cursor)
	return task.ContestPage{Contests: []task.Contest{sampleContest(4)}, Next: "more"}, nil
}

func (f *fake) Reopen(_ context.Context, _ policy.Actor, in task.ReopenInput) (task.Receipt, error) {
	f.note("Reopen %+v", in)
	t := sampleTask(in.TaskID)
	t.State, t.ResubmitDueAt, t.Version = task.StateReturned, &due, 6
	return task.Receipt{Task: t}, outcome(in.TaskID)
}

func (f *fake) AcceptMany(_ context.Context, _ policy.Actor, items []task.AcceptItem) ([]task.Outcome, error) {
	f.note("AcceptMany %+v", items)
	return []task.Outcome{{TaskID: own, Version: 5}, {TaskID: foreign, Fault: errNotFound}}, nil
}

func (f *fake) Urge(_ context.Context, _ policy.Actor, in task.UrgeInput) (task.UrgeReceipt, error) {
	f.note("Urge %+v", in)
	return task.UrgeReceipt{UrgingID: 6, Outcomes: []task.Outcome{{TaskID: own, Version: 4, Recipients: 3}, {TaskID: changed, Fault: errChanged}}}, nil
}

func (f *fake) TaskSupervision(_ context.Context, _ policy.Actor, id int64) (task.Supervision, error) {
	f.note("TaskSupervision %d", id)
	return task.Supervision{
		Contests: []task.Contest{sampleContest(4)}, MayUrge: true,
		Reopenings: []task.Reopening{{ID: 2, From: task.StateAccepted, Reason: "Sai số liệu", DueAt: due, ReopenedAt: due.Add(-72 * time.Hour), ReopenedByName: "Chuyên viên"}},
		Urgings: []task.Urging{{ID: 6, Kind: task.UrgePhone, WithWhom: "Văn phòng UBND huyện", PromisedOn: calendar.NewDate(2026, 3, 20),
			UrgedAt: due, NotedAt: due, NotedByName: "Chuyên viên"}},
	}, outcome(id)
}

func (f *fake) ReviewMeasures(_ context.Context, _ policy.Actor, filter task.MeasureFilter) (task.Measures, error) {
	f.note("ReviewMeasures %+v", filter)
	return task.Measures{From: filter.From, To: filter.To, At: due, Rows: []task.Measure{{
		ReviewerID: 12, ReviewerCode: "S", ReviewerName: "Sở", PeriodKey: "2026-Q1", Decided: 10, Median: 1, P90: 4, Waiting: 2, LongestWait: 6,
	}}}, nil
}

func (f *fake) PreviewByHand(_ context.Context, _ policy.Actor, in task.HandInput) (task.HandPreview, error) {
	f.note("PreviewByHand %+v", in)
	return task.HandPreview{
		Cadence: calendar.Flash, PeriodKey: "flash-2026-03-18-1", TimeZone: "Asia/Ho_Chi_Minh", DueAt: due,
		Agencies: []task.HandAgency{{ID: 11, Code: "H1", Name: "UBND huyện", DueAt: due, Load: 3,
			Derivation: calendar.Derivation{Notes: []calendar.Note{{Kind: "working_hours", N: 4}}}}},
		Similar: []task.HandSimilar{{TaskID: own, AgencyID: 11, AgencyName: "UBND huyện", DutyCode: "IV.1", DutyTitle: "Báo cáo", PeriodKey: "2026-Q1",
			State: task.StateOpen, DueAt: due, Indicators: []string{"so_luot"}}},
	}, outcome(in.DutyID)
}

func (f *fake) OpenByHand(_ context.Context, _ policy.Actor, in task.HandInput) (task.Round, error) {
	f.note("OpenByHand %+v", in)
	return task.Round{
		ID: 3, DutyID: in.DutyID, PlanID: 2, DutyCode: "IV.1", DutyTitle: in.Title, PeriodKey: "adhoc-2026-03-18-1", Cadences: []string{"ad_hoc"},
		WindowFrom: calendar.NewDate(2026, 3, 18), WindowTo: calendar.NewDate(2026, 3, 18), State: "open", OpensAt: due, DueAt: due, ClosesAt: due,
		Tasks: 1, Version: 1, TimeZone: "Asia/Ho_Chi_Minh",
	}, outcome(in.DutyID)
}
