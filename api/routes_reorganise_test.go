package api_test

import (
	"strings"
	"testing"

	"dondoc/api"
)

const reorganisationSource = `"source": "format: 1\ncode: sap-xep\nbasis: Nghị quyết\neffective_on: 2026-04-01\nchanges: [{merge: x1, into: xm}]\n"`

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
	row("GET", "/api/v1/reorganisations", "", "administrator", 200,
		[]string{`"id":4,"code":"sap-xep"`, `"effective_on":"2026-04-01","state":"recorded"`}, "ListReorganisations")
	row("POST", "/api/v1/reorganisations/preview", `{`+reorganisationSource+`}`, "administrator", 200,
		[]string{`"digest":"` + digestOfPreview, `"kind":"merged","successors":["xm"]`, `"outcome":"cancelled","into_task_id":9`, `{"agency":"xm","before":0,"after":2}`, `"detail":"Ends without a successor."`},
		"PreviewReorganisation sap-xep 2026-04-01 1 changes")
	row("POST", "/api/v1/reorganisations", `{`+reorganisationSource+`, "digest": "`+digestOfPreview+`"}`, "administrator", 201,
		[]string{`"id":4,"state":"applied"`}, "Reorganise sap-xep 01234567")
	row("POST", "/api/v1/reorganisations/1/withdrawals", "", "administrator", 200, []string{`"state":"withdrawn"`}, "WithdrawReorganisation 1")
	row("GET", "/api/v1/agencies/1/history", "", "all", 200,
		[]string{`"predecessors":[{"agency":{"id":12,"code":"x1","name":"UBND xã Một"},"on":"2025-07-01"`, `"successors":[]`, `"kind":"founded"`}, "AgencyHistory 1")
	row("GET", "/api/v1/tasks/1/successions", "", followers, 200,
		[]string{`"outcome":"cancelled","from":{"id":12,"code":"x1","name":"UBND xã Một"},"to":{"id":13`, `"into_task_id":9`}, "TaskSuccessions 1")
	row("GET", "/api/v1/plans/1/apportionments", "", "plan_authority", 200, []string{`"agency":{"id":12,"name":"UBND xã Một"}`, `"percent":"62.5"`}, "Apportionments 1")
	row("POST", "/api/v1/plans/1/apportionments", `{"agency_id": 12, "indicator": "so_luot", "reason": "Theo dân số", "shares": [{"successor_id": 13, "percent": "100"}]}`, "plan_authority", 201,
		[]string{`"id":6`}, "Apportion {PlanID:1 AgencyID:12 Indicator:so_luot Reason:Theo dân số Shares:[{SuccessorID:13 SuccessorName: Percent:100}]}")
}

func TestReorganisationFilesAreRefusedLineByLine(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		as, method, path, body string
		status                 int
		code                   string
		pieces                 []string
	}{
		{"administrator", "POST", "/reorganisations/preview", `{"source": "format: 1\ncode: a\nbasis: b\neffective_on: 2026-04-01\nchanges:\n  - {merge: x1, name: y, into: xm}\n"}`, 422, "reorganisation.problems",
			[]string{`"field":"changes[0].name"`, `"line":6,"column":23`}},
		{"administrator", "POST", "/reorganisations/preview", `{"source": "formt: 1"}`, 422, "reorganisation.problems", []string{`"code":"key.unknown"`, `"line":1`}},
		{"administrator", "POST", "/reorganisations", `{"source": "a", "digest": "short"}`, 422, "request.invalid", nil},
		{"administrator", "POST", "/reorganisations/404/withdrawals", ``, 404, "not_found", nil},
		{"focal_point", "GET", "/agencies/404/history", ``, 404, "not_found", nil},
		{"focal_point", "GET", "/tasks/404/successions", ``, 404, "not_found", nil},
		{"plan_authority", "GET", "/plans/404/apportionments", ``, 404, "not_found", nil},
		{"plan_authority", "POST", "/plans/404/apportionments", `{"agency_id": 1, "reason": "x", "shares": [{"successor_id": 2, "percent": "100"}]}`, 404, "not_found", nil},
		{"plan_authority", "POST", "/plans/1/apportionments", `{"agency_id": 1, "reason": "x", "shares": []}`, 422, "request.invalid", nil},
	} {
		got := s.do(request{method: c.method, as: c.as, path: api.Base + c.path, body: c.body})
		if got.status != c.status || s.problem(got).Code != c.code {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.method, c.path, c.body, got.status, got.text, c.status, c.code)
		}
		for _, piece := range c.pieces {
			if !strings.Contains(got.text, piece) {
				t.Errorf("%s %s: %s lacks %s", c.method, c.path, got.text, piece)
			}
		}
	}
}
