package web

import (
	"context"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/preview"
	"dondoc/internal/task"
	"dondoc/internal/timetable"
)

// living is what the fake knows of the life of plans.
type living struct {
	loaded     []*plan.Plan
	lived      []string
	begun      []calendar.Date
	closings   []amendment.Closing
	amends     []amendment.Input
	amendLooks []amendment.Input // previewed
	// planSource and planFiles are the file in force and those that it names.
	planSource string
	planFiles  map[string]string
	future     *plan.Plan
}

func (f *fake) LoadPlan(_ context.Context, actor policy.Actor, p *plan.Plan, _ []byte) (plan.Record, error) {
	if !policy.LoadPlan(actor) {
		return plan.Record{}, notFound()
	}
	f.loaded = append(f.loaded, p)
	return plan.Record{ID: 1, Code: p.Code}, nil
}

func (f *fake) PreviewPlan(_ context.Context, _ policy.Actor, _ int64, w preview.Wanted) (preview.Preview, error) {
	if f.future == nil {
		return preview.Preview{Zone: vietnam}, nil
	}
	return preview.Compute(f.future, timetable.Calendars{National: calendar.WeekCalendar{}}, preview.Options{Wanted: w})
}

func (f *fake) act(version int, act string) (plan.Record, error) {
	if version != 7 {
		return plan.Record{}, fault.New(fault.Conflict, "plan.changed", "Kế hoạch đã thay đổi.", "The plan has changed.")
	}
	f.lived = append(f.lived, act)
	return plan.Record{}, nil
}

func (f *fake) ActivatePlan(_ context.Context, _ policy.Actor, _ int64, version int, from calendar.Date) (plan.Record, error) {
	f.begun = append(f.begun, from)
	return f.act(version, "activate")
}

func (f *fake) SuspendPlan(_ context.Context, _ policy.Actor, _ int64, version int) (plan.Record, error) {
	return f.act(version, "suspend")
}

func (f *fake) ResumePlan(_ context.Context, _ policy.Actor, _ int64, version int) (plan.Record, error) {
	return f.act(version, "resume")
}

func (f *fake) ClosePlan(_ context.Context, _ policy.Actor, _ int64, version int, c amendment.Closing) (plan.Record, error) {
	f.closings = append(f.closings, c)
	return f.act(version, "close")
}

func (f *fake) PlanClosure(context.Context, policy.Actor, int64) (amendment.Closure, error) {
	return amendment.Closure{Outcome: amendment.Replaced, Note: "Thay bằng kế hoạch mới.", ReplacedByTitle: "Kế hoạch 2027", ClosedAt: at("2026-06-15 10:00"), Counted: true, Present: task.Tally{DoneOnTime: 41}}, nil
}

func (f *fake) PlanVersions(context.Context, policy.Actor, int64) ([]amendment.Version, error) {
	return []amendment.Version{
		{Number: 2, LoadedAt: at("2026-06-01 09:00"), Basis: amendment.Basis{Number: "12/QĐ-UBND", On: on("2026-05-30")}, Current: true, Duties: 3},
		{Number: 1, LoadedAt: at("2026-01-02 09:00"), LoadedByName: "Cơ quan ban hành", Duties: 2},
	}, nil
}

func (f *fake) PlanVersion(_ context.Context, _ policy.Actor, _ int64, number int) (amendment.Contents, error) {
	if number > 2 {
		return amendment.Contents{}, notFound()
	}
	if f.planSource != "" {
		return amendment.Contents{Source: f.planSource, Files: f.planFiles}, nil
	}
	return amendment.Contents{Source: "format: 1\n"}, nil
}

var changed = amendment.Difference{
	Facts: []amendment.Fact{{Field: "valid_to", Old: "2026-12-31", New: "2027-12-31"}},
	Added: []amendment.DutyLine{{Code: "IV.9", Title: "Việc mới", Owners: 3}},
	Changed: []amendment.DutyChange{{
		Code: "IV.15.h", OldCode: "IV.15.h", Title: "Báo cáo", Text: []task.Piece{{Change: "removed", Text: "tháng"}, {Change: "added", Text: "quý"}},
		Gained: []amendment.Part{{Agency: "so-y-te", Role: plan.Lead}},
	}},
}

func (f *fake) ComparePlanVersions(_ context.Context, _ policy.Actor, _ int64, _, to int) (amendment.Comparison, error) {
	if to > 2 {
		return amendment.Comparison{}, notFound()
	}
	return amendment.Comparison{Difference: changed}, nil
}

func (f *fake) PreviewAmendment(_ context.Context, actor policy.Actor, in amendment.Input) (amendment.Preview, error) {
	if !policy.LoadPlan(actor) {
		return amendment.Preview{}, notFound()
	}
	f.amendLooks = append(f.amendLooks, in)
	e := amendment.Effect{People: 5}
	e.Add(amendment.RoundEffect{DutyCode: "IV.15.h", PeriodKey: "2026-06", Opened: []string{"xa-1"}, Moves: []timetable.Move{
		{DutyCode: "IV.15.h", PeriodKey: "2026-06", DueFrom: at("2026-06-18 00:00"), DueTo: at("2026-06-22 00:00"), Agencies: []string{"xa-1"}, Tasks: []int64{11}},
	}})
	return amendment.Preview{Difference: changed, Effect: e, PlanVersion: 7, Digest: "abc"}, nil
}

func (f *fake) ApplyAmendment(_ context.Context, _ policy.Actor, in amendment.Input) (amendment.Applied, error) {
	if in.Digest != "abc" {
		return amendment.Applied{}, amendment.Stale()
	}
	if in.Basis.Number == "" {
		return amendment.Applied{}, fault.New(fault.Invalid, "amendment.basis", "Ghi số, ký hiệu văn bản sửa đổi.", "Give the number.").At("basis.number")
	}
	f.amends = append(f.amends, in)
	return amendment.Applied{}, nil
}
