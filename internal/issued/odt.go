package issued

import (
	"strconv"
	"strings"
)

// readWriter reads an .odt in the same way as a .docx.
func readWriter(files archive, out *lines) error {
	root, err := files.tree("content.xml")
	if err != nil {
		return err
	}
	text := root.child("document-content", "body", "text")
	if text == nil {
		return damaged(Writer)
	}
	w := writerReader{out: out, styles: map[string]*element{}, named: map[string][]int{}}
	w.collect(root)
	styles, err := files.tree("styles.xml")
	if err != nil {
		return err
	}
	if styles != nil {
		w.collect(styles)
	}
	w.blocks(text, nil)
	return nil
}

type writerReader struct {
	out    *lines
	styles map[string]*element // of lists, by name
	// counts go on where a list continues another: the last one, or one by its name.
	last  []int
	named map[string][]int
	boxes []*element // of text that stand beside the paragraph that is read
	// open counts the rows that a column is still covered for, held is by which text.
	open []int
	held []string
}

// collect finds the styles of lists.
func (w *writerReader) collect(e *element) {
	for _, c := range e.in {
		if c.name == "list-style" {
			if _, known := w.styles[c.attr("name")]; !known {
				w.styles[c.attr("name")] = c
			}
			continue
		}
		if c.name != "body" {
			w.collect(c)
		}
	}
}

// listAt is the list in which a paragraph stands.
type listAt struct {
	style  string
	counts []int
}

func (w *writerReader) blocks(e *element, list *listAt) {
	for _, c := range e.in {
		if w.out.full() {
			return
		}
		switch c.name {
		case "p", "h":
			w.paragraph(w.text(c), list)
		case "list":
			w.listOf(c, list)
		case "table":
			w.tableOf(c)
		case "section", "text-box", "frame", "index-body":
			w.blocks(c, list)
		case "tracked-changes":
		}
	}
}

// paragraph adds a paragraph and what stands in boxes beside it.
func (w *writerReader) paragraph(text string, list *listAt) {
	w.out.paragraph(text)
	boxes := w.boxes
	w.boxes = nil
	for _, box := range boxes {
		w.blocks(box, list)
	}
}

func (w *writerReader) listOf(e *element, outer *listAt) {
	at := &listAt{style: e.attr("style-name")}
	if outer != nil {
		if at.style == "" {
			at.style = outer.style
		}
		at.counts = append(append([]int{}, outer.counts...), 0)
	} else {
		at.counts = []int{0}
		if e.attr("continue-numbering") == "true" || e.attr("continue-list") != "" {
			before := w.last
			if named, ok := w.named[e.attr("continue-list")]; ok {
				before = named
			}
			if len(before) > 0 {
				at.counts[0] = before[0]
			}
		}
	}
	level := len(at.counts)
	if level > maxDepth {
		return
	}
	if start := atoi(w.levelOf(at.style, level).attr("start-value")); start > 1 && at.counts[level-1] == 0 {
		at.counts[level-1] = start - 1
	}
	for _, item := range e.in {
		if item.name != "list-item" && item.name != "list-header" {
			continue
		}
		labelled := item.name == "list-header"
		// An item that only holds a list of the next level is none of its own.
		if !labelled && (item.child("p") != nil || item.child("h") != nil) {
			at.counts[level-1]++
			if start := atoi(item.attr("start-value")); start > 0 {
				at.counts[level-1] = start
			}
		}
		for _, c := range item.in {
			switch c.name {
			case "p", "h":
				text := w.text(c)
				if !labelled && strings.TrimSpace(text) != "" {
					if label := w.label(at); label != "" {
						text = label + " " + text
					}
					labelled = true
				}
				w.paragraph(text, at)
			case "list":
				w.listOf(c, at)
			}
		}
	}
	if id := e.attr("id"); id != "" {
		w.named[id] = at.counts
	}
	if outer == nil {
		w.last = at.counts
	}
}

func (w *writerReader) levelOf(style string, level int) *element {
	s := w.styles[style]
	if s == nil {
		return nil
	}
	for _, l := range s.in {
		if atoi(l.attr("level")) == level {
			return l
		}
	}
	return nil
}

// label is what the program shows before an item.
func (w *writerReader) label(at *listAt) string {
	level := len(at.counts)
	l := w.levelOf(at.style, level)
	switch {
	case l == nil:
		return ""
	case l.name == "list-level-style-bullet", l.name == "list-level-style-image":
		return "-"
	case l.attr("num-format") == "":
		return strings.TrimSpace(l.attr("num-prefix") + l.attr("num-suffix"))
	}
	shown := max(1, atoi(l.attr("display-levels")))
	var numbers []string
	for i := max(0, level-shown); i < level; i++ {
		format := w.levelOf(at.style, i+1).attr("num-format")
		if format == "" {
			format = "1"
		}
		numbers = append(numbers, numeral(max(at.counts[i], 1), format))
	}
	return l.attr("num-prefix") + strings.Join(numbers, ".") + l.attr("num-suffix")
}

// text is the text of a paragraph.
func (w *writerReader) text(e *element) string {
	var b strings.Builder
	w.inline(e, &b)
	return b.String()
}

func (w *writerReader) inline(e *element, b *strings.Builder) {
	for _, c := range e.in {
		switch c.name {
		case "":
			b.WriteString(collapse(c.text))
		case "s":
			n := 1
			if count, err := strconv.Atoi(c.attr("c")); err == nil {
				n = min(count, 100)
			}
			b.WriteString(strings.Repeat(" ", max(n, 0)))
		case "tab":
			b.WriteByte('\t')
		case "line-break":
			b.WriteByte('\n')
		case "note", "annotation", "annotation-end", "tracked-changes", "ruby-text":
		case "frame", "custom-shape":
			w.boxed(c)
		default:
			w.inline(c, b)
		}
	}
}

// boxed finds boxes of text.
func (w *writerReader) boxed(e *element) {
	for _, c := range e.in {
		switch c.name {
		case "text-box":
			w.boxes = append(w.boxes, c)
		case "p":
			w.boxes = append(w.boxes, e) // of a shape
			return
		}
	}
}

// collapse makes the blanks of XML one each, as the format has it.
func collapse(s string) string {
	if !strings.ContainsAny(s, "\n\t\r") && !strings.Contains(s, "  ") {
		return s
	}
	var b strings.Builder
	blank := false
	for _, r := range s {
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' {
			if !blank {
				b.WriteByte(' ')
			}
			blank = true
			continue
		}
		blank = false
		b.WriteRune(r)
	}
	return b.String()
}

func (w *writerReader) tableOf(e *element) {
	w.open, w.held = nil, nil
	w.rows(e, w.out.table())
}

func (w *writerReader) rows(e *element, number int) {
	for _, r := range e.in {
		if w.out.full() {
			return
		}
		switch r.name {
		case "table-header-rows", "table-rows", "table-row-group":
			w.rows(r, number)
		case "table-row":
			var cells []string
			for _, c := range r.in {
				switch c.name {
				case "table-cell", "covered-table-cell":
					times := max(1, min(atoi(c.attr("number-columns-repeated")), maxCells))
					text := w.cell(c)
					at := len(cells)
					for len(w.open) <= at {
						w.open, w.held = append(w.open, 0), append(w.held, "")
					}
					if c.name == "covered-table-cell" && w.open[at] > 0 {
						w.open[at]--
						text = w.held[at]
					} else {
						w.open[at], w.held[at] = max(0, min(atoi(c.attr("number-rows-spanned")), 1000)-1), text
					}
					for ; times > 0 && len(cells) < maxCells; times-- {
						cells = append(cells, text)
					}
				}
			}
			w.out.row(cells, number)
		}
	}
}

func (w *writerReader) cell(e *element) string {
	var parts []string
	for _, c := range e.in {
		switch c.name {
		case "p", "h":
			parts = append(parts, w.text(c))
			boxes := w.boxes
			w.boxes = nil
			for _, box := range boxes {
				parts = append(parts, w.cell(box))
			}
		case "list", "list-item", "table", "table-row", "table-cell", "section":
			parts = append(parts, w.cell(c))
		}
	}
	return strings.Join(parts, "\n")
}
