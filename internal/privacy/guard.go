package privacy

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"dondoc/internal/fault"
)

// Rule names what was found; it is the code of the fault.
type Rule string

const (
	IdentityNumber Rule = "privacy.identity"   // refused: số định danh, căn cước, chứng minh nhân dân
	PersonTable    Rule = "privacy.table"      // refused: a table of persons
	SecretStamp    Rule = "secret.stamp"       // refused: Mật, Tối mật, Tuyệt mật
	Phone          Rule = "privacy.phone"      // to be confirmed
	BirthYear      Rule = "privacy.birth_year" // to be confirmed: a name with a year of birth
)

// Finding is one place of a text, lines and columns from 1 in characters of its NFC form.
type Finding struct {
	Rule         Rule
	Line, Column int
}

// Refused reports whether the text cannot be kept; otherwise a person may confirm it.
func (f Finding) Refused() bool { return f.Rule != Phone && f.Rule != BirthYear }

// Text is a text with the name of the field that it was typed into.
type Text struct{ Field, Text string }

// Check looks at a text by all rules. Findings come in the order of the text.
func Check(text string) []Finding {
	text = norm.NFC.String(text)
	var found []Finding
	add := func(rule Rule, at []int) {
		for _, offset := range at {
			before := text[:offset]
			line := strings.Count(before, "\n") + 1
			column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
			found = append(found, Finding{rule, line, column})
		}
	}
	add(IdentityNumber, identityNumbers(text))
	add(PersonTable, personTables(text))
	add(SecretStamp, stamps(text))
	add(Phone, phones(text))
	add(BirthYear, birthYears(text))
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return found
}

// Refuse returns the first thing in a text that cannot be kept, nil where there
// is none. The fault names no field and never repeats what was found.
func Refuse(text string) *fault.Fault {
	for _, f := range Check(text) {
		if f.Refused() {
			return f.fault()
		}
	}
	return nil
}

// Unconfirmed asks for confirmation of everything in the texts that only may be
// personal. It is nil where there is nothing, or where the request confirms it.
func Unconfirmed(ctx context.Context, texts ...Text) error {
	if Confirmed(ctx) {
		return nil
	}
	var faults []*fault.Fault
	for _, t := range texts {
		for _, f := range Check(t.Text) {
			if !f.Refused() && len(faults) < mostNamed {
				faults = append(faults, f.fault().At(t.Field))
			}
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, Unsure,
		"Chưa gửi. Có %d chỗ có thể là thông tin cá nhân. Xóa đi; nếu là thông tin công vụ (đường dây nóng, tên lãnh đạo) thì xác nhận rồi gửi lại.",
		"Not sent. %d places may be personal data. Take them out; where they are official (a hotline, the name of an official) confirm and send again.",
		len(faults)).With(faults...)
}

// mostNamed bounds how many places one answer names.
const mostNamed = 20

// Unsure is the code of the fault that a confirmation settles.
const Unsure = "privacy.unconfirmed"

// Warnings tells everything in the texts that could not be sent as it is: for
// drafts, which are kept as typed.
func Warnings(texts ...Text) []*fault.Fault {
	faults := []*fault.Fault{}
	for _, t := range texts {
		for _, f := range Check(t.Text) {
			faults = append(faults, f.fault().At(t.Field))
		}
	}
	return faults
}

type confirmation struct{}

// Confirm notes that the person has confirmed that what looks personal is not.
func Confirm(ctx context.Context) context.Context {
	return context.WithValue(ctx, confirmation{}, true)
}

// Confirmed reports whether the request confirms its warnings.
func Confirmed(ctx context.Context) bool { return ctx.Value(confirmation{}) != nil }

var sentences = map[Rule][2]string{
	IdentityNumber: {
		"có số định danh cá nhân (căn cước, chứng minh nhân dân). Hệ thống không nhận dữ liệu cá nhân; xóa số ấy, chỉ ghi số lượng.",
		"there is an identity number. No personal data are taken here; delete it and give counts only."},
	PersonTable: {
		"có bảng danh sách người (họ tên, số định danh hoặc địa chỉ). Hệ thống không nhận danh sách cá nhân; chỉ ghi số lượng.",
		"there is a table of persons (names, identity numbers or addresses). No lists of persons are taken here; give counts only."},
	SecretStamp: {
		"có dấu độ mật (Mật, Tối mật, Tuyệt mật). Không nhập tài liệu mật; gửi theo đường văn bản mật và chỉ báo số, ngày văn bản.",
		"there is a mark of secrecy (Mật, Tối mật, Tuyệt mật). Enter no classified document; send it by the classified route and report its number and date only."},
	Phone: {
		"có số điện thoại. Nếu là của cá nhân thì xóa; nếu là đường dây nóng, số của cơ quan thì xác nhận.",
		"there is a telephone number. Delete it if it is a person's; confirm it if it is a hotline or an office's."},
	BirthYear: {
		"có họ tên kèm năm sinh. Xóa nếu là người được thống kê; chỉ xác nhận khi là thông tin công khai.",
		"there is a name with a year of birth. Delete it if the person is one of those counted; confirm it only if it is public."},
}

func (f Finding) fault() *fault.Fault {
	s := sentences[f.Rule]
	made := fault.New(fault.Invalid, string(f.Rule), "Dòng %[1]d, ký tự thứ %[2]d: %[3]s", "Line %[1]d, character %[2]d: %[4]s", f.Line, f.Column, s[0], s[1])
	made.Line, made.Column = f.Line, f.Column
	return made
}
