package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"dondoc/internal/browsertest"
	"dondoc/internal/timetable"
)

func TestTheStartOfAdministrationSaysWhatIsToDo(t *testing.T) {
	s := newSite(t, office()).as("admin")
	s.get("/quan-tri").shows(t, "2 thư không gửi được", "1 ngày nghỉ năm sau còn là tạm tính")
	if got := s.as("commune").get("/quan-tri"); got.status != 404 {
		t.Errorf("a focal point: %d", got.status)
	}
}

func TestACalendarChangeIsLookedAtAndApplied(t *testing.T) {
	s := newSite(t, office()).as("admin")
	s.get("/quan-tri/lich-lam-viec?nam=2026").shows(t, "Quốc khánh", "Thứ Tư", "nghi-2026.csv")
	day := url.Values{"what": {"ngay"}, "on": {"1/7/2026"}, "kind": {"holiday"}, "title": {""}, "basis": {"QĐ 123"}, "idempotency_key": {formKey}}
	if got := s.post("/quan-tri/lich-lam-viec", day); got.status != 422 || !strings.Contains(got.text, "Ghi tên ngày nghỉ.") || !strings.Contains(got.text, `value="QĐ 123"`) {
		t.Errorf("without a name: %d", got.status)
	}
	day.Set("title", "Ngày truyền thống")
	s.post("/quan-tri/lich-lam-viec", day).shows(t, "hạn 17/06/2026 chuyển thành 18/06/2026", "2 đơn vị")
	if len(s.calendars) != 0 {
		t.Fatal("looking applied it")
	}
	day.Set("apply", "1")
	if got := s.post("/quan-tri/lich-lam-viec", day); got.location != "/quan-tri/lich-lam-viec?da=lich" {
		t.Fatalf("applied: %d", got.status)
	}
	if c := s.calendars[0]; c.Kind != timetable.Days || !strings.Contains(c.Source, "2026-07-01,holiday,Ngày truyền thống") {
		t.Errorf("applied %+v", c)
	}
	outage := url.Values{"what": {"gian-doan"}, "from": {"hôm qua"}, "to": {"18/06/2026 10:00"}, "reason": {"Mất điện"}, "idempotency_key": {formKey}}
	if got := s.post("/quan-tri/lich-lam-viec", outage); got.status != 422 || !strings.Contains(got.text, `value="hôm qua"`) {
		t.Errorf("an instant that is none: %d", got.status)
	}
	outage.Set("from", "18/06/2026 08:00")
	if got := s.post("/quan-tri/lich-lam-viec", outage); got.status != 200 || !s.looked[1].From.Equal(at("2026-06-18 08:00")) {
		t.Errorf("an outage: %d", got.status)
	}
	file := url.Values{"what": {"tep"}, "source": {"date,kind\n"}, "idempotency_key": {formKey}}
	if got := s.postForm("/quan-tri/lich-lam-viec", file); got.status != 422 || !strings.Contains(got.text, `role="alert"`) {
		t.Errorf("a faulty file: %d", got.status)
	}
}

func TestTheTrailIsReadInWords(t *testing.T) {
	f, _ := authority(t)
	s := newSite(t, f).as("authority")
	got := s.get("/quan-tri/nhat-ky?loai=task&so=11&tu=1/6/2026&den=15/6/2026")
	got.shows(t, "Gửi báo cáo", "Đầu mối <i>xã</i>", "Tạm dừng theo dõi", "đã niêm phong số 4", "Hệ thống")
	if strings.Contains(got.text, "<script>\"") || strings.Contains(got.text, "<i>xã") {
		t.Error("what was kept became markup")
	}
	if !strings.Contains(got.text, `href="/api/v1/exports/audit.xlsx?entity=task&amp;entity_id=11&amp;from=2026-05-31T17%3A00%3A00Z&amp;to=2026-06-15T17%3A00%3A00Z"`) {
		t.Error("the export is not of what the page shows")
	}
	q := s.trail[0]
	if q.Entity != "task" || q.EntityID != 11 || !q.From.Equal(at("2026-06-01 00:00")) || !q.To.Equal(at("2026-06-16 00:00")) {
		t.Errorf("asked %+v", q)
	}
	if s.get("/quan-tri/nhat-ky?nguoi=1&hanh-dong=task.submitted"); s.trail[1].ActorID != 1 || s.trail[1].Action != "task.submitted" {
		t.Errorf("asked %+v", s.trail[1])
	}
	for _, token := range []string{"commune", "admin", "department"} {
		if got := s.as(token).get("/quan-tri/nhat-ky"); got.status != 404 {
			t.Errorf("%s reads the trail: %d", token, got.status)
		}
	}
}

func TestPlansAreOpenedToAnAuditor(t *testing.T) {
	f, _ := authority(t)
	s := newSite(t, f).as("authority")
	s.get("/quan-tri/kiem-tra").shows(t, "7/QĐ-TTr", "Thu hồi")
	form := url.Values{"email": {"kt@example.vn"}, "decision_number": {"8/QĐ"}, "decided_on": {"1/6/2026"}, "issued_by": {"Thanh tra"}, "from": {"2/6/2026"}, "to": {"1/8/2026"}, "idempotency_key": {formKey}}
	if got := s.post("/quan-tri/kiem-tra", form); got.status != 422 || !strings.Contains(got.text, `value="kt@example.vn"`) {
		t.Errorf("without plans: %d", got.status)
	}
	form.Set("plans", "1")
	if got := s.post("/quan-tri/kiem-tra", form); got.status != 303 || s.opened[0].Plans[0] != 1 || s.opened[0].To != on("2026-08-01") {
		t.Errorf("opened: %d", got.status)
	}
	if got := s.post("/quan-tri/kiem-tra/3/thu-hoi", url.Values{"idempotency_key": {formKey}}); got.status != 303 {
		t.Errorf("revoked: %d", got.status)
	}
}

func TestRefusedMailIsTriedAgain(t *testing.T) {
	s := newSite(t, office()).as("admin")
	got := s.get("/quan-tri/gui-tin")
	got.shows(t, "550 <no such mailbox>", "Không gửi được 2", "1 giờ", "Gửi thư mới")
	if strings.Contains(got.text, "/gui-tin/4/gui-lai") || !strings.Contains(got.text, "/gui-tin/5/gui-lai") || !strings.Contains(got.text, `href="/quan-tri/nguoi-dung/72"`) {
		t.Error("invitations are tried again, or notices are not")
	}
	for _, id := range []string{"5", "0"} {
		if got := s.post("/quan-tri/gui-tin/"+id+"/gui-lai", url.Values{"idempotency_key": {formKey}}); got.status != 303 {
			t.Errorf("retry %s: %d", id, got.status)
		}
	}
	if !slices.Equal(s.retried, []int64{5, 0}) {
		t.Errorf("retried %v", s.retried)
	}
}

func TestOfficePagesInABrowser(t *testing.T) {
	f, _ := authority(t)
	given := office()
	f.agencies, f.accounts = given.agencies, given.accounts
	s := newSite(t, f)
	b := browsertest.Start(t, 2*time.Minute)
	for _, page := range []struct{ path, token string }{
		{"/quan-tri", "admin"}, {"/quan-tri/lich-lam-viec", "admin"}, {"/quan-tri/gui-tin", "admin"}, {"/quan-tri/nhat-ky", "authority"}, {"/quan-tri/kiem-tra", "authority"},
	} {
		for _, width := range []int64{1440, 360} {
			look(t, b, width, "van-hanh"+strings.ReplaceAll(page.path, "/", "-"), s.url+page.path, page.token)
			for _, v := range b.Axe() {
				t.Errorf("%s at %d px: %s", page.path, width, v)
			}
		}
	}
}
