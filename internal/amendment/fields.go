package amendment

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
)

// Lines are places in the source document, Addressed is how an agency came to be
// named, Files and Named are how the file was read: none of them says what is to be done.
var unsaid = []string{"Line", "Lines", "Files", "Named", "Format", "Addressed"}

// apart are what a difference tells in words of its own.
var apart = []string{"Duties", "Agencies", "Text", "Code", "RenamedFrom", "Assignments"}

// facts compares what a plan says outside of its duties.
func facts(old, next *plan.Plan) []Fact {
	var list []Fact
	a, b := reflect.ValueOf(*old), reflect.ValueOf(*next)
	for i := range a.NumField() {
		name := a.Type().Field(i).Name
		if slices.Contains(unsaid, name) || slices.Contains(apart, name) {
			continue
		}
		if a.Field(i).Kind() == reflect.Slice {
			list = append(list, entries(snake(name), a.Field(i), b.Field(i))...)
			continue
		}
		list = append(list, compare(snake(name), a.Field(i), b.Field(i))...)
	}
	return list
}

// fieldsOf compares what a duty says beside its text and who has which part.
func fieldsOf(old, next plan.Duty) []Fact {
	var list []Fact
	a, b := reflect.ValueOf(old), reflect.ValueOf(next)
	for i := range a.NumField() {
		if name := a.Type().Field(i).Name; !slices.Contains(unsaid, name) && !slices.Contains(apart, name) {
			list = append(list, compare(snake(name), a.Field(i), b.Field(i))...)
		}
	}
	return list
}

// compare goes down into keys that have keys of their own.
func compare(field string, a, b reflect.Value) []Fact {
	if _, date := a.Interface().(calendar.Date); a.Kind() == reflect.Struct && !date {
		var list []Fact
		for i := range a.NumField() {
			list = append(list, compare(field+"."+snake(a.Type().Field(i).Name), a.Field(i), b.Field(i))...)
		}
		return list
	}
	if before, after := written(a), written(b); before != after {
		return []Fact{{field, before, after}}
	}
	return nil
}

// entries compares two lists of things that have codes or numbers.
func entries(field string, a, b reflect.Value) []Fact {
	before, after := byCode(a), byCode(b)
	var list []Fact
	for _, code := range codesOf(a, b) {
		if before[code] != after[code] {
			list = append(list, Fact{field + "." + code, before[code], after[code]})
		}
	}
	return list
}

func byCode(list reflect.Value) map[string]string {
	texts := map[string]string{}
	for i := range list.Len() {
		code := codeOf(list.Index(i))
		if texts[code] != "" {
			texts[code] += "; "
		}
		texts[code] += written(list.Index(i))
	}
	return texts
}

// codesOf are the codes of both lists, in the order of the newer one and then of the older.
func codesOf(a, b reflect.Value) []string {
	var codes []string
	for _, list := range []reflect.Value{b, a} {
		for i := range list.Len() {
			if code := codeOf(list.Index(i)); !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
	}
	return codes
}

func codeOf(v reflect.Value) string {
	for _, name := range []string{"Code", "Number", "Name"} {
		if f := v.FieldByName(name); f.IsValid() && f.String() != "" {
			return f.String()
		}
	}
	return ""
}

// written shows a value as a plan file would: what is not given is left out.
func written(v reflect.Value) string {
	if text, ok := v.Interface().(fmt.Stringer); ok {
		return text.String()
	}
	switch v.Kind() {
	case reflect.Bool:
		if !v.Bool() {
			return ""
		}
	case reflect.Int:
		if v.Int() == 0 {
			return ""
		}
	case reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = written(v.Index(i))
			if v.Index(i).Kind() == reflect.Struct {
				items[i] = "{" + items[i] + "}"
			}
		}
		return strings.Join(items, ", ")
	case reflect.Map:
		var pairs []string
		for _, key := range v.MapKeys() {
			name := key.String()
			if name == "" {
				name = "other"
			}
			pairs = append(pairs, name+": {"+written(v.MapIndex(key))+"}")
		}
		slices.Sort(pairs)
		return strings.Join(pairs, ", ")
	case reflect.Struct:
		var pairs []string
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if text := written(v.Field(i)); text != "" && !slices.Contains(unsaid, name) {
				pairs = append(pairs, snake(name)+": "+text)
			}
		}
		return strings.Join(pairs, ", ")
	}
	return fmt.Sprint(v.Interface())
}

// snake turns a field's name into a key of plan files: "ValidTo" is "valid_to".
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		// A run of capitals is one word: "ID", "NilReturn".
		if i > 0 && unicode.IsUpper(r) && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
