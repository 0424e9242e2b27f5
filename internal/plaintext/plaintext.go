// Package plaintext knows which characters have no place in a text that people
// read: a name that reads backwards, or one that holds what nobody sees, deceives.
package plaintext

import (
	"strings"
	"unicode"
)

// Place is where a character stands, from 1; the column counts characters.
type Place struct {
	Line, Column int
	Rune         rune
}

// Deceptive finds the first control character (but tabs and the ends of lines)
// or character that turns the direction of writing. The text is valid UTF-8.
func Deceptive(text string) (Place, bool) {
	at := Place{Line: 1}
	for i, r := range text {
		at.Column++
		switch {
		case r == '\n':
			at.Line, at.Column = at.Line+1, 0
		case r == '\r' && strings.HasPrefix(text[i+1:], "\n"), r == '\t':
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			at.Rune = r
			return at, true
		}
	}
	return Place{}, false
}
