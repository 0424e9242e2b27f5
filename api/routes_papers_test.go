package api_test

import (
	"strings"
	"testing"
)

func init() {
	papers := func(path, may, called string) {
		for _, format := range []string{"docx", "pdf"} {
			calls = append(calls, submissionCall{request{method: "GET", path: "/api/v1" + strings.Replace(path, "FORMAT", format, 1)}, may, 200, nil, called})
		}
	}
	papers("/tasks/1/report.FORMAT", everyReader, "ReportPaper 1")
	papers("/plans/1/annexes/summary.FORMAT?period=2026-Q1&level=commune&against=original", everyReader, "Level:commune Period:2026-Q1")
	papers("/plans/1/annexes/overdue.FORMAT?under=7", everyReader, "OverdueAnnex 1 7")
	papers("/plans/1/annexes/focal-points.FORMAT", supervising, "ContactList 1")
	calls = append(calls, []submissionCall{
		{request{method: "POST", path: "/api/v1/urging-letters", body: `{"task_ids": [1, 2], "text": "Gửi sớm.", "format": "docx"}`}, supervising, 200, nil, "UrgingLetter {TaskIDs:[1 2] Text:Gửi sớm.}"},
		{request{method: "GET", path: "/api/v1/agencies/1/letterhead"}, "all", 200,
			[]string{`"signature":["TM. ỦY BAN NHÂN DÂN","KT. CHỦ TỊCH","PHÓ CHỦ TỊCH"]`, `"set":true`, `"version":3`}, ""},
		{request{method: "PUT", path: "/api/v1/agencies/1/letterhead",
			body: `{"superior": "", "name": "UBND xã", "abbreviation": "UBND", "place": "An Phước", "collective": "Ủy ban nhân dân", "signing": "head", "head": "Chủ tịch", "version": 3}`},
			"plan_authority head administrator", 200, []string{`"signature":["TM. ỦY BAN NHÂN DÂN","CHỦ TỊCH"]`}, "Name:UBND xã Abbreviation:UBND Place:An Phước"},
	}...)
}

func TestAPaperIsSavedUnderItsName(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string][2]string{
		"/tasks/1/report.docx":              {`attachment; filename="report-1.docx"`, "PK\x03\x04"},
		"/tasks/1/report.pdf":               {`attachment; filename="report-1.pdf"`, "%PDF-1."},
		"/plans/1/annexes/summary.pdf":      {`attachment; filename="summary-1.pdf"`, "%PDF-1."},
		"/plans/1/annexes/overdue.docx":     {`attachment; filename="overdue-1.docx"`, "PK\x03\x04"},
		"/plans/1/annexes/focal-points.pdf": {`attachment; filename="focal-points-1.pdf"`, "%PDF-1."},
	} {
		answer := s.do(request{method: "GET", path: "/api/v1" + path, as: "supervisor"})
		if got := answer.header.Get("Content-Disposition"); got != want[0] || !strings.HasPrefix(answer.text, want[1]) {
			t.Errorf("%s: %d %s %.20q", path, answer.status, got, answer.text)
		}
	}
	for format, begins := range map[string]string{"docx": "PK\x03\x04", "pdf": "%PDF-1."} {
		answer := s.do(request{method: "POST", path: "/api/v1/urging-letters", as: "supervisor", body: `{"task_ids": [1], "format": "` + format + `"}`})
		if got := answer.header.Get("Content-Disposition"); got != `attachment; filename="urging-letter.`+format+`"` || !strings.HasPrefix(answer.text, begins) {
			t.Errorf("letter: %d %s %.20q", answer.status, got, answer.text)
		}
	}
	// Nothing of a foreign task or plan leaves.
	for _, path := range []string{"/tasks/404/report.docx", "/plans/404/annexes/summary.docx", "/plans/404/annexes/overdue.pdf", "/plans/404/annexes/focal-points.docx"} {
		if answer := s.do(request{method: "GET", path: "/api/v1" + path, as: "supervisor"}); answer.status != 404 {
			t.Errorf("%s: %d", path, answer.status)
		}
	}
}
