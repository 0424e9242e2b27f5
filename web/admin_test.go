package web

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/agency"
	"dondoc/internal/browsertest"
	"dondoc/internal/policy"
)

// office is a sample with accounts to administer.
func office() *fake {
	f := sample()
	for i := range f.agencies {
		f.agencies[i].Code = "xa-" + formatID(f.agencies[i].ID)
	}
	f.agencies = append(f.agencies, agency.Agency{ID: department, Code: "chi-cuc", Name: "Chi cục Phòng, chống tệ nạn xã hội", Level: "department"})
	until := at("2026-06-20 08:00")
	post := account.Post{ID: 91, AgencyID: f.agencies[0].ID, AgencyName: f.agencies[0].Name, Role: policy.FocalPoint, ValidFrom: on("2025-07-01")}
	f.accounts = []account.Person{
		{ID: 71, Name: "Đầu mối <b>Phú Lộc</b>", Email: "daumoi.phuloc@example.vn", Active: true, SignedUp: true, Version: 4, Posts: []account.Post{post}},
		{ID: 72, Name: "Đầu mối mời", Email: "moi@example.vn", Active: true, InvitedUntil: &until, Version: 1},
		{ID: 73, Name: "Đã nghỉ", Email: "nghi@example.vn", Version: 2},
	}
	f.reforms = []agency.Record{{ID: 5, Code: "doi-ten", Basis: "Nghị quyết 30", EffectiveOn: on("2026-07-01"), State: agency.Recorded}}
	return f
}

var adminPagesShown = []string{
	"/quan-tri/nguoi-dung", "/quan-tri/nguoi-dung/71", "/quan-tri/nguoi-dung/72", "/quan-tri/nguoi-dung/73", "/quan-tri/nguoi-dung/71/nghi", "/quan-tri/nguoi-dung/moi", "/quan-tri/nguoi-dung/nhap",
	"/quan-tri/don-vi", "/quan-tri/don-vi?q=xa", "/quan-tri/don-vi?trong=1", "/quan-tri/sap-xep", "/quan-tri/sap-xep/moi",
}

// Whoever does not administer learns nothing of these pages.
func TestAdministrationIsForAdministratorsAlone(t *testing.T) {
	s := newSite(t, office())
	for _, path := range adminPagesShown {
		for _, token := range []string{"commune", "district", "department"} {
			if got := s.as(token).get(path); got.status != 404 && got.status != 403 {
				t.Errorf("%s sees %s: %d", token, path, got.status)
			}
		}
		if got := s.as("admin").get(path); got.status != 200 {
			t.Errorf("administrator, %s: %d", path, got.status)
		}
	}
	if got := s.as("admin").get("/"); got.location != "/quan-tri" {
		t.Errorf("an administrator lands at %q", got.location)
	}
	if got := s.as("commune").get("/viec"); strings.Contains(got.text, `href="/quan-tri"`) {
		t.Error("a focal point is offered administration")
	}
}

func TestAnAccountIsChangedByPage(t *testing.T) {
	s := newSite(t, office()).as("admin")
	s.get("/quan-tri/nguoi-dung?q=daumoi").shows(t, "Đầu mối <b>Phú Lộc</b>", "Đang dùng")
	at := "/quan-tri/nguoi-dung/71"
	got := s.post(at+"/sua", url.Values{"name": {"Đầu mối mới"}, "email": {"khong-dung"}, "version": {"4"}, "idempotency_key": {formKey}})
	if got.status != 422 || !strings.Contains(got.text, `value="khong-dung"`) || !strings.Contains(got.text, `href="#o-email"`) || !strings.Contains(got.text, `id="o-email"`) {
		t.Errorf("a malformed address: %d", got.status)
	}
	if got := s.post(at+"/sua", url.Values{"name": {"Đầu mối mới"}, "email": {"moi2@example.vn"}, "version": {"4"}, "idempotency_key": {formKey}}); got.location != at+"?da=sua" {
		t.Errorf("saved: %d %s", got.status, got.location)
	}
	if len(s.edited) != 1 || s.edited[0].Version != 4 || s.edited[0].UserID != 71 {
		t.Errorf("edited %+v", s.edited)
	}
	if got := s.post(at+"/cap", url.Values{"agency": {"không có"}, "role": {"head"}, "idempotency_key": {formKey}}); got.status != 422 {
		t.Errorf("an unknown agency: %d", got.status)
	}
	code := s.agencies[0].Code
	if got := s.post(at+"/cap", url.Values{"agency": {code}, "role": {"head"}, "from": {"1/7/2026"}, "idempotency_key": {formKey}}); got.location != at+"?da=cap" {
		t.Errorf("granted: %d %s", got.status, got.location)
	}
	if len(s.granted) != 1 || s.granted[0].AgencyID != s.agencies[0].ID || s.granted[0].From != on("2026-07-01") {
		t.Errorf("granted %+v", s.granted)
	}
	if got := s.post(at+"/thoi", url.Values{"post_id": {"91"}, "last_on": {""}, "idempotency_key": {formKey}}); got.status != 422 {
		t.Errorf("an end without a day: %d", got.status)
	}
	for _, act := range []string{"mat-khau", "phien", "hai-buoc"} {
		if got := s.post(at+"/"+act, url.Values{"idempotency_key": {formKey}}); got.location != at+"?da="+act {
			t.Errorf("%s: %d %s", act, got.status, got.location)
		}
		if got := s.get(at + "?da=" + act); !strings.Contains(got.text, `role="status"`) {
			t.Errorf("%s is not confirmed", act)
		}
	}
	if strings.Join(s.links, " ") != "reset sessions factor" {
		t.Errorf("acts %v", s.links)
	}
	if got := s.post(at+"/xoa", nil); got.status != 404 {
		t.Errorf("an act that does not exist: %d", got.status)
	}
}

func TestSomebodyWhoLeavesHandsOn(t *testing.T) {
	s := newSite(t, office()).as("admin")
	at := "/quan-tri/nguoi-dung/71"
	s.get(at+"/nghi").shows(t, "IV.15.h", "còn 1 người khác cùng vị trí")
	if got := s.post(at+"/nghi", url.Values{"to_user": {"72"}, "version": {"4"}, "idempotency_key": {formKey}}); got.status != 422 || !strings.Contains(got.text, "Ghi lý do giao lại.") {
		t.Errorf("handed on without a reason: %d", got.status)
	}
	if got := s.post(at+"/nghi", url.Values{"to_user": {"0"}, "version": {"4"}, "idempotency_key": {formKey}}); got.location != at+"?da=nghi" {
		t.Errorf("left: %d", got.status)
	}
	if len(s.left) != 1 || !s.left[0].LeaveToAgency || s.left[0].Version != 4 {
		t.Errorf("left %+v", s.left)
	}
}

func TestAListIsLookedAtBeforeItIsTakenIn(t *testing.T) {
	s := newSite(t, office()).as("admin")
	at := "/quan-tri/nguoi-dung/nhap"
	got := s.postForm(at, url.Values{"list": {"email,agency_code,role\nkhông phải thư,xa-1,đầu mối\n"}, "idempotency_key": {formKey}})
	if got.status != 422 || !strings.Contains(got.text, "không phải thư") {
		t.Errorf("a mistake in a list: %d", got.status)
	}
	list := "email,agency_code,role\na@example.vn,xa-1,đầu mối\n"
	got = s.postForm(at, url.Values{"list": {list}, "idempotency_key": {formKey}})
	got.shows(t, "1 người mới", "a@example.vn")
	if len(s.imported) != 0 {
		t.Fatal("looking took it in")
	}
	if got = s.postForm(at, url.Values{"list": {list}, "apply": {"1"}, "idempotency_key": {formKey}}); got.location != "/quan-tri/nguoi-dung?da=nhap" || len(s.imported) != 1 {
		t.Errorf("taken in: %d %s", got.status, got.location)
	}
	if got := s.post("/quan-tri/nguoi-dung", url.Values{"name": {"Đầu mối"}, "email": {"b@example.vn"}, "agency": {s.agencies[0].Code}, "role": {"focal_point"}, "idempotency_key": {formKey}}); got.status != 303 || len(s.imported) != 2 {
		t.Errorf("one person: %d", got.status)
	}
}

func TestAReorganisationByFormIsPreviewedAndCarriedOut(t *testing.T) {
	s := newSite(t, office()).as("admin")
	form := url.Values{"act": {"rename"}, "units": {"xa-1"}, "name": {"UBND phường Phú Lộc"}, "basis": {"Nghị quyết 30/2026/QH16"}, "on": {""}, "idempotency_key": {formKey}}
	if got := s.post("/quan-tri/sap-xep", form); got.status != 422 || !strings.Contains(got.text, "UBND phường Phú Lộc") {
		t.Errorf("without a day: %d", got.status)
	}
	form.Set("on", "1/7/2026")
	got := s.post("/quan-tri/sap-xep", form)
	got.shows(t, "Còn một báo cáo chờ.", "IV.15.h", "Thực hiện sắp xếp")
	if len(s.reformed) != 0 {
		t.Fatal("looking carried it out")
	}
	source := html.UnescapeString(regexp.MustCompile(`name="source" value="([^"]*)"`).FindStringSubmatch(got.text)[1])
	apply := url.Values{"source": {source}, "digest": {strings.Repeat("a", 64)}, "idempotency_key": {formKey}}
	if got := s.post("/quan-tri/sap-xep", apply); got.location != "/quan-tri/sap-xep?da=sap-xep" {
		t.Fatalf("carried out: %d %.300s", got.status, got.text)
	}
	if r := s.reformed[0]; r.Changes[0].Act != agency.Rename || r.Changes[0].Name != "UBND phường Phú Lộc" || r.EffectiveOn != on("2026-07-01") || r.Basis != "Nghị quyết 30/2026/QH16" {
		t.Errorf("carried out %+v", r)
	}
	if got := s.post("/quan-tri/sap-xep", url.Values{"source": {"format: 1\nchanges: []\n"}, "idempotency_key": {formKey}}); got.status != 422 || !strings.Contains(got.text, `role="alert"`) {
		t.Errorf("a file with faults: %d", got.status)
	}
	if got := s.post("/quan-tri/sap-xep/5/rut", url.Values{"idempotency_key": {formKey}}); got.status != 303 || s.reforms[0].State != agency.Withdrawn {
		t.Errorf("withdrawn: %d", got.status)
	}
}

func TestAnAgencyIsSetByPage(t *testing.T) {
	s := newSite(t, office()).as("admin")
	at := "/quan-tri/don-vi/" + formatID(s.agencies[0].ID)
	s.get(at).shows(t, s.agencies[0].Name, "KT. CHỦ TỊCH", "Tiếp nhận từ UBND xã cũ")
	if got := s.post(at+"/hai-chu-ky", url.Values{"two": {"1"}, "version": {"1"}, "idempotency_key": {formKey}}); got.status != 303 || len(s.two) != 1 || !s.two[0] {
		t.Errorf("two signatures: %d", got.status)
	}
	if got := s.post(at+"/the-thuc", url.Values{"name": {"UBND PHƯỜNG"}, "signing": {"head"}, "head": {"Chủ tịch"}, "idempotency_key": {formKey}}); got.status != 303 || s.letterhead.Name != "UBND PHƯỜNG" {
		t.Errorf("letterhead: %d", got.status)
	}
}

func TestAdministrationInABrowser(t *testing.T) {
	s := newSite(t, office())
	b := browsertest.Start(t, 2*time.Minute)
	for _, path := range append(adminPagesShown, "/quan-tri/don-vi/"+formatID(s.agencies[0].ID)) {
		for _, width := range []int64{1440, 360} {
			look(t, b, width, "quan-tri-"+strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(strings.TrimPrefix(path, "/quan-tri/")), s.url+path, "admin")
			for _, v := range b.Axe() {
				t.Errorf("%s at %d px: %s", path, width, v)
			}
		}
	}
}
