package task

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plaintext"
	"dondoc/internal/privacy"
)

// cleanText is typedText without outer blanks, and without what the guard of
// personal data and state secrets refuses.
func cleanText(s string, limit int) (string, *fault.Fault) {
	s, f := typedText(s, limit)
	if f == nil {
		f = privacy.Refuse(s)
	}
	return strings.TrimSpace(s), f
}

// typedText brings text into the one form that is stored (NFC, lines ended by
// LF) and refuses, with the place, characters that could deceive a reader or a
// database: control characters and those that turn the direction of writing.
func typedText(s string, limit int) (string, *fault.Fault) {
	if !utf8.ValidString(s) {
		return "", fault.New(fault.Invalid, "text.encoding", "Chữ gửi lên không phải UTF-8.", "The text is not valid UTF-8.")
	}
	s = norm.NFC.String(strings.ReplaceAll(s, "\r\n", "\n"))
	if at, found := plaintext.Deceptive(s); found {
		f := fault.New(fault.Invalid, "text.control",
			"Dòng %d, ký tự thứ %d: có ký tự điều khiển không được phép (mã %U). Xóa ký tự ấy, hoặc gõ lại.",
			"Line %d, character %d: a control character is not allowed here (code %U). Delete it or type the text again.", at.Line, at.Column, at.Rune)
		f.Line, f.Column = at.Line, at.Column
		return "", f
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(s)); n > limit {
		return "", fault.New(fault.Invalid, "text.long",
			"Dài %d ký tự, tối đa %d. Rút gọn lại.", "%d characters long, at most %d. Shorten it.", n, limit)
	}
	return s, nil
}

// firstDocumentYear is before every document that a plan of today can ask for.
const firstDocumentYear = 1990

// CheckDocumentOn refuses a document's date that can only be a slip of the
// pen; today is the business day.
func CheckDocumentOn(field string, on, today calendar.Date) error {
	if on.IsZero() || on.Year >= firstDocumentYear && !on.After(today.AddYears(1)) {
		return nil
	}
	return fault.New(fault.Invalid, "date.far",
		"Ngày %s quá xa: nhận từ 01/01/%d đến một năm sau hôm nay. Kiểm tra lại năm.",
		"%s is too far away: dates from 01/01/%d to a year after today are taken. Check the year.", on.VN(), firstDocumentYear).At(field)
}

// CleanText brings free text of a person into the form that is stored (NFC, no
// outer blanks) and refuses characters that could deceive a reader or a
// database, what the guard of personal data and state secrets refuses, and more
// characters than the limit. The fault names no field.
func CleanText(s string, limit int) (string, *fault.Fault) { return cleanText(s, limit) }
