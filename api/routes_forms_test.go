package api_test

import "testing"

func init() {
	calls = append(calls, []submissionCall{
		{request{method: "GET", path: "/api/v1/tasks/1/form"}, everyReader, 200,
			[]string{`"code":"bao-cao-xa"`, `"ordinal":"1"`, `"in_period":"12","year_to_date":"22"`, `"previous":"10","previous_period":"2026-M01"`, `"offered":"12"`, `"text":"Thiếu kinh phí."`}, ""},
		{request{method: "GET", path: "/api/v1/agencies/1/past-figures?all=true"}, everyReader, 200,
			[]string{`"indicator":"so_luot","from":"2015-01-01","to":"2015-12-31","version":2,"value":"150"`, `"entered_by":"Đầu mối"`}, "PastFigures 1 true"},
		{request{method: "PUT", path: "/api/v1/agencies/1/past-figures",
			body: `{"figures": [{"indicator": "so_luot", "from": "2015-01-01", "to": "2015-12-31", "value": "150", "source": "Báo cáo số 15/BC-UBND", "version": 1}]}`}, everyReader, 200,
			[]string{`"version":2`}, "EnterPastFigures 1 so_luot 2015-01-01 2015-12-31 150 Báo cáo số 15/BC-UBND 1"},
	}...)
}

func TestAFigureIsExplainedOverTheAPI(t *testing.T) {
	s := newSite(t)
	send := func(explanations string) response {
		return s.do(request{method: "POST", path: "/api/v1/tasks/1/submissions", as: "focal_point",
			body: `{"kind": "report", "figures": [{"indicator": "giam", "value": "10"}]` + explanations + `}`})
	}
	got := send("")
	if p := s.problem(got); got.status != 422 || p.Code != "figures.unexplained" || len(p.Errors) != 1 ||
		p.Errors[0].Field != "explanations.giam" || p.Errors[0].Code != "figure.fell" || p.Errors[0].Severity != "warning" {
		t.Errorf("unanswered: %d %s", got.status, got.text)
	}
	if got = send(`, "explanations": {"giam": "Hết đợt cao điểm"}`); got.status != 201 {
		t.Errorf("answered: %d %s", got.status, got.text)
	}
}
