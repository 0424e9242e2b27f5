package api_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"dondoc/api"
)

const readers = "focal_point supervisor plan_authority auditor head"

func init() {
	rows := calls[:0:0]
	add := func(path, may string, want []string, called string) {
		row := calls[0]
		row.request, row.may, row.status, row.want, row.called = request{method: "GET", path: path}, may, 200, want, called
		rows = append(rows, row)
	}
	add("/api/v1/rates?plan=1&duty=5&under=10&level=district&period=2026-Q1&mode=assigned&from=2026-01-01&to=2026-03-31&at=2026-04-01T00:00:00Z&group_by=agency&limit=10&cursor=x", readers,
		[]string{`"at":"2026-03-18T17:00:00Z"`, `"id":11,"key":"H1","name":"UBND huyện","level":"district"`, `"reporting_rate":0.875,"on_time_rate":0.75`, `"late":2`, `"next_cursor":"more"`,
			`"tasks":"/api/v1/tasks?against=original&agency=11&at=2026-03-18T17%3A00%3A00Z&duty=5&from=2026-01-01&level=district&mode=assigned&period=2026-Q1&plan=1&to=2026-03-31&under=10&figure="`},
		"Rates {GroupBy:agency PlanID:1 DutyID:5 UnderAgency:10 Level:district Period:2026-Q1 Mode:assigned DueFrom:2026-01-01 DueTo:2026-03-31 At:2026-04-01 00:00:00 +0000 UTC Limit:10 Cursor:x}")
	add("/api/v1/rankings?level=district&plan=1&duty=5&under=10&from=2026-01-01&to=2026-03-31&against=original&order=on_time", "supervisor plan_authority auditor head",
		[]string{`"place":1,"agency":{"id":11,"code":"H1","name":"UBND huyện"},"expected":8`, `"on_time_rate":0.75`, `mode=assigned`},
		"Rankings {Level:district PlanID:1 DutyID:5 UnderAgency:10 DueFrom:2026-01-01 DueTo:2026-03-31 At:0001-01-01 00:00:00 +0000 UTC Against:original OnTimeFirst:true")
	add("/api/v1/exports/rates.csv?group_by=period", readers, nil, "ExportRates |GroupBy:period")
	add("/api/v1/exports/tasks.csv?figure=late&against=original&at=2026-04-01T00:00:00Z&period=2026-Q1&agency=11", readers, nil,
		"ExportTasks |AgencyID:11|Figure:{Cell:late Against:original At:2026-04-01 00:00:00 +0000 UTC Level: Period:2026-Q1")
	add("/api/v1/tasks/1/dossier.zip", readers, nil, "TaskDossier 1 by ")
	add("/api/v1/plans/1/dossier.zip", readers, nil, "PlanDossier 1 by ")
	add("/api/v1/audit?entity=task&entity_id=1&actor=22&action=task.accepted&from=2026-01-01T00:00:00Z&to=2026-04-01T00:00:00Z&limit=10", "plan_authority auditor",
		[]string{`"actor":{"id":22,"name":"Chuyên viên theo dõi"},"on_behalf_of":{"id":12,"name":"Sở"},"action":"task.accepted"`, `"after":{"state":"accepted"},"seal_number":65`, `"next_cursor":"more"`},
		"ListAudit {Entity:task EntityID:1 ActorID:22 Action:task.accepted From:2026-01-01 00:00:00 +0000 UTC To:2026-04-01 00:00:00 +0000 UTC Limit:10")
	calls = append(calls, rows...)
}

func TestWrongQuestionsAboutRatesAreRefused(t *testing.T) {
	s := newSite(t)
	for path, field := range map[string]string{
		"/rates?group_by=colour":                     "group_by",
		"/rates?from=2026-13-01":                     "from",
		"/rates?at=yesterday":                        "at",
		"/rates?limit=0":                             "limit",
		"/rankings":                                  "level",
		"/rankings?level=district&order=worst":       "order",
		"/tasks?level=district":                      "figure",
		"/tasks?figure=most":                         "figure",
		"/exports/tasks.csv?at=2026-01-01T00:00:00Z": "figure",
		"/audit?entity=secret":                       "entity",
	} {
		got := s.do(request{method: "GET", path: api.Base + path, as: "plan_authority"})
		if got.status != 422 || !strings.Contains(got.text, field) {
			t.Errorf("%s: %d %s, want 422 about %s", path, got.status, got.text, field)
		}
		s.problem(got)
	}
	if got := s.do(request{method: "GET", path: "/api/v1/rates?plan=404", as: "head"}); got.status != 404 {
		t.Errorf("a foreign plan: %d", got.status)
	}
}

func TestNobodyIsCalledTheWorst(t *testing.T) {
	s := newSite(t)
	for role, title := range map[string]string{"head": "Chậm nhiều nhất", "supervisor": "Late most often"} {
		got := s.do(request{method: "GET", path: "/api/v1/rankings?level=district", as: role})
		var ranking api.Rankings
		if err := json.Unmarshal([]byte(got.text), &ranking); err != nil || ranking.Title != title {
			t.Errorf("%s reads %q, %v", role, ranking.Title, err)
		}
	}
}

func TestSheets(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string][]string{
		"/exports/rates.csv?group_by=period": {"", "Kỳ báo cáo", "87,5", "Quý I/2026"},
		"/exports/tasks.csv":                 {"", "'=1+2", "2026-03-18", "UBND huyện"},
	} {
		got := s.do(request{method: "GET", path: api.Base + path, as: "head"})
		if got.status != 200 || got.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
			t.Fatalf("%s: %d %v %s", path, got.status, got.header, got.text)
		}
		text, marked := strings.CutPrefix(got.text, "\uFEFF")
		lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || !marked || len(lines) != 2 {
			t.Fatalf("%s: marked %v, %v: %q", path, marked, err, got.text)
		}
		for _, piece := range want {
			if !strings.Contains(got.text, piece) {
				t.Errorf("%s lacks %q: %s", path, piece, got.text)
			}
		}
	}
}
