package api_test

func init() {
	calls = append(calls, []submissionCall{
		{request{method: "GET", path: "/api/v1/tasks/1/consolidation"}, everyReader, 200,
			[]string{`"seen":"0a1b"`, `"stale":true`, `"taken_by":"Đầu mối"`, `"standing":"missing","late":true`, `"value":"12","parts":[{"agency_id":5,"submission_id":41,"sum":"12","units":1}]`,
				`"changes":[{"indicator":"so_luot","old":"10","new":"12","agencies":[5]}]`, `"changed_tasks":[31]`}, ""},
		{request{method: "GET", path: "/api/v1/tasks/1/consolidation/figures/so_luot"}, everyReader, 200,
			[]string{`"value":"13","parts":[{"task_id":31,"agency":{"id":5,"name":"UBND huyện"},"level":"district"`, `"computed":"12","edited":true,"parts":[{"task_id":33`,
				`"levels":[{"level":"district","units":1,"value":"13"}]`}, ""},
		{request{method: "POST", path: "/api/v1/tasks/1/consolidation/comments", body: `{"task_id": 31, "text": "Kiểm tra lại số vụ"}`}, everyReader, 201,
			[]string{`"task_id":31,"consolidator_id":1`, `"text":"Kiểm tra lại số vụ"`}, "{TaskID:1 InputID:31 Text:Kiểm tra lại số vụ}"},
		{request{method: "POST", path: "/api/v1/tasks/1/consolidation/take-over", body: `{"version": 4, "seen": "0a1b", "narrative": true}`}, everyReader, 201,
			[]string{`"version":72`}, "{TaskID:1 Version:4 Seen:0a1b Narrative:true}"},
	}...)
}
