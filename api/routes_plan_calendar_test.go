package api_test

func init() {
	calls = append(calls, submissionCall{request{method: "GET", path: "/api/v1/plans/1/calendar?from=2026-03-01&to=2026-03-31"}, everyReader, 200, []string{
		`"items":[{"id":3,`, `"due_at":"2026-03-18T17:00:00Z","due_on":"2026-03-18"`, `"key":"2026-Q1"`,
	}, "RoundsBetween 1 2026-03-01 2026-03-31"})
}
