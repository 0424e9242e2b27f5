package api_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"dondoc/internal/policy"
	"dondoc/internal/workbook"
)

// filledIn types into the first sheet of a workbook.
func filledIn(workbook []byte, cells map[string]any) string {
	f, err := excelize.OpenReader(bytes.NewReader(workbook))
	if err != nil {
		panic(err)
	}
	for cell, value := range cells {
		if err := f.SetCellValue(f.GetSheetName(0), cell, value); err != nil {
			panic(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		panic(err)
	}
	return b.String()
}

// formSheetOf and roundSheetOf are the fake's workbooks, filled in.
func formSheetOf(id int64, cells map[string]any) string {
	form, err := (&fake{}).FormSheet(context.Background(), policy.Actor{}, id)
	if err != nil {
		panic(err)
	}
	var b bytes.Buffer
	if err := workbook.WriteForm(&b, form, "vi"); err != nil {
		panic(err)
	}
	return filledIn(b.Bytes(), cells)
}

func roundSheetOf(cells map[string]any) string {
	round, err := (&fake{}).RoundSheet(context.Background(), policy.Actor{}, own)
	if err != nil {
		panic(err)
	}
	var b bytes.Buffer
	if err := workbook.WriteRound(&b, round, "vi"); err != nil {
		panic(err)
	}
	return filledIn(b.Bytes(), cells)
}

func sheetTo(path string, parts ...part) request {
	body, contentType := formBody("ranhgioi", parts...)
	return request{method: "POST", path: "/api/v1" + path, body: body, headers: map[string]string{"Content-Type": contentType}}
}

func init() {
	sheet := part{"file", "bieu.xlsx", formSheetOf(own, map[string]any{"E8": "8.000"})}
	round := part{"file", "tong-hop.xlsx", roundSheetOf(map[string]any{"E6": 12})}
	calls = append(calls, []submissionCall{
		{request{method: "GET", path: "/api/v1/tasks/1/form.xlsx"}, everyReader, 200, []string{"PK"}, "FormSheet 1 by"},
		{sheetTo("/tasks/1/form.xlsx", sheet), everyReader, 200, []string{`"indicator":"so_luot","value":"8000"`, `"version":2`}, "TakeFormSheet |submit false"},
		{sheetTo("/tasks/1/form.xlsx", sheet, part{"into", "", "submit"}), everyReader, 200, []string{`"receipt":{"task_id":1,"submission_id":9`}, "TakeFormSheet |submit true"},
		{request{method: "GET", path: "/api/v1/rounds/1/forms.xlsx"}, everyReader, 200, []string{"PK"}, "RoundSheet 1 by"},
		{sheetTo("/rounds/1/forms.xlsx", round, part{"received_at", "", "2026-03-01T08:00:00+07:00"}, part{"channel", "", "paper"}, part{"evidence", "", "Văn thư"}), everyReader, 201,
			[]string{`"task_id":41,"submission_id":9`}, "TakeRoundSheet 1 2026-03-01T01:00:00Z paper Văn thư"},
	}...)
}

func init() {
	row := func(path, may, called string) {
		calls = append(calls, submissionCall{request{method: "GET", path: "/api/v1/exports/" + path}, may, 200, nil, called})
	}
	row("rates.xlsx?group_by=period", readers, "ExportRates |GroupBy:period")
	row("tasks.xlsx?agency=11", readers, "ExportTasks |AgencyID:11")
	row("coverage.xlsx?plan=1&has=no", followers, "ExportCoverage 1 {DutyID:0 Level: Covered:no Limit:0 Cursor:}")
	for _, format := range []string{".csv", ".xlsx"} {
		row("overdue"+format+"?plan=1&duty=5&under=10&level=district&way=direct", "supervisor plan_authority auditor head", "ExportOverdue {PlanID:1 DutyID:5 UnderAgency:10 Level:district Way:direct Limit:0 Cursor:}")
		row("plans"+format, readers, "ExportPlans by")
		row("agencies"+format+"?level=commune&ended=true", readers, "ExportAgencies {Level:commune ParentID:0 Query: Limit:0 Cursor: Ended:true Vacant:false}")
		row("targets"+format+"?plan=1", readers, "ExportTargets 1")
		row("focal-points"+format+"?plan=1", "supervisor plan_authority", "ContactList 1")
		row("requests"+format+"?kind=extension&open=true", readers, "ExportRequests |Kind:extension")
		row("audit"+format+"?entity=task", "plan_authority auditor", "ExportEntries {Entity:task EntityID:0 ActorID:0")
	}
}

// Whatever a list says, no program takes it for a formula, and numbers are numbers.
func TestListsAsWorkbooks(t *testing.T) {
	s := newSite(t)
	got := s.do(request{method: "GET", path: "/api/v1/exports/tasks.xlsx", as: "head"})
	if got.status != 200 || got.header.Get("Content-Type") != workbook.MediaType || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%d %v", got.status, got.header)
	}
	f, err := excelize.OpenReader(strings.NewReader(got.text))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil || len(rows) != 2 || !strings.Contains(strings.Join(rows[1], "|"), "'=1+2") {
		t.Errorf("%v %v", rows, err)
	}
	for column := range rows[1] {
		cell, err := excelize.CoordinatesToCellName(column+1, 2)
		if err != nil {
			t.Fatal(err)
		}
		if formula, err := f.GetCellFormula(f.GetSheetName(0), cell); err != nil || formula != "" {
			t.Errorf("%s is the formula %q, %v", cell, formula, err)
		}
	}
	if kind, err := f.GetCellType(f.GetSheetName(0), "O2"); err != nil || kind != excelize.CellTypeNumber && kind != excelize.CellTypeUnset {
		t.Errorf("days late are of the kind %v, %v", kind, err)
	}
}

func TestWhatIsWrongInASheetIsToldByItsCell(t *testing.T) {
	s := newSite(t)
	for name, c := range map[string]struct {
		request request
		want    []string
	}{
		"a figure": {sheetTo("/tasks/1/form.xlsx", part{"file", "a.xlsx", formSheetOf(own, map[string]any{"E8": "tám"})}),
			[]string{`"field":"E8"`, "Cell E8: Số lượt: ", "sheet.invalid"}},
		"another task's sheet": {sheetTo("/tasks/1/form.xlsx", part{"file", "a.xlsx", formSheetOf(2, nil)}), []string{"sheet.task", `"field":"file"`}},
		"a text file":          {sheetTo("/tasks/1/form.xlsx", part{"file", "a.xlsx", "so_luot,12\n"}), []string{"sheet.type", ".xlsx"}},
		"no such way":          {sheetTo("/tasks/1/form.xlsx", part{"file", "a.xlsx", "PK"}, part{"into", "", "trash"}), []string{`"field":"into"`}},
		"another part":         {sheetTo("/tasks/1/form.xlsx", part{"file", "a.xlsx", "PK"}, part{"declared", "", "true"}), []string{"form.invalid", "file, into"}},
		"no time":              {sheetTo("/rounds/1/forms.xlsx", part{"file", "a.xlsx", "PK"}, part{"received_at", "", "hôm qua"}), []string{`"field":"received_at"`}},
		"nothing filled in":    {sheetTo("/rounds/1/forms.xlsx", part{"file", "a.xlsx", roundSheetOf(nil)}), []string{"sheet.nothing"}},
	} {
		c.request.as = "supervisor"
		got := s.do(c.request)
		s.problem(got)
		for _, piece := range c.want {
			if got.status != 422 || !strings.Contains(got.text, piece) {
				t.Errorf("%s: %d, want %s in %s", name, got.status, piece, got.text)
			}
		}
	}
}
