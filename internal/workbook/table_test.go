package workbook_test

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"dondoc/internal/officetest"
	"dondoc/internal/sheet"
	"dondoc/internal/workbook"
)

func TestAListIsWhatItSays(t *testing.T) {
	list := sheet.Table{Name: "Việc: quý I/2026 [bản nháp, rất dài để cắt]", Heading: []string{"=Tên", "Số", "Tỷ lệ", "Ngày", "Lúc"}}
	for _, name := range []string{"=1+2", "+84", "-x", "@SUM(A1)", "\tx", "\rx", "Xã Một"} {
		list.Lines = append(list.Lines, []sheet.Cell{sheet.Text(name), sheet.Int(8000), {As: sheet.Number, Shown: "87,5", Value: "87.5"}, sheet.Time("2026-03-18"), sheet.Time("2026-03-18 08:30")})
	}
	var b, csv bytes.Buffer
	if err := workbook.WriteTable(&b, list); err != nil {
		t.Fatal(err)
	}
	if err := list.WriteCSV(&csv); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	name := f.GetSheetName(0)
	for cell, want := range map[string]string{"A1": "'=Tên", "A2": "'=1+2", "A3": "'+84", "A4": "'-x", "A5": "'@SUM(A1)", "A6": "'\tx", "A8": "Xã Một", "B2": "8000", "C2": "87.5", "D2": "46099"} {
		got, err := f.GetCellValue(name, cell, excelize.Options{RawCellValue: true})
		if formula, _ := f.GetCellFormula(name, cell); err != nil || got != want || formula != "" {
			t.Errorf("%s is %q (formula %q, %v), want %q", cell, got, formula, err, want)
		}
	}
	// Another program reads numbers and days, in the way of writing of this country.
	if got := officetest.Convert(t, "list.xlsx", b.Bytes(), "csv:Text - txt - csv (StarCalc):44,34,76"); !bytes.Contains(got, []byte("Xã Một,8.000,\"87,50\",18/03/2026,18/03/2026 08:30")) {
		t.Errorf("LibreOffice reads %q", got)
	}
}
