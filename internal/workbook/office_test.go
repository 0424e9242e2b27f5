package workbook_test

import (
	"os"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/officetest"
	"dondoc/internal/task"
	"dondoc/internal/workbook"
)

func TestLibreOfficeFillsAForm(t *testing.T) {
	f := sample()
	sheet := written(t, f)
	if path := os.Getenv("DONDOC_KEEP"); path != "" {
		_ = os.WriteFile(path, sheet, 0o600)
	}
	filled := officetest.Fill(t, sheet,
		officetest.Edit{Do: "value", Cell: "E8", What: "8000"},
		officetest.Edit{Do: "text", Cell: "E9", What: "1.250"},
	)
	typed, err := workbook.ReadForm(filled, f)
	if err != nil {
		t.Fatalf("%v %+v", err, err)
	}
	_ = calendar.Date{}
	_ = task.Report
	t.Logf("%+v", typed)
}
