package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"dondoc/internal/browsertest"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
)

const overduePage = "/quan-tri/mau-thong-bao/overdue"

// spoken is a form as the page offers it, with words of one's own.
func spoken(change ...string) url.Values {
	form := url.Values{"subject": {"{count} việc trễ"}, "lead": {"Gửi ngay\nHạn {due}"}, "closing": {"Xin cảm ơn."}, "idempotency_key": {formKey}}
	for i := 0; i+1 < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

// getAs asks as a browser does that says what the answer is for.
func (s *site) getAs(path, destination string) body {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Dest", destination)
	return s.do(r)
}

func TestEveryKindOfNoticeIsListedAndExplained(t *testing.T) {
	s := newSite(t, office()).as("admin")
	got := s.get("/quan-tri/mau-thong-bao")
	got.shows(t, "Việc quá hạn, cần gửi ngay", "Đầu mối và thủ trưởng, sau hạn mà chưa có báo cáo.", "Đặt lại mật khẩu", "Lời chuẩn")
	for _, spec := range notice.TemplateSpecs() {
		if !strings.Contains(got.text, `href="/quan-tri/mau-thong-bao/`+string(spec.Kind)+`"`) {
			t.Errorf("%s is not listed", spec.Kind)
		}
		for _, words := range []catalogue{wordsVI, wordsEN} {
			if words["template.for."+string(spec.Of)] == "" {
				t.Errorf("%s is not explained", spec.Of)
			}
			for _, place := range spec.Placeholders {
				if words["template.place."+place.Name] == "" {
					t.Errorf("{%s} is not explained", place.Name)
				}
			}
		}
		page := s.get("/quan-tri/mau-thong-bao/" + string(spec.Kind))
		if page.status != 200 || strings.Count(page.text, "<iframe") != 2 {
			t.Errorf("%s: %d, %d samples", spec.Kind, page.status, strings.Count(page.text, "<iframe"))
		}
	}
	for _, unknown := range []string{"/quan-tri/mau-thong-bao/khong-co", overduePage + "/fr/thu?mau=W10"} {
		if got := s.get(unknown); got.status != 404 {
			t.Errorf("%s: %d", unknown, got.status)
		}
	}
}

func TestWordsOfNoticesAreForAdministrators(t *testing.T) {
	s := newSite(t, office())
	for _, token := range []string{"commune", "district", "department"} {
		s.as(token)
		for _, path := range []string{"/quan-tri/mau-thong-bao", overduePage} {
			if got := s.get(path); got.status != 404 {
				t.Errorf("%s sees %s: %d", token, path, got.status)
			}
		}
	}
	s.lowly = true
	got := s.as("admin").get(overduePage)
	got.shows(t, "quản trị ở cấp cao nhất mới đổi được", "{count} việc quá hạn", "[Đôn Đốc] 2 việc quá hạn")
	if strings.Contains(got.text, `action="/quan-tri/mau-thong-bao`) {
		t.Error("a form is offered to who may not change")
	}
}

func TestWordsOfANoticeAreChangedByPage(t *testing.T) {
	s := newSite(t, office()).as("admin")
	s.get(overduePage).shows(t, "{count}", "{agency}", "[Đôn Đốc] 2 việc quá hạn", "[Đôn Đốc] 2 tasks overdue", "Lời dùng khi là đề nghị")
	if got := s.post(overduePage+"/vi", spoken()); got.location != overduePage+"?da=mau" {
		t.Fatalf("saved: %d %s", got.status, got.location)
	}
	kept := s.words[notice.TemplateKey{Kind: "overdue", Language: "vi"}]
	if !kept.Own || kept.Subject != "{count} việc trễ" || kept.Lead != "Gửi ngay\nHạn {due}" || kept.Version != 1 {
		t.Errorf("%+v", kept)
	}
	got := s.get(overduePage + "?da=mau")
	got.shows(t, "Thư gửi từ bây giờ dùng lời này.", "bởi Quản trị <b>tỉnh</b>", "[Đôn Đốc] 2 việc trễ", "Xin cảm ơn.")
	s.get("/quan-tri/mau-thong-bao").shows(t, "Đã đổi")
	// Somebody else was faster: what was typed stands, and sent again it is meant.
	got = s.post(overduePage+"/vi", spoken("subject", "{count} việc muộn"))
	if got.status != 409 || !strings.Contains(got.text, `value="{count} việc muộn"`) || !strings.Contains(got.text, `name="version" value="1"`) {
		t.Errorf("over another's change: %d", got.status)
	}
	if got := s.post(overduePage+"/vi/khoi-phuc", url.Values{"version": {"1"}, "idempotency_key": {formKey}}); got.location != overduePage+"?da=mau-chuan" {
		t.Errorf("restored: %d %s", got.status, got.location)
	}
	got = s.get(overduePage)
	got.shows(t, "Lời chuẩn, khôi phục lúc", "[Đôn Đốc] 2 việc quá hạn")
	if strings.Contains(got.text, "/khoi-phuc") {
		t.Error("the standard words are offered to be restored")
	}
}

func TestFaultyWordsAreKeptInTheForm(t *testing.T) {
	s := newSite(t, office()).as("admin")
	for name, form := range map[string]url.Values{"saved": spoken("lead", "Gửi\nông {ten}"), "previewed": spoken("lead", "Gửi\nông {ten}", "xem", "1")} {
		got := s.post(overduePage+"/vi", form)
		if got.status != 422 || !strings.Contains(got.text, `href="#o-lead"`) || !strings.Contains(got.text, `id="o-lead"`) || !strings.Contains(got.text, "Gửi\nông {ten}</textarea>") {
			t.Errorf("%s: %d\n%s", name, got.status, got.text)
		}
		got.shows(t, "Dòng 2, ký tự thứ 5: mẫu này không có chỗ điền ấy. Dùng: {count}, {recipient}, {agency}, {due}.", "Chưa xem được, cần sửa:", "[Đôn Đốc] 2 tasks overdue")
	}
	if len(s.words) != 0 {
		t.Errorf("kept %v", s.words)
	}
}

func TestATelephoneNumberInWordsIsConfirmed(t *testing.T) {
	s := newSite(t, office()).as("admin")
	form := spoken("closing", "Đường dây nóng 0912345678")
	got := s.post(overduePage+"/vi", form)
	if got.status != 422 || !strings.Contains(got.text, `name="confirmed_warnings"`) || len(s.words) != 0 {
		t.Errorf("%d, kept %v", got.status, s.words)
	}
	form.Set("confirmed_warnings", "1")
	if got := s.post(overduePage+"/vi", form); got.status != 303 || len(s.words) != 1 {
		t.Errorf("confirmed: %d", got.status)
	}
}

func TestASampleIsShownBeforeAnythingIsKept(t *testing.T) {
	s := newSite(t, office()).as("admin")
	got := s.post(overduePage+"/vi", spoken("subject", "{count} việc <b>trễ</b> {agency}", "xem", "1", "version", "4"))
	if got.status != 200 || len(s.words) != 0 {
		t.Fatalf("%d, kept %v", got.status, s.words)
	}
	got.shows(t, "[Đôn Đốc] 2 việc <b>trễ</b> UBND xã (ví dụ 1) và 1 đơn vị khác", "Gửi ngay Hạn hết ngày 19/03/2026 - IV.15.h")
	if !strings.Contains(got.text, `name="version" value="4"`) {
		t.Error("looking changes the version that was read")
	}
	frame := html.UnescapeString(regexp.MustCompile(`src="([^"]+/vi/thu[^"]*)"`).FindStringSubmatch(got.text)[1])
	mail := s.get(frame)
	if mail.status != 200 || !strings.Contains(mail.text, "<!DOCTYPE html>") || !strings.Contains(mail.text, ">Gửi ngay</h2>") || strings.Contains(mail.text, "<b>trễ") {
		t.Errorf("the formatted mail: %d\n%s", mail.status, mail.text)
	}
}

// What is written in a mail's words can do nothing, on the page or in the frame, and
// nobody can make up an address of ours that shows their words by itself.
func TestTheFrameOfAMailIsHarmless(t *testing.T) {
	s := newSite(t, office()).as("admin")
	page := s.post(overduePage+"/vi", spoken("closing", `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`, "xem", "1"))
	if policy := page.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, contentPolicy) || !strings.HasSuffix(policy, "; frame-src 'self'") {
		t.Errorf("the page's policy %q", policy)
	}
	if strings.Contains(page.text, "<script>alert") || strings.Contains(page.text, "<img") {
		t.Error("words became markup on the page")
	}
	frame := html.UnescapeString(regexp.MustCompile(`src="([^"]+/vi/thu[^"]*)"`).FindStringSubmatch(page.text)[1])
	mail := s.get(frame)
	if strings.Contains(mail.text, "<script") || strings.Contains(mail.text, "<img") || !strings.Contains(mail.text, "&lt;script&gt;") {
		t.Errorf("words became markup in the mail\n%s", mail.text)
	}
	policy := mail.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'self'", "form-action 'none'", "; sandbox"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the mail's policy %q lacks %q", policy, want)
		}
	}
	if strings.Contains(policy, "allow-scripts") || strings.Contains(policy, "script-src") {
		t.Errorf("scripts run in the mail: %q", policy)
	}
	if got := s.getAs(frame, "document"); got.status != 404 {
		t.Errorf("opened by itself: %d", got.status)
	}
	if got := s.getAs(frame, "iframe"); got.status != 200 {
		t.Errorf("in the frame: %d", got.status)
	}
	for _, made := range []string{"", "khong-phai", "W10", "bnVsbA", "WzEsMl0"} {
		if got := s.get(overduePage + "/vi/thu?mau=" + made); got.status == 200 {
			t.Errorf("words %q: %d", made, got.status)
		}
	}
	if got := s.as("district").get(frame); got.status != 403 && got.status != 404 {
		t.Errorf("somebody else: %d", got.status)
	}
}

func TestBrokenWordsAreShownToAdministrators(t *testing.T) {
	f := office()
	broken := notice.Template{Kind: "overdue", Language: "vi", Subject: "{count} việc", Lead: "Gửi {ten}", Version: 2}
	_, err := broken.Clean()
	f.words = map[notice.TemplateKey]notice.KeptTemplate{broken.Key(): {Template: broken, Own: true, Broken: fault.Of(err)}}
	s := newSite(t, f).as("admin")
	s.get("/quan-tri").shows(t, "1 mẫu thông báo không dùng được, hệ thống đang gửi lời chuẩn")
	s.get("/quan-tri/mau-thong-bao").shows(t, "Không dùng được")
	s.get(overduePage).shows(t, "Lời này không dùng được; hệ thống đang gửi lời chuẩn.", "Lời mở đầu: Dòng 1, ký tự thứ 5", "Gửi {ten}")
}

func TestTheSampleFollowsWhatIsTyped(t *testing.T) {
	s := newSite(t, office())
	b := browsertest.Start(t, 2*time.Minute)
	b.Width(1440)
	as(b, s.url, "admin")
	b.Open(s.url + overduePage)
	until := func(condition string) { b.Do(chromedp.Poll[chromedp.Void](condition)) }
	const subject = `document.querySelector('[data-part="xem-vi"] .mail-subject')?.textContent ?? ''`
	typed := func(text string) {
		browsertest.Ask[bool](b, `((box) => { window.untouched = true; box.focus(); box.value = `+text+`;
			return box.dispatchEvent(new Event('input', { bubbles: true })); })(document.querySelector('#vi-subject'))`)
	}
	typed(`'{count} việc <b>trễ</b>'`)
	until(subject + ` === '[Đôn Đốc] 2 việc <b>trễ</b>'`)
	frame := browsertest.Ask[string](b, `document.querySelector('[data-part="xem-vi"] iframe').src`)
	if !strings.Contains(frame, "/overdue/vi/thu?mau=") {
		t.Errorf("the frame shows %q", frame)
	}
	typed(`'{count} việc {ten}'`)
	until(`document.querySelector('[data-part="xem-vi"]').textContent.includes('mẫu này không có chỗ điền ấy')`)
	typed(`'{count} việc'`)
	until(subject + ` === '[Đôn Đốc] 2 việc'`)
	if !browsertest.Ask[bool](b, `window.untouched === true && document.activeElement.id === 'vi-subject' && document.activeElement.value === '{count} việc'`) {
		t.Error("the page was loaded again, or the focus moved")
	}
	if len(s.words) != 0 {
		t.Error("looking kept the words")
	}
	for _, trouble := range b.Troubles() {
		t.Error(trouble)
	}
	for _, page := range []string{"/quan-tri/mau-thong-bao", overduePage, "/quan-tri/mau-thong-bao/reset"} {
		for _, width := range []int64{1440, 360} {
			look(t, b, width, "mau"+strings.ReplaceAll(page, "/", "-"), s.url+page, "admin")
			for _, v := range b.Axe() {
				t.Errorf("%s at %d px: %s", page, width, v)
			}
		}
	}
}
