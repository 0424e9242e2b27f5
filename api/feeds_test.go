package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dondoc/api"
	"dondoc/internal/account"
	"dondoc/internal/feed"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (f *fake) ListFeeds(_ context.Context, a policy.Actor) ([]feed.Feed, error) {
	f.note("ListFeeds %d", a.UserID)
	return []feed.Feed{
		{ID: 5, Scope: feed.Agency, AgencyID: 11, AgencyName: "UBND huyện", CreatedAt: due, Readable: true},
		{ID: 6, Scope: feed.Plan, PlanID: 2, PlanCode: "KH", PlanTitle: "Kế hoạch", CreatedAt: due, LastUsedAt: &due},
	}, nil
}

func (f *fake) CreateFeed(_ context.Context, _ policy.Actor, wanted feed.Wanted) (feed.Created, error) {
	f.note("CreateFeed %+v", wanted)
	return feed.Created{Feed: feed.Feed{ID: 5, Scope: wanted.Scope, CreatedAt: due, Readable: true}, Address: "https://dondoc.example/feeds/a-token.ics"}, wanted.Check()
}

func (f *fake) RevokeFeed(_ context.Context, _ policy.Actor, id int64) error {
	f.note("RevokeFeed %d", id)
	return outcome(id)
}

func (f *fake) ReadFeed(_ context.Context, token string) (feed.Contents, error) {
	f.note("ReadFeed %s", token)
	switch token {
	case "busy":
		return feed.Contents{}, &account.TooMany{Wait: 4 * time.Second}
	case "broken":
		return feed.Contents{}, errBroken
	case "panicking":
		panic("a bug")
	case "a-token", "s3cret-token":
		return feed.Contents{Feed: feed.Feed{Scope: feed.Person}, Entries: []feed.Entry{{
			TaskID: 12, AgencyName: "UBND huyện", PlanCode: "KH", DutyCode: "IV.1", PeriodKey: "2026-Q1", TimeZone: "Asia/Ho_Chi_Minh",
			State: task.StateOpen, DueAt: due, ChangedAt: due.Add(-48 * time.Hour), Version: 3,
		}}}, nil
	}
	return feed.Contents{}, feed.None()
}

func TestAFeedIsACalendar(t *testing.T) {
	s := newSite(t)
	got := s.do(request{method: "GET", path: "/feeds/a-token.ics"})
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "text/calendar; charset=utf-8" || got.header.Get("Cache-Control") != "private, no-cache" ||
		got.header.Get("X-Content-Type-Options") != "nosniff" || got.header.Get("Referrer-Policy") != "no-referrer" || got.header.Get("Set-Cookie") != "" {
		t.Errorf("%d %v", got.status, got.header)
	}
	for _, line := range []string{"BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:task-12@dondoc.example", "SUMMARY:Hạn IV.1 · Quý I/2026", "URL:https://dondoc.example/viec/12", "SEQUENCE:3", "BEGIN:VALARM"} {
		if !strings.Contains(got.text, line+"\r\n") {
			t.Errorf("no %q in\n%s", line, got.text)
		}
	}
	for query, want := range map[string][2]string{
		"?alarm=0": {"BEGIN:VEVENT", "VALARM"}, "?type=todo": {"BEGIN:VTODO", "VEVENT"}, "?type=todo&alarm=0": {"BEGIN:VTODO", "VALARM"}, "?type=event&alarm=1": {"BEGIN:VALARM", "VTODO"},
	} {
		if got := s.do(request{method: "GET", path: "/feeds/a-token.ics" + query}); got.status != http.StatusOK || !strings.Contains(got.text, want[0]) || strings.Contains(got.text, want[1]) {
			t.Errorf("%s: %d %s", query, got.status, got.text)
		}
	}
	for _, query := range []string{"?type=journal", "?alarm=2"} {
		if got := s.do(request{method: "GET", path: "/feeds/a-token.ics" + query}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", query, got.status, got.text)
		}
	}
}

func TestWhatHasNotChangedIsNotSentAgain(t *testing.T) {
	s := newSite(t)
	first := s.do(request{method: "GET", path: "/feeds/a-token.ics"})
	tag := first.header.Get("ETag")
	if len(tag) != 34 || tag[0] != '"' {
		t.Fatalf("ETag %s", tag)
	}
	for header, status := range map[string]int{tag: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200, strings.Trim(tag, `"`): 200} {
		got := s.do(request{method: "GET", path: "/feeds/a-token.ics", headers: map[string]string{"If-None-Match": header}})
		if got.status != status || got.header.Get("ETag") != tag || got.header.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: %d %v", header, got.status, got.header)
		}
		if status == 304 && (got.text != "" || got.header.Get("Content-Type") != "") || status == 200 && got.text != first.text {
			t.Errorf("%s: %v %q", header, got.header, got.text)
		}
	}
	if other := s.do(request{method: "GET", path: "/feeds/a-token.ics?type=todo"}).header.Get("ETag"); other == tag || other == "" {
		t.Errorf("to-dos bear the tag of events: %s", other)
	}
}

func TestAddressesThatOpenNothingAnswerAlike(t *testing.T) {
	s := newSite(t)
	want := s.do(request{method: "GET", path: "/feeds/unknown.ics"})
	if p := s.problem(want); want.status != http.StatusNotFound || p.Code != "feed.none" {
		t.Fatalf("%d %s", want.status, want.text)
	}
	for _, path := range []string{"/feeds/revoked.ics", "/feeds/a-token", "/feeds/.ics", "/feeds/a-token.ical", "/feeds/" + strings.Repeat("a", 500) + ".ics"} {
		if got := s.do(request{method: "GET", path: path, as: "head"}); got.status != want.status || got.text != want.text {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
	if got := s.do(request{method: "GET", path: "/feeds/busy.ics"}); got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "4" {
		t.Errorf("too often: %d %v", got.status, got.header)
	}
}

func TestTokensOfFeedsStandInNoLogAndNoMetric(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/feeds/s3cret-token.ics", "/feeds/s3cret-unknown.ics", "/feeds/s3cret", "/feeds/s3cret-token.ics?type=s3cret", "/feeds/s3cret/more.ics", "/feeds/broken.ics", "/feeds/panicking.ics"} {
		for _, method := range []string{"GET", "HEAD", "POST"} {
			got := s.do(request{method: method, path: path, headers: map[string]string{"Idempotency-Key": ""}})
			if strings.Contains(got.text, "s3cret") {
				t.Errorf("%s %s is echoed: %s", method, path, got.text)
			}
		}
	}
	log, metrics := s.log.String(), s.do(request{method: "GET", path: "/metrics"}).text
	for name, text := range map[string]string{"log": log, "metrics": metrics} {
		if strings.Contains(text, "s3cret") || strings.Contains(text, ".ics") {
			t.Errorf("the %s holds a token:\n%s", name, text)
		}
		if !strings.Contains(text, "/feeds/:file") {
			t.Errorf("the %s does not name the route:\n%s", name, text)
		}
	}
}

func TestFeedsAreAskedForRightly(t *testing.T) {
	s := newSite(t)
	for body, field := range map[string]string{
		`{}`: "scope", `{"scope": "all"}`: "scope", `{"scope": "agency"}`: "agency_id", `{"scope": "plan", "agency_id": 3}`: "agency_id", `{"scope": "agency", "agency_id": 0}`: "agency_id",
	} {
		got := s.do(request{method: "POST", path: "/api/v1/feeds", as: "head", body: body})
		if p := s.problem(got); got.status != http.StatusUnprocessableEntity || len(p.Errors) == 0 || p.Errors[0].Field != field {
			t.Errorf("%s: %d %s", body, got.status, got.text)
		}
	}
}

func TestWithoutFeedsThereAreNoRoutes(t *testing.T) {
	s := newSite(t, func(o *api.Options) { o.Feeds = nil })
	for _, call := range []request{{method: "GET", path: "/api/v1/feeds", as: "head"}, {method: "POST", path: "/api/v1/feeds", as: "head", body: `{"scope": "person"}`}, {method: "GET", path: "/feeds/a-token.ics"}} {
		if got := s.do(call); got.status != http.StatusNotFound || s.fake.last() != "" {
			t.Errorf("%s %s: %d, the service was asked %q", call.method, call.path, got.status, s.fake.last())
		}
	}
	if doc := s.do(request{method: "GET", path: api.DocumentPath}); strings.Contains(doc.text, "/feeds") {
		t.Error("the document names feeds")
	}
}

// A person's way: make a feed, fetch it without a session, leave, revoke.
func TestAFeedOnTheRealStore(t *testing.T) {
	r := newReal(t)
	admin := r.signIn("qt@dondoc.example")
	r.ok(200, request{method: "POST", path: "/api/v1/people/import", as: admin, headers: asCSV,
		body: "email,name,agency_code,role,valid_from\ndm.a@dondoc.example,Đầu mối Sở A,so-a,focal_point,2026-01-01\nth@dondoc.example,Văn thư UBND tỉnh,tinh,plan_authority,2026-01-01\n"})
	focal, authority := r.invited("dm.a@dondoc.example"), r.invited("th@dondoc.example")
	record := first(r.ok(200, request{method: "GET", path: "/api/v1/plans", as: authority}))
	r.ok(200, request{method: "POST", path: "/api/v1/plans/" + num(record["id"]) + "/activate", as: authority, body: `{"version": ` + num(record["version"]) + `}`})
	duty := first(r.ok(200, request{method: "GET", path: "/api/v1/plans/" + num(record["id"]) + "/duties", as: focal}))
	next, err := r.store.ScheduleNextRound(t.Context(), int64(duty["id"].(float64)))
	if err != nil {
		t.Fatal(err)
	}
	if now, _ := r.clock.Now(t.Context()); next.OpensAt.After(now) {
		r.clock.move(next.OpensAt)
	}
	if err := r.store.OpenRound(t.Context(), next.RoundID, func(int) {}); err != nil {
		t.Fatal(err)
	}

	r.refused(403, "forbidden", request{method: "POST", path: "/api/v1/feeds", as: admin, body: `{"scope": "person"}`})
	making := request{method: "POST", path: "/api/v1/feeds", as: focal, body: `{"scope": "person"}`, headers: map[string]string{"Idempotency-Key": "my-calendar"}}
	made := r.ok(201, making)
	address, _ := made["url"].(string)
	path, found := strings.CutPrefix(address, "https://dondoc.example")
	if !found || !strings.HasPrefix(path, "/feeds/") {
		t.Fatalf("made %v", made)
	}
	if again := r.ok(201, making); again["id"] != made["id"] || again["url"] != nil {
		t.Errorf("a repeat got %v", again)
	}
	mine := first(r.ok(200, request{method: "GET", path: "/api/v1/tasks?mine=true", as: focal}))
	got := r.do(request{method: "GET", path: path})
	if got.status != 200 || strings.Count(got.text, "BEGIN:VEVENT") != 1 || !strings.Contains(got.text, "UID:task-"+num(mine["id"])+"@dondoc.example") {
		t.Errorf("%d %s", got.status, got.text)
	}
	again := r.do(request{method: "GET", path: path, headers: map[string]string{"If-None-Match": got.header.Get("ETag")}})
	if again.status != 304 {
		t.Errorf("unchanged: %d", again.status)
	}
	result := fmt.Sprintf(`{"version": %s, "kind": "report", "narrative": "Bí mật, không được lộ."}`, num(mine["version"]))
	r.ok(201, request{method: "POST", path: "/api/v1/tasks/" + num(mine["id"]) + "/submissions", as: focal, body: result})
	sent := r.do(request{method: "GET", path: path, headers: map[string]string{"If-None-Match": got.header.Get("ETag")}})
	if sent.status != 200 || !strings.Contains(sent.text, "SUMMARY:✓ Đã gửi") || strings.Contains(sent.text, "Bí mật") || strings.Contains(sent.text, duty["title"].(string)) {
		t.Errorf("after sending: %d %s", sent.status, sent.text)
	}
	listed := r.ok(200, request{method: "GET", path: "/api/v1/feeds", as: focal})
	if one := first(listed); one["last_used_at"] == nil || one["readable"] != true || one["url"] != nil {
		t.Errorf("listed %v", listed)
	}
	r.refused(404, "not_found", request{method: "DELETE", path: "/api/v1/feeds/" + num(made["id"]), as: authority})
	r.ok(204, request{method: "DELETE", path: "/api/v1/feeds/" + num(made["id"]), as: focal})
	gone, unknown := r.do(request{method: "GET", path: path}), r.do(request{method: "GET", path: "/feeds/x.ics"})
	if gone.status != 404 || gone.text != unknown.text {
		t.Errorf("revoked: %d %s, unknown: %s", gone.status, gone.text, unknown.text)
	}
}
