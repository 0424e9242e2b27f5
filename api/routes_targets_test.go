package api_test

import "testing"

func init() {
	shown := []string{
		`"plan":{"id":1,"code":"KH","title":"Kế hoạch"},"on":"2026-03-31","manages":true`, `"owners":[{"code":"@xa","name":"UBND các xã"}]`,
		`"outlook":{"actual":"2000","done_percent":"25","forecast":"8100","light":"green","rule":"`, `"readings":[{"on":"2026-03-31","value":"2000"}]`,
		`"feeds":[{"duty_id":5,"code":"IV.15.h","title":"Báo cáo"}]`, `"tasks":[31],"opens":true`, `"actual":"< 5"`, `"hidden":true`,
		`"warnings":[{"code":"target.no_baseline","detail":"`, `"split":[{"agency_id":11,"aim":"8000"}]`,
	}
	row := func(method, path, body, may string, want []string, called string) {
		calls = append(calls, submissionCall{request{method: method, path: "/api/v1" + path, body: body}, may, 200, want, called})
	}
	row("GET", "/plans/1/targets", "", everyReader, shown, "PlanTargets 1")
	row("GET", "/plans/1/targets/T1?under=11", "", everyReader, shown, "PlanTarget 1 T1 under 11")
	row("PUT", "/plans/1/targets/T1/splits", `{"measure": 1, "basis": "Công văn", "parts": [{"agency_id": 11, "year": 2026, "aim": "8.000"}]}`, "plan_authority", shown,
		"SplitTarget {PlanID:1 Target:T1 Measure:1 Basis:Công văn Parts:[{AgencyID:11 Year:2026 Aim:8.000}]}")
	row("PUT", "/plans/1/targets/T1/baseline", `{"measure": 2, "value": "200", "source": "Thống kê", "counted_on": "2025-12-31"}`, "plan_authority", shown,
		"SetBaseline {PlanID:1 Target:T1 Measure:2 Value:200 Source:Thống kê On:2025-12-31}")
	sheet := []string{
		`"code":"bang"`, `"lines":[{"criterion":"c1","name":"Tiêu chí","most":"100","own":"90","evidence":"BC 1","checked":"85"}]`,
		`"result":{"own":"90","checked":"85","final":"85","class":"tot"}`, `"before":{"period":"2025","total":"70","class":"kha"}`,
	}
	row("GET", "/tasks/1/scores", "", everyReader, sheet, "TaskScores 1")
	row("PUT", "/tasks/1/scores", `{"version": 4, "points": [{"criterion": "c1", "points": "90", "evidence": "BC 1"}]}`, everyReader, sheet,
		"SaveScores {TaskID:1 Version:4 Points:[{Criterion:c1 Points:90 Evidence:BC 1}]}")
	row("PUT", "/tasks/1/score-check", `{"points": [{"criterion": "c1", "points": "85"}]}`, everyReader, sheet, "CheckScores {TaskID:1 Version:0 Points:[{Criterion:c1 Points:85 Evidence:}]}")
	row("GET", "/plans/1/score-sheets/T1?level=commune&year=2026", "", everyReader,
		[]string{`"rows":[{"rank":1,"task_id":31`, `"movement":"15"`, `"units":1,"share_percent":"100"`}, "ScoreSheet {PlanID:1 Sheet:T1 Level:commune Year:2026}")
}

func TestForeignTargetsAndScoresDoNotExist(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		as, method, path, body string
		status                 int
		code                   string
	}{
		{"focal_point", "GET", "/plans/404/targets", "", 404, "not_found"},
		{"plan_authority", "PUT", "/plans/404/targets/T1/splits", `{"measure": 1, "basis": "x", "parts": []}`, 404, "not_found"},
		{"plan_authority", "PUT", "/plans/1/targets/T1/baseline", `{"measure": 1, "value": "1", "source": "x", "counted_on": "31/12"}`, 422, "request.invalid"},
		{"focal_point", "PUT", "/tasks/404/scores", `{"points": []}`, 404, "not_found"},
		{"supervisor", "GET", "/plans/404/score-sheets/bang", "", 404, "not_found"},
	} {
		got := s.do(request{method: c.method, as: c.as, path: "/api/v1" + c.path, body: c.body})
		if got.status != c.status || s.problem(got).Code != c.code {
			t.Errorf("%s %s: %d %s, want %d %s", c.method, c.path, got.status, got.text, c.status, c.code)
		}
	}
}
