package draft

import (
	"regexp"
	"slices"
	"strings"
)

// labels name lead, partners, time and product of the item above.
var labels = regexp.MustCompile(`(?:^|[;.]\s*|\n|-\s*)((?:cơ quan|đơn vị|sở, ngành)?\s*(?:chủ trì thực hiện|chủ trì tham mưu|chủ trì|thực hiện|phối hợp thực hiện|phối hợp)|thời gian(?: thực hiện| hoàn thành)?|thời hạn(?: hoàn thành)?|sản phẩm(?: dự kiến)?|kết quả đầu ra)\s*:\s*`)

type labelledDuty struct {
	lead, with []string
	when       string
	product    string
	line       int
	named      bool
}

// labelsIn reads the labels of a text; named is false where it has none for the lead.
func labelsIn(text string) labelledDuty {
	var out labelledDuty
	folded := fold(text)
	at := labels.FindAllStringSubmatchIndex(folded, -1)
	if len(at) == 0 || at[0][0] != 0 {
		return out
	}
	out.named = true
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		value := strings.Trim(text[m[1]:end], " .;")
		label := folded[m[2]:m[3]]
		switch {
		case strings.Contains(label, "phối hợp"):
			out.with = append(out.with, listed(value)...)
		case strings.Contains(label, "chủ trì"), strings.HasSuffix(label, "thực hiện") && !strings.HasPrefix(label, "thời gian") && strings.TrimSpace(label) != "thực hiện":
			out.lead = append(out.lead, listed(value)...)
		case strings.HasPrefix(label, "thời"):
			out.when = value
		case strings.HasPrefix(label, "sản"), strings.HasPrefix(label, "kết"):
			out.product = value
		default:
			out.named = false
		}
	}
	return out
}

// labelled reads an item whose lead stands below it as a label: "Cơ quan chủ trì: Sở Y tế".
func (w *walker) labelled(n *node) bool {
	var all labelledDuty
	rest := n.under[:0:0]
	for _, c := range n.under {
		if l := labelsIn(c.rest); c.cells == nil && l.named && c.leaf() {
			all.join(l, c.line)
			continue
		}
		rest = append(rest, c)
	}
	var paras []para
	for _, p := range n.paras {
		if l := labelsIn(p.text); l.named {
			all.join(l, p.line)
			continue
		}
		paras = append(paras, p)
	}
	if len(all.lead) == 0 {
		return false
	}
	section, letter := n.path()
	duty := dutyOf(n.rest, n.rest, section, letter, n.line, "label")
	duty.Role, duty.Confidence = Lead, 0.95
	for _, with := range all.with {
		if !slices.Contains(duty.Partners, with) {
			duty.Partners = append(duty.Partners, with)
		}
	}
	if all.when != "" {
		on, cadences := cellDue(all.when)
		if on != "" {
			duty.Due = []string{string(on)}
		} else if len(cadences) == 0 {
			duty.Due = []string{all.when}
		}
		if len(cadences) > 0 {
			duty.Cadences = cadences
		}
	}
	duty.Product = Written(all.product)
	for _, c := range rest {
		s, l := c.path()
		child := dutyOf(c.rest, c.rest, s, l, c.line, "nested")
		duty.Children = append(duty.Children, child)
	}
	for _, p := range paras {
		duty.Children = append(duty.Children, dutyOf(p.text, p.text, section, "", p.line, "paragraph"))
	}
	w.add(w.group(all.lead, section, n.rest, Assigned, all.line, "label"), duty, all.lead)
	return true
}

func (a *labelledDuty) join(b labelledDuty, line int) {
	a.lead, a.with = append(a.lead, b.lead...), append(a.with, b.with...)
	if b.when != "" {
		a.when = b.when
	}
	if b.product != "" {
		a.product = b.product
	}
	if a.line == 0 {
		a.line = line
	}
}
