package draft

import (
	"slices"
	"strings"
)

// inline parts "Sở Y tế: Chủ trì …".
func inline(text string) ([]string, Mode, string) {
	at := strings.IndexByte(text, ':')
	if rest, _, _ := address(text[:max(at, 0)]); at > 0 && plural.MatchString(fold(rest)) {
		// The colon of "Các sở: Y tế, Tài chính" is in the name.
		next := strings.IndexByte(text[at+1:], ':')
		if next < 0 {
			return nil, Assigned, ""
		}
		at += 1 + next
	}
	for tries := 0; at > 0 && at < 500 && tries < 3; tries++ {
		if names, mode := headed(text[:at]); names != nil {
			return names, mode, strings.TrimSpace(text[at+1:])
		}
		next := strings.IndexByte(text[at+1:], ':')
		if next < 0 || !strings.HasPrefix(fold(text), "các ") {
			break
		}
		at += 1 + next
	}
	return nil, Assigned, ""
}

// agency reads an agency's own list. rest is what its own paragraph says after the name.
func (w *walker) agency(n *node, names []string, mode Mode, rest, rule string) {
	section, _ := n.path()
	group := w.group(names, section, n.rest, mode, n.line, rule)
	if rest != "" {
		parts := pieces(rest)
		if !n.leaf() {
			parts = []string{rest}
		}
		for _, sentence := range parts {
			// "A, B: A làm …; B làm …; C phối hợp …": each is given its own.
			if s, ok := subjectAt(sentence); ok && !classed(s.names) && n.leaf() {
				own := group
				if !among(s.names, names) {
					own = w.group(s.names, section, n.rest, mode, n.line, rule)
				}
				w.add(own, dutyOf(sentence, s.act, section, "", n.line, "inline"), s.names)
				continue
			}
			duty := dutyOf(sentence, sentence, section, "", n.line, "inline")
			if strings.HasSuffix(rest, ":") && !n.leaf() {
				w.below(&duty, n, names)
				w.add(group, duty, names)
				return
			}
			w.add(group, duty, names)
		}
	}
	for _, p := range n.paras {
		w.add(group, dutyOf(p.text, p.text, section, "", p.line, "paragraph"), names)
	}
	for _, child := range n.under {
		w.under(group, child, names)
	}
	if len(w.d.Agencies[group].Duties) == 0 {
		w.doubt(n.line, n.rest, WhyNoDuty)
		w.d.Agencies = slices.Delete(w.d.Agencies, group, group+1)
	}
}

// among reports whether all names are of a list.
func among(names, list []string) bool {
	for _, name := range names {
		if !slices.ContainsFunc(list, func(one string) bool { return fold(one) == fold(name) }) {
			return false
		}
	}
	return true
}

// under reads one duty of an agency's list.
func (w *walker) under(group int, n *node, names []string) {
	if n.cells != nil {
		w.row(n)
		return
	}
	// A smaller agency within the list of its superior has a list of its own only below a heading.
	if others, mode := headed(n.rest); others != nil && !n.leaf() && !general(others) {
		w.agency(n, others, mode, "", "heading")
		return
	}
	if others, mode, rest := inline(n.rest); others != nil && rest != "" && !general(others) {
		w.agency(n, others, mode, rest, "inline")
		return
	}
	section, letter := n.path()
	duty := dutyOf(n.rest, n.rest, section, letter, n.line, "item")
	w.below(&duty, n, names)
	w.add(group, duty, names)
}

// below reads what stands under a duty: its nested duties.
func (w *walker) below(duty *Duty, n *node, names []string) {
	from := names
	if found := directedBy(n.rest); len(found) > 0 {
		from = found
	}
	for _, p := range n.paras {
		child := dutyOf(p.text, p.text, duty.Section, "", p.line, "paragraph")
		duty.Children = append(duty.Children, child)
		w.look(child)
	}
	for _, c := range n.under {
		if c.cells != nil {
			w.row(c)
			continue
		}
		section, letter := c.path()
		child := dutyOf(c.rest, c.rest, section, letter, c.line, "nested")
		w.below(&child, c, from)
		w.dated(&child)
		w.look(child)
		duty.Children = append(duty.Children, child)
		w.d.Reporting = append(w.d.Reporting, w.reportsOf(child.Text, from, child.Line)...)
	}
}

// directedBy answers who is directed by a duty that only directs: "Chỉ đạo UBND các xã, phường, thị trấn:".
func directedBy(text string) []string {
	folded := fold(text)
	n := begins(folded, directed...)
	if n == 0 {
		return nil
	}
	return readNames(strings.TrimLeft(text[n:], " ")).list
}

// given reads an item that addresses somebody and lists below what they are to do.
func (w *walker) given(n *node, s subject, text string, at where) {
	section, letter := n.path()
	if len(directedBy(s.act)) == 0 {
		w.inherited(n, s, text)
		return
	}
	group := w.group(s.names, section, text, s.mode, n.line, "sentence")
	duty := dutyOf(text, s.act, section, letter, n.line, "sentence")
	w.below(&duty, n, s.names)
	w.add(group, duty, s.names)
}

// inherited reads the items below "Sở Y tế chủ trì, phối hợp với Sở A:": each is led so, with those partners.
func (w *walker) inherited(n *node, s subject, text string) {
	section, _ := n.path()
	group := w.group(s.names, section, text, s.mode, n.line, "heading")
	role, _ := roleOf(s.act)
	with := partnersIn(s.act)
	before := len(w.d.Agencies[group].Duties)
	for _, p := range n.paras {
		w.add(group, dutyOf(p.text, p.text, section, "", p.line, "paragraph"), s.names)
	}
	for _, child := range n.under {
		w.under(group, child, s.names)
	}
	added := w.d.Agencies[group].Duties[before:]
	for i := range added {
		if added[i].Role == Implement {
			added[i].Role = role
		}
		if len(added[i].Partners) == 0 {
			added[i].Partners = append(added[i].Partners, with...)
		}
	}
}

// titleLike reports whether an item with others below it is their heading.
func titleLike(n *node) bool {
	text := n.rest
	return strings.HasSuffix(text, ":") || shouted(text) || len(text) < 260 && !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, ";")
}

// leading reports whether a few words before a colon are a heading of their own: "Mục tiêu chung: …".
func leading(prefix string) bool {
	folded := fold(prefix)
	for _, k := range keywords {
		if begins(folded, k.words...) > 0 || begins(folded, "về "+k.words[0]) > 0 {
			return true
		}
	}
	return false
}
