package document

import (
	"strconv"

	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/paper"
)

// widestInText is how many columns of figures a table across an upright page bears.
const widestInText = 3

// columns are those of the usual table in which a figure stands; the period's own always.
func (r Report) columns() []form.Column {
	var columns []form.Column
	for _, c := range form.Columns {
		known := c == form.ColumnInPeriod
		for _, f := range r.Filled.Figures {
			known = known || f.In(c) != ""
		}
		if known {
			columns = append(columns, c)
		}
	}
	return columns
}

// figures is the usual table over sections; several of them stand under their headings.
func (r Report) figures(width float64, sections []form.Section, columns []form.Column) paper.Table {
	grid := []paper.Column{{Title: "TT", Share: 11, Align: paper.Centred}, {Title: "Chỉ tiêu", Share: 52, Align: paper.Left}, {Title: "ĐVT", Share: 14, Align: paper.Centred}}
	for _, c := range columns {
		longest := 0
		for _, f := range r.Filled.Figures {
			longest = max(longest, len(indicator.Format(f.In(c), "vi")))
		}
		grid = append(grid, paper.Column{Title: c.Heading("vi"), Share: figureWidth(longest), Align: paper.Right})
	}
	grid[1].Share = remaining(width, grid)
	var lines []paper.Line
	for _, s := range sections {
		if len(s.Rows) == 0 {
			continue
		}
		if len(sections) > 1 {
			lines = append(lines, paper.Line{Texts: []string{s.Heading}, Across: true})
		}
		for _, row := range s.Rows {
			line := paper.Line{Texts: []string{row.Ordinal, row.Name, row.UnitName}, Depth: row.Depth}
			if row.Depth > 0 {
				line.Texts[1] = "- " + row.Name
			}
			for _, c := range columns {
				line.Texts = append(line.Texts, indicator.Format(r.Filled.Figures[row.Code].In(c), "vi"))
			}
			lines = append(lines, line)
		}
	}
	return paper.Grid(width, grid, lines)
}

// figureWidth is how wide a column has to be, in millimetres, for numbers of so
// many characters to stand in one line.
func figureWidth(characters int) float64 { return max(17, 2*float64(characters)+3) }

// remaining is what the other columns leave to the second one, with its least width.
func remaining(width float64, columns []paper.Column) float64 {
	for i, c := range columns {
		if i != 1 {
			width -= c.Share
		}
	}
	return max(width, 36)
}

// unitColumns is how many figures of the units stand beside each other.
const unitColumns = 7

// units are the annexes that show what each unit reported, a line a unit.
func (r Report) units() []paper.Annex {
	if !r.Consolidated || len(r.Inputs) == 0 {
		return nil
	}
	var asked []indicator.Definition
	for _, d := range r.Definitions {
		if d.Unit != indicator.Text {
			asked = append(asked, d)
		}
	}
	var annexes []paper.Annex
	for len(asked) > 0 {
		n := min(unitColumns, len(asked))
		annexes = append(annexes, r.unitsOf(asked[:n]))
		asked = asked[n:]
	}
	if len(annexes) > 1 {
		for i := range annexes {
			annexes[i].Title += " (biểu " + strconv.Itoa(i+1) + ")"
		}
	}
	return annexes
}

func (r Report) unitsOf(asked []indicator.Definition) paper.Annex {
	annex := paper.Annex{Title: "Số liệu của các đơn vị", Landscape: len(asked) > widestInText}
	grid := []paper.Column{{Title: "TT", Share: 9, Align: paper.Centred}, {Title: "Đơn vị", Share: 44, Align: paper.Left}}
	several := false
	for _, in := range r.Inputs {
		several = several || in.PeriodKey != r.Inputs[0].PeriodKey
	}
	for _, d := range asked {
		title := d.Name
		if d.UnitName != "" {
			title += " (" + d.UnitName + ")"
		}
		longest := 0
		for _, in := range r.Inputs {
			longest = max(longest, len(indicator.Format(in.Figures[d.Code], "vi")))
		}
		grid = append(grid, paper.Column{Title: title, Share: figureWidth(longest), Align: paper.Right})
	}
	grid = append(grid, paper.Column{Title: "Ghi chú", Share: 30, Align: paper.Left})
	width := paper.Section{Landscape: annex.Landscape}.Width()
	grid[1].Share = remaining(width, grid)
	var lines []paper.Line
	for i, in := range r.Inputs {
		name := in.AgencyName
		if several {
			name += ", " + label(in.PeriodKey)
		}
		line := paper.Line{Texts: []string{strconv.Itoa(i + 1), name}}
		for _, d := range asked {
			line.Texts = append(line.Texts, indicator.Format(in.Figures[d.Code], "vi"))
		}
		line.Texts = append(line.Texts, remark(in))
		lines = append(lines, line)
	}
	annex.Body = []paper.Block{paper.Grid(width, grid, lines)}
	return annex
}
