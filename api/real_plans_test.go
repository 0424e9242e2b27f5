package api_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// A plan is amended through the API, by a file and by one more duty.
func TestAPlanIsAmendedOnTheRealStore(t *testing.T) {
	r := newReal(t)
	list := "email,name,agency_code,role\ndm.a@dondoc.example,Đầu mối Sở A,so-a,focal_point\nth@dondoc.example,Văn thư UBND tỉnh,tinh,plan_authority\n"
	r.ok(200, request{method: "POST", path: "/api/v1/people/import", as: r.signIn("qt@dondoc.example"), body: list, headers: map[string]string{"Content-Type": "text/csv", "Idempotency-Key": "the-list-1"}})
	focal, authority := r.invited("dm.a@dondoc.example"), r.invited("th@dondoc.example")
	loaded := r.ok(201, request{method: "POST", path: "/api/v1/plans", as: authority, body: planCall})
	planPath := "/api/v1/plans/" + num(loaded["id"])
	preview := func(status int, body string) map[string]any {
		return r.ok(status, request{method: "POST", path: planPath + "/amendments/preview", as: authority, body: body})
	}
	r.refused(409, "plan.state", request{method: "POST", path: planPath + "/amendments/preview", as: authority, body: amended("")})
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

	// Sở B takes over from Sở A, and has longer.
	source := strings.NewReplacer("agencies: so-a", "agencies: so-b", "working_days: 5", "working_days: 8").Replace(smallPlanSource)
	body := fmt.Sprintf(`{"source": %s%s`, strconv.Quote(source), basis)
	shown := preview(200, body+"}")
	effect := shown["effect"].(map[string]any)
	if effect["opened"] != 1.0 || effect["cancelled"] != 1.0 {
		t.Fatalf("%v", shown)
	}
	call := request{method: "POST", path: planPath + "/amendments", as: authority, headers: map[string]string{"Idempotency-Key": "amendment-1"},
		body: body + `, "version": ` + num(shown["plan_version"]) + `, "digest": "` + shown["digest"].(string) + `"}`}
	stale := call
	stale.headers, stale.body = nil, strings.Replace(call.body, `"digest": "`, `"digest": "0`, 1)
	r.refused(409, "amendment.stale", stale)
	stale.as = focal
	r.refused(403, "forbidden", stale)
	one, again := r.ok(201, call), r.ok(201, call)
	if one["file_version"] != 3.0 || again["file_version"] != 3.0 || one["version"] != again["version"] || r.count(`SELECT count(*) FROM plan_versions WHERE number = 3`) != 1 {
		t.Errorf("%v, again %v", one, again)
	}
	stale.as = authority
	r.refused(409, "plan.changed", stale)

	// One more duty, asked for by hand.
	added := preview(200, `{"duty": {"code": "I.9", "text": "Báo cáo đột xuất", "agencies": ["so-a"], "cadences": ["ad_hoc"], "working_days": 2, "recipient": "tinh"}, "basis": {"number": "13/QĐ-UBND", "on": "2026-02-04"}}`)
	if lines := added["difference"].(map[string]any)["added"].([]any); len(lines) != 1 {
		t.Fatalf("%v", added)
	}
	r.ok(201, request{method: "POST", path: planPath + "/amendments", as: authority,
		body: `{"duty": {"code": "I.9", "text": "Báo cáo đột xuất", "agencies": ["so-a"], "cadences": ["ad_hoc"], "working_days": 2, "recipient": "tinh"}, "basis": {"number": "13/QĐ-UBND", "on": "2026-02-04"}, "version": ` +
			num(added["plan_version"]) + `, "digest": "` + added["digest"].(string) + `"}`})
	versions := r.ok(200, request{method: "GET", path: planPath + "/versions", as: focal})["items"].([]any)
	compared := r.ok(200, request{method: "GET", path: planPath + "/versions/compare?from=2&to=4", as: focal})
	if len(versions) != 4 || len(compared["difference"].(map[string]any)["added"].([]any)) != 1 {
		t.Errorf("%v, %v", versions, compared)
	}
	var id string
	for _, d := range r.ok(200, request{method: "GET", path: planPath + "/duties", as: focal})["items"].([]any) {
		if one := d.(map[string]any); one["code"] == "I.9" {
			id = num(one["id"])
		}
	}
	round := r.ok(201, request{method: "POST", path: "/api/v1/rounds", as: authority, body: `{"duty_id": ` + id + `, "title": "Gấp"}`})
	if round["tasks"] != 1.0 {
		t.Errorf("%v", round)
	}

	closing := r.ok(200, request{method: "POST", path: planPath + "/close", as: authority, body: `{"version": ` +
		num(r.ok(200, request{method: "GET", path: planPath, as: authority})["version"]) + `, "outcome": "terminated", "note": "Chấm dứt theo Quyết định 14"}`})
	ended := r.ok(200, request{method: "GET", path: planPath + "/closing", as: focal})
	if closing["state"] != "closed" || ended["outcome"] != "terminated" || ended["present"].(map[string]any)["owed"] != 2.0 {
		t.Errorf("%v, %v", closing, ended)
	}
}
