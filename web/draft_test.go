package web

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"dondoc/internal/browsertest"
)

func TestADraftIsKeptWithoutScripts(t *testing.T) {
	f := sample()
	s := newSite(t, f).as("commune")
	page := s.get("/viec/12")
	if !strings.Contains(page.text, `formaction="/viec/12/ban-nhap"`) {
		t.Fatal("no way to save for later")
	}
	saved := s.post("/viec/12/ban-nhap", url.Values{"kind": {"report"}, "draft_version": {"0"}, "figures.KT": {"1.018"}, "figures.VP": {"chưa rõ"}, "narrative": {"Đang viết"}})
	if saved.status != http.StatusSeeOther || f.drafts[12].Narrative != "Đang viết" || f.drafts[12].Figures[0].Value != "1018" || f.drafts[12].Figures[1].Value != "chưa rõ" {
		t.Fatalf("%d, %+v", saved.status, f.drafts[12])
	}
	again := s.get("/viec/12")
	for _, want := range []string{"Đang viết</textarea>", `value="1.018"`, `value="chưa rõ"`, `name="draft_version" value="1"`, "Bản nháp lưu lúc"} {
		if !strings.Contains(again.text, want) {
			t.Errorf("the draft's %q is not in the form", want)
		}
	}
	// Somebody else saved meanwhile: nothing is overwritten, what was typed stays.
	late := s.post("/viec/12/ban-nhap", url.Values{"kind": {"report"}, "draft_version": {"0"}, "narrative": {"Của máy khác"}})
	if late.status != http.StatusConflict || !strings.Contains(late.text, "Của máy khác</textarea>") || f.drafts[12].Narrative != "Đang viết" {
		t.Errorf("%d, kept %q", late.status, f.drafts[12].Narrative)
	}
}

// line is a connection to the site that a test can cut.
type line struct {
	*httptest.Server
	cutAfter atomic.Bool // answers are lost after the site has done what was asked
}

func lineTo(t *testing.T, s *site) *line {
	t.Helper()
	target, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	l := &line{}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(answer *http.Response) error {
		if l.cutAfter.Load() && answer.Request.Method == http.MethodPost {
			panic(http.ErrAbortHandler)
		}
		return nil
	}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { proxy.ServeHTTP(w, r) }))
	t.Cleanup(l.Close)
	return l
}

// A focal point's phone loses the connection: before the report arrives, and after
// it arrived but before the answer came. The text stays, and nothing is sent twice.
func TestALostConnectionLosesNothing(t *testing.T) {
	f := sample()
	s := newSite(t, f)
	l := lineTo(t, s)
	b := browsertest.Start(t, 2*time.Minute)
	b.Width(360)
	as(b, l.URL, "commune")
	b.Open(l.URL + "/viec/12")
	text := func() string { return browsertest.Ask[string](b, `document.querySelector('#o-narrative').value`) }
	send := chromedp.CSS(".report > .acts button.fill")
	b.Do(chromedp.SendKeys(chromedp.CSS("#o-narrative"), "Đã tuyên truyền ở 8/8 ấp."), chromedp.SendKeys(chromedp.CSS("input[name='figures.KT']"), "18"))

	b.Cut(true)
	b.Do(chromedp.Click(send), chromedp.Poll[chromedp.Void](`document.querySelector('[data-draft-said]').innerText.includes('Mất mạng')`))
	if text() != "Đã tuyên truyền ở 8/8 ấp." || len(f.submitted) != 0 {
		t.Fatalf("the text is %q, %d were sent", text(), len(f.submitted))
	}
	b.Picture(artifacts, "viec-mat-mang-360")
	// The phone reloads the page; what was typed comes back.
	b.Cut(false)
	b.Open(l.URL + "/viec/12")
	if text() != "Đã tuyên truyền ở 8/8 ấp." {
		t.Fatalf("after opening again the text is %q", text())
	}

	l.cutAfter.Store(true)
	b.Do(chromedp.Click(send), chromedp.Poll[chromedp.Void](`document.querySelector('[data-draft-said]').innerText.includes('Mất mạng')`))
	// The browser itself tries again where a line is reset.
	if tries := len(f.submitted); tries == 0 || text() != "Đã tuyên truyền ở 8/8 ấp." {
		t.Fatalf("%d were sent, the text is %q", len(f.submitted), text())
	}
	l.cutAfter.Store(false)
	b.Do(chromedp.Click(send))
	arrives(t, b, "da=gui")
	first := f.keys[0]
	for _, key := range f.keys {
		if key.Value == "" || key.Value != first.Value || string(key.RequestHash) != string(first.RequestHash) {
			t.Errorf("a further try is not known as the first again: %+v", f.keys)
		}
	}
	if left := browsertest.Ask[int](b, `localStorage.length`); left != 0 {
		t.Errorf("%d drafts are left on the device", left)
	}
}

// arrives waits until the address holds a text.
func arrives(t *testing.T, b *browsertest.Browser, text string) {
	t.Helper()
	for range 100 {
		if strings.Contains(b.Address(), text) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("still at %s", b.Address())
}

// What is typed is kept at pauses, and faults come in the page's place.
func TestTypingIsKept(t *testing.T) {
	f := sample()
	s := newSite(t, f)
	b := browsertest.Start(t, 2*time.Minute)
	as(b, s.url, "commune")
	b.Open(s.url + "/viec/12")
	b.Do(chromedp.SendKeys(chromedp.CSS("#o-narrative"), "Đang viết dở"),
		chromedp.Poll[chromedp.Void](`document.querySelector('[data-draft-said]').innerText.includes('Đã lưu nháp lúc')`))
	if f.drafts[12].Narrative != "Đang viết dở" {
		t.Errorf("kept %+v", f.drafts[12])
	}
	b.Do(chromedp.SendKeys(chromedp.CSS("input[name='figures.KT']"), "mười tám"), chromedp.Click(chromedp.CSS(".report > .acts button.fill")),
		chromedp.WaitVisible(chromedp.CSS(".errors")))
	if kept := browsertest.Ask[string](b, `document.querySelector("input[name='figures.KT']").value`); kept != "mười tám" || len(f.submitted) != 0 {
		t.Errorf("the wrong figure shows as %q, %d sent", kept, len(f.submitted))
	}
	b.Do(chromedp.Clear(chromedp.CSS("input[name='figures.KT']")), chromedp.SendKeys(chromedp.CSS("input[name='figures.KT']"), "18"),
		chromedp.Click(chromedp.CSS(".report > .acts button.fill")))
	arrives(t, b, "da=gui")
	if len(f.submitted) != 1 {
		t.Errorf("%d sent", len(f.submitted))
	}
	for _, trouble := range b.Troubles() {
		t.Error(trouble)
	}
}
