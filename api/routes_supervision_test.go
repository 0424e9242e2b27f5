package api_test

import (
	"strings"
	"testing"

	"dondoc/api"
)

const (
	followers   = "focal_point supervisor plan_authority auditor head"
	supervising = "supervisor plan_authority"
)

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
	row("GET", "/api/v1/tasks/1/supervision", "", followers, 200,
		[]string{`"contests":[{"id":4`, `"state_from":"accepted"`, `"kind":"phone","with_whom":"Văn phòng UBND huyện","promised_on":"2026-03-20"`, `"may_contest":false`, `"may_urge":true`}, "TaskSupervision 1")
	row("POST", "/api/v1/tasks/1/contests", `{"reason": "Văn bản có ký số."}`, followers, 201,
		[]string{`"review_reason":"Thiếu chữ ký"`, `"contested_by":"Thủ trưởng"`}, "ContestReview {TaskID:1 Version:0 Reason:Văn bản có ký số.}")
	row("GET", "/api/v1/contests?limit=5&cursor=x", "", followers, 200, []string{`"items":[{"id":4`, `"next_cursor":"more"`}, `ListContests 5 "x"`)
	row("POST", "/api/v1/contests/1/decisions", `{"outcome": "overturned"}`, "plan_authority", 201,
		[]string{`"outcome":"overturned"`, `"decided_by":"Cơ quan ban hành"`}, "DecideContest {ContestID:1 Outcome:overturned Answer:}")
	row("POST", "/api/v1/tasks/1/reopenings", `{"version": 4, "reason": "Sai số liệu", "resubmit_on": "2026-03-18"}`, supervising, 201,
		[]string{`{"task_id":1,"state":"returned","status":"not_done_in_time","resubmit_due_at":"2026-03-18T17:00:00Z","version":6}`},
		"Reopen {TaskID:1 Version:4 Reason:Sai số liệu ResubmitOn:2026-03-18}")
	row("POST", "/api/v1/reviews/accept", `{"items": [{"task_id": 1, "version": 4}, {"task_id": 404, "version": 2}]}`, supervising, 200,
		[]string{`"done":1`, `{"task_id":1,"done":true,"version":5}`, `{"task_id":404,"done":false,"error":{"code":"not_found"`},
		"AcceptMany [{TaskID:1 Version:4} {TaskID:404 Version:2}]")
	row("GET", "/api/v1/reviews/measures?plan=1&reviewer=12&from=2026-01-01T00:00:00Z&to=2026-04-01T00:00:00Z", "", "supervisor plan_authority auditor head", 200,
		[]string{`"reviewer":{"id":12,"code":"S","name":"Sở"},"period_key":"2026-Q1"`, `"decided":10,"median_days":1,"p90_days":4,"waiting":2,"longest_wait_days":6`},
		"ReviewMeasures {PlanID:1 ReviewerID:12 From:2026-01-01 00:00:00 +0000 UTC To:2026-04-01 00:00:00 +0000 UTC}")
	row("POST", "/api/v1/rounds/preview", `{"duty_id": 5, "cadence": "flash", "due": {"hours": 4}}`, supervising, 200,
		[]string{`"period_label":"Flash report 18/03/2026, no. 1"`, `"due_on":"2026-03-18","derivation":"+ 4 working hours","load":3`, `"same_duty":false,"indicators":["so_luot"]`},
		"PreviewByHand {DutyID:5 Cadence:flash Title: Text: AgencyIDs:[]|Hours:4")
	row("POST", "/api/v1/rounds", `{"duty_id": 5, "title": "Báo cáo vụ việc", "agency_ids": [11], "due_at": "2026-03-18T17:00:00Z"}`, supervising, 201,
		[]string{`"id":3`, `"duty_title":"Báo cáo vụ việc"`, `"key":"adhoc-2026-03-18-1"`, `"tasks":1`},
		"OpenByHand {DutyID:5 Cadence: Title:Báo cáo vụ việc Text: AgencyIDs:[11] DueAt:2026-03-18 17:00:00 +0000 UTC")
	row("POST", "/api/v1/urgings", `{"task_ids": [1, 409], "kind": "phone", "with_whom": "Văn phòng", "promised_on": "2026-03-20", "noted_at": "2026-03-18T09:00:00+07:00"}`, supervising, 201,
		[]string{`"urging_id":6`, `"recipients":3`, `"error":{"code":"task.changed"`},
		"Urge {TaskIDs:[1 409] Kind:phone Message: WithWhom:Văn phòng PromisedOn:2026-03-20 UrgedAt:2026-03-18 02:00:00 +0000 UTC}")
}

func TestSupervisionOfForeignAndChangedThings(t *testing.T) {
	s := newSite(t)
	const reopening = `{"version": 4, "reason": "Sai số liệu"}`
	for _, c := range []struct {
		as, method, path, body string
		id, status             int
		code                   string
	}{
		{"focal_point", "GET", "/tasks/{}/supervision", "", foreign, 404, "not_found"},
		{"focal_point", "POST", "/tasks/{}/contests", `{"reason": "x"}`, foreign, 404, "not_found"},
		{"focal_point", "POST", "/tasks/{}/contests", `{"reason": "x"}`, forbidden, 403, "task.not_yours"},
		{"focal_point", "POST", "/tasks/{}/contests", `{"reason": "x"}`, changed, 409, "task.changed"},
		{"plan_authority", "POST", "/contests/{}/decisions", `{"outcome": "upheld", "answer": "x"}`, foreign, 404, "not_found"},
		{"plan_authority", "POST", "/contests/{}/decisions", `{"outcome": "perhaps"}`, own, 422, "request.invalid"},
		{"supervisor", "POST", "/tasks/{}/reopenings", reopening, foreign, 404, "not_found"},
		{"supervisor", "POST", "/tasks/{}/reopenings", reopening, changed, 409, "task.changed"},
		{"supervisor", "POST", "/tasks/{}/reopenings", `{"reason": "x"}`, own, 428, "version.required"},
		{"supervisor", "POST", "/tasks/{}/reopenings", `{"version": 4, "reason": "x", "resubmit_on": "soon"}`, own, 422, "request.invalid"},
		{"supervisor", "POST", "/reviews/accept", `{"items": []}`, own, 422, "request.invalid"},
		{"supervisor", "POST", "/reviews/accept", `{"items": [{"task_id": 1}]}`, own, 422, "request.invalid"},
		{"supervisor", "POST", "/rounds", `{"duty_id": 404, "title": "x"}`, own, 404, "not_found"},
		{"supervisor", "POST", "/rounds", `{"duty_id": 403, "title": "x"}`, own, 403, "task.not_yours"},
		{"supervisor", "POST", "/rounds/preview", `{"duty_id": 1, "cadence": "monthly"}`, own, 422, "request.invalid"},
		{"supervisor", "POST", "/urgings", `{"task_ids": [1], "kind": "visit"}`, own, 422, "request.invalid"},
	} {
		got := s.do(request{method: c.method, as: c.as, path: api.Base + strings.Replace(c.path, "{}", itoa(c.id), 1), body: c.body})
		if got.status != c.status || s.problem(got).Code != c.code {
			t.Errorf("%s %s as %s: %d %s, want %d %s", c.method, c.path, c.as, got.status, got.text, c.status, c.code)
		}
	}
}
