package api_test

import (
	"context"

	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/policy"
)

const digestOfPreview = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func sampleReform() agency.Effect {
	return agency.Effect{
		Digest:      digestOfPreview,
		Agencies:    []agency.Altered{{Code: "x1", Name: "UBND xã Một", Kind: "merged", Successors: []string{"xm"}}},
		Assignments: []agency.AssignmentMove{{Plan: "KH", Duty: "IV.1", Role: "implementing", From: "x1", To: "xm"}},
		Tasks:       []agency.TaskMove{{TaskID: own, Plan: "KH", Duty: "IV.1", Period: "2026-Q1", State: "open", From: "x1", To: "xm", Outcome: agency.TaskCancelled, IntoTaskID: 9}},
		Posts:       []agency.PostMove{{Person: "a@dondoc.example", Role: "focal_point", From: "x1", To: "xm"}},
		Loads:       []agency.Load{{Code: "x1", Before: 2}, {Code: "xm", After: 2}},
		Chains:      3, Requests: 1, Feeds: 2, People: 4,
		Warnings: []agency.Warning{{Code: "agency.no_successor", Agency: "x2", VI: "Không có đơn vị kế thừa.", EN: "Ends without a successor."}},
	}
}

func sampleReorganisation(id int64) agency.Record {
	return agency.Record{
		ID: id, Code: "sap-xep", Title: "Sắp xếp", Basis: "Nghị quyết", EffectiveOn: calendar.NewDate(2026, 4, 1), State: agency.Recorded, RecordedAt: due, RecordedByName: "Quản trị",
	}
}

func (f *fake) PreviewReorganisation(_ context.Context, _ policy.Actor, file *agency.Reorganisation, _ []byte) (agency.Effect, error) {
	f.note("PreviewReorganisation %s %s %d changes", file.Code, file.EffectiveOn, len(file.Changes))
	return sampleReform(), nil
}

func (f *fake) Reorganise(_ context.Context, _ policy.Actor, file *agency.Reorganisation, _ []byte, digest string) (agency.Effect, error) {
	f.note("Reorganise %s %s", file.Code, digest[:8])
	effect := sampleReform()
	effect.ID, effect.State = 4, agency.Applied
	return effect, nil
}

func (f *fake) ListReorganisations(context.Context, policy.Actor) ([]agency.Record, error) {
	f.note("ListReorganisations")
	return []agency.Record{sampleReorganisation(4)}, nil
}

func (f *fake) WithdrawReorganisation(_ context.Context, _ policy.Actor, id int64) (agency.Record, error) {
	f.note("WithdrawReorganisation %d", id)
	record := sampleReorganisation(id)
	record.State = agency.Withdrawn
	return record, outcome(id)
}

func (f *fake) AgencyHistory(_ context.Context, _ policy.Actor, id int64) (agency.History, error) {
	f.note("AgencyHistory %d", id)
	return agency.History{
		AgencyID:     id,
		Predecessors: []agency.Kin{{ID: 12, Code: "x1", Name: "UBND xã Một", On: calendar.NewDate(2025, 7, 1), Basis: "Nghị quyết", Main: true, Ended: true}},
		Changes:      []agency.Event{{ReorganisationID: 4, Kind: "founded", On: calendar.NewDate(2025, 7, 1), Basis: "Nghị quyết"}},
	}, outcome(id)
}

func (f *fake) Apportion(_ context.Context, _ policy.Actor, in agency.ApportionInput) (agency.Apportionment, error) {
	f.note("Apportion %+v", in)
	return sampleApportionment(), outcome(in.PlanID)
}

func (f *fake) Apportionments(_ context.Context, _ policy.Actor, plan int64) ([]agency.Apportionment, error) {
	f.note("Apportionments %d", plan)
	return []agency.Apportionment{sampleApportionment()}, outcome(plan)
}

func sampleApportionment() agency.Apportionment {
	return agency.Apportionment{
		ID: 6, AgencyID: 12, AgencyName: "UBND xã Một", Reason: "Theo dân số", DecidedAt: due, DecidedByName: "Cơ quan ban hành",
		Shares: []agency.Share{{SuccessorID: 13, SuccessorName: "UBND xã Mới", Percent: "62.5"}},
	}
}

func (f *fake) TaskSuccessions(_ context.Context, _ policy.Actor, id int64) ([]agency.TaskHeir, error) {
	f.note("TaskSuccessions %d", id)
	return []agency.TaskHeir{{
		TaskID: id, ReorganisationID: 4, Basis: "Nghị quyết", On: calendar.NewDate(2025, 7, 1), Outcome: agency.TaskCancelled,
		From: agency.Kin{ID: 12, Code: "x1", Name: "UBND xã Một"}, To: agency.Kin{ID: 13, Code: "xm", Name: "UBND xã Mới"}, IntoTaskID: 9,
	}}, outcome(id)
}
