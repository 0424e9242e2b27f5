package api_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"dondoc/internal/account"
	"dondoc/internal/policy"
)

// From the rates every figure leads to its list; who asked is in the trail.
func TestEveryFigureOpensToItsTasks(t *testing.T) {
	r := newReal(t)
	rows, err := account.ReadPeople([]byte("email,name,agency_code,role\n" +
		"dm.a@dondoc.example,Đầu mối Sở A,so-a,focal_point\ndm.b@dondoc.example,Đầu mối Sở B,so-b,focal_point\n" +
		"td@dondoc.example,Chuyên viên theo dõi,tinh,supervisor\nth@dondoc.example,Văn thư UBND tỉnh,tinh,plan_authority\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.store.ImportPeople(t.Context(), policy.Actor{}, rows, false); err != nil {
		t.Fatal(err)
	}
	for _, email := range []string{"dm.a@dondoc.example", "dm.b@dondoc.example", "td@dondoc.example", "th@dondoc.example"} {
		if err := r.store.SetPassword(t.Context(), email, password); err != nil {
			t.Fatal(err)
		}
	}
	focal, stranger := r.signIn("dm.a@dondoc.example"), r.signIn("dm.b@dondoc.example")
	supervisor, authority := r.signIn("td@dondoc.example"), r.signIn("th@dondoc.example")
	plan := first(r.ok(200, request{method: "GET", path: "/api/v1/plans", as: authority}))
	r.ok(200, request{method: "POST", path: "/api/v1/plans/" + num(plan["id"]) + "/activate", as: authority, body: `{"version": ` + num(plan["version"]) + `}`})
	duty := first(r.ok(200, request{method: "GET", path: "/api/v1/plans/" + num(plan["id"]) + "/duties", as: authority}))
	for range 2 { // two months' reports; the second opens after the first was due
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
	}
	mine := first(r.ok(200, request{method: "GET", path: "/api/v1/tasks?mine=true", as: focal}))
	r.ok(201, request{method: "POST", path: "/api/v1/tasks/" + num(mine["id"]) + "/submissions", as: focal, body: `{"kind": "report", "narrative": "Đã làm xong."}`})

	figures := []string{"owed", "expected", "submitted", "on_time", "late", "done_on_time", "done_late", "not_done_in_time", "not_done_overdue", "waiting", "waiting_late"}
	opened := 0
	for _, by := range []string{"agency", "duty", "plan", "period", "level"} {
		rates := r.ok(200, request{method: "GET", path: "/api/v1/rates?group_by=" + by + "&mode=assigned", as: supervisor})
		for _, line := range rates["items"].([]any) {
			for _, side := range []string{"present", "original"} {
				figure := line.(map[string]any)[side].(map[string]any)
				for _, name := range figures {
					list := r.ok(200, request{method: "GET", path: figure["tasks"].(string) + name, as: supervisor})
					if n := len(list["items"].([]any)); n != int(figure[name].(float64)) {
						t.Errorf("by %s, %s %s: %v, the list holds %d", by, side, name, figure[name], n)
					}
					opened += int(figure[name].(float64))
				}
			}
		}
	}
	if opened < 50 {
		t.Errorf("only %d tasks behind all figures: the test looks at nothing", opened)
	}

	sheet := r.do(request{method: "GET", path: "/api/v1/exports/tasks.csv?figure=submitted", as: supervisor})
	if sheet.status != 200 || strings.Count(sheet.text, "\n") != 2 {
		t.Errorf("sheet: %d %q", sheet.status, sheet.text)
	}
	r.ok(200, request{method: "GET", path: "/api/v1/tasks/" + num(mine["id"]), as: supervisor})
	archive := r.do(request{method: "GET", path: "/api/v1/tasks/" + num(mine["id"]) + "/dossier.zip", as: supervisor})
	if files, err := zip.NewReader(bytes.NewReader([]byte(archive.text)), int64(len(archive.text))); err != nil || len(files.File) < 9 ||
		archive.header.Get("Content-Disposition") != `attachment; filename="ho-so-`+num(mine["id"])+`.zip"` {
		t.Errorf("dossier: %d %v, %v", archive.status, archive.header, err)
	}
	for action, want := range map[string]int{"task.viewed": 1, "task.downloaded": 1, "rates.exported": 0, "task.submitted": 1} {
		trail := r.ok(200, request{method: "GET", path: "/api/v1/audit?action=" + action, as: authority})
		if n := len(trail["items"].([]any)); n != want {
			t.Errorf("the plan's authority reads of %d × %s, want %d", n, action, want)
		}
	}
	if n := r.count(`SELECT count(*) FROM audit WHERE action = 'rates.exported'`); n != 1 {
		t.Errorf("%d exports in the trail", n)
	}
	r.refused(403, "forbidden", request{method: "GET", path: "/api/v1/audit", as: focal})
	r.refused(404, "not_found", request{method: "GET", path: "/api/v1/tasks/" + num(mine["id"]) + "/dossier.zip", as: stranger})
}
