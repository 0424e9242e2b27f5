package draft

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tones puts the tone mark of the open diphthongs where the newer spelling has it ("hoà" is "hòa", "uỷ" is "ủy"), so that
// both are one word. Each pair has the same length in bytes.
var tones = map[string]string{
	"oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa", "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
	"uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}

// toned does so at the ends of words: "đoàn" and "quý" have but one spelling.
func toned(s string) string {
	var b []byte
	for old, now := range tones {
		for at := 0; ; {
			i := strings.Index(s[at:], old)
			if i < 0 {
				break
			}
			i += at
			at = i + len(old)
			if next, _ := utf8.DecodeRuneInString(s[at:]); at < len(s) && wordRune(next) || i > 0 && s[i-1] == 'q' {
				continue
			}
			if b == nil {
				b = []byte(s)
			}
			copy(b[i:], now)
		}
	}
	if b == nil {
		return s
	}
	return string(b)
}

// fold makes small letters of a text, byte for byte as long, so that places in both are the same.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		small := unicode.ToLower(r)
		if r == utf8.RuneError || utf8.RuneLen(small) != size {
			b.WriteString(s[i : i+size])
		} else {
			b.WriteRune(small)
		}
		i += size
	}
	return toned(b.String())
}

// edge reports whether a word may begin or end at a place of a text.
func edge(s string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:at])
	after, _ := utf8.DecodeRuneInString(s[at:])
	return at == 0 || at == len(s) || !wordRune(before) || !wordRune(after)
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// find answers where whole words first stand in a folded text, from a place on; -1: nowhere.
func find(s, words string, from int) int {
	for from <= len(s) {
		i := strings.Index(s[from:], words)
		if i < 0 {
			return -1
		}
		i += from
		if edge(s, i) && edge(s, i+len(words)) {
			return i
		}
		from = i + len(words)
	}
	return -1
}

func has(s string, words ...string) bool {
	for _, w := range words {
		if find(s, w, 0) >= 0 {
			return true
		}
	}
	return false
}

// begins answers how much of a folded text one of the beginnings takes, the longest first if so given; 0: none.
func begins(s string, beginnings ...string) int {
	for _, b := range beginnings {
		if strings.HasPrefix(s, b) && edge(s, len(b)) {
			return len(b)
		}
	}
	return 0
}

// first answers the first letter of a text that is one.
func first(s string) rune {
	for _, r := range s {
		if unicode.IsLetter(r) {
			return r
		}
	}
	return 0
}

// shouted reports whether a text is written in capitals throughout.
func shouted(s string) bool {
	letters := 0
	for _, r := range s {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsUpper(r) {
			letters++
		}
	}
	return letters > 2
}

// squeeze makes each run of blanks one.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
