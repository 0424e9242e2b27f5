package workbook

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
	"dondoc/internal/sheet"
)

// look names a style of cells.
type look int

const (
	lookTitle look = iota
	lookNote
	lookHead
	lookSection
	lookLabel
	lookWhole // locked figures, as all the rest up to here
	lookFraction
	lookInputWhole
	lookInputFraction
	lookInputText
	lookInputDay
	lookInputMoment
	lookLockedText
	lookPlainDay // of lists, which are not protected
	lookPlainMoment
	lookPlainWhole
	lookPlainFraction
	lookPlainText
	lookPlainHead
)

// Formats show numbers and days as they are written in Viet Nam, where the
// program lets a file say so.
const (
	formatWhole    = "[$-42A]#,##0"
	formatFraction = "[$-42A]#,##0.00"
	formatDay      = "[$-42A]dd/mm/yyyy"
	formatMoment   = "[$-42A]dd/mm/yyyy hh:mm"
	formatText     = "@"
)

// Colours: what is to be filled in is yellow, what is not is white or grey.
const (
	inputColour = "FFF9DB"
	headColour  = "E9ECEF"
)

func styleFor(l look) *excelize.Style {
	s := &excelize.Style{Font: &excelize.Font{Family: "Times New Roman", Size: 12}, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}
	format := func(f string) { s.CustomNumFmt = &f }
	switch l {
	case lookTitle:
		s.Font.Bold, s.Font.Size, s.Alignment.Horizontal = true, 14, "center"
		return s
	case lookNote:
		s.Font.Italic, s.Alignment.WrapText = true, false
		return s
	case lookHead, lookPlainHead:
		s.Font.Bold, s.Alignment.Horizontal = true, "center"
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{headColour}}
	case lookSection:
		s.Font.Bold = true
	case lookWhole, lookPlainWhole, lookInputWhole:
		format(formatWhole)
	case lookFraction, lookPlainFraction, lookInputFraction:
		format(formatFraction)
	case lookInputText, lookPlainText, lookLockedText:
		format(formatText)
		s.Alignment.Vertical = "top"
	case lookInputDay, lookPlainDay:
		format(formatDay)
	case lookInputMoment, lookPlainMoment:
		format(formatMoment)
	}
	if l >= lookInputWhole && l <= lookInputMoment {
		s.Protection = &excelize.Protection{Locked: false}
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{inputColour}}
	}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		s.Border = append(s.Border, excelize.Border{Type: side, Color: "808080", Style: 1})
	}
	return s
}

// builder writes one workbook; the first error stays and is told by close.
type builder struct {
	f      *excelize.File
	sheet  string
	styles map[look]int
	err    error
}

func build(sheet string) *builder {
	b := &builder{f: excelize.NewFile(), sheet: sheet, styles: map[look]int{}}
	b.do(b.f.SetSheetName("Sheet1", sheet))
	return b
}

func (b *builder) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *builder) style(l look) int {
	id, ok := b.styles[l]
	if !ok {
		var err error
		id, err = b.f.NewStyle(styleFor(l))
		b.do(err)
		b.styles[l] = id
	}
	return id
}

func (b *builder) dress(p position, l look) {
	b.do(b.f.SetCellStyle(b.sheet, p.String(), p.String(), b.style(l)))
}

// text writes words, which no program takes for a formula.
func (b *builder) text(p position, s string, l look) {
	b.do(b.f.SetCellStr(b.sheet, p.String(), sheet.Inert(s)))
	b.dress(p, l)
}

// numberOf reads a stored number.
func numberOf(stored string) (float64, bool) {
	n, err := strconv.ParseFloat(stored, 64)
	return n, err == nil
}

// figure writes a stored number as a number, anything else as words.
func (b *builder) figure(p position, stored string, l look) {
	if n, ok := numberOf(stored); ok {
		b.do(b.f.SetCellFloat(b.sheet, p.String(), n, -1, 64))
		b.dress(p, l)
		return
	}
	if stored != "" {
		b.text(p, stored, l)
		return
	}
	b.dress(p, l)
}

func (b *builder) day(p position, on calendar.Date, l look) {
	if !on.IsZero() {
		b.do(b.f.SetCellInt(b.sheet, p.String(), int64(on.Sub(calendar.NewDate(1899, 12, 30)))))
	}
	b.dress(p, l)
}

// across writes words over a block of cells of one row.
func (b *builder) across(row, from, to int, s string, l look) {
	for column := from; column <= to; column++ {
		b.dress(position{column, row}, l)
	}
	b.text(position{from, row}, s, l)
	if to > from {
		b.do(b.f.MergeCell(b.sheet, position{from, row}.String(), position{to, row}.String()))
	}
}

func (b *builder) height(row int, points float64) { b.do(b.f.SetRowHeight(b.sheet, row, points)) }

func (b *builder) widths(widths ...float64) {
	for i, w := range widths {
		b.do(b.f.SetColWidth(b.sheet, letters(i+1), letters(i+1), w))
	}
}

// choice offers a list to choose from.
func (b *builder) choice(cells string, choices []string, title, hint string) {
	v := excelize.NewDataValidation(true)
	v.SetSqref(cells)
	b.do(v.SetDropList(choices))
	v.SetInput(title, hint)
	v.SetError(excelize.DataValidationErrorStyleStop, title, hint)
	b.do(b.f.AddDataValidation(b.sheet, v))
}

// bounded admits numbers of the unit between two bounds.
func (b *builder) bounded(cells string, unit indicator.Unit, integer bool, least, most, title, hint string) {
	v := excelize.NewDataValidation(true)
	v.SetSqref(cells)
	bound := func(stored string, otherwise float64) float64 {
		if n, ok := numberOf(stored); ok {
			return n
		}
		return otherwise
	}
	const widest = 999_999_999_999_999
	what := excelize.DataValidationTypeDecimal
	if unit == indicator.Count || integer {
		what = excelize.DataValidationTypeWhole
	}
	b.do(v.SetRange(bound(least, -widest), bound(most, widest), what, excelize.DataValidationOperatorBetween))
	v.SetInput(title, hint)
	// A warning, not a stop: "8.000" that is pasted as text is a figure too.
	v.SetError(excelize.DataValidationErrorStyleWarning, title, hint)
	b.do(b.f.AddDataValidation(b.sheet, v))
}

// protect locks everything that is no input. Without a password: it keeps from
// slips, not from people, and nothing relies on it.
func (b *builder) protect() {
	b.do(b.f.ProtectSheet(b.sheet, &excelize.SheetProtectionOptions{
		SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true, FormatRows: true,
	}))
}

// paper sets a sheet up for A4 across, with its headings on every page.
func (b *builder) paper(headRow, columns, lastRow int, frozenColumns int) {
	landscape, a4, wide, tall, fit := "landscape", 9, 1, 0, true
	b.do(b.f.SetPageLayout(b.sheet, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &wide, FitToHeight: &tall}))
	b.do(b.f.SetSheetProps(b.sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.do(b.f.SetHeaderFooter(b.sheet, &excelize.HeaderFooterOptions{OddFooter: "&C&P/&N"}))
	quoted := "'" + b.sheet + "'!"
	b.do(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("%s$%d:$%d", quoted, headRow, headRow), Scope: b.sheet}))
	b.do(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: fmt.Sprintf("%s$A$1:$%s$%d", quoted, letters(columns), lastRow), Scope: b.sheet}))
	b.do(b.f.SetPanes(b.sheet, &excelize.Panes{
		Freeze: true, XSplit: frozenColumns, YSplit: headRow, TopLeftCell: position{frozenColumns + 1, headRow + 1}.String(), ActivePane: "bottomRight",
	}))
}

// hide hides a column that people have no use for.
func (b *builder) hide(column int) { b.do(b.f.SetColVisible(b.sheet, letters(column), false)) }

// close writes the workbook.
func (b *builder) close(w io.Writer) error {
	if b.err == nil {
		_, err := b.f.WriteTo(w)
		b.do(err)
	}
	if err := errors.Join(b.err, b.f.Close()); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}
