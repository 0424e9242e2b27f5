package api_test

import (
	"strings"
	"testing"
)

// An agency with two signatures, through the API: draft, preparation, the
// head's approval, taking back, a paper that overtakes it, and what differs.
func TestASubmissionsWholeWayOnTheRealStore(t *testing.T) {
	r := newReal(t)
	admin := r.signIn("qt@dondoc.example")
	r.ok(200, request{method: "POST", path: "/api/v1/people/import", as: admin, headers: csvUnder("the-list-1"), body: "email,name,agency_code,role\n" +
		"dm.a@dondoc.example,Đầu mối Sở A,so-a,focal_point\ngd.a@dondoc.example,Giám đốc Sở A,so-a,head\n" +
		"td@dondoc.example,Chuyên viên theo dõi,tinh,supervisor\nth@dondoc.example,Văn thư UBND tỉnh,tinh,plan_authority\n"})
	focal, head, supervisor, authority := r.invited("dm.a@dondoc.example"), r.invited("gd.a@dondoc.example"), r.invited("td@dondoc.example"), r.invited("th@dondoc.example")
	loaded := r.ok(201, request{method: "POST", path: "/api/v1/plans", as: authority, body: planCall})
	planPath := "/api/v1/plans/" + num(loaded["id"])
	r.ok(200, request{method: "POST", path: planPath + "/activate", as: authority, body: `{"version": ` + num(loaded["version"]) + `}`})
	duty := first(r.ok(200, request{method: "GET", path: planPath + "/duties", as: focal}))
	next, err := r.store.ScheduleNextRound(t.Context(), int64(duty["id"].(float64)))
	if err != nil {
		t.Fatal(err)
	}
	if now, _ := r.clock.Now(t.Context()); next.OpensAt.After(now) {
		r.clock.move(next.OpensAt)
	}
	if err := r.store.OpenRound(t.Context(), next.RoundID, func(int) {}); err != nil {
		t.Fatal(err)
	}
	agency := first(r.ok(200, request{method: "GET", path: "/api/v1/agencies?q=so-a", as: admin}))
	two := r.ok(200, request{method: "POST", path: "/api/v1/agencies/" + num(agency["id"]) + "/two-signatures", as: admin, body: `{"required": true, "version": ` + num(agency["version"]) + `}`})
	if two["two_signatures"] != true {
		t.Errorf("agency %v", two)
	}
	task := "/api/v1/tasks/" + num(first(r.ok(200, request{method: "GET", path: "/api/v1/tasks?mine=true", as: focal}))["id"])

	r.refused(404, "not_found", request{method: "GET", path: task + "/draft", as: focal})
	draft := r.ok(200, request{method: "PUT", path: task + "/draft", as: focal, body: `{"kind": "report", "narrative": "Đã họp 3"}`})
	r.refused(404, "not_found", request{method: "GET", path: task + "/draft", as: supervisor})
	stale := r.do(request{method: "PUT", path: task + "/draft", as: head, body: `{"kind": "report", "narrative": "Khác"}`})
	if p := r.problem(stale); stale.status != 409 || p.Code != "draft.changed" || p.Current == nil || !strings.Contains(p.Detail, "Đầu mối Sở A") || len(p.Errors) != 1 {
		t.Errorf("%d %s", stale.status, stale.text)
	}
	r.ok(200, request{method: "PUT", path: task + "/draft", as: head, headers: map[string]string{"If-Match": `"` + num(draft["version"]) + `"`}, body: `{"kind": "report", "narrative": "Đã họp 3 lần"}`})

	waits := r.ok(201, request{method: "POST", path: task + "/submissions", as: focal, body: `{"kind": "report", "narrative": "Đã họp 3 lần"}`})
	if waits["state"] != "prepared" || waits["number"] != 0.0 {
		t.Errorf("prepared %v", waits)
	}
	r.refused(404, "not_found", request{method: "GET", path: task + "/draft", as: focal})
	r.refused(404, "not_found", request{method: "GET", path: task + "/preparation", as: supervisor})
	if p := r.ok(200, request{method: "GET", path: task + "/preparation", as: head}); p["narrative"] != "Đã họp 3 lần" || p["prepared_by"] != "Đầu mối Sở A" {
		t.Errorf("preparation %v", p)
	}
	approve := request{method: "POST", path: task + "/preparation/decisions", body: `{"version": ` + num(waits["version"]) + `, "decision": "approve"}`}
	approve.as = focal
	r.refused(403, "task.not_head", approve)
	approve.as = head
	r.ok(201, approve)
	approve.headers = map[string]string{"Idempotency-Key": "another-key-1"}
	r.refused(409, "task.changed", approve)
	r.refused(403, "task.not_head", request{method: "POST", path: task + "/withdrawals", as: focal, body: `{}`})
	if back := r.ok(201, request{method: "POST", path: task + "/withdrawals", as: head, body: `{"reason": "Nhầm số"}`}); back["state"] != "open" {
		t.Errorf("withdrawn %v", back)
	}
	now, _ := r.clock.Now(t.Context())
	record := `{"kind": "report", "narrative": "Đã họp 4 lần", "document_number": "9/BC", "channel": "paper", "received_at": "` + now.Format("2006-01-02T15:04:05Z") + `"}`
	r.refused(403, "task.not_reviewer", request{method: "POST", path: task + "/recordings", as: focal, body: record})
	r.ok(201, request{method: "POST", path: task + "/recordings", as: supervisor, body: record})
	compared := r.do(request{method: "GET", path: task + "/submissions/compare?from=1&to=2", as: supervisor})
	for _, piece := range []string{`{"change":"removed","text":"3 "}`, `"field":"document_number","new":"9/BC","changed":true`, `"prepared_by":"Đầu mối Sở A"`, `"withdraw_reason":"Nhầm số"`, `"channel":"paper"`} {
		if !strings.Contains(compared.text, piece) {
			t.Errorf("%s lacks %s", compared.text, piece)
		}
	}
}

func csvUnder(key string) map[string]string {
	return map[string]string{"Content-Type": "text/csv", "Idempotency-Key": key}
}
