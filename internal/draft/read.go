package draft

import (
	"regexp"
	"strings"

	"dondoc/internal/issued"
)

// Read makes a draft of a document. It never fails: what it does not understand is listed.
func Read(doc issued.Document) Draft {
	d := Draft{
		LegalBases: []LegalBasis{}, Purposes: []Item{}, Targets: []Target{}, Content: []Item{}, Agencies: []Assignment{}, Common: []Common{}, Reporting: []Reporting{},
		AnnexTasks: []AnnexTask{}, Bodies: []Body{}, Budget: []Money{}, Unresolved: []Unresolved{},
	}
	lines := make([]issued.Line, 0, len(doc.Lines))
	for _, line := range doc.Lines {
		if len(line.Text) > longestLine {
			d.Unresolved = append(d.Unresolved, Unresolved{line.Number, line.Text[:strings.LastIndexByte(line.Text[:200], ' ')+1], WhyUnread})
			continue
		}
		lines = append(lines, line)
	}
	l := lay(unbroken(lines))
	d.Plan = facts(l)
	w := walker{d: &d, unread: map[int]bool{}}
	var cited []LegalBasis
	for _, s := range l.sections {
		for _, line := range s.preamble {
			cited = append(cited, citedIn(line.Text, line.Number, true)...)
			w.preamble(line)
		}
		for _, line := range s.body {
			cited = append(cited, citedIn(line.Text, line.Number, false)...)
			d.Bodies = bodiesIn(d.Bodies, line)
		}
		root := outlineOf(s.body)
		var at where
		for _, p := range root.paras {
			w.said(root, p.text, p.line, at)
		}
		w.walk(root, at)
	}
	d.LegalBases = without(merged(cited), string(d.Plan.Number))
	if w.annex.tasks != nil {
		d.AnnexTasks = w.annex.tasks
	}
	return d
}

// longestLine is more than a paragraph of an official document takes, in bytes.
const longestLine = 12_000

// preamble reads what the paragraphs before the first item give to anybody: in decisions and announcements they may.
func (w *walker) preamble(line issued.Line) {
	if !has(fold(line.Text), "giao", "yêu cầu") || rests(line.Text) {
		return
	}
	n := &node{mark: mark{rest: line.Text}, line: line.Number}
	for _, piece := range pieces(line.Text) {
		if s, ok := subjectOf(piece); ok && s.explicit && !general(s.names) && !classed(s.names) && !strings.HasSuffix(piece, ":") {
			w.sentencesOf(n, piece, line.Number, where{purpose: content}, false)
		}
	}
}

// without drops the document itself from those that it cites.
func without(bases []LegalBasis, own string) []LegalBasis {
	out := bases[:0]
	for _, one := range bases {
		if own == "" || fold(one.Number) != fold(own) {
			out = append(out, one)
		}
	}
	return out
}

// bodyAt begins the name of an interagency team.
var bodyAt = regexp.MustCompile(`(?:Ban [Cc]hỉ đạo|Tổ [Cc]ông tác|Tổ giúp việc|Tổ liên ngành|Tổ [Cc]ông nghệ số|Đội [Kk]iểm tra liên ngành|Đội công tác|Đội hoạt động|Hội đồng phối hợp|Tổ phản ứng nhanh|Đoàn kiểm tra liên ngành)`)

// bodyStops end such a name.
var bodyStops = regexp.MustCompile(`\s(?:theo|các cấp|trên địa bàn|ở|để|tại|do|gồm|cấp (?:tỉnh|huyện|xã)|đã|trong|và (?:đội|tổ|ban|các)|với|của|cho|từ|đến|tổ chức)(?:\s|$)|[;.(]|, (?:xây dựng|phân công|kịp thời|tăng cường|chỉ đạo|thường xuyên|ubnd|sở|bộ|công an|nâng cao|hướng dẫn|đề xuất|quản lý)`)

// bodiesIn adds the teams that a line names.
func bodiesIn(known []Body, line issued.Line) []Body {
	for _, at := range bodyAt.FindAllStringIndex(line.Text, -1) {
		text := line.Text[at[0]:]
		folded := fold(text)
		end := nameEnd(text, folded, 0, at[1]-at[0], false, false)
		if m := bodyStops.FindStringIndex(folded); m != nil && m[0] < end && m[0] >= at[1]-at[0] {
			end = m[0]
		}
		name := strings.TrimRight(text[:end], " ,;:.")
		if len(strings.Fields(name)) > 24 {
			continue
		}
		i := 0
		for ; i < len(known); i++ {
			if fold(known[i].Name) == fold(name) {
				break
			}
		}
		if i == len(known) {
			known = append(known, Body{Name: name, Mark: Mark{line.Number, 0.8, "team"}})
		}
		if lines := known[i].Lines; len(lines) == 0 || lines[len(lines)-1] != line.Number {
			known[i].Lines = append(known[i].Lines, line.Number)
		}
	}
	return known
}
