package draft

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// citation is a document named by its number: type, "số", number and symbol.
var citation = regexp.MustCompile(`(?i)((?:nghị quyết liên tịch|thông tư liên tịch|quyết định|chỉ thị|nghị quyết|nghị định|thông tư|kế hoạch|chương trình|công văn|thông báo|kết luận|quy định|hướng dẫn|công điện|luật|pháp lệnh|đề án|văn bản|tờ trình|báo cáo|lệnh|quy chế|quy chế phối hợp)\s+)(?:số\s*:?\s*)?([\dlIO]{1,5}(?:\s?/\s?(?:19|20)\d{2})?\s?[/\-–]\s?[\p{L}][\p{L}\d]*(?:\s?[-–/&]\s?[\p{L}\d]+){0,12})`)

// issuedDay is the date that follows a number: "ngày 15/10/2013", "ngày 15 tháng 10 năm 2013".
var issuedDay = regexp.MustCompile(`^[\s,(]*(?i:ngày)\s*(\d{1,2})\s*[/\-.]\s*(\d{1,2})\s*[/\-.]\s*(\d{4})|^[\s,(]*(?i:ngày)\s*(\d{1,2})\s*(?i:tháng)\s*(\d{1,2})\s*(?i:năm)\s*(\d{4})`)

// issuedBy is who issued it.
var issuedBy = regexp.MustCompile(`^\s*,?\s*(?i:của)\s+`)

// aboutIt is what it is about.
var aboutIt = regexp.MustCompile(`^\s*,?\s*(?i:về(?: việc)?|quy định(?: chi tiết)?|phê duyệt|ban hành|hướng dẫn|sửa đổi)\s+`)

// laws are named without a number.
var laws = regexp.MustCompile(`(Luật|Bộ luật|Pháp lệnh|Hiến pháp)\s+(\p{Lu}[\p{L}]*(?:(?:,\s|\s-\s|\s)(?:và\s)?[\p{L}]+){0,9})`)

// actNumber is the number of a law that is named: "Luật … số 91/2025/QH15".
var actNumber = regexp.MustCompile(`^,?\s*(?i:số)\s*:?\s*(\d{1,3}/(?:19|20)\d{2}/[\p{L}\d-]+)`)

// lawYear is the year or date of a law that is named.
var lawYear = regexp.MustCompile(`^\s*(?:(?i:năm)\s+(\d{4})|(?i:ngày)\s+(\d{1,2})/(\d{1,2})/(\d{4})|(?i:ngày)\s+(\d{1,2})\s+(?i:tháng)\s+(\d{1,2})\s+(?i:năm)\s+(\d{4}))`)

// basisWords begin what a document rests on.
var basisWords = []string{"căn cứ", "thực hiện", "triển khai", "thi hành", "xét", "theo", "nhằm"}

// citedIn reads the documents that a paragraph names. rests: it is one of those before the first item.
func citedIn(text string, line int, rests bool) []LegalBasis {
	var found []LegalBasis
	if !strings.ContainsAny(text, "/-–") && !strings.Contains(text, "Luật") && !strings.Contains(text, "Pháp lệnh") && !strings.Contains(text, "Hiến pháp") {
		return nil
	}
	for _, at := range citation.FindAllStringSubmatchIndex(text, -1) {
		as := strings.TrimRight(text[at[4]:at[5]], "-–/& ")
		number, sure := normalNumber(as)
		if number == "" {
			continue
		}
		one := LegalBasis{Number: number, AsWritten: as, Type: capitalised(fold(strings.TrimSpace(text[at[2]:at[3]]))), Basis: rests, Mark: Mark{line, sure, "number"}}
		one.Date, one.Issuer, one.Subject = detail(text[at[4]+len(as):])
		if one.Date == "" && one.Issuer == "" && !strings.Contains(number, "/") {
			continue
		}
		found = append(found, one)
	}
	for _, at := range laws.FindAllStringSubmatchIndex(text, -1) {
		name := lawName(text[at[0]:at[1]])
		if before := fold(text[max(0, at[0]-90):at[0]]); name == "" || has(before, "một số điều của", "thi hành") {
			continue
		}
		if m := actNumber.FindStringSubmatch(text[at[0]+len(name):]); m != nil {
			one := LegalBasis{Number: m[1], AsWritten: m[1], Type: text[at[2]:at[3]], Subject: Written(name), Basis: rests, Mark: Mark{line, 0.95, "number"}}
			one.Date, one.Issuer, _ = detail(text[at[0]+len(name)+len(m[0]):])
			found = append(found, one)
			continue
		}
		one := LegalBasis{Number: name, AsWritten: name, Type: text[at[2]:at[3]], Basis: rests, Mark: Mark{line, 0.9, "law"}}
		rest := text[at[0]+len(name):]
		if y := lawYear.FindStringSubmatch(rest); y != nil && y[1] == "" {
			one.Date = Written(isoOf(y[2]+y[5], y[3]+y[6], y[4]+y[7]))
		}
		found = append(found, one)
	}
	return found
}

// lawName cuts a law's name where the sentence goes on.
func lawName(text string) string {
	folded := fold(text) + " "
	if has(folded, "luật sư") || begins(folded, "luật này", "pháp lệnh này") > 0 {
		return ""
	}
	end := len(text)
	for _, stop := range []string{" và các ", " và nghị ", " và quyết ", " và thông ", " ngày ", " năm ", " của ", " số ", " theo ", " để ", " trên ", " đến ", " tại ", " cho ", " đối với ", " được ", " về ", " quy định ", " có ", " trong ", " với ", " là ", " thì ", " do ", " đã ", " bằng ", " thì ", " khi ", " phải "} {
		if i := strings.Index(folded, stop); i > 0 && i < end {
			end = i
		}
	}
	name := strings.TrimRight(text[:min(end, len(text))], " ,-")
	if len(strings.Fields(name)) < 2 {
		return ""
	}
	return name
}

// detail reads date, issuer and subject after a number.
func detail(rest string) (day, issuer, subject Written) {
	if m := issuedDay.FindStringSubmatchIndex(rest); m != nil {
		g := issuedDay.FindStringSubmatch(rest)
		day = Written(isoOf(g[1]+g[4], g[2]+g[5], g[3]+g[6]))
		rest = rest[m[1]:]
	}
	if m := issuedBy.FindStringIndex(rest); m != nil {
		who := rest[m[1]:]
		issuer = Written(issuerName(who))
		rest = who[min(len(issuer), len(who)):]
	}
	if m := aboutIt.FindStringIndex(rest); m != nil {
		what := rest[m[1]:]
		if fold(strings.TrimSpace(rest[:m[1]]))[:1] != "v" {
			what = strings.TrimSpace(rest)
		}
		if i := strings.IndexAny(what, ";.(“\""); i > 0 && what[i] != '(' {
			what = what[:i]
		}
		subject = Written(strings.TrimSpace(what))
	}
	return day, issuer, subject
}

// issuerName reads who issued a document: to where the sentence goes on.
func issuerName(text string) string {
	folded := fold(text)
	end := len(text)
	for _, stop := range []string{" về ", " quy định", " phê duyệt", " ban hành", " hướng dẫn", " sửa đổi", " tại ", " và nghị định", " và thông tư", " và quyết định", " và chỉ thị", " và kế hoạch", " và các văn bản", " và công văn", " tăng cường", " thực hiện", " triển khai", " (gọi", ";", ".", " để ", " khóa ", ", ủy ban nhân dân", ", ubnd", " ủy ban nhân dân tỉnh ban", " giai đoạn", " năm 20", ":"} {
		if i := strings.Index(folded, stop); i > 0 && i < end {
			end = i
		}
	}
	return strings.TrimRight(text[:end], " ,-–”")
}

var (
	numberParts = regexp.MustCompile(`^([\dlIO]{1,5})(?:/((?:19|20)\d{2}))?[/\-–](.+)$`)
	kindsOfActs = map[string]string{"QĐ-TTG": "QĐ-TTg", "CT-TTG": "CT-TTg", "CĐ-TTG": "CĐ-TTg", "VPCP": "VPCP"}
)

// normalNumber writes a number as its issuer would: digits for letters that a scan took for them, no blanks, "TTg". The
// confidence is less where something had to be mended. Empty: this is no number of a document.
func normalNumber(as string) (string, float64) {
	sure := 1.0
	s := strings.Map(func(r rune) rune {
		if r == ' ' {
			return -1
		}
		if r == '–' || r == '—' {
			return '-'
		}
		return r
	}, as)
	if s != as {
		sure = 0.9
	}
	m := numberParts.FindStringSubmatch(s)
	if m == nil {
		return "", 0
	}
	digits := strings.NewReplacer("l", "1", "I", "1", "O", "0").Replace(m[1])
	if digits != m[1] {
		sure = 0.7
	}
	symbol := m[3]
	for from, to := range kindsOfActs {
		if strings.EqualFold(symbol, from) && symbol != to {
			symbol, sure = to, min(sure, 0.9)
		}
	}
	// Ministries' symbols begin with B in what ministries issue together.
	if strings.HasPrefix(symbol, "TT") || strings.HasPrefix(symbol, "NQLT") {
		if fixed := strings.ReplaceAll(symbol, "-LĐTBXH", "-BLĐTBXH"); fixed != symbol {
			symbol, sure = fixed, 0.7
		}
	}
	// Joint circulars are "TTLT" since the law of 1996 on making legal documents.
	if year, err := strconv.Atoi(m[2]); err == nil && year >= 1997 && strings.HasPrefix(symbol, "TTLB") {
		symbol, sure = "TTLT"+symbol[len("TTLB"):], 0.7
	}
	if first(symbol) == 0 || symbol[0] >= '0' && symbol[0] <= '9' {
		return "", 0
	}
	if !capitalStart(symbol) {
		return "", 0
	}
	out := digits
	if m[2] != "" {
		out += "/" + m[2]
	}
	sep := "/"
	if strings.HasPrefix(s[len(m[1]):], "-") && m[2] == "" {
		sep = "-"
	}
	return out + sep + symbol, sure
}

func capitalStart(s string) bool {
	n := 0
	for _, r := range s {
		if string(r) != fold(string(r)) {
			n++
		}
	}
	return n >= 2 || shouted(s)
}

// isoOf writes a day as ISO 8601; empty where there is none such.
func isoOf(day, month, year string) string {
	d, err1 := strconv.Atoi(day)
	m, err2 := strconv.Atoi(month)
	y, err3 := strconv.Atoi(year)
	if err1 != nil || err2 != nil || err3 != nil || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// merged keeps each document once, at its first mention, with what later mentions add.
func merged(all []LegalBasis) []LegalBasis {
	out := []LegalBasis{}
	seen := map[string]int{}
	known := func(name string) bool {
		for _, one := range all {
			if subject := fold(string(one.Subject)); subject != "" && strings.Contains(one.Number, "/") && strings.HasPrefix(subject, "luật") && strings.HasPrefix(name, subject) {
				return true
			}
		}
		return false
	}
	for _, one := range all {
		key := fold(one.Number)
		if !strings.Contains(key, "/") && known(key) {
			continue // a law whose number stands elsewhere
		}
		i, twice := seen[key]
		if !twice {
			seen[key] = len(out)
			out = append(out, one)
			continue
		}
		was := &out[i]
		for _, both := range []struct{ into, from *Written }{{&was.Date, &one.Date}, {&was.Issuer, &one.Issuer}, {&was.Subject, &one.Subject}} {
			if *both.into == "" {
				*both.into = *both.from
			}
		}
		was.Basis = was.Basis || one.Basis
	}
	return out
}
