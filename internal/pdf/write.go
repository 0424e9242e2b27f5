package pdf

import (
	"embed"
	"fmt"
	"io"
	"time"

	"github.com/go-pdf/fpdf"

	"dondoc/internal/paper"
)

// ContentType is that of the file.
const ContentType = "application/pdf"

//go:embed fonts/*.ttf
var fonts embed.FS

var faces = map[string]string{"": "Regular", "B": "Bold", "I": "Italic", "BI": "BoldItalic"}

const family = "serif"

// Write writes the document.
func Write(w io.Writer, d paper.Document) error {
	p, err := newPrinter()
	if err != nil {
		return err
	}
	p.SetTitle(d.Title(), true)
	p.SetAuthor(d.Letterhead.FullName(), true)
	p.SetLang("vi-VN")
	// A file without a time would get that of the machine.
	made := d.Made.UTC()
	if made.IsZero() {
		made = time.Unix(0, 0).UTC()
	}
	p.SetCreationDate(made)
	p.SetModificationDate(made)
	for _, s := range d.Sections() {
		p.section(s)
	}
	if err := p.Output(w); err != nil {
		return fmt.Errorf("write PDF: %w", err)
	}
	return nil
}

// printer draws sections page by page, from the top down.
type printer struct {
	*fpdf.Fpdf
	of paper.Section
	// page counts within the section; y is where the next line begins, in
	// millimetres from the top.
	page int
	y    float64
}

func newPrinter() (*printer, error) {
	p := &printer{Fpdf: fpdf.New("P", "mm", "A4", "")}
	for style, name := range faces {
		face, err := fonts.ReadFile("fonts/LiberationSerif-" + name + ".ttf")
		if err != nil {
			return nil, fmt.Errorf("font: %w", err)
		}
		p.AddUTF8FontFromBytes(family, style, face)
	}
	p.SetCatalogSort(true)
	p.SetAutoPageBreak(false, 0)
	p.SetMargins(0, 0, 0)
	p.SetCellMargin(0)
	p.SetLineWidth(0.2)
	return p, p.Error()
}

func (p *printer) section(s paper.Section) {
	p.of, p.page = s, 0
	p.nextPage()
	for i, block := range s.Blocks {
		switch block := block.(type) {
		case paper.Paragraph:
			p.paragraphs(block, s.Blocks[i+1:])
		case paper.Table:
			p.table(block)
		}
	}
}

// bottom is where the text of a page ends.
func (p *printer) bottom() float64 {
	_, height := p.of.Page()
	return height - paper.MarginBottom
}

// nextPage begins a page; its number stands in the upper margin from the second on.
func (p *printer) nextPage() {
	direction := "P"
	if p.of.Landscape {
		direction = "L"
	}
	p.AddPageFormat(direction, fpdf.SizeType{Wd: paper.PageWidth, Ht: paper.PageHeight})
	p.page++
	p.y = paper.PageNumberTop
	right := paper.MarginLeft + p.of.Width()
	if p.page > 1 {
		p.draw(p.setLine(paper.Paragraph{Runs: []paper.Run{{Text: fmt.Sprint(p.page)}}, Align: paper.Centred, Size: paper.SizePageNumber}), paper.MarginLeft, p.of.Width(), p.y)
	}
	if p.of.Mark != "" {
		p.draw(p.setLine(paper.Paragraph{Runs: []paper.Run{{Text: p.of.Mark, Bold: true}}, Align: paper.Right, Size: paper.SizePageNumber}), right-50, 50, p.y)
	}
	p.y = paper.MarginTop
}

// room makes sure that so many millimetres are left on the page.
func (p *printer) room(height float64) {
	if p.y+height > p.bottom()+tolerance && p.y > paper.MarginTop {
		p.nextPage()
	}
}

// tolerance forgives what adding up fractions does.
const tolerance = 0.01

// paragraphs draws a paragraph; with it stays what it may not be parted from.
func (p *printer) paragraphs(one paper.Paragraph, rest []paper.Block) {
	set := p.set(one, p.of.Width())
	if one.WithNext {
		p.room(set.height() + p.least(rest))
	}
	p.y += set.before
	for _, l := range set.lines {
		p.room(l.height)
		p.draw(l, paper.MarginLeft, p.of.Width(), p.y)
		p.y += l.height
	}
	p.y += p.rule(one, paper.MarginLeft, p.of.Width(), p.y)
	p.y += set.after
}

// least is how much of what follows has to stand beside its heading.
func (p *printer) least(blocks []paper.Block) float64 {
	height := 0.0
	for _, block := range blocks {
		switch block := block.(type) {
		case paper.Paragraph:
			set := p.set(block, p.of.Width())
			if !block.WithNext {
				return height + set.before + set.lines[0].height
			}
			height += set.height()
		case paper.Table:
			for _, row := range p.rows(block)[:min(block.Head+1, len(block.Rows))] {
				height += row.height
			}
			return height
		}
	}
	return height
}

// rule draws the line below a paragraph and says how much room it takes.
func (p *printer) rule(one paper.Paragraph, x, width, y float64) float64 {
	if one.Rule == 0 {
		return 0
	}
	p.SetLineWidth(0.26)
	p.Line(x+(width-one.Rule)/2, y+ruleGap, x+(width+one.Rule)/2, y+ruleGap)
	p.SetLineWidth(0.2)
	return ruleRoom
}

// A rule stands ruleGap below its text and takes ruleRoom, in millimetres.
const (
	ruleGap  = 0.8
	ruleRoom = 1.6
)
