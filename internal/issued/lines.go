package issued

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// lines collects what a reader finds.
type lines struct {
	doc    Document
	number int // of the last paragraph, empty ones counted
	page   int
	size   int
	tables int
	cells  int
	failed error
}

func newLines(kind Format) *lines { return &lines{doc: Document{Format: kind}} }

// softHyphen is where a word may be broken, which nobody sees; in TCVN3 its byte is the letter ư.
const softHyphen = "\u00ad"

// clean writes a text in NFC with plain blanks only. Soft hyphens stay until it is known what they are.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r), r >= 0x2000 && r <= 0x200A, r == 0x202F, r == 0x3000:
			return ' '
		case r == 0xFEFF, r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2069, r == unicode.ReplacementChar, unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(norm.NFC.String(s))
}

// paragraph adds the next paragraph; an empty one only counts.
func (l *lines) paragraph(text string) {
	l.number++
	l.at(l.number, text)
}

// at adds a paragraph at a place that the reader knows.
func (l *lines) at(number int, text string) {
	l.number = number
	for i, part := range strings.Split(text, "\n") {
		if part = clean(part); part == "" {
			continue
		}
		if i > 0 {
			part = strings.TrimSpace(part)
		}
		l.add(Line{Number: number, Page: l.page, Text: part})
	}
}

// row adds a row of a table.
func (l *lines) row(cells []string, table int) {
	l.number++
	cells = cells[:min(len(cells), maxCells)]
	if l.cells += len(cells); l.cells > maxAllCells {
		l.failed = tooMuch()
		return
	}
	any := false
	out := make([]string, len(cells))
	for i, cell := range cells {
		var parts []string
		for _, part := range strings.Split(cell, "\n") {
			if part = clean(part); part != "" {
				parts = append(parts, part)
			}
		}
		out[i] = strings.Join(parts, "\n")
		any = any || out[i] != ""
	}
	if any {
		l.add(Line{Number: l.number, Page: l.page, Cells: out, Table: table})
	}
}

func (l *lines) add(line Line) {
	for _, cell := range line.Cells {
		l.size += len(cell)
	}
	if l.size += len(line.Text); l.size > maxText || len(l.doc.Lines) >= maxLines {
		l.failed = tooMuch()
		return
	}
	l.doc.Lines = append(l.doc.Lines, line)
}

// full reports whether reading on is of no use.
func (l *lines) full() bool { return l.failed != nil }

func (l *lines) table() int {
	l.tables++
	return l.tables
}

func (l *lines) remark(code RemarkCode, line int, detail string) {
	l.doc.Remarks = append(l.doc.Remarks, Remark{code, line, detail})
}

// finish turns old encodings into Unicode and joins the cells of rows.
func (l *lines) finish() (Document, error) {
	if len(l.doc.Lines) == 0 {
		return Document{}, noText()
	}
	plain := func(s string) string { return strings.ReplaceAll(s, softHyphen, "") }
	old := recognise(l.doc.Lines)
	if old != nil {
		l.remark(RemarkEncoding, 0, old.name)
	}
	for i := range l.doc.Lines {
		line := &l.doc.Lines[i]
		decode := plain
		if old != nil && !modern(*line) {
			decode = old.decode
		}
		line.Text = clean(decode(line.Text))
		for j, cell := range line.Cells {
			line.Cells[j] = strings.TrimSpace(decode(cell))
		}
	}
	for i := range l.doc.Lines {
		if line := &l.doc.Lines[i]; line.Cells != nil {
			var shown []string
			for _, cell := range line.Cells {
				if cell != "" {
					shown = append(shown, strings.ReplaceAll(cell, "\n", " "))
				}
			}
			line.Text = strings.Join(shown, " | ")
		}
	}
	l.doc.Lines = slices.DeleteFunc(l.doc.Lines, func(one Line) bool { return one.Text == "" })
	if len(l.doc.Lines) == 0 {
		return Document{}, noText()
	}
	return l.doc, nil
}
