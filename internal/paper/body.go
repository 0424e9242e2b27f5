package paper

import "strings"

// firstLine is how far the first line of a paragraph of content is moved in:
// 1 cm or 1.27 cm.
const firstLine = 10.0

// Content are the paragraphs of a text that people wrote, one for each line.
func Content(text string) []Block {
	var blocks []Block
	for l := range strings.SplitSeq(clean(text), "\n") {
		if l = line(l); l != "" {
			blocks = append(blocks, Plain(l))
		}
	}
	return blocks
}

// Plain is a paragraph of content.
func Plain(text string) Paragraph {
	return Paragraph{Runs: []Run{{Text: line(text)}}, First: firstLine, After: 6}
}

// Part is a heading of the first order: "I. KẾT QUẢ".
func Part(n int, heading string) Paragraph {
	return Paragraph{Runs: []Run{{Text: Roman(n) + ". " + upper(heading), Bold: true}}, First: firstLine, After: 6, WithNext: true}
}

// Heading is a heading of a lower order, with its number: "1. Công tác chỉ đạo".
func Heading(text string) Paragraph {
	return Paragraph{Runs: []Run{{Text: line(text), Bold: true}}, First: firstLine, After: 6, WithNext: true}
}

// Numbered is a point of a list: the number is part of the text.
func Numbered(number, text string) Paragraph { return Plain(number + " " + text) }

// Column is a column of a table of figures or facts.
type Column struct {
	Title string
	// Share is the column's part of the width.
	Share float64
	Align Align
}

// Grid is a ruled table with a head that stands again on each page. Rows have a
// text for each column; what is missing stays empty.
func Grid(width float64, columns []Column, rows []Line) Table {
	sum := 0.0
	for _, c := range columns {
		sum += c.Share
	}
	t := Table{Ruled: true, Head: 1, Rows: make([]Row, 0, len(rows)+1)}
	head := Row{}
	for _, c := range columns {
		t.Widths = append(t.Widths, width*c.Share/sum)
		head.Cells = append(head.Cells, Cell{Middle: true, Paragraphs: []Paragraph{centred(SizeTable, true, false, c.Title)}})
	}
	t.Rows = append(t.Rows, head)
	for _, r := range rows {
		row := Row{}
		if r.Across {
			row.Cells = []Cell{{Span: len(columns), Paragraphs: []Paragraph{{Runs: []Run{{Text: line(r.first()), Bold: true}}, Size: SizeTable, Align: Left}}}}
			t.Rows = append(t.Rows, row)
			continue
		}
		for i, c := range columns {
			row.Cells = append(row.Cells, r.cell(i, c.Align))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Line is a row of a grid.
type Line struct {
	Texts []string
	Bold  bool
	// Across: the first text stands across the whole table, as a heading.
	Across bool
	// Depth moves the second text in, as a part of the one above.
	Depth int
}

func (l Line) first() string {
	if len(l.Texts) == 0 {
		return ""
	}
	return l.Texts[0]
}

func (l Line) cell(i int, align Align) Cell {
	text := ""
	if i < len(l.Texts) {
		text = l.Texts[i]
	}
	var c Cell
	for part := range strings.SplitSeq(clean(text), "\n") {
		p := Paragraph{Runs: []Run{{Text: line(part), Bold: l.Bold}}, Size: SizeTable, Align: align}
		if i == 1 {
			p.Indent = 4 * float64(l.Depth)
		}
		c.Paragraphs = append(c.Paragraphs, p)
	}
	return c
}
