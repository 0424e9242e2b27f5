package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"dondoc/internal/browsertest"
	"dondoc/internal/fault"
	"dondoc/internal/feed"
	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
)

const feedAddress = "https://dondoc.example/feeds/dGhpcyBpcyBub3QgYSB0b2tlbiBidXQgbG9va3MgbGs.ics"

func (f *fake) CreateFeed(ctx context.Context, actor policy.Actor, wanted feed.Wanted) (feed.Created, error) {
	if err := wanted.Check(); err != nil {
		return feed.Created{}, err
	}
	if !policy.Subscribe(actor, wanted.AgencyID) {
		return feed.Created{}, notFound()
	}
	if len(f.feeds) >= 3 {
		return feed.Created{}, fault.New(fault.Conflict, "feed.too_many", "Nhiều nhất 3 lịch.", "At most 3 calendars.")
	}
	key, _ := idempotency.From(ctx)
	for i, known := range f.keys {
		if known.Value == key.Value && key.Value != "" {
			return feed.Created{Feed: f.feeds[i]}, nil
		}
	}
	made := feed.Feed{ID: int64(len(f.feeds) + 7), Scope: wanted.Scope, CreatedAt: at("2026-06-16 08:02"), Readable: true}
	if wanted.Scope == feed.Agency {
		made.AgencyID, made.AgencyName = wanted.AgencyID, "UBND xã Phước Thái"
	}
	if wanted.Scope == feed.Plan {
		made.PlanID, made.PlanTitle = wanted.PlanID, planTitle
	}
	f.keys, f.wanted, f.feeds = append(f.keys, key), append(f.wanted, wanted), append(f.feeds, made)
	return feed.Created{Feed: made, Address: feedAddress}, nil
}

func (f *fake) ListFeeds(context.Context, policy.Actor) ([]feed.Feed, error) { return f.feeds, nil }

func (f *fake) RevokeFeed(_ context.Context, _ policy.Actor, id int64) error {
	for i, one := range f.feeds {
		if one.ID == id {
			f.revoked, f.feeds = append(f.revoked, id), append(f.feeds[:i:i], f.feeds[i+1:]...)
			return nil
		}
	}
	return notFound()
}

func TestTheCalendarPageOffersWhatOneMayRead(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	page := s.get("/lich")
	page.shows(t, "Lịch", "Chưa có lịch nào.", "Hạn của", "Việc của tôi", "UBND xã Phước Thái", "Tạo địa chỉ lịch")
	if !strings.Contains(page.text, `value="don-vi.100"`) || strings.Contains(page.text, `value="don-vi.10"`) || strings.Contains(page.text, `value="don-vi.1"`) {
		t.Errorf("the choice of agencies is not what one may read:\n%s", page.text)
	}
	newSite(t, sample()).as("english").get("/lich").shows(t, "Calendar", "No calendar yet.", "Due times of", "Make the address")
	if page := newSite(t, sample()).as("department").get("/lich"); strings.Contains(page.text, `value="viec"`) || !strings.Contains(page.text, `value="van-ban.1"`) {
		t.Error("who owes nothing has no tasks of their own to choose, but a plan")
	}
	admin := newSite(t, sample()).as("admin").get("/lich")
	admin.shows(t, "Chưa có lịch nào.")
	admin.lacks(t, "Tạo địa chỉ lịch")
	if got := newSite(t, sample()).get("/lich"); got.location != "/dang-nhap?tiep=%2Flich" {
		t.Errorf("signed out: to %q", got.location)
	}
}

func TestTheAddressIsShownOnce(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	form := url.Values{"cua": {"don-vi.100"}, "idempotency_key": {formKey}}
	made := s.post("/lich", form)
	made.shows(t, "Đã tạo lịch: UBND xã Phước Thái", "địa chỉ chỉ hiện một lần này", "tạo 16/06/2026, 08:02 · chưa dùng")
	if made.status != http.StatusOK || !strings.Contains(made.text, ">"+feedAddress+"</textarea>") || made.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v\n%s", made.status, made.header, made.text)
	}
	again := s.post("/lich", form) // the page loaded again
	again.shows(t, "địa chỉ đã hiện một lần")
	if strings.Contains(again.text, feedAddress) || strings.Contains(s.get("/lich").text, feedAddress) || len(s.feeds) != 1 {
		t.Errorf("the address is shown again, or made twice: %v", s.feeds)
	}
	s.post("/lich", url.Values{"cua": {"viec"}})
	s.post("/lich", url.Values{"cua": {"van-ban.1"}})
	want := []feed.Wanted{{Scope: feed.Agency, AgencyID: 100}, {Scope: feed.Person}, {Scope: feed.Plan, PlanID: 1}}
	if len(s.wanted) != 3 || s.wanted[0] != want[0] || s.wanted[1] != want[1] || s.wanted[2] != want[2] {
		t.Errorf("asked for %+v", s.wanted)
	}
	full := s.post("/lich", url.Values{"cua": {"viec"}})
	full.shows(t, "Nhiều nhất 3 lịch.", planTitle)
	if full.status != http.StatusConflict {
		t.Errorf("one too many: %d", full.status)
	}
}

func TestStrangeChoicesMakeNothing(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	for choice, status := range map[string]int{"": 422, "don-vi.": 422, "don-vi.abc": 422, "van-ban.-1": 422, hostile: 422, "don-vi.10": 404} {
		got := s.post("/lich", url.Values{"cua": {choice}})
		if got.status != status || strings.Contains(got.text, "<script>") {
			t.Errorf("%q: %d", choice, got.status)
		}
	}
	if len(s.wanted) != 0 {
		t.Errorf("made %v", s.wanted)
	}
}

func TestRevokingByPostAlone(t *testing.T) {
	f := sample()
	f.feeds = []feed.Feed{{ID: 7, Scope: feed.Person, CreatedAt: at("2026-06-01 09:00"), LastUsedAt: ptr(at("2026-06-16 07:00")), Readable: true},
		{ID: 8, Scope: feed.Agency, AgencyName: "UBND xã khác", CreatedAt: at("2026-06-01 09:00")}}
	s := newSite(t, f).as("commune")
	page := s.get("/lich")
	page.shows(t, "dùng gần nhất 16/06/2026, 07:00", "Tài khoản này không còn được xem nội dung của lịch")
	if !strings.Contains(page.text, `aria-label="Thu hồi lịch: UBND xã khác"`) || strings.Count(page.text, "/thu-hoi") != 2 {
		t.Errorf("the buttons do not say what they revoke:\n%s", page.text)
	}
	if got := s.get("/lich/7/thu-hoi"); got.status != http.StatusNotFound || len(s.revoked) != 0 {
		t.Errorf("GET revokes: %d", got.status)
	}
	if got := s.post("/lich/7/thu-hoi", nil, "Sec-Fetch-Site", "cross-site"); got.status != http.StatusForbidden || len(s.revoked) != 0 {
		t.Errorf("another site revokes: %d", got.status)
	}
	got := s.post("/lich/7/thu-hoi", nil)
	if got.location != "/lich?da=thu-hoi" || len(s.revoked) != 1 || s.revoked[0] != 7 {
		t.Errorf("revoked %v, to %q", s.revoked, got.location)
	}
	s.get(got.location).shows(t, "Địa chỉ cũ không còn mở được.")
	for _, path := range []string{"/lich/7/thu-hoi", "/lich/abc/thu-hoi", "/lich/-1/thu-hoi"} {
		if got := s.post(path, nil); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestPagesLeadToTheCalendarsWhereThereAreAny(t *testing.T) {
	link := regexp.MustCompile(`href="/lich"`)
	if n := len(link.FindAllString(newSite(t, sample()).as("commune").get("/viec").text, -1)); n != 3 {
		t.Errorf("%d links, want one in each menu and one above the tasks", n)
	}
	off := newSite(t, sample(), func(o *Options) { o.Feeds = nil }).as("commune")
	if link.MatchString(off.get("/viec").text) || off.get("/lich").status != http.StatusNotFound {
		t.Error("the calendars are off, but there is a page of them")
	}
}

func TestMakingACalendarInABrowser(t *testing.T) {
	f := sample()
	f.feeds = []feed.Feed{{ID: 7, Scope: feed.Plan, PlanTitle: planTitle, CreatedAt: at("2026-06-01 09:00"), LastUsedAt: ptr(at("2026-06-16 07:00")), Readable: true}}
	s := newSite(t, f)
	b := browsertest.Start(t, 3*time.Minute)
	for _, width := range []int64{360, 1440} {
		f.feeds = f.feeds[:1]
		b.Scripts(false)
		b.Width(width)
		as(b, s.url, "commune")
		b.Open(s.url + "/lich")
		b.Do(chromedp.Click(chromedp.CSS("form[action='/lich'] button")), chromedp.WaitVisible(chromedp.CSS("#dia-chi")))
		b.Picture(artifacts, fmt.Sprintf("lich-moi-%d", width))
		b.Scripts(true)
		fits(t, b, width, "lich-moi")
		if len(f.feeds) != 2 || f.feeds[1].Scope != feed.Person {
			t.Errorf("made %+v", f.feeds)
		}
	}
}
