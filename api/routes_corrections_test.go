package api_test

import (
	"strings"
	"testing"

	"dondoc/api"
)

func init() {
	row := func(method, path, body string, status int, want []string, called string) {
		calls = append(calls, struct {
			request
			may    string
			status int
			want   []string
			called string
		}{request{method: method, path: path, body: body}, followers, status, want, called})
	}
	row("POST", "/api/v1/tasks/1/corrections", `{"kind": "report", "figures": [{"indicator": "so_luot", "value": "14"}], "document_on": "2026-03-17", "reason": "Cộng sót"}`, 201,
		[]string{`"id":9,"task_id":1,"agency":"UBND huyện","duty_code":"IV.1"`, `"number":2,"replaces":1,"reason":"Cộng sót"`, `"outcome":"waiting"`},
		"Correct |TaskID:1 Version:0 Content:{Kind:report Narrative: Figures:[{Indicator:so_luot Value:14}] Explanations:[] DocumentNumber: DocumentOn:2026-03-17|Reason:Cộng sót")
	row("GET", "/api/v1/corrections?limit=5&cursor=x", "", 200, []string{`"items":[{"id":9`, `"next_cursor":"more"`}, `ListCorrections 5 "x"`)
	row("POST", "/api/v1/corrections/1/decisions", `{"decision": "refuse", "answer": "Thiếu căn cứ"}`, 201,
		[]string{`"outcome":"refused","answer":"Thiếu căn cứ"`}, "DecideCorrection |{CorrectionID:1 Decision:refuse Answer:Thiếu căn cứ}")
	row("POST", "/api/v1/tasks/1/forwardings", `{"version": 4, "decision": "send_back", "remark": "Thiếu biểu", "resubmit_on": "2026-03-20"}`, 201,
		[]string{`"task_id":1,"submission_id":8,"number":1,"state":"submitted"`}, "Forward |{TaskID:1 Version:4 Decision:send_back Remark:Thiếu biểu ResubmitOn:2026-03-20}")
	row("GET", "/api/v1/tasks/1/notes", "", 200, []string{`{"items":[{"id":3,"agency":"Sở","text":"Kiểm tra kỹ"`}, "TaskNotes 1 by ")
	row("POST", "/api/v1/tasks/1/notes", `{"text": "Kiểm tra kỹ"}`, 201, []string{`"id":3,"agency":"Sở","text":"Kiểm tra kỹ"`}, "NoteTask |{TaskID:1 Text:Kiểm tra kỹ}")
}

func TestCorrectionsOfForeignAndChangedThings(t *testing.T) {
	s := newSite(t)
	const content = `{"kind": "report", "narrative": "x", "reason": "y"}`
	for _, c := range []struct {
		as, method, path, body string
		id, status             int
		code                   string
	}{
		{"focal_point", "POST", "/tasks/{}/corrections", content, foreign, 404, "not_found"},
		{"focal_point", "POST", "/tasks/{}/corrections", content, forbidden, 403, "task.not_yours"},
		{"focal_point", "POST", "/tasks/{}/corrections", content, changed, 409, "task.changed"},
		{"focal_point", "POST", "/tasks/{}/corrections", `{"kind": "report", "narrative": "x"}`, own, 422, "request.invalid"},
		{"focal_point", "POST", "/tasks/{}/corrections", `{"kind": "report", "reason": "y", "state": "accepted"}`, own, 422, "request.invalid"},
		{"supervisor", "POST", "/corrections/{}/decisions", `{"decision": "accept"}`, foreign, 404, "not_found"},
		{"supervisor", "POST", "/corrections/{}/decisions", `{"decision": "perhaps"}`, own, 422, "request.invalid"},
		{"supervisor", "POST", "/tasks/{}/forwardings", `{"version": 4, "decision": "forward"}`, foreign, 404, "not_found"},
		{"supervisor", "POST", "/tasks/{}/forwardings", `{"version": 4, "decision": "forward"}`, changed, 409, "task.changed"},
		{"supervisor", "POST", "/tasks/{}/forwardings", `{"decision": "forward"}`, own, 428, "version.required"},
		{"supervisor", "POST", "/tasks/{}/forwardings", `{"version": 4, "decision": "send_back", "resubmit_on": "soon"}`, own, 422, "request.invalid"},
		{"supervisor", "GET", "/tasks/{}/notes", "", foreign, 404, "not_found"},
		{"supervisor", "POST", "/tasks/{}/notes", `{"text": "x"}`, foreign, 404, "not_found"},
		{"supervisor", "POST", "/tasks/{}/notes", `{"text": 5}`, own, 422, "request.invalid"},
	} {
		got := s.do(request{method: c.method, as: c.as, path: api.Base + strings.Replace(c.path, "{}", itoa(c.id), 1), body: c.body})
		if got.status != c.status || s.problem(got).Code != c.code {
			t.Errorf("%s %s as %s: %d %s, want %d %s", c.method, c.path, c.as, got.status, got.text, c.status, c.code)
		}
	}
}
