package draft

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Cadences as the draft names them.
const (
	Daily       = "daily"
	Weekly      = "weekly"
	Monthly     = "monthly"
	Quarterly   = "quarterly"
	HalfYear    = "half_year"
	NineMonth   = "nine_month"
	Yearly      = "yearly"
	Once        = "once"
	AdHoc       = "ad_hoc"
	Flash       = "flash"
	Continuous  = "continuous"
	Event       = "event"
	Unspecified = "periodic_unspecified"
)

// cadenceOrder is the order in which cadences are listed.
var cadenceOrder = []string{Once, Daily, Weekly, Monthly, Quarterly, HalfYear, NineMonth, Yearly, Flash, AdHoc, Continuous, Event, Unspecified}

// span is a period as it is written, in a folded text.
const span = `(?:tuần|tháng|qu[ýí]|(?:0?6|sáu) tháng(?: đầu năm| cuối năm)?|(?:0?9|chín) tháng(?: đầu năm)?|(?:0?1 |một )?năm|giữa năm|cuối năm)`

var (
	// every is "hằng tháng", "mỗi quý", "định kỳ 06 tháng", with what the list goes on with.
	every = regexp.MustCompile(`(?:hàng|hằng|mỗi|từng|định k[ỳì](?: theo)?(?: báo cáo)?(?:,)?(?: \(?(?:hàng|hằng))?|báo cáo(?: kết quả(?: thực hiện)?| tình hình| sơ kết| tổng kết)?(?: theo)?(?: định k[ỳì])?(?: theo)?(?: \(?(?:hàng|hằng))?|sơ kết|tổng kết|theo) \(?(` + span + `(?:\s*(?:,|và|hoặc|;|/|-)\s*(?:(?:báo cáo|định k[ỳì]|hàng|hằng|sơ kết|tổng kết) )?` + span + `)*)`)
	// betweenPeriods is what stands between the periods of a list.
	betweenPeriods = regexp.MustCompile(`\s*\([^)]*\)|\s+trước ngày \d{1,2}(?:/\d{1,2}| tháng \d{1,2})?`)
	// several are two periods or more in a row.
	several = regexp.MustCompile(span + `(?:\s*(?:,|và|;)\s*(?:(?:báo cáo|hàng|hằng) )?` + span + `)+`)
	oneSpan = regexp.MustCompile(span)
	// times is "một quý một lần", "1 lần/tháng".
	times   = regexp.MustCompile(`(?:ít nhất |tối thiểu )?(?:mỗi |một |0?1 |hàng |hằng )?(tuần|tháng|qu[ýí]|(?:0?6|sáu) tháng|năm)\s*(?:/|ít nhất |tối thiểu )?\s*(một|hai|ba|bốn|\d{1,2}) (?:lần|kỳ|cuộc|buổi|đợt)`)
	perTime = regexp.MustCompile(`(một|hai|ba|bốn|\d{1,2}) (?:lần|cuộc|buổi|đợt|kỳ|số|chuyên mục|tin, bài|tin bài)\s*(?:/|trong một |trong |mỗi |một |trên |hàng |hằng )\s*(?:0?1 |một )?(tuần|tháng|qu[ýí]|(?:0?6|sáu) tháng|năm)`)
)

// Cadences are all that a duty may have.
func Cadences() []string { return slices.Clone(cadenceOrder) }

func cadenceOf(period string) string {
	switch {
	case strings.Contains(period, "tuần"):
		return Weekly
	case strings.Contains(period, "6 tháng"), strings.Contains(period, "sáu tháng"), period == "giữa năm":
		return HalfYear
	case strings.Contains(period, "9 tháng"), strings.Contains(period, "chín tháng"):
		return NineMonth
	case strings.Contains(period, "tháng"):
		return Monthly
	case strings.HasPrefix(period, "qu"):
		return Quarterly
	default:
		return Yearly
	}
}

// cadencesIn reads how often something is due, in the order of cadenceOrder. reports: the text asks for a report, where
// "khi có yêu cầu" and "kịp thời phản ánh" say when.
func cadencesIn(text string) []string {
	folded := squeeze(fold(text))
	var found []string
	add := func(c string) {
		if !slices.Contains(found, c) {
			found = append(found, c)
		}
	}
	list := func(periods string) {
		for _, one := range oneSpan.FindAllString(periods, -1) {
			add(cadenceOf(one))
		}
	}
	lists := func(folded string) {
		for _, m := range every.FindAllStringSubmatchIndex(folded, -1) {
			if edge(folded, m[0]) && edge(folded, m[3]) && plain(folded, m[2], m[3]) {
				list(folded[m[2]:m[3]])
			}
		}
		if !has(folded, "báo cáo", "sơ kết", "tổng kết", "định kỳ", "giao ban", "gửi", "họp") {
			return
		}
		for _, m := range several.FindAllStringIndex(folded, -1) {
			if edge(folded, m[0]) && edge(folded, m[1]) && plain(folded, m[0], m[1]) && !strings.HasSuffix(strings.TrimSpace(folded[:m[0]]), "kế hoạch") {
				list(folded[m[0]:m[1]])
			}
		}
	}
	lists(folded)
	// "hàng tháng (trước ngày 12), quý (…), năm": days in brackets, or after each period, part no list.
	if bare := betweenPeriods.ReplaceAllString(folded, ""); bare != folded {
		lists(bare)
	}
	for _, m := range times.FindAllStringSubmatchIndex(folded, -1) {
		if edge(folded, m[0]) {
			add(cadenceOf(folded[m[2]:m[3]]))
		}
	}
	for _, m := range perTime.FindAllStringSubmatchIndex(folded, -1) {
		if edge(folded, m[0]) {
			add(cadenceOf(folded[m[4]:m[5]]))
		}
	}
	if has(folded, "hàng ngày", "hằng ngày", "mỗi ngày", "từng ngày") {
		add(Daily)
	}
	if has(folded, "báo cáo nhanh") {
		add(Flash)
	}
	if has(folded, "đột xuất") && has(folded, "báo cáo", "kiểm tra", "giám sát", "định kỳ", "họp", "thanh tra") {
		add(AdHoc)
	}
	if has(folded, "thường xuyên") && !has(folded, "chi thường xuyên", "duy trì thường xuyên", "không thường xuyên") {
		add(Continuous)
	}
	if len(found) == 0 && has(folded, "báo cáo", "phản ánh") && has(folded, "vướng mắc", "vấn đề phát sinh", "nội dung phát sinh", "khi có phát sinh", "phản ánh ngay", "báo cáo ngay") {
		add(Event)
	}
	if len(found) == 0 || !slices.ContainsFunc(found, scheduled) {
		if has(folded, "định kỳ", "định kì") {
			add(Unspecified)
		}
	}
	slices.SortFunc(found, func(a, b string) int { return slices.Index(cadenceOrder, a) - slices.Index(cadenceOrder, b) })
	return found
}

// scheduleWords are the words of a text that say how often, one by one: "định kỳ", "tháng", "quý".
func scheduleWords(text string) []string {
	folded := squeeze(fold(text))
	var out []string
	add := func(word string) {
		if !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	list := func(from, to int) {
		if edge(folded, from) && edge(folded, to) && plain(folded, from, to) {
			for _, one := range oneSpan.FindAllString(folded[from:to], -1) {
				add(one)
			}
		}
	}
	for _, m := range every.FindAllStringSubmatchIndex(folded, -1) {
		list(m[2], m[3])
	}
	for _, m := range several.FindAllStringIndex(folded, -1) {
		list(m[0], m[1])
	}
	for _, m := range times.FindAllStringSubmatchIndex(folded, -1) {
		add(folded[m[2]:m[3]])
	}
	for _, m := range perTime.FindAllStringSubmatchIndex(folded, -1) {
		add(folded[m[4]:m[5]])
	}
	for _, word := range []string{"báo cáo nhanh", "đột xuất", "thường xuyên", "định kỳ"} {
		if has(folded, word) {
			add(word)
		}
	}
	return out
}

func scheduled(cadence string) bool {
	return slices.Contains([]string{Daily, Weekly, Monthly, Quarterly, HalfYear, NineMonth, Yearly}, cadence)
}

// plain reports whether a list of periods stands for how often: "trong 6 tháng" is how long, "năm 2026" is a year.
func plain(folded string, from, to int) bool {
	rest := strings.TrimLeft(folded[to:], " ")
	if rest != "" && digit(rest[0]) {
		return false
	}
	if begins(rest, "trước ngày", "sau khi", "trước 1", "trước 2", "trước 3", "trước 0") > 0 {
		return true
	}
	return begins(rest, "học", "tuổi", "qua", "liền", "trước", "nay", "sau", "tới", "thứ") == 0
}

// due is a time by which something is to be done.
type due struct {
	words string
	// on is the day (ISO 8601), empty where the words name none.
	on string
	// part is what the words do name: a day of each year (--12-15), of each month (---20), a delay (PT24H, P10D).
	part string
	// recurs: the words name a day of each period.
	recurs bool
	noYear bool
}

// before are the words that make a date a due date.
const before = `(?:trước(?: ngày)?|chậm nhất(?: là)?(?: vào)?(?: đến)?(?: ngày| trước ngày| hết ngày)?|muộn nhất(?: là)?(?: ngày)?|hoàn thành(?: xong)?(?: trong| trước| vào| đến)?(?: ngày)?|xong(?: trước| trong)?(?: ngày)?|` +
	`đến (?:hết )?(?:ngày)?|hết (?:ngày)?|trong(?: ngày)?|vào (?:ngày)?|thời hạn(?: hoàn thành| gửi báo cáo)?:?(?: trước| trong)?(?: ngày)?|thời gian(?: hoàn thành| thực hiện)?:?(?: trước| trong)?(?: ngày)?|hạn(?: cuối)?:?(?: ngày)?)\s*`

var (
	fullDay  = regexp.MustCompile(before + `(\d{1,2})\s*[/\-.]\s*(\d{1,2})\s*[/\-.]\s*(20\d{2})`)
	longDay  = regexp.MustCompile(before + `(\d{1,2}) tháng (\d{1,2}) năm (20\d{2})`)
	shortDay = regexp.MustCompile(before + `(?:ngày )?(\d{1,2})\s*/\s*(\d{1,2})(?: (?:hàng|hằng) năm)?`)
	midDay   = regexp.MustCompile(before + `(?:ngày )?(\d{1,2}) tháng (\d{1,2})(?: (?:hàng|hằng) năm)?`)
	monthDay = regexp.MustCompile(before + `(?:ngày )?(\d{1,2}) (?:hàng|hằng|của|mỗi) ?(?:hàng |hằng |mỗi )?(?:tháng cuối qu[ýí]|tháng|qu[ýí])(?: cuối qu[ýí])?|` + before + `(?:ngày )?(\d{1,2}) tháng cuối (?:của )?(?:mỗi )?qu[ýí]`)
	quarter  = regexp.MustCompile(before + `qu[ýí] (i{1,3}|iv|[1-4])(?:\s*/\s*|,? năm )(20\d{2})`)
	quarter0 = regexp.MustCompile(before + `qu[ýí] (i{1,3}|iv|[1-4])\b`)
	month    = regexp.MustCompile(before + `(?:tháng )(\d{1,2})(?:\s*/\s*|,? năm )(20\d{2})`)
	year     = regexp.MustCompile(`(?:vào|hoàn thành(?: trong| trước)?|đến hết|hết|đến|xong(?: trong)?|trong|trước) (?:năm )(20\d{2})`)
	within   = regexp.MustCompile(`(?:trong vòng|trong thời hạn|chậm nhất(?: là)?|sau|không quá|trong) (0?\d{1,3}|một|hai|ba|năm|bảy|mười) (giờ|ngày làm việc|ngày|tháng)`)
	// bareDayAt is "trước ngày 25", where how often is said elsewhere.
	bareDayAt = regexp.MustCompile(`(?:trước|chậm nhất(?: là| vào| trước)?|vào) ngày (\d{1,2})(?:[.,; ]|$)`)
)

// duesIn reads the times by which something is to be done, in the order of the text.
func duesIn(text string) []due {
	folded := fold(text)
	// Most texts say nothing of when.
	if !strings.ContainsAny(text, "0123456789") && !has(folded, "trong vòng", "trong thời hạn", "chậm nhất", "không quá", "sau", "quý", "quí") {
		return nil
	}
	var found []due
	var places [][2]int
	add := func(m []int, d due) {
		if !edge(folded, m[0]) {
			return
		}
		for _, p := range places {
			if m[0] < p[1] && p[0] < m[1] {
				return
			}
		}
		d.words = squeeze(strings.Trim(text[m[0]:m[1]], " .,;"))
		places = append(places, [2]int{m[0], m[1]})
		found = append(found, d)
	}
	for _, m := range fullDay.FindAllStringSubmatchIndex(folded, -1) {
		add(m, due{on: isoOf(folded[m[2]:m[3]], folded[m[4]:m[5]], folded[m[6]:m[7]])})
	}
	for _, m := range longDay.FindAllStringSubmatchIndex(folded, -1) {
		add(m, due{on: isoOf(folded[m[2]:m[3]], folded[m[4]:m[5]], folded[m[6]:m[7]])})
	}
	for _, m := range quarter.FindAllStringSubmatchIndex(folded, -1) {
		add(m, due{on: quarterEnd(folded[m[2]:m[3]], folded[m[4]:m[5]])})
	}
	for _, m := range month.FindAllStringSubmatchIndex(folded, -1) {
		add(m, due{on: monthEnd(folded[m[2]:m[3]], folded[m[4]:m[5]])})
	}
	for _, m := range monthDay.FindAllStringSubmatchIndex(folded, -1) {
		number := 2
		if m[2] < 0 {
			number = 4
		}
		day := dayOfMonth(folded[m[number]:m[number+1]])
		if strings.Contains(folded[m[0]:m[1]], "cuối qu") && day != "" {
			// The last month of a quarter is one of four.
			day = strings.Join([]string{"--03" + day[2:], "--06" + day[2:], "--09" + day[2:], "--12" + day[2:]}, " ")
		}
		add(m, due{recurs: true, part: day})
	}
	for _, re := range []*regexp.Regexp{shortDay, midDay} {
		for _, m := range re.FindAllStringSubmatchIndex(folded, -1) {
			whole := folded[m[0]:m[1]]
			yearly := strings.HasSuffix(whole, "hàng năm") || strings.HasSuffix(whole, "hằng năm")
			if isoOf(folded[m[2]:m[3]], folded[m[4]:m[5]], "2024") != "" {
				add(m, due{recurs: yearly, noYear: !yearly, part: "--" + isoOf(folded[m[2]:m[3]], folded[m[4]:m[5]], "2024")[len("2024-"):]})
			}
		}
	}
	for _, m := range within.FindAllStringSubmatchIndex(folded, -1) {
		if unit := folded[m[4]:m[5]]; unit == "tháng" && !strings.HasPrefix(folded[m[0]:], "trong vòng") && !strings.HasPrefix(folded[m[0]:], "trong thời hạn") {
			continue // how long something lasts
		}
		add(m, due{recurs: true, part: delay(folded[m[2]:m[3]], folded[m[4]:m[5]])})
	}
	for _, m := range bareDayAt.FindAllStringSubmatchIndex(folded, -1) {
		add(m, due{recurs: true, part: dayOfMonth(folded[m[2]:m[3]])})
	}
	for _, m := range year.FindAllStringSubmatchIndex(folded, -1) {
		add(m, due{on: folded[m[2]:m[3]] + "-12-31"})
	}
	for _, m := range quarter0.FindAllStringSubmatchIndex(folded, -1) {
		add(m, due{noYear: true, part: "--" + quarterEnd(folded[m[2]:m[3]], "2025")[len("2025-"):]})
	}
	order := make([]int, len(found))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return places[a][0] - places[b][0] })
	sorted := make([]due, 0, len(found))
	for _, i := range order {
		sorted = append(sorted, found[i])
	}
	return sorted
}

func quarterEnd(number, year string) string {
	n := map[string]int{"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}[number]
	return monthEnd(strconv.Itoa(3*n), year)
}

func monthEnd(month, year string) string {
	m, err := strconv.Atoi(month)
	y, err2 := strconv.Atoi(year)
	if err != nil || err2 != nil || m < 1 || m > 12 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, daysIn(y, m))
}

// dayOfMonth writes a day of each month.
func dayOfMonth(day string) string {
	n, err := strconv.Atoi(day)
	if err != nil || n < 1 || n > 31 {
		return ""
	}
	return fmt.Sprintf("---%02d", n)
}

// delay writes a time from an event on. Working days are not told from days by ISO 8601: they keep their words.
func delay(number, unit string) string {
	n := counted(number)
	switch unit {
	case "giờ":
		return fmt.Sprintf("PT%gH", n)
	case "ngày":
		return fmt.Sprintf("P%gD", n)
	case "ngày làm việc":
		return fmt.Sprintf("P%gD", n)
	}
	return fmt.Sprintf("P%gM", n)
}

// dueList are due times as the draft gives them: dates, days of each year or month, delays, else the document's words.
func dueList(dues []due, cadences []string) []string {
	out := []string{}
	for _, d := range dues {
		one := d.on
		if one == "" {
			one = d.part
		}
		// "trước ngày 25" is a day of each month only where something recurs.
		if strings.HasPrefix(one, "---") && !slices.ContainsFunc(cadences, scheduled) && !d.recurs {
			one = d.words
		}
		if one == "" && d.recurs {
			one = d.words
		}
		if one == "" {
			continue // no such day: listed as unclear
		}
		if days := strings.Fields(one); len(days) == 4 && strings.HasPrefix(one, "--") {
			out = append(out, days...)
			continue
		}
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}
