package task

import (
	"math/big"
	"slices"
	"strings"
	"unicode"
)

// Comparison shows two versions of a result side by side.
type Comparison struct {
	From, To Submission
	// Figures are all figures of both, in the order of the duty's fields.
	Figures []FigureChange
	// Narrative is the text of To, with what it left out of From in its place.
	// Differences of blanks alone are not shown.
	Narrative []Piece
	// Facts are the kind and the facts of the signed document.
	Facts []FactChange
}

// FigureChange is one figure in both versions; empty: not given.
type FigureChange struct {
	Field    Field
	Old, New string
	Changed  bool
	// Explanation is what the newer version says of it.
	Explanation string
	// Difference is New minus Old in decimal; empty where one of them is no number.
	Difference string
}

// FactChange is one fact in both versions.
type FactChange struct {
	Field    string
	Old, New string
	Changed  bool
}

// Piece is a run of text.
type Piece struct {
	Change Change
	Text   string
}

// Words are the words of the piece.
func (p Piece) Words() []string { return strings.Fields(p.Text) }

// Change tells in which of two texts a piece stands.
type Change string

const (
	Same    Change = "same"
	Removed Change = "removed"
	Added   Change = "added"
)

// Compare compares two versions of a result whose duty asks for the fields.
func Compare(from, to Submission, fields []Field) Comparison {
	c := Comparison{From: from, To: to, Narrative: DiffWords(from.Narrative, to.Narrative)}
	before, after := valuesOf(from.Figures), valuesOf(to.Figures)
	add := func(f Field) {
		old, now := before[f.Indicator], after[f.Indicator]
		if old == "" && now == "" {
			return
		}
		c.Figures = append(c.Figures, FigureChange{Field: f, Old: old, New: now, Changed: old != now, Explanation: Explained(to.Explanations, f.Indicator), Difference: difference(old, now)})
	}
	for _, f := range fields {
		add(f)
	}
	for _, code := range indicatorsOf(from.Figures, to.Figures) {
		if !slices.ContainsFunc(fields, func(f Field) bool { return f.Indicator == code }) {
			add(Field{Indicator: code, Name: code}) // asked for when it was submitted, no more
		}
	}
	fact := func(field, old, now string) {
		c.Facts = append(c.Facts, FactChange{field, old, now, old != now})
	}
	fact("kind", string(from.Kind), string(to.Kind))
	fact("document_number", from.DocumentNumber, to.DocumentNumber)
	fact("document_on", from.DocumentOn.String(), to.DocumentOn.String())
	fact("signatory_title", from.SignatoryTitle, to.SignatoryTitle)
	return c
}

// difference subtracts exactly: figures are decimal text.
func difference(old, now string) string {
	if !decimal.MatchString(old) || !decimal.MatchString(now) {
		return ""
	}
	a, okA := new(big.Rat).SetString(old)
	b, okB := new(big.Rat).SetString(now)
	if !okA || !okB {
		return ""
	}
	text := new(big.Rat).Sub(b, a).FloatString(4)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// DiffWords finds the fewest words to leave out of one text and to put in so
// that it becomes the other.
func DiffWords(from, to string) []Piece {
	a, b := words(from), words(to)
	ids := map[string]int{}
	keysA, keysB := keysOf(a, ids), keysOf(b, ids)
	kept := make([]bool, len(a))
	match := make([]bool, len(b))
	align(keysA, keysB, kept, match)
	var pieces []Piece
	put := func(change Change, text string) {
		if last := len(pieces) - 1; last >= 0 && pieces[last].Change == change {
			pieces[last].Text += text
			return
		}
		pieces = append(pieces, Piece{change, text})
	}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && !kept[i]:
			put(Removed, a[i])
			i++
		case j < len(b) && !match[j]:
			put(Added, b[j])
			j++
		default:
			put(Same, b[j])
			i, j = i+1, j+1
		}
	}
	return pieces
}

// words cuts text into words, each with the blanks that follow it.
func words(s string) []string {
	var list []string
	start, blank := 0, false
	for i, r := range s {
		space := unicode.IsSpace(r)
		if blank && !space && i > start {
			list = append(list, s[start:i])
			start = i
		}
		blank = space
	}
	if start < len(s) {
		list = append(list, s[start:])
	}
	return list
}

// keysOf numbers words by what they say, whatever blanks follow.
func keysOf(list []string, ids map[string]int) []int {
	keys := make([]int, len(list))
	for i, w := range list {
		w = strings.TrimSpace(w)
		id, known := ids[w]
		if !known {
			id = len(ids)
			ids[w] = id
		}
		keys[i] = id
	}
	return keys
}

// align marks a longest common subsequence in both (Hirschberg: linear space,
// for two texts of the greatest length would need a table of gigabytes).
func align(a, b []int, inA, inB []bool) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		inA[0], inB[0] = true, true
		a, b, inA, inB = a[1:], b[1:], inA[1:], inB[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		inA[len(a)-1], inB[len(b)-1] = true, true
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) == 0 || len(b) == 0 {
		return
	}
	if len(a) == 1 {
		if j := slices.Index(b, a[0]); j >= 0 {
			inA[0], inB[j] = true, true
		}
		return
	}
	half := len(a) / 2
	head, tail := lengths(a[:half], b), lengths(reversed(a[half:]), reversed(b))
	cut, best := 0, -1
	for j := range head {
		if sum := head[j] + tail[len(b)-j]; sum > best {
			cut, best = j, sum
		}
	}
	align(a[:half], b[:cut], inA, inB)
	align(a[half:], b[cut:], inA[half:], inB[cut:])
}

// lengths gives for every j how much a has in common with the first j of b.
func lengths(a, b []int) []int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		diagonal, left := 0, 0
		cells := row[1:]
		cells = cells[:len(b)]
		for j, y := range b {
			above := cells[j]
			if x == y {
				left = diagonal + 1
			} else {
				left = max(above, left)
			}
			cells[j], diagonal = left, above
		}
	}
	return row
}

func reversed(a []int) []int {
	b := slices.Clone(a)
	slices.Reverse(b)
	return b
}
