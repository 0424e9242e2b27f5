package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/browsertest"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// arranged is what the fake knows of people's own arrangements.
type arranged struct {
	chosen        []int64
	preferences   account.Preferences
	named         []account.SubstituteInput
	substitutions []account.Substitution
	nameErr       error
	tried         []int64 // for whom somebody submitted
}

func (f *fake) ChoosePost(_ context.Context, actor policy.Actor, token string, id int64) (policy.Actor, error) {
	if token == "" {
		return actor, unauthenticated()
	}
	f.chosen = append(f.chosen, id)
	return actor, nil
}

func (f *fake) Preferences(context.Context, policy.Actor) (account.Preferences, error) {
	return f.preferences, nil
}

func (f *fake) SetPreferences(_ context.Context, _ policy.Actor, in account.Preferences) (account.Preferences, error) {
	in, err := in.Clean()
	if err == nil {
		f.preferences = in
		f.preferences.Version++
	}
	return f.preferences, err
}

func (f *fake) NameSubstitute(_ context.Context, _ policy.Actor, in account.SubstituteInput) (account.Substitution, error) {
	f.named = append(f.named, in)
	return account.Substitution{}, f.nameErr
}

func (f *fake) ListSubstitutions(context.Context, policy.Actor, int, string) (account.SubstitutionPage, error) {
	return account.SubstitutionPage{Substitutions: f.substitutions}, nil
}

func (f *fake) RevokeSubstitution(_ context.Context, _ policy.Actor, id int64) (account.Substitution, error) {
	for i := range f.substitutions {
		if s := &f.substitutions[i]; s.ID == id {
			now := at("2026-06-16 08:02")
			s.RevokedAt, s.Running = &now, false
			return *s, nil
		}
	}
	return account.Substitution{}, notFound()
}

func (f *fake) ListColleagues(_ context.Context, actor policy.Actor, agencyID int64) ([]account.Colleague, error) {
	if !policy.SeeColleagues(actor, agencyID) {
		return nil, notFound()
	}
	return []account.Colleague{{ID: 77, Name: "Văn thư UBND xã <Phước Thái>"}, {ID: actor.UserID, Name: actor.Name}}, nil
}

// standIn gives the commune's focal point the head's post as a substitute.
func standIn(f *fake) {
	focal := f.people["commune"]
	own := focal.Posts[0]
	own.ID = 5
	head := own
	head.ID, head.Role, head.ForID, head.ForName = 6, policy.Head, 900, "Chủ tịch"
	focal.Posts = []policy.Post{own, head}
	focal.Held = focal.Posts
	f.people["commune"] = focal
}

func TestSettingsAreShownAndKept(t *testing.T) {
	f := sample()
	f.preferences = account.Preferences{Language: "vi", QuietFrom: "21:30", QuietTo: "05:30", Muted: []string{"digest"}, Version: 4}
	s := newSite(t, f).as("commune")
	page := s.get("/cai-dat")
	for _, want := range []string{`value="21:30"`, `name="mail" value="opening" checked`, `name="mail" value="digest">`, "Văn thư UBND xã &lt;Phước Thái&gt;", "Cài đặt cá nhân", "Chưa có ai thay thế."} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page.text, `action="/vi-tri"`) {
		t.Error("whoever holds one post is asked to choose")
	}
	saved := s.post("/cai-dat", url.Values{"version": {"4"}, "language": {"en"}, "quiet_from": {""}, "quiet_to": {""}, "mail": {"opening", "reminder"}})
	if saved.status != http.StatusSeeOther || f.preferences.Language != "en" || f.preferences.QuietFrom != "" || len(f.preferences.Muted) != 5 {
		t.Errorf("%d, %+v", saved.status, f.preferences)
	}
	wrong := s.post("/cai-dat", url.Values{"version": {"5"}, "language": {"vi"}, "quiet_from": {"9 giờ"}, "quiet_to": {"10:00"}})
	if wrong.status != http.StatusUnprocessableEntity || !strings.Contains(wrong.text, `value="9 giờ"`) || !strings.Contains(wrong.text, `href="#o-quiet_from"`) {
		t.Errorf("%d %s", wrong.status, wrong.text)
	}
}

func TestASubstituteIsNamedAndRevoked(t *testing.T) {
	f := sample()
	f.preferences.Language = "vi"
	f.substitutions = []account.Substitution{{
		ID: 7, Holder: account.Named{ID: 1, Name: "Đầu mối"}, Substitute: account.Named{ID: 77, Name: "Văn thư"}, AgencyName: "UBND xã", Role: policy.FocalPoint,
		From: on("2026-06-15"), To: on("2026-06-19"), Running: true,
	}}
	s := newSite(t, f).as("commune")
	if page := s.get("/cai-dat"); !strings.Contains(page.text, "Văn thư thay Đầu mối") || !strings.Contains(page.text, "đang hiệu lực") ||
		!strings.Contains(page.text, `action="/cai-dat/thay-the/7/thu-hoi"`) {
		t.Errorf("%s", page.text)
	}
	form := url.Values{"post_id": {"5"}, "substitute_id": {"77"}, "from": {"17/06/2026"}, "to": {"19/06/2026"}, "reason": {"Nghỉ phép"}}
	if done := s.post("/cai-dat/thay-the", form); done.status != http.StatusSeeOther || len(f.named) != 1 ||
		f.named[0] != (account.SubstituteInput{PostID: 5, SubstituteID: 77, From: on("2026-06-17"), To: on("2026-06-19"), Reason: "Nghỉ phép"}) {
		t.Errorf("%d, %+v", done.status, f.named)
	}
	f.nameErr = fault.New(fault.Conflict, "substitution.taken", "Đã có người.", "Taken.").At("from")
	if again := s.post("/cai-dat/thay-the", form); again.status != http.StatusConflict || !strings.Contains(again.text, "Đã có người.") || !strings.Contains(again.text, `value="17/06/2026"`) {
		t.Errorf("%d %s", again.status, again.text)
	}
	form.Set("from", "mai")
	if wrong := s.post("/cai-dat/thay-the", form); wrong.status != http.StatusUnprocessableEntity || len(f.named) != 2 {
		t.Errorf("%d, %+v", wrong.status, f.named)
	}
	if s.post("/cai-dat/thay-the/7/thu-hoi", url.Values{}).status != http.StatusSeeOther || f.substitutions[0].RevokedAt == nil {
		t.Error("not revoked")
	}
	if page := s.get("/cai-dat?da=thu-hoi"); strings.Contains(page.text, "/thu-hoi\"") || !strings.Contains(page.text, "đã thu hồi") {
		t.Errorf("%s", page.text)
	}
	if s.post("/cai-dat/thay-the/8/thu-hoi", url.Values{}).status != http.StatusNotFound {
		t.Error("a strange one")
	}
}

func TestWhoeverHoldsSeveralPostsChoosesOne(t *testing.T) {
	f := sample()
	standIn(f)
	s := newSite(t, f).as("commune")
	page := s.get("/viec")
	for _, want := range []string{`action="/vi-tri"`, `<option value="0" selected>Mọi vị trí</option>`, `<option value="6">Thủ trưởng đơn vị · UBND xã Phước Thái (thay Chủ tịch)</option>`} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the header lacks %s", want)
		}
	}
	if to := s.post("/vi-tri", url.Values{"vi_tri": {"6"}, "tiep": {"/viec"}}); to.status != http.StatusSeeOther || to.location != "/viec" || len(f.chosen) != 1 || f.chosen[0] != 6 {
		t.Errorf("%+v, %v", to, f.chosen)
	}
	if away := s.post("/vi-tri", url.Values{"vi_tri": {"6"}, "tiep": {"//evil.example"}}); away.location != "/" {
		t.Errorf("it leads to %s", away.location)
	}
}

// A form of whoever stands in is tried in their own right first: the supervisor
// of another agency may send nothing here, and the commune's head may.
func TestAPageActsForWhomOneStandsIn(t *testing.T) {
	f := sample()
	standIn(f)
	deputy := f.people["commune"]
	deputy.Posts[0].AgencyID, deputy.Posts[0].Role = 4711, policy.Supervisor
	var open int64
	for id, d := range f.details {
		if d.Task.AgencyID == deputy.Posts[1].AgencyID && d.Task.NilReturn && d.Task.State == task.StateOpen {
			open = id
		}
	}
	s := newSite(t, f).as("commune")
	sent := s.post(taskAddress(open)+"/bao-cao", url.Values{"kind": {"nil"}})
	if sent.status != http.StatusSeeOther || len(f.submitted) != 1 || f.tried[len(f.tried)-1] != 900 || slices.Contains(f.tried[:len(f.tried)-1], 900) {
		t.Errorf("%d %s, tried for %v", sent.status, sent.text, f.tried)
	}
}

func TestSettingsInABrowser(t *testing.T) {
	f := sample()
	standIn(f)
	f.preferences = account.Preferences{Language: "vi", QuietFrom: "21:30", QuietTo: "05:30", Muted: []string{"digest"}}
	f.substitutions = []account.Substitution{{
		ID: 7, Holder: account.Named{ID: 1, Name: "Đầu mối UBND xã Phước Thái"}, Substitute: account.Named{ID: 77, Name: "Văn thư UBND xã Phước Thái"},
		AgencyName: "UBND xã Phước Thái", Role: policy.FocalPoint, From: on("2026-06-15"), To: on("2026-06-19"), Running: true,
	}}
	s := newSite(t, f)
	b := browsertest.Start(t, 3*time.Minute)
	for _, width := range []int64{360, 1024, 1440} {
		look(t, b, width, "cai-dat", s.url+"/cai-dat", "commune")
		look(t, b, width, "viec-nhieu-vi-tri", s.url+"/viec", "commune")
	}
}
