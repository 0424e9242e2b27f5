package draft

import (
	"regexp"
	"strings"
	"unicode"

	"dondoc/internal/issued"
)

// fewest lines tell whether a text is broken within its paragraphs.
const fewest = 8

// compounds are the second halves of names that a broken line may begin with, as if they were items of a list.
var compounds = regexp.MustCompile(`^[-–]\s*(?:Thương binh|thương binh|Xã hội|xã hội|Kế hoạch hóa|kế hoạch hóa|Thể thao|TB&XH|TB&amp;XH|Đầu tư|Bộ |Hạnh phúc)`)

// dangling are words with which no line of its own ends.
var dangling = regexp.MustCompile(`(?:^|\s)(?:ngày|số|tháng|năm|của|và|với|các|theo|về|tại|cho|từ|đến|là|do|kế hoạch số)$|\s(?:quyết định|nghị định|thông tư|luật)$`)

// unbroken joins the lines of paragraphs that a page of the web, or a typist, broke at its margin. A text that is not
// broken so stays as it is.
func unbroken(lines []issued.Line) []issued.Line {
	if !broken(lines) {
		return lines
	}
	out := make([]issued.Line, 0, len(lines))
	for _, l := range lines {
		if n := len(out); n > 0 && l.Cells == nil && out[n-1].Cells == nil && goesOnFrom(out[n-1].Text, l.Text) {
			out[n-1].Text += " " + l.Text
			continue
		}
		out = append(out, l)
	}
	return out
}

// broken reports whether many lines end within a sentence that the next goes on with.
func broken(lines []issued.Line) bool {
	long, cut, longest := 0, 0, 0
	for i, l := range lines {
		longest = max(longest, len([]rune(l.Text)))
		if l.Cells != nil || len([]rune(l.Text)) < 30 || i+1 == len(lines) {
			continue
		}
		long++
		if next := []rune(lines[i+1].Text); len(next) > 0 && unicode.IsLower(next[0]) && marked(lines[i+1].Text).style == unmarked && !strings.ContainsRune(".;:!?", lastRune(l.Text)) {
			cut++
		}
	}
	return long >= fewest && cut >= 4 && cut*8 > long && longest < 400
}

// goesOnFrom reports whether a line goes on with the sentence of the one before.
func goesOnFrom(before, text string) bool {
	if strings.ContainsRune(".;!?", lastRune(before)) || recipientsAt.MatchString(text) || signedBy.MatchString(text) || has(fold(before), national...) || has(fold(text), national...) {
		return false
	}
	if compounds.MatchString(text) {
		return true
	}
	m := marked(text)
	if m.style == unmarked && dangling.MatchString(fold(before)) {
		return true
	}
	r := first(text)
	switch {
	case m.style != unmarked:
		return false
	case unicode.IsLower(r) && []rune(text)[0] == r:
		return lastRune(before) != ':'
	case lastRune(before) == ':':
		return false
	case lastRune(before) == ',' && shouted(before) == shouted(text):
		return true
	case shouted(before) || shouted(text), preamble(text), preamble(before) && rests(text):
		return false
	}
	// A capital or a figure after a full line: "Thủ tướng / Chính phủ", "Quyết định số / 112/QĐ-TTg".
	return len([]rune(before)) >= 35 && marked(before).style >= number1 || len([]rune(before)) >= 35 && marked(before).style == unmarked && (rests(before) || strings.Contains(before, " "))
}
