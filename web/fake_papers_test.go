package web

import (
	"context"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/document"
	"dondoc/internal/fault"
	"dondoc/internal/paper"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// papered is what documents were asked for.
type papered struct {
	letters   []document.LetterInput
	letterErr error
	annexes   [][2]int64 // plan and agency
}

func fakeHead() paper.Letterhead {
	return paper.Letterhead{Name: "Sở", Abbreviation: "S", Place: "Đồng Nai", Signing: paper.SignsHead, Head: "Giám đốc"}
}

func (f *fake) ReportPaper(ctx context.Context, actor policy.Actor, id int64) (document.Report, error) {
	_, err := f.TaskDetail(ctx, actor, id)
	return document.Report{Letterhead: fakeHead(), Recipient: "Sở", Today: calendar.NewDate(2026, 6, 20), Narrative: "Đã làm."}, err
}

func (f *fake) UrgingLetter(_ context.Context, _ policy.Actor, in document.LetterInput) (document.UrgingLetter, error) {
	f.letters = append(f.letters, in)
	if f.letterErr != nil {
		return document.UrgingLetter{}, f.letterErr
	}
	return document.UrgingLetter{Letterhead: fakeHead(), Today: calendar.NewDate(2026, 6, 20), Urged: []document.Urged{{Agency: "UBND xã", PlanTitle: "Kế hoạch", PeriodKey: "2026-M05"}}}, nil
}

func (f *fake) SummaryAnnex(_ context.Context, _ policy.Actor, in task.RateFilter, _ task.Against) (document.Summary, error) {
	f.annexes = append(f.annexes, [2]int64{in.PlanID, in.UnderAgency})
	return document.Summary{Letterhead: fakeHead(), At: at("2026-06-20 09:00"), Zone: time.UTC}, nil
}

func (f *fake) OverdueAnnex(_ context.Context, _ policy.Actor, plan, under int64) (document.OverdueAnnex, error) {
	f.annexes = append(f.annexes, [2]int64{plan, under})
	return document.OverdueAnnex{Letterhead: fakeHead(), At: at("2026-06-20 09:00"), Zone: time.UTC}, nil
}

func (f *fake) ContactList(_ context.Context, actor policy.Actor, plan int64) (document.Contacts, error) {
	if !policy.SeesContacts(actor) {
		return document.Contacts{}, fault.New(fault.Forbidden, "contacts.not_yours", "Không.", "No.")
	}
	f.annexes = append(f.annexes, [2]int64{plan, 0})
	return document.Contacts{Letterhead: fakeHead(), At: at("2026-06-20 09:00"), Zone: time.UTC}, nil
}
