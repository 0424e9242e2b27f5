package api_test

import (
	"net/http"
	"strings"
	"testing"

	"dondoc/api"
)

const reviewBody = `{"version": 4, "decision": "accept"}`

// people of the CSV list that the table imports.
const listOfPeople = "email,name,agency_code,role\na@dondoc.example,Đầu mối,H1,focal_point\n"

var asCSV = map[string]string{"Content-Type": "text/csv; charset=utf-8"}

// calls is one good call of every route: who may make it, what it answers,
// and what reaches the service.
var calls = []struct {
	request
	may    string // roles, or "all", or "public"
	status int
	want   []string // pieces of the answer
	called string   // pieces of what the service is asked, parted by |
}{
	{request{method: "POST", path: "/api/v1/sessions", body: `{"email": "a@dondoc.example", "password": "mưa rơi trên mái ngói"}`}, "public", 201,
		[]string{`"id":21`, `"name":"Đầu mối UBND huyện"`, `"posts":[{"agency":{"id":11,"code":"H1","name":"UBND huyện"},"role":"focal_point"}]`}, ""},
	{request{method: "DELETE", path: "/api/v1/sessions/current"}, "all", 204, nil, "SignOut "},
	{request{method: "GET", path: "/api/v1/me"}, "all", 200, []string{`"language":`}, ""},
	{request{method: "POST", path: "/api/v1/password-resets", body: `{"email": "a@dondoc.example"}`}, "public", 202, nil, "RequestReset a@dondoc.example"},
	{request{method: "POST", path: "/api/v1/account-links/take-up", body: `{"token": "abc", "password": "mưa rơi trên mái ngói"}`}, "public", 204, nil, ""},

	{request{method: "GET", path: "/api/v1/people?q=a&agency=11&limit=20&cursor=x"}, "administrator", 200,
		[]string{`"items":[{"id":30,"email":"a@dondoc.example"`, `"valid_from":"2026-01-01"}`, `"next_cursor":"more"`}, "ListPeople {UserID:0 AgencyID:11 Query:a Waiting:false Limit:20 Cursor:x}"},
	{request{method: "POST", path: "/api/v1/people/import?dry_run=true", body: listOfPeople, headers: asCSV}, "administrator", 200,
		[]string{`"dry_run":true,"new":1`, `{"line":2,"email":"a@dondoc.example","outcome":"new","changes":[]}`}, "ImportPeople 1 rows, dry run true"},
	{request{method: "POST", path: "/api/v1/people/1/invitation"}, "administrator", 201, []string{`{"email":"a@dondoc.example","expires_at":"2026-03-18T17:00:00Z"}`}, "Invite 1 by 24"},
	{request{method: "POST", path: "/api/v1/people/1/password-reset"}, "administrator", 201, []string{`"expires_at":"2026-03-18T17:00:00Z"`}, "AdminReset 1 by 24"},

	{request{method: "GET", path: "/api/v1/plans"}, "focal_point supervisor plan_authority auditor head", 200, []string{`"items":[{"id":1,"code":"KH"`, `"state":"active"`, `"valid_to":"2030-12-31"`}, ""},
	{request{method: "POST", path: "/api/v1/plans", body: planCall}, "plan_authority", 201, []string{`"id":1`, `"warnings":[`}, "LoadPlan 23 small "},
	{request{method: "POST", path: "/api/v1/plans/check", body: planCall}, "plan_authority", 200, []string{`"valid":true`, `"code":"small"`, `"duties":2,"agencies":3`}, ""},
	{request{method: "POST", path: "/api/v1/plans/preview", body: previewCall}, "plan_authority", 200,
		[]string{`"code":"small"`, `"rounds":[{"duty_code":"I.1"`, `"due_on":"2026-02-06"`, `"too_much":[]`, `"roles":[{"role":"focal_point","on_time":{"messages":`, `"warnings":[`},
		"PreviewPlanFile 23 small 2026-01-01 2026-03-31  2"},
	{request{method: "GET", path: "/api/v1/plans/1/preview?from=2026-01-01&to=2026-12-31&agency=so-a&format=json"}, "focal_point supervisor plan_authority auditor head", 200,
		[]string{`"agency":{"code":"so-a","name":"Sở A"}`, `"tasks":[{"level":"department","agencies":1,"due_at":"2026-02-06T17:00:00Z"`, `"codes":["so-a"]`, `"omitted_classes":0`},
		"PreviewPlan 1 2026-01-01 2026-12-31 so-a 0"},
	{request{method: "GET", path: "/api/v1/plans/1"}, "focal_point supervisor plan_authority auditor head", 200, []string{`"version":3`}, ""},
	{request{method: "POST", path: "/api/v1/plans/1/activate", body: `{"version": 3, "follow_from": "2026-03-01"}`}, "plan_authority", 200, []string{`"state":"active"`}, "ActivatePlan 1 v3 2026-03-01"},
	{request{method: "POST", path: "/api/v1/plans/1/suspend", body: `{"version": 3}`}, "plan_authority", 200, []string{`"id":1`}, "SuspendPlan 1 v3"},
	{request{method: "POST", path: "/api/v1/plans/1/resume", headers: map[string]string{"If-Match": `"3"`}}, "plan_authority", 200, []string{`"id":1`}, "ResumePlan 1 v3"},
	{request{method: "POST", path: "/api/v1/plans/1/close", body: `{"version": 3}`}, "plan_authority", 200, []string{`"id":1`}, "ClosePlan 1 v3"},
	{request{method: "GET", path: "/api/v1/plans/1/duties"}, "focal_point supervisor plan_authority auditor head", 200,
		[]string{`"code":"IV.1"`, `"cadences":["quarterly"],"configured":[]`, `"owners":[{"agency":{"id":11,"code":"H1","name":"UBND huyện"},"role":"implementing"}]`}, ""},
	{request{method: "GET", path: "/api/v1/plans/1/rounds?duty=5&limit=10"}, "focal_point supervisor plan_authority auditor head", 200,
		[]string{`"due_at":"2026-03-18T17:00:00Z","due_on":"2026-03-18"`, `"key":"2026-Q1"`}, `ListRounds 1 5 10 ""`},

	{request{method: "GET", path: "/api/v1/agencies?level=district&parent=10&q=huy&ended=true"}, "all", 200, []string{`"parent":{"id":10,"code":"T"}`}, "ListAgencies {Level:district ParentID:10 Query:huy Limit:50 Cursor: Ended:true Vacant:false}"},
	{request{method: "GET", path: "/api/v1/agencies/1"}, "all", 200, []string{`"name":"UBND huyện"`}, ""},

	{request{method: "GET", path: "/api/v1/tasks?state=open,returned&agency=11&predecessors=true&under=10&plan=1&duty=5&round=3&mine=true&to_review=true&overdue=true&due_from=2026-01-01T00:00:00Z&due_to=2026-04-01T07:00:00%2B07:00&limit=10"},
		"focal_point supervisor plan_authority auditor head", 200,
		[]string{`"due_on":"2026-03-18"`, `"derivation":"`, `"status":"not_done_in_time"`, `"next_cursor":"more"`, `"reviewer":{"id":12,"name":"Sở"}`},
		"ListTasks {State:[open returned] AgencyID:11 UnderAgency:10 PlanID:1 DutyID:5 RoundID:3 Mine:true ToReview:true Overdue:true | Predecessors:true| DueFrom:2026-01-01 00:00:00 +0000 UTC DueTo:2026-04-01 00:00:00 +0000 UTC"},
	{request{method: "GET", path: "/api/v1/tasks/1"}, "focal_point supervisor plan_authority auditor head", 200,
		[]string{`"may_submit":true`, `"fields":[{"indicator":"so_luot","name":"Số lượt","unit":"lượt","kind":"count"}]`, `"steps":[{`, `"history":[{`}, ""},
	{request{method: "GET", path: "/api/v1/tasks/1/submissions"}, "focal_point supervisor plan_authority auditor head", 200,
		[]string{`"number":1`, `"figures":[{"indicator":"so_luot","value":"12"}]`, `"decision":"return","reason":"Thiếu số liệu"`}, ""},
	{request{method: "POST", path: "/api/v1/tasks/1/submissions", body: `{"kind": "report", "narrative": "Đã làm.", "figures": [{"indicator": "so_luot", "value": "12"}], "document_on": "2026-03-17"}`},
		"focal_point supervisor plan_authority auditor head", 201, []string{`{"task_id":1,"submission_id":8,"number":1,"state":"submitted","status":"waiting","due_at":"2026-03-18T17:00:00Z","version":5}`}, "Submit "},
	{request{method: "POST", path: "/api/v1/tasks/1/reviews", body: reviewBody}, "focal_point supervisor plan_authority auditor head", 201, []string{`"state":"accepted"`}, "Review "},
	{request{method: "GET", path: "/api/v1/board?plan=1&duty=5&under=10&level=commune&way=between"}, "supervisor plan_authority auditor head", 200,
		[]string{`"not_done_overdue":1`, `"next_step":"escalation"`, `"at":"2026-03-18T17:00:00Z"`}, "Board {PlanID:1 DutyID:5 UnderAgency:10 Level:commune Way:between Limit:50 Cursor:}"},

	{request{method: "GET", path: "/api/v1/notifications?limit=5&cursor=x"}, "all", 200, []string{`"items":[{"id":7,"kind":"reminder"`, `"due_on":"2026-03-18"`, `"unread":1`}, `ListNotices 5 "x"`},
	{request{method: "POST", path: "/api/v1/notifications/1/read"}, "all", 204, nil, "MarkNoticeRead 1"},

	{request{method: "GET", path: "/api/v1/calendar/2026"}, "all", 200, []string{`{"date":"2026-01-01","kind":"holiday"`, `"status":"decreed"`}, "CalendarYear 2026"},
	{request{method: "GET", path: "/api/v1/calendar-changes"}, "administrator", 200, []string{`"id":3`, `"name":"2027.csv"`}, "ListCalendarChanges"},
	{request{method: "POST", path: "/api/v1/calendar-changes/preview", body: `{"kind": "outage", "from": "2026-03-18T10:00:00+07:00", "to": "2026-03-18T12:00:00+07:00", "reason": "Mất điện"}`}, "administrator", 200,
		[]string{`"tasks":1`, `"derivation":"Data closed 14/03/2026 (Saturday)"`, `"agencies":["so-a"]`}, "PreviewCalendarChange outage 2026-03-18T03:00:00Z Mất điện"},
	{request{method: "POST", path: "/api/v1/calendar-changes", body: `{"kind": "days", "agency": "so-a", "name": "a.csv", "source": "date,kind"}`}, "administrator", 200,
		[]string{`"change_id":4`, `"people":2`}, "ApplyCalendarChange days so-a date,kind"},
	{request{method: "GET", path: "/api/v1/feeds"}, "all", 200,
		[]string{`"items":[{"id":5,"scope":"agency","agency":{"id":11,"name":"UBND huyện"},"created_at":"2026-03-18T17:00:00Z","readable":true}`, `"plan":{"id":2,"code":"KH","title":"Kế hoạch"}`, `"readable":false`}, "ListFeeds"},
	{request{method: "POST", path: "/api/v1/feeds", body: `{"scope": "agency", "agency_id": 11}`}, "focal_point supervisor plan_authority auditor head", 201,
		[]string{`"id":5`, `"url":"https://dondoc.example/feeds/a-token.ics"`}, "CreateFeed {Scope:agency AgencyID:11 PlanID:0}"},
	{request{method: "DELETE", path: "/api/v1/feeds/1"}, "all", 204, nil, "RevokeFeed 1"},
	{request{method: "GET", path: "/feeds/a-token.ics?type=todo&alarm=0"}, "public", 200, nil, "ReadFeed a-token"},

	{request{method: "GET", path: "/healthz"}, "public", 200, []string{`{"status":"ok"}`}, ""},
	{request{method: "GET", path: "/readyz"}, "public", 200, []string{`{"status":"ready","postgres":"up","temporal":"up"}`}, ""},
}

func TestEveryRouteAnswersWhoMayCallIt(t *testing.T) {
	for _, c := range calls {
		s := newSite(t)
		signedIn := make([]string, 0, len(roles))
		for role := range roles {
			signedIn = append(signedIn, role)
		}
		for _, role := range signedIn {
			call := c.request
			call.as = role
			allowed := c.may == "all" || c.may == "public" || strings.Contains(" "+c.may+" ", " "+role+" ")
			got := s.do(call)
			switch {
			case allowed && got.status != c.status:
				t.Errorf("%s %s as %s: %d %s, want %d", c.method, c.path, role, got.status, got.text, c.status)
			case !allowed && got.status != http.StatusForbidden:
				t.Errorf("%s %s as %s: %d, want 403", c.method, c.path, role, got.status)
			case !allowed:
				s.problem(got)
			}
			if !allowed {
				continue
			}
			for _, piece := range c.want {
				if !strings.Contains(got.text, piece) {
					t.Errorf("%s %s as %s: %s lacks %s", c.method, c.path, role, got.text, piece)
				}
			}
			for _, piece := range strings.Split(c.called, "|") {
				if last := s.fake.last(); !strings.Contains(last, piece) {
					t.Errorf("%s %s: the service was asked %q, want %q", c.method, c.path, last, piece)
				}
			}
		}
		got := s.do(c.request)
		if c.may == "public" {
			if got.status != c.status {
				t.Errorf("%s %s signed out: %d %s, want %d", c.method, c.path, got.status, got.text, c.status)
			}
			continue
		}
		if got.status != http.StatusUnauthorized || s.problem(got).Code != "session.none" {
			t.Errorf("%s %s signed out: %d %s, want 401", c.method, c.path, got.status, got.text)
		}
	}
}

// template is the documented path of a call in the table.
func template(path string) string {
	return strings.NewReplacer("/versions/2", "/versions/{number}", "/1", "/{id}", "/2026", "/{year}", "/a-token.ics", "/{file}", "/T1", "/{code}", "/so_luot", "/{indicator}", "/overdue/vi", "/{kind}/{language}", "/overdue_requested/en", "/{kind}/{language}").Replace(path)
}

// The table above is only worth something if no route is missing from it.
func TestTheTableNamesEveryRoute(t *testing.T) {
	inTable := map[string]bool{}
	for _, c := range calls {
		path, _, _ := strings.Cut(c.path, "?")
		inTable[c.method+" "+template(path)] = true
	}
	for route := range document(t).operations(t) {
		if !inTable[route] {
			t.Errorf("no call of %s is tested", route)
		}
	}
}

func TestForeignAndRefusedThings(t *testing.T) {
	s := newSite(t)
	bodies := map[string]string{
		"submissions": `{"kind": "report", "narrative": "Đã làm."}`, "reviews": reviewBody,
		"activate": `{"version": 3}`, "suspend": `{"version": 3}`, "resume": `{"version": 3}`, "close": `{"version": 3}`,
	}
	for _, c := range []struct {
		as, method, path string
		id, status       int
		code             string
	}{
		{"focal_point", "GET", "/tasks/{}", foreign, 404, "not_found"},
		{"focal_point", "GET", "/tasks/{}/submissions", foreign, 404, "not_found"},
		{"focal_point", "POST", "/tasks/{}/submissions", foreign, 404, "not_found"},
		{"focal_point", "POST", "/tasks/{}/submissions", forbidden, 403, "task.not_yours"},
		{"supervisor", "POST", "/tasks/{}/reviews", foreign, 404, "not_found"},
		{"supervisor", "POST", "/tasks/{}/reviews", forbidden, 403, "task.not_yours"},
		{"supervisor", "GET", "/plans/{}", foreign, 404, "not_found"},
		{"supervisor", "GET", "/plans/{}/duties", foreign, 404, "not_found"},
		{"supervisor", "GET", "/plans/{}/rounds", foreign, 404, "not_found"},
		{"plan_authority", "POST", "/plans/{}/activate", foreign, 404, "not_found"},
		{"plan_authority", "POST", "/plans/{}/suspend", foreign, 404, "not_found"},
		{"plan_authority", "POST", "/plans/{}/resume", forbidden, 403, "task.not_yours"},
		{"plan_authority", "POST", "/plans/{}/close", foreign, 404, "not_found"},
		{"supervisor", "GET", "/agencies/{}", foreign, 404, "not_found"},
		{"focal_point", "POST", "/notifications/{}/read", foreign, 404, "not_found"},
		{"focal_point", "DELETE", "/feeds/{}", foreign, 404, "not_found"},
		{"administrator", "POST", "/people/{}/invitation", foreign, 404, "not_found"},
		{"administrator", "POST", "/people/{}/password-reset", foreign, 404, "not_found"},
	} {
		call := request{method: c.method, as: c.as, path: api.Base + strings.Replace(c.path, "{}", itoa(c.id), 1)}
		if c.method == "POST" {
			call.body = bodies[c.path[strings.LastIndex(c.path, "/")+1:]]
		}
		got := s.do(call)
		if got.status != c.status || s.problem(got).Code != c.code {
			t.Errorf("%s %s as %s: %d %s, want %d %s", c.method, c.path, c.as, got.status, got.text, c.status, c.code)
		}
	}
}

func TestConflictsTellHowThingsStand(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		as, path, body, state string
		version               int
	}{
		{"focal_point", "/tasks/409/submissions", `{"version": 2, "kind": "report", "narrative": "x"}`, "open", 4},
		{"supervisor", "/tasks/409/reviews", reviewBody, "open", 4},
		{"plan_authority", "/plans/409/close", `{"version": 2}`, "active", 3},
		{"plan_authority", "/plans/409/activate", `{"version": 2}`, "active", 3},
	} {
		got := s.do(request{method: "POST", path: api.Base + c.path, as: c.as, body: c.body})
		p := s.problem(got)
		if got.status != 409 || p.Code != "task.changed" || p.Current == nil || p.Current.State != c.state || p.Current.Version != c.version {
			t.Errorf("%s: %d %s", c.path, got.status, got.text)
		}
	}
}

func TestVersions(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		name, path, ifMatch, body string
		status                    int
		called                    string
	}{
		{"in the body", "/plans/1/close", "", `{"version": 3}`, 200, "ClosePlan 1 v3"},
		{"in the header", "/plans/1/close", `"7"`, "", 200, "ClosePlan 1 v7"},
		{"as a weak tag", "/plans/1/close", `W/"7"`, "", 200, "ClosePlan 1 v7"},
		{"in both, alike", "/plans/1/close", `3`, `{"version": 3}`, 200, "ClosePlan 1 v3"},
		{"in both, unlike", "/plans/1/close", `"7"`, `{"version": 3}`, 422, ""},
		{"nonsense", "/plans/1/close", `"abc"`, "", 422, ""},
		{"nowhere", "/plans/1/close", "", "", 428, ""},
		{"nowhere, in a review", "/tasks/1/reviews", "", `{"decision": "accept"}`, 428, ""},
	} {
		s.fake.calls = nil
		got := s.do(request{method: "POST", path: api.Base + c.path, as: "plan_authority", body: c.body, headers: map[string]string{"If-Match": c.ifMatch}})
		if got.status != c.status || s.fake.last() != c.called {
			t.Errorf("%s: %d %s, called %q", c.name, got.status, got.text, s.fake.last())
		}
	}
	if got := s.do(request{method: "GET", path: "/api/v1/plans/1", as: "head"}); got.header.Get("ETag") != `"3"` {
		t.Errorf("ETag %q", got.header.Get("ETag"))
	}
	if got := s.do(request{method: "GET", path: "/api/v1/tasks/1", as: "head"}); got.header.Get("ETag") != `"4"` {
		t.Errorf("ETag %q", got.header.Get("ETag"))
	}
}
