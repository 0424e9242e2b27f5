package plan

import (
	"regexp"
	"strings"
	"time"

	"dondoc/internal/calendar"
)

// kind is the type of a value in a plan file.
type kind int

const (
	kindText     kind = iota // any scalar, taken as written
	kindCode                 // lower-case ASCII: so-ldtbxh
	kindDutyCode             // IV.15.đ
	kindRef                  // agency code, or @group
	kindInt
	kindBool
	kindDate
	kindDecimal
	kindTime
	kindMonthDay
	kindEnum
	kindList
	kindObject
	kindMap // free keys, all values of one shape
)

// shape describes a value. The reader and the published JSON Schema are both
// made from shapes, so that they cannot disagree about keys.
type shape struct {
	kind   kind
	values []string // kindEnum
	item   *shape   // kindList, kindMap
	// single lets one item stand for a list of one.
	single bool
	fields []field // kindObject
	// plain, where set, is another form of an object: a bare scalar.
	plain *shape
	// min and max bound kindInt; a max of 0 is mostInt.
	min, max int
	// name makes the shape a definition of its own in the JSON Schema.
	name string
}

// field is a key of an object.
type field struct {
	key      string
	shape    *shape
	required bool
	about    string
}

// lookup returns the field with the key, or nil.
func (s *shape) lookup(key string) *field {
	for i := range s.fields {
		if s.fields[i].key == key {
			return &s.fields[i]
		}
	}
	return nil
}

// keys lists the object's keys in the order in which they are documented.
func (s *shape) keys() []string {
	keys := make([]string, len(s.fields))
	for i, f := range s.fields {
		keys[i] = f.key
	}
	return keys
}

// mostInt is the largest whole number that a plan file may hold.
const mostInt = 1_000_000

// most returns the upper bound of a kindInt.
func (s *shape) most() int {
	if s.max != 0 {
		return s.max
	}
	return mostInt
}

const (
	codePattern     = `^[a-z0-9][a-z0-9_-]{0,63}$`
	dutyCodePattern = `^[\p{L}0-9][\p{L}0-9./_-]{0,63}$`
	refPattern      = `^@?[a-z0-9][a-z0-9_-]{0,63}$`
	decimalPattern  = `^-?[0-9]{1,15}(\.[0-9]{1,6})?$`
	timePattern     = `^([01][0-9]|2[0-3]):[0-5][0-9]$`
	monthDayPattern = `^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`
	datePattern     = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
)

// lexical says how a scalar must look, and how to say so.
type lexical struct {
	pattern *regexp.Regexp
	vi, en  string
}

var lexicals = map[kind]lexical{
	kindCode:     {regexp.MustCompile(codePattern), "mã chỉ gồm chữ thường không dấu, chữ số, dấu - và _, ví dụ so-ldtbxh", "a code has lower-case ASCII letters, digits, - and _ only, such as so-ldtbxh"},
	kindDutyCode: {regexp.MustCompile(dutyCodePattern), "mã nhiệm vụ chỉ gồm chữ, chữ số và các dấu . - / _, ví dụ IV.15.h", "a duty code has letters, digits and . - / _ only, such as IV.15.h"},
	kindRef:      {regexp.MustCompile(refPattern), "viết mã cơ quan (so-ldtbxh) hoặc mã nhóm có @ đứng trước, trong ngoặc kép (\"@huyen\")", "write an agency's code (so-ldtbxh) or a group's with @ before it, in quotes (\"@huyen\")"},
	kindDecimal:  {regexp.MustCompile(decimalPattern), "viết số không có dấu ngăn hàng nghìn, dấu chấm cho phần thập phân, ví dụ 8000 hoặc 12.5", "write the number without thousands separators, with a point for decimals, such as 8000 or 12.5"},
	kindTime:     {regexp.MustCompile(timePattern), "viết giờ theo dạng \"17:00\"", "write a time of day as \"17:00\""},
	kindMonthDay: {regexp.MustCompile(monthDayPattern), "viết ngày trong năm theo dạng \"07-20\" (tháng-ngày)", "write a day of the year as \"07-20\" (month-day)"},
	kindDate:     {regexp.MustCompile(datePattern), "viết ngày theo dạng 2026-11-23 (năm-tháng-ngày)", "write a date as 2026-11-23 (year-month-day)"},
}

// exists reports whether a date or month-day that looks right is in the calendar.
func exists(k kind, value string) bool {
	switch k {
	case kindDate:
		_, err := calendar.ParseDate(value)
		return err == nil
	case kindMonthDay:
		// 2024 is a leap year, so that 02-29 may be written.
		_, err := time.Parse(time.DateOnly, "2024-"+value)
		return err == nil
	}
	return true
}

// Short forms for the table in format.go.

func text() *shape                     { return &shape{kind: kindText} }
func scalar(k kind) *shape             { return &shape{kind: k} }
func integer(least int) *shape         { return &shape{kind: kindInt, min: least} }
func list(item *shape) *shape          { return &shape{kind: kindList, item: item} }
func oneOrMore(item *shape) *shape     { return &shape{kind: kindList, item: item, single: true} }
func mapping(item *shape) *shape       { return &shape{kind: kindMap, item: item} }
func object(fields ...field) *shape    { return &shape{kind: kindObject, fields: fields} }
func enum(values ...string) *shape     { return &shape{kind: kindEnum, values: values} }
func words[T ~string](v ...T) []string { return strings.Fields(join(v)) }

func join[T ~string](v []T) string {
	var b strings.Builder
	for _, s := range v {
		b.WriteString(string(s) + " ")
	}
	return b.String()
}
