package privacy

import (
	"regexp"
	"strings"
)

// provinces are the codes of place of registration that are assigned in citizen
// identity numbers (Circular 07/2016/TT-BCA, annex 1; kept by 59/2021/TT-BCA).
// Numbers keep the code of the province as it was, whatever is merged later.
var provinces = codes("001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 " +
	"040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087 " +
	"089 091 092 093 094 095 096")

func codes(list string) map[string]bool {
	set := map[string]bool{}
	for _, code := range strings.Fields(list) {
		set[code] = true
	}
	return set
}

var (
	// digitRuns are digits, also in groups parted by a blank, a dot or a dash.
	digitRuns = regexp.MustCompile(`\d(?:[ .\x{00A0}\-–]?\d)*`)
	groups    = regexp.MustCompile(`\d+`)
	// counted follows a sum or a count: what stands before it is no identity number.
	counted = regexp.MustCompile(`^[ \x{00A0}]*(?i:đồng|đ(?:[^\p{L}]|$)|vnđ|vnd|triệu|tỷ|tỉ|nghìn|ngàn|usd|lượt|người|vụ|cái|bản|kwh|m2|m3|ha\b|kg|tấn)`)
	// labelled is a number that says itself what it is, in the old form of nine
	// digits or the present one of twelve.
	labelled = regexp.MustCompile(`(?i)(?:CMND|CMTND|CMT\b|CCCD|chứng minh nhân dân|chứng minh thư|căn cước(?: công dân)?|số định danh(?: cá nhân)?)(?:[^\d\n]{0,24})(\d(?:[ .]?\d){11}|\d(?:[ .]?\d){8})(?:\D|$)`)
)

// CitizenNumber reports whether the digits can be the number of a citizen of
// Viet Nam alive today: an assigned province, century and sex, year of birth, six digits.
func CitizenNumber(digits string) bool {
	return len(digits) == 12 && provinces[digits[:3]] && digits[3] >= '0' && digits[3] <= '3' &&
		strings.Trim(digits[6:], "0") != ""
}

// identityNumbers finds citizen identity numbers, and those that are labelled as one.
func identityNumbers(text string) []int {
	var at []int
	for _, run := range digitRuns.FindAllStringIndex(text, -1) {
		if partOfNumber(text, run[0]) || counted.MatchString(text[run[1]:]) {
			continue
		}
		parts := groups.FindAllStringIndex(text[run[0]:run[1]], -1)
		var whole strings.Builder
		short := false
		for _, part := range parts {
			digits := text[run[0]+part[0] : run[0]+part[1]]
			whole.WriteString(digits)
			short = short || len(digits) < 3
			if CitizenNumber(digits) {
				at = append(at, run[0]+part[0])
			}
		}
		// In groups only where nothing else stands in the run, so that columns of
		// small numbers do not add up to one.
		if len(parts) > 1 && !short && CitizenNumber(whole.String()) {
			at = append(at, run[0])
		}
	}
	for _, found := range labelled.FindAllStringSubmatchIndex(text, -1) {
		if !contains(at, found[2]) && !counted.MatchString(text[found[3]:]) {
			at = append(at, found[2])
		}
	}
	return at
}

// partOfNumber: digits behind a decimal comma.
func partOfNumber(text string, at int) bool {
	return at >= 2 && text[at-1] == ',' && text[at-2] >= '0' && text[at-2] <= '9' && !followsTwelve(text[:at-1])
}

// followsTwelve tells a list of long numbers from the whole part of a decimal.
func followsTwelve(before string) bool {
	return len(before)-len(strings.TrimRight(before, "0123456789")) >= 9
}

func contains(list []int, n int) bool {
	for _, one := range list {
		if one == n {
			return true
		}
	}
	return false
}
