package workbook

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"dondoc/internal/sheet"
)

// maxCellText is what a cell holds at most, in characters.
const maxCellText = 32_000

// WriteTable writes a list: numbers as numbers, days as days, and words that no
// program takes for a formula. It is written as a stream, so that a list of
// 20,000 lines needs little memory.
func WriteTable(w io.Writer, t sheet.Table) error {
	b := build(sheetName(t.Name))
	out, err := b.f.NewStreamWriter(b.sheet)
	if err != nil {
		return fmt.Errorf("begin list: %w", err)
	}
	widths := make([]float64, len(t.Heading))
	for i, h := range t.Heading {
		widths[i] = min(max(float64(len([]rune(h)))+2, 12), 40)
		b.do(out.SetColWidth(i+1, i+1, widths[i]))
	}
	b.do(out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	heading := make([]any, len(t.Heading))
	for i, h := range t.Heading {
		heading[i] = excelize.Cell{StyleID: b.style(lookPlainHead), Value: sheet.Inert(h)}
	}
	b.do(out.SetRow("A1", heading))
	for i, line := range t.Lines {
		cells := make([]any, len(line))
		for j, c := range line {
			cells[j] = b.listed(c)
		}
		b.do(out.SetRow(position{1, i + 2}.String(), cells))
	}
	b.do(out.Flush())
	return b.close(w)
}

// listed is a cell of a list as excelize takes it.
func (b *builder) listed(c sheet.Cell) excelize.Cell {
	switch c.As {
	case sheet.Number:
		l := lookPlainWhole
		if strings.Contains(c.Value, ".") {
			l = lookPlainFraction
		}
		if typed, ok := numberOf(c.Value); ok {
			return excelize.Cell{StyleID: b.style(l), Value: typed}
		}
	case sheet.Day:
		if at, err := time.Parse(time.DateOnly, c.Value); err == nil {
			return excelize.Cell{StyleID: b.style(lookPlainDay), Value: serial(at)}
		}
	case sheet.Moment:
		if at, err := time.Parse("2006-01-02 15:04", c.Value); err == nil {
			return excelize.Cell{StyleID: b.style(lookPlainMoment), Value: serial(at)}
		}
	}
	text := []rune(sheet.Inert(c.Shown))
	return excelize.Cell{StyleID: b.style(lookPlainText), Value: string(text[:min(len(text), maxCellText)])}
}

// serial is an instant of UTC as programs count days. A time of day is a
// millisecond late: many minutes have no exact number, and a hair before one some
// programs show the minute before.
func serial(at time.Time) float64 {
	if at.Hour() != 0 || at.Minute() != 0 {
		at = at.Add(time.Millisecond)
	}
	return at.Sub(time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
}

// sheetName is a name that programs take: short, and without their marks.
func sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, name)
	const longest = 31
	r := []rune(name)
	return string(r[:min(len(r), longest)])
}
