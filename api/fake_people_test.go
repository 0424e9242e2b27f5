package api_test

import (
	"context"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (f *fake) ChoosePost(_ context.Context, a policy.Actor, token string, postID int64) (policy.Actor, error) {
	f.note("ChoosePost %d %v", postID, token != "")
	a.Held = append(a.Posts, policy.Post{ID: 9, AgencyID: 11, AgencyCode: "H1", AgencyName: "UBND huyện", Role: policy.Head, ForID: 31, ForName: "Thủ trưởng"})
	a.Chosen = postID
	return a, outcome(postID)
}

func (f *fake) Preferences(context.Context, policy.Actor) (account.Preferences, error) {
	f.note("Preferences")
	return account.Preferences{Language: "vi", QuietFrom: "22:00", QuietTo: "06:00", Muted: []string{"opening"}, Version: 2}, nil
}

func (f *fake) SetPreferences(_ context.Context, _ policy.Actor, in account.Preferences) (account.Preferences, error) {
	f.note("SetPreferences %+v", in)
	in, err := in.Clean()
	in.Version++
	return in, err
}

func sampleSubstitution(id int64) account.Substitution {
	return account.Substitution{
		ID: id, Holder: account.Named{ID: 31, Name: "Thủ trưởng"}, Substitute: account.Named{ID: 30, Name: "Đầu mối"}, AgencyID: 11, AgencyName: "UBND huyện",
		Role: policy.Head, From: calendar.NewDate(2026, 3, 18), To: calendar.NewDate(2026, 3, 20), NamedByName: "Thủ trưởng", NamedAt: due, Running: true,
	}
}

func (f *fake) NameSubstitute(_ context.Context, _ policy.Actor, in account.SubstituteInput) (account.Substitution, error) {
	f.note("NameSubstitute %+v", in)
	return sampleSubstitution(7), outcome(in.PostID)
}

func (f *fake) ListSubstitutions(_ context.Context, _ policy.Actor, limit int, cursor string) (account.SubstitutionPage, error) {
	f.note("ListSubstitutions %d %q", limit, cursor)
	return account.SubstitutionPage{Substitutions: []account.Substitution{sampleSubstitution(7)}, Next: "more"}, nil
}

func (f *fake) RevokeSubstitution(_ context.Context, _ policy.Actor, id int64) (account.Substitution, error) {
	f.note("RevokeSubstitution %d", id)
	ended := sampleSubstitution(id)
	ended.RevokedAt, ended.Running = &due, false
	return ended, outcome(id)
}

func (f *fake) ListColleagues(_ context.Context, _ policy.Actor, agencyID int64) ([]account.Colleague, error) {
	f.note("ListColleagues %d", agencyID)
	return []account.Colleague{{ID: 30, Name: "Đầu mối", Roles: []policy.Role{policy.FocalPoint, policy.Head}, For: []string{"Thủ trưởng"}}}, outcome(agencyID)
}

func sampleHandover(id int64) task.Handover {
	return task.Handover{ID: id, TaskID: own, UserID: 30, UserName: "Đầu mối", Reason: "Đi công tác", HandedAt: due, HandedByName: "Thủ trưởng"}
}

func (f *fake) TaskHands(_ context.Context, _ policy.Actor, id int64) (task.Hands, error) {
	f.note("TaskHands %d", id)
	return task.Hands{
		Handovers: []task.Handover{sampleHandover(3)}, MayHandOver: true,
		Responsible: []task.Responsible{{UserID: 30, Name: "Đầu mối", Phone: "02513.822.501", Role: "focal_point", Assigned: true}},
	}, outcome(id)
}

func (f *fake) HandOver(_ context.Context, _ policy.Actor, in task.HandoverInput) (task.Handover, error) {
	f.note("HandOver %+v", in)
	return sampleHandover(3), outcome(in.TaskID)
}

func (f *fake) TakeBack(_ context.Context, _ policy.Actor, in task.HandoverEnd) (task.Handover, error) {
	f.note("TakeBack %+v", in)
	ended := sampleHandover(in.HandoverID)
	ended.EndedAt, ended.EndedByName, ended.EndReason = &due, "Thủ trưởng", in.Reason
	return ended, outcome(in.TaskID)
}

func samplePerson(id int64) account.Person {
	return account.Person{ID: id, Email: "a@dondoc.example", Name: "Đầu mối", Language: "vi", Active: true, Version: 3, Posts: []account.Post{{
		ID: 8, AgencyID: 11, AgencyCode: "H1", AgencyName: "UBND huyện", Role: policy.FocalPoint, ValidFrom: calendar.NewDate(2026, 1, 1),
	}}}
}

func (f *fake) EditPerson(_ context.Context, _ policy.Actor, in account.EditInput) (account.Person, error) {
	f.note("EditPerson %+v", in)
	return samplePerson(in.UserID), outcome(in.UserID)
}

func (f *fake) GrantPost(_ context.Context, _ policy.Actor, in account.GrantInput) (account.Person, error) {
	f.note("GrantPost %+v", in)
	return samplePerson(in.UserID), outcome(in.UserID)
}

func (f *fake) EndPost(_ context.Context, _ policy.Actor, in account.EndInput) (account.Person, error) {
	f.note("EndPost %+v", in)
	return samplePerson(30), outcome(in.PostID)
}

func (f *fake) OpenWork(_ context.Context, _ policy.Actor, userID int64) (account.OpenWork, error) {
	f.note("OpenWork %d", userID)
	work := account.WorkTask{TaskID: own, AgencyID: 11, AgencyName: "UBND huyện", DutyCode: "IV.1", PlanCode: "KH", PeriodKey: "2026-Q1", DueAt: due, TimeZone: "Asia/Ho_Chi_Minh"}
	return account.OpenWork{
		UserID: userID, Name: "Đầu mối", Version: 3, Tasks: []account.WorkTask{work}, Drafts: []account.WorkTask{work},
		Requests:      []account.WorkRequest{{RequestID: 4, Kind: "help", AgencyID: 11, AgencyName: "UBND huyện", DueAt: due, TimeZone: "Asia/Ho_Chi_Minh"}},
		Substitutions: []account.Substitution{sampleSubstitution(7)},
		Posts:         []account.WorkPost{{AgencyID: 11, AgencyName: "UBND huyện", Role: policy.FocalPoint, Others: 1}},
	}, outcome(userID)
}

func (f *fake) Deactivate(_ context.Context, _ policy.Actor, in account.LeaveInput) (account.Left, error) {
	f.note("Deactivate %+v", in)
	return account.Left{UserID: in.UserID, Version: 4, Tasks: 1, Notices: 2, Substitutions: 1}, outcome(in.UserID)
}

func (f *fake) Reactivate(_ context.Context, _ policy.Actor, userID int64, version int) (account.Person, error) {
	f.note("Reactivate %d %d", userID, version)
	return samplePerson(userID), outcome(userID)
}
