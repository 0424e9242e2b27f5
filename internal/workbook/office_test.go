package workbook_test

import (
	"maps"
	"strings"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/officetest"
	"dondoc/internal/task"
	"dondoc/internal/workbook"
)

// A person fills the form in with LibreOffice, with all that people do to sheets:
// numbers pasted as text, formulas, columns and rows in another order.
func TestLibreOfficeFillsAForm(t *testing.T) {
	f := sample()
	filled := officetest.Fill(t, written(t, f),
		officetest.Edit{Do: "unprotect"},
		officetest.Edit{Do: "text", Cell: "E8", What: "8.000"},
		officetest.Edit{Do: "formula", Cell: "E9", What: "=1000+250"},
		officetest.Edit{Do: "value", Cell: "E12", What: "85.5"},
		officetest.Edit{Do: "value", Cell: "E13", What: "7121040000"},
		officetest.Edit{Do: "text", Cell: "E14", What: "Xã Một; xã Hai"},
		officetest.Edit{Do: "text", Cell: "A17", What: "Thiếu kinh phí.\nĐề nghị bổ sung."},
		officetest.Edit{Do: "text", Cell: "D18", What: "15/BC-UBND"},
		officetest.Edit{Do: "date", Cell: "D19", What: "2026-04-03"},
		officetest.Edit{Do: "text", Cell: "D20", What: "Chủ tịch"},
		officetest.Edit{Do: "insert_row", Cell: "A9"},
		officetest.Edit{Do: "insert_row", Cell: "A1"},
		officetest.Edit{Do: "rename", What: "Quý I"},
	)
	typed, err := workbook.ReadForm(filled, f)
	if err != nil {
		t.Fatalf("%v %+v", err, fault.Of(err).Details)
	}
	want := map[string]string{"kt-luot": "8000", "kt-vi-pham": "1250", "dat-chuan": "85.5", "tien-phat": "7121040000", "ghi-chu": "Xã Một; xã Hai"}
	if got := values(typed.Content); !maps.Equal(got, want) {
		t.Errorf("figures %v, want %v", got, want)
	}
	c := typed.Content
	if c.Kind != task.Report || c.DocumentNumber != "15/BC-UBND" || c.DocumentOn != calendar.NewDate(2026, 4, 3) || c.SignatoryTitle != "Chủ tịch" {
		t.Errorf("%+v", c)
	}
	if want := "II. Kết quả khác\n- Đã tổ chức 3 đợt.\n+ Đợt 1: tháng 1\n\nIII. Khó khăn, vướng mắc\nThiếu kinh phí.\nĐề nghị bổ sung."; c.Narrative != want {
		t.Errorf("narrative %q, want %q", c.Narrative, want)
	}
	if typed.Version != 3 || typed.Draft != 2 {
		t.Errorf("made from version %d and draft %d", typed.Version, typed.Draft)
	}
}

// What is not to be filled in cannot be changed where the program keeps to the
// protection, and a formula that fails is named by its cell.
func TestLibreOfficeKeepsToTheLocks(t *testing.T) {
	f := sample()
	filled := officetest.Fill(t, written(t, f),
		officetest.Edit{Do: "formula", Cell: "E8", What: "=1/0"},
		officetest.Edit{Do: "formula", Cell: "E9", What: "=E8*2"},
	)
	_, err := workbook.ReadForm(filled, f)
	told := map[string]string{}
	for _, d := range fault.Of(err).Details {
		told[d.Field] = d.VI
	}
	if len(told) != 2 || !strings.HasPrefix(told["E8"], "Ô E8: công thức bị lỗi (#DIV/0!)") || !strings.HasPrefix(told["E9"], "Ô E9: công thức bị lỗi") {
		t.Errorf("%v", told)
	}
}
