package draft

import (
	"regexp"
	"slices"
	"strings"
)

// reporter is who a text is given to, while its reports are read.
type reporter struct {
	from []string
	line int
}

var (
	// sends are the words before whoever receives a report.
	sends = []string{"gửi về", "gửi cho", "gửi đến", "gửi tới", "gửi", "báo cáo về", "báo cáo cho", "báo cáo với", "báo cáo lên", "báo cáo đến", "báo cáo", "phản ánh kịp thời về", "phản ánh ngay với", "phản ánh ngay về", "phản ánh ngay", "phản ánh kịp thời", "báo cáo ngay với", "báo cáo ngay về", "báo cáo ngay", "báo cáo kịp thời", "báo cáo bằng văn bản về", "báo cáo bằng văn bản", "báo cáo kết quả về", "báo cáo kết quả với", "báo cáo kết quả cho", "thông báo cho", "thông báo đến", "thông báo", "cung cấp số liệu cho", "phản ánh về", "phản ánh kịp thời với", "phản ánh với", "phản ánh", "kiến nghị về", "trình", "về", "cho", "tới", "lên"}
	// through are the words before whoever passes it on.
	passing   = regexp.MustCompile(`\(?\s*(?:thông qua|qua)\s+`)
	bracketed = regexp.MustCompile(`\s*\((?:thông qua|qua)\s[^)]*\)?`)
	// onward begins what the receiver does with it.
	onward = regexp.MustCompile(`(?:để|theo dõi,|đ[ếể])\s+(?:tổng hợp|tống hợp|theo dõi)[\p{L}, ]*?(?:,)?\s*(?:báo cáo|trình|tham mưu)\s+`)
	// directed is "Chỉ đạo X báo cáo …": the report is X's.
	directed = []string{"chỉ đạo", "yêu cầu", "đôn đốc", "hướng dẫn", "giao"}
)

// reportsIn reads the reports that a text asks of whoever it is given to.
func reportsIn(text string, who reporter) []Reporting {
	var out []Reporting
	for _, sentence := range sentences(text) {
		folded := fold(sentence)
		event := has(folded, "phản ánh", "vướng mắc", "phát sinh") && has(folded, "phản ánh", "báo cáo", "kiến nghị")
		telling := has(folded, "thông báo", "cung cấp số liệu", "cung cấp thông tin") && slices.ContainsFunc(cadencesIn(sentence), scheduled)
		if !has(folded, "báo cáo", "phản ánh") && !telling && !(has(folded, "gửi", "thông báo") && (begins(folded, "tổng hợp") > 0 || has(folded, "kết quả", "thống kê", "số liệu", "tiến độ", "số vụ"))) {
			continue
		}
		one := Reporting{From: who.from, To: []string{}, Cadences: []string{}, Due: []string{}, Quote: sentence, Mark: Mark{who.line, 0.85, "report"}}
		to, via, next := receivers(sentence, folded)
		one.To, one.Via = to, Written(via)
		one.Cadences = cadencesIn(sentence)
		if one.Cadences == nil {
			one.Cadences = []string{}
		}
		one.Due = dueList(duesIn(sentence), one.Cadences)
		if event && !slices.ContainsFunc(one.Cadences, scheduled) && has(folded, "kịp thời", "vướng mắc", "phát sinh", "ngay") {
			one.Cadences = []string{Event}
		}
		if whose := given(sentence, folded); len(whose) > 0 {
			first := one
			first.From, first.Rule = whose, "directed_report"
			first.To = []string{}
			if !has(folded, "gửi") {
				first.To = to
			}
			if len(first.To) == 0 {
				first.To = who.from
			}
			out = append(out, first)
			continue
		}
		switch {
		case len(to) == 0 && !demands(folded):
			continue
		case len(to) == 0 && len(one.Cadences) == 0 && len(one.Due) == 0 && !has(folded, "thống kê, báo cáo", "tổng hợp, báo cáo", "tổng hợp báo cáo"):
			continue
		case len(to) == 0 && slices.Equal(one.Cadences, []string{Unspecified}) && has(folded, "khen thưởng", "kiểm tra"):
			continue
		}
		out = append(out, one)
		if len(next) > 0 {
			more := one
			more.From, more.To, more.Via, more.Cadences, more.Due, more.Rule = to, next, "", []string{}, []string{}, "consolidated_report"
			out = append(out, more)
		}
	}
	return out
}

// demands reports whether "báo cáo" is something to be done here, not a thing that exists.
func demands(folded string) bool {
	i := find(folded, "báo cáo", 0)
	if i < 0 {
		return has(folded, "gửi")
	}
	before := strings.TrimSpace(folded[:i])
	for _, noun := range []string{"các", "chế độ", "mẫu", "biểu", "những", "nội dung", "theo", "thông tin", "hồ sơ", "số liệu", "cán bộ", "cơ quan"} {
		if strings.HasSuffix(before, noun) {
			return false
		}
	}
	return !strings.HasPrefix(folded[i:], "báo cáo viên") && !strings.HasPrefix(folded[i:], "báo cáo chuyên đề")
}

// given answers whose report it is where a text directs somebody to report.
func given(sentence, folded string) []string {
	n := begins(folded, directed...)
	if n == 0 {
		return nil
	}
	rest := strings.TrimLeft(sentence[n:], " ")
	found := readNames(rest)
	if len(found.list) == 0 {
		return nil
	}
	tail := fold(strings.TrimLeft(rest[found.end:], " ,"))
	if begins(tail, "báo cáo", "thống kê", "định kỳ", "tổng hợp", "gửi", "thực hiện báo cáo", "thực hiện chế độ báo cáo", "hằng", "hàng") == 0 {
		return nil
	}
	return found.list
}

// receivers reads to whom a report goes, through whom, and to whom it goes on from an agency that it passes.
func receivers(sentence, folded string) (to []string, via string, next []string) {
	scope := len(sentence)
	if m := onward.FindStringIndex(folded); m != nil {
		inBrackets := strings.LastIndexByte(folded[:m[0]], '(') > strings.LastIndexByte(folded[:m[0]], ')')
		// An agency that is named to pass a report on is named to sum it up: that is a report of its own.
		if inBrackets || passing.MatchString(folded[:m[0]]) {
			inside, _, _ := strings.Cut(sentence[m[1]:], ")")
			next = readNames(inside).list
		}
		scope = m[0]
	} else if i := strings.Index(folded, "để tổng hợp"); i > 0 {
		scope = i
	}
	if m := passing.FindStringIndex(folded[:scope]); m != nil {
		if found := readNames(sentence[m[1]:scope]); len(found.list) > 0 {
			via = strings.Join(found.list, ", ")
			if !strings.Contains(sentence[m[0]:m[1]], "(") {
				scope = min(scope, m[0])
			}
		}
	}
	if at := bracketed.FindStringIndex(sentence[:scope]); at != nil {
		// "báo cáo A (qua B) và C": the list goes on after the brackets.
		sentence = sentence[:at[0]] + sentence[at[1]:]
		folded = fold(sentence)
		scope -= at[1] - at[0]
	}
	best := -1
	for _, words := range sends {
		for at := 0; ; {
			i := find(folded[:scope], words, at)
			if i < 0 {
				break
			}
			at = i + len(words)
			if weak := len(words) <= len("cho "); weak && !has(folded[:i], "báo cáo", "gửi", "phản ánh", "cung cấp", "thông báo") {
				continue
			}
			from := strings.TrimLeft(sentence[at:scope], " :")
			found := readNames(from)
			if len(found.list) == 0 || strings.HasPrefix(fold(from), "các cấp") {
				continue
			}
			if rank := i; rank > best && !(words == "trình" && best >= 0) && !(!strings.Contains(words, "báo cáo") && has(folded, "gửi") && words != "gửi" && !strings.HasPrefix(words, "gửi") && best >= 0) {
				best, to = rank, found.list
			}
		}
		if best >= 0 && strings.HasPrefix(words, "gửi") {
			break
		}
	}
	if to == nil {
		to = []string{}
	}
	return to, via, next
}
