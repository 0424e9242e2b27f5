package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"dondoc/internal/browsertest"
	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// supervised is a sample with everything that may be done around task 12.
func supervised() *fake {
	f := sample()
	d := f.details[12]
	d.MayApprove, d.MayRecord, d.MayWithdraw = true, true, true
	f.details[12] = d
	f.prepared = &task.Preparation{ID: 3, TaskID: 12, PreparedAt: at("2026-06-15 09:00"), PreparedByName: "Đầu mối", Content: task.Content{Kind: task.Report, Narrative: "Bản <b>trình</b>"}}
	f.supervision = task.Supervision{MayContest: true, MayReopen: true, MayDecide: true, Contests: []task.Contest{{ID: 8, TaskID: 12, SubmissionNumber: 1, Reason: "Số liệu đúng.", ContestedAt: at("2026-06-15 10:00"), ContestedByName: "Đầu mối"}}}
	f.hands = task.Hands{MayHandOver: true, Handovers: []task.Handover{{ID: 6, UserID: 44, UserName: "Đồng nghiệp", Reason: "Đi công tác"}}}
	return f
}

func TestWhatMayBeDoneAroundATaskIsOffered(t *testing.T) {
	s := newSite(t, supervised()).as("commune")
	s.get("/viec/12").shows(t, "Xem và duyệt")
	got := s.get("/viec/12/them")
	got.shows(t, "Bản <b>trình</b>", "Duyệt, gửi đi", "Mở lại", "Trả lời ý kiến", "Số liệu đúng.", "Đồng nghiệp đang xử lý: Đi công tác", "Ghi nhận thay")
	if strings.Contains(got.text, "<b>trình") {
		t.Error("words became markup")
	}
	if got := s.as("stranger").get("/viec/12/them"); got.status != 404 {
		t.Errorf("a stranger: %d", got.status)
	}
}

func TestActsAroundATask(t *testing.T) {
	f := supervised()
	s := newSite(t, f).as("commune")
	for _, c := range []struct {
		act    string
		form   url.Values
		status int
		words  string
	}{
		{"duyet", url.Values{}, 303, ""},
		{"chuyen-lai", url.Values{}, 422, "Ghi lý do."},
		{"chuyen-lai", url.Values{"reason": {"Thiếu số liệu"}}, 303, ""},
		{"rut", url.Values{"reason": {"Nhầm"}}, 303, ""},
		{"mo-lai", url.Values{"reason": {"Bổ sung"}, "resubmit_on": {"không rõ"}}, 422, "Bổ sung"},
		{"mo-lai", url.Values{"reason": {"Bổ sung"}, "resubmit_on": {"20/6/2026"}}, 303, ""},
		{"tra-loi-y-kien", url.Values{"contest": {"8"}, "outcome": {"upheld"}, "answer": {"Số liệu chưa khớp."}}, 303, ""},
		{"giao", url.Values{"user_id": {"45"}, "replaces": {"6"}, "reason": {"Nghỉ phép"}}, 303, ""},
		{"nhan-lai", url.Values{"handover": {"6"}}, 303, ""},
		{"ghi-thay", url.Values{"channel": {"paper"}, "received_at": {"hôm qua"}, "narrative": {"Đã gửi giấy."}}, 422, "Đã gửi giấy."},
		{"xoa", url.Values{}, 404, ""},
	} {
		c.form.Set("idempotency_key", formKey)
		c.form.Set("version", "3")
		got := s.post("/viec/12/them/"+c.act, c.form)
		if got.status != c.status || !strings.Contains(got.text, c.words) {
			t.Errorf("%s: %d %.200s", c.act, got.status, got.text)
		}
		if c.status == 303 {
			if got.location != "/viec/12?da="+c.act {
				t.Errorf("%s leads to %s", c.act, got.location)
			}
			if page := s.get(got.location); !strings.Contains(page.text, `class="done"`) {
				t.Errorf("%s is not confirmed", c.act)
			}
		}
	}
	if got := f.carried[0].(task.PreparationInput); got.Decision != task.Approve || got.TaskID != 12 || got.Version != 3 {
		t.Errorf("approved %+v", got)
	}
	if got := f.carried[len(f.carried)-2].(task.HandoverInput); got.UserID != 45 || got.Replaces != 6 {
		t.Errorf("handed over %+v", got)
	}
}

func TestTheActsPageInABrowser(t *testing.T) {
	s := newSite(t, supervised())
	b := browsertest.Start(t, time.Minute)
	for _, width := range []int64{1440, 360} {
		look(t, b, width, "viec-khac", s.url+"/viec/12/them", "commune")
		for _, v := range b.Axe() {
			t.Errorf("%d px: %s", width, v)
		}
	}
}

func TestAReportIsAskedForByHand(t *testing.T) {
	f, _ := authority(t)
	f.duties = []plan.DutyRecord{{ID: 5, PlanID: 1, Code: "IV.2.e", Title: "Báo cáo nhanh", Cadences: []calendar.Cadence{calendar.AdHoc}}}
	s := newSite(t, f).as("authority")
	s.get("/van-ban/1/mo-ky?nv=5").shows(t, "IV.2.e · Báo cáo nhanh")
	form := url.Values{"duty": {"5"}, "due": {"ngay"}, "title": {"Vụ việc <b>ngày 15</b>"}, "idempotency_key": {formKey}}
	if got := s.post("/van-ban/1/mo-ky", form); got.status != 422 || !strings.Contains(got.text, `value="ngay"`) {
		t.Errorf("a due time that is none: %d", got.status)
	}
	form.Set("due", "3")
	got := s.post("/van-ban/1/mo-ky", form)
	got.shows(t, "1 đơn vị sẽ được yêu cầu", "hết ngày 18/06/2026", "Đã có báo cáo tương tự", "Gửi yêu cầu")
	if len(f.byHand) != 1 || f.byHand[0].Within.WorkingDays != 3 || strings.Contains(got.text, "<b>ngày") {
		t.Errorf("looked at %+v", f.byHand)
	}
	form.Set("open", "1")
	if got := s.post("/van-ban/1/mo-ky", form); got.status != 303 || !strings.HasPrefix(got.location, "/theo-doi?") || f.byHand[1].DutyID != 5 {
		t.Errorf("asked: %d %s", got.status, got.location)
	}
	if got := s.as("commune").get("/van-ban/1/mo-ky"); got.status != 404 {
		t.Errorf("a focal point asks for reports: %d", got.status)
	}
}
