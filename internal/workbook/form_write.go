package workbook

import (
	"io"
	"slices"
	"strconv"
	"unicode/utf8"

	"dondoc/internal/calendar"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/task"
)

// Form is the report form of one task with what is known, as its sheet holds it.
type Form struct {
	form.Filled
	// Draft is the version of the draft that is filled in; 0: there is none yet.
	Draft int
	// NilReturn: "không phát sinh" may be chosen. Secret: nothing is asked for but
	// the number and date of a document.
	NilReturn, Secret bool
	// Given holds the kind, the facts of the signed document and, where the form
	// has no texts of its own, the narrative. Its figures are not looked at.
	Given task.Content
}

// asks is a text that is asked for.
type asks struct {
	section form.Section
	text    string
}

// texts are the form's texts; a form without any asks for one.
func (f Form) texts() []asks {
	var all []asks
	for _, s := range f.Sections {
		if s.Narrative {
			a := asks{section: s}
			if len(all) < len(f.Texts) {
				a.text = f.Texts[len(all)]
			}
			all = append(all, a)
		}
	}
	if len(all) == 0 && !f.Secret {
		all = append(all, asks{form.Section{Heading: "Tình hình, kết quả", Narrative: true}, f.Given.Narrative})
	}
	return all
}

// hash stands for what the sheet asks.
func (f Form) hash() string { return digest(f.Form, f.NilReturn, f.Secret) }

// The columns of a form's sheet: TT, Chỉ tiêu, ĐVT, the usual ones, why a figure
// is far from what is expected, and the hidden key of each row.
const (
	columnName  = 2
	columnUnit  = 3
	columnFirst = 4
)

var (
	columnWhy   = columnUnit + len(form.Columns) + 1
	columnLast  = columnWhy
	columnKey   = columnLast + 1
	columnTyped = columnFirst + slices.Index(form.Columns, form.ColumnInPeriod)
)

// words are the two languages of a text.
type words [2]string

func (w words) in(language string) string {
	if language == "en" {
		return w[1]
	}
	return w[0]
}

var (
	wordOrdinal = words{"TT", "No."}
	wordName    = words{"Chỉ tiêu", "Indicator"}
	wordUnit    = words{"ĐVT", "Unit"}
	wordWhy     = words{"Giải trình số liệu", "Explanation"}
	wordKind    = words{"Có phát sinh không?", "Anything to report?"}
	wordReport  = words{"Có phát sinh", "A report"}
	wordNil     = words{"Không phát sinh", "Nothing to report"}
	wordNumber  = words{"Số, ký hiệu văn bản đã ký", "Number of the signed document"}
	wordOn      = words{"Ngày ký", "Signed on"}
	wordTitle   = words{"Chức vụ người ký", "Title of whoever signed"}
	wordSheet   = words{"Biểu mẫu", "Form"}
	wordHint    = words{
		"Chỉ điền các ô màu vàng. Không nhập tài liệu mật, không ghi danh sách cá nhân. Lưu ở dạng .xlsx rồi nạp lên trang của việc này.",
		"Fill in the yellow cells only. No classified content, no lists of persons. Save as .xlsx and upload it at the page of this task.",
	}
	wordTyping = words{"Gõ liền các chữ số, ví dụ 8000. Nếu không có thì ghi 0.", "Type the digits alone, such as 8000; 0 if there is none."}
)

// WriteForm writes the form as a workbook: what is to be filled in is unlocked,
// all the rest is not. The language is "vi" or "en".
func WriteForm(w io.Writer, f Form, language string) error {
	b := build(wordSheet.in(language))
	b.widths(6, 46, 11, 14, 14, 14, 14, 14, 12, 12, 30)
	row := b.formHead(f, language)
	headRow := row
	b.across(row, 1, 1, wordOrdinal.in(language), lookHead)
	b.text(position{columnName, row}, wordName.in(language), lookHead)
	b.text(position{columnUnit, row}, wordUnit.in(language), lookHead)
	for i, c := range form.Columns {
		b.text(position{columnFirst + i, row}, c.Heading(language), lookHead)
	}
	b.text(position{columnWhy, row}, wordWhy.in(language), lookHead)
	b.key(row, "head")
	b.height(row, 34)
	row++
	n := 0
	for _, s := range f.Sections {
		b.across(row, 1, columnLast, heading(s), lookSection)
		row++
		for _, r := range s.Rows {
			b.formRow(row, r, f.Figures[r.Code], task.Explained(f.Given.Explanations, r.Code), language)
			row++
		}
		if s.Narrative {
			row = b.longText(row, n, f.texts()[n])
			n++
		}
	}
	if n == 0 {
		for i, t := range f.texts() {
			b.across(row, 1, columnLast, t.section.Heading, lookSection)
			row = b.longText(row+1, i, t)
		}
	}
	row = b.document(row, f, language)
	b.hide(columnKey)
	b.protect()
	b.paper(headRow, columnLast, row-1, columnUnit)
	b.hideFacts([]string{"kind", "task", "version", "draft", "agency", "agency_name", "plan", "duty", "period", "form"}, hidden{
		"kind": "form", "task": strconv.FormatInt(f.TaskID, 10), "version": strconv.Itoa(f.Version), "draft": strconv.Itoa(f.Draft),
		"agency": f.AgencyCode, "agency_name": f.AgencyName, "plan": f.PlanCode, "duty": f.DutyCode, "period": f.PeriodKey, "form": f.hash(),
	})
	return b.close(w)
}

func heading(s form.Section) string {
	if s.Hint == "" {
		return s.Heading
	}
	return s.Heading + " (" + s.Hint + ")"
}

func (b *builder) key(row int, name string) {
	b.do(b.f.SetCellStr(b.sheet, position{columnKey, row}.String(), keyPrefix+name))
}

// formHead writes what stands above the table and returns the row of its heading.
func (b *builder) formHead(f Form, language string) int {
	title := f.Name
	if title == "" {
		title = f.DutyTitle
	}
	b.across(1, 1, columnLast, title, lookTitle)
	b.height(1, 24)
	line := func(row int, s string) { b.across(row, 1, columnLast, s, lookNote) }
	line(2, words{"Đơn vị: ", "Agency: "}.in(language)+f.AgencyName)
	period := words{"Kỳ báo cáo: ", "Period: "}.in(language) + calendar.LabelOf(f.PeriodKey, language)
	if !f.From.IsZero() && !f.To.IsZero() {
		period += " (" + f.From.VN() + " – " + f.To.VN() + ")"
	}
	line(3, period+" · "+f.PlanTitle)
	line(4, wordHint.in(language))
	if !f.NilReturn {
		return 5
	}
	b.across(5, 1, columnUnit, wordKind.in(language), lookLabel)
	given := wordReport
	if f.Given.Kind == task.NilReturn {
		given = wordNil
	}
	b.across(5, columnFirst, columnFirst+1, given.in(language), lookInputText)
	b.choice(position{columnFirst, 5}.String(), []string{wordReport.in(language), wordNil.in(language)}, wordKind.in(language), wordReport.in(language)+" / "+wordNil.in(language))
	b.key(5, "kind")
	return 6
}

func (b *builder) formRow(row int, r form.Row, known form.Figures, why, language string) {
	indent := ""
	if r.Depth > 0 {
		indent = "    "
	}
	b.text(position{1, row}, r.Ordinal, lookLabel)
	b.text(position{columnName, row}, indent+r.Name, lookLabel)
	b.text(position{columnUnit, row}, r.UnitName, lookLabel)
	locked, input := lookWhole, lookInputWhole
	switch {
	case r.Unit == indicator.Text:
		locked, input = lookLockedText, lookInputText
	case r.Unit == indicator.Percent || r.Aggregation == indicator.Mean || r.Aggregation == indicator.Ratio:
		locked, input = lookFraction, lookInputFraction
	}
	for i, c := range form.Columns {
		p, l := position{columnFirst + i, row}, locked
		switch {
		case c == form.ColumnInPeriod && !r.Computed:
			l = input
		case c == form.ColumnPercentOfPlan || c == form.ColumnPercentOfYearBefore:
			l = lookFraction
		}
		b.figure(p, known.In(c), l)
	}
	b.key(row, keyFigures+r.Code)
	if r.Computed || r.Unit == indicator.Text {
		b.dress(position{columnWhy, row}, lookLockedText)
		return
	}
	b.text(position{columnWhy, row}, why, lookInputText)
	b.bounded(position{columnTyped, row}.String(), r.Unit, r.Integer, r.Min, r.Max, short(r.Name), wordTyping.in(language))
}

// short is what programs take as the title of a hint.
func short(s string) string {
	const longest = 32
	if utf8.RuneCountInString(s) <= longest {
		return s
	}
	return string([]rune(s)[:longest-1]) + "…"
}

// longText writes the input of a text and returns the row below it.
func (b *builder) longText(row, n int, a asks) int {
	b.across(row, 1, columnLast, a.text, lookInputText)
	b.height(row, 120)
	b.key(row, keyText+strconv.Itoa(n))
	return row + 1
}

// document writes the facts of the signed document.
func (b *builder) document(row int, f Form, language string) int {
	label := func(w words, name string) position {
		b.across(row, 1, columnUnit, w.in(language), lookLabel)
		b.key(row, name)
		row++
		return position{columnFirst, row - 1}
	}
	p := label(wordNumber, "document_number")
	b.across(p.row, p.column, p.column+1, f.Given.DocumentNumber, lookInputText)
	p = label(wordOn, "document_on")
	b.across(p.row, p.column, p.column+1, "", lookInputDay)
	b.day(p, f.Given.DocumentOn, lookInputDay)
	if f.Secret {
		return row
	}
	p = label(wordTitle, "signatory_title")
	b.across(p.row, p.column, p.column+1, f.Given.SignatoryTitle, lookInputText)
	return row
}
