package privacy

import (
	"regexp"
	"strings"
)

var (
	// degree says it in words: "Độ mật: Tối mật".
	degree = regexp.MustCompile(`(?i)độ[ \x{00A0}]+mật[ \x{00A0}]*[:：\-–][ \x{00A0}]*["“(\[]?(?:tuyệt[ \x{00A0}]+mật|tối[ \x{00A0}]+mật|mật|[abc]\b)`)
	// bracketed stands behind a number or a title: "Báo cáo số 05/BC-CA (MẬT)".
	bracketed = regexp.MustCompile(`[(\[](?:MẬT|TỐI MẬT|TUYỆT MẬT|Mật|Tối mật|Tuyệt mật|Tối Mật|Tuyệt Mật)[)\]]`)
	// headed begins a line as a stamp does, before the issuer's name or a number.
	headed = regexp.MustCompile(`(?m)^[ \t]*(?:MẬT|TỐI MẬT|TUYỆT MẬT)[ \t]*(?:[:\-–—|]|\t| {3,})`)
	blanks = regexp.MustCompile(`[\s\x{00A0}]+`)
)

// stampWords are the three degrees of the Law on Protection of State Secrets, as
// a line of their own bears them.
var stampWords = map[string]bool{"mật": true, "tối mật": true, "tuyệt mật": true, "m ậ t": true, "t ố i m ậ t": true, "t u y ệ t m ậ t": true}

// stamps finds marks of secrecy. "Bảo mật", "bí mật", "mật ong" and sentences
// about classified documents are none.
func stamps(text string) []int {
	var at []int
	for _, pattern := range []*regexp.Regexp{degree, bracketed, headed} {
		for _, found := range pattern.FindAllStringIndex(text, -1) {
			at = append(at, found[0])
		}
	}
	offset := 0
	for line := range strings.SplitSeq(text, "\n") {
		for _, cell := range strings.FieldsFunc(line, func(r rune) bool { return r == '\t' || r == '|' }) {
			bare := blanks.ReplaceAllString(strings.Trim(cell, " \r\x00-–—*_=.:;\"“”'[](){}<>#"), " ")
			if stampWords[strings.ToLower(bare)] {
				at = append(at, offset+len(line)-len(strings.TrimLeft(line, " \t|")))
				break
			}
		}
		offset += len(line) + 1
	}
	return at
}
