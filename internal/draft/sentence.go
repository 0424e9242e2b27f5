package draft

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// abbreviated are words whose full stop ends no sentence.
var abbreviated = regexp.MustCompile(`(?:^|[\s(])(?:TP|Tp|TX|Tx|TT|Q|P|H|X|ThS|TS|PGS|GS|KT|TM|TL|TUQ|Đ/c|Mr|St|v\.v|No|tr|vd|VD)$`)

// sentences parts a paragraph, its verbatim text kept. Full stops of numbers, dates, abbreviations and dots in rows end
// nothing; within brackets and quotes nothing ends.
func sentences(text string) []string {
	var out []string
	from, depth := 0, 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch r {
		case '(', '“', '[':
			depth++
		case ')', '”', ']':
			depth = max(0, depth-1)
		case '.', '!', '?':
			if depth == 0 && ends(text, i) {
				out = append(out, strings.TrimSpace(text[from:i+size]))
				from = i + size
			}
		}
		i += size
	}
	if rest := strings.TrimSpace(text[from:]); rest != "" {
		if len(out) > 0 && len([]rune(rest)) < 3 {
			out[len(out)-1] += rest
		} else {
			out = append(out, rest)
		}
	}
	return out
}

// ends reports whether the full stop at a place ends a sentence: a capital follows after a blank, or nothing.
func ends(text string, at int) bool {
	rest := text[at+1:]
	trimmed := strings.TrimLeft(rest, " ")
	if trimmed == "" {
		return false // the rest is taken as it is
	}
	if len(trimmed) == len(rest) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(trimmed)
	if !unicode.IsUpper(r) && r != '“' && r != '"' {
		return false
	}
	return !abbreviated.MatchString(text[max(0, at-12):at]) && !strings.HasSuffix(text[:at], ".")
}

// clauses parts a sentence at its semicolons, outside of brackets.
func clauses(text string) []string {
	var out []string
	from, depth := 0, 0
	for i, r := range text {
		switch r {
		case '(', '“', '[':
			depth++
		case ')', '”', ']':
			depth = max(0, depth-1)
		case ';':
			if depth == 0 {
				out = append(out, strings.TrimSpace(text[from:i+1]))
				from = i + 1
			}
		}
	}
	if rest := strings.TrimSpace(text[from:]); rest != "" {
		out = append(out, rest)
	}
	return out
}
