package draft

import (
	"strings"

	"dondoc/internal/issued"
)

// node is an item of the document with what stands below it.
type node struct {
	mark
	line  int
	paras []para // unmarked paragraphs that follow
	under []*node
	above *node
	// cells are those of a row of a table.
	cells []string
	table int
}

// para is a paragraph without a mark.
type para struct {
	text string
	line int
}

// leaf reports whether nothing is below the item.
func (n *node) leaf() bool { return len(n.under) == 0 && len(n.paras) == 0 }

// outlineOf makes the tree of a part of the document. Marks hold each other in the order of their styles, but capitals
// that are first seen below Roman numerals stay below them, and single letters that follow A and B are no numerals.
func outlineOf(lines []issued.Line) *node {
	o := outliner{root: &node{}}
	o.at = o.root
	for _, l := range lines {
		if l.Cells != nil {
			row := &node{line: l.Number, cells: l.Cells, table: l.Table, above: o.at, mark: mark{rest: l.Text}}
			o.at.under = append(o.at.under, row)
			continue
		}
		o.add(l)
	}
	return o.root
}

type outliner struct {
	root, at     *node
	lastCapital  string
	romanIsOuter bool
	closing      bool
}

func (o *outliner) add(l issued.Line) {
	m := marked(l.Text)
	m.style = o.settle(m)
	switch {
	case m.style == unmarked && closes(l.Text):
		o.closing = true
		fallthrough
	case o.closing && m.style == unmarked:
		n := &node{mark: mark{rest: l.Text}, line: l.Number, above: o.root}
		o.root.under = append(o.root.under, n)
		o.at = n
		return
	case m.style == unmarked && o.at.style >= letter && o.at.leaf() && continues(o.at.rest, l.Text):
		o.at.rest += " " + l.Text
		return
	case m.style == unmarked && titled(l.Text):
		m.style = heading
		if shouted(l.Text) && !namesOnly(l.Text) {
			m.style = ordinal
		}
	case m.style == unmarked:
		o.at.paras = append(o.at.paras, para{l.Text, l.Number})
		return
	}
	o.closing = false
	n := &node{mark: m, line: l.Number}
	above := o.at
	for above != o.root && (above.style == unmarked || o.rank(above.style) >= o.rank(m.style)) {
		above = above.above
	}
	n.above = above
	above.under = append(above.under, n)
	o.at = n
}

// settle decides what a mark is that may be two things.
func (o *outliner) settle(m mark) style {
	switch {
	case m.style == roman && len(m.label) == 1 && o.lastCapital != "" && m.label[0] == o.lastCapital[0]+1:
		m.style = capital
	}
	switch m.style {
	case capital:
		o.lastCapital = m.label
	case roman:
		if o.lastCapital == "" {
			o.romanIsOuter = true
		}
	}
	return m.style
}

// rank is where a style stands in this part of the document.
func (o *outliner) rank(s style) int {
	switch {
	case s == capital && o.romanIsOuter:
		return 2*int(roman) + 1
	default:
		return 2 * int(s)
	}
}

// titled reports whether an unmarked line is a heading: an agency's name alone, or a few words in capitals.
func titled(text string) bool {
	if len(text) > 240 {
		return false
	}
	return namesOnly(text) || shouted(text) && len(strings.Fields(text)) <= 20
}

// continues reports whether a line goes on with the one before, which a typist broke.
func continues(before, text string) bool {
	if before == "" || strings.ContainsRune(".:;!?”\")", lastRune(before)) {
		return false
	}
	r := []rune(text)
	return len(r) > 0 && first(text) == r[0] && fold(string(r[0])) == string(r[0])
}

func lastRune(s string) rune {
	r := []rune(s)
	if len(r) == 0 {
		return 0
	}
	return r[len(r)-1]
}

// closings begin the paragraphs with which documents end.
var closings = []string{
	"trên đây là", "trên đây", "trong quá trình thực hiện", "trong quá trình tổ chức thực hiện", "trong quá trình triển khai", "căn cứ kế hoạch này",
	"căn cứ chương trình này", "căn cứ nội dung kế hoạch", "nhận được kế hoạch này", "nhận được chỉ thị này", "yêu cầu các", "đề nghị các", "yêu cầu thủ trưởng",
	"giao văn phòng", "văn phòng ủy ban nhân dân", "văn phòng ubnd", "thừa lệnh", "chỉ thị này", "nghị quyết này", "quyết định này", "kế hoạch này",
	"ủy ban nhân dân tỉnh yêu cầu", "ubnd tỉnh yêu cầu", "ủy ban nhân dân huyện yêu cầu", "ubnd huyện yêu cầu", "ubnd xã yêu cầu", "ủy ban nhân dân xã yêu cầu",
}

// closes reports whether a paragraph is one of the last.
func closes(text string) bool { return begins(fold(text), closings...) > 0 }

// path is the place of an item as it is cited: marks from the outermost in, without the letter.
func (n *node) path() (section, own string) {
	var parts []string
	for at := n; at != nil; at = at.above {
		switch {
		case at.style == letter || at.style == bracket:
			if own == "" && len(parts) == 0 {
				own = at.label
				continue
			}
			parts = append(parts, at.label)
		case at.style == dash, at.style == plus, at.style == unmarked, at.style == heading, at.label == "":
		case at.style == article:
			parts = append(parts, "Điều "+at.label)
		case at.style == number2 || at.style == number3:
			// "2.1" holds the number above it.
			parts = append(parts, at.label)
			for at.above != nil && (at.above.style == number1 || at.above.style == number2) && strings.HasPrefix(at.label, at.above.label+".") {
				at = at.above
			}
		default:
			parts = append(parts, at.label)
		}
	}
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return strings.Join(parts, "."), own
}
