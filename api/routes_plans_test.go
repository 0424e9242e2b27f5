package api_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"dondoc/api"
)

var smallPlanSource = mustSmallPlan()

func mustSmallPlan() string {
	source, err := os.ReadFile(planSource)
	if err != nil {
		panic(err)
	}
	return string(source)
}

// amended is a call of an amendment with the small plan's file.
func amended(more string) string {
	return fmt.Sprintf(`{"source": %s%s}`, strconv.Quote(smallPlanSource), more)
}

const basis = `, "basis": {"number": "12/QĐ-UBND", "on": "2026-03-02"}`

func init() {
	row := func(method, path, body, may string, status int, want []string, called string) {
		calls = append(calls, struct {
			request
			may    string
			status int
			want   []string
			called string
		}{request{method: method, path: path, body: body}, may, status, want, called})
	}
	row("POST", "/api/v1/plans/1/amendments/preview", amended(basis), "plan_authority", 200, []string{
		`"digest":"abc","plan_version":3`, `"facts":[{"field":"valid_to","old":"2027-12-31","new":"2028-12-31"}]`, `"old_code":"I.0"`,
		`"text":[{"change":"same","text":"Báo cáo "},{"change":"added","text":"ngay"}]`, `"gained":[{"agency":"so-b","role":"implementing"}],"lost":[]`,
		`"opened":1,"cancelled":1,"kept":1,"moved":1,"rerouted":0,"people":4`, `"period_label":"Quarter I 2026"`, `"steps":3,"tasks":1,"agencies":["so-e"]`, `"dropped":true`, `"warnings":[{`,
	}, "PreviewAmendment 1 small 2 duties {Number:12/QĐ-UBND On:2026-03-02}")
	row("POST", "/api/v1/plans/1/amendments", amended(basis+`, "version": 3, "digest": "abc"`), "plan_authority", 201,
		[]string{`"id":1`, `"file_version":2`, `"added":[],"retired":[{"code":"I.2"`}, "ApplyAmendment 1 v3 small abc {Number:12/QĐ-UBND On:2026-03-02}")
	row("GET", "/api/v1/plans/1/versions", "", followers, 200,
		[]string{`"items":[{"number":2,"current":true`, `"basis":{"number":"12/QĐ-UBND","on":"2026-03-02"}`, `{"number":1,"current":false`}, "")
	row("GET", "/api/v1/plans/1/versions/2", "", followers, 200, []string{`"number":2`, `"source":"format: 1\ncode: small`, `"files":{}`}, "PlanVersion 1 2")
	row("GET", "/api/v1/plans/1/versions/compare?from=1&to=2", "", followers, 200, []string{`"from":{"number":1`, `"to":{"number":2`, `"difference":{"facts":[{`}, "ComparePlanVersions 1 1 2")
	row("GET", "/api/v1/plans/1/closing", "", followers, 200,
		[]string{`"outcome":"replaced","note":"Thay bằng kế hoạch mới","replaced_by":{"id":8,"code":"KH2","title":"Kế hoạch mới"}`, `"on_time_rate":0.75`, `/api/v1/tasks?against=present`}, "")
	row("GET", "/api/v1/plans/1/implements", "", followers, 200, []string{`"plan":{"id":2,"code":"KH","title":"Kế hoạch"},"duty_id":5,"duty_code":"IV.15.a"`}, "")
	row("PUT", "/api/v1/plans/1/implements", `{"duty_id": 5}`, "plan_authority", 200, []string{`"duty_id":5`}, "LinkPlan 1 5")
	row("DELETE", "/api/v1/plans/1/implements", "", "plan_authority", 204, nil, "UnlinkPlan 1")
	row("GET", "/api/v1/plans/1/coverage", "", followers, 200, []string{`"level":"commune","units":170,"have":130,"draft":9,"none":31`}, "")
	row("GET", "/api/v1/plans/1/coverage/units?duty=5&level=commune&has=no&limit=20&cursor=x", "", followers, 200,
		[]string{`"agency":{"id":11,"code":"X1","name":"UBND xã Một"}`, `"has":"yes","plan":{"id":9,"code":"kh-x1","title":"Kế hoạch xã Một"}`, `"task_state":"accepted"`, `"next_cursor":"more"`},
		"CoverageUnits 1 {DutyID:5 Level:commune Covered:no Limit:20 Cursor:x}")
	row("GET", "/api/v1/exports/coverage.csv?plan=1&has=no", "", followers, 200, nil, "ExportCoverage 1 {DutyID:0 Level: Covered:no Limit:0 Cursor:}")
	row("GET", "/api/v1/plans/1/bodies", "", followers, 200, []string{
		`"code":"doi-178"`, `"members":[{"agency":"ca-tinh","name":"Công an tỉnh","role":"member","duties":["IV.2.g"]}]`,
		`"per_level":[{"level":"commune","units":2,"established":1}]`, `"document_number":"4/QĐ-UBND","document_on":"2026-03-03"`}, "")
	row("GET", "/api/v1/plans/1/content", "", followers, 200,
		[]string{`{"code":"M1","kind":"purpose","text":"Giảm số vụ","owned":false,"duties":[]}`, `"owned":true,"duties":[{"code":"IV.1","title":"Báo cáo"}]`}, "")
	row("GET", "/api/v1/plans/1/templates", "", followers, 200, []string{`"code":"chuyen-de"`, `"duty_id":5`, `"due":{"working_days":5}`, `"agency_ids":[11]`}, "")
}

// One more duty is written into the file in force, and read as any other.
func TestADutyIsAddedWithoutANewFile(t *testing.T) {
	s := newSite(t)
	duty := func(d string) request {
		return request{method: "POST", path: "/api/v1/plans/1/amendments/preview", as: "plan_authority", body: `{"duty": ` + d + `}`}
	}
	got := s.do(duty(`{"code": "I.3", "text": "Báo cáo đột xuất", "agencies": ["so-a"], "cadences": ["ad_hoc"], "working_days": 3, "recipient": "tinh"}`))
	if got.status != 200 || s.fake.last() != "PreviewAmendment 1 small 3 duties {Number: On:}" {
		t.Errorf("%d %s, called %q", got.status, got.text, s.fake.last())
	}
	got = s.do(duty(`{"code": "I.3", "text": "x", "agencies": ["so-x"]}`))
	if p := s.problem(got); got.status != 422 || p.Code != "plan.problems" || len(p.Errors) != 2 || p.Errors[1].Line != 27 {
		t.Errorf("an agency that nobody knows: %d %s", got.status, got.text)
	}
}

func TestFaultyAmendmentsAndClosings(t *testing.T) {
	s := newSite(t)
	digest := `, "version": 3, "digest": "abc"`
	for _, c := range []struct {
		name, path, body string
		id, status       int
		code             string
	}{
		{"neither file nor duty", "/plans/{}/amendments/preview", `{}`, own, 422, "amendment.source"},
		{"both", "/plans/{}/amendments/preview", amended(`, "duty": {"code": "I.3", "text": "x", "agencies": ["so-a"]}`), own, 422, "amendment.source"},
		{"no plan file", "/plans/{}/amendments/preview", `{"source": "format: 1\n"}`, own, 422, "plan.problems"},
		{"no day", "/plans/{}/amendments/preview", amended(`, "basis": {"on": "2026-02-31"}`), own, 422, "request.invalid"},
		{"an unknown key", "/plans/{}/amendments/preview", amended(`, "force": true`), own, 422, "request.invalid"},
		{"a duty without agencies", "/plans/{}/amendments/preview", `{"duty": {"code": "I.3", "text": "x", "agencies": []}}`, own, 422, "request.invalid"},
		{"of a foreign plan", "/plans/{}/amendments/preview", amended(""), foreign, 404, "not_found"},
		{"of a plan not one's own", "/plans/{}/amendments/preview", amended(""), forbidden, 403, "task.not_yours"},
		{"a duty of a foreign plan", "/plans/{}/amendments/preview", `{"duty": {"code": "I.3", "text": "x", "agencies": ["so-a"]}}`, foreign, 404, "not_found"},
		{"applied without digest", "/plans/{}/amendments", amended(`, "version": 3`), own, 422, "request.invalid"},
		{"applied without version", "/plans/{}/amendments", amended(`, "digest": "abc"`), own, 428, "version.required"},
		{"applied to what changed", "/plans/{}/amendments", amended(basis + digest), changed, 409, "task.changed"},
		{"applied to a foreign plan", "/plans/{}/amendments", amended(basis + digest), foreign, 404, "not_found"},
		{"no outcome", "/plans/{}/close", `{"version": 3, "outcome": "done"}`, own, 422, "request.invalid"},
	} {
		got := s.do(request{method: "POST", as: "plan_authority", path: api.Base + strings.Replace(c.path, "{}", itoa(c.id), 1), body: c.body})
		if got.status != c.status || s.problem(got).Code != c.code {
			t.Errorf("%s: %d %s, want %d %s", c.name, got.status, got.text, c.status, c.code)
		}
	}
	for _, path := range []string{"versions", "versions/2", "versions/compare?from=1&to=2", "closing", "implements", "coverage", "coverage/units", "bodies", "content", "templates"} {
		if got := s.do(request{method: "GET", as: "supervisor", path: api.Base + "/plans/404/" + path}); got.status != 404 {
			t.Errorf("%s of a foreign plan: %d %s", path, got.status, got.text)
		}
	}
	got := s.do(request{method: "POST", as: "plan_authority", path: api.Base + "/plans/1/close", body: `{"version": 3, "outcome": "replaced", "replaced_by": 8, "note": "Thay"}`})
	if got.status != 200 || s.fake.last() != "ClosePlan 1 v3 {Outcome:replaced Note:Thay ReplacedBy:8}" {
		t.Errorf("%d %s, called %q", got.status, got.text, s.fake.last())
	}
	sheet := s.do(request{method: "GET", as: "supervisor", path: api.Base + "/exports/coverage.csv?plan=1"})
	for _, piece := range []string{"IV.15.i.2,X1,UBND xã Một,commune,", ",kh-x1,3/KH-UBND,Kế hoạch xã Một,2026-03-18", "'=UBND xã Hai"} {
		if !strings.Contains(sheet.text, piece) {
			t.Errorf("%s lacks %s", sheet.text, piece)
		}
	}
	if got := s.do(request{method: "GET", as: "supervisor", path: api.Base + "/exports/coverage.csv"}); got.status != 422 {
		t.Errorf("a sheet of no plan: %d", got.status)
	}
}
