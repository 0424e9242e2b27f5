package consolidation

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"dondoc/internal/task"
)

// NotCounted are the expected inputs that do not count, in their order, and how
// many are expected.
func NotCounted(inputs []Input) (expected int, gone []Gone) {
	for _, in := range inputs {
		if in.Standing == Waived {
			continue
		}
		expected++
		if !in.Standing.Counts() {
			gone = append(gone, Gone{in.TaskID, in.AgencyID, in.AgencyName, in.Standing})
		}
	}
	return expected, gone
}

// Paragraphs are the texts of the inputs that count, under the headings of the
// consolidator's form: heading by heading, in the order of the inputs.
func Paragraphs(inputs []Input, sections []task.Section) []Paragraph {
	bySection := make([][]Paragraph, max(len(sections), 1))
	for _, in := range inputs {
		if !in.Standing.Counts() {
			continue
		}
		for i, text := range task.SplitSections(in.Narrative, sections) {
			if text = strings.TrimSpace(text); text != "" {
				bySection[i] = append(bySection[i], Paragraph{i, in.TaskID, in.AgencyID, in.source(), text})
			}
		}
	}
	all := []Paragraph{}
	for _, list := range bySection {
		all = append(all, list...)
	}
	return all
}

// source names the unit and the version that a text comes from.
func (in Input) source() string {
	of := fmt.Sprintf("kỳ %s, lần %d", in.PeriodKey, in.Number)
	if in.Document != "" {
		of = "số " + in.Document + ", " + of
	}
	return in.AgencyName + " (" + of + ")"
}

const (
	// namedMissing bounds how many missing units the text names.
	namedMissing = 100
	// roomForRest is kept for the sentence about texts that found no room.
	roomForRest = 120
)

// Narrative gathers the units' texts under the headings of the consolidator's
// form, each with the unit and the document it comes from, after a sentence that
// says how many reports came and names who is missing. What would be longer than
// a text may be is left out, and the text says how many paragraphs that are.
func Narrative(inputs []Input, sections []task.Section) string {
	var text strings.Builder
	expected, gone := NotCounted(inputs)
	fmt.Fprintf(&text, "Tổng hợp từ %d/%d báo cáo.", expected-len(gone), expected)
	if len(gone) > 0 {
		names := make([]string, min(len(gone), namedMissing))
		for i := range names {
			names[i] = gone[i].AgencyName
		}
		fmt.Fprintf(&text, " Chưa có báo cáo của: %s", strings.Join(names, "; "))
		if more := len(gone) - len(names); more > 0 {
			fmt.Fprintf(&text, " và %d đơn vị khác", more)
		}
		text.WriteString(".")
	}
	room := task.MaxNarrative - roomForRest - utf8.RuneCountInString(text.String())
	heading, left := -1, 0
	for _, p := range Paragraphs(inputs, sections) {
		piece := "\n\n" + p.Source + ":\n" + p.Text
		if len(sections) > 1 && p.Section != heading {
			piece = "\n\n" + sections[p.Section].Heading + piece
		}
		n := utf8.RuneCountInString(piece)
		if n > room {
			left++
			continue
		}
		room -= n
		heading = p.Section
		text.WriteString(piece)
	}
	if left > 0 {
		fmt.Fprintf(&text, "\n\n(Còn %d đoạn của các đơn vị không đủ chỗ: xem báo cáo của từng đơn vị.)", left)
	}
	return text.String()
}
