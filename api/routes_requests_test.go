package api_test

import (
	"strings"
	"testing"

	"dondoc/api"
)

const requestReaders = "focal_point supervisor plan_authority auditor head"

func init() {
	for _, c := range []struct {
		method, path, body string
		status             int
		want               []string
		called             string
	}{
		{"GET", "/requests?task=1&kind=extension&mine=true&to_decide=true&open=true&limit=10", "", 200,
			[]string{`"items":[{"id":1,"group_id":1,"kind":"extension"`, `"proposed_on":"2026-03-25"`, `"due_on":"2026-03-18"`, `"next_cursor":"more"`},
			"ListRequests {TaskID:1 Kind:extension Mine:true ToDecide:true Open:true Limit:10 Cursor:}"},
		{"POST", "/requests", `{"task_id": 1, "kind": "extension", "text": "Chờ số liệu", "proposed_on": "2026-03-25"}`, 201,
			[]string{`"requests":[{"id":1`, `"warnings":[]`}, "AskRequest {TaskID:1 Version:0 Kind:extension Text:Chờ số liệu ProposedOn:2026-03-25"},
		{"GET", "/requests/1", "", 200, []string{`"action":"opinion"`, `"stance":"for"`, `"code":"lapse"`, `"group":[]`}, ""},
		{"POST", "/requests/1/opinion", `{"stance": "for", "text": "Đồng ý"}`, 200, []string{`"state":"asked"`}, "OpineOnRequest {ID:1 Version:0 Grant:true Text:Đồng ý"},
		{"POST", "/requests/1/decide", `{"version": 1, "decision": "grant", "on": "2026-03-24"}`, 200,
			[]string{`"code":"request.day_off"`}, "DecideRequest {ID:1 Version:1 Grant:true Text: On:2026-03-24}"},
		{"POST", "/requests/1/answer", `{"text": "Đã rõ"}`, 200, []string{`"id":1`}, "AnswerRequest {ID:1 Version:0 Grant:false Text:Đã rõ"},
		{"POST", "/requests/1/pass-on", `{"text": "Vượt thẩm quyền"}`, 200, []string{`"id":1`}, "PassOnRequest {ID:1"},
		{"POST", "/requests/1/withdraw", `{"version": 1}`, 200, []string{`"id":1`}, "WithdrawRequest {ID:1 Version:1"},
		{"POST", "/requests/1/take-back", `{"text": "Có phát sinh", "on": "2026-03-24"}`, 200, []string{`"id":1`}, "TakeBackWaiver {ID:1 Version:0 Grant:false Text:Có phát sinh On:2026-03-24}"},
	} {
		row := calls[0]
		row.request = request{method: c.method, path: api.Base + c.path, body: c.body}
		row.may, row.status, row.want, row.called = requestReaders, c.status, c.want, c.called
		calls = append(calls, row)
	}
}

func TestRequestsRefused(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		path, body string
		status     int
		code       string
	}{
		{"/requests", `{"task_id": 404, "kind": "waiver", "text": "x"}`, 404, "not_found"},
		{"/requests", `{"task_id": 1, "kind": "leave", "text": "x"}`, 422, ""},
		{"/requests", `{"task_id": 1, "kind": "extension", "text": "x", "proposed_on": "mai"}`, 422, ""},
		{"/requests/404/decide", `{"version": 1, "decision": "grant"}`, 404, "not_found"},
		{"/requests/403/answer", `{"text": "x"}`, 403, "task.not_yours"},
		{"/requests/1/decide", `{"decision": "grant"}`, 428, "version.required"},
		{"/requests/1/decide", `{"version": 1, "decision": "perhaps"}`, 422, ""},
	} {
		got := s.do(request{method: "POST", path: api.Base + c.path, as: "head", body: c.body})
		if p := s.problem(got); got.status != c.status || c.code != "" && p.Code != c.code {
			t.Errorf("%s %s: %d %s, want %d %s", c.path, c.body, got.status, got.text, c.status, c.code)
		}
	}
	got := s.do(request{method: "POST", path: api.Base + "/requests/409/decide", as: "plan_authority", body: `{"version": 1, "decision": "grant"}`})
	if p := s.problem(got); got.status != 409 || p.Current == nil || p.Current.State != "asked" || !strings.Contains(got.text, "task.changed") {
		t.Errorf("a decision that came second: %d %s", got.status, got.text)
	}
}
