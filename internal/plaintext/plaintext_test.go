package plaintext_test

import (
	"testing"

	"dondoc/internal/plaintext"
)

func TestDeceptiveCharacters(t *testing.T) {
	for _, c := range []struct {
		text         string
		line, column int // 0: none
	}{
		{"", 0, 0}, {"Đã họp\t3 lần.\r\nXong.\n", 0, 0}, {"\U0001F469\u200d\U0001F467", 0, 0},
		{"a\x00", 1, 2}, {"Đã\nhọp \u202etxt", 2, 5}, {"a\rb", 1, 2}, {"\u0085", 1, 1}, {"x\u2069", 1, 2}, {"\r\n\x7f", 2, 1}, {"kỳ\u200f", 1, 3},
	} {
		at, found := plaintext.Deceptive(c.text)
		if found != (c.line > 0) || at.Line != c.line || at.Column != c.column {
			t.Errorf("%q: %+v %v, want %d:%d", c.text, at, found, c.line, c.column)
		}
	}
}
