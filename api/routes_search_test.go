package api_test

func init() {
	row := func(path string, want []string, called string) {
		calls = append(calls, submissionCall{request{method: "GET", path: "/api/v1" + path}, everyReader, 200, want, called})
	}
	row("/search?q=bao%20cao", []string{
		`"plans":[{"id":1,"code":"KH"`, `"duties":[{"plan_id":1,"plan_title":"Kế hoạch","code":"IV.1","title":"Báo cáo","text":"Báo cáo hằng quý.","owners":["UBND huyện"]}],"more":false`,
	}, "Search bao cao")
	row("/plans/1/progress", []string{
		`"duties":[{"duty_id":5,"round_id":9,"period":"2026-Q1"`, `"done_on_time":1`, `"not_done_overdue":2`, `"members":[{"task_id":31,"agency":"UBND huyện","status":"done_on_time"}],"overdue":3,"overdue_since":"`,
	}, "PlanProgress 1")
}
