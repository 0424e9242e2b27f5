package api_test

import (
	"strings"
	"testing"

	"dondoc/api"
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
	row("PUT", "/api/v1/me/acting-post", `{"post_id": 9}`, "all", 200,
		[]string{`"acting_post":9`, `{"id":9,"agency":{"id":11,"code":"H1","name":"UBND huyện"},"role":"head","for":"Thủ trưởng"}`}, "ChoosePost 9 true")
	row("GET", "/api/v1/me/preferences", "", "all", 200, []string{`"quiet_from":"22:00","quiet_to":"06:00","muted":["opening"],"version":2`}, "Preferences")
	row("PUT", "/api/v1/me/preferences", `{"language": "en", "quiet_from": "21:00", "quiet_to": "05:30", "muted": ["digest"], "version": 2}`, "all", 200,
		[]string{`{"language":"en","quiet_from":"21:00","quiet_to":"05:30","muted":["digest"],"version":3}`},
		"SetPreferences {Language:en QuietFrom:21:00 QuietTo:05:30 Muted:[digest] Version:2}")
	row("GET", "/api/v1/agencies/1/colleagues", "", "all", 200,
		[]string{`{"items":[{"id":30,"name":"Đầu mối","roles":["focal_point","head"],"for":["Thủ trưởng"]}]`}, "ListColleagues 1")
	row("GET", "/api/v1/substitutions?limit=5&cursor=x", "", "all", 200,
		[]string{`"holder":{"id":31,"name":"Thủ trưởng"},"substitute":{"id":30,"name":"Đầu mối"}`, `"from":"2026-03-18","to":"2026-03-20"`, `"next_cursor":"more"`}, `ListSubstitutions 5 "x"`)
	row("POST", "/api/v1/substitutions", `{"post_id": 1, "substitute_id": 30, "from": "2026-03-18", "to": "2026-03-20", "reason": "Nghỉ phép"}`, "all", 201,
		[]string{`"id":7`, `"running":true`}, "NameSubstitute {PostID:1 SubstituteID:30 From:2026-03-18 To:2026-03-20 Reason:Nghỉ phép}")
	row("POST", "/api/v1/substitutions/1/revocation", "", "all", 200, []string{`"revoked_at":"2026-03-18T17:00:00Z","running":false`}, "RevokeSubstitution 1")
	row("GET", "/api/v1/tasks/1/hands", "", followers, 200,
		[]string{`"running":{"id":3,"person":{"id":30,"name":"Đầu mối"},"reason":"Đi công tác"`, `"phone":"02513.822.501","role":"focal_point","assigned":true`, `"may_hand_over":true`}, "TaskHands 1")
	row("POST", "/api/v1/tasks/1/handovers", `{"user_id": 30, "reason": "Đi công tác", "replaces": 2}`, followers, 201,
		[]string{`"id":3`, `"handed_by":"Thủ trưởng"`}, "HandOver {TaskID:1 UserID:30 Reason:Đi công tác Replaces:2}")
	row("POST", "/api/v1/tasks/1/handovers/end", `{"handover_id": 3, "reason": "Về sớm"}`, followers, 200,
		[]string{`"ended_at":"2026-03-18T17:00:00Z","ended_by":"Thủ trưởng","end_reason":"Về sớm"`}, "TakeBack {TaskID:1 HandoverID:3 Reason:Về sớm}")
	row("PUT", "/api/v1/people/1", `{"version": 2, "name": "Đầu mối", "phone": "", "email": "a@dondoc.example"}`, "administrator", 200,
		[]string{`"id":1`, `"version":3`}, "EditPerson {UserID:1 Version:2 Name:Đầu mối Phone: Email:a@dondoc.example}")
	row("POST", "/api/v1/people/1/posts", `{"agency_id": 11, "role": "head", "from": "2026-03-18"}`, "administrator", 201,
		[]string{`"posts":[{"id":8,`}, "GrantPost {UserID:1 AgencyID:11 Role:head From:2026-03-18 To:}")
	row("POST", "/api/v1/posts/1/end", `{"last_on": "2026-03-18"}`, "administrator", 200, []string{`"id":30`}, "EndPost {PostID:1 LastOn:2026-03-18}")
	row("GET", "/api/v1/people/1/open-work", "", "administrator", 200,
		[]string{`"tasks":[{"task_id":1,"agency":{"id":11,"name":"UBND huyện"},"plan_code":"KH","duty_code":"IV.1","period_key":"2026-Q1","due_at":"2026-03-18T17:00:00Z","due_on":"2026-03-18"}]`,
			`"requests":[{"id":4,"kind":"help"`, `"substitutions":[{"id":7`, `"posts":[{"agency":{"id":11,"name":"UBND huyện"},"role":"focal_point","others":1}]`}, "OpenWork 1")
	row("POST", "/api/v1/people/1/deactivation", `{"version": 3, "to_user_id": 30, "reason": "Chuyển công tác"}`, "administrator", 200,
		[]string{`{"person_id":1,"version":4,"tasks":1,"notices":2,"substitutions":1}`}, "Deactivate {UserID:1 Version:3 ToUser:30 LeaveToAgency:false Reason:Chuyển công tác}")
	row("POST", "/api/v1/people/1/reactivation", `{"version": 4}`, "administrator", 200, []string{`"id":1`, `"active":true`}, "Reactivate 1 4")
}

func TestPeopleOfForeignAndChangedThings(t *testing.T) {
	s := newSite(t)
	const edit = `{"version": 2, "name": "x", "phone": "", "email": "a@dondoc.example"}`
	for _, c := range []struct {
		as, method, path, body string
		id, status             int
		code                   string
	}{
		{"focal_point", "GET", "/agencies/{}/colleagues", "", foreign, 404, "not_found"},
		{"focal_point", "POST", "/substitutions", `{"post_id": 404, "substitute_id": 3, "from": "2026-03-18", "to": "2026-03-18"}`, own, 404, "not_found"},
		{"focal_point", "POST", "/substitutions", `{"post_id": 1, "substitute_id": 3, "from": "soon", "to": "2026-03-18"}`, own, 422, "request.invalid"},
		{"focal_point", "POST", "/substitutions/{}/revocation", "", foreign, 404, "not_found"},
		{"focal_point", "GET", "/tasks/{}/hands", "", foreign, 404, "not_found"},
		{"focal_point", "POST", "/tasks/{}/handovers", `{"user_id": 3, "reason": "x"}`, foreign, 404, "not_found"},
		{"focal_point", "POST", "/tasks/{}/handovers", `{"user_id": 3, "reason": "x"}`, changed, 409, "task.changed"},
		{"focal_point", "POST", "/tasks/{}/handovers", `{"user_id": 3, "reason": "x", "to": 4}`, own, 422, "request.invalid"},
		{"focal_point", "POST", "/tasks/{}/handovers/end", `{"handover_id": 3}`, forbidden, 403, "task.not_yours"},
		{"focal_point", "PUT", "/me/preferences", `{"language": "vi", "quiet_from": "22:00", "muted": [], "version": 0}`, own, 422, "preferences.quiet_half"},
		{"focal_point", "PUT", "/me/preferences", `{"language": "vi", "muted": ["returned"], "version": 0}`, own, 422, "request.invalid"},
		{"administrator", "PUT", "/people/{}", edit, foreign, 404, "not_found"},
		{"administrator", "PUT", "/people/{}", edit, changed, 409, "task.changed"},
		{"administrator", "PUT", "/people/{}", `{"name": "x", "phone": "", "email": "a@dondoc.example"}`, own, 428, "version.required"},
		{"administrator", "POST", "/people/{}/posts", `{"agency_id": 11, "role": "king"}`, own, 422, "request.invalid"},
		{"administrator", "POST", "/posts/{}/end", `{"last_on": "2026-02-30"}`, own, 422, "request.invalid"},
		{"administrator", "POST", "/people/{}/deactivation", `{}`, own, 428, "version.required"},
		{"administrator", "GET", "/people/{}/open-work", "", foreign, 404, "not_found"},
	} {
		got := s.do(request{method: c.method, as: c.as, path: api.Base + strings.Replace(c.path, "{}", itoa(c.id), 1), body: c.body})
		if got.status != c.status || s.problem(got).Code != c.code {
			t.Errorf("%s %s as %s: %d %s, want %d %s", c.method, c.path, c.as, got.status, got.text, c.status, c.code)
		}
	}
}
