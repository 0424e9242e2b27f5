package api_test

import (
	"strings"
	"testing"

	"dondoc/api"
)

const everyReader = "focal_point supervisor plan_authority auditor head"

type submissionCall = struct {
	request
	may    string
	status int
	want   []string
	called string
}

func init() {
	calls = append(calls, []submissionCall{
		{request{method: "POST", path: "/api/v1/tasks/1/withdrawals", body: `{"version": 4, "reason": "Nhầm biểu"}`}, everyReader, 201,
			[]string{`"task_id":1`, `"state":"open"`}, "{TaskID:1 Version:4 Reason:Nhầm biểu}"},
		{request{method: "POST", path: "/api/v1/tasks/1/recordings",
			body: `{"kind": "report", "document_number": "15/BC", "received_at": "2026-03-17T09:00:00+07:00", "channel": "paper", "evidence": "Văn thư"}`}, everyReader, 201,
			[]string{`"state":"submitted"`}, "RecordSubmission |DocumentNumber:15/BC|ReceivedAt:2026-03-17 02:00:00 +0000 UTC Channel:paper Evidence:Văn thư"},
		{request{method: "GET", path: "/api/v1/tasks/1/draft"}, everyReader, 200, []string{`"narrative":"Đã làm."`, `"version":70`, `"saved_by":"Đầu mối"`}, ""},
		{request{method: "PUT", path: "/api/v1/tasks/1/draft", body: `{"kind": "report", "narrative": "Đang viết ", "version": 70}`}, everyReader, 200,
			[]string{`"narrative":"Đang viết "`, `"version":71`}, "SaveDraft |Version:70"},
		{request{method: "GET", path: "/api/v1/tasks/1/preparation"}, everyReader, 200, []string{`"id":6`, `"prepared_by":"Đầu mối"`, `"document_number":"15/BC"`}, ""},
		{request{method: "POST", path: "/api/v1/tasks/1/preparation/decisions", body: `{"version": 4, "decision": "give_back", "reason": "Sửa số"}`}, everyReader, 201,
			[]string{`"number":0`}, "Decision:give_back Reason:Sửa số"},
		{request{method: "GET", path: "/api/v1/tasks/1/submissions/compare?from=3&to=4"}, everyReader, 200,
			[]string{`"old":"12","new":"15.5","changed":true,"difference":"3.5"`, `{"change":"removed","text":"3 "},{"change":"added","text":"4 "}`,
				`"withdrawn_at":"2026-03-18T17:00:00Z"`, `"on_behalf_of":{"id":11,"name":"UBND huyện"},"channel":"paper"`}, "CompareSubmissions 1 3 4"},
		{request{method: "POST", path: "/api/v1/agencies/1/two-signatures", body: `{"version": 2, "required": true}`}, "administrator", 200,
			[]string{`"two_signatures":true`}, "SetTwoSignatures 1 by 24 v2 true"},
	}...)
}

func TestForeignAndChangedThingsAroundSubmissions(t *testing.T) {
	s := newSite(t)
	record := `{"kind": "nil", "received_at": "2026-03-17T09:00:00+07:00", "channel": "phone", "evidence": "Sổ trực"}`
	for _, c := range []struct {
		as, method, path, body string
		id, status             int
		code                   string
	}{
		{"focal_point", "POST", "/tasks/{}/withdrawals", `{}`, foreign, 404, "not_found"},
		{"focal_point", "POST", "/tasks/{}/withdrawals", `{}`, forbidden, 403, "task.not_yours"},
		{"focal_point", "POST", "/tasks/{}/withdrawals", `{"version": 2}`, changed, 409, "task.changed"},
		{"supervisor", "POST", "/tasks/{}/recordings", record, foreign, 404, "not_found"},
		{"supervisor", "POST", "/tasks/{}/recordings", record, changed, 409, "task.changed"},
		{"supervisor", "POST", "/tasks/{}/recordings", `{"kind": "nil", "received_at": "hôm qua", "channel": "phone"}`, own, 422, "request.invalid"},
		{"supervisor", "POST", "/tasks/{}/recordings", `{"kind": "nil", "received_at": "2026-03-17T09:00:00Z", "channel": "bồ câu"}`, own, 422, "request.invalid"},
		{"supervisor", "GET", "/tasks/{}/draft", "", foreign, 404, "not_found"},
		{"focal_point", "PUT", "/tasks/{}/draft", `{"kind": "report"}`, foreign, 404, "not_found"},
		{"focal_point", "PUT", "/tasks/{}/draft", `{"kind": "report", "narrative": "a\u0001b"}`, own, 422, "draft.invalid"},
		{"focal_point", "PUT", "/tasks/{}/draft", `{"kind": "report", "document_on": "31/12"}`, own, 422, "request.invalid"},
		{"head", "GET", "/tasks/{}/preparation", "", foreign, 404, "not_found"},
		{"head", "POST", "/tasks/{}/preparation/decisions", `{"decision": "approve"}`, own, 428, "version.required"},
		{"head", "POST", "/tasks/{}/preparation/decisions", `{"decision": "approve", "version": 2}`, changed, 409, "task.changed"},
		{"head", "GET", "/tasks/{}/submissions/compare?from=1", "", own, 422, "request.invalid"},
		{"head", "GET", "/tasks/{}/submissions/compare?from=0&to=2", "", own, 422, "request.invalid"},
		{"administrator", "POST", "/agencies/{}/two-signatures", `{"required": true}`, foreign, 404, "not_found"},
	} {
		got := s.do(request{method: c.method, as: c.as, path: api.Base + strings.Replace(c.path, "{}", itoa(c.id), 1), body: c.body})
		p := s.problem(got)
		if got.status != c.status || p.Code != c.code {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.method, c.path, c.body, got.status, got.text, c.status, c.code)
		}
		if c.status == 409 && (p.Current == nil || p.Current.State != "open" || p.Current.Version != 4) {
			t.Errorf("%s: no present state: %s", c.path, got.text)
		}
	}
}

func TestARefusedDraftNamesFieldLineAndWhatDiffers(t *testing.T) {
	s := newSite(t)
	got := s.do(request{method: "PUT", path: "/api/v1/tasks/1/draft", as: "focal_point", body: `{"kind": "report", "narrative": "một\r\nha\u0007i"}`})
	if p := s.problem(got); len(p.Errors) != 1 || p.Errors[0].Field != "narrative" || p.Errors[0].Line != 2 || p.Errors[0].Column != 3 {
		t.Errorf("%s", got.text)
	}
	got = s.do(request{method: "PUT", path: "/api/v1/tasks/409/draft", as: "focal_point", body: `{"kind": "report", "version": 3}`})
	if p := s.problem(got); got.status != 409 || len(p.Errors) != 1 || p.Errors[0].Field != "figures.so_luot" || p.Current == nil {
		t.Errorf("%s", got.text)
	}
	got = s.do(request{method: "PUT", path: "/api/v1/tasks/1/draft", as: "focal_point", body: `{"kind": "report", "narrative": "` + strings.Repeat("x", 1<<20) + `"}`})
	if got.status != 413 {
		t.Errorf("a megabyte: %d", got.status)
	}
}
