package api_test

import (
	"context"
	"time"

	"dondoc/internal/calendar"
	drafts "dondoc/internal/document"
	"dondoc/internal/paper"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func fakeHead() paper.Letterhead {
	return paper.Letterhead{
		Name: "Ủy ban nhân dân xã An Phước", Abbreviation: "UBND", Place: "An Phước", Collective: "Ủy ban nhân dân",
		Signing: paper.SignsDeputy, Head: "Chủ tịch", Signer: "Phó Chủ tịch", Set: true, Version: 3,
	}
}

func (f *fake) Letterhead(_ context.Context, _ policy.Actor, id int64) (paper.Letterhead, error) {
	return fakeHead(), outcome(id)
}

func (f *fake) SetLetterhead(_ context.Context, a policy.Actor, in paper.Letterhead) (paper.Letterhead, error) {
	f.note("SetLetterhead %d %+v", a.UserID, in)
	return in, outcome(in.AgencyID)
}

func (f *fake) ReportPaper(ctx context.Context, a policy.Actor, id int64) (drafts.Report, error) {
	f.note("ReportPaper %d", id)
	filled, err := f.FilledForm(ctx, a, id)
	return drafts.Report{Letterhead: fakeHead(), Filled: filled, Recipient: "UBND huyện", Today: calendar.NewDate(2026, 3, 1), Made: due}, err
}

func (f *fake) UrgingLetter(_ context.Context, _ policy.Actor, in drafts.LetterInput) (drafts.UrgingLetter, error) {
	f.note("UrgingLetter %+v", in)
	return drafts.UrgingLetter{
		Letterhead: fakeHead(), Text: in.Text, Today: calendar.NewDate(2026, 3, 20), Made: due,
		Urged: []drafts.Urged{{TaskID: 1, Agency: "UBND xã", PlanTitle: "Kế hoạch", DutyCode: "I.1", DutyTitle: "Báo cáo", PeriodKey: "2026-M02", Due: calendar.NewDate(2026, 3, 17), DaysLate: 3}},
	}, outcome(in.TaskIDs[0])
}

func (f *fake) SummaryAnnex(_ context.Context, _ policy.Actor, in task.RateFilter, against task.Against) (drafts.Summary, error) {
	f.note("SummaryAnnex %+v %s", in, against)
	return drafts.Summary{Letterhead: fakeHead(), PlanTitle: "Kế hoạch", At: due, Zone: time.UTC, Lines: []drafts.SummaryLine{{Agency: "UBND xã", Tally: task.Tally{Owed: 2, DoneLate: 1, Waiting: 1}}}}, outcome(in.PlanID)
}

func (f *fake) OverdueAnnex(_ context.Context, _ policy.Actor, id, under int64) (drafts.OverdueAnnex, error) {
	f.note("OverdueAnnex %d %d", id, under)
	return drafts.OverdueAnnex{Letterhead: fakeHead(), PlanTitle: "Kế hoạch", At: due, Zone: time.UTC}, outcome(id)
}

func (f *fake) ContactList(_ context.Context, _ policy.Actor, id int64) (drafts.Contacts, error) {
	f.note("ContactList %d", id)
	return drafts.Contacts{Letterhead: fakeHead(), PlanTitle: "Kế hoạch", At: due, Zone: time.UTC, Contacts: []drafts.Contact{{Agency: "UBND xã"}}}, outcome(id)
}
