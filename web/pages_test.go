package web

import (
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/task"
)

func TestHomeLeadsToTheWorkOfOnesRole(t *testing.T) {
	for token, want := range map[string]string{
		"commune": "/viec", "district": "/theo-doi", "admin": "/quan-tri", "": "/dang-nhap", "het-han": "/dang-nhap",
	} {
		s := newSite(t, sample())
		if token != "" {
			s.as(token)
		}
		if got := s.get("/"); got.status != http.StatusSeeOther || got.location != want {
			t.Errorf("%q is led to %q (%d), want %q", token, got.location, got.status, want)
		}
	}
}

func TestPagesAskForSignInAndComeBack(t *testing.T) {
	s := newSite(t, sample())
	for _, path := range []string{"/viec", "/viec/12?da=gui", "/theo-doi?van-ban=1", "/thong-bao"} {
		got := s.get(path)
		if want := "/dang-nhap?tiep=" + url.QueryEscape(path); got.status != http.StatusSeeOther || got.location != want {
			t.Errorf("%s leads to %q (%d), want %q", path, got.location, got.status, want)
		}
	}
	if page := s.get("/dang-nhap?tiep=/viec/12"); !strings.Contains(page.text, `name="tiep" value="/viec/12"`) {
		t.Error("the sign-in form forgets where to go")
	}
	got := s.post("/dang-nhap", url.Values{"email": {"daumoi@phuocthai.dondoc.example"}, "password": {"một câu đủ dài"}, "tiep": {"/viec/12"}})
	if got.location != "/viec/12" {
		t.Errorf("after signing in: %q", got.location)
	}
	s.get("/viec").shows(t, "Việc của tôi")
}

func TestSignInSetsAGuardedCookie(t *testing.T) {
	form := url.Values{"email": {"daumoi@phuocthai.dondoc.example"}, "password": {"một câu đủ dài"}}
	plain := newSite(t, sample()).post("/dang-nhap", form).header.Get("Set-Cookie")
	for _, want := range []string{"dondoc_session=commune", "Path=/", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(plain, want) {
			t.Errorf("the cookie %q lacks %q", plain, want)
		}
	}
	if strings.Contains(plain, "Secure") {
		t.Errorf("the cookie %q could not be kept over http", plain)
	}
	secure := newSite(t, sample(), func(o *Options) { o.Secure = true }).post("/dang-nhap", form).header
	if !strings.Contains(secure.Get("Set-Cookie"), "Secure") || secure.Get("Strict-Transport-Security") == "" {
		t.Errorf("over https: %v", secure)
	}
}

func TestWrongPasswordKeepsTheAddress(t *testing.T) {
	got := newSite(t, sample()).post("/dang-nhap", url.Values{"email": {"ai@dondoc.example"}, "password": {"sai"}, "tiep": {"/viec"}})
	if got.status != http.StatusUnauthorized {
		t.Errorf("status %d", got.status)
	}
	got.shows(t, "Địa chỉ thư hoặc mật khẩu không đúng.")
	if !strings.Contains(got.text, `value="ai@dondoc.example"`) || strings.Contains(got.text, `"sai"`) {
		t.Error("the form keeps the address and never the password")
	}
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	for _, elsewhere := range []string{"https://xau.example/", "//xau.example", `/\xau.example`, "javascript:alert(1)", "/\t/xau.example", "viec"} {
		s := newSite(t, sample())
		if page := s.get("/dang-nhap?tiep=" + url.QueryEscape(elsewhere)); strings.Contains(page.text, `name="tiep" value="`+elsewhere) {
			t.Errorf("the form takes %q along", elsewhere)
		}
		got := s.post("/dang-nhap", url.Values{"email": {"daumoi@phuocthai.dondoc.example"}, "password": {"một câu đủ dài"}, "tiep": {elsewhere}})
		if got.location != "/viec" {
			t.Errorf("%q leads to %q", elsewhere, got.location)
		}
	}
}

func TestSignOutEndsTheSession(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	if got := s.get("/dang-xuat"); got.status != http.StatusNotFound {
		t.Errorf("GET signs out: %d", got.status)
	}
	if got := s.post("/dang-xuat", nil); got.location != "/dang-nhap" || len(s.signedOut) != 1 || s.signedOut[0] != "commune" {
		t.Errorf("signed out %v, to %q", s.signedOut, got.location)
	}
	if got := s.get("/viec"); got.status != http.StatusSeeOther {
		t.Error("the cookie still opens pages")
	}
}

func TestLanguageBeforeAndAfterSigningIn(t *testing.T) {
	s := newSite(t, sample())
	s.get("/dang-nhap").shows(t, "Mật khẩu", "Dữ liệu mẫu")
	if got := s.post("/ngon-ngu", url.Values{"ngon_ngu": {"en"}, "tiep": {"/dang-nhap?tiep=/viec"}}); got.location != "/dang-nhap?tiep=/viec" {
		t.Errorf("after choosing: %q", got.location)
	}
	page := s.get("/dang-nhap")
	page.shows(t, "Password", "Sample data")
	page.lacks(t, "Mật khẩu")
	if !strings.Contains(page.text, `<html lang="en">`) {
		t.Error("the page does not say that it is in English")
	}
	s.as("commune").get("/viec").shows(t, "Việc của tôi") // the account's language wins
	newSite(t, sample()).as("english").get("/viec").shows(t, "My tasks", "4 tasks to do.", "1 working day left")
}

func TestResetNeverTellsWhoHasAnAccount(t *testing.T) {
	s := newSite(t, sample())
	known := s.post("/dat-lai-mat-khau", url.Values{"email": {" daumoi@phuocthai.dondoc.example "}})
	unknown := s.post("/dat-lai-mat-khau", url.Values{"email": {"khong@dondoc.example"}})
	if known.status != unknown.status || known.location != unknown.location || known.text != unknown.text {
		t.Errorf("known %v, unknown %v", known, unknown)
	}
	if len(s.resets) != 2 || s.resets[0] != "daumoi@phuocthai.dondoc.example" {
		t.Errorf("asked for %q", s.resets)
	}
	s.get(known.location).shows(t, "Nếu địa chỉ này có tài khoản")
}

func TestLinkIsUsedByPostAlone(t *testing.T) {
	s := newSite(t, sample())
	for range 2 {
		s.get("/lien-ket/dung").shows(t, "Mật khẩu mới", "Ít nhất 12 ký tự")
	}
	if len(s.takenUp) != 0 {
		t.Fatal("looking at the link used it up")
	}
	if got := s.post("/lien-ket/dung", url.Values{"password": {"một câu đủ dài"}, "again": {"một câu khác"}}); got.status != http.StatusUnprocessableEntity || len(s.takenUp) != 0 {
		t.Errorf("two different passwords: %d, %v", got.status, s.takenUp)
	}
	got := s.post("/lien-ket/cu", url.Values{"password": {"một câu đủ dài"}, "again": {"một câu đủ dài"}})
	got.shows(t, "Đường dẫn đã dùng hoặc hết hạn.", "Xin đường dẫn mới")
	got = s.post("/lien-ket/dung", url.Values{"password": {"một câu đủ dài"}, "again": {"một câu đủ dài"}})
	if got.location != "/dang-nhap?da=mat-khau" || len(s.takenUp) != 1 {
		t.Errorf("taken up %v, to %q", s.takenUp, got.location)
	}
	s.get(got.location).shows(t, "Đã đặt mật khẩu.")
}

func TestMyTasksStandInTheOrderToDoThem(t *testing.T) {
	page := newSite(t, sample()).as("commune").get("/viec")
	page.shows(t, "4 việc cần làm.", "1. Trả lại để bổ sung", "2. Chưa gửi · quá hạn 4 ngày", "3. Chưa gửi · còn 1 ngày làm việc", "4. Chưa gửi · còn 10 ngày làm việc",
		"Hạn gửi lại hết hôm nay, 16/06/2026", "Hạn hết ngày mai, Thứ Tư 17/06/2026", "“Biểu ghi 14 lượt cơ sở được kiểm tra",
		"Lần gửi đầu 18/05/2026 vẫn được tính đúng hạn.", "Chốt số liệu 14/06/2026 (Chủ Nhật) · + 3 ngày làm việc · hết ngày 17/06/2026",
		"Báo cáo tình hình phòng, chống mại dâm, 6 tháng đầu năm 2026", "Đã xong gần đây", "Hoàn thành quá hạn · xác nhận 20/03/2026", "Sắp tới", "Hạn hết ngày 17/07/2026")
	read := readable(page.text)
	last := 0
	for _, title := range []string{"tháng 05/2026", "Kế hoạch phòng, chống mại dâm của xã", "6 tháng đầu năm 2026", "Kiện toàn Đội"} {
		at := strings.Index(read, title)
		if at < last {
			t.Errorf("%q stands too early", title)
		}
		last = at
	}
	if strings.Contains(read, "Chờ xác nhận UBND") {
		t.Error("a focal point decides on nothing")
	}
}

func TestReviewersFindWhatWaitsForThem(t *testing.T) {
	page := newSite(t, sample()).as("district").get("/viec")
	page.lacks(t, "Không có việc nào cần làm.")
	page.shows(t, "Chờ xác nhận", "Thống kê số người bị xử phạt hành chính, tháng 05/2026 · gửi 15/06/2026")
}

func TestNothingToDoNamesWhatComes(t *testing.T) {
	f := sample()
	f.tasks = f.tasks[len(f.tasks)-1:]
	newSite(t, f).as("commune").get("/viec").shows(t, "Không có việc nào cần làm.",
		"Việc sắp tới: Báo cáo tình hình phòng, chống mại dâm, tháng 07/2026, hạn hết ngày 17/07/2026.")
}

func TestNoticesAreReadByPostAlone(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	page := s.get("/thong-bao")
	page.shows(t, "1 thông báo chưa đọc", "Báo cáo được trả lại để bổ sung", "hạn hết hôm nay, 16/06/2026", "Tổng hợp tuần")
	if strings.Count(page.text, "/da-doc") != 1 || len(s.read) != 0 {
		t.Errorf("%d to mark, %v marked by looking", strings.Count(page.text, "/da-doc"), s.read)
	}
	if got := s.post("/thong-bao/5/da-doc", nil); got.location != "/thong-bao" || len(s.read) != 1 || s.read[0] != 5 {
		t.Errorf("marked %v, to %q", s.read, got.location)
	}
	if got := s.post("/thong-bao/nam/da-doc", nil); got.status != http.StatusNotFound {
		t.Errorf("no number: %d", got.status)
	}
}

func TestEveryPageCarriesTheGuards(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	for _, path := range []string{"/viec", "/viec/12", "/viec/999", "/thong-bao", "/theo-doi", "/khong-co", "/dang-nhap"} {
		got := s.get(path)
		policy := got.header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'; ", "connect-src 'self'; ", "style-src 'self'; ", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy %q lacks %q", path, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("%s: the policy %q lets scripts of others run", path, policy)
		}
		if got.header.Get("X-Content-Type-Options") != "nosniff" || got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", path, got.header)
		}
		own := regexp.MustCompile(`<script defer src="/static/[0-9a-f]{12}/[a-z./]+"></script>`).ReplaceAllString(got.text, "")
		if inline := regexp.MustCompile(`<script|<style|\sstyle=|\son[a-z]+=|https?://`).FindString(own); inline != "" {
			t.Errorf("%s holds %q", path, inline)
		}
	}
}

func TestAnotherSitesFormIsRefused(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	form := url.Values{"kind": {"nil"}}
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://xau.example"}} {
		for _, path := range []string{"/viec/12/bao-cao", "/viec/17/xac-nhan", "/dang-nhap", "/dang-xuat", "/ngon-ngu", "/thong-bao/5/da-doc", "/lien-ket/dung", "/dat-lai-mat-khau"} {
			got := s.post(path, form, headers...)
			if got.status != http.StatusForbidden {
				t.Errorf("%s with %v: %d", path, headers, got.status)
			}
		}
	}
	if len(s.submitted)+len(s.read)+len(s.signedOut)+len(s.resets)+len(s.takenUp) != 0 {
		t.Error("a refused form acted")
	}
	if got := s.post("/viec/12/bao-cao", form, "Sec-Fetch-Site", "same-origin"); got.status != http.StatusSeeOther {
		t.Errorf("our own form: %d", got.status)
	}
}

func TestErrorsSayWhatAndNothingMore(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	for _, path := range []string{"/khong-co", "/viec/999", "/viec/abc", "/viec/-1"} {
		got := s.get(path)
		if got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
		got.shows(t, "Không tìm thấy", "Trình đơn") // whoever is signed in keeps the menu
	}
	if got := s.get("/api/v1/khong-co"); got.status != http.StatusNotFound || !strings.HasPrefix(got.header.Get("Content-Type"), "application/problem+json") {
		t.Errorf("a machine reads %q", got.header.Get("Content-Type"))
	}
	s.listErr = errors.New("dial tcp 10.0.0.7:5432: secret")
	got := s.get("/viec")
	if got.status != http.StatusInternalServerError || strings.Contains(got.text, "secret") {
		t.Errorf("%d: %s", got.status, got.text)
	}
	if !regexp.MustCompile(`[0-9A-F]{4}-[0-9A-F]{4}`).MatchString(readable(got.text)) {
		t.Error("no reference number")
	}
	s.listErr = fault.New(fault.Unavailable, "away", "Cơ sở dữ liệu tạm nghỉ.", "The database is away.")
	if got := s.get("/viec"); got.status != http.StatusServiceUnavailable {
		t.Errorf("unavailable: %d", got.status)
	}
}

func TestAPanicIsAPageToo(t *testing.T) {
	f := sample()
	s := newSite(t, f, func(o *Options) { o.Calendar = nil }).as("commune")
	got := s.get("/viec")
	if got.status != http.StatusInternalServerError {
		t.Errorf("status %d", got.status)
	}
	got.shows(t, "Có lỗi ở hệ thống", "Số tham chiếu")
}

func TestAssetsAreKeptForGoodAndWeighLittle(t *testing.T) {
	s := newSite(t, sample())
	page := s.get("/dang-nhap")
	sheet := regexp.MustCompile(`/static/[0-9a-f]+/app\.css`).FindString(page.text)
	css := s.get(sheet)
	if css.status != http.StatusOK || !strings.Contains(css.header.Get("Cache-Control"), "immutable") || !strings.HasPrefix(css.header.Get("Content-Type"), "text/css") {
		t.Fatalf("%s: %d %v", sheet, css.status, css.header)
	}
	weight := len(page.text) + len(css.text)
	for _, font := range regexp.MustCompile(`fonts/[^)]+woff2`).FindAllString(css.text, -1) {
		got := s.get(strings.TrimSuffix(sheet, "app.css") + font)
		if got.status != http.StatusOK {
			t.Errorf("%s: %d", font, got.status)
		}
		weight += len(got.text)
	}
	if weight >= 150_000 {
		t.Errorf("the first page weighs %d bytes with everything it may load", weight)
	}
	for _, path := range []string{"/static/", strings.TrimSuffix(sheet, "app.css"), strings.TrimSuffix(sheet, "app.css") + "fonts/", strings.TrimSuffix(sheet, "app.css") + "../web.go"} {
		if got := s.get(path); got.status == http.StatusOK {
			t.Errorf("%s lists: %s", path, got.text)
		}
	}
	licences, err := fs.Glob(assets, "static/fonts/*-OFL.txt")
	if err != nil || len(licences) != 2 {
		t.Errorf("licences of the type: %v, %v", licences, err)
	}
}

func TestLargePostsAreRefused(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	got := s.post("/viec/12/bao-cao", url.Values{"kind": {"report"}, "narrative": {strings.Repeat("a", maxForm)}})
	if got.status != http.StatusRequestEntityTooLarge || len(s.submitted) != 0 {
		t.Errorf("status %d, %d submitted", got.status, len(s.submitted))
	}
}

func TestGlyphsSayTheStateInWords(t *testing.T) {
	for status, form := range statusForms {
		for _, code := range []string{"vi", "en"} {
			if g := (lexicon{code}).glyphOf(task.Task{State: task.StateOpen, Status: status}); g.Form != form || g.Label == "" {
				t.Errorf("%s in %s is %v", status, code, g)
			}
		}
	}
	vi := lexicon{"vi"}
	if g := vi.glyphOf(task.Task{State: task.StateReturned, Status: task.NotDoneOverdue}); g.Form != "return-lozenge" {
		t.Errorf("returned and overdue is %v", g)
	}
	if g := vi.glyphOf(task.Task{State: task.StateReturned, Status: task.NotDoneInTime}); g.Form != "return-ring" {
		t.Errorf("returned is %v", g)
	}
}

// Whoever looks at a task reads when each notice will come, and why then.
func TestATaskTellsWhyANoticeWillCome(t *testing.T) {
	page := newSite(t, sample()).as("commune").get("/viec/12")
	page.shows(t, "Sẽ gửi", "Hạn 17/06/2026 (Thứ Tư) · + 3 ngày làm việc")
	if strings.Contains(readable(page.text), "08:00 ngày") {
		t.Error("a notice's time stands there twice")
	}
}
