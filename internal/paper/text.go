package paper

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// clean is text as paper can bear it: letters with their marks in one (NFC), and
// nothing that cannot be seen or turns the direction of writing.
func clean(text string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r) && r != '\u00a0':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar, r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "")))
}

// line is text that stands in one line of a document.
func line(text string) string { return strings.Join(strings.Fields(clean(text)), " ") }

// Text is all that the section says, a line for each paragraph, cells one after
// the other.
func (s Section) Text() string {
	var b strings.Builder
	say := func(p Paragraph) {
		for _, r := range p.Runs {
			b.WriteString(r.Text)
		}
		b.WriteByte('\n')
	}
	for _, block := range s.Blocks {
		switch block := block.(type) {
		case Paragraph:
			say(block)
		case Table:
			for _, row := range block.Rows {
				for _, cell := range row.Cells {
					for _, p := range cell.Paragraphs {
						say(p)
					}
				}
			}
		}
	}
	return b.String()
}
