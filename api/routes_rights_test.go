package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"dondoc/api"
	"dondoc/internal/account"
	"dondoc/internal/policy"
)

func init() {
	row := func(method, path, body, may string, status int, want []string, called string) {
		calls = append(calls, struct {
			request
			may    string
			status int
			want   []string
			called string
		}{request{method: method, path: api.Base + path, body: body}, may, status, want, called})
	}
	row("POST", "/sessions/second-step", `{"challenge": "abc", "code": "123456"}`, "public", 201, []string{`"id":26`}, "FinishSignIn abc 123456")
	row("GET", "/me/sessions", "", "all", 200, []string{`"items":[{"id":3`, `"address":"192.0.2.7","agent":"Firefox","current":true`}, "ListSessions ")
	row("DELETE", "/me/sessions/1", "", "all", 204, nil, "EndSession 1")
	row("DELETE", "/me/sessions", "", "all", 200, []string{`{"ended":2}`}, "EndOtherSessions ")
	row("POST", "/me/password", `{"current_password": "cũ", "password": "mưa rơi trên mái tôn"}`, "all", 204, nil, "ChangePassword ")
	row("DELETE", "/people/1/sessions", "", "administrator", 200, []string{`{"ended":3}`}, "EndSessionsOf 1")
	row("GET", "/me/tokens", "", "all", 200, []string{`"prefix":"ddt_AbCdEf","scopes":["tasks:read"]`}, "ListTokens")
	row("POST", "/me/tokens", `{"name": "Phần mềm văn bản", "scopes": ["tasks:read", "reports:read"], "expires_at": "2026-09-01T00:00:00Z"}`, "all", 201,
		[]string{`"id":6`, `"token":"ddt_secret"`}, "CreateToken Phần mềm văn bản [tasks:read reports:read] 2026-09-01")
	row("DELETE", "/me/tokens/1", "", "all", 204, nil, "RevokeToken 1")
	row("GET", "/me/second-factor", "", "all", 200, []string{`"enabled":true,"since":"2026-03-18T17:00:00Z","recovery_codes":8,"demanded":false`}, "")
	row("POST", "/me/second-factor", `{"current_password": "cũ"}`, "all", 201, []string{`{"secret":"GEZDGNBV","address":"otpauth://totp/x"}`}, "EnrolFactor")
	row("POST", "/me/second-factor/confirmation", `{"code": "123456"}`, "all", 200, []string{`{"recovery_codes":["ABCD-EFGH-IJKL-MNOP"]}`}, "ConfirmFactor 123456")
	row("POST", "/me/second-factor/recovery-codes", `{"code": "123456"}`, "all", 200, []string{`"ABCD-EFGH-IJKL-MNOP"`}, "RenewRecoveryCodes 123456")
	row("POST", "/me/second-factor/removal", `{"current_password": "cũ", "code": "123456"}`, "all", 204, nil, "RemoveFactor 123456")
	row("DELETE", "/people/1/second-factor", "", "administrator", 204, nil, "ResetFactor 1")
	row("GET", "/audit-mandates", "", "plan_authority auditor", 200,
		[]string{`"auditor":{"id":25,"name":"Người kiểm tra"}`, `"plans":[{"id":1,"code":"KH","title":"Kế hoạch"}]`, `"to":"2026-04-30"`, `"open":true`}, "ListMandates ")
	row("POST", "/audit-mandates", `{"email": "kt@dondoc.example", "decision_number": "12/QĐ-TTr", "decided_on": "2026-03-01", "issued_by": "Thanh tra tỉnh", "plans": [1], "from": "2026-03-02", "to": "2026-04-30"}`,
		"plan_authority", 201, []string{`"decision_number":"12/QĐ-TTr"`}, "OpenMandate 23 {Email:kt@dondoc.example DecisionNumber:12/QĐ-TTr DecidedOn:2026-03-01")
	row("DELETE", "/audit-mandates/1", "", "plan_authority", 204, nil, "RevokeMandate 1")
}

// sessionOnly are the first parts of the paths that no API token opens.
var sessionOnly = []string{"deliveries", "notice-templates", "sessions", "me", "people", "feeds", "audit-mandates", "substitutions", "posts", "submissions"}

// Every call says in the document whether a token opens it and which scope it
// needs; one that was forgotten is closed to tokens and fails here.
func TestEveryRouteHasAScopeOrIsForPeopleOnly(t *testing.T) {
	for name, op := range document(t).operations(t) {
		security, protected := op["security"].([]any)
		if !protected {
			continue // public
		}
		scope := ""
		for _, one := range security {
			if scopes, ok := one.(map[string]any)["token"].([]any); ok && len(scopes) == 1 {
				scope = scopes[0].(string)
			}
		}
		part := strings.Split(strings.TrimPrefix(name[strings.Index(name, " ")+1:], api.Base+"/"), "/")[0]
		switch {
		case slices.Contains(sessionOnly, part) && scope != "":
			t.Errorf("%s can be called with a token good for %s", name, scope)
		case !slices.Contains(sessionOnly, part) && !slices.Contains(policy.Scopes, policy.Scope(scope)):
			t.Errorf("%s: neither a scope nor for people only: %q", name, scope)
		case strings.HasPrefix(name, "GET ") && strings.HasSuffix(scope, ":write"):
			t.Errorf("%s only reads and asks for %s", name, scope)
		}
	}
}

func TestATokenDoesWhatItIsGoodForAndNoMore(t *testing.T) {
	operations := document(t).operations(t)
	for _, c := range calls {
		if c.may == "public" {
			continue
		}
		path, _, _ := strings.Cut(c.path, "?")
		scope := ""
		for _, one := range operations[c.method+" "+template(path)]["security"].([]any) {
			if scopes, ok := one.(map[string]any)["token"].([]any); ok {
				scope = scopes[0].(string)
			}
		}
		var others []string
		for _, s := range policy.Scopes {
			if string(s) != scope {
				others = append(others, string(s))
			}
		}
		role := strings.Fields(strings.Replace(c.may, "all", "head", 1))[0]
		do := func(scopes string) response {
			call := c.request
			call.headers = map[string]string{}
			for name, value := range c.headers {
				call.headers[name] = value
			}
			call.headers["Authorization"] = "Bearer ddt_" + role + "/" + scopes
			return newSite(t).do(call)
		}
		if got := do(strings.Join(others, " ")); got.status != http.StatusForbidden || !strings.Contains(got.text, `"token.s`) {
			t.Errorf("%s %s with every other scope: %d %s", c.method, c.path, got.status, got.text)
		}
		if scope == "" {
			continue
		}
		if got := do(scope); got.status != c.status {
			t.Errorf("%s %s with %s: %d %s", c.method, c.path, scope, got.status, got.text)
		}
	}
	got := newSite(t).do(request{method: "GET", path: "/api/v1/tasks", as: "head", headers: map[string]string{"Authorization": "Bearer ddt_stranger/tasks:read"}})
	if got.status != 401 || !strings.Contains(got.text, "token.refused") {
		t.Errorf("a token that opens nothing beside a good cookie: %d %s", got.status, got.text)
	}
}

func TestWhoMustEnrolDoesNothingElse(t *testing.T) {
	roles["enrolling"] = policy.Actor{UserID: 28, Name: "Phải thiết lập", Language: "en", MustEnrol: true, Posts: []policy.Post{{AgencyID: 10, Role: policy.PlanAuthority}}}
	defer delete(roles, "enrolling")
	open := []string{"/api/v1/me", "/api/v1/sessions/current", "/api/v1/me/sessions", "/api/v1/me/sessions/1", "/api/v1/me/password", "/api/v1/me/second-factor", "/api/v1/me/second-factor/confirmation"}
	for _, c := range calls {
		if c.may == "public" {
			continue
		}
		call := c.request
		call.as = "enrolling"
		path, _, _ := strings.Cut(c.path, "?")
		got := newSite(t).do(call)
		if slices.Contains(open, path) {
			if got.status != c.status {
				t.Errorf("%s %s: %d %s", c.method, c.path, got.status, got.text)
			}
		} else if got.status != http.StatusForbidden || !strings.Contains(got.text, "second_factor.demanded") {
			t.Errorf("%s %s before enrolling: %d %s", c.method, c.path, got.status, got.text)
		}
	}
}

func TestTheSecondStepIsAskedForWithAChallenge(t *testing.T) {
	s := newSite(t)
	got := s.do(request{method: "POST", path: "/api/v1/sessions", body: `{"email": "hai.buoc@dondoc.example", "password": "mưa rơi trên mái ngói"}`})
	if p := s.problem(got); got.status != 401 || p.Code != "session.second_step" || p.Challenge != "a-challenge" || got.header.Get("Set-Cookie") != "" {
		t.Errorf("%d %s %v", got.status, got.text, got.header)
	}
	got = s.do(request{method: "POST", path: "/api/v1/sessions/second-step", body: `{"challenge": "a-challenge", "code": "000000"}`})
	if p := s.problem(got); got.status != 422 || p.Code != "second_factor.code" || len(p.Errors) != 1 || p.Errors[0].Field != "code" || got.header.Get("Set-Cookie") != "" {
		t.Errorf("a wrong code: %d %s", got.status, got.text)
	}
	got = s.do(request{method: "POST", path: "/api/v1/sessions/second-step", body: `{"challenge": "a-challenge", "code": "123456"}`})
	if got.status != 201 || !strings.Contains(got.header.Get("Set-Cookie"), "dondoc_session=head") {
		t.Errorf("%d %s %v", got.status, got.text, got.header)
	}
}

func TestForeignSecurityThings(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct{ as, path string }{
		{"head", "/me/sessions/"}, {"head", "/me/tokens/"}, {"administrator", "/people/{}/sessions"}, {"administrator", "/people/{}/second-factor"}, {"plan_authority", "/audit-mandates/"},
	} {
		path := strings.Replace(c.path, "{}", itoa(foreign), 1)
		if strings.HasSuffix(path, "/") {
			path += itoa(foreign)
		}
		if got := s.do(request{method: "DELETE", path: api.Base + path, as: c.as}); got.status != 404 || s.problem(got).Code != "not_found" {
			t.Errorf("%s: %d %s", c.path, got.status, got.text)
		}
	}
	for body, field := range map[string]string{
		`{"name": "x", "scopes": ["people:write"], "expires_at": "2026-09-01T00:00:00Z"}`:              "scopes[0]",
		`{"name": "x", "scopes": [], "expires_at": "2026-09-01T00:00:00Z"}`:                            "scopes",
		`{"name": "x", "scopes": ["tasks:read"], "expires_at": "mai"}`:                                 "expires_at",
		`{"name": "x", "scopes": ["tasks:read"], "expires_at": "2026-09-01T00:00:00Z", "user_id": 24}`: "user_id",
	} {
		got := s.do(request{method: "POST", path: "/api/v1/me/tokens", as: "head", body: body})
		if p := s.problem(got); got.status != 422 || len(p.Errors) != 1 || p.Errors[0].Field != field {
			t.Errorf("%s: %d %s", body, got.status, got.text)
		}
	}
}

var errSecondStep = &account.SecondStep{Challenge: "a-challenge"}
