package web

import (
	"html"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"dondoc/internal/browsertest"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// authority is a sample with somebody who issues plans.
func authority(t *testing.T) (*fake, string) {
	t.Helper()
	f := sample()
	f.people["authority"] = policy.Actor{
		UserID: 8, Name: "Cơ quan ban hành", Language: "vi", Below: []int64{department},
		Posts: []policy.Post{{AgencyID: department, AgencyName: "UBND tỉnh", Role: policy.PlanAuthority}},
	}
	f.plans = append([]plan.Record(nil), f.plans...)
	for i := range f.plans {
		f.plans[i].IssuerID, f.plans[i].Version, f.plans[i].CurrentVersion = department, 7, 2
	}
	source, err := os.ReadFile("../api/testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, problems := plan.Read("minimal.yaml", source, nil)
	if p == nil {
		t.Fatal(problems)
	}
	f.future, f.planSource = p, string(source)
	return f, string(source)
}

func inState(f *fake, state plan.State) *fake {
	for i := range f.plans {
		f.plans[i].State = state
	}
	return f
}

func TestAPlanFileIsLoadedByPage(t *testing.T) {
	f, source := authority(t)
	s := newSite(t, f).as("authority")
	s.get("/van-ban").shows(t, "Nạp kế hoạch")
	got := s.postForm("/van-ban/nap", url.Values{"source": {"format: 1\ncode: x\nduties: 3\n"}, "idempotency_key": {formKey}})
	if got.status != 422 || len(s.loaded) != 0 || !strings.Contains(got.text, "duties: 3") || !regexp.MustCompile(`data-label="Dòng">3<`).MatchString(got.text) {
		t.Errorf("a faulty file: %d, loaded %d", got.status, len(s.loaded))
	}
	if got := s.postForm("/van-ban/nap", url.Values{"source": {source}, "idempotency_key": {formKey}}); got.location != "/van-ban/1/xem-truoc?da=nap" || len(s.loaded) != 1 {
		t.Errorf("loaded: %d %s", got.status, got.location)
	}
	for _, token := range []string{"commune", "department", "admin"} {
		if got := s.as(token).get("/van-ban/nap"); got.status != 404 {
			t.Errorf("%s loads plans: %d", token, got.status)
		}
	}
}

func TestADraftIsPreviewedAndFollowed(t *testing.T) {
	f, _ := authority(t)
	s := newSite(t, inState(f, plan.Draft)).as("authority")
	s.get("/van-ban/1/xem-truoc").shows(t, "Lịch các kỳ", "Ai nhận gì", "Bắt đầu theo dõi")
	if got := s.get("/van-ban/1/xem-truoc?tu=hom-nay"); got.status != 422 {
		t.Errorf("a day that is none: %d", got.status)
	}
	post := func(version, from string) body {
		return s.post("/van-ban/1/theo-doi/bat-dau", url.Values{"version": {version}, "follow_from": {from}, "idempotency_key": {formKey}})
	}
	if got := post("6", ""); got.status != 409 || !strings.Contains(got.text, "Kế hoạch đã thay đổi.") {
		t.Errorf("another version: %d", got.status)
	}
	if got := post("7", "1/7/2026"); got.location != "/van-ban/1/theo-doi?da=bat-dau" || s.begun[len(s.begun)-1] != on("2026-07-01") {
		t.Errorf("followed: %d %s", got.status, got.location)
	}
	if got := s.as("department").get("/van-ban/1/xem-truoc"); strings.Contains(got.text, "theo-doi/bat-dau") {
		t.Error("a supervisor is offered to follow the plan")
	}
}

// Each step stands on its real day, before or after the due day, with whom it is for.
func TestThePlansStepsAreShownOnRealDays(t *testing.T) {
	f, _ := authority(t)
	f.duties = []plan.DutyRecord{{ID: 5, PlanID: 1, Code: "I.1", Title: "Báo cáo hằng tháng"}}
	s := newSite(t, inState(f, plan.Active)).as("authority")
	got := s.get("/van-ban/1/buoc-nhac?nv=I.1")
	got.shows(t, "I.1 · ", "Ngày hạn", "Báo mở kỳ", "Nhắc quá hạn", "đầu mối", "hết ngày 06/02/2026", "Đổi các bước bằng bản sửa đổi")
	if opening, due, late := strings.Index(got.text, "Báo mở kỳ"), strings.Index(got.text, "Ngày hạn"), strings.Index(got.text, "Nhắc quá hạn"); opening > due || due > late {
		t.Errorf("out of order: %d %d %d", opening, due, late)
	}
	if got := s.as("commune").get("/van-ban/1/buoc-nhac"); strings.Contains(got.text, "Đổi các bước") {
		t.Error("a focal point is offered to amend the plan")
	}
}

func TestAPlanIsSuspendedAndEnded(t *testing.T) {
	f, _ := authority(t)
	s := newSite(t, inState(f, plan.Active)).as("authority")
	s.get("/van-ban/1/theo-doi").shows(t, "Tạm dừng theo dõi", "Kết thúc kế hoạch")
	if got := s.post("/van-ban/1/theo-doi/tam-dung", url.Values{"version": {"7"}, "idempotency_key": {formKey}}); got.status != 303 {
		t.Errorf("suspended: %d", got.status)
	}
	end := url.Values{"version": {"7"}, "outcome": {"terminated"}, "note": {"Hết nhiệm vụ."}, "idempotency_key": {formKey}}
	if got := s.post("/van-ban/1/theo-doi/ket-thuc", end); got.status != 422 || !strings.Contains(got.text, "Hết nhiệm vụ.") || len(s.closings) != 0 {
		t.Errorf("ended without a second thought: %d", got.status)
	}
	end.Set("sure", "1")
	if got := s.post("/van-ban/1/theo-doi/ket-thuc", end); got.status != 303 || s.closings[0].Note != "Hết nhiệm vụ." {
		t.Errorf("ended: %d", got.status)
	}
	inState(f, plan.Closed)
	s.get("/van-ban/1/theo-doi").shows(t, "Thay bằng kế hoạch khác", "Kế hoạch 2027", "41")
	if got := s.get("/van-ban/1/theo-doi"); strings.Contains(got.text, "ket-thuc") {
		t.Error("a plan that has ended is ended again")
	}
}

func TestAnAmendmentIsLookedAtAndPutInForce(t *testing.T) {
	f, source := authority(t)
	s := newSite(t, inState(f, plan.Active)).as("authority")
	s.get("/van-ban/1/sua-doi").shows(t, "Bản 1 và bản 2 khác nhau ở", "2027-12-31", "12/QĐ-UBND")
	if got := s.get("/van-ban/1/sua-doi?tu=1&den=9"); got.status != 404 {
		t.Errorf("a version that is not there: %d", got.status)
	}
	got := s.postForm("/van-ban/1/sua-doi", url.Values{"source": {source}, "basis.number": {"<b>13/QĐ"}, "basis.on": {"1/6/2026"}, "idempotency_key": {formKey}})
	got.shows(t, "Tệp mới khác bản đang áp dụng ở", "hạn 17/06/2026 chuyển thành 21/06/2026", "Áp dụng bản sửa đổi")
	if len(s.amends) != 0 || strings.Contains(got.text, "<b>13") {
		t.Fatal("looking put it in force, or words became markup")
	}
	kept := html.UnescapeString(regexp.MustCompile(`name="source" value="([^"]*)"`).FindStringSubmatch(got.text)[1])
	apply := url.Values{"source": {kept}, "digest": {"abc"}, "version": {"7"}, "basis.number": {""}, "basis.on": {"1/6/2026"}, "idempotency_key": {formKey}}
	if got := s.post("/van-ban/1/sua-doi", apply); got.status != 422 || !strings.Contains(got.text, `href="#o-basis.number"`) {
		t.Errorf("without its basis: %d", got.status)
	}
	apply.Set("basis.number", "13/QĐ-UBND")
	if got := s.post("/van-ban/1/sua-doi", apply); got.location != "/van-ban/1/sua-doi?da=1" || s.amends[0].Version != 7 || s.amends[0].Basis.On != on("2026-06-01") {
		t.Errorf("put in force: %d %s", got.status, got.location)
	}
	if got := s.get("/van-ban/1/tep/2.yaml"); got.status != 200 || got.text != source {
		t.Errorf("the file: %d", got.status)
	}
}

func TestThePagesOfAPlansLifeInABrowser(t *testing.T) {
	f, _ := authority(t)
	s := newSite(t, inState(f, plan.Draft))
	b := browsertest.Start(t, 2*time.Minute)
	for _, path := range []string{"/van-ban/nap", "/van-ban/1/xem-truoc", "/van-ban/1/buoc-nhac", "/van-ban/1/sua-doi", "/van-ban/1/theo-doi"} {
		for _, width := range []int64{1440, 360} {
			look(t, b, width, "doi-ke-hoach"+strings.ReplaceAll(path, "/", "-"), s.url+path, "authority")
			for _, v := range b.Axe() {
				t.Errorf("%s at %d px: %s", path, width, v)
			}
		}
		inState(f, plan.Active)
	}
}
