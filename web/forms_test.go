package web

import (
	"errors"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

const formKey = "0123456789abcdef0123456789abcdef"

const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>{{.Version}}`

func report() url.Values {
	return url.Values{
		"kind": {"report"}, "version": {"3"}, "idempotency_key": {formKey},
		"figures.KT": {"1.060"}, "figures.VP": {"2,5"}, "figures.TT": {" 21 "}, "figures.HT": {""},
		"narrative": {"Đã tuyên truyền."}, "document_number": {"41/BC-UBND"}, "document_on": {"16/06/2026"}, "signatory_title": {"Chủ tịch UBND xã"},
	}
}

func TestTaskPageTellsAllOfATask(t *testing.T) {
	page := newSite(t, sample()).as("commune").get("/viec/12")
	page.shows(t, "UBND xã Phước Thái · Nhiệm vụ IV.15.i.3 · gửi UBND huyện Long Thành", "Báo cáo tình hình phòng, chống mại dâm, 6 tháng đầu năm 2026",
		"Hạn hết ngày mai, Thứ Tư 17/06/2026", "hôm nay", "+3 · hạn", "Thực hiện có hiệu quả mô hình", "1 Trong kỳ có phát sinh không?",
		"2 Số liệu từ 15/12/2025 đến 14/06/2026", "(lượt)", "3 Kết quả, khó khăn, kiến nghị", "Không nhập tài liệu mật", "4 Văn bản đã ký", "Gửi UBND huyện Long Thành",
		"Chưa có báo cáo nào được gửi.", "Nhắc việc: còn 1 ngày làm việc 16/06/2026, 08:00 · đã gửi 2 nơi nhận", "Bây giờ", "Sẽ gửi 17/06/2026, 08:00",
		"Nhắc quá hạn: đầu mối, thủ trưởng đơn vị Sẽ gửi 18/06/2026, 08:00")
	read := readable(page.text)
	if !(strings.Index(read, "Nhắc việc: còn 1") < strings.Index(read, "Bây giờ") && strings.Index(read, "Bây giờ") < strings.Index(read, "Hết hạn")) {
		t.Error("the course of events is out of order")
	}
	if !strings.Contains(page.text, `<div class="strip" aria-hidden="true">`) {
		t.Error("screen readers get the strip besides the sentence")
	}
}

func TestReturnedReportStartsFromWhatWasSent(t *testing.T) {
	page := newSite(t, sample()).as("commune").get("/viec/11")
	page.shows(t, "Lý do trả lại", "“Biểu ghi 14 lượt", "Lần 1 18/05/2026, 09:12 · Đầu mối UBND xã Phước Thái", "Trả lại để bổ sung, chỉnh sửa", "Lần gửi trước 1.060",
		"Văn bản số 38/BC-UBND ngày 18/05/2026 · Chủ tịch UBND xã")
	for _, want := range []string{`name="figures.VP" value="1.060"`, `value="38/BC-UBND"`, `value="18/05/2026"`, "Đã tuyên truyền ở 8/8 ấp."} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	page.lacks(t, "Trong kỳ có phát sinh không?") // this duty takes no nil return
}

func TestSubmitPassesOnWhatWasTyped(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	got := s.post("/viec/12/bao-cao", report())
	if got.status != http.StatusSeeOther || got.location != "/viec/12?da=gui" {
		t.Fatalf("%d to %q\n%s", got.status, got.location, readable(got.text))
	}
	in := s.submitted[0]
	if in.TaskID != 12 || in.Version != 3 || in.Kind != task.Report || in.Narrative != "Đã tuyên truyền." || in.DocumentNumber != "41/BC-UBND" ||
		in.DocumentOn != on("2026-06-16") || in.SignatoryTitle != "Chủ tịch UBND xã" {
		t.Errorf("submitted %+v", in)
	}
	values := map[string]string{}
	for _, f := range in.Figures {
		values[f.Indicator] = f.Value
	}
	if values["KT"] != "1060" || values["VP"] != "2.5" || values["TT"] != "21" || values["HT"] != "" {
		t.Errorf("figures %v", values)
	}
	s.post("/viec/12/bao-cao", report())
	other := report()
	other.Set("narrative", "Khác.")
	s.post("/viec/12/bao-cao", other)
	if len(s.keys) != 3 || s.keys[0].Value != formKey || string(s.keys[0].RequestHash) != string(s.keys[1].RequestHash) || len(s.keys[0].RequestHash) != 32 {
		t.Errorf("a repeated form is not known again: %v", s.keys)
	}
	if string(s.keys[0].RequestHash) == string(s.keys[2].RequestHash) {
		t.Error("another content has the same hash")
	}
	for _, strange := range []string{"", "k1", strings.Repeat("a", 300), hostile} {
		other.Set("idempotency_key", strange)
		if got := s.post("/viec/12/bao-cao", other); got.status != http.StatusSeeOther || s.keys[len(s.keys)-1].Value != "" {
			t.Errorf("the key %q is passed on (%d)", strange, got.status)
		}
	}
}

func TestEachFormHasAKeyOfItsOwn(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	key := regexp.MustCompile(`name="idempotency_key" value="([0-9a-f]{32})"`)
	one, two := key.FindStringSubmatch(s.get("/viec/12").text), key.FindStringSubmatch(s.get("/viec/12").text)
	if one == nil || two == nil || one[1] == two[1] {
		t.Errorf("keys %v and %v", one, two)
	}
}

func TestNilReturn(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	if page := s.get("/viec/12?khong-phat-sinh=1"); !strings.Contains(page.text, `value="nil" class="is-nil" checked`) || len(s.submitted) != 0 {
		t.Error("the link from the list chooses the nil return and sends nothing")
	}
	if got := s.post("/viec/12/bao-cao", url.Values{"kind": {"nil"}, "version": {"3"}}); got.status != http.StatusSeeOther || s.submitted[0].Kind != task.NilReturn {
		t.Errorf("%d, %+v", got.status, s.submitted)
	}
	form := report()
	form.Set("kind", "nil")
	got := s.post("/viec/12/bao-cao", form)
	got.shows(t, "“Không phát sinh” thì không kèm số liệu hay nội dung.")
	if !strings.Contains(got.text, `class="report mended"`) { // all parts stay visible, so that they can be cleared
		t.Error("the parts to clear are hidden")
	}
}

func TestErrorsStandOnTopAndKeepTheInput(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	form := report()
	form.Set("figures.KT", "mười tám")
	form.Set("document_on", "32/13/2026")
	form.Set("narrative", "Giữ lại câu này")
	got := s.post("/viec/12/bao-cao", form)
	if got.status != http.StatusUnprocessableEntity || len(s.submitted) != 0 {
		t.Fatalf("%d, %v", got.status, s.submitted)
	}
	got.shows(t, "Chưa gửi được. Có 2 chỗ cần sửa", "Cơ sở kinh doanh dịch vụ được kiểm tra: “mười tám” không phải là số", "Ghi ngày theo dạng ngày/tháng/năm")
	for _, want := range []string{`href="#o-figures.KT"`, `id="o-figures.KT"`, `value="mười tám"`, `href="#o-document_on"`, `id="o-document_on"`, `value="32/13/2026"`,
		"Giữ lại câu này", `name="figures.VP" value="2,5"`, `value="41/BC-UBND"`, `aria-invalid="true"`} {
		if !strings.Contains(got.text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Index(got.text, `class="errors"`) > strings.Index(got.text, "<h1>") {
		t.Error("on a phone the errors would stand below what one sees first")
	}
	if strings.Count(readable(got.text), "Ghi ngày theo dạng") != 2 {
		t.Error("the same words stand on top and at the field")
	}
	empty := s.post("/viec/12/bao-cao", url.Values{"kind": {"report"}})
	empty.shows(t, "Chưa gửi được. Có 1 chỗ cần sửa", "Báo cáo còn trống.")
	newSite(t, sample()).as("english").post("/viec/12/bao-cao", url.Values{"kind": {"report"}}).shows(t, "Not sent. 1 place needs mending", "The report is empty.")
}

func TestConflictShowsWhatHappenedAndKeepsTheInput(t *testing.T) {
	f := sample()
	f.submitErr = fault.New(fault.Conflict, "task.changed", "Việc này đã thay đổi từ lúc mở trang.", "The task has changed.")
	s := newSite(t, f).as("commune")
	got := s.post("/viec/12/bao-cao", report())
	if got.status != http.StatusConflict {
		t.Errorf("status %d", got.status)
	}
	got.shows(t, "Việc này đã thay đổi từ lúc mở trang.", "Đã tuyên truyền.")
	// Sent meanwhile by a colleague: no form is due any more, the words stay all the same.
	d := f.details[12]
	d.Task.State, d.Task.Status = task.StateSubmitted, task.Waiting
	f.details[12] = d
	s.post("/viec/12/bao-cao", report()).shows(t, "Việc này đã thay đổi từ lúc mở trang.", "Đã tuyên truyền.", "Đã gửi, chờ xác nhận")
}

func TestExpiredSessionKeepsTheForm(t *testing.T) {
	s := newSite(t, sample()).as("het-han")
	form := report()
	form.Set("narrative", "Dòng một\nDòng hai "+hostile)
	got := s.post("/viec/12/bao-cao", form)
	if got.status != http.StatusUnauthorized || len(s.submitted) != 0 {
		t.Fatalf("%d, %v", got.status, s.submitted)
	}
	got.shows(t, "Phiên đã hết. Đăng nhập lại, nội dung vẫn còn.", "Nội dung đã nhập sẽ mở lại sau khi đăng nhập.")
	again := url.Values{"email": {"daumoi@phuocthai.dondoc.example"}, "password": {"sai"}}
	for _, field := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`).FindAllStringSubmatch(got.text, -1) {
		again.Add(html.UnescapeString(field[1]), html.UnescapeString(field[2]))
	}
	// A mistyped password must not lose it either.
	wrong := s.post("/dang-nhap", again)
	if wrong.status != http.StatusUnauthorized || !strings.Contains(wrong.text, "41/BC-UBND") {
		t.Fatal("lost with the mistyped password")
	}
	again.Set("password", "một câu đủ dài")
	open := s.post("/dang-nhap", again)
	if open.status != http.StatusOK || len(s.submitted) != 0 {
		t.Fatalf("%d, %v", open.status, s.submitted)
	}
	open.shows(t, "Nội dung đã nhập vẫn còn, chưa gửi.", "Dòng một Dòng hai")
	if !strings.Contains(open.text, `value="41/BC-UBND"`) || strings.Contains(open.text, "<script>") {
		t.Error("the form is not as it was")
	}
	final := url.Values{}
	for _, name := range []string{"idempotency_key", "version"} {
		final.Set(name, regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(open.text)[1])
	}
	for name, values := range form {
		if name != "idempotency_key" && name != "version" {
			final[name] = values
		}
	}
	if sent := s.post("/viec/12/bao-cao", final); sent.status != http.StatusSeeOther || !strings.HasPrefix(s.submitted[0].Narrative, "Dòng một\nDòng hai") {
		t.Errorf("%d, %+v", sent.status, s.submitted)
	}
}

func TestAKeptFormOpensOnlyWhatOneMaySee(t *testing.T) {
	for _, action := range []string{"/viec/999/bao-cao", "https://xau.example/viec/12/bao-cao", "/viec/x/bao-cao", "/theo-doi"} {
		s := newSite(t, sample())
		got := s.post("/dang-nhap", url.Values{"email": {"daumoi@phuocthai.dondoc.example"}, "password": {"một câu đủ dài"}, "bieu_mau": {action}, "giu.narrative": {"x"}})
		if got.status == http.StatusOK {
			t.Errorf("%s opens a page", action)
		}
	}
}

func TestReviewAcceptsAndReturns(t *testing.T) {
	s := newSite(t, sample()).as("district")
	page := s.get("/viec/17")
	page.shows(t, "Quyết định về báo cáo lần 1", "Trả lại để bổ sung, chỉnh sửa", "Không hợp lệ, coi như chưa gửi", "1.060", "UBND xã Phước Thái, 0251 000 0740")
	if got := s.post("/viec/17/xac-nhan", url.Values{"decision": {"accept"}, "version": {"3"}, "idempotency_key": {formKey}}); got.location != "/viec/17?da=quyet-dinh" {
		t.Fatalf("%d to %q", got.status, got.location)
	}
	got := s.post("/viec/17/xac-nhan", url.Values{"decision": {"return"}, "version": {"3"}, "reason": {" "}, "resubmit_on": {"19/06/2026"}})
	if got.status != http.StatusUnprocessableEntity || len(s.reviewed) != 1 {
		t.Errorf("returned without a reason: %d, %v", got.status, s.reviewed)
	}
	got.shows(t, "Ghi rõ lý do trả lại")
	if !strings.Contains(got.text, `value="return" checked`) || !strings.Contains(got.text, `value="19/06/2026"`) {
		t.Error("the decision is not kept")
	}
	s.post("/viec/17/xac-nhan", url.Values{"decision": {"return"}, "version": {"3"}, "reason": {"Thiếu biểu 2"}, "resubmit_on": {"19/06/2026"}})
	if len(s.reviewed) != 2 || s.reviewed[1].Reason != "Thiếu biểu 2" || s.reviewed[1].ResubmitOn != on("2026-06-19") || s.reviewed[1].Version != 3 {
		t.Errorf("reviewed %+v", s.reviewed)
	}
	if s.keys[0].Value != formKey {
		t.Errorf("keys %v", s.keys)
	}
	s.post("/viec/17/xac-nhan", nil).shows(t, "Chọn xác nhận, trả lại để bổ sung, hoặc không hợp lệ.")
}

func TestRightsOverATask(t *testing.T) {
	for _, c := range []struct {
		token, path    string
		see            int
		submit, review int
		forms          [2]bool // submit, review
	}{
		{"commune", "/viec/12", 200, 303, 403, [2]bool{true, false}},
		{"district", "/viec/12", 200, 403, 303, [2]bool{false, false}},
		{"district", "/viec/17", 200, 403, 303, [2]bool{false, true}},
		{"commune", "/viec/17", 200, 303, 403, [2]bool{false, false}},
		{"stranger", "/viec/12", 404, 404, 404, [2]bool{}},
		{"admin", "/viec/12", 404, 404, 404, [2]bool{}},
	} {
		s := newSite(t, sample()).as(c.token)
		page := s.get(c.path)
		if page.status != c.see {
			t.Errorf("%s sees %s: %d, want %d", c.token, c.path, page.status, c.see)
		}
		forms := [2]bool{strings.Contains(page.text, c.path+"/bao-cao"), strings.Contains(page.text, c.path+"/xac-nhan")}
		if forms != c.forms {
			t.Errorf("%s at %s gets the forms %v, want %v", c.token, c.path, forms, c.forms)
		}
		if got := s.post(c.path+"/bao-cao", report()); got.status != c.submit {
			t.Errorf("%s submits %s: %d, want %d", c.token, c.path, got.status, c.submit)
		}
		if got := s.post(c.path+"/xac-nhan", url.Values{"decision": {"accept"}}); got.status != c.review {
			t.Errorf("%s reviews %s: %d, want %d", c.token, c.path, got.status, c.review)
		}
	}
}

func TestFlashTellsWhatIsStored(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	s.get("/viec/17?da=gui").shows(t, "Báo cáo lần 1 đã gửi lúc 15/06/2026, 16:20. Đã ghi nhận.")
	s.get("/viec/12?da=gui").lacks(t, "Đã ghi nhận")
	s.get("/viec/11?da=quyet-dinh").shows(t, "Đã trả lại báo cáo lần 1 lúc 11/06/2026, 14:05.")
	s.get("/viec/11?da="+url.QueryEscape(hostile)).lacks(t, "Đã ghi nhận")
}

func TestHostileTextIsShownAsText(t *testing.T) {
	f := sample()
	d := f.details[11]
	d.Task.DutyTitle, d.Task.DutyText, d.Task.AgencyName, d.Task.RecipientName, d.Task.DutyCode = hostile, hostile, hostile, hostile, hostile
	d.Task.ReviewerName, d.Task.PlanTitle = hostile, hostile
	d.Fields[0].Name, d.Fields[0].UnitName = hostile, hostile
	d.Submissions[0].Narrative, d.Submissions[0].DocumentNumber, d.Submissions[0].SignatoryTitle = hostile, hostile, hostile
	d.Submissions[0].Figures[0].Value = hostile
	d.Submissions[0].Review.Reason, d.Submissions[0].Review.DecidedByName, d.Submissions[0].SubmittedByName = hostile, hostile, hostile
	d.History = append(d.History, task.Event{At: at("2026-06-12 08:00"), Action: hostile, Actor: hostile, Note: hostile + "!"})
	d.Steps = append(d.Steps, task.Step{Kind: hostile, State: "done", At: at("2026-06-12 08:00"), Audience: []string{hostile}})
	f.details[11], f.tasks = d, []task.Task{d.Task}
	f.board.Overdue[0].Task.AgencyName, f.board.Overdue[0].Task.DutyTitle, f.board.Overdue[0].NextStep = hostile, hostile, hostile
	f.agencies[0].Name, f.plans[0].Title, f.duties[0].Title = hostile, hostile, hostile
	f.notices.Items[0].AgencyName, f.notices.Items[0].DutyTitle = hostile, hostile
	for token, actor := range f.people {
		actor.Name = hostile
		if len(actor.Posts) > 0 {
			actor.Posts[0].AgencyName = hostile + " "
		}
		f.people[token] = actor
	}
	for _, c := range []struct{ token, path string }{
		{"commune", "/viec"}, {"commune", "/viec/11"}, {"department", "/theo-doi"}, {"commune", "/thong-bao"}, {"department", "/theo-doi?trang-thai=" + url.QueryEscape(hostile)},
		{"", "/dang-nhap?tiep=/" + url.QueryEscape(hostile)},
	} {
		s := newSite(t, f)
		if c.token != "" {
			s.as(c.token)
		}
		got := s.get(c.path)
		if got.status != http.StatusOK || strings.Contains(got.text, "<script>") || strings.Contains(got.text, "<img") {
			t.Errorf("%s: %d, raw markup: %v", c.path, got.status, strings.Contains(got.text, "<script>"))
		}
		if c.token != "" {
			got.shows(t, "<script>alert(1)</script>") // as a reader meets it: text
		}
	}
	form := url.Values{}
	for _, name := range []string{"kind", "narrative", "document_number", "document_on", "signatory_title", "figures.KT", "figures." + hostile, hostile, "version", "idempotency_key"} {
		form.Set(name, hostile)
	}
	got := newSite(t, f).as("commune").post("/viec/11/bao-cao", form)
	if got.status != http.StatusUnprocessableEntity || strings.Contains(got.text, "<script>") || strings.Contains(got.text, "<img") {
		t.Errorf("the form again: %d", got.status)
	}
	got = newSite(t, f).post("/viec/11/bao-cao", form)
	if got.status != http.StatusUnauthorized || strings.Contains(got.text, "<script>") || strings.Contains(got.text, "<img") {
		t.Errorf("kept through sign-in: %d", got.status)
	}
}

func TestUnexpectedFailureOfAnActIsAReference(t *testing.T) {
	f := sample()
	f.submitErr = errors.New("disk full at /var")
	got := newSite(t, f).as("commune").post("/viec/12/bao-cao", report())
	if got.status != http.StatusInternalServerError || strings.Contains(got.text, "disk") {
		t.Errorf("%d", got.status)
	}
	got.shows(t, "Số tham chiếu")
}

func TestClosedRoundSaysWhyThereIsNoForm(t *testing.T) {
	f := sample()
	d := f.details[13]
	closed := at("2026-06-15 00:00")
	d.Task.ClosedAt = &closed
	f.details[13] = d
	f.tasks = []task.Task{d.Task}
	s := newSite(t, f).as("commune")
	s.get("/viec/13").shows(t, "Kỳ báo cáo đã khóa. Muốn gửi, đề nghị nơi theo dõi mở lại.")
	page := s.get("/viec")
	page.shows(t, "Kỳ đã khóa, chưa gửi")
	page.lacks(t, "Lập báo cáo")
}

func TestRemindersThatWillNotBeSentAreNotAnnounced(t *testing.T) {
	s := newSite(t, sample()).as("district")
	page := s.get("/viec/17") // submitted, waits for review
	page.lacks(t, "Sẽ gửi", "Bây giờ", "Hết hạn")
	f := sample()
	d := f.details[17]
	d.Steps = append(d.Steps, task.Step{Kind: "review_reminder", State: "pending", At: at("2026-06-18 08:00"), Audience: []string{"reviewer"}})
	f.details[17] = d
	newSite(t, f).as("district").get("/viec/17").shows(t, "Nhắc nơi nhận xác nhận Sẽ gửi 18/06/2026, 08:00")
}

func TestPolicyOfTheFixtures(t *testing.T) {
	if policy.SeeBoard(sample().people["commune"]) || !policy.SeeBoard(sample().people["department"]) {
		t.Fatal("the fixtures do not say what the tests of rights suppose")
	}
}
