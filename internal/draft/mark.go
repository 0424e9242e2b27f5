package draft

import (
	"regexp"
	"strings"
)

// style is a way of marking items. The constants are in the order in which styles hold each other.
type style int

const (
	unmarked style = iota
	part           // Phần thứ nhất, PHẦN I
	chapter        // Chương I
	division       // Mục 1
	article        // Điều 1.
	capital        // A.
	roman          // I.
	ordinal        // Thứ nhất:
	number1        // 1.
	number2        // 1.1.
	number3        // 1.1.1.
	heading        // an agency's name on a line of its own
	bracket        // 1), (1)
	letter         // a)
	dash           // -
	plus           // +
)

// mark is what stands before an item.
type mark struct {
	style style
	// label is the mark as it is cited: "IV", "1.2", "đ"; empty for dashes.
	label string
	rest  string // the text after it
}

var marks = []struct {
	style style
	at    *regexp.Regexp
}{
	{part, regexp.MustCompile(`^(?i:phần)\s+((?i:thứ\s+\p{L}+)|[IVXLC]+|\d{1,2})\s*[.:\-–]?\s*`)},
	{chapter, regexp.MustCompile(`^(?i:chương)\s+([IVXLC]+|\d{1,2})\s*[.:\-–]?\s*`)},
	{division, regexp.MustCompile(`^(?i:mục)\s+([IVXLC]+|\d{1,2})\s*[.:\-–]\s*`)},
	{article, regexp.MustCompile(`^(?i:điều)\s+(\d{1,3})\s*[.:]\s*`)},
	{ordinal, regexp.MustCompile(`^(Thứ (?:nhất|hai|ba|tư|năm|sáu|bảy|tám|chín|mười))\s*[:,.\-–]\s*`)},
	{number3, regexp.MustCompile(`^(\d{1,2}\.\d{1,2}\.\d{1,2}(?:\.\d{1,2})*)\s*[.)\-–:]?\s+`)},
	{number2, regexp.MustCompile(`^(\d{1,2}\.\d{1,2})\s*[.)\-–:]?\s+`)},
	{number2, regexp.MustCompile(`^(\d{1,2}\.\d{1,2})\.\s*`)},
	{bracket, regexp.MustCompile(`^\((\d{1,2})\)\s*`)},
	{bracket, regexp.MustCompile(`^(\d{1,2})\)\s*`)},
	{number1, regexp.MustCompile(`^(\d{1,3})\s*(?:[.\-–:]|/)\s+`)},
	{number1, regexp.MustCompile(`^(\d{1,2})\.`)},
	{roman, regexp.MustCompile(`^([IVX]{1,5})\s*[.)\-–:/]\s*`)},
	{capital, regexp.MustCompile(`^([A-ZĐ])\s*[.)/]\s+`)},
	{letter, regexp.MustCompile(`^([a-zđ])\s*[)/]\s*`)},
	{letter, regexp.MustCompile(`^([a-zđ])\.\s+`)},
	{letter, regexp.MustCompile(`^([a-zđ]\.?\d{1,2})\)\s*`)},
	{plus, regexp.MustCompile(`^[+]\s*`)},
	{dash, regexp.MustCompile(`^[-–—−*•·●▪■◦o\x{F02D}\x{F0B7}]\s+`)},
	{dash, regexp.MustCompile(`^[-–—•●▪]`)},
}

var romanNumeral = regexp.MustCompile(`^(?:X{0,3})(?:IX|IV|V?I{0,3})$`)

// marked parts a text into its mark and the rest.
func marked(text string) mark {
	for _, m := range marks {
		at := m.at.FindStringSubmatchIndex(text)
		if at == nil {
			continue
		}
		found := mark{style: m.style, rest: strings.TrimSpace(text[at[1]:])}
		if len(at) > 2 {
			found.label = text[at[2]:at[3]]
		}
		switch {
		case m.style == roman && (!romanNumeral.MatchString(found.label) || strings.HasPrefix(text, "V/v")):
			continue
		case m.style == number1 && at[1] < len(text) && digit(text[at[1]]):
			continue // "1.500 hộ" is a figure
		case found.rest == "" && m.style > article:
			continue
		}
		return found
	}
	return mark{rest: text}
}

func digit(b byte) bool { return b >= '0' && b <= '9' }
