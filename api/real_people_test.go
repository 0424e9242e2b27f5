package api_test

import (
	"testing"
)

// Colleagues through the API on the real store: a focal point stands in for the
// head and approves, a task changes hands, somebody leaves.
func TestColleaguesOnTheRealStore(t *testing.T) {
	r := newReal(t)
	admin := r.signIn("qt@dondoc.example")
	r.ok(200, request{method: "POST", path: "/api/v1/people/import", as: admin, headers: csvUnder("the-list-1"), body: "email,name,agency_code,role\n" +
		"dm.a@dondoc.example,Đầu mối Sở A,so-a,focal_point\nhai.a@dondoc.example,Đầu mối thứ hai Sở A,so-a,focal_point\ngd.a@dondoc.example,Giám đốc Sở A,so-a,head\n" +
		"td@dondoc.example,Chuyên viên theo dõi,tinh,supervisor\nth@dondoc.example,Văn thư UBND tỉnh,tinh,plan_authority\n"})
	focal, second, head, authority := r.invited("dm.a@dondoc.example"), r.invited("hai.a@dondoc.example"), r.invited("gd.a@dondoc.example"), r.invited("th@dondoc.example")
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
	r.ok(200, request{method: "POST", path: "/api/v1/agencies/" + num(agency["id"]) + "/two-signatures", as: admin, body: `{"required": true, "version": ` + num(agency["version"]) + `}`})
	task := "/api/v1/tasks/" + num(first(r.ok(200, request{method: "GET", path: "/api/v1/tasks?mine=true", as: focal}))["id"])

	// The director goes away and names the first focal point.
	now, _ := r.clock.Now(t.Context())
	day := now.Add(7 * 3600e9).Format("2006-01-02")
	me := r.ok(200, request{method: "GET", path: "/api/v1/me", as: head})
	post := num(me["posts"].([]any)[0].(map[string]any)["id"])
	colleague := num(r.ok(200, request{method: "GET", path: "/api/v1/me", as: focal})["id"])
	named := r.ok(201, request{method: "POST", path: "/api/v1/substitutions", as: head,
		body: `{"post_id": ` + post + `, "substitute_id": ` + colleague + `, "from": "` + day + `", "to": "` + day + `", "reason": "Đi họp"}`})
	if posts := r.ok(200, request{method: "GET", path: "/api/v1/me", as: focal})["posts"].([]any); len(posts) != 2 {
		t.Fatalf("posts %v", posts)
	}
	waits := r.ok(201, request{method: "POST", path: task + "/submissions", as: second, body: `{"kind": "report", "narrative": "Đã họp 3 lần"}`})
	approve := request{method: "POST", path: task + "/preparation/decisions", body: `{"version": ` + num(waits["version"]) + `, "decision": "approve"}`, as: second}
	r.refused(403, "task.not_head", approve)
	approve.as = focal
	r.ok(201, approve)
	history := r.ok(200, request{method: "GET", path: task, as: authority})["history"].([]any)
	if last := history[len(history)-1].(map[string]any); last["actor"] != "Đầu mối Sở A" || last["stood_in_for"] != "Giám đốc Sở A" {
		t.Errorf("history %v", last)
	}
	if entry := first(r.ok(200, request{method: "GET", path: "/api/v1/audit?action=task.submitted", as: authority})); entry["stood_in_for"].(map[string]any)["name"] != "Giám đốc Sở A" {
		t.Errorf("trail %v", entry)
	}
	// In the post that is chosen and in no other: the focal point's own acts are refused then.
	chosen := r.ok(200, request{method: "PUT", path: "/api/v1/me/acting-post", as: focal, body: `{"post_id": ` + num(first(map[string]any{"items": r.ok(200, request{method: "GET", path: "/api/v1/me", as: focal})["posts"]})["id"]) + `}`})
	if chosen["acting_post"] == nil || len(chosen["posts"].([]any)) != 2 {
		t.Errorf("chosen %v", chosen)
	}
	r.ok(200, request{method: "PUT", path: "/api/v1/me/acting-post", as: focal, body: `{"post_id": 0}`})
	r.refused(422, "post.not_held", request{method: "PUT", path: "/api/v1/me/acting-post", as: second, body: `{"post_id": ` + post + `}`})
	r.ok(200, request{method: "POST", path: "/api/v1/substitutions/" + num(named["id"]) + "/revocation", as: head})
	r.refused(404, "not_found", request{method: "POST", path: "/api/v1/substitutions/" + num(named["id"]) + "/revocation", as: second})

	// Sent back, handed to the second, who then leaves.
	r.ok(201, request{method: "POST", path: task + "/withdrawals", as: head, body: `{"reason": "Nhầm biểu"}`})
	person := first(r.ok(200, request{method: "GET", path: "/api/v1/people?q=hai.a", as: admin}))
	hand := request{method: "POST", path: task + "/handovers", as: focal, body: `{"user_id": ` + num(person["id"]) + `, "reason": "Đi công tác"}`}
	r.ok(201, hand)
	r.refused(409, "handover.changed", hand)
	if detail := r.ok(200, request{method: "GET", path: task, as: authority}); detail["in_hand"].(map[string]any)["person"].(map[string]any)["name"] != "Đầu mối thứ hai Sở A" {
		t.Errorf("in hand %v", detail["in_hand"])
	}
	path := "/api/v1/people/" + num(person["id"])
	work := r.ok(200, request{method: "GET", path: path + "/open-work", as: admin})
	if len(work["tasks"].([]any)) != 1 {
		t.Errorf("work %v", work)
	}
	r.refused(422, "leave.open_work", request{method: "POST", path: path + "/deactivation", as: admin, body: `{"version": ` + num(work["version"]) + `}`})
	left := r.ok(200, request{method: "POST", path: path + "/deactivation", as: admin, body: `{"version": ` + num(work["version"]) + `, "leave_to_agency": true}`})
	if left["tasks"] != 1.0 {
		t.Errorf("left %v", left)
	}
	r.refused(401, "session.none", request{method: "GET", path: "/api/v1/me", as: second})
	r.ok(200, request{method: "POST", path: path + "/reactivation", as: admin, body: `{"version": ` + num(left["version"]) + `}`})
}
