package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"dondoc/internal/browsertest"
)

const artifacts = "../test-artifacts"

// look opens a page at a width, without JavaScript, holds what it has to keep and
// stores what it looks like.
func look(t *testing.T, b *browsertest.Browser, width int64, name, address, token string) {
	t.Helper()
	b.Scripts(false)
	b.Width(width)
	as(b, address, token)
	b.Open(address)
	b.Scripts(true) // for what the test asks; the page's own did not run
	if title := browsertest.Ask[string](b, `document.title`); title == "" {
		t.Fatalf("%s at %d px has no title", name, width)
	} else if name != "khong-tim-thay" && strings.HasPrefix(title, "Có lỗi") {
		t.Fatalf("%s at %d px shows an error", name, width)
	}
	b.Picture(artifacts, fmt.Sprintf("%s-%d", name, width))
	fits(t, b, width, name)
}

// as makes the browser that of a session; an empty token is nobody's.
func as(b *browsertest.Browser, address, token string) {
	b.Do(browsertest.Command(network.ClearBrowserCookies, cdp.Empty{}))
	if token != "" {
		b.Do(browsertest.Command(network.SetCookie, network.SetCookieParams{Name: SessionCookie, Value: token, URL: address}))
	}
}

// fits fails where something reaches past the page's edge or is too small to touch.
func fits(t *testing.T, b *browsertest.Browser, width int64, name string) {
	t.Helper()
	for _, over := range b.Fits() {
		t.Errorf("%s at %d px: %s", name, width, over)
	}
}

// A choice of the board's filters is asked in place: the address tells it, and the
// hand stays where it was.
func TestTheBoardsFilterAnswersInPlace(t *testing.T) {
	s := newSite(t, asking())
	b := browsertest.Start(t, time.Minute)
	b.Width(1440)
	as(b, s.url, "department")
	b.Open(s.url + "/theo-doi")
	browsertest.Ask[bool](b, `window.untouched = true; const choice = document.querySelector('#van-ban'); choice.focus();
		choice.value = '1'; choice.dispatchEvent(new Event('change', {bubbles: true})); true`)
	b.Do(chromedp.Poll[chromedp.Void](`location.search.includes('van-ban=1') && document.querySelector('#nhiem-vu') !== null`))
	if !browsertest.Ask[bool](b, `window.untouched === true && document.activeElement.id === 'van-ban'`) {
		t.Error("the page was loaded anew or the focus is lost")
	}
	for _, trouble := range b.Troubles() {
		t.Error(trouble)
	}
}

func TestPagesInABrowser(t *testing.T) {
	s := newSite(t, asking())
	b := browsertest.Start(t, 3*time.Minute)
	pages := []struct{ name, path, token string }{
		{"dang-nhap", "/dang-nhap", ""},
		{"viec", "/viec", "commune"},
		{"viec-nguoi-theo-doi", "/viec", "district"},
		{"viec-bao-cao", "/viec/12", "commune"},
		{"viec-tra-lai", "/viec/11", "commune"},
		{"viec-khong-phat-sinh", "/viec/12?khong-phat-sinh=1", "commune"},
		{"viec-xac-nhan", "/viec/17", "district"},
		{"theo-doi", "/theo-doi", "department"},
		{"theo-doi-cong-van", "/theo-doi?van-ban=1", "district"},
		{"theo-doi-dung-han", "/theo-doi?trang-thai=done_on_time", "department"},
		{"thong-bao", "/thong-bao", "commune"},
		{"lich", "/lich", "english"},
		{"lich-cap-tinh", "/lich", "department"},
		{"de-nghi", "/de-nghi", "commune"},
		{"de-nghi-gia-han", "/de-nghi/31", "authority"},
		{"de-nghi-vuong-mac", "/de-nghi/34", "district"},
		{"de-nghi-english", "/de-nghi/33", "english"},
		{"viec-xin-gia-han", "/viec/14", "commune"},
		{"khong-tim-thay", "/khong-co", "commune"},
		{"viec-english", "/viec/12", "english"},
	}
	for _, width := range []int64{360, 1440} {
		for _, p := range pages {
			look(t, b, width, p.name, s.url+p.path, p.token)
		}
	}
}

// A focal point signs in, makes a mistake, is led to it, mends it and sends.
func TestReportingInABrowser(t *testing.T) {
	s := newSite(t, sample())
	b := browsertest.Start(t, 3*time.Minute)
	send := chromedp.CSS(".report > .acts button")
	b.Scripts(false)
	b.Width(360)
	b.Open(s.url + "/viec/12") // asks to sign in first
	b.Do(
		chromedp.SendKeys(chromedp.CSS("#email"), "daumoi@phuocthai.dondoc.example"),
		chromedp.SendKeys(chromedp.CSS("#password"), "một câu đủ dài"),
		chromedp.Click(chromedp.CSS("main button")),
		chromedp.WaitVisible(chromedp.CSS("#gui")),
		chromedp.SendKeys(chromedp.CSS("input[name='figures.KT']"), "mười tám"),
		chromedp.SendKeys(chromedp.CSS("input[name='document_on']"), "16-6"),
		chromedp.SendKeys(chromedp.CSS("#o-narrative"), "Đã tuyên truyền ở 8/8 ấp."),
		chromedp.Click(send),
		chromedp.WaitVisible(chromedp.CSS(".errors")))
	b.Picture(artifacts, "viec-loi-360")
	if len(s.submitted) != 0 {
		t.Fatalf("sent with mistakes: %+v", s.submitted)
	}
	b.Do(
		chromedp.Click(chromedp.CSS(".errors li:first-child a")),
		chromedp.Clear(chromedp.CSS("input[name='figures.KT']")), chromedp.SendKeys(chromedp.CSS("input[name='figures.KT']"), "1.018"),
		chromedp.Clear(chromedp.CSS("input[name='document_on']")),
		chromedp.Click(send),
		chromedp.WaitNotPresent(chromedp.CSS(".errors")))
	if len(s.submitted) != 1 || s.submitted[0].Narrative != "Đã tuyên truyền ở 8/8 ấp." || s.submitted[0].Figures[0].Value != "1018" || s.keys[0].Value == "" {
		t.Errorf("sent %+v", s.submitted)
	}
}
