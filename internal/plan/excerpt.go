package plan

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// longestExcerpt is how many characters of a result a search shows; before is how
// many of them at most stand before the first word asked for.
const (
	longestExcerpt = 240
	before         = 60
)

// Excerpt is what a text says about the first place that holds one of the words,
// with or without accents; its beginning where none does.
func Excerpt(text string, words []string) string {
	letters := []rune(strings.Join(strings.Fields(text), " "))
	from := placeOf(letters, words)
	if from = max(from-before, 0); from > 0 {
		for letters[from-1] != ' ' && from < len(letters)-1 {
			from++
		}
	}
	upTo := min(from+longestExcerpt, len(letters))
	shown := strings.TrimSpace(string(letters[from:upTo]))
	if from > 0 {
		shown = "…" + shown
	}
	if upTo < len(letters) {
		shown += "…"
	}
	return shown
}

// placeOf is where a word of the text first begins with one of the words asked for; 0: nowhere.
func placeOf(letters []rune, words []string) int {
	var asked []string
	for _, w := range words {
		asked = append(asked, strings.FieldsFunc(string(plainLetters([]rune(w))), func(r rune) bool { return !plain(r) })...)
	}
	folded := plainLetters(letters)
	for i, r := range folded {
		if !plain(r) || i > 0 && plain(folded[i-1]) {
			continue
		}
		rest := string(folded[i:min(i+longestSearch, len(folded))])
		for _, w := range asked {
			if strings.HasPrefix(rest, w) {
				return i
			}
		}
	}
	return 0
}

// plainLetters takes accents and capitals from each letter, as fold does in the database.
func plainLetters(letters []rune) []rune {
	folded := make([]rune, len(letters))
	for i, r := range letters {
		if r >= unicode.MaxASCII {
			for _, base := range norm.NFD.String(string(r)) {
				r = base
				break
			}
		}
		if r = unicode.ToLower(r); r == 'đ' {
			r = 'd'
		}
		folded[i] = r
	}
	return folded
}

func plain(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }
