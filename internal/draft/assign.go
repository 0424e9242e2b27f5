package draft

import (
	"regexp"
	"slices"
	"strings"
)

// purpose is what a section of the document is for.
type purpose int

const (
	unknown purpose = iota
	purposes
	aims
	content
	assigning
	means
	reports
	background
)

// walker goes through the outline and knows who each item is given to.
type walker struct {
	d     *Draft
	annex annexReader
	// tables that were told of as unread.
	unread map[int]bool
}

// where is what the items above one say.
type where struct {
	purpose purpose
}

// obeying is what is asked of everybody and nobody: "nghiêm túc thực hiện Chỉ thị này".
var obeying = regexp.MustCompile(`^(?:[^;]{0,60} )?(?:nghiêm túc |khẩn trương |chủ động |tổ chức |triển khai |quán triệt |quán triệt, |phối hợp |thực hiện )+(?:[^;]{0,30} )?(?:chỉ thị|kế hoạch|quyết định|nghị quyết|thông báo|kết luận|chương trình)(?: này)?[^;,]{0,12}$`)

var formulas = regexp.MustCompile(`(?:chịu trách nhiệm thi hành|chịu trách nhiệm thực hiện (?:quyết định|nghị quyết|chỉ thị) này|có hiệu lực (?:kể )?từ ngày|thi hành quyết định này|ban hành kèm theo (?:quyết định|nghị quyết) này)`)

func (w *walker) walk(n *node, at where) {
	if n.cells != nil {
		w.row(n)
		return
	}
	for _, child := range n.under {
		w.item(child, at)
	}
}

func (w *walker) row(n *node) {
	if !w.annex.row(n.cells, n.table, n.line) && !w.unread[n.table] {
		w.unread[n.table] = true
		w.doubt(n.line, n.rest, WhyUnread)
	}
}

func (w *walker) doubt(line int, text string, why Why) {
	for _, one := range w.d.Unresolved {
		if one.Line == line && one.Why == why {
			return
		}
	}
	w.d.Unresolved = append(w.d.Unresolved, Unresolved{line, text, why})
}

// item reads one item outside of any agency's list.
func (w *walker) item(n *node, at where) {
	if n.cells != nil {
		w.row(n)
		return
	}
	if formulas.MatchString(fold(n.rest)) && n.leaf() {
		return
	}
	if w.labelled(n) {
		return
	}
	if names, mode := headed(n.rest); names != nil && !n.leaf() {
		w.agency(n, names, mode, "", "heading")
		return
	}
	if names, mode, rest := inline(n.rest); names != nil {
		w.agency(n, names, mode, rest, "inline")
		return
	}
	text := n.rest
	if !n.leaf() && titleLike(n) {
		if p := classify(text); p != unknown {
			if at.purpose = p; p == aims && has(fold(text), "mục tiêu chung", "mục tiêu tổng quát") {
				at.purpose = purposes
			}
		} else if at.purpose == unknown && shouted(text) {
			at.purpose = unknown
		}
		if s, ok := subjectOf(text); ok && strings.HasSuffix(text, ":") && (s.explicit || at.purpose == assigning) && !general(s.names) {
			w.given(n, s, text, at)
			return
		}
		if at.purpose == means && sum.MatchString(fold(text)) {
			w.d.Budget = append(w.d.Budget, moneyIn(w.itemOf(n, text)))
		}
	} else {
		if begins(fold(text), "kinh phí", "nguồn kinh phí") > 0 {
			at.purpose = means
		}
		if prefix, rest, ok := strings.Cut(text, ":"); ok && at.purpose != means && leading(prefix) && len(prefix) < 60 && strings.TrimSpace(rest) != "" {
			if p := classify(prefix); p != unknown {
				if p == aims && has(fold(prefix), "mục tiêu chung", "mục tiêu tổng quát") {
					p = purposes
				}
				at.purpose, text = p, strings.TrimSpace(rest)
			}
		}
		w.said(n, text, n.line, at)
	}
	for _, p := range n.paras {
		if formulas.MatchString(fold(p.text)) {
			continue
		}
		w.said(n, p.text, p.line, at)
	}
	w.walk(n, at)
}

func (w *walker) itemOf(n *node, text string) Item {
	section, letter := n.path()
	return Item{Section: section, Letter: letter, Text: text, Mark: Mark{n.line, 0.9, "item"}}
}

// said reads a paragraph by the purpose of its section.
func (w *walker) said(n *node, text string, line int, at where) {
	one := w.itemOf(n, text)
	one.Line = line
	closing := n.style == unmarked
	if closing && begins(fold(text), "nơi nhận") > 0 {
		return
	}
	switch at.purpose {
	case purposes:
		w.d.Purposes = append(w.d.Purposes, one)
		return
	case aims:
		w.d.Targets = append(w.d.Targets, targetsIn(one)...)
		return
	case means:
		w.d.Budget = append(w.d.Budget, moneyIn(one))
		if s, ok := subjectOf(text); !ok || !s.explicit || classed(s.names) {
			if has(fold(text), "báo cáo") {
				w.d.Reporting = append(w.d.Reporting, w.reportsOf(text, nil, line)...)
			}
			return
		}
	case background:
		w.d.Content = append(w.d.Content, one)
		return
	}
	took := w.sentencesOf(n, text, line, at, closing)
	switch {
	case took || at.purpose == means:
	case closing:
		if !ceremonial(text) {
			w.doubt(line, text, WhyUnread)
		}
	case at.purpose == assigning || at.purpose == reports:
		w.doubt(line, text, WhyNobody)
	default:
		w.d.Content = append(w.d.Content, one)
	}
}

// ceremonial reports whether a closing paragraph asks for nothing.
func ceremonial(text string) bool {
	return begins(fold(text), "trên đây là", "trên đây", "thừa lệnh") > 0 || formulas.MatchString(fold(text)) || !has(fold(text), "báo cáo", "yêu cầu", "đề nghị", "giao", "phản ánh", "thực hiện")
}

// sentencesOf gives each sentence to whom it addresses; what follows without an address stays with the one before.
func (w *walker) sentencesOf(n *node, text string, line int, at where, closing bool) bool {
	if names := leadInBrackets(text); names != nil && !closing {
		section, letter := n.path()
		duty := dutyOf(text, text, section, letter, line, "brackets")
		duty.Role = Lead
		w.add(w.group(names, section, strings.Join(names, ", "), Assigned, line, "label"), duty, names)
		return true
	}
	took := false
	last := -1
	section, letter := n.path()
	for _, piece := range pieces(text) {
		if formulas.MatchString(fold(piece)) {
			continue
		}
		s, ok := subjectOf(piece)
		if ok && classedLoosely(s.names) && obeying.MatchString(fold(strings.Trim(s.act, " ./"))) {
			took = true
			continue
		}
		switch {
		case ok && at.purpose == content && classed(s.names) && !took:
			ok = false
		case ok && at.purpose == content && !s.explicit && begins(fold(s.act), "đã", "đang", "được", "sẽ") > 0:
			ok = false
		case ok && team(s.names) && !s.explicit:
			ok = false
		}
		switch {
		case ok && (general(s.names) || closing && classed(s.names)):
			duty := dutyOf(piece, s.act, section, letter, line, "common")
			w.d.Common = append(w.d.Common, Common{Who: s.names, Duty: duty})
			w.look(duty)
			w.d.Reporting = append(w.d.Reporting, w.reportsOf(piece, s.names, line)...)
			took, last = true, -1
		case ok:
			duty := dutyOf(piece, s.act, section, letter, line, "sentence")
			last = w.group(s.names, section, piece[:max(0, len(piece)-len(s.act))], s.mode, line, "sentence")
			w.add(last, duty, s.names)
			took = true
		case last >= 0:
			w.add(last, dutyOf(piece, piece, section, letter, line, "sentence"), w.d.Agencies[last].Names)
		case closing || at.purpose == reports || at.purpose == assigning || at.purpose == unknown:
			if found := w.reportsOf(piece, nil, line); len(found) > 0 {
				w.d.Reporting = append(w.d.Reporting, found...)
				took = true
			}
		}
	}
	return took
}

// classedLoosely reports whether names are classes or titles, which no duty of their own is given to by a formula.
func classedLoosely(names []string) bool {
	for _, name := range names {
		if !classed([]string{name}) && begins(fold(name), "chủ tịch", "giám đốc", "thủ trưởng", "chánh", "bộ trưởng", "các") == 0 {
			return false
		}
	}
	return true
}

// leadInBrackets answers who leads where a text says so at its end: "… (Sở Y tế chủ trì)".
func leadInBrackets(text string) []string {
	open := strings.LastIndexByte(text, '(')
	if open < 0 || len(text)-open > 400 || !strings.Contains(text[open:], ")") {
		return nil
	}
	inside := strings.TrimSpace(text[open+1:])
	if n := begins(fold(inside), "cơ quan chủ trì:", "đơn vị chủ trì:", "chủ trì:"); n > 0 {
		return readNames(strings.TrimSpace(inside[n:])).list
	}
	found := readNames(inside)
	if len(found.list) == 0 || begins(fold(strings.TrimLeft(inside[found.end:], " ")), "chủ trì") == 0 {
		return nil
	}
	return found.list
}

// team reports whether the names are of interagency teams, which carry out work but are given none of their own here.
func team(names []string) bool {
	for _, name := range names {
		if begins(fold(name), "đội", "tổ", "ban chỉ đạo") == 0 {
			return false
		}
	}
	return true
}

// reportsOf reads reports and lists what is unclear about them. from may be nil.
func (w *walker) reportsOf(text string, from []string, line int) []Reporting {
	if from == nil {
		from = []string{}
	}
	return reportsIn(text, reporter{from, line})
}

// group answers the place of an assignment, a new one where these agencies have none in the section.
func (w *walker) group(names []string, section, heading string, mode Mode, line int, rule string) int {
	for i, a := range w.d.Agencies {
		if a.Section == section && a.Mode == mode && slices.EqualFunc(a.Names, names, func(x, y string) bool { return fold(x) == fold(y) }) {
			return i
		}
	}
	sure := map[string]float64{"heading": 0.98, "inline": 0.95, "sentence": 0.85, "label": 0.95}[rule]
	w.d.Agencies = append(w.d.Agencies, Assignment{Names: names, Section: section, Heading: strings.TrimSpace(heading), Mode: mode, Duties: []Duty{}, Mark: Mark{line, sure, rule}})
	return len(w.d.Agencies) - 1
}

func (w *walker) add(group int, duty Duty, from []string) {
	w.dated(&duty)
	w.look(duty)
	w.d.Agencies[group].Duties = append(w.d.Agencies[group].Duties, duty)
	w.d.Reporting = append(w.d.Reporting, w.reportsOf(duty.Text, from, duty.Line)...)
}

// dated gives a day without a year the plan's, where the plan is of one year and the duty is done once.
func (w *walker) dated(d *Duty) {
	from, to := string(w.d.Plan.ValidFrom), string(w.d.Plan.ValidTo)
	if len(from) < 4 || len(to) < 4 || from[:4] != to[:4] || slices.ContainsFunc(d.Cadences, scheduled) {
		return
	}
	for _, one := range d.dues {
		if !one.noYear || len(one.part) != len("--12-31") {
			continue
		}
		for i := range d.Due {
			if d.Due[i] == one.part {
				d.Due[i] = from[:4] + one.part[1:]
			}
		}
	}
}

// look lists what a person has to settle about a duty.
func (w *walker) look(d Duty) {
	if slices.Contains(d.Cadences, Unspecified) {
		w.doubt(d.Line, d.Text, WhyCadence)
	}
	for _, one := range d.dues {
		switch issued := string(w.d.Plan.IssuedOn); {
		case one.noYear:
			if !slices.ContainsFunc(d.Cadences, scheduled) && slices.Contains(d.Due, one.part) {
				w.doubt(d.Line, d.Text, WhyNoYear)
			}
		case one.on == "" && !one.recurs:
			w.doubt(d.Line, d.Text, WhyNoDay)
		case one.on != "" && issued != "" && one.on < issued:
			w.doubt(d.Line, d.Text, WhyPast)
		}
	}
}

// keywords tell what a section is for.
var keywords = []struct {
	purpose purpose
	words   []string
}{
	{assigning, []string{"tổ chức thực hiện", "phân công", "trách nhiệm", "tổ chức, thực hiện", "giao nhiệm vụ"}},
	{means, []string{"kinh phí", "nguồn vốn", "dự toán"}},
	{reports, []string{"chế độ báo cáo", "chế độ thông tin", "thông tin, báo cáo", "thông tin báo cáo", "công tác báo cáo", "báo cáo kết quả", "sơ kết", "kiểm tra, báo cáo", "chế độ thông tin, báo cáo"}},
	{purposes, []string{"mục đích", "yêu cầu", "quan điểm", "sự cần thiết", "phương châm", "nguyên tắc"}},
	{aims, []string{"mục tiêu", "chỉ tiêu"}},
	{content, []string{"nhiệm vụ", "giải pháp", "nội dung", "hoạt động", "biện pháp"}},
	{background, []string{"đối tượng", "phạm vi", "thời gian", "địa điểm", "thành phần", "tình hình", "kết quả đạt được", "tồn tại", "hạn chế", "nguyên nhân", "đánh giá chung", "thực trạng", "khái quát"}},
}

// classify reads what a heading says that its section is for.
func classify(text string) purpose {
	folded := fold(strings.Trim(text, " .:"))
	near := 36
	if shouted(text) {
		near = 400
	}
	found := map[purpose]bool{}
	for _, k := range keywords {
		for _, word := range k.words {
			if i := find(folded, word, 0); i >= 0 && i <= near {
				found[k.purpose] = true
			}
		}
	}
	if found[aims] && (found[content] || found[purposes]) && len(found) > 1 {
		if found[content] {
			return unknown // "Mục tiêu, nhiệm vụ": the headings below tell
		}
		return aims
	}
	if found[means] && found[reports] {
		return assigning
	}
	for _, k := range keywords {
		if found[k.purpose] {
			return k.purpose
		}
	}
	return unknown
}
