package workbook_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"dondoc/internal/fault"
	"dondoc/internal/task"
	"dondoc/internal/workbook"
)

const firstSheet = "Biểu mẫu"

// edited is the sample's workbook after somebody worked on it.
func edited(t *testing.T, content []byte, edit func(f *excelize.File) error) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if err := edit(f); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// cells types into cells of the first sheet.
func cells(t *testing.T, content []byte, typed map[string]any) []byte {
	return edited(t, content, func(f *excelize.File) error {
		for cell, value := range typed {
			if err := f.SetCellValue(f.GetSheetName(0), cell, value); err != nil {
				return err
			}
		}
		return nil
	})
}

// rewritten changes the text of one entry of the archive.
func rewritten(t *testing.T, content []byte, entry string, change func(string) string) []byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == entry {
			text = []byte(change(string(text)))
		}
		into, err := w.Create(f.Name)
		if err == nil {
			_, err = into.Write(text)
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

// inCell puts XML in the place of an empty cell's element.
func inCell(t *testing.T, content []byte, cell, inner string) []byte {
	return rewritten(t, content, "xl/worksheets/sheet1.xml", func(s string) string {
		from := strings.Index(s, `<c r="`+cell+`"`)
		to := from + strings.Index(s[from:], ">") + 1
		head := strings.TrimSuffix(strings.TrimSuffix(s[from:to], ">"), "/")
		kind := ""
		if strings.Contains(inner, "#") {
			kind = ` t="e"`
		}
		rest := strings.TrimPrefix(s[to:], "</c>")
		return s[:from] + head + kind + ">" + inner + "</c>" + rest
	})
}

// faultsOf are the sentences of a refusal by field.
func faultsOf(err error) map[string]string {
	told := map[string]string{}
	f := fault.Of(err)
	if f == nil {
		return told
	}
	if len(f.Details) == 0 {
		told[f.Field] = f.VI
	}
	for _, d := range f.Details {
		told[d.Field] = d.VI
	}
	return told
}

func TestFiguresAreReadAsTheyAreMeant(t *testing.T) {
	f := sample()
	blank := written(t, f)
	for name, c := range map[string]struct {
		sheet      []byte
		code, want string
	}{
		"a number":                       {cells(t, blank, map[string]any{"E8": 8000}), "kt-luot", "8000"},
		"pasted as text":                 {cells(t, blank, map[string]any{"E8": "8.000"}), "kt-luot", "8000"},
		"with no-break blanks":           {cells(t, blank, map[string]any{"E8": " 91\u00a0250\u202f"}), "kt-luot", "91250"},
		"with its unit":                  {cells(t, blank, map[string]any{"E13": "7.121.040.000 đồng"}), "tien-phat", "7121040000"},
		"a great sum":                    {cells(t, blank, map[string]any{"E13": 7121040000}), "tien-phat", "7121040000"},
		"a fraction":                     {cells(t, blank, map[string]any{"E12": 12.5}), "dat-chuan", "12.5"},
		"a fraction of three digits":     {cells(t, blank, map[string]any{"E12": 12.125}), "dat-chuan", "12.125"},
		"the nearest binary number":      {inCell(t, blank, "E12", "<v>12.299999999999999</v>"), "dat-chuan", "12.3"},
		"in powers of ten":               {inCell(t, blank, "E8", "<v>8.0E3</v>"), "kt-luot", "8000"},
		"text with a comma":              {cells(t, blank, map[string]any{"E12": "85,5 %"}), "dat-chuan", "85.5"},
		"nothing":                        {blank, "kt-luot", ""},
		"what a formula left":            {inCell(t, blank, "E8", "<f>4000+4000</f><v>8000</v>"), "kt-luot", "8000"},
		"words, protected from formulas": {cells(t, blank, map[string]any{"E14": "'=xã Một"}), "ghi-chu", "=xã Một"},
		"words as a number":              {cells(t, blank, map[string]any{"E14": 3}), "ghi-chu", "3"},
		"a percentage shown as such": {edited(t, blank, func(x *excelize.File) error {
			style, err := x.NewStyle(&excelize.Style{NumFmt: 10, Protection: &excelize.Protection{Locked: false}})
			if err != nil {
				return err
			}
			if err := x.SetCellValue(firstSheet, "E12", 0.855); err != nil {
				return err
			}
			return x.SetCellStyle(firstSheet, "E12", "E12", style)
		}), "dat-chuan", "85.5"},
		"columns in another order": {cells(t, blank, map[string]any{"E6": "Lũy kế năm", "F6": "  TRONG   KỲ ", "E8": 91250, "F8": 8000}), "kt-luot", "8000"},
		"headings in another form of Unicode": {cells(t, blank, map[string]any{"E6": "Lũy kế năm", "F6": "Trong ky\u0300", "F8": "7"}),
			"kt-luot", "7"},
		"rows in another order": {edited(t, cells(t, blank, map[string]any{"E8": 8000, "E9": 12}), func(x *excelize.File) error {
			if err := x.DuplicateRowTo(firstSheet, 8, 10); err != nil {
				return err
			}
			return x.RemoveRow(firstSheet, 8)
		}), "kt-luot", "8000"},
		"without the hidden column": {edited(t, cells(t, blank, map[string]any{"E8": 8000}), func(x *excelize.File) error { return x.RemoveCol(firstSheet, "L") }), "kt-luot", "8000"},
		"blank rows between":        {edited(t, cells(t, blank, map[string]any{"E9": 12}), func(x *excelize.File) error { return x.InsertRows(firstSheet, 3, 4) }), "kt-vi-pham", "12"},
	} {
		typed, err := workbook.ReadForm(c.sheet, f)
		if err != nil {
			t.Errorf("%s: %v %v", name, err, faultsOf(err))
			continue
		}
		if got := values(typed.Content)[c.code]; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestWhatIsWrongIsNamedByItsCell(t *testing.T) {
	f := sample()
	blank := written(t, f)
	dated := func(x *excelize.File) error {
		style, err := x.NewStyle(&excelize.Style{NumFmt: 14})
		if err != nil {
			return err
		}
		if err := x.SetCellValue(firstSheet, "E8", 46094); err != nil {
			return err
		}
		return x.SetCellStyle(firstSheet, "E8", "E8", style)
	}
	for name, c := range map[string]struct {
		sheet []byte
		want  map[string]string // the cell, and how its sentence begins
	}{
		"everything at once": {cells(t, blank, map[string]any{"E8": "tám nghìn", "E9": "12,5", "E12": "8,000x", "D19": "hôm qua"}), map[string]string{
			"E8": "Ô E8: Số lượt kiểm tra: “tám nghìn” không phải là số", "E9": "Ô E9: Số vi phạm phát hiện: “12,5” không phải số nguyên",
			"E12": "Ô E12: Tỷ lệ xã đạt chuẩn: ", "D19": "Ô D19: “hôm qua” không phải ngày"}},
		"a number that could be two":    {cells(t, blank, map[string]any{"E13": "8,000"}), map[string]string{"E13": "Ô E13: Tiền phạt: “8,000” đọc được hai cách"}},
		"out of bounds":                 {cells(t, blank, map[string]any{"E8": -1}), map[string]string{"E8": "Ô E8: Số lượt kiểm tra: nhỏ nhất là 0"}},
		"a formula's error":             {inCell(t, blank, "E8", "<f>Sheet9!A1</f><v>#REF!</v>"), map[string]string{"E8": "Ô E8: công thức bị lỗi (#REF!)"}},
		"an error without its formula":  {inCell(t, blank, "E8", "<v>#N/A</v>"), map[string]string{"E8": "Ô E8: công thức bị lỗi (#N/A)"}},
		"a formula without a result":    {inCell(t, blank, "E8", "<f>1+1</f>"), map[string]string{"E8": "Ô E8: công thức chưa có kết quả"}},
		"TRUE":                          {cells(t, blank, map[string]any{"E8": true}), map[string]string{"E8": "Ô E8: Số lượt kiểm tra: ghi bằng chữ số"}},
		"a date in place of a number":   {edited(t, blank, dated), map[string]string{"E8": "Ô E8: Số lượt kiểm tra: chương trình bảng tính đã đổi số thành ngày (13/03/2026)"}},
		"a choice that there is not":    {cells(t, blank, map[string]any{"D5": "Có lẽ"}), map[string]string{"D5": "Ô D5: chọn “Có phát sinh”"}},
		"more digits than can be kept":  {cells(t, blank, map[string]any{"E13": "12345678901234567"}), map[string]string{"E13": "Ô E13: Tiền phạt: “12345678901234567” dài quá"}},
		"an identity number as a count": {cells(t, blank, map[string]any{"E9": "001099012345"}), map[string]string{"E9": "Ô E9: "}},
		"two figures in one merged cell": {edited(t, cells(t, blank, map[string]any{"E8": 5}), func(x *excelize.File) error { return x.MergeCell(firstSheet, "E8", "E9") }),
			map[string]string{"E9": "Ô E9: Số vi phạm phát hiện: ô bị gộp với ô E8"}},
		"a row that is gone":  {edited(t, blank, func(x *excelize.File) error { return x.RemoveRow(firstSheet, 9) }), map[string]string{"E6": "Ô E6: bảng không còn dòng “Số vi phạm phát hiện”"}},
		"a row that is twice": {edited(t, blank, func(x *excelize.File) error { return x.DuplicateRow(firstSheet, 8) }), map[string]string{"A9": "Ô A9: dòng này là bản chép"}},
		"no such column":      {cells(t, blank, map[string]any{"E6": "Kết quả"}), map[string]string{"A6": "Ô A6: dòng tiêu đề không còn cột “Trong kỳ”"}},
		"a formula where nothing is to be typed": {edited(t, blank, func(x *excelize.File) error {
			style, err := x.NewStyle(&excelize.Style{})
			if err != nil {
				return err
			}
			if err := x.SetCellFormula(firstSheet, "E8", "1+1"); err != nil {
				return err
			}
			return x.SetCellStyle(firstSheet, "E8", "E8", style)
		}), map[string]string{"E8": "Ô E8: công thức nằm trong ô khóa"}},
	} {
		typed, err := workbook.ReadForm(c.sheet, f)
		told := faultsOf(err)
		if len(told) != len(c.want) {
			t.Errorf("%s: %v (%v), want %v", name, told, typed.Content, c.want)
		}
		for cell, sentence := range c.want {
			if !strings.HasPrefix(told[cell], sentence) {
				t.Errorf("%s: %s says %q, want %q", name, cell, told[cell], sentence)
			}
		}
	}
}

func TestAFigureIsExplainedInItsRow(t *testing.T) {
	f := sample()
	f.Given.Explanations = []task.Explanation{{Indicator: "kt-vi-pham", Text: "- Đợt cao điểm"}}
	typed, err := workbook.ReadForm(cells(t, written(t, f), map[string]any{"E8": 9, "K8": "Ít đợt hơn", "K12": ""}), f)
	if err != nil || len(typed.Content.Explanations) != 2 || task.Explained(typed.Content.Explanations, "kt-luot") != "Ít đợt hơn" ||
		task.Explained(typed.Content.Explanations, "kt-vi-pham") != "- Đợt cao điểm" {
		t.Errorf("%+v %v", typed.Content.Explanations, err)
	}
	if told := faultsOf(typed.Places.Locate(fault.New(fault.Invalid, "figure.fell", "giảm", "fell").At("explanations.kt-luot"))); told["K8"] != "Ô K8: giảm" {
		t.Errorf("%v", told)
	}
}

func TestANilReturnIsChosenInTheSheet(t *testing.T) {
	f := sample()
	for choice, want := range map[string]task.Kind{"Không phát sinh": task.NilReturn, "nothing to report": task.NilReturn, "": task.Report, "CÓ PHÁT SINH": task.Report} {
		typed, err := workbook.ReadForm(cells(t, written(t, f), map[string]any{"D5": choice}), f)
		if err != nil || typed.Content.Kind != want {
			t.Errorf("%q: %v %v", choice, typed.Content.Kind, err)
		}
	}
}

// What is written and not touched is read as it was: the narrative begins with
// signs that programs would take for formulas.
func TestAnUntouchedSheetSaysWhatWasFilledIn(t *testing.T) {
	f := sample()
	f.Figures["kt-luot"] = withInPeriod(f.Figures["kt-luot"], "1250")
	f.Given.Kind, f.Given.DocumentNumber = task.NilReturn, "15/BC"
	typed, err := workbook.ReadForm(written(t, f), f)
	if err != nil {
		t.Fatal(err)
	}
	if got := values(typed.Content)["kt-luot"]; got != "1250" {
		t.Errorf("figure %q", got)
	}
	if typed.Content.Kind != task.NilReturn || typed.Content.DocumentNumber != "15/BC" || !strings.Contains(typed.Content.Narrative, "\n- Đã tổ chức 3 đợt.\n+ Đợt 1") {
		t.Errorf("%+v", typed.Content)
	}
}
