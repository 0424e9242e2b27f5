package api_test

func init() {
	row := func(path string, want []string, called string) {
		calls = append(calls, submissionCall{request{method: "GET", path: "/api/v1" + path}, everyReader, 200, want, called})
	}
	row("/search?q=bao%20cao", []string{
		`"plans":[{"id":1,"code":"KH"`, `"duties":[{"plan_id":1,"plan_title":"Kế hoạch","code":"IV.1","title":"Báo cáo","text":"Báo cáo hằng quý.","owners":["UBND huyện"]}],"more":false,"results":[{"task_id":31,"plan_id":1,"plan_title":"Kế hoạch","duty_title":"Báo cáo","period":"2026-Q1","agency":"UBND huyện","document_number":"9/BC","submitted_at":"`, `"excerpt":"Đã họp."}],"more_results":true`,
	}, "Search bao cao")
	row("/plans/1/progress", []string{
		`"duties":[{"duty_id":5,"round_id":9,"period":"2026-Q1"`, `"done_on_time":1`, `"not_done_overdue":2`, `"members":[{"task_id":31,"agency":"UBND huyện","status":"done_on_time"}],"overdue":3,"overdue_since":"`,
	}, "PlanProgress 1")
	calls = append(calls, submissionCall{request{method: "GET", path: "/api/v1/plans/1/leaders?at=2026-03-01T00:00:00Z"}, "supervisor plan_authority auditor head", 200, []string{
		`"since":"2026-03-11T17:00:00Z"`, `"done_on_time":5`, `"count":13,"tasks":"/api/v1/tasks?against=present&at=2026-03-18T17%3A00%3A00Z&lateness=16-&opened=true&plan=1&figure=not_done_overdue"`,
		`"days_late":80,"explanation":"asked"}`,
	}, "Leaders {PlanID:1 At:2026-03-01 00:00:00 +0000 UTC}"})
	calls = append(calls, submissionCall{request{method: "GET", path: "/api/v1/plans/1/matrix?duty=5&under=3&level=commune&way=between&year=2026&limit=20&cursor=x"}, "supervisor plan_authority auditor head", 200, []string{
		`"years":[2025,2026],"periods":[{"period":"2026-Q1","due_at":"`, `"current":true},{"period":"2026-Q2"`,
		`"items":[{"agency_id":11,"agency":"UBND huyện","level":"district","cells":[{"task_id":31,"tasks":1,"state":"open","status":"not_done_overdue"`,
		`"days_late":4},{"tasks":0}],"below":18,"given":13}],"next_cursor":"more"`,
	}, "Matrix {PlanID:1 DutyID:5 UnderAgency:3 Level:commune Way:between Year:2026 Limit:20 Cursor:x}"})
}
