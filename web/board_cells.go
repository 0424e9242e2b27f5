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
	periods []string // escaped
	labels  map[string]string
}

func (l lexicon) cellWriter(q boardQuery, columns []matrixColumn) *cellWriter {
	const mark = 1 << 62 // no task has it
	chosen := q.Open
	q.Open = mark
	address, _, _ := strings.Cut(q.address(), "o="+strconv.Itoa(mark))
	rest, _ := strings.CutPrefix(q.address(), address+"o="+strconv.Itoa(mark))
	w := &cellWriter{l: l, address: template.HTMLEscapeString(address + strings.TrimPrefix(rest, "&")), chosen: chosen, columns: columns, labels: map[string]string{}}
	if rest != "" {
		w.address += "&amp;"
	}
	w.address += "o="
	for _, c := range columns {
		w.periods = append(w.periods, template.HTMLEscapeString(c.Short))
	}
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
	class := []string{}
	if cell.Tasks > 0 && cell.Status == task.NotDoneOverdue {
		class = append(class, "over")
	}
	if cell.Tasks > 0 && cell.TaskID == w.chosen {
		class = append(class, "chosen")
	}
	if w.columns[column].Current {
		class = append(class, "now")
	}
	b.WriteString(`<td`)
	if len(class) > 0 {
		b.WriteString(` class="` + strings.Join(class, " ") + `"`)
	}
	b.WriteString(`>`)
	if cell.Tasks == 0 {
		b.WriteString(`</td>`)
		return
	}
	g := w.l.glyphOf(task.Task{State: cell.State, Status: cell.Status})
	if !slices.Contains(cellForms, g.Form) {
		g.Form = "dot"
	}
	label, known := w.labels[g.Label]
	if !known {
		label = template.HTMLEscapeString(g.Label)
		w.labels[g.Label] = label
	}
	id := strconv.FormatInt(cell.TaskID, 10)
	b.WriteString(`<a id="o` + id + `" href="` + w.address + id + `#viec-chon" data-o><span class="on">` + w.periods[column] +
		`</span><svg class="g g-` + g.Form + `" role="img" aria-label="` + label + `"><use href="#s-` + g.Form + `"/></svg>`)
	switch {
	case cell.Tasks > 1:
		b.WriteString(`<b>×` + w.l.integer(cell.Tasks) + `</b>`)
	case cell.DaysLate > 0:
		b.WriteString(`<b>` + w.l.integer(cell.DaysLate) + `</b>`)
	}
	b.WriteString(`</a></td>`)
}
