package web

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"dondoc/internal/task"
)

// cellForms are the forms that cells of the matrix draw on; the page holds each once.
var cellForms = []string{"circle", "diamond", "ring", "lozenge", "half-circle", "half-diamond", "return-ring", "return-lozenge", "dash", "dot"}

// cellWriter writes the cells of a matrix. They are written by hand and not by a
// template: 200 agencies × 24 periods take a template half a second. What goes in is
// numbers and the catalogue's words, each escaped once.
type cellWriter struct {
	l       lexicon
	address string // of the board, up to the task's number
	chosen  int64
	columns []matrixColumn
	drawn   map[drawn]string // what stands between the task's number and what is counted
}

// drawn is what cells that look alike have in common.
type drawn struct {
	column int
	glyph  glyph
}

func (l lexicon) cellWriter(q boardQuery, columns []matrixColumn) *cellWriter {
	const mark = 1 << 62 // no task has it
	chosen := q.Open
	q.Open = mark
	address, _, _ := strings.Cut(q.address(), "o="+strconv.Itoa(mark))
	rest, _ := strings.CutPrefix(q.address(), address+"o="+strconv.Itoa(mark))
	address = strings.TrimPrefix(address, boardAddress) // what follows is said of this very page
	w := &cellWriter{l: l, address: template.HTMLEscapeString(address + strings.TrimPrefix(rest, "&")), chosen: chosen, columns: columns, drawn: map[drawn]string{}}
	if rest != "" {
		w.address += "&amp;"
	}
	w.address += "o="
	return w
}

// row are an agency's cells.
func (w *cellWriter) row(r task.MatrixRow) template.HTML {
	var b strings.Builder
	b.Grow(256 * len(r.Cells))
	for i, cell := range r.Cells {
		w.cell(&b, cell, i)
	}
	return template.HTML(b.String()) //nolint:gosec // numbers and escaped words, see cellWriter
}

func (w *cellWriter) cell(b *strings.Builder, cell task.MatrixCell, column int) {
	over, chosen, now := cell.Tasks > 0 && cell.Status == task.NotDoneOverdue, cell.Tasks > 0 && cell.TaskID == w.chosen, w.columns[column].Current
	b.WriteString(tableCell(over, chosen, now))
	if cell.Tasks == 0 {
		b.WriteString(`</td>`)
		return
	}
	var number [20]byte
	id := strconv.AppendInt(number[:0], cell.TaskID, 10)
	b.WriteString(`<a id="o`)
	b.Write(id)
	b.WriteString(`" href="`)
	b.WriteString(w.address)
	b.Write(id)
	b.WriteString(w.look(drawn{column, w.l.glyphOf(task.Task{State: cell.State, Status: cell.Status})}))
	switch {
	case cell.Tasks > 1:
		b.WriteString(`<b>×` + w.l.integer(cell.Tasks) + `</b>`)
	case cell.DaysLate > 0:
		b.WriteString(`<b>` + w.l.integer(cell.DaysLate) + `</b>`)
	}
	b.WriteString(`</a></td>`)
}

// look is the cell's period and form, the same for all that look alike.
func (w *cellWriter) look(d drawn) string {
	if text, known := w.drawn[d]; known {
		return text
	}
	form := d.glyph.Form
	if !slices.Contains(cellForms, form) {
		form = "dot"
	}
	text := `#viec-chon"><span class="on">` + template.HTMLEscapeString(w.columns[d.column].Short) +
		`</span><svg class="g g-` + form + `" role="img" aria-label="` + template.HTMLEscapeString(d.glyph.Label) + `"><use href="#s-` + form + `"/></svg>`
	w.drawn[d] = text
	return text
}

// tableCell opens a cell.
func tableCell(over, chosen, now bool) string {
	if !over && !chosen && !now {
		return `<td>`
	}
	class := []string{}
	for _, one := range []struct {
		name string
		is   bool
	}{{"over", over}, {"chosen", chosen}, {"now", now}} {
		if one.is {
			class = append(class, one.name)
		}
	}
	return `<td class="` + strings.Join(class, " ") + `">`
}
