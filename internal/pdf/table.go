package pdf

import (
	"dondoc/internal/paper"
)

// Room inside a ruled cell, in millimetres.
const (
	cellSide = 1.2
	cellTop  = 0.4
)

// cell is a cell broken into lines.
type cell struct {
	x, width float64
	middle   bool
	parts    []part
	height   float64
}

// part is a line, or the space and the rule around paragraphs.
type part struct {
	line   setLine
	height float64
	rule   float64 // its length
}

type row struct {
	cells  []cell
	height float64
}

// rows sets all cells of a table.
func (p *printer) rows(t paper.Table) []row {
	side, top := 0.0, 0.0
	if t.Ruled {
		side, top = cellSide, cellTop
	}
	rows := make([]row, len(t.Rows))
	for i, r := range t.Rows {
		x := paper.MarginLeft
		for n, c := range r.Cells {
			made := cell{x: x, width: t.WidthOf(r, n), middle: c.Middle}
			for _, one := range c.Paragraphs {
				made.parts = append(made.parts, p.parts(one, made.width-2*side)...)
			}
			made.height = 2 * top
			for _, l := range made.parts {
				made.height += l.height
			}
			rows[i].height = max(rows[i].height, made.height)
			rows[i].cells = append(rows[i].cells, made)
			x += made.width
		}
	}
	return rows
}

func (p *printer) parts(one paper.Paragraph, width float64) []part {
	s := p.set(one, width)
	parts := []part{{height: s.before}}
	for _, l := range s.lines {
		parts = append(parts, part{line: l, height: l.height})
	}
	if one.Rule > 0 {
		parts = append(parts, part{height: ruleRoom, rule: one.Rule})
	}
	return append(parts, part{height: s.after})
}

func (p *printer) table(t paper.Table) {
	rows := p.rows(t)
	if t.Whole {
		height := 0.0
		for _, r := range rows {
			height += r.height
		}
		p.room(height)
	}
	head := rows[:min(t.Head, len(rows))]
	headHeight := 0.0
	for _, r := range head {
		headHeight += r.height
	}
	if len(rows) > len(head) {
		p.room(headHeight + min(rows[len(head)].height, p.bottom()-paper.MarginTop-headHeight))
	}
	for i, r := range rows {
		if i >= len(head) && p.y+r.height > p.bottom()+tolerance {
			r = p.overPages(t, head, headHeight, r)
		}
		p.row(t, r)
	}
}

// overPages goes to the next page for a row that finds no room on this one. A row
// that is higher than a page is cut; the answer is what is left of it.
func (p *printer) overPages(t paper.Table, head []row, headHeight float64, r row) row {
	whole := p.bottom() - paper.MarginTop - headHeight
	for p.y+r.height > p.bottom()+tolerance {
		if r.height > whole {
			var fits row
			if fits, r = r.cut(p.bottom() - p.y); len(fits.cells) > 0 {
				p.row(t, fits)
			}
		}
		p.nextPage()
		for _, h := range head {
			p.row(t, h)
		}
	}
	return r
}

// cut parts a row at a height; a piece without a line is left out.
func (r row) cut(height float64) (fits, rest row) {
	some := false
	for _, c := range r.cells {
		top, under := c, c
		top.parts, under.parts, top.middle, under.middle = nil, nil, false, false
		used := 2 * cellTop
		at := 0
		for at < len(c.parts) && used+c.parts[at].height <= height {
			used += c.parts[at].height
			some = some || len(c.parts[at].line.words) > 0
			at++
		}
		top.parts, under.parts = c.parts[:at], c.parts[at:]
		top.height, under.height = used, c.height-used+2*cellTop
		fits.cells, rest.cells = append(fits.cells, top), append(rest.cells, under)
		fits.height, rest.height = max(fits.height, top.height), max(rest.height, under.height)
	}
	if !some {
		return row{}, r
	}
	return fits, rest
}

// row draws a row and its lines.
func (p *printer) row(t paper.Table, r row) {
	side, top := 0.0, 0.0
	if t.Ruled {
		side, top = cellSide, cellTop
	}
	for _, c := range r.cells {
		if t.Ruled {
			p.Rect(c.x, p.y, c.width, r.height, "D")
		}
		y := p.y + top
		if c.middle {
			y += (r.height - c.height) / 2
		}
		for _, l := range c.parts {
			switch {
			case l.rule > 0:
				p.rule(paper.Paragraph{Rule: l.rule}, c.x, c.width, y)
			case len(l.line.words) > 0:
				p.draw(l.line, c.x+side, c.width-2*side, y)
			}
			y += l.height
		}
	}
	p.y += r.height
}
