package workbook_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"dondoc/internal/fault"
	"dondoc/internal/workbook"
)

func TestAnotherSheetIsRefusedForWhatItIs(t *testing.T) {
	f := sample()
	change := func(do func(*workbook.Form)) []byte {
		other := sample()
		do(&other)
		return written(t, other)
	}
	for name, c := range map[string]struct {
		sheet      []byte
		code, word string
	}{
		"another unit's":    {change(func(o *workbook.Form) { o.AgencyCode, o.AgencyName, o.TaskID = "H2", "UBND huyện Hai", 42 }), "sheet.agency", "UBND huyện Hai"},
		"another period's":  {change(func(o *workbook.Form) { o.PeriodKey, o.TaskID = "2026-Q2", 43 }), "sheet.period", "Quý II/2026"},
		"another duty's":    {change(func(o *workbook.Form) { o.DutyCode, o.TaskID = "V.1", 44 }), "sheet.duty", "V.1"},
		"another task's":    {change(func(o *workbook.Form) { o.TaskID = 45 }), "sheet.task", "Tải lại"},
		"of an older form":  {change(func(o *workbook.Form) { o.Sections = o.Sections[:2] }), "sheet.outdated", "đã thay đổi"},
		"a table of units":  {roundSheet(t, sampleRound()), "sheet.kind", "Biểu mẫu Excel"},
		"any other":         {edited(t, written(t, f), func(x *excelize.File) error { return x.DeleteSheet("dondoc") }), "sheet.unknown", "Tải lại biểu mẫu"},
		"an old workbook":   {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)), "sheet.type", ".xls"},
		"comma separated":   {[]byte("\ufeffTT,Chỉ tiêu\n1,Số lượt\n"), "sheet.type", ".csv"},
		"a page":            {[]byte("<html><table></table></html>"), "sheet.type", "HTML"},
		"a PDF":             {[]byte("%PDF-1.7\n"), "sheet.type", "PDF"},
		"nothing":           {nil, "sheet.empty", "trống"},
		"an OpenDocument":   {zipped(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}), "sheet.type", ".ods"},
		"a binary workbook": {zipped(t, map[string]string{"xl/workbook.bin": "x"}), "sheet.type", "XLSB"},
		"any archive":       {zipped(t, map[string]string{"a.txt": "x"}), "sheet.type", "không nén"},
		"cut off":           {written(t, f)[:4000], "attachment.broken", "hỏng"},
		"with macros":       {zipped(t, map[string]string{"xl/vbaProject.bin": "x", "xl/workbook.xml": "<x/>"}), "attachment.macro", "macro"},
		"not well formed":   {rewritten(t, written(t, f), "xl/worksheets/sheet1.xml", func(s string) string { return s[:len(s)/2] }), "sheet.broken", "lưu lại"},
		"a bomb":            {zipped(t, map[string]string{"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>", "xl/sharedStrings.xml": strings.Repeat(" ", 30<<20)}), "attachment.bomb", "quá lớn"},
	} {
		_, err := workbook.ReadForm(c.sheet, f)
		got := fault.Of(err)
		if got == nil || got.Kind != fault.Invalid || got.Code != c.code || !strings.Contains(got.VI, c.word) {
			t.Errorf("%s: %v, want %s about %s", name, err, c.code, c.word)
		}
	}
}

// zipped is an archive of the given entries.
func zipped(t *testing.T, entries map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range entries {
		into, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(into, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAHundredThousandRowsAreRefusedAtTheFirstTooMany(t *testing.T) {
	f := sample()
	sheet := rewritten(t, written(t, f), "xl/worksheets/sheet1.xml", func(s string) string {
		var rows strings.Builder
		for i := 100; i < 100_100; i++ {
			fmt.Fprintf(&rows, `<row r="%d"><c r="B%[1]d"><v>%[1]d</v></c><c r="C%[1]d"><v>1</v></c></row>`, i)
		}
		return strings.Replace(s, "</sheetData>", rows.String()+"</sheetData>", 1)
	})
	start := time.Now()
	_, err := workbook.ReadForm(sheet, f)
	if got := fault.Of(err); got == nil || got.Code != "sheet.rows" || got.Field != "B5001" || !strings.HasPrefix(got.VI, "Ô B5001: ") {
		t.Errorf("%v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("refused after %s", took)
	}
}
