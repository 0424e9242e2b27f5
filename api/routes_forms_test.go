package api_test

func init() {
	calls = append(calls, []submissionCall{
		{request{method: "GET", path: "/api/v1/tasks/1/form"}, everyReader, 200,
			[]string{`"code":"bao-cao-xa"`, `"ordinal":"1"`, `"in_period":"12","year_to_date":"22"`, `"previous":"10","previous_period":"2026-M01"`, `"offered":"12"`, `"text":"Thiếu kinh phí."`}, ""},
	}...)
}
