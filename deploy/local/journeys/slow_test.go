package journeys

import (
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"

	"dondoc/internal/browsertest"
)

// What a focal point opens from a mail comes over a 3G line (1.6 Mbit/s, 300 ms)
// with nothing kept from before: under 150 KB, and to be used within three seconds.
func TestTheFirstPageOverASlowLine(t *testing.T) {
	b := browsertest.Start(t, patience)
	b.Width(360)
	b.SignIn(running.base, focalPoint, running.password)
	b.Open(running.base + "/viec")
	address := browsertest.Ask[string](b, `document.querySelector('.todo h2 a').href`)
	for _, page := range []struct{ name, address string }{
		{"viec", running.base + "/viec"}, {"bao-cao", address}, {"dang-nhap", running.base + "/dang-nhap"}, // the last, signed out
	} {
		name := page.name
		if name == "dang-nhap" {
			b.Do(browsertest.Command(network.ClearBrowserCookies, cdp.Empty{}))
		}
		b.Do(browsertest.Command(network.ClearBrowserCache, cdp.Empty{}))
		b.Slow(300, 1_600_000)
		b.Open(page.address)
		b.Slow(0, 1e9) // what the test asks comes at once
		found := browsertest.Ask[struct {
			Bytes  float64
			Usable float64
			Parts  []string
		}](b, `(async () => {
			await document.fonts.ready;
			const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
			const painted = performance.getEntriesByName('first-contentful-paint')[0];
			return {
				Bytes: all.reduce((sum, e) => sum + e.transferSize, 0),
				Usable: Math.max(performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd, painted ? painted.startTime : 1e6),
				Parts: all.map(e => e.name.split('/').pop() + ' ' + e.transferSize),
			}; })()`)
		t.Logf("%s: %.1f KB, usable after %.0f ms: %v", name, found.Bytes/1024, found.Usable, found.Parts)
		if found.Bytes > 150*1024 || found.Bytes < 1024 {
			t.Errorf("%s takes %.1f KB", name, found.Bytes/1024)
		}
		if found.Usable > 3000 {
			t.Errorf("%s can be used only after %.0f ms", name, found.Usable)
		}
	}
}
