package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

var weekdaysVI = [...]string{"Chủ Nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"}

// weekdayName names the day of the week in "vi" or "en" (anything else: Vietnamese).
func weekdayName(d Date, language string) string {
	if language == "en" {
		return d.Weekday().String()
	}
	return weekdaysVI[d.Weekday()]
}

// With returns a copy that goes on with further notes (an extension, a mark that
// the rule was configured).
func (d Derivation) With(notes ...Note) Derivation {
	return Derivation{append(append([]Note(nil), d.Notes...), notes...)}
}

// Sentence tells the derivation in one line in "vi" or "en" (anything else:
// Vietnamese): "Chốt số liệu 14/03/2026 (Thứ Bảy) · + 3 ngày làm việc · hết ngày 18/03/2026".
func (d Derivation) Sentence(language string) string {
	if language != "en" {
		language = "vi"
	}
	var parts []string
	for _, n := range d.Notes {
		if p := n.phrase(language); p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " · ")
}

// dated are the notes that are words before a day and its weekday.
var dated = map[string]map[string]string{
	"window_end": {"vi": "Chốt số liệu", "en": "Data closed"},
	"fixed_date": {"vi": "Ngày ấn định", "en": "Fixed date"},
	"due":        {"vi": "Hạn", "en": "Due"},
	"opening":    {"vi": "Mở kỳ", "en": "Opened"},
	"submitted":  {"vi": "Đã gửi", "en": "Submitted"},
	"forwarded":  {"vi": "Đã chuyển", "en": "Passed on"},
	"corrected":  {"vi": "Đã gửi đính chính", "en": "Correction sent"},
	"resubmit":   {"vi": "Trả lại", "en": "Returned"},
	"month_day":  {"vi": "ngày hằng năm", "en": "yearly on"},
	"set_date":   {"vi": "ngày do cơ quan ban hành ấn định cho kỳ này", "en": "date set by the plan authority for this period"},
}

func (n Note) phrase(language string) string {
	en := language == "en"
	pick := func(vi, english string, args ...any) string {
		if en {
			return fmt.Sprintf(english, args...)
		}
		return fmt.Sprintf(vi, args...)
	}
	full := func() string { return n.Date.VN() + " (" + weekdayName(n.Date, language) + ")" }
	name := n.VI
	if en {
		name = n.EN
	}
	if words, ok := dated[n.Kind]; ok {
		return words[language] + " " + full()
	}
	switch n.Kind {
	case "plus_working_days":
		return pick("+ %d ngày làm việc", "+ %d "+plural(n.N, "working day"), n.N)
	case "minus_working_days":
		return pick("− %d ngày làm việc", "− %d "+plural(n.N, "working day"), n.N)
	case "plus_calendar_days":
		return pick("+ %d ngày", "+ %d "+plural(n.N, "day"), n.N)
	case "minus_calendar_days":
		return pick("− %d ngày", "− %d "+plural(n.N, "day"), n.N)
	case "hours":
		sign, hours := "+", n.N
		if hours < 0 {
			sign, hours = "−", -hours
		}
		return pick("%s %d giờ", "%s %d "+plural(hours, "hour"), sign, hours)
	case "working_hours":
		return pick("+ %d giờ làm việc", "+ %d "+plural(n.N, "working hour"), n.N)
	case "requested":
		return pick("Giao lúc %s ngày %s", "Requested at %s on %s", n.Time, n.Date.VN())
	case "chain_back":
		return pick("− %d ngày làm việc để cấp trên tổng hợp", "− %d "+plural(n.N, "working day")+" for the levels above to consolidate", n.N)
	case "chain_squeezed":
		return pick("ngày nghỉ không để đủ thời gian, lấy %s", "days off leave too little time, taken as %s", full())
	case "outage":
		if name == "" {
			return pick("hệ thống ngừng hoạt động, chuyển sang %s", "the system is out of service, moved to %s", full())
		}
		return pick("hệ thống ngừng hoạt động (%s), chuyển sang %s", "the system is out of service (%s), moved to %s", name, full())
	case "day_of_month":
		if n.Date.Day < n.N {
			return pick("ngày cuối tháng %s", "last day of the month %s", full())
		}
		return pick("ngày hằng tháng %s", "monthly on %s", full())
	case "shifted":
		if name == "" {
			name = pick("ngày nghỉ", "a day off")
		}
		return pick("trùng %s, chuyển sang %s", "falls on %s, moved to %s", name, full())
	case "end_of_day":
		return pick("hết ngày %s", "end of %s", n.Date.VN())
	case "at_time":
		return pick("%s ngày %s", "%s on %s", n.Time, n.Date.VN())
	case "not_before":
		return pick("không trước %s", "not before %s", full())
	case "extended":
		if name == "" {
			return pick("gia hạn đến hết ngày %s", "extended to the end of %s", n.Date.VN())
		}
		return pick("%s gia hạn đến hết ngày %s", "extended by %s to the end of %s", name, n.Date.VN())
	case "amended":
		if name == "" {
			return pick("sửa đổi văn bản, hạn trước đây %s", "the plan was amended, due before on %s", n.Date.VN())
		}
		return pick("sửa đổi theo %s, hạn trước đây %s", "amended by %s, due before on %s", name, n.Date.VN())
	case "configured":
		if name == "" {
			return pick("hạn do cấu hình, văn bản không nêu", "configured, not from the document")
		}
		return pick("hạn do cấu hình (%s), văn bản không nêu", "configured (%s), not from the document", name)
	case "cron":
		return pick("lặp theo lịch “%s”", "repeats by “%s”", name)
	}
	return ""
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// Label names the period for people in "vi" or "en": "Quý II/2026", "Quarter II 2026".
func (p Period) Label(language string) string { return LabelOf(p.Key, language) }

var roman = [...]string{"I", "II", "III", "IV"}

// LabelOf names a period by its key alone, as Period.Label does: "2026-Q2-L1" is
// "Quý II/2026, lần 1". A key that this package did not make is returned as it is.
func LabelOf(key, language string) string {
	if window, time := cutTime(key); time > 0 {
		label := LabelOf(window, language)
		if label == window {
			return key
		}
		if language == "en" {
			return label + ", no. " + strconv.Itoa(time)
		}
		return label + ", lần " + strconv.Itoa(time)
	}
	pick := func(vi, en string) string {
		if language == "en" {
			return en
		}
		return vi
	}
	if label, ok := labelByHand(key, language); ok {
		return label
	}
	if key == "once" {
		return pick("Một lần", "Once")
	}
	if at, err := time.Parse("2006-01-02T15:04", key); err == nil {
		return at.Format("15:04 ") + pick("ngày", "on") + at.Format(" 02/01/2006")
	}
	year, rest, parted := strings.Cut(key, "-")
	if y, err := strconv.Atoi(year); err != nil || len(year) != 4 || y <= 0 {
		return key
	}
	if !parted {
		return pick("Năm ", "Year ") + year
	}
	switch rest {
	case "H1":
		return pick("6 tháng đầu năm ", "First 6 months of ") + year
	case "H2":
		return pick("6 tháng cuối năm ", "Last 6 months of ") + year
	case "N9":
		return pick("9 tháng năm ", "9 months of ") + year
	}
	if rest == "" {
		return key
	}
	n, err := strconv.Atoi(rest[1:])
	switch {
	case err != nil:
	case rest[0] == 'M' && len(rest) == 3 && n >= 1 && n <= 12:
		return pick("Tháng "+rest[1:]+"/", time.Month(n).String()+" ") + year
	case rest[0] == 'Q' && len(rest) == 2 && n >= 1 && n <= 4:
		return pick("Quý "+roman[n-1]+"/", "Quarter "+roman[n-1]+" ") + year
	case rest[0] == 'W' && len(rest) == 3 && n >= 1 && n <= 53:
		return pick("Tuần ", "Week ") + rest[1:] + "/" + year
	}
	return key
}

// ShortLabelOf names a period at the head of a narrow column, without its year:
// "T5", "Quý I", "6 tháng". language is "vi" or "en".
func ShortLabelOf(key, language string) string {
	pick := func(vi, en string) string {
		if language == "en" {
			return en
		}
		return vi
	}
	if key == "once" {
		return pick("Một lần", "Once")
	}
	year, rest, parted := strings.Cut(key, "-")
	if y, err := strconv.Atoi(year); err != nil || len(year) != 4 || y <= 0 {
		return LabelOf(key, language)
	}
	switch {
	case !parted:
		return pick("Năm", "Year")
	case rest == "H1":
		return pick("6 tháng", "6 mths")
	case rest == "H2":
		return pick("6 th. cuối", "2nd half")
	case rest == "N9":
		return pick("9 tháng", "9 mths")
	}
	n, err := strconv.Atoi(strings.TrimLeft(rest, "MQW"))
	switch {
	case err != nil:
	case rest[0] == 'M' && len(rest) == 3 && n >= 1 && n <= 12:
		return pick("T"+strconv.Itoa(n), time.Month(n).String()[:3])
	case rest[0] == 'Q' && len(rest) == 2 && n >= 1 && n <= 4:
		return pick("Quý ", "Q ") + roman[n-1]
	case rest[0] == 'W' && len(rest) == 3 && n >= 1 && n <= 53:
		return pick("Tuần ", "W ") + strconv.Itoa(n)
	}
	return LabelOf(key, language)
}
