package docx

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"

	"dondoc/internal/paper"
)

const namespaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="` + relationship + `"`

// body collects the main part and the headers that it refers to.
type body struct {
	strings.Builder
	headers []string
}

// twips are twentieths of a point, the file's unit of length.
func twips(mm float64) int { return int(math.Round(mm / 25.4 * 1440)) }

func points(pt float64) int { return int(math.Round(pt * 20)) }

func escaped(text string) string {
	var b strings.Builder
	// A strings.Builder takes everything that is written to it.
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}

func (b *body) document(sections []paper.Section) {
	b.WriteString("<w:document " + namespaces + "><w:body>")
	for i, s := range sections {
		for _, block := range s.Blocks {
			switch block := block.(type) {
			case paper.Paragraph:
				b.paragraph(block, s.Width(), false)
			case paper.Table:
				b.table(block)
			}
		}
		properties := b.sectionProperties(s)
		if i == len(sections)-1 {
			// Word wants a paragraph behind a table.
			b.WriteString(`<w:p><w:pPr><w:spacing w:line="20" w:lineRule="exact"/></w:pPr></w:p>` + properties)
			break
		}
		// A section's properties stand in its last paragraph.
		b.WriteString(`<w:p><w:pPr><w:spacing w:line="20" w:lineRule="exact"/>` + properties + `</w:pPr></w:p>`)
	}
	b.WriteString("</w:body></w:document>")
}

// sectionProperties set page and margins; the first page shows no number, which
// each section counts from 1.
func (b *body) sectionProperties(s paper.Section) string {
	width, height := s.Page()
	direction := ""
	if s.Landscape {
		direction = ` w:orient="landscape"`
	}
	first, others := b.header(s, false), b.header(s, true)
	return fmt.Sprintf(`<w:sectPr><w:headerReference w:type="first" r:id="header%d"/><w:headerReference w:type="default" r:id="header%d"/><w:type w:val="nextPage"/>`+
		`<w:pgSz w:w="%d" w:h="%d"%s/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="%d" w:footer="%d" w:gutter="0"/>`+
		`<w:pgNumType w:start="1"/><w:titlePg/></w:sectPr>`,
		first, others, twips(width), twips(height), direction, twips(paper.MarginTop), twips(paper.MarginRight), twips(paper.MarginBottom), twips(paper.MarginLeft),
		twips(paper.PageNumberTop), twips(paper.PageNumberTop))
}

// header adds one: the number in the middle, the mark of a draft on the right.
func (b *body) header(s paper.Section, number bool) int {
	width := s.Width()
	content := "<w:r><w:tab/></w:r>"
	if number {
		content += fmt.Sprintf(`<w:r><w:rPr>%s</w:rPr><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>`+
			`<w:r><w:fldChar w:fldCharType="separate"/></w:r>%s<w:r><w:fldChar w:fldCharType="end"/></w:r>`, size(paper.SizePageNumber), run(paper.Run{Text: "2"}, paper.SizePageNumber))
	}
	if s.Mark != "" {
		content += "<w:r><w:tab/></w:r>" + run(paper.Run{Text: s.Mark, Bold: true}, paper.SizePageNumber)
	}
	b.headers = append(b.headers, fmt.Sprintf(`<w:hdr %s><w:p><w:pPr><w:tabs><w:tab w:val="center" w:pos="%d"/><w:tab w:val="right" w:pos="%d"/></w:tabs></w:pPr>%s</w:p></w:hdr>`,
		namespaces, twips(width/2), twips(width), content))
	return len(b.headers)
}

var alignments = map[paper.Align]string{paper.Justified: "both", paper.Left: "left", paper.Centred: "center", paper.Right: "right"}

func (b *body) paragraph(p paper.Paragraph, width float64, keep bool) {
	after := p.After
	if p.Rule > 0 {
		after = 0 // it comes below the line
	}
	b.WriteString("<w:p><w:pPr>")
	if p.WithNext || keep || p.Rule > 0 {
		b.WriteString("<w:keepNext/>")
	}
	fmt.Fprintf(b, `<w:spacing w:before="%d" w:after="%d"/>`, points(p.Before), points(after))
	if p.First != 0 || p.Indent != 0 {
		fmt.Fprintf(b, `<w:ind w:left="%d" w:firstLine="%d"/>`, twips(p.Indent), twips(p.First))
	}
	// What marks the end of the paragraph decides the height of an empty one.
	fmt.Fprintf(b, `<w:jc w:val="%s"/><w:rPr>%s</w:rPr></w:pPr>`, alignments[p.Align], size(p.Points()))
	for _, r := range p.Runs {
		if r.Text != "" {
			b.WriteString(run(r, p.Points()))
		}
	}
	b.WriteString("</w:p>")
	if p.Rule > 0 {
		b.rule(p, width, keep)
	}
}

// rule is a line below a paragraph: the upper border of a low one of its length.
func (b *body) rule(p paper.Paragraph, width float64, keep bool) {
	side := twips((width - p.Rule) / 2)
	b.WriteString("<w:p><w:pPr>")
	if p.WithNext || keep {
		b.WriteString("<w:keepNext/>")
	}
	fmt.Fprintf(b, `<w:pBdr><w:top w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr><w:spacing w:before="40" w:after="%d" w:line="40" w:lineRule="exact"/>`+
		`<w:ind w:left="%d" w:right="%d"/></w:pPr></w:p>`, points(p.After), side, side)
}

func size(pt float64) string {
	half := int(math.Round(pt * 2))
	return fmt.Sprintf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, half, half)
}

func run(r paper.Run, pt float64) string {
	look := ""
	if r.Bold {
		look += "<w:b/><w:bCs/>"
	}
	if r.Italic {
		look += "<w:i/><w:iCs/>"
	}
	return `<w:r><w:rPr>` + look + size(pt) + `</w:rPr><w:t xml:space="preserve">` + escaped(r.Text) + `</w:t></w:r>`
}
