package draft

import (
	"regexp"
	"strings"

	"dondoc/internal/issued"
)

// types are the kinds of documents that assign work, as they stand above the title.
var types = []string{
	"kế hoạch phối hợp", "kế hoạch", "quyết định", "chỉ thị", "nghị quyết liên tịch", "nghị quyết", "thông báo kết luận", "thông báo", "kết luận", "chương trình phối hợp", "chương trình hành động", "chương trình",
	"đề án", "công văn", "công điện", "hướng dẫn", "phương án", "quy chế phối hợp", "quy chế", "phụ lục",
}

// section is a document within the document: the issued one, or what it puts in force.
type section struct {
	kind     string // one of types
	title    string
	line     int
	preamble []issued.Line // between the title and the first item
	body     []issued.Line
	annex    bool
}

// layout parts a document. What stands before its title and after its signature is no duty, but tells facts.
type layout struct {
	header     []issued.Line
	sections   []section
	signature  []string
	recipients []string
}

var (
	recipientsAt = regexp.MustCompile(`^(?i:nơi nhận)\s*:?`)
	signedBy     = regexp.MustCompile(`^(?:TM\.|KT\.|TL\.|TUQ\.|Q\.)\s*\p{Lu}|^(?:(?:PHÓ )?(?:CHỦ TỊCH|GIÁM ĐỐC|BỘ TRƯỞNG|THỦ TƯỚNG|TRƯỞNG BAN|CHÁNH VĂN PHÒNG|CỤC TRƯỞNG|TỔNG GIÁM ĐỐC|BÍ THƯ|TRƯỞNG PHÒNG|THỨ TRƯỞNG))(?:\s|$)`)
	// done is the mark with which official texts end.
	done       = regexp.MustCompile(`\./\.?[\s”"]*$`)
	putInForce = regexp.MustCompile(`^\(\s*(?i:ban hành|kèm theo|kèm)\s|^(?i:ban hành )?(?i:kèm theo)\s`)
	annexTitle = regexp.MustCompile(`^(?i:phụ lục|biểu|danh mục)(?:\s+(?:số\s*)?(?:[IVX]+|\d+|[A-Z]))?\s*[.:\-–]?(?:\s|$)`)
	columnGap  = regexp.MustCompile(`\s{3,}|\s*\|\s*`)
	// letterAbout begins what a letter is about, which bears no title of its own.
	letterAbout = regexp.MustCompile(`^(?:V/v|V/V|v/v)\s*:?\s+`)
	national    = []string{"cộng hòa xã hội chủ nghĩa", "độc lập", "đảng cộng sản việt nam"}
)

// lay parts a document into its sections.
func lay(lines []issued.Line) layout {
	var out layout
	lines = spread(lines)
	at := titleAt(lines)
	out.header = lines[:at]
	for at < len(lines) {
		var one section
		one, at = readSection(lines, at, &out)
		if one.title != "" || len(one.body) > 0 || len(one.preamble) > 0 {
			out.sections = append(out.sections, one)
		}
	}
	return out
}

// Shown are the lines of a document that a draft is checked against: its head, its text and its annexes, without
// signature, recipients and what a web page puts around it. So no signer's name is kept.
func Shown(doc issued.Document) []issued.Line {
	l := lay(doc.Lines)
	keep := map[int]bool{}
	for _, s := range l.sections {
		keep[s.line] = true
		for _, line := range append(append([]issued.Line{}, s.preamble...), s.body...) {
			keep[line.Number] = true
		}
		for i := range doc.Lines {
			if n := doc.Lines[i].Number; n > s.line && (len(s.preamble) > 0 && n < s.preamble[0].Number || len(s.preamble) == 0 && len(s.body) > 0 && n < s.body[0].Number) {
				keep[n] = true // the lines of a title
			}
		}
	}
	for _, line := range l.header {
		keep[line.Number] = true
	}
	var out []issued.Line
	for _, line := range doc.Lines {
		if keep[line.Number] {
			out = append(out, line)
		}
	}
	return out
}

// spread makes lines of the tables that lay out headers and signatures: tables of at most two columns whose cells hold
// the words of a header or a signature.
func spread(lines []issued.Line) []issued.Line {
	var out []issued.Line
	for _, l := range lines {
		if l.Cells == nil && strings.Trim(l.Text, " |-–—_*") == "" {
			continue // a rule, or what is left of a table
		}
		// The two columns of a header on one line.
		if l.Cells == nil && has(fold(l.Text), national...) || l.Cells == nil && ownNumber.MatchString(l.Text) {
			for _, text := range columnGap.Split(l.Text, -1) {
				if text != "" {
					out = append(out, issued.Line{Number: l.Number, Page: l.Page, Text: text})
				}
			}
			continue
		}
		if l.Cells == nil || len(l.Cells) > 3 || !frames(l.Cells) {
			out = append(out, l)
			continue
		}
		for _, cell := range l.Cells {
			for _, text := range strings.Split(cell, "\n") {
				if text = strings.TrimSpace(text); text != "" {
					out = append(out, issued.Line{Number: l.Number, Page: l.Page, Text: text})
				}
			}
		}
	}
	return out
}

func frames(cells []string) bool {
	for _, cell := range cells {
		folded := fold(cell)
		for _, text := range strings.Split(cell, "\n") {
			if recipientsAt.MatchString(text) || signedBy.MatchString(text) {
				return true
			}
		}
		if has(folded, national...) || strings.HasPrefix(folded, "số:") || strings.HasPrefix(folded, "số :") {
			return true
		}
	}
	return false
}

// typeOf answers which kind of document a line names in capitals, alone or with its title.
func typeOf(text string) (kind, title string) {
	folded := fold(text)
	n := begins(folded, types...)
	if n == 0 {
		return "", ""
	}
	if rest := strings.TrimSpace(text[n:]); shouted(text[:n]) || shouted(text) {
		return folded[:n], rest
	}
	return "", ""
}

// titleAt is where the title of the document begins; 0 where there is none.
func titleAt(lines []issued.Line) int {
	for i, l := range lines {
		if kind, _ := typeOf(l.Text); kind != "" && l.Cells == nil && len(l.Text) < 400 {
			return i
		}
	}
	for i, l := range lines {
		if letterAbout.MatchString(l.Text) {
			return i
		}
		if begins(fold(l.Text), types...) > 0 && len(l.Text) < 400 && !strings.HasSuffix(l.Text, ".") && !begins2(l.Text, "căn cứ") {
			return i
		}
		if i > 30 || marked(l.Text).style != unmarked && marked(l.Text).style < letter {
			break
		}
	}
	return 0
}

func begins2(text string, words ...string) bool { return begins(fold(text), words...) > 0 }

// readSection reads one document from its title on.
func readSection(lines []issued.Line, at int, out *layout) (section, int) {
	var one section
	if at >= len(lines) {
		return one, at
	}
	at = readTitle(lines, at, &one)
	for at < len(lines) && lines[at].Cells == nil {
		m := marked(lines[at].Text)
		if m.style != unmarked && (m.style != dash || !rests(m.rest)) || namesOnly(lines[at].Text) && strings.HasSuffix(lines[at].Text, ":") && !begins2(lines[at].Text, "ủy ban nhân dân", "chủ tịch", "thủ tướng") {
			break
		}
		if recipientsAt.MatchString(lines[at].Text) || starts(lines, at) {
			break
		}
		if begins2(lines[at].Text, "kính gửi") {
			at = readAddress(lines, at, out)
			continue
		}
		one.preamble = append(one.preamble, lines[at])
		at++
		if done.MatchString(lines[at-1].Text) {
			break
		}
	}
	ended := len(one.preamble) > 0 && done.MatchString(one.preamble[len(one.preamble)-1].Text)
	for at < len(lines) {
		l := lines[at]
		switch {
		case starts(lines, at):
			return one, at
		case recipientsAt.MatchString(l.Text) || l.Cells == nil && signedBy.MatchString(l.Text):
			ended = true
			at = readSignature(lines, at, out)
			continue
		case !ended:
			one.body = append(one.body, l)
			ended = done.MatchString(l.Text) && l.Cells == nil
		}
		at++
	}
	return one, at
}

// readAddress reads to whom a letter goes: "Kính gửi: …", and the dashes below it.
func readAddress(lines []issued.Line, at int, out *layout) int {
	if _, rest, _ := strings.Cut(lines[at].Text, ":"); strings.TrimSpace(rest) != "" {
		out.recipients = append(out.recipients, strings.Trim(rest, " .;"))
	}
	for at++; at < len(lines) && marked(lines[at].Text).style == dash; at++ {
		out.recipients = append(out.recipients, strings.TrimRight(marked(lines[at].Text).rest, ";. "))
	}
	return at
}

// starts reports whether an attached document or annex begins here.
func starts(lines []issued.Line, at int) bool {
	text := lines[at].Text
	if at == 0 || lines[at].Cells != nil || len(text) > 300 {
		return false
	}
	if annexTitle.MatchString(text) && (shouted(strings.Fields(text)[0]) || len(strings.Fields(text)) <= 4) && fold(text) != "danh mục" {
		return true
	}
	kind, _ := typeOf(text)
	if kind == "" || !shouted(text) {
		return false
	}
	// "QUYẾT ĐỊNH:" stands between the bases and Điều 1 of a decision.
	if strings.HasSuffix(text, ":") {
		return false
	}
	for i := at + 1; i < len(lines) && i < at+6; i++ {
		if putInForce.MatchString(lines[i].Text) {
			return true
		}
	}
	return false
}

func rests(text string) bool { return begins(fold(text), basisWords...) > 0 }

// readTitle reads kind and title.
func readTitle(lines []issued.Line, at int, one *section) int {
	text := lines[at].Text
	one.line = lines[at].Number
	one.annex = annexTitle.MatchString(text)
	kind, rest := typeOf(text)
	if m := letterAbout.FindString(text); m != "" {
		one.kind, one.title = "công văn", strings.TrimSpace(text[len(m):])
		for at++; at < len(lines) && goesOn(one.title, lines, at); at++ {
			one.title += " " + lines[at].Text
		}
		return at
	}
	if kind == "" {
		if n := begins(fold(text), types...); n > 0 {
			one.kind, one.title = fold(text)[:n], text
			at++
			if at < len(lines) && goesOn(text, lines, at) && !rests(lines[at].Text) {
				one.title += " " + lines[at].Text
				at++
			}
			return skipForce(lines, at)
		}
		if one.annex {
			one.kind, one.title = "phụ lục", text
			return skipForce(lines, at+1)
		}
		return at
	}
	one.kind = kind
	parts := []string{text}
	at++
	_ = rest
	for at < len(lines) && lines[at].Cells == nil && len(parts) < 8 {
		l := lines[at].Text
		m := marked(l)
		if m.style != unmarked || putInForce.MatchString(l) || preamble(l) || len(l) > 500 || strings.HasSuffix(l, ".") || strings.HasSuffix(l, ";") || strings.HasSuffix(l, ":") || recipientsAt.MatchString(l) || has(fold(l), national...) || shouted(l) && namesOnly(l) {
			break
		}
		if fold(l) == fold(strings.TrimSpace(text)) || strings.Trim(l, "-–_*. ") == "" {
			at++
			continue
		}
		parts = append(parts, l)
		at++
	}
	one.title = squeeze(strings.Join(parts, " "))
	return skipForce(lines, at)
}

func goesOn(title string, lines []issued.Line, at int) bool {
	return continues(title, lines[at].Text) && len(lines[at].Text) < 300
}

// preamble reports whether a line belongs to the bases and not to the title.
func preamble(text string) bool {
	folded := fold(text)
	switch {
	case begins(folded, "căn cứ", "xét", "theo đề nghị", "kính gửi", "chủ tịch", "thủ tướng", "bộ trưởng", "hội đồng nhân dân") > 0:
		return true
	case begins(folded, "thực hiện", "triển khai", "để", "nhằm") > 0:
		return len(text) > 160 && (citation.MatchString(text) || strings.HasSuffix(text, ":"))
	case begins(folded, "ủy ban nhân dân", "ubnd") > 0:
		return strings.Contains(folded, "ban hành") || strings.Contains(folded, "xây dựng kế hoạch") || shouted(text)
	}
	return false
}

// skipForce leaves "(Ban hành kèm theo Quyết định số …)" and rules of dashes out.
func skipForce(lines []issued.Line, at int) int {
	for at < len(lines) && (putInForce.MatchString(lines[at].Text) && strings.HasPrefix(strings.TrimSpace(lines[at].Text), "(") || strings.Trim(lines[at].Text, "-–_*. ") == "") {
		at++
	}
	return at
}

// readSignature reads recipients and signature: to the next title, or to the end.
func readSignature(lines []issued.Line, at int, out *layout) int {
	listing := false
	for ; at < len(lines) && !starts(lines, at); at++ {
		text := strings.TrimSpace(lines[at].Text)
		switch {
		case recipientsAt.MatchString(text):
			listing = true
			if rest := strings.TrimSpace(recipientsAt.ReplaceAllString(text, "")); rest != "" {
				out.recipients = append(out.recipients, strings.Trim(rest, "-–; "))
			}
		case signedBy.MatchString(text):
			out.signature = append(out.signature, text)
			listing = false
		case listing && marked(text).style == dash:
			out.recipients = append(out.recipients, strings.TrimRight(marked(text).rest, ";. "))
		case listing && len(text) < 120 && strings.HasSuffix(text, ";"):
			out.recipients = append(out.recipients, strings.TrimRight(text, ";. "))
		default:
			listing = false
		}
	}
	return at
}
