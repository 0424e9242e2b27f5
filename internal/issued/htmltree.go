package issued

import (
	"context"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of a page's tree.
const (
	maxNodes = 600_000
	maxOpen  = 300
)

// weightless are elements that only say how words look. A browser opens them anew in every paragraph that follows, so a
// small page can grow to any size in a tree that holds them.
var weightless = map[atom.Atom]bool{
	atom.B: true, atom.I: true, atom.U: true, atom.Strong: true, atom.Em: true, atom.Font: true, atom.Big: true,
	atom.Small: true, atom.S: true, atom.Strike: true, atom.Tt: true, atom.Code: true, atom.Nobr: true, atom.Sub: true,
	atom.Sup: true, atom.Mark: true, atom.Label: true, atom.Abbr: true, atom.Cite: true,
}

// void are elements without an end.
var void = map[atom.Atom]bool{
	atom.Br: true, atom.Hr: true, atom.Img: true, atom.Input: true, atom.Meta: true, atom.Link: true, atom.Col: true,
	atom.Base: true, atom.Area: true, atom.Embed: true, atom.Param: true, atom.Source: true, atom.Track: true, atom.Wbr: true,
}

// ends says which open elements an element ends, and up to which it looks for them.
var ends = map[atom.Atom]struct{ open, upTo []atom.Atom }{
	atom.Li:    {[]atom.Atom{atom.Li}, []atom.Atom{atom.Ul, atom.Ol, atom.Table, atom.Td}},
	atom.Dt:    {[]atom.Atom{atom.Dt, atom.Dd}, []atom.Atom{atom.Dl, atom.Table, atom.Td}},
	atom.Dd:    {[]atom.Atom{atom.Dt, atom.Dd}, []atom.Atom{atom.Dl, atom.Table, atom.Td}},
	atom.Td:    {[]atom.Atom{atom.Td, atom.Th}, []atom.Atom{atom.Tr, atom.Table}},
	atom.Th:    {[]atom.Atom{atom.Td, atom.Th}, []atom.Atom{atom.Tr, atom.Table}},
	atom.Tr:    {[]atom.Atom{atom.Tr}, []atom.Atom{atom.Table}},
	atom.Tbody: {[]atom.Atom{atom.Tbody, atom.Thead, atom.Tfoot}, []atom.Atom{atom.Table}},
	atom.Thead: {[]atom.Atom{atom.Tbody, atom.Thead, atom.Tfoot}, []atom.Atom{atom.Table}},
	atom.Tfoot: {[]atom.Atom{atom.Tbody, atom.Thead, atom.Tfoot}, []atom.Atom{atom.Table}},
}

// webTree builds the tree of a page from its tags in one pass. It grows no faster than the page.
type webTree struct {
	open []*html.Node
	held int
}

// parseWeb reads a page into a tree.
func parseWeb(ctx context.Context, page io.Reader) (*html.Node, error) {
	root := &html.Node{Type: html.DocumentNode}
	t := webTree{open: []*html.Node{root}}
	z := html.NewTokenizer(page)
	z.SetMaxBuf(4 << 20)
	for tokens := 0; ; tokens++ {
		if tokens%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			if errors.Is(z.Err(), io.EOF) {
				return root, nil
			}
			return nil, tooMuch()
		case html.TextToken:
			if text := string(z.Text()); text != "" {
				t.add(&html.Node{Type: html.TextNode, Data: text})
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			t.start(&token)
		case html.EndTagToken:
			name, _ := z.TagName()
			t.end(atom.Lookup(name), string(name))
		}
		if t.held > maxNodes {
			return nil, tooMuch()
		}
	}
}

func (t *webTree) top() *html.Node { return t.open[len(t.open)-1] }

func (t *webTree) add(n *html.Node) {
	t.held++
	t.top().AppendChild(n)
}

func (t *webTree) start(token *html.Token) {
	if weightless[token.DataAtom] {
		return
	}
	if blocks[token.DataAtom] || token.DataAtom == atom.Hr {
		t.close([]atom.Atom{atom.P}, []atom.Atom{atom.Td, atom.Th, atom.Table, atom.Li, atom.Div})
	}
	if e, ok := ends[token.DataAtom]; ok {
		t.close(e.open, e.upTo)
	}
	n := &html.Node{Type: html.ElementNode, DataAtom: token.DataAtom, Data: token.Data}
	for _, a := range token.Attr {
		switch a.Key {
		case "style", "start", "value", "type", "rowspan", "colspan", "title":
			n.Attr = append(n.Attr, a)
		}
	}
	t.add(n)
	// The end of one that is nested too deep ends nothing, and what is in it stays.
	if !void[token.DataAtom] && token.Type == html.StartTagToken && len(t.open) < maxOpen {
		t.open = append(t.open, n)
	}
}

// close ends the innermost of these elements, unless one of those stands before it.
func (t *webTree) close(these, upTo []atom.Atom) {
	for i := len(t.open) - 1; i > 0; i-- {
		for _, a := range these {
			if t.open[i].DataAtom == a {
				t.open = t.open[:i]
				return
			}
		}
		for _, a := range upTo {
			if t.open[i].DataAtom == a {
				return
			}
		}
	}
}

// end ends the innermost element of a name. The end of one within a cell never ends the cell.
func (t *webTree) end(a atom.Atom, name string) {
	if weightless[a] {
		return
	}
	for i := len(t.open) - 1; i > 0; i-- {
		open := t.open[i]
		if open.DataAtom == a && (a != 0 || open.Data == name) {
			t.open = t.open[:i]
			return
		}
		switch open.DataAtom {
		case atom.Td, atom.Th, atom.Table:
			switch a {
			case atom.Td, atom.Th, atom.Tr, atom.Tbody, atom.Thead, atom.Tfoot, atom.Table, atom.Body, atom.Html:
			default:
				return
			}
		}
	}
}

// words counts the letters of what is shown in an element, up to a bound.
func words(n *html.Node, bound int) int {
	if n.Type == html.TextNode {
		return len(strings.TrimSpace(n.Data))
	}
	if n.Type == html.ElementNode && silent[n.DataAtom] {
		return 0
	}
	count := 0
	for c := n.FirstChild; c != nil && count < bound; c = c.NextSibling {
		count += words(c, bound-count)
	}
	return count
}
