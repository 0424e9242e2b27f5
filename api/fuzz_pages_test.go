package api_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/clock"
	"dondoc/internal/policy"
)

var (
	inputName = regexp.MustCompile(`name="([^"]+)"`)
	linkQuery = regexp.MustCompile(`[?&;]([a-z_]+)=`)
)

// Every page and every form of the pages, with hostile addresses, parameters
// and fields: see TestNoHostileCallBreaksTheServer.
func TestNoHostileFormBreaksThePages(t *testing.T) {
	w := newWalker(t)
	rounds, seed := 2*number("DONDOC_FUZZ", 6), number("DONDOC_FUZZ_SEED", 1)
	w.clock.move(time.Date(2026, 2, 5, 1, 0, 0, 0, time.UTC))
	w.reach("an extension asked")
	w.things["feed"] = num(w.by(policy.FocalPoint, "xa", 201, "POST", "/feeds", `{"scope": "person"}`)["id"])
	names := w.fieldsOfPages()
	kept := w.digest()
	for _, route := range w.handler.(*gin.Engine).Routes() {
		if route.Path == "/su-kien" {
			continue // takes nothing, and looks at the database beside the only connection there is here
		}
		if strings.HasPrefix(route.Path, "/api") || strings.HasPrefix(route.Path, "/static") || slices.Contains([]string{"/metrics", "/healthz", "/readyz", "/feeds/:file"}, route.Path) {
			continue
		}
		draw := &drawer{Rand: rand.New(rand.NewPCG(seed, uint64(len(route.Path)*31)+uint64(len(route.Method))))}
		for range rounds {
			h := draw.form(route.Method, route.Path, names, w.things)
			as := ""
			if role := draw.IntN(len(policy.Roles) + 2); role < len(policy.Roles) {
				as = w.tokens[email(policy.Roles[role], pick(draw, []string{"xa", "so", "ban"}))]
			} else if role == len(policy.Roles) {
				as = w.tokens[email(policy.FocalPoint, "xa")]
			}
			w.mark("call")
			w.store.Throttle = account.NewThrottle(clock.SystemWall)
			before := w.written()
			got := w.send(h, as, pick(draw, []string{"vi", "en"}))
			name := fmt.Sprintf("seed %d, %s %q?%.200s: %d, body %.300q, log %.300s", seed, h.method, h.path, h.query, got.status, h.body, w.log)
			switch {
			case got.status >= 500 || got.status < 200:
				t.Errorf("the page broke: %s", name)
			case strings.Contains(got.text, "<script>alert"), inward.MatchString(got.text):
				t.Errorf("the page shows what it must not: %s\n%s", name, got.text)
			case got.status >= 400 && w.left(before, kept) != kept:
				t.Errorf("refused, and yet something is stored: %s", name)
			}
			if h.method == http.MethodPost && got.status < 400 {
				if where := w.deceived(before); where != "" {
					t.Errorf("characters that deceive are stored in %s: %s", where, name)
				}
			}
			w.back("call")
		}
	}
}

// fieldsOfPages are the names of inputs and parameters on the pages of everybody.
func (w *walker) fieldsOfPages() []string {
	w.t.Helper()
	var names []string
	for _, path := range []string{"/dang-nhap", "/dat-lai-mat-khau", "/viec", "/viec/{task}", "/de-nghi", "/de-nghi/{request}", "/theo-doi", "/thong-bao", "/lich"} {
		for _, as := range []string{"", email(policy.FocalPoint, "xa"), email(policy.Supervisor, "so"), email(policy.PlanAuthority, "ban")} {
			page := w.do(request{method: "GET", path: w.fill(path), as: w.tokens[as]})
			if page.status >= 500 {
				w.t.Errorf("%s by %s: %d", path, as, page.status)
			}
			for _, found := range slices.Concat(inputName.FindAllStringSubmatch(page.text, -1), linkQuery.FindAllStringSubmatch(page.text, -1)) {
				names = append(names, found[1])
			}
		}
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) < 15 {
		w.t.Fatalf("only %q were found on the pages", names)
	}
	return names
}

// form draws a call of a page.
func (d *drawer) form(method, route string, names []string, things map[string]string) hostile {
	h := hostile{method: method, header: map[string]string{}}
	segments := strings.Split(route, "/")
	for i, segment := range segments {
		switch {
		case !strings.HasPrefix(segment, ":"):
		case segment == ":act":
			segments[i] = pick(d, []string{"quyet-dinh", "y-kien", "tra-loi", "chuyen", "rut", "thu-hoi", "nothing", "\x00"})
		case d.IntN(3) == 0:
			segments[i] = pick(d, hostilePaths)
		default:
			segments[i] = things[map[string]string{"viec": "task", "de-nghi": "request", "thong-bao": "notice", "lich": "feed"}[segments[1]]]
		}
	}
	h.path = strings.Join(segments, "/")
	values := url.Values{}
	for range d.IntN(8) {
		value := fmt.Sprint(d.value(nil))
		if strings.HasPrefix(value, "@raw") {
			value = pick(d, hostileLiterals)
		}
		if d.IntN(6) == 0 {
			value = pick(d, slices.Concat(hostileDays, []string{"report", "nil", "accept", "return", "invalid", "grant", "vi", "1", "2", "20/03/2026"}))
		}
		values.Add(pick(d, names), value)
	}
	encoded := values.Encode()
	if d.IntN(8) == 0 {
		encoded += pick(d, []string{"&%zz=1", "&a=%", ";x", "&narrative=%ff%fe", "&=", strings.Repeat("&x=1", 20_000), "&narrative=" + strings.Repeat("a", 1_100_000)})
	}
	if method == http.MethodGet {
		h.query = encoded
		return h
	}
	h.body = []byte(encoded)
	h.header["Content-Type"] = pick(d, []string{"application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded",
		"application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x", "text/plain", ""})
	return h
}
