package draft

import (
	"regexp"
	"strconv"
	"strings"
)

const figure = `(\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?|\d+\.\d{1,2})`

var (
	percentAt = regexp.MustCompile(figure + `\s?%`)
	moneyAt   = regexp.MustCompile(figure + `\s?(tỷ|triệu|nghìn|ngàn)?\s?đồng`)
	countAt   = regexp.MustCompile(figure + `\s+(\p{Ll}[\p{L}]*(?:\s+\p{Ll}[\p{L}]*){0,7})`)
	wordCount = regexp.MustCompile(`(?:ít nhất|tối thiểu|trên|khoảng|từ)\s+(một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)\s+(\p{Ll}[\p{L}]*(?:\s+\p{Ll}[\p{L}]*){0,5})`)
	notCounts = regexp.MustCompile(`^(?:tháng|năm|ngày|giờ|quý|tuổi|phút|lần|kỳ|tuần|đến|trở|và|hoặc|tỷ|triệu)(?:\s|$)`)
	reducing  = regexp.MustCompile(`(?:giảm|hạ|kéo giảm|cắt giảm)(?:\s+\p{L}+){0,8}\s*$`)
)

var numerals = map[string]float64{"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}

// number reads a figure as Vietnamese write it: a full stop parts thousands, a comma is the decimal sign.
func number(s string) float64 {
	if strings.Count(s, ".") == 1 && !strings.Contains(s, ",") && len(s)-strings.Index(s, ".") != 4 {
		v, _ := strconv.ParseFloat(s, 64)
		return v
	}
	v, _ := strconv.ParseFloat(strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), ",", "."), 64)
	return v
}

// targetsIn reads what an item of a section of targets aims at: one target for each figure, or one in words.
func targetsIn(item Item) []Target {
	folded := fold(item.Text)
	base := Target{Section: item.Section, Letter: item.Letter, Text: item.Text, Kind: Qualitative, Mark: Mark{item.Line, 0.85, "aim"}}
	base.Maintain = has(folded, "duy trì", "giữ vững")
	if dues := duesIn(item.Text); len(dues) > 0 {
		base.Due = Written(dueList(dues[:1], nil)[0])
	}
	if c := cadencesIn(item.Text); len(c) > 0 && scheduled(c[0]) {
		base.Cadence = Written(c[0])
	}
	var out []Target
	taken := [][2]int{}
	add := func(from, to int, kind TargetKind, n float64, unit string) {
		for _, t := range taken {
			if from < t[1] && t[0] < to {
				return
			}
		}
		taken = append(taken, [2]int{from, to})
		one := base
		one.Kind, one.Number, one.Unit, one.Rule, one.Confidence = kind, &n, unit, "figure", 0.95
		out = append(out, one)
	}
	for _, m := range percentAt.FindAllStringSubmatchIndex(folded, -1) {
		if m[0] > 0 && (digit(folded[m[0]-1]) || folded[m[0]-1] == '.' || folded[m[0]-1] == ',') {
			continue
		}
		if strings.HasSuffix(strings.TrimRight(folded[:m[0]], " "), "từ") && begins(strings.TrimLeft(folded[m[1]:], " "), "xuống", "lên", "còn") > 0 {
			continue // where it comes from, not where it is to go
		}
		kind := Percent
		if strings.HasSuffix(strings.TrimRight(folded[:m[0]], " "), "còn") || strings.HasSuffix(strings.TrimRight(folded[:m[0]], " "), "xuống") {
			add(m[0], m[1], kind, number(folded[m[2]:m[3]]), strings.TrimSpace("% "+unitAfter(item.Text[m[1]:])))
			continue
		}
		if reducing.MatchString(folded[:m[0]]) {
			kind = Reduction
		}
		add(m[0], m[1], kind, number(folded[m[2]:m[3]]), strings.TrimSpace("% "+unitAfter(item.Text[m[1]:])))
	}
	for _, m := range moneyAt.FindAllStringSubmatchIndex(folded, -1) {
		scale := 1.0
		if m[4] >= 0 {
			scale = scales[folded[m[4]:m[5]]]
		}
		add(m[0], m[1], Amount, number(folded[m[2]:m[3]])*scale, "đồng")
	}
	if base.Cadence != "" || perTime.MatchString(folded) || times.MatchString(folded) {
		if kind, n, unit, from, to := frequency(folded); kind != "" {
			add(from, to, kind, n, unit)
		}
	}
	for _, m := range countAt.FindAllStringSubmatchIndex(folded, -1) {
		if m[0] > 0 && !strings.ContainsRune(" (", rune(folded[m[0]-1])) && !outOf(folded, m[0], folded[m[2]:m[3]]) || notCounts.MatchString(folded[m[4]:m[5]]) || dated(folded, m[0]) {
			continue
		}
		add(m[0], m[1], Count, number(folded[m[2]:m[3]]), unitAfter(item.Text[m[4]:]))
	}
	if len(out) == 0 {
		for _, m := range wordCount.FindAllStringSubmatchIndex(folded, -1) {
			if !notCounts.MatchString(folded[m[4]:m[5]]) {
				add(m[0], m[1], Count, numerals[folded[m[2]:m[3]]], unitAfter(item.Text[m[4]:]))
			}
		}
	}
	if len(out) == 0 {
		return []Target{base}
	}
	return out
}

// outOf reports whether a figure is the second of "135/135".
func outOf(folded string, at int, n string) bool { return strings.HasSuffix(folded[:at], " "+n+"/") }

var scales = map[string]float64{"tỷ": 1e9, "triệu": 1e6, "nghìn": 1e3, "ngàn": 1e3}

// frequency reads "ít nhất một quý một lần".
func frequency(folded string) (kind TargetKind, n float64, unit string, from, to int) {
	if m := times.FindStringSubmatchIndex(folded); m != nil {
		return PerPeriod, counted(folded[m[4]:m[5]]), "lần/" + folded[m[2]:m[3]], m[0], m[1]
	}
	if m := perTime.FindStringSubmatchIndex(folded); m != nil {
		return PerPeriod, counted(folded[m[2]:m[3]]), "lần/" + folded[m[4]:m[5]], m[0], m[1]
	}
	return "", 0, "", 0, 0
}

func counted(s string) float64 {
	if n, ok := numerals[s]; ok {
		return n
	}
	return number(s)
}

// dated reports whether a number is part of a date, a period or the number of a document.
func dated(folded string, at int) bool {
	before := strings.TrimRight(folded[:at], " ")
	for _, word := range []string{"ngày", "tháng", "năm", "quý", "số", "điều", "khoản", "giai đoạn", "đến", "-", "–", "/", "kỳ", "thứ", "tp", "lớp", "mục"} {
		if strings.HasSuffix(before, word) && (len(word) == 1 || edge(before, len(before)-len(word))) {
			if word == "đến" && len(folded) > at+4 && !yearLike(folded[at:]) {
				return false
			}
			return true
		}
	}
	return false
}

func yearLike(s string) bool {
	return len(s) >= 4 && digit(s[0]) && digit(s[1]) && digit(s[2]) && digit(s[3]) && (len(s) == 4 || !digit(s[4])) && (strings.HasPrefix(s, "20") || strings.HasPrefix(s, "19"))
}

// unitStops end what is counted.
var unitStops = regexp.MustCompile(`[,;:.(]|\s(?:tổ chức|được|đạt|có|là|để|trên|trong|tại|cho|phải|bị|theo|với|về|và được|tham gia|hoạt động|vào|ở|so với|mỗi|của|do)\s`)

// unitList is a list of kinds of units of territory, which is counted as one.
var unitList = regexp.MustCompile(`^(?:tổng số |số |các )*(?:xã|phường|thị trấn|huyện|thị xã|thành phố|thôn|ấp|khu phố|tổ dân phố|đặc khu)(?:,? (?:và )?(?:xã|phường|thị trấn|huyện|thị xã|thành phố|thôn|ấp|khu phố|tổ dân phố|đặc khu))*`)

func unitAfter(text string) string {
	text = strings.TrimSpace(text)
	from := 0
	if m := unitList.FindStringIndex(fold(text)); m != nil {
		from = m[1] // "xã, phường, thị trấn" is one
	}
	if m := unitStops.FindStringIndex(text[from:] + " "); m != nil {
		text = strings.TrimSpace(text[:min(from+m[0], len(text))])
	}
	if words := strings.Fields(text); len(words) > 14 {
		text = strings.Join(words[:14], " ")
	}
	return text
}
