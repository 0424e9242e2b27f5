package task

import (
	"math/big"
	"regexp"
	"strings"

	"dondoc/internal/fault"
	"dondoc/internal/privacy"
)

var decimal = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,4})?$`)

// CheckFigures holds the figures against the fields that the duty asks for:
// which there are, whether they are numbers, and their bounds.
func CheckFigures(figures []Figure, fields []Field) error {
	known := make(map[string]Field, len(fields))
	for _, f := range fields {
		known[f.Indicator] = f
	}
	var faults []*fault.Fault
	for _, figure := range figures {
		field, ok := known[figure.Indicator]
		if !ok {
			faults = append(faults, fault.New(fault.Invalid, "figure.unknown",
				"Nhiệm vụ này không hỏi số liệu “%s”.", "This duty asks for no figure %q.", figure.Indicator).At("figures."+figure.Indicator))
			continue
		}
		if f := field.check(figure.Value); f != nil {
			faults = append(faults, f.At("figures."+figure.Indicator))
		}
	}
	return unfinished(faults)
}

// CheckRequired refuses a report that leaves out what every report gives.
func CheckRequired(figures []Figure, fields []Field) []*fault.Fault {
	given := valuesOf(figures)
	var faults []*fault.Fault
	for _, field := range fields {
		if field.Required && given[field.Indicator] == "" {
			faults = append(faults, fault.New(fault.Invalid, "figure.required",
				"%s: bắt buộc; nếu không có thì ghi 0.", "%s is required; give 0 if there is none.", field.Name).At("figures."+field.Indicator))
		}
	}
	return faults
}

func unfinished(faults []*fault.Fault) error {
	if len(faults) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "submission.invalid",
		"Chưa gửi được. Có %d chỗ cần sửa.", "Not sent. %d places need mending.", len(faults)).With(faults...)
}

// check is the rule of one field; what is left blank breaks none.
func (f Field) check(value string) *fault.Fault {
	switch {
	case value == "":
		return nil
	case f.Kind != "money" && privacy.CitizenNumber(value):
		return privacy.Refuse(value)
	case f.Kind == "text":
		return nil
	case !decimal.MatchString(value):
		return fault.New(fault.Invalid, "figure.number",
			"%s: ghi bằng chữ số, ví dụ 12 hoặc 12.5; nếu không có thì ghi 0.",
			"%s: give a number such as 12 or 12.5; 0 if there is none.", f.Name)
	case f.Integer && strings.Contains(value, "."):
		return fault.New(fault.Invalid, "figure.integer",
			"%s: ghi số nguyên, không có phần lẻ.", "%s: give a whole number.", f.Name)
	case f.Min != "" && compareDecimals(value, f.Min) < 0:
		return fault.New(fault.Invalid, "figure.min", "%s: nhỏ nhất là %s.", "%s is at least %s.", f.Name, f.Min)
	case f.Max != "" && compareDecimals(value, f.Max) > 0:
		return fault.New(fault.Invalid, "figure.max", "%s: lớn nhất là %s.", "%s is at most %s.", f.Name, f.Max)
	}
	return nil
}

// compareDecimals compares decimal texts exactly; what is no number is equal to everything.
func compareDecimals(a, b string) int {
	x, ok := new(big.Rat).SetString(a)
	y, both := new(big.Rat).SetString(b)
	if !ok || !both {
		return 0
	}
	return x.Cmp(y)
}
