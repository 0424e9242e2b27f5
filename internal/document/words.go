package document

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"dondoc/internal/calendar"
)

// capital writes the first letter large; what a name begins with stays as it is.
func capital(text string) string { return firstLetter(text, unicode.ToUpper) }

// small writes the first letter small.
func small(text string) string { return firstLetter(text, unicode.ToLower) }

func firstLetter(text string, change func(rune) rune) string {
	r, n := utf8.DecodeRuneInString(text)
	if n == 0 {
		return text
	}
	return string(change(r)) + text[n:]
}

// quoted names a document within a sentence: "Kế hoạch …" as it is.
func quoted(title string) string { return strings.TrimSuffix(strings.TrimSpace(title), ".") }

// twoFigures writes numbers below 10 with a zero, as official texts do.
func twoFigures(n int) string { return fmt.Sprintf("%02d", n) }

// Plan names the document that assigns a duty (văn bản giao): "Kế hoạch số
// 12/KH-UBND ngày 05/01/2026", and by its title where it bears no number.
func Plan(kind, title, number string, issued calendar.Date) string {
	if number == "" {
		return quoted(title)
	}
	if kind == "" {
		kind = "văn bản"
	}
	name := capital(kind) + " số " + number
	if !issued.IsZero() {
		name += " ngày " + issued.VN()
	}
	return name
}
