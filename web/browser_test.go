package web

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// browser starts Chromium; a machine without it fails the test, it does not skip it.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Headless, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("hide-scrollbars", true))
	allocated, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, leave := chromedp.NewContext(allocated)
	t.Cleanup(leave)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start (Debian: apt-get install chromium): %v", err)
	}
	// Only now: a limit on the first call would end the browser with it.
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// command is an action that sends one command of the protocol.
func command[P, R any](cmd cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, cmd, params)
		return err
	})
}

const artifacts = "../test-artifacts"

// look opens a page at a width, without JavaScript, and stores what it looks like.
func look(t *testing.T, ctx context.Context, width int64, name, address, token string) {
	t.Helper()
	err := chromedp.Do(ctx,
		command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}),
		command(network.ClearBrowserCookies, cdp.Empty{}),
		chromedp.EmulateViewport(width, 800, chromedp.EmulateScale(2)))
	if err == nil && token != "" {
		err = chromedp.Do(ctx, command(network.SetCookie, network.SetCookieParams{Name: SessionCookie, Value: token, URL: address}))
	}
	if err == nil {
		err = chromedp.Do(ctx, chromedp.Navigate(address))
	}
	if err != nil {
		t.Fatalf("%s at %d px: %v", name, width, err)
	}
	if heading, err := chromedp.Run(ctx, chromedp.Title()); err != nil || heading == "" {
		t.Fatalf("%s at %d px: title %q, %v", name, width, heading, err)
	} else if name != "khong-tim-thay" && strings.HasPrefix(heading, "Có lỗi") {
		t.Fatalf("%s at %d px shows an error", name, width)
	}
	shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatalf("%s at %d px: %v", name, width, err)
	}
	file := filepath.Join(artifacts, fmt.Sprintf("%s-%d.png", name, width))
	if err := os.WriteFile(file, shot, 0o644); err != nil { //nolint:gosec // pictures to look at
		t.Fatal(err)
	}
	fits(t, ctx, width, name)
}

// fits fails where something reaches past the right edge of the page.
func fits(t *testing.T, ctx context.Context, width int64, name string) {
	t.Helper()
	// Evaluation comes from the test, not the page: the page itself runs no script.
	err := chromedp.Do(ctx, command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{}))
	if err != nil {
		t.Fatal(err)
	}
	over, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`
		(() => { const w = document.documentElement.clientWidth, out = [];
		if (document.documentElement.scrollWidth > w) out.push('page is ' + document.documentElement.scrollWidth + ' wide');
		for (const e of document.querySelectorAll('body *')) {
			const r = e.getBoundingClientRect();
			if (r.width > 0 && r.right > w + 0.5 && !e.closest('.skip, thead')) out.push(e.tagName + '.' + e.className + ' ends at ' + r.right);
		}
		for (const e of document.querySelectorAll('a.btn, button, summary, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, textarea')) {
			const r = e.getBoundingClientRect();
			if (w < 500 && r.width > 0 && r.height < 36) out.push(e.tagName + ' ' + e.textContent.trim() + ' is only ' + r.height + ' high');
		}
		return out; })()`))
	if err != nil {
		t.Fatal(err)
	}
	if len(over) > 0 {
		t.Errorf("%s at %d px: %s", name, width, strings.Join(over, "; "))
	}
}

func TestPagesInABrowser(t *testing.T) {
	if err := os.MkdirAll(artifacts, 0o755); err != nil { //nolint:gosec // pictures to look at
		t.Fatal(err)
	}
	s := newSite(t, asking())
	ctx := browser(t)
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
			look(t, ctx, width, p.name, s.url+p.path, p.token)
		}
	}
}

// A focal point signs in, makes a mistake, is led to it, mends it and sends.
func TestReportingInABrowser(t *testing.T) {
	if err := os.MkdirAll(artifacts, 0o755); err != nil { //nolint:gosec // pictures to look at
		t.Fatal(err)
	}
	s := newSite(t, sample())
	ctx := browser(t)
	send := chromedp.CSS(".report > .acts button")
	err := chromedp.Do(ctx,
		command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}),
		chromedp.EmulateViewport(360, 800, chromedp.EmulateScale(2)),
		chromedp.Navigate(s.url+"/viec/12"), // asks to sign in first
		chromedp.SendKeys(chromedp.CSS("#email"), "daumoi@phuocthai.dondoc.example"),
		chromedp.SendKeys(chromedp.CSS("#password"), "một câu đủ dài"),
		chromedp.Click(chromedp.CSS("main button")),
		chromedp.WaitVisible(chromedp.CSS("#gui")),
		chromedp.SendKeys(chromedp.CSS("input[name='figures.KT']"), "mười tám"),
		chromedp.SendKeys(chromedp.CSS("input[name='document_on']"), "16-6"),
		chromedp.SendKeys(chromedp.CSS("#o-narrative"), "Đã tuyên truyền ở 8/8 ấp."),
		chromedp.Click(send),
		chromedp.WaitVisible(chromedp.CSS(".errors")))
	if err != nil {
		t.Fatal(err)
	}
	shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(artifacts, "viec-loi-360.png"), shot, 0o644); err != nil { //nolint:gosec // pictures to look at
		t.Fatal(err)
	}
	if len(s.submitted) != 0 {
		t.Fatalf("sent with mistakes: %+v", s.submitted)
	}
	err = chromedp.Do(ctx,
		chromedp.Click(chromedp.CSS(".errors li:first-child a")),
		chromedp.Clear(chromedp.CSS("input[name='figures.KT']")), chromedp.SendKeys(chromedp.CSS("input[name='figures.KT']"), "1.018"),
		chromedp.Clear(chromedp.CSS("input[name='document_on']")),
		chromedp.Click(send),
		chromedp.WaitNotPresent(chromedp.CSS(".errors")))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.submitted) != 1 || s.submitted[0].Narrative != "Đã tuyên truyền ở 8/8 ấp." || s.submitted[0].Figures[0].Value != "1018" || s.keys[0].Value == "" {
		t.Errorf("sent %+v", s.submitted)
	}
}
