package issued

import (
	"bytes"
	"context"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// readWeb reads a page: its blocks are lines, its tables of data rows. What a browser does not show as text, menus and
// forms are left out; tables that only lay the page out are read as if they were not there.
func readWeb(ctx context.Context, content []byte, out *lines) error {
	decoded, err := charset.NewReader(bytes.NewReader(content), "text/html")
	if err != nil {
		return damaged(Web)
	}
	root, err := parseWeb(ctx, decoded)
	if err != nil {
		return err
	}
	w := webReader{out: out, items: map[*html.Node]int{}}
	w.block(root, 0)
	w.flush()
	return nil
}

type webReader struct {
	out   *lines
	text  strings.Builder
	label string // of the item of a list that begins
	pre   int
	items map[*html.Node]int // how many items of a list there were
}

// silent are elements that a browser shows nothing of as text.
var silent = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Button: true, atom.Select: true, atom.Noscript: true, atom.Iframe: true, atom.Svg: true, atom.Template: true, atom.Head: true,
	atom.Textarea: true, atom.Object: true, atom.Audio: true, atom.Video: true, atom.Canvas: true, atom.Dialog: true, atom.Title: true, atom.Nav: true,
}

// wholeForm is more text, in bytes, than a form to fill in has: many portals put the whole page into one form.
const wholeForm = 1500

// leftOut reports whether an element is no part of the document: what is not shown, menus, forms, head and foot of the
// page.
func leftOut(n *html.Node) bool {
	if silent[n.DataAtom] || hidden(n) {
		return true
	}
	switch n.DataAtom {
	case atom.Div:
		// So LibreOffice writes the head and foot of pages.
		title := attribute(n, "title")
		return title == "header" || title == "footer"
	case atom.Form:
		return words(n, wholeForm) < wholeForm
	case atom.Header, atom.Footer:
		for p := n.Parent; p != nil; p = p.Parent {
			if p.DataAtom == atom.Article || p.DataAtom == atom.Main {
				return false
			}
		}
		return true
	}
	return false
}

var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Li: true, atom.Ul: true, atom.Ol: true, atom.Pre: true,
	atom.Blockquote: true, atom.Section: true, atom.Article: true, atom.Main: true, atom.Aside: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Table: true, atom.Tr: true,
	atom.Td: true, atom.Th: true, atom.Center: true, atom.Hr: true, atom.Address: true, atom.Figure: true, atom.Figcaption: true, atom.Caption: true, atom.Body: true, atom.Html: true, atom.Tbody: true,
	atom.Thead: true, atom.Tfoot: true, atom.Fieldset: true, atom.Details: true, atom.Summary: true,
}

func (w *webReader) flush() {
	text := w.text.String()
	w.text.Reset()
	if strings.TrimSpace(text) == "" {
		return
	}
	if w.label != "" {
		text, w.label = w.label+" "+strings.TrimLeft(text, " "), ""
	}
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) != "" {
			w.out.paragraph(line)
		}
	}
}

// inline adds characters; blanks that the page does not show are one.
func (w *webReader) inline(s string) {
	if w.pre > 0 {
		w.text.WriteString(s)
		return
	}
	have := w.text.String()
	s = collapse(s)
	if (have == "" || strings.HasSuffix(have, " ") || strings.HasSuffix(have, "\n")) && strings.HasPrefix(s, " ") {
		s = s[1:]
	}
	w.text.WriteString(s)
}

func (w *webReader) block(n *html.Node, depth int) {
	if w.out.full() || depth > maxDepth*3 {
		return
	}
	switch n.Type {
	case html.TextNode:
		w.inline(n.Data)
		return
	case html.ElementNode:
		if leftOut(n) {
			return
		}
	}
	switch n.DataAtom {
	case atom.Br:
		w.text.WriteByte('\n')
		return
	case atom.Table:
		w.flush()
		if rows := rowsOf(n); data(n, rows) {
			number := w.out.table()
			for _, cells := range spanned(rows, w) {
				w.out.row(cells, number)
			}
			return
		}
	case atom.Pre:
		w.flush()
		w.pre++
		defer func() { w.pre-- }()
	case atom.Li:
		w.flush()
		w.label = w.itemLabel(n)
	}
	isBlock := n.Type == html.ElementNode && blocks[n.DataAtom]
	if isBlock && n.DataAtom != atom.Li {
		w.flush()
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.block(c, depth+1)
	}
	if isBlock {
		w.flush()
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hidden(n *html.Node) bool {
	style := strings.ReplaceAll(strings.ToLower(attribute(n, "style")), " ", "")
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") || strings.Contains(style, "mso-hide:all")
}

// itemLabel is what a browser shows before an item of a list.
func (w *webReader) itemLabel(n *html.Node) string {
	list := n.Parent
	if list.DataAtom != atom.Ol {
		if list.DataAtom == atom.Ul && strings.Contains(attribute(list, "style")+attribute(n, "style"), "none") {
			return ""
		}
		return "-"
	}
	number, begun := w.items[list]
	if start := atoi(attribute(list, "start")); !begun && start > 0 {
		number = start - 1
	}
	number++
	if value := atoi(attribute(n, "value")); value > 0 {
		number = value
	}
	w.items[list] = number
	if strings.Contains(attribute(list, "style")+attribute(n, "style"), "list-style-type:none") || strings.Contains(attribute(list, "style"), "list-style:none") {
		return ""
	}
	format := attribute(list, "type")
	if format == "a" || format == "A" {
		return numeral(number, format) + ")"
	}
	return numeral(number, format) + "."
}

// rowsOf are the rows of a table, without those of tables in its cells.
func rowsOf(n *html.Node) []*html.Node {
	var rows []*html.Node
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Tr:
			rows = append(rows, c)
		case atom.Tbody, atom.Thead, atom.Tfoot:
			rows = append(rows, rowsOf(c)...)
		}
	}
	return rows
}

func cellsOf(row *html.Node) []*html.Node {
	var cells []*html.Node
	for c := row.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
			cells = append(cells, c)
		}
	}
	return cells
}

// longCell is more text than a cell of data holds, in bytes.
const longCell = 2500

// data tells a table of data from one that lays a page out: no table within it, two columns or more, and no cell that
// holds a text of its own.
func data(n *html.Node, rows []*html.Node) bool {
	if holds(n, n, atom.Table) || len(rows) == 0 {
		return false
	}
	columns := 0
	for _, row := range rows {
		cells := cellsOf(row)
		columns = max(columns, len(cells))
		for _, cell := range cells {
			if len(textOf(cell)) > longCell {
				return false
			}
		}
	}
	return columns > 1
}

func holds(n, root *html.Node, what atom.Atom) bool {
	if n != root && n.DataAtom == what {
		return true
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if holds(c, root, what) {
			return true
		}
	}
	return false
}

func textOf(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil && b.Len() <= longCell; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return b.String()
}

// spanned are the cells of each row. A cell that spans rows says the same in each; one that spans columns stands in
// the first.
func spanned(rows []*html.Node, w *webReader) [][]string {
	var out [][]string
	var open []int    // rows that a column is still covered for
	var held []string // by which text
	for _, row := range rows {
		var cells []string
		covered := func() {
			for len(cells) < min(len(open), maxCells) && open[len(cells)] > 0 {
				open[len(cells)]--
				cells = append(cells, held[len(cells)])
			}
		}
		for _, cell := range cellsOf(row) {
			if covered(); len(cells) >= maxCells {
				break
			}
			inner := webReader{out: newLines(Web), items: w.items}
			inner.block(cell, 0)
			inner.flush()
			var parts []string
			for _, l := range inner.out.doc.Lines {
				parts = append(parts, l.Text)
			}
			down, across := max(1, min(atoi(attribute(cell, "rowspan")), 1000)), max(1, min(atoi(attribute(cell, "colspan")), maxCells-len(cells)))
			for i := range across {
				text := ""
				if i == 0 {
					text = strings.Join(parts, "\n")
				}
				for len(open) <= len(cells) {
					open, held = append(open, 0), append(held, "")
				}
				open[len(cells)], held[len(cells)] = down-1, text
				cells = append(cells, text)
			}
		}
		covered()
		out = append(out, cells)
		if w.out.full() {
			break
		}
	}
	return out
}
