package api_test

func init() {
	calls = append(calls, []submissionCall{
		{request{method: "GET", path: "/api/v1/tasks/1/consolidation"}, everyReader, 200,
			[]string{`"seen":"0a1b"`, `"stale":true`, `"taken_by":"Đầu mối"`, `"standing":"missing","late":true`, `"value":"12","parts":[{"agency_id":5,"submission_id":41,"sum":"12","units":1}]`,
				`"changes":[{"indicator":"so_luot","old":"10","new":"12","agencies":[5]}]`, `"changed_tasks":[31]`}, ""},
		{request{method: "POST", path: "/api/v1/tasks/1/consolidation/take-over", body: `{"version": 4, "seen": "0a1b", "narrative": true}`}, everyReader, 201,
			[]string{`"version":72`}, "{TaskID:1 Version:4 Seen:0a1b Narrative:true}"},
	}...)
}
