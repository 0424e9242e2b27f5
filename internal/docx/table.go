package docx

import (
	"fmt"
	"unicode/utf8"

	"dondoc/internal/paper"
)

// cellSide and cellTop are the room between a ruled cell's lines and its text, in millimetres.
const (
	cellSide = 1.2
	cellTop  = 0.4
	// wholeRow is up to how many characters in a cell a row stays on one page: a
	// higher one might find no page to stand on.
	wholeRow = 1500
)

// fitsPage reports whether a row can stay on one page.
func fitsPage(r paper.Row) bool {
	for _, c := range r.Cells {
		letters := 0
		for _, p := range c.Paragraphs {
			for _, run := range p.Runs {
				letters += utf8.RuneCountInString(run.Text)
			}
		}
		if letters > wholeRow {
			return false
		}
	}
	return true
}

func (b *body) table(t paper.Table) {
	side, top := 0.0, 0.0
	b.WriteString(`<w:tbl><w:tblPr>`)
	width := 0.0
	for _, w := range t.Widths {
		width += w
	}
	// Moved in by nothing, so that lines stand at the edges of the text.
	fmt.Fprintf(b, `<w:tblW w:w="%d" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>`, twips(width))
	if t.Ruled {
		side, top = cellSide, cellTop
		b.WriteString(`<w:tblBorders>`)
		for _, edge := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
			fmt.Fprintf(b, `<w:%s w:val="single" w:sz="4" w:space="0" w:color="auto"/>`, edge)
		}
		b.WriteString(`</w:tblBorders>`)
	}
	fmt.Fprintf(b, `<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="%[2]d" w:type="dxa"/><w:left w:w="%[1]d" w:type="dxa"/><w:bottom w:w="%[2]d" w:type="dxa"/><w:right w:w="%[1]d" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`,
		twips(side), twips(top))
	for _, w := range t.Widths {
		fmt.Fprintf(b, `<w:gridCol w:w="%d"/>`, twips(w))
	}
	b.WriteString(`</w:tblGrid>`)
	for i, row := range t.Rows {
		b.row(t, row, i < t.Head, t.Whole && i < len(t.Rows)-1)
	}
	b.WriteString(`</w:tbl>`)
}

func (b *body) row(t paper.Table, r paper.Row, head, keep bool) {
	b.WriteString(`<w:tr><w:trPr>`)
	if t.Whole || head || fitsPage(r) {
		b.WriteString(`<w:cantSplit/>`)
	}
	if head {
		b.WriteString(`<w:tblHeader/>`)
	}
	b.WriteString(`</w:trPr>`)
	side := 0.0
	if t.Ruled {
		side = cellSide
	}
	for i, c := range r.Cells {
		width := t.WidthOf(r, i)
		fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, twips(width))
		if c.Columns() > 1 {
			fmt.Fprintf(b, `<w:gridSpan w:val="%d"/>`, c.Columns())
		}
		if c.Middle {
			b.WriteString(`<w:vAlign w:val="center"/>`)
		}
		b.WriteString(`</w:tcPr>`)
		for _, p := range c.Paragraphs {
			b.paragraph(p, width-2*side, keep)
		}
		if len(c.Paragraphs) == 0 {
			b.paragraph(paper.Paragraph{Size: paper.SizeTable}, width, keep)
		}
		b.WriteString(`</w:tc>`)
	}
	b.WriteString(`</w:tr>`)
}
