package journeys

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"dondoc/internal/browsertest"
)

var digits = regexp.MustCompile(`[0-9]+`)

// kindOf tells pages of one kind by the shape of their address: numbers do not
// matter, the names of what is asked for do.
func kindOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	var names []string
	for name, values := range u.Query() {
		if len(values) > 0 && values[0] != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	path := digits.ReplaceAllString(u.Path, "#")
	if strings.HasPrefix(path, "/van-ban/#/muc-tieu/") {
		path = "/van-ban/#/muc-tieu/#"
	}
	if strings.HasPrefix(path, "/quan-tri/mau-thong-bao/") {
		path = "/quan-tri/mau-thong-bao/#" // one page for each kind of notice
	}
	return path + "?" + strings.Join(names, "&")
}

// leftAlone are addresses that are no pages.
var leftAlone = regexp.MustCompile(`^/(api|static|su-kien|tep)(/|$)|\.(csv|xlsx|docx|pdf|ics|yaml|geojson|json|zip|txt)(\?|$)|/xuat(\?|$)`)

// Each role's pages are found by following its links from where it lands.
func TestEveryPageKeepsWhatAllPagesKeep(t *testing.T) {
	for _, who := range []struct {
		name, email string
		english     bool
	}{
		{"dau-moi", focalPoint, false},
		{"thu-truong", head, false},
		{"theo-doi", supervisor, false},
		{"chi-cuc", department, true},
		{"ban-hanh", planAuthority, false},
		{"quan-tri", administrator, false},
	} {
		t.Run(who.name, func(t *testing.T) {
			b := browsertest.Start(t, patience)
			b.Width(1440)
			b.SignIn(running.base, who.email, running.password)
			if who.english {
				read(b, "en")
				t.Cleanup(func() { read(b, "vi") })
			}
			pages := 0
			crawl(b, func(address string) {
				pages++
				keeps(t, b, address, 1440)
				b.Picture(artifacts, who.name+"-"+fileName(address)+"-1440")
				b.Zoom(1440)
				for _, over := range b.Fits() {
					t.Errorf("%s at 200 %%: %s", address, over)
				}
				b.Width(360)
				keeps(t, b, address, 360)
				b.Picture(artifacts, who.name+"-"+fileName(address)+"-360")
			})
			t.Logf("%d kinds of pages", pages)
			if pages < 5 {
				t.Errorf("only %d pages found from where the role lands", pages)
			}
		})
	}
}

// crawl follows the links of whoever is signed in from where they land, and visits
// one page of each kind.
func crawl(b *browsertest.Browser, visit func(address string)) {
	seen := map[string]bool{}
	queue := []string{"/"}
	for len(queue) > 0 {
		address := queue[0]
		queue = queue[1:]
		kind := kindOf(address)
		if seen[kind] || leftAlone.MatchString(address) {
			continue
		}
		seen[kind] = true
		b.Width(1440)
		if !b.Opens(running.base + address) {
			continue
		}
		links := b.Links(running.base)
		visit(address)
		queue = append(queue, links...)
	}
}

// read chooses the language of the pages.
func read(b *browsertest.Browser, language string) {
	b.Open(running.base + "/cai-dat")
	b.Do(chromedp.Click(chromedp.CSS("input[name=language][value="+language+"]")),
		chromedp.Click(chromedp.CSS("main form button")), chromedp.WaitVisible(chromedp.CSS(".done")))
}

// keeps holds what every page keeps.
func keeps(t *testing.T, b *browsertest.Browser, address string, width int) {
	t.Helper()
	if browsertest.Ask[bool](b, `document.querySelector('.failure') !== null`) {
		t.Errorf("%s leads to a failure: %.200s", address, b.Text())
		return
	}
	for _, wrong := range []string{"%!", "<no value>", "{{"} {
		if text := b.Text(); strings.Contains(text, wrong) {
			t.Errorf("%s at %d px shows %q: %.300s", address, width, wrong, text)
		}
	}
	for _, v := range b.Axe() {
		t.Errorf("%s at %d px: axe-core: %s", address, width, v)
	}
	for _, over := range b.Fits() {
		t.Errorf("%s at %d px: %s", address, width, over)
	}
	for _, trouble := range b.Troubles() {
		t.Errorf("%s at %d px: %s", address, width, trouble)
	}
}

func fileName(address string) string {
	name := regexp.MustCompile(`[^a-zA-Z0-9.]+`).ReplaceAllString(strings.Trim(address, "/"), "-")
	if name == "" {
		return "dau-trang"
	}
	return name[:min(len(name), 80)]
}
