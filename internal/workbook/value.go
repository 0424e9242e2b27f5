package workbook

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/privacy"
	"dondoc/internal/sheet"
)

// spaces are written as the plain blank.
var spaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ", "\u200b", "", "\ufeff", "")

// plain is a text in the form in which headings and names are compared.
func plain(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFC.String(spaces.Replace(s))), " "))
}

// standing refuses what no value may be taken from: errors, and formulas that
// are no input or have left no result behind.
func (c cell) standing() *fault.Fault {
	refuse := func(vi, en string, args ...any) *fault.Fault {
		return at(c.at, fault.New(fault.Invalid, "sheet.formula", vi, en, args...))
	}
	switch {
	case c.kind == failure:
		return refuse("công thức bị lỗi (%s). Nhập thẳng giá trị vào ô.", "the formula has an error (%s). Type the value itself.", c.value)
	case c.formula && !c.unlocked:
		return refuse("công thức nằm trong ô khóa nên không được tính. Chép ô, dán lại chỉ giá trị (Paste Special, Values).",
			"the formula stands in a locked cell and is not taken. Copy the cell and paste its value alone (Paste Special, Values).")
	case c.formula && c.value == "":
		return refuse("công thức chưa có kết quả lưu trong tệp. Mở bằng chương trình bảng tính, lưu lại, hoặc dán chỉ giá trị.",
			"the formula has no result in the file. Open it in a spreadsheet program and save it, or paste the value alone.")
	}
	return nil
}

// figure reads a figure in its stored form; empty where nothing stands there.
func (b *book) figure(c cell, row form.Row) (string, *fault.Fault) {
	if f := c.standing(); f != nil {
		return "", f
	}
	refuse := func(code, vi, en string, args ...any) (string, *fault.Fault) {
		return "", at(c.at, fault.New(fault.Invalid, code, vi, en, args...))
	}
	if row.Unit == indicator.Text {
		return prose(c), nil
	}
	switch c.kind {
	case boolean:
		return refuse("figure.number", "%s: ghi bằng chữ số, không ghi đúng/sai (TRUE/FALSE).", "%s: give digits, not TRUE or FALSE.", row.Name)
	case day:
		return refuse("figure.date", "%s: chương trình bảng tính đã đổi số thành ngày. Định dạng ô thành số rồi ghi lại.",
			"%s: the spreadsheet program has turned the number into a date. Format the cell as a number and type it again.", row.Name)
	case number:
		if c.date {
			on, _ := b.dayOf(c.value)
			return refuse("figure.date", "%s: chương trình bảng tính đã đổi số thành ngày (%s). Định dạng ô thành số rồi ghi lại.",
				"%s: the spreadsheet program has turned the number into a date (%s). Format the cell as a number and type it again.", row.Name, on.VN())
		}
		typed, ok := written(c.value, c.percent && row.Unit == indicator.Percent)
		if !ok {
			return refuse("figure.number", "%s: “%s” không phải là số.", "%s: %q is no number.", row.Name, c.value)
		}
		return taken(c, typed, row)
	}
	return taken(c, sheet.Plain(c.value), row)
}

func taken(c cell, typed string, row form.Row) (string, *fault.Fault) {
	if row.Unit != indicator.Money && privacy.CitizenNumber(strings.TrimSpace(typed)) { // before its leading zeros are gone
		return "", at(c.at, privacy.Refuse(typed))
	}
	value, err := indicator.Read(typed, row.Unit)
	if f := fault.Of(err); f != nil {
		named := *f
		named.VI, named.EN = row.Name+": "+f.VI, row.Name+": "+f.EN
		return "", at(c.at, &named)
	}
	return value, nil
}

// written is a program's number as a person here writes it: programs keep the
// nearest binary number, of which fifteen digits are what was meant.
func written(raw string, hundredths bool) (string, bool) {
	n, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || math.Abs(n) >= 1e300 {
		return "", false
	}
	if hundredths {
		n *= 100
	}
	meant, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	if err != nil {
		return "", false
	}
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(meant, 'f', -1, 64), ".")
	if fraction == "" {
		return whole, true
	}
	if len(fraction) == 3 {
		fraction += "0" // three digits behind a mark could be read as thousands
	}
	return whole + "," + fraction, true
}

// prose reads a text as it was typed; numbers as the program shows them here.
func prose(c cell) string {
	switch c.kind {
	case number:
		if typed, ok := written(c.value, false); ok {
			return typed
		}
		return c.value
	case boolean:
		if truth(c.value) {
			return "TRUE"
		}
		return "FALSE"
	default:
		return strings.TrimSpace(strings.ReplaceAll(sheet.Plain(spaces.Replace(c.value)), "\r\n", "\n"))
	}
}

var moments = regexp.MustCompile(`^(?:(\d{1,2})[:h](\d{2})(?::\d{2})?[ ,]+)?(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ ,]+(\d{1,2})[:h](\d{2})(?::\d{2})?)?$`)

// on reads a day, however the program keeps it.
func (b *book) on(c cell) (calendar.Date, *fault.Fault) {
	moment, f := b.moment(c, time.UTC)
	if f != nil || moment.IsZero() {
		return calendar.Date{}, f
	}
	return calendar.DateOf(moment, time.UTC), nil
}

// moment reads a day with or without a time of day, as it is in the zone.
func (b *book) moment(c cell, zone *time.Location) (time.Time, *fault.Fault) {
	if f := c.standing(); f != nil {
		return time.Time{}, f
	}
	wrong := at(c.at, fault.New(fault.Invalid, "date.form", "“%s” không phải ngày. Ghi ngày/tháng/năm, ví dụ 16/06/2026, kèm giờ nếu cần: 14:30 16/06/2026.",
		"%q is no day. Give day/month/year such as 16/06/2026, with the time where it matters: 14:30 16/06/2026.", c.value))
	switch c.kind {
	case number:
		on, seconds := b.dayOf(c.value)
		if on.IsZero() {
			return time.Time{}, wrong
		}
		return on.At(seconds/3600, seconds/60%60, zone), nil
	case boolean:
		return time.Time{}, wrong
	}
	typed := strings.TrimSpace(spaces.Replace(c.value))
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, typed, zone); err == nil {
			return t, nil
		}
	}
	m := moments.FindStringSubmatch(typed)
	if m == nil {
		return time.Time{}, wrong
	}
	n := func(i int) int { v, _ := strconv.Atoi(m[i]); return v } //nolint:errcheck // the expression admits digits alone
	hour, minute := n(1)+n(6), n(2)+n(7)
	on := calendar.NewDate(n(5), time.Month(n(4)), n(3))
	if on.Day != n(3) || int(on.Month) != n(4) || hour > 23 || minute > 59 || m[1] != "" && m[6] != "" {
		return time.Time{}, wrong
	}
	return on.At(hour, minute, zone), nil
}

// dayOf turns a program's count of days into a day and the seconds of it; zero
// for what is no day of a report.
func (b *book) dayOf(raw string) (calendar.Date, int) {
	n, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsNaN(n) || n < 1 || n > 200_000 {
		return calendar.Date{}, 0
	}
	days := math.Floor(n)
	seconds := int(math.Round((n - days) * 86400))
	// The count begins so that days after February 1900 are right: it knows a
	// 29 February of that year, which there was not.
	first := calendar.NewDate(1899, time.December, 30)
	if b.from1904 {
		first = calendar.NewDate(1904, time.January, 1)
	}
	return first.AddDays(int(days) + seconds/86400), seconds % 86400
}
