package api_test

import (
	"strings"
	"testing"
)

func init() {
	papers := func(path, may, called string) {
		for format, begins := range map[string]string{"docx": "PK\x03\x04", "pdf": "%PDF-1."} {
			calls = append(calls, submissionCall{request{method: "GET", path: "/api/v1" + strings.Replace(path, "FORMAT", format, 1)}, may, 200, []string{begins}, called})
		}
	}
	papers("/tasks/1/report.FORMAT", everyReader, "ReportPaper 1")
	papers("/plans/1/annexes/summary.FORMAT?period=2026-Q1&level=commune&against=original", everyReader, "Level:commune Period:2026-Q1")
	papers("/plans/1/annexes/overdue.FORMAT?under=7", everyReader, "OverdueAnnex 1 7")
	papers("/plans/1/annexes/focal-points.FORMAT", supervising, "ContactList 1")
	calls = append(calls, []submissionCall{
		{request{method: "POST", path: "/api/v1/urging-letters", body: `{"task_ids": [1, 2], "text": "Gửi sớm.", "format": "docx"}`}, supervising, 200, []string{"PK\x03\x04"}, "UrgingLetter {TaskIDs:[1 2] Text:Gửi sớm.}"},
		{request{method: "GET", path: "/api/v1/agencies/1/letterhead"}, everyReader + " administrator", 200,
			[]string{`"signature":["TM. ỦY BAN NHÂN DÂN","KT. CHỦ TỊCH","PHÓ CHỦ TỊCH"]`, `"set":true`, `"version":3`}, ""},
		{request{method: "PUT", path: "/api/v1/agencies/1/letterhead",
			body: `{"superior": "", "name": "UBND xã", "abbreviation": "UBND", "place": "An Phước", "collective": "Ủy ban nhân dân", "signing": "head", "head": "Chủ tịch", "version": 3}`},
			"plan_authority head administrator", 200, []string{`"signature":["TM. ỦY BAN NHÂN DÂN","CHỦ TỊCH"]`}, "Name:UBND xã Abbreviation:UBND Place:An Phước"},
	}...)
}

func TestAPaperIsSavedUnderItsName(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string]string{
		"/tasks/1/report.docx":         `attachment; filename="report-1.docx"`,
		"/plans/1/annexes/summary.pdf": `attachment; filename="summary-1.pdf"`,
	} {
		answer := s.do(request{method: "GET", path: "/api/v1" + path, as: "supervisor"})
		if got := answer.header.Get("Content-Disposition"); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
