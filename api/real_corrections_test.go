package api_test

import (
	"strings"
	"testing"
)

// A result that passes Sở B on its way, through the API: passed on, accepted,
// corrected, noted; and what each of them sees of it.
func TestAResultsWayAndItsCorrectionOnTheRealStore(t *testing.T) {
	r := newReal(t)
	admin := r.signIn("qt@dondoc.example")
	r.ok(200, request{method: "POST", path: "/api/v1/people/import", as: admin, headers: csvUnder("the-list-1"), body: "email,name,agency_code,role\n" +
		"dm.a@dondoc.example,Đầu mối Sở A,so-a,focal_point\ndm.b@dondoc.example,Đầu mối Sở B,so-b,focal_point\n" +
		"td@dondoc.example,Chuyên viên theo dõi,tinh,supervisor\nth@dondoc.example,Văn thư UBND tỉnh,tinh,plan_authority\n"})
	focal, between, supervisor, authority := r.invited("dm.a@dondoc.example"), r.invited("dm.b@dondoc.example"), r.invited("td@dondoc.example"), r.invited("th@dondoc.example")
	call := strings.Replace(planCall, `    recipient: tinh\n`, `    recipient: tinh\n    through: so-b\n    forwarding: required\n`, 1)
	loaded := r.ok(201, request{method: "POST", path: "/api/v1/plans", as: authority, body: call})
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
	path := "/api/v1/tasks/" + num(first(r.ok(200, request{method: "GET", path: "/api/v1/tasks?mine=true", as: focal}))["id"])
	sent := r.ok(201, request{method: "POST", path: path + "/submissions", as: focal, body: `{"kind": "report", "narrative": "Đã họp 3 lần"}`})

	if waits := first(r.ok(200, request{method: "GET", path: "/api/v1/tasks?to_forward=true", as: between})); waits["held"] != true || waits["through"].(map[string]any)["name"] != "Sở B" {
		t.Errorf("what waits to be passed on: %v", waits)
	}
	r.refused(409, "review.not_forwarded", request{method: "POST", path: path + "/reviews", as: supervisor, body: `{"version": ` + num(sent["version"]) + `, "decision": "accept"}`})
	forward := request{method: "POST", path: path + "/forwardings", as: between, body: `{"version": ` + num(sent["version"]) + `, "decision": "forward", "remark": "Đã đối chiếu"}`}
	passed := r.ok(201, forward)
	r.refused(403, "forwarding.not_yours", request{method: "POST", path: path + "/forwardings", as: focal, body: `{"version": ` + num(passed["version"]) + `, "decision": "forward"}`})
	accepted := r.ok(201, request{method: "POST", path: path + "/reviews", as: supervisor, body: `{"version": ` + num(passed["version"]) + `, "decision": "accept"}`})

	correction := r.ok(201, request{method: "POST", path: path + "/corrections", as: focal,
		body: `{"version": ` + num(accepted["version"]) + `, "kind": "report", "narrative": "Đã họp 4 lần", "reason": "Đếm sót"}`})
	if waiting := first(r.ok(200, request{method: "GET", path: "/api/v1/corrections", as: supervisor})); waiting["id"] != correction["id"] || waiting["reason"] != "Đếm sót" {
		t.Errorf("what waits: %v", waiting)
	}
	decisions := "/api/v1/corrections/" + num(correction["id"]) + "/decisions"
	r.refused(422, "correction.answer", request{method: "POST", path: decisions, as: supervisor, body: `{"decision": "refuse"}`})
	r.ok(201, request{method: "POST", path: decisions, as: supervisor, body: `{"decision": "accept"}`})
	detail := r.do(request{method: "GET", path: path, as: between})
	for _, piece := range []string{`"in_force":2`, `"agency":"Sở B","by":"Đầu mối Sở B","remark":"Đã đối chiếu"`, `"outcome":"accepted"`, `"state":"accepted"`, `"replaces":1`} {
		if !strings.Contains(detail.text, piece) {
			t.Errorf("%s lacks %s", detail.text, piece)
		}
	}

	r.ok(201, request{method: "POST", path: path + "/notes", as: supervisor, body: `{"text": "Hay đếm sót"}`})
	if note := first(r.ok(200, request{method: "GET", path: path + "/notes", as: authority})); note["text"] != "Hay đếm sót" {
		t.Errorf("note: %v", note)
	}
	for _, as := range []string{focal, between} {
		r.refused(404, "not_found", request{method: "GET", path: path + "/notes", as: as})
	}
}
