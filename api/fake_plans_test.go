package api_test

import (
	"context"
	"time"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
	"dondoc/internal/timetable"
)

func sampleDifference() amendment.Difference {
	return amendment.Difference{
		Facts:   []amendment.Fact{{Field: "valid_to", Old: "2027-12-31", New: "2028-12-31"}},
		Retired: []amendment.DutyLine{{Code: "I.2", Title: "Phối hợp", Text: "Phối hợp thực hiện", Owners: 2}},
		Changed: []amendment.DutyChange{{
			Code: "I.1", OldCode: "I.0", Title: "Báo cáo", Text: []task.Piece{{Change: task.Same, Text: "Báo cáo "}, {Change: task.Added, Text: "ngay"}},
			Fields: []amendment.Fact{{Field: "due", Old: "other: {working_days: 4}", New: "other: {working_days: 6}"}},
			Gained: []amendment.Part{{Agency: "so-b", Role: plan.Implementing}},
		}},
		Agencies: []string{"so-c"},
	}
}

func sampleEffect() amendment.Effect {
	e := amendment.Effect{People: 4, Scheduled: []amendment.ScheduledEffect{{Dropped: true, RoundMove: timetable.RoundMove{RoundID: 7, DutyCode: "I.2", PeriodKey: "2026-M04", OpensFrom: due, OpensTo: due, DueFrom: due, DueTo: due}}}}
	e.Add(amendment.RoundEffect{
		RoundID: 3, DutyCode: "I.1", DutyTitle: "Báo cáo", PeriodKey: "2026-Q1", Opened: []string{"so-b"}, Cancelled: []string{"so-a"}, Kept: []string{"so-d"},
		Moves:      []timetable.Move{{DutyCode: "I.1", PeriodKey: "2026-Q1", DueFrom: due, DueTo: due.Add(48 * time.Hour), Agencies: []string{"so-e"}, Tasks: []int64{9}, Steps: 3}},
		ClosesFrom: due, ClosesTo: due,
	})
	return e
}

func (f *fake) PreviewAmendment(_ context.Context, _ policy.Actor, in amendment.Input) (amendment.Preview, error) {
	f.note("PreviewAmendment %d %s %d duties %+v", in.PlanID, in.Plan.Code, len(in.Plan.Duties), in.Basis)
	return amendment.Preview{Digest: "abc", PlanVersion: 3, Difference: sampleDifference(), Effect: sampleEffect()}, outcome(in.PlanID)
}

func (f *fake) ApplyAmendment(_ context.Context, _ policy.Actor, in amendment.Input) (amendment.Applied, error) {
	f.note("ApplyAmendment %d v%d %s %s %+v", in.PlanID, in.Version, in.Plan.Code, in.Digest, in.Basis)
	return amendment.Applied{Record: samplePlan(in.PlanID), Number: 2, Difference: sampleDifference(), Effect: sampleEffect()}, outcome(in.PlanID)
}

func sampleVersion(number int) amendment.Version {
	return amendment.Version{Number: number, LoadedAt: due, LoadedByName: "Cơ quan ban hành", SHA256: "ff", Current: number == 2, Duties: 2,
		Basis: amendment.Basis{Number: "12/QĐ-UBND", On: calendar.NewDate(2026, 3, 2)}}
}

func (f *fake) PlanVersions(_ context.Context, _ policy.Actor, id int64) ([]amendment.Version, error) {
	return []amendment.Version{sampleVersion(2), {Number: 1, LoadedAt: due}}, outcome(id)
}

func (f *fake) PlanVersion(_ context.Context, _ policy.Actor, id int64, number int) (amendment.Contents, error) {
	f.note("PlanVersion %d %d", id, number)
	return amendment.Contents{Version: sampleVersion(number), Source: smallPlanSource}, outcome(id)
}

func (f *fake) ComparePlanVersions(_ context.Context, _ policy.Actor, id int64, from, to int) (amendment.Comparison, error) {
	f.note("ComparePlanVersions %d %d %d", id, from, to)
	return amendment.Comparison{From: sampleVersion(from), To: sampleVersion(to), Difference: sampleDifference()}, outcome(id)
}

func (f *fake) ClosePlan(_ context.Context, _ policy.Actor, id int64, version int, c amendment.Closing) (plan.Record, error) {
	if c == (amendment.Closing{}) {
		f.note("ClosePlan %d v%d", id, version)
	} else {
		f.note("ClosePlan %d v%d %+v", id, version, c)
	}
	return samplePlan(id), outcome(id)
}

func (f *fake) PlanClosure(_ context.Context, _ policy.Actor, id int64) (amendment.Closure, error) {
	return amendment.Closure{
		PlanID: id, Outcome: amendment.Replaced, Note: "Thay bằng kế hoạch mới", ReplacedBy: 8, ReplacedByCode: "KH2", ReplacedByTitle: "Kế hoạch mới", ClosedAt: due,
		Counted: true, Present: task.Tally{Owed: 10, Expected: 8, Submitted: 8, OnTime: 6},
	}, outcome(id)
}

func sampleLink(id int64) plan.Link {
	return plan.Link{PlanID: id, DutyID: 5, AbovePlanID: 2, AboveCode: "KH", AboveTitle: "Kế hoạch", DutyCode: "IV.15.a", DutyTitle: "Ban hành kế hoạch", LinkedAt: due}
}

func (f *fake) PlanLink(_ context.Context, _ policy.Actor, id int64) (plan.Link, error) {
	return sampleLink(id), outcome(id)
}

func (f *fake) LinkPlan(_ context.Context, _ policy.Actor, id, duty int64) (plan.Link, error) {
	f.note("LinkPlan %d %d", id, duty)
	return sampleLink(id), outcome(id)
}

func (f *fake) UnlinkPlan(_ context.Context, _ policy.Actor, id int64) error {
	f.note("UnlinkPlan %d", id)
	return outcome(id)
}

func (f *fake) PlanCoverage(_ context.Context, _ policy.Actor, id int64) ([]plan.Coverage, error) {
	return []plan.Coverage{{DutyID: 5, DutyCode: "IV.15.i.2", DutyTitle: "Ban hành kế hoạch", Level: "commune", Units: 170, Have: 130, Draft: 9}}, outcome(id)
}

func sampleUnits() []plan.UnitCoverage {
	return []plan.UnitCoverage{
		{DutyID: 5, DutyCode: "IV.15.i.2", AgencyID: 11, AgencyCode: "X1", AgencyName: "UBND xã Một", Level: "commune", Covered: plan.CoveredYes,
			PlanID: 9, PlanCode: "kh-x1", PlanNumber: "3/KH-UBND", PlanTitle: "Kế hoạch xã Một", PlanState: plan.Active, LinkedAt: &due, TaskID: 6, TaskState: "accepted"},
		{DutyID: 5, DutyCode: "IV.15.i.2", AgencyID: 12, AgencyCode: "X2", AgencyName: "=UBND xã Hai", Level: "commune", Covered: plan.CoveredNo},
	}
}

func (f *fake) CoverageUnits(_ context.Context, _ policy.Actor, id int64, filter plan.CoverageFilter) (plan.CoveragePage, error) {
	f.note("CoverageUnits %d %+v", id, filter)
	return plan.CoveragePage{Units: sampleUnits(), Next: "more"}, outcome(id)
}

func (f *fake) ExportCoverage(_ context.Context, _ policy.Actor, id int64, filter plan.CoverageFilter) ([]plan.UnitCoverage, *time.Location, error) {
	f.note("ExportCoverage %d %+v", id, filter)
	return sampleUnits(), time.UTC, outcome(id)
}

func (f *fake) PlanBodies(_ context.Context, _ policy.Actor, id int64) ([]plan.BodyRecord, error) {
	return []plan.BodyRecord{{
		Body:  plan.Body{Code: "doi-178", Name: "Đội 178", Levels: []string{"xã"}},
		Parts: []plan.BodyPart{{Agency: "ca-tinh", AgencyName: "Công an tỉnh", Role: plan.Member, Duties: []string{"IV.2.g"}}},
		Duty:  "IV.15.i.1", DutyTitle: "Thành lập Đội", PerLevel: []plan.BodyLevel{{Level: "commune", Units: 2, Established: 1}},
		Units: []plan.BodyUnit{{AgencyID: 11, AgencyCode: "X1", AgencyName: "UBND xã Một", Level: "commune", Established: true, TaskID: 6, TaskState: "accepted", DocumentNumber: "4/QĐ-UBND", DocumentOn: calendar.NewDate(2026, 3, 3)}},
	}}, outcome(id)
}

func (f *fake) PlanTemplates(_ context.Context, _ policy.Actor, id int64) ([]plan.TemplateRecord, error) {
	return []plan.TemplateRecord{{
		Template: plan.Template{Code: "chuyen-de", Title: "Chuyên đề", Duty: "IV.1", Cadence: calendar.AdHoc, Due: calendar.DueRule{WorkingDays: 5}},
		PlanID:   id, DutyID: 5, DutyTitle: "Báo cáo", AgencyIDs: []int64{11},
	}}, outcome(id)
}

func (f *fake) PlanContent(_ context.Context, _ policy.Actor, id int64) ([]plan.ContentRecord, error) {
	return []plan.ContentRecord{
		{Item: plan.Item{Code: "M1", Text: "Giảm số vụ"}, Purpose: true},
		{Item: plan.Item{Code: "III.1", Reference: "Mục III.1", Text: "Tuyên truyền"}, Duties: []plan.DutyName{{Code: "IV.1", Title: "Báo cáo"}}},
	}, outcome(id)
}
