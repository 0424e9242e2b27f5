package issued

import (
	"strconv"
	"strings"
)

// readWord reads a .docx: the paragraphs and tables of its body. Numbers of lists are written as Word shows them;
// what was deleted under revision, notes and comments are left out.
func readWord(files archive, out *lines) error {
	root, err := files.tree("word/document.xml")
	if err != nil {
		return err
	}
	w := wordReader{out: out}
	if err := w.lists.load(files); err != nil {
		return err
	}
	document := root.child("document", "body")
	if document == nil {
		return damaged(Word)
	}
	w.blocks(document)
	return nil
}

type wordReader struct {
	out   *lines
	lists numbering
	boxes []*element // of text that stand beside the paragraph that is read
}

// blocks reads paragraphs, tables and what holds them.
func (w *wordReader) blocks(e *element) {
	for _, c := range e.in {
		if w.out.full() {
			return
		}
		switch c.name {
		case "p":
			w.out.paragraph(w.paragraph(c))
			boxes := w.boxes
			w.boxes = nil
			for _, box := range boxes {
				w.blocks(box)
			}
		case "tbl":
			w.tableOf(c)
		case "sdt":
			if inner := c.child("sdtContent"); inner != nil {
				w.blocks(inner)
			}
		case "ins", "smartTag", "customXml", "moveTo", "AlternateContent", "Choice":
			w.blocks(c)
		}
	}
}

// paragraph is the text of a paragraph with the number that Word shows before it.
func (w *wordReader) paragraph(p *element) string {
	var b strings.Builder
	w.runs(p, &b)
	text := b.String()
	if strings.TrimSpace(text) == "" {
		return ""
	}
	if label := w.lists.label(p.child("pPr")); label != "" {
		return label + " " + text
	}
	return text
}

// runs writes the text of runs.
func (w *wordReader) runs(e *element, b *strings.Builder) {
	for _, c := range e.in {
		switch c.name {
		case "t":
			for _, s := range c.in {
				b.WriteString(s.text)
			}
		case "tab", "ptab":
			b.WriteByte('\t')
		case "br", "cr":
			if c.attr("type") == "page" {
				continue
			}
			b.WriteByte('\n')
		case "noBreakHyphen":
			b.WriteByte('-')
		case "sym":
			b.WriteByte('-')
		case "drawing", "pict", "AlternateContent":
			w.boxed(c)
		case "r", "ins", "hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "moveTo", "customXml", "dir", "bdo":
			w.runs(c, b)
		}
	}
}

// boxed finds boxes of text. What a newer Word wrote stands beside what older ones read in its place.
func (w *wordReader) boxed(e *element) {
	for _, c := range e.in {
		switch c.name {
		case "txbxContent":
			w.boxes = append(w.boxes, c)
		case "Fallback":
			if e.name != "AlternateContent" || len(w.boxes) == 0 {
				w.boxed(c)
			}
		default:
			w.boxed(c)
		}
	}
}

// tableOf reads a table. A table within a cell is read as lines of the cell.
func (w *wordReader) tableOf(t *element) {
	number := w.out.table()
	var above []string // a cell that spans rows says the same in each
	for _, tr := range t.in {
		if tr.name == "sdt" {
			tr = tr.child("sdtContent", "tr")
		}
		if tr == nil || tr.name != "tr" || w.out.full() {
			continue
		}
		var cells []string
		for _, tc := range tr.in {
			if tc.name == "sdt" {
				tc = tc.child("sdtContent", "tc")
			}
			if tc == nil || tc.name != "tc" {
				continue
			}
			text := w.cell(tc)
			if m := tc.child("tcPr", "vMerge"); m != nil && m.attr("val") != "restart" {
				text = ""
				if len(cells) < len(above) {
					text = above[len(cells)]
				}
			}
			cells = append(cells, text)
			if span, err := strconv.Atoi(tc.child("tcPr", "gridSpan").attr("val")); err == nil {
				for ; span > 1 && len(cells) < maxCells; span-- {
					cells = append(cells, "")
				}
			}
		}
		above = cells
		w.out.row(append([]string{}, cells...), number)
	}
}

func (w *wordReader) cell(e *element) string {
	var parts []string
	for _, c := range e.in {
		switch c.name {
		case "p":
			parts = append(parts, w.paragraph(c))
			boxes := w.boxes
			w.boxes = nil
			for _, box := range boxes {
				parts = append(parts, w.cell(box))
			}
		case "tbl", "tr", "tc", "sdt", "sdtContent", "ins":
			parts = append(parts, w.cell(c))
		}
	}
	return strings.Join(parts, "\n")
}
