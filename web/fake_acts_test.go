package web

import (
	"context"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// around is what the fake knows of acts around tasks.
type around struct {
	supervision task.Supervision
	prepared    *task.Preparation
	hands       task.Hands
	carried     []any
	byHand      []task.HandInput
}

func (f *fake) TaskSupervision(context.Context, policy.Actor, int64) (task.Supervision, error) {
	return f.supervision, nil
}

func needReason(reason string) error {
	if reason == "" {
		return fault.New(fault.Invalid, "reason.missing", "Ghi lý do.", "Give the reason.").At("reason")
	}
	return nil
}

func (f *fake) ContestReview(_ context.Context, _ policy.Actor, in task.ContestInput) (task.Contest, error) {
	f.carried = append(f.carried, in)
	return task.Contest{}, needReason(in.Reason)
}

func (f *fake) DecideContest(_ context.Context, _ policy.Actor, in task.ContestDecision) (task.Contest, error) {
	f.carried = append(f.carried, in)
	return task.Contest{}, nil
}

func (f *fake) Reopen(_ context.Context, _ policy.Actor, in task.ReopenInput) (task.Receipt, error) {
	if err := needReason(in.Reason); err != nil {
		return task.Receipt{}, err
	}
	f.carried = append(f.carried, in)
	return task.Receipt{}, nil
}

func (f *fake) Withdraw(_ context.Context, _ policy.Actor, in task.WithdrawInput) (task.Receipt, error) {
	f.carried = append(f.carried, in)
	return task.Receipt{}, nil
}

func (f *fake) FindPreparation(context.Context, policy.Actor, int64) (task.Preparation, error) {
	if f.prepared == nil {
		return task.Preparation{}, notFound()
	}
	return *f.prepared, nil
}

func (f *fake) DecidePreparation(_ context.Context, _ policy.Actor, in task.PreparationInput) (task.Receipt, error) {
	if in.Decision == task.GiveBack {
		if err := needReason(in.Reason); err != nil {
			return task.Receipt{}, err
		}
	}
	f.carried = append(f.carried, in)
	return task.Receipt{}, nil
}

func (f *fake) RecordSubmission(_ context.Context, _ policy.Actor, in task.RecordInput) (task.Receipt, error) {
	f.carried = append(f.carried, in)
	return task.Receipt{}, nil
}

func (f *fake) TaskHands(context.Context, policy.Actor, int64) (task.Hands, error) {
	return f.hands, nil
}

func (f *fake) HandOver(_ context.Context, _ policy.Actor, in task.HandoverInput) (task.Handover, error) {
	f.carried = append(f.carried, in)
	return task.Handover{}, nil
}

func (f *fake) TakeBack(_ context.Context, _ policy.Actor, in task.HandoverEnd) (task.Handover, error) {
	f.carried = append(f.carried, in)
	return task.Handover{}, nil
}

func (f *fake) PreviewByHand(_ context.Context, _ policy.Actor, in task.HandInput) (task.HandPreview, error) {
	f.byHand = append(f.byHand, in)
	return task.HandPreview{Agencies: []task.HandAgency{{ID: commune, Name: "UBND xã Phước Thái", DueAt: at("2026-06-19 00:00"), Load: 2}},
		Similar: []task.HandSimilar{{TaskID: 12, AgencyName: "UBND xã Phước Thái", DutyCode: "IV.15.h", DutyTitle: "Báo cáo", PeriodKey: "2026-06", DueAt: at("2026-06-18 00:00")}}}, nil
}

func (f *fake) OpenByHand(_ context.Context, _ policy.Actor, in task.HandInput) (task.Round, error) {
	if in.Title == "" {
		return task.Round{}, fault.New(fault.Invalid, "round.title", "Ghi tên báo cáo.", "Name the report.").At("title")
	}
	f.byHand = append(f.byHand, in)
	return task.Round{DutyID: in.DutyID}, nil
}
