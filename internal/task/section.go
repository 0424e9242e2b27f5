package task

import (
	"strings"
	"unicode/utf8"

	"dondoc/internal/fault"
)

// Section is a part of the text that a duty's form asks for. A form with one
// section has the whole text as that section. With several, each one begins with
// its heading on a line of its own; so the text reads as it was sent, whoever
// shows it.
type Section struct {
	Heading   string
	Hint      string
	Required  bool
	MaxLength int // characters; 0: the limit of all texts
	// Level is that of a heading of an outline, 1 to 3; 0 elsewhere.
	Level int
	// LastReported is the key of the newest period in which a standing duty's
	// section said something; empty for other sections, and where there is none.
	LastReported string
}

// SplitSections returns the text of each section, in their order; what stands
// before the first heading belongs to the first section.
func SplitSections(narrative string, sections []Section) []string {
	parts := make([][]string, max(len(sections), 1))
	current := 0
	for line := range strings.SplitSeq(narrative, "\n") {
		if i := headed(line, sections); i >= 0 {
			current = i
			continue
		}
		parts[current] = append(parts[current], line)
	}
	texts := make([]string, len(parts))
	for i, lines := range parts {
		texts[i] = strings.TrimSpace(strings.Join(lines, "\n"))
	}
	return texts
}

// headed is the section whose heading a line is, -1 for none.
func headed(line string, sections []Section) int {
	if len(sections) < 2 {
		return -1
	}
	line = strings.TrimSuffix(strings.TrimSpace(line), ":")
	for i, s := range sections {
		if line == strings.TrimSuffix(s.Heading, ":") {
			return i
		}
	}
	return -1
}

// JoinSections is the text that SplitSections takes apart; empty sections are left out.
func JoinSections(texts []string, sections []Section) string {
	if len(sections) < 2 {
		return strings.Join(texts, "\n")
	}
	var all []string
	for i, s := range sections {
		if i < len(texts) && strings.TrimSpace(texts[i]) != "" {
			all = append(all, s.Heading+"\n"+strings.TrimSpace(texts[i]))
		}
	}
	return strings.Join(all, "\n\n")
}

func (r Rules) checkSections(narrative string) []*fault.Fault {
	if len(r.Sections) == 0 {
		return nil
	}
	var faults []*fault.Fault
	for i, text := range SplitSections(narrative, r.Sections) {
		s := r.Sections[i]
		switch n := utf8.RuneCountInString(text); {
		case n == 0 && s.Required:
			faults = append(faults, fault.New(fault.Invalid, "section.required",
				"Mục “%s”: bắt buộc. Ghi nội dung của mục này.", "The section %q is required. Write it.", s.Heading).At("narrative"))
		case s.MaxLength > 0 && n > s.MaxLength:
			faults = append(faults, fault.New(fault.Invalid, "section.long",
				"Mục “%s”: dài %d ký tự, tối đa %d. Rút gọn lại.", "The section %q is %d characters long, at most %d. Shorten it.", s.Heading, n, s.MaxLength).At("narrative"))
		}
	}
	return faults
}
