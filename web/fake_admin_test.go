package web

import (
	"context"
	"slices"
	"strings"

	"dondoc/internal/account"
	"dondoc/internal/agency"
	"dondoc/internal/fault"
	"dondoc/internal/paper"
	"dondoc/internal/policy"
)

// administered is what the fake knows of accounts and agencies.
type administered struct {
	accounts   []account.Person
	edited     []account.EditInput
	granted    []account.GrantInput
	endings    []account.EndInput
	left       []account.LeaveInput
	links      []string
	imported   [][]account.Row
	letterhead paper.Letterhead
	two        []bool
	reforms    []agency.Record
	reformed   []*agency.Reorganisation
}

var notAdmin = fault.New(fault.Forbidden, "people.not_administrator", "Chỉ quản trị hệ thống.", "Administrators only.")

func (f *fake) ListPeople(_ context.Context, actor policy.Actor, q account.Filter) (account.Page, error) {
	if !policy.ManagePeople(actor) {
		return account.Page{}, notAdmin
	}
	var page account.Page
	for _, one := range f.accounts {
		at := func(p account.Post) bool { return p.AgencyID == q.AgencyID }
		if (q.UserID == 0 || q.UserID == one.ID) && (q.AgencyID == 0 || slices.ContainsFunc(one.Posts, at)) && strings.Contains(one.Name+one.Email, q.Query) {
			page.People = append(page.People, one)
		}
	}
	return page, nil
}

func (f *fake) ImportPeople(_ context.Context, actor policy.Actor, rows []account.Row, dryRun bool) (account.Report, error) {
	if !policy.ManagePeople(actor) {
		return account.Report{}, notAdmin
	}
	report := account.Report{DryRun: dryRun, New: len(rows)}
	for _, r := range rows {
		report.Lines = append(report.Lines, account.Line{Line: r.Line, Email: r.Email, Outcome: "new", Changes: []string{"name", "post:" + r.AgencyCode}})
	}
	if !dryRun {
		f.imported = append(f.imported, rows)
	}
	return report, nil
}

func (f *fake) link(kind string, actor policy.Actor) error {
	if !policy.ManagePeople(actor) {
		return notAdmin
	}
	f.links = append(f.links, kind)
	return nil
}

func (f *fake) Invite(_ context.Context, actor policy.Actor, _ int64) (account.Sent, error) {
	return account.Sent{}, f.link("invitation", actor)
}

func (f *fake) AdminReset(_ context.Context, actor policy.Actor, _ int64) (account.Sent, error) {
	return account.Sent{}, f.link("reset", actor)
}

func (f *fake) EndSessionsOf(_ context.Context, actor policy.Actor, _ int64) (int, error) {
	return 1, f.link("sessions", actor)
}

func (f *fake) ResetFactor(_ context.Context, actor policy.Actor, _ int64) error {
	return f.link("factor", actor)
}

func (f *fake) EditPerson(_ context.Context, _ policy.Actor, in account.EditInput) (account.Person, error) {
	if !strings.Contains(in.Email, "@") {
		return account.Person{}, fault.New(fault.Invalid, "email.malformed", "Địa chỉ thư không đúng.", "The address is malformed.").At("email")
	}
	f.edited = append(f.edited, in)
	return account.Person{}, nil
}

func (f *fake) GrantPost(_ context.Context, _ policy.Actor, in account.GrantInput) (account.Person, error) {
	f.granted = append(f.granted, in)
	return account.Person{}, nil
}

func (f *fake) EndPost(_ context.Context, _ policy.Actor, in account.EndInput) (account.Person, error) {
	f.endings = append(f.endings, in)
	return account.Person{}, nil
}

func (f *fake) OpenWork(_ context.Context, actor policy.Actor, id int64) (account.OpenWork, error) {
	if !policy.ManagePeople(actor) {
		return account.OpenWork{}, notAdmin
	}
	return account.OpenWork{
		UserID: id, Name: "Đầu mối UBND xã Phú Lộc", Version: 4,
		Tasks: []account.WorkTask{{TaskID: 11, AgencyName: "UBND xã Phú Lộc", DutyCode: "IV.15.h", PeriodKey: "2026-05", DueAt: at("2026-06-17 17:00"), TimeZone: "Asia/Ho_Chi_Minh"}},
		Posts: []account.WorkPost{{AgencyID: 21, AgencyName: "UBND xã Phú Lộc", Role: policy.FocalPoint, Others: 1}},
	}, nil
}

func (f *fake) Deactivate(_ context.Context, _ policy.Actor, in account.LeaveInput) (account.Left, error) {
	if in.ToUser > 0 && in.Reason == "" {
		return account.Left{}, fault.New(fault.Invalid, "handover.reason", "Ghi lý do giao lại.", "Give the reason.").At("reason")
	}
	f.left = append(f.left, in)
	return account.Left{}, nil
}

func (f *fake) Reactivate(context.Context, policy.Actor, int64, int) (account.Person, error) {
	f.links = append(f.links, "reactivation")
	return account.Person{}, nil
}

func (f *fake) FindAgency(_ context.Context, _ policy.Actor, id int64) (agency.Agency, error) {
	for _, a := range f.agencies {
		if a.ID == id {
			return a, nil
		}
	}
	return agency.Agency{}, notFound()
}

func (f *fake) AgencyHistory(_ context.Context, _ policy.Actor, id int64) (agency.History, error) {
	return agency.History{AgencyID: id, Predecessors: []agency.Kin{{ID: 21, Name: "UBND xã cũ", On: on("2025-07-01"), Basis: "Nghị quyết 1662"}}}, nil
}

func (f *fake) SetTwoSignatures(_ context.Context, _ policy.Actor, id int64, _ int, required bool) (agency.Agency, error) {
	f.two = append(f.two, required)
	return agency.Agency{ID: id}, nil
}

func (f *fake) Letterhead(_ context.Context, _ policy.Actor, id int64) (paper.Letterhead, error) {
	if f.letterhead.Name == "" {
		f.letterhead = paper.Letterhead{Name: "UBND XÃ PHÚ LỘC", Abbreviation: "UBND", Place: "Phú Lộc", Collective: "Ủy ban nhân dân", Signing: paper.SignsDeputy, Head: "Chủ tịch", Signer: "Phó Chủ tịch"}
	}
	f.letterhead.AgencyID = id
	return f.letterhead, nil
}

func (f *fake) SetLetterhead(_ context.Context, _ policy.Actor, in paper.Letterhead) (paper.Letterhead, error) {
	f.letterhead = in
	return in, nil
}

func (f *fake) PreviewReorganisation(_ context.Context, actor policy.Actor, file *agency.Reorganisation, _ []byte) (agency.Effect, error) {
	if !policy.ManageAgencies(actor) {
		return agency.Effect{}, notFound()
	}
	e := agency.Effect{Digest: strings.Repeat("a", 64), People: 3}
	e.Agencies = []agency.Altered{{Code: file.Changes[0].Agencies[0].Code, Name: "UBND xã Phú Lộc", Kind: "renamed", Was: "tên cũ"}}
	e.Tasks = []agency.TaskMove{{TaskID: 11, Duty: "IV.15.h", Period: "2026-05", From: "xa-1", To: "xp-1", Outcome: agency.TaskMoved}}
	e.Warn("w", "xa-1", "Còn một báo cáo chờ.", "One report waits.")
	return e, nil
}

func (f *fake) Reorganise(_ context.Context, _ policy.Actor, file *agency.Reorganisation, _ []byte, digest string) (agency.Effect, error) {
	if digest != strings.Repeat("a", 64) {
		return agency.Effect{}, fault.New(fault.Conflict, "reorganisation.changed", "Đã thay đổi.", "It has changed.")
	}
	f.reformed = append(f.reformed, file)
	return agency.Effect{}, nil
}

func (f *fake) ListReorganisations(_ context.Context, actor policy.Actor) ([]agency.Record, error) {
	if !policy.ManageAgencies(actor) {
		return nil, notFound()
	}
	return f.reforms, nil
}

func (f *fake) WithdrawReorganisation(_ context.Context, _ policy.Actor, id int64) (agency.Record, error) {
	for i := range f.reforms {
		if f.reforms[i].ID == id {
			f.reforms[i].State = agency.Withdrawn
			return f.reforms[i], nil
		}
	}
	return agency.Record{}, notFound()
}
