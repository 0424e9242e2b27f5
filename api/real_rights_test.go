package api_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"dondoc/internal/account"
	"dondoc/internal/clock"
)

// peopled is the API on the real store with one person per role.
func peopled(t *testing.T) (r *real, admin, authority, auditor, focal string) {
	t.Helper()
	r = newReal(t)
	box, err := account.NewBox(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	r.store.Secrets = box
	admin = r.signIn("qt@dondoc.example")
	r.ok(200, request{method: "POST", path: "/api/v1/people/import", as: admin, headers: asCSV, body: "email,name,agency_code,role\n" +
		"bh@dondoc.example,Cơ quan ban hành,tinh,plan_authority\nkt@dondoc.example,Người kiểm tra,so-a,auditor\ndm@dondoc.example,Đầu mối,so-a,focal_point\n"})
	return r, admin, r.invited("bh@dondoc.example"), r.invited("kt@dondoc.example"), r.invited("dm@dondoc.example")
}

func bearer(token any) map[string]string {
	return map[string]string{"Authorization": "Bearer " + token.(string)}
}

func TestAnAuditorsDecisionFromItsFirstDayToItsEnd(t *testing.T) {
	r, admin, authority, auditor, _ := peopled(t)
	plans := request{method: "GET", path: "/api/v1/plans", as: auditor}
	r.refused(403, "forbidden", plans)
	decision := `{"email": "kt@dondoc.example", "decision_number": "12/QĐ-TTr", "decided_on": "2026-02-02", "issued_by": "Thanh tra tỉnh", "plans": [1], "from": "2026-02-05", "to": "2026-02-28"}`
	r.refused(403, "forbidden", request{method: "POST", path: "/api/v1/audit-mandates", as: admin, body: decision})
	r.refused(404, "not_found", request{method: "POST", path: "/api/v1/audit-mandates", as: authority, body: strings.Replace(decision, "[1]", "[1, 99]", 1)})
	opened := r.ok(201, request{method: "POST", path: "/api/v1/audit-mandates", as: authority, body: decision})
	if items := r.ok(200, plans)["items"].([]any); len(items) != 1 {
		t.Errorf("the auditor reads %v", items)
	}
	if me := r.ok(200, request{method: "GET", path: "/api/v1/me", as: auditor}); len(me["audits"].([]any)) != 1 {
		t.Errorf("me: %v", me)
	}
	r.ok(200, request{method: "GET", path: "/api/v1/board", as: auditor})
	r.ok(200, request{method: "GET", path: "/api/v1/audit?entity=plan", as: auditor})
	r.refused(403, "forbidden", request{method: "POST", path: "/api/v1/plans/1/activate", as: auditor, body: `{"version": 1}`})
	if n := len(r.ok(200, request{method: "GET", path: "/api/v1/audit-mandates", as: auditor})["items"].([]any)); n != 1 {
		t.Errorf("the auditor has %d decisions", n)
	}
	r.refused(403, "forbidden", request{method: "DELETE", path: "/api/v1/audit-mandates/" + num(opened["id"]), as: auditor})
	r.ok(204, request{method: "DELETE", path: "/api/v1/audit-mandates/" + num(opened["id"]), as: authority})
	r.refused(403, "forbidden", plans)
	trail := r.ok(200, request{method: "GET", path: "/api/v1/audit?entity=audit_mandate", as: authority})
	if len(trail["items"].([]any)) != 2 {
		t.Errorf("in the trail: %v", trail)
	}
}

func TestAProgramWorksWithATokenAndNothingElse(t *testing.T) {
	r, admin, _, _, focal := peopled(t)
	wanted := func(scope string) string {
		return `{"name": "Phần mềm văn bản", "scopes": ["` + scope + `"], "expires_at": "` + clock.SystemWall().AddDate(0, 3, 0).UTC().Format("2006-01-02T15:04:05Z") + `"}`
	}
	made := r.ok(201, request{method: "POST", path: "/api/v1/me/tokens", as: focal, body: wanted("tasks:read")})
	with := bearer(made["token"])
	r.ok(200, request{method: "GET", path: "/api/v1/tasks", headers: with})
	r.refused(403, "token.scope", request{method: "GET", path: "/api/v1/plans", headers: with})
	r.refused(403, "token.scope", request{method: "POST", path: "/api/v1/tasks/1/submissions", headers: with, body: `{"kind": "nil"}`})
	for _, call := range []request{
		{method: "GET", path: "/api/v1/me/tokens"}, {method: "POST", path: "/api/v1/me/tokens", body: wanted("tasks:write")},
		{method: "POST", path: "/api/v1/me/password", body: `{"current_password": "x", "password": "y"}`}, {method: "GET", path: "/api/v1/people"},
		{method: "DELETE", path: "/api/v1/me/tokens/" + num(made["id"])}, {method: "POST", path: "/api/v1/feeds", body: `{"scope": "person"}`},
	} {
		call.headers = with
		r.refused(403, "token.session_only", call)
	}
	// What a program does is known for what it is.
	admins := bearer(r.ok(201, request{method: "POST", path: "/api/v1/me/tokens", as: admin, body: wanted("agencies:write")})["token"])
	agency := r.ok(200, request{method: "GET", path: "/api/v1/agencies?limit=1", as: admin})["items"].([]any)[0].(map[string]any)
	r.write(`INSERT INTO memberships (user_id, agency_id, role, valid_from_on) SELECT id, $1, 'head', '2020-01-01' FROM users WHERE email = 'dm@dondoc.example'`, int64(agency["id"].(float64)))
	r.ok(200, request{method: "POST", path: "/api/v1/agencies/" + num(agency["id"]) + "/two-signatures", headers: admins, body: `{"version": ` + num(agency["version"]) + `, "required": true}`})
	if r.count(`SELECT count(*) FROM audit WHERE action = 'agency.two_signatures' AND (after->>'api_token')::bigint IN (SELECT id FROM api_tokens)`) != 1 {
		t.Error("the trail does not name the token")
	}
	r.ok(204, request{method: "DELETE", path: "/api/v1/me/tokens/" + num(made["id"]), as: focal})
	r.refused(401, "token.refused", request{method: "GET", path: "/api/v1/tasks", headers: with})
}

func TestASecondFactorFromSettingUpToLosingIt(t *testing.T) {
	r, admin, _, _, focal := peopled(t)
	r.refused(422, "password.wrong", request{method: "POST", path: "/api/v1/me/second-factor", as: focal, body: `{"current_password": "sai"}`})
	r.ok(201, request{method: "POST", path: "/api/v1/me/second-factor", as: focal, body: `{"current_password": "` + password + `"}`})
	r.refused(422, "second_factor.code", request{method: "POST", path: "/api/v1/me/second-factor/confirmation", as: focal, body: `{"code": "abcdef"}`})
	// A first code is beyond this test; the recovery codes are what a lost telephone leaves.
	codes, hashes := account.NewRecoveryCodes()
	r.write(`UPDATE second_factors SET confirmed_at = now()`)
	r.write(`INSERT INTO recovery_codes (user_id, code_hash) SELECT user_id, $1 FROM second_factors`, hashes[0])
	signIn := request{method: "POST", path: "/api/v1/sessions", body: `{"email": "dm@dondoc.example", "password": "` + password + `"}`}
	got := r.do(signIn)
	p := r.problem(got)
	if got.status != 401 || p.Code != "session.second_step" || p.Challenge == "" || got.header.Get("Set-Cookie") != "" {
		t.Fatalf("%d %s", got.status, got.text)
	}
	second := request{method: "POST", path: "/api/v1/sessions/second-step", body: `{"challenge": "` + p.Challenge + `", "code": "` + codes[0] + `"}`}
	if got := r.do(second); got.status != 201 || len((&http.Response{Header: got.header}).Cookies()) != 1 {
		t.Fatalf("%d %s", got.status, got.text)
	}
	r.refused(401, "session.challenge_over", second)
	person := r.ok(200, request{method: "GET", path: "/api/v1/people?q=dm@", as: admin})["items"].([]any)[0].(map[string]any)
	r.ok(204, request{method: "DELETE", path: "/api/v1/people/" + num(person["id"]) + "/second-factor", as: admin})
	if got := r.do(signIn); got.status != 201 {
		t.Errorf("after the administrator removed it: %d %s", got.status, got.text)
	}
	if ended := r.ok(200, request{method: "DELETE", path: "/api/v1/people/" + num(person["id"]) + "/sessions", as: admin}); ended["ended"].(float64) != 3 {
		t.Errorf("ended %v", ended)
	}
	r.refused(401, "session.none", request{method: "GET", path: "/api/v1/me", as: focal})
}

func (r *real) write(query string, args ...any) {
	r.t.Helper()
	if _, err := r.db.ExecContext(r.t.Context(), query, args...); err != nil {
		r.t.Fatal(err)
	}
}
