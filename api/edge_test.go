package api_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"dondoc/api"
)

func itoa(n int) string { return strconv.Itoa(n) }

const submit = "/api/v1/tasks/1/submissions"

func TestBadRequests(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		name         string
		method, path string
		as, body     string
		headers      map[string]string
		status       int
		code, field  string
	}{
		{"no idempotency key", "POST", submit, "focal_point", `{"kind": "nil"}`, map[string]string{"Idempotency-Key": ""}, 422, "request.invalid", "Idempotency-Key"},
		{"a short idempotency key", "POST", submit, "focal_point", `{"kind": "nil"}`, map[string]string{"Idempotency-Key": "abc"}, 422, "request.invalid", "Idempotency-Key"},
		{"broken JSON", "POST", submit, "focal_point", `{"kind": `, nil, 400, "request.malformed", "body"},
		{"more than one JSON value", "POST", submit, "focal_point", `{"kind": "nil"} {}`, nil, 400, "request.malformed", "body"},
		{"no body", "POST", submit, "focal_point", "", nil, 400, "request.malformed", ""},
		{"a list instead of an object", "POST", submit, "focal_point", `[]`, nil, 422, "request.invalid", "body"},
		{"null", "POST", submit, "focal_point", `null`, nil, 422, "request.invalid", "body"},
		{"an unknown field", "POST", submit, "focal_point", `{"kind": "nil", "kidn": 1}`, nil, 422, "request.invalid", "kidn"},
		{"a missing field", "POST", submit, "focal_point", `{}`, nil, 422, "request.invalid", "kind"},
		{"a number instead of text", "POST", submit, "focal_point", `{"kind": "report", "narrative": 7}`, nil, 422, "request.invalid", "narrative"},
		{"text instead of a number", "POST", submit, "focal_point", `{"kind": "report", "version": "4"}`, nil, 422, "request.invalid", "version"},
		{"a version of zero", "POST", submit, "focal_point", `{"kind": "nil", "version": 0}`, nil, 422, "request.invalid", "version"},
		{"an unknown kind", "POST", submit, "focal_point", `{"kind": "later"}`, nil, 422, "request.invalid", "kind"},
		{"a day that does not exist", "POST", submit, "focal_point", `{"kind": "nil", "document_on": "2026-02-30"}`, nil, 422, "", "document_on"},
		{"a fault deep inside", "POST", submit, "focal_point", `{"kind": "report", "figures": [{"indicator": "a", "value": 7}]}`, nil, 422, "request.invalid", "figures[0].value"},
		{"what the domain refuses", "POST", submit, "focal_point", `{"kind": "report"}`, nil, 422, "submission.invalid", "narrative"},
		{"another content type", "POST", submit, "focal_point", `kind=nil`, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 415, "request.media_type", ""},
		{"text that looks like JSON", "POST", submit, "focal_point", `{"kind": "nil"}`, map[string]string{"Content-Type": "text/plain"}, 415, "request.media_type", ""},
		{"a form where none is taken", "POST", submit, "focal_point", `x`, map[string]string{"Content-Type": "multipart/form-data; boundary=x"}, 415, "request.media_type", ""},
		{"a large body", "POST", submit, "focal_point", `{"kind": "report", "narrative": "` + strings.Repeat("a", 1<<20) + `"}`, nil, 413, "request.too_large", ""},
		{"a large plan", "POST", "/api/v1/plans", "plan_authority", `{"source": "` + strings.Repeat("a", 6<<20) + `"}`, nil, 413, "request.too_large", ""},
		{"a number that is none", "GET", "/api/v1/tasks/abc", "focal_point", "", nil, 422, "request.invalid", "id"},
		{"a negative number", "GET", "/api/v1/tasks/-1", "focal_point", "", nil, 422, "request.invalid", "id"},
		{"a number beyond all", "GET", "/api/v1/tasks/99999999999999999999", "focal_point", "", nil, 422, "request.invalid", "id"},
		{"an unknown parameter", "GET", "/api/v1/tasks?stat=open", "focal_point", "", nil, 422, "request.invalid", "stat"},
		{"an unknown state", "GET", "/api/v1/tasks?state=done", "focal_point", "", nil, 422, "request.invalid", ""},
		{"an instant that is none", "GET", "/api/v1/tasks?due_from=yesterday", "focal_point", "", nil, 422, "request.invalid", "due_from"},
		{"too many at once", "GET", "/api/v1/tasks?limit=201", "focal_point", "", nil, 422, "request.invalid", "limit"},
		{"a broken cursor", "GET", "/api/v1/tasks?cursor=broken", "focal_point", "", nil, 422, "cursor.invalid", "cursor"},
		{"a yes that is none", "GET", "/api/v1/tasks?mine=maybe", "focal_point", "", nil, 422, "request.invalid", "mine"},
		{"a list of people in another form", "POST", "/api/v1/people/import", "administrator", `{}`, nil, 415, "request.media_type", ""},
		{"an unknown address", "GET", "/api/v1/nothing", "focal_point", "", nil, 404, "route.unknown", ""},
		{"another method", "PUT", "/api/v1/tasks/1", "focal_point", "{}", nil, 405, "route.method", ""},
	} {
		got := s.do(request{method: c.method, path: c.path, as: c.as, body: c.body, headers: c.headers})
		p := s.problem(got)
		if got.status != c.status || c.code != "" && p.Code != c.code {
			t.Errorf("%s: %d %.300s, want %d %s", c.name, got.status, got.text, c.status, c.code)
			continue
		}
		found := c.field == ""
		for _, e := range p.Errors {
			found = found || e.Field == c.field
		}
		if !found {
			t.Errorf("%s: %s does not blame %s", c.name, got.text, c.field)
		}
	}
	for _, call := range s.fake.calls {
		if !strings.HasPrefix(call, "Submit 21 {TaskID:1 Version:0 Kind:report") && !strings.HasPrefix(call, "ListTasks") {
			t.Errorf("a bad request reached the service: %s", call)
		}
	}
}

func TestProblemsSpeakTheReadersLanguage(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct{ name, as, accept, path, body, title, detail, entry string }{
		{"a fault, Vietnamese account", "focal_point", "en", "/api/v1/tasks/404/submissions", `{"kind": "report", "narrative": "x"}`, "Không tìm thấy", "Không tìm thấy.", ""},
		{"a fault, English account", "supervisor", "vi", "/api/v1/tasks/404/submissions", `{"kind": "report", "narrative": "x"}`, "Not Found", "Not found.", ""},
		{"a malformed request in Vietnamese", "focal_point", "", submit, `{}`, "Nội dung chưa đúng", "Nội dung gửi lên có chỗ chưa đúng.", "thiếu trường kind"},
		{"a malformed request in English", "supervisor", "", submit, `{}`, "Unprocessable Entity", "The request has faults.", "expected required property kind to be present"},
		{"signed out, English browser", "", "en-US,en;q=0.9,vi;q=0.5", submit, `{}`, "Unauthorized", "Sign in first.", ""},
		{"signed out, another browser", "", "fr", submit, `{}`, "Chưa đăng nhập", "Hãy đăng nhập.", ""},
		{"nested faults", "focal_point", "", submit, `{"kind": "nil", "narrative": "x"}`, "Nội dung chưa đúng", "Chưa gửi được. Có 1 chỗ cần sửa.", "“Không phát sinh” thì không kèm số liệu hay nội dung. Xóa chúng, hoặc chọn “Có phát sinh”."},
	} {
		p := s.problem(s.do(request{method: "POST", path: c.path, as: c.as, body: c.body, headers: map[string]string{"Accept-Language": c.accept}}))
		if p.Title != c.title || p.Detail != c.detail || c.entry != "" && (len(p.Errors) == 0 || p.Errors[0].Detail != c.entry) {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
}

func TestEveryMessageOfAMalformedRequestIsTranslated(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct{ path, body string }{
		{submit, `{"kind": "later"}`}, {submit, `{"kind": 7}`}, {submit, `{"kind": "nil", "version": 0}`}, {submit, `{"kind": "nil", "version": "x"}`},
		{submit, `{"kind": "nil", "figures": {}}`}, {submit, `[]`}, {submit, `{"kind": "nil", "x": 1}`}, {submit, `{`}, {submit, `{"kind": x}`},
		{submit, `{"kind": "nil", "document_on": "x"}`}, {"/api/v1/sessions", `{"email": "", "password": "x"}`},
		{"/api/v1/sessions", `{"email": "` + strings.Repeat("a", 300) + `", "password": "x"}`},
	} {
		p := s.problem(s.do(request{method: "POST", path: c.path, as: "focal_point", body: c.body}))
		for _, e := range p.Errors {
			if strings.Contains(e.Detail, "expected") || strings.Contains(e.Detail, "%!") || strings.Contains(e.Detail, "invalid") || e.Detail == "giá trị chưa đúng" {
				t.Errorf("%s: %q", c.body, e.Detail)
			}
		}
		if len(p.Errors) == 0 {
			t.Errorf("%s: %+v names nothing", c.body, p)
		}
	}
}

func TestSessionsCookie(t *testing.T) {
	good := request{method: "POST", path: "/api/v1/sessions", body: `{"email": "a@dondoc.example", "password": "mưa rơi trên mái ngói"}`}
	for base, want := range map[string]string{
		"https://dondoc.example": "dondoc_session=focal_point; Path=/; Max-Age=604800; HttpOnly; Secure; SameSite=Lax",
		"http://127.0.0.1:8080":  "dondoc_session=focal_point; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax",
	} {
		s := newSite(t, func(o *api.Options) { o.BaseURL = base })
		if got := s.do(good); got.header.Get("Set-Cookie") != want {
			t.Errorf("%s: cookie %q, want %q", base, got.header.Get("Set-Cookie"), want)
		}
	}
	s := newSite(t)
	wrong := good
	wrong.body = `{"email": "a@dondoc.example", "password": "sai mật khẩu rồi"}`
	if got := s.do(wrong); got.status != 401 || s.problem(got).Code != "session.refused" || got.header.Get("Set-Cookie") != "" {
		t.Errorf("a wrong password: %d %s", got.status, got.text)
	}
	wrong.body = `{"email": "busy@dondoc.example", "password": "mưa rơi trên mái ngói"}`
	if got := s.do(wrong); got.status != 429 || got.header.Get("Retry-After") != "30" || s.problem(got).Code != "account.too_many" {
		t.Errorf("too many tries: %d %s %s", got.status, got.text, got.header)
	}
	out := s.do(request{method: "DELETE", path: "/api/v1/sessions/current", as: "head"})
	if out.header.Get("Set-Cookie") != "dondoc_session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax" || s.fake.last() != "SignOut head" {
		t.Errorf("sign-out: %s, %s", out.header, s.fake.last())
	}
	spent := s.do(request{method: "POST", path: "/api/v1/account-links/take-up", body: `{"token": "spent", "password": "x"}`})
	if p := s.problem(spent); spent.status != 422 || p.Code != "account_link.spent" || p.Errors[0].Field != "token" {
		t.Errorf("a spent link: %d %s", spent.status, spent.text)
	}
}

func TestCrossOriginIsRefused(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		name    string
		method  string
		headers map[string]string
		refused bool
	}{
		{"another site's page", "POST", map[string]string{"Sec-Fetch-Site": "cross-site"}, true},
		{"a sister site's page", "POST", map[string]string{"Sec-Fetch-Site": "same-site"}, true},
		{"an old browser on another site", "POST", map[string]string{"Origin": "https://evil.example"}, true},
		{"another site's page reading", "GET", map[string]string{"Sec-Fetch-Site": "cross-site"}, false},
		{"another site's page deleting", "DELETE", map[string]string{"Sec-Fetch-Site": "cross-site"}, true},
		{"our own page", "POST", map[string]string{"Sec-Fetch-Site": "same-origin"}, false},
		{"our address behind a proxy", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://dondoc.example"}, false},
		{"a program", "POST", nil, false},
	} {
		path := map[string]string{"POST": "/api/v1/notifications/1/read", "GET": "/api/v1/me", "DELETE": "/api/v1/sessions/current"}[c.method]
		s.fake.calls = nil
		got := s.do(request{method: c.method, path: path, as: "head", headers: c.headers})
		if refused := got.status == 403; refused != c.refused {
			t.Errorf("%s: %d %s", c.name, got.status, got.text)
		}
		if c.refused && (s.problem(got).Code != "cross_origin" || s.fake.last() != "") {
			t.Errorf("%s: %s, the service was asked %q", c.name, got.text, s.fake.last())
		}
	}
}

func TestUnexpectedErrorsGiveAReferenceAndNothingElse(t *testing.T) {
	for _, c := range []struct{ name, path, as, logged string }{
		{"an error", "/api/v1/tasks/500", "focal_point", "relation secret_table"},
		{"a panic", "/api/v1/tasks/501", "focal_point", "panic: a bug"},
		{"a session that cannot be read", "/api/v1/me", "broken", "relation secret_table"},
	} {
		s := newSite(t)
		got := s.do(request{method: "GET", path: c.path, as: c.as})
		p := s.problem(got)
		if got.status != 500 || p.Reference == "" || p.Reference != got.header.Get("X-Request-Id") || !strings.Contains(p.Detail, p.Reference) {
			t.Errorf("%s: %d %s", c.name, got.status, got.text)
		}
		if strings.Contains(got.text, "secret_table") || strings.Contains(got.text, "bug") {
			t.Errorf("%s: the answer tells what is inside: %s", c.name, got.text)
		}
		if n := strings.Count(s.log.String(), "unexpected error"); n != 1 || !strings.Contains(s.log.String(), c.logged) || !strings.Contains(s.log.String(), "reference="+p.Reference) {
			t.Errorf("%s: logged %d times: %s", c.name, n, s.log)
		}
	}
}

func TestTheLogHoldsNoSecrets(t *testing.T) {
	s := newSite(t)
	s.do(request{method: "POST", path: "/api/v1/sessions", body: `{"email": "a@dondoc.example", "password": "hunter2hunter2"}`})
	s.do(request{method: "POST", path: "/api/v1/sessions?token=s3cret", body: `{"email": 7, "password": "hunter2hunter2"}`})
	s.do(request{method: "POST", path: "/api/v1/account-links/take-up", body: `{"token": "s3cret", "password": "hunter2hunter2"}`})
	s.do(request{method: "GET", path: "/lien-ket/s3cret?token=s3cret"})
	s.do(request{method: "GET", path: "/api/v1/me", as: "head"})
	log := s.log.String()
	for _, secret := range []string{"s3cret", "hunter2", "a@dondoc.example", "dondoc_session"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
	for _, piece := range []string{"route=/api/v1/sessions ", "status=401", "route=none", "user_id=26", "request_id="} {
		if !strings.Contains(log, piece) {
			t.Errorf("the log lacks %q:\n%s", piece, log)
		}
	}
}

func TestAnswersNeverEchoWhatWasTyped(t *testing.T) {
	s := newSite(t)
	for _, body := range []string{`{"email": 7, "password": ["hunter2"]}`, `{"password": "hunter2", `} {
		if got := s.do(request{method: "POST", path: "/api/v1/sessions", body: body}); strings.Contains(got.text, "hunter2") {
			t.Errorf("%s: %s", body, got.text)
		}
	}
}

func TestHeaders(t *testing.T) {
	s := newSite(t)
	got := s.do(request{method: "GET", path: "/api/v1/me", as: "head"})
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Strict-Transport-Security": "max-age=31536000",
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.header.Get(name), want)
		}
	}
	if len(got.header.Get("X-Request-Id")) != 8 {
		t.Errorf("request number %q", got.header.Get("X-Request-Id"))
	}
}

func TestReadiness(t *testing.T) {
	away := errors.New("connection refused")
	for _, c := range []struct {
		name   string
		away   map[string]error
		status int
		want   string
	}{
		{"all is there", nil, 200, `{"status":"ready","postgres":"up","temporal":"up"}`},
		{"Temporal is away", map[string]error{"temporal": away}, 200, `{"status":"degraded","postgres":"up","temporal":"away"}`},
		{"Postgres is away", map[string]error{"postgres": away}, 503, `{"status":"unavailable","postgres":"away","temporal":"up"}`},
		{"both are away", map[string]error{"postgres": away, "temporal": away}, 503, `{"status":"unavailable","postgres":"away","temporal":"away"}`},
	} {
		s := newSite(t)
		s.away = c.away
		if got := s.do(request{method: "GET", path: "/readyz"}); got.status != c.status || strings.TrimSpace(got.text) != c.want {
			t.Errorf("%s: %d %s", c.name, got.status, got.text)
		}
		if got := s.do(request{method: "GET", path: "/healthz", as: "broken"}); got.status != 200 {
			t.Errorf("%s: the process is alive, but %d", c.name, got.status)
		}
	}
}

func TestMetrics(t *testing.T) {
	s := newSite(t)
	s.do(request{method: "GET", path: "/api/v1/tasks/1", as: "head"})
	s.do(request{method: "BREW", path: "/made-up"})
	got := s.do(request{method: "GET", path: "/metrics"})
	for _, line := range []string{
		`dondoc_http_requests_total{method="GET",route="/api/v1/tasks/:id",status="200"} 1`,
		`dondoc_http_requests_total{method="any",route="none",status="404"} 1`,
		`dondoc_http_request_duration_seconds_count{method="GET",route="/api/v1/tasks/:id"} 1`,
		"dondoc_outbox_age_seconds 90", "dondoc_step_lateness_seconds 120", "dondoc_delivery_backlog 17", "go_goroutines",
	} {
		if !strings.Contains(got.text, line) {
			t.Errorf("no %s in\n%s", line, got.text)
		}
	}
	guarded := newSite(t, func(o *api.Options) { o.MetricsToken = "abc" })
	for token, status := range map[string]int{"": 401, "Bearer x": 401, "Bearer abc": 200} {
		if got := guarded.do(request{method: "GET", path: "/metrics", headers: map[string]string{"Authorization": token}}); got.status != status {
			t.Errorf("with %q: %d, want %d", token, got.status, status)
		}
	}
}
