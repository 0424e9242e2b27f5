package indicator

import (
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"dondoc/internal/fault"
)

// The forms in which people write numbers. Grouping is by three digits; a
// leading zero is never part of a grouped number.
var (
	plain        = regexp.MustCompile(`^\d+$`)
	dotGrouped   = regexp.MustCompile(`^[1-9]\d{0,2}(\.\d{3})+(,\d+)?$`)
	blankGrouped = regexp.MustCompile(`^[1-9]\d{0,2}( \d{3})+(,\d+)?$`)
	commaGrouped = regexp.MustCompile(`^[1-9]\d{0,2}(,\d{3}){2,}(\.\d+)?$|^[1-9]\d{0,2}(,\d{3})+\.\d+$`)
	commaDecimal = regexp.MustCompile(`^\d+,\d+$`)
	dotDecimal   = regexp.MustCompile(`^\d+\.\d+$`)
	// Either mark with exactly three digits behind it says two things.
	oneGroup = regexp.MustCompile(`^[1-9]\d{0,2}[.,]\d{3}$`)
)

// Bounds of a figure as it is stored.
const (
	maxWhole    = 15
	maxFraction = 4
)

// Read brings a number as a person or a spreadsheet writes it into the form
// that is stored: digits, a point, no grouping ("8.000" is 8000, "12,5" is 12.5).
// It is read the Vietnamese way: the point groups and the comma parts. A form that
// could mean two numbers is refused, except that one point with three digits is
// taken as it is meant here: thousands, in counts and money. Empty text is no
// number and stays empty.
func Read(typed string, unit Unit) (string, error) {
	s := strings.TrimSpace(blanks.Replace(typed))
	if s == "" {
		return "", nil
	}
	s = strings.TrimSpace(strings.TrimSuffix(s, suffixOf(s, unit)))
	sign := ""
	if rest, negative := strings.CutPrefix(strings.Replace(s, "−", "-", 1), "-"); negative {
		sign, s = "-", rest
	}
	whole, fraction, err := digits(s, typed, unit)
	if err != nil {
		return "", err
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	fraction = strings.TrimRight(fraction, "0")
	if len(whole) > maxWhole || len(fraction) > maxFraction {
		return "", fault.New(fault.Invalid, "figure.range",
			"“%s” dài quá: tối đa %d chữ số trước và %d chữ số sau dấu phẩy.", "%q is too long: at most %d digits before and %d after the decimal mark.",
			typed, maxWhole, maxFraction)
	}
	if unit == Count && fraction != "" {
		return "", fault.New(fault.Invalid, "figure.whole", "“%s” không phải số nguyên; chỉ tiêu này đếm số lượng.", "%q is no whole number; this indicator counts things.", typed)
	}
	if fraction != "" {
		return sign + whole + "." + fraction, nil
	}
	if whole == "0" {
		sign = ""
	}
	return sign + whole, nil
}

// blanks are written as the plain one: no-break, narrow no-break and thin space.
var blanks = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ")

func suffixOf(s string, unit Unit) string {
	suffixes := map[Unit][]string{Percent: {"%"}, Money: {"đồng", "đ", "VND", "VNĐ"}}[unit]
	for _, suffix := range suffixes {
		if strings.HasSuffix(s, suffix) {
			return suffix
		}
	}
	return ""
}

// digits parts a number without its sign into what stands before and behind
// the decimal mark.
func digits(s, typed string, unit Unit) (whole, fraction string, err error) {
	grouped := func(group, mark string) (string, string, error) {
		whole, fraction, _ := strings.Cut(strings.ReplaceAll(s, group, ""), mark)
		return whole, fraction, nil
	}
	switch {
	case plain.MatchString(s):
		return s, "", nil
	case oneGroup.MatchString(s):
		point := strings.Contains(s, ".")
		if unit == Percent && !point {
			return grouped(".", ",")
		}
		if unit != Percent && point {
			return grouped(".", ",")
		}
		bare := strings.NewReplacer(".", "", ",", "").Replace(s)
		before, after, _ := strings.Cut(strings.Replace(s, ".", ",", 1), ",")
		return "", "", fault.New(fault.Invalid, "figure.ambiguous",
			"“%[1]s” đọc được hai cách: viết %[2]s nếu là số lớn, viết %[3]s nếu là số lẻ.", "%[1]q can be read in two ways: write %[2]s for the great number, %[3]s for the fraction.",
			typed, bare, before+","+after+"0")
	case dotGrouped.MatchString(s):
		return grouped(".", ",")
	case blankGrouped.MatchString(s):
		return grouped(" ", ",")
	case commaGrouped.MatchString(s):
		return grouped(",", ".")
	case commaDecimal.MatchString(s):
		return grouped(".", ",")
	case dotDecimal.MatchString(s):
		return grouped(",", ".")
	}
	return "", "", fault.New(fault.Invalid, "figure.number",
		"“%s” không phải là số. Ghi bằng chữ số, ví dụ 8000, 8.000 hoặc 12,5; nếu không có thì ghi 0.",
		"%q is no number. Give digits such as 8000, 8.000 or 12,5; 0 if there is none.", typed)
}

// number reads a figure in its stored form; ok is false where it is none.
func number(stored string) (n decimal.Decimal, ok bool) {
	n, err := decimal.NewFromString(stored)
	return n, err == nil
}

// Format shows a stored number as the language's readers write it; text that is
// no number stays as it is.
func Format(stored, language string) string {
	if _, ok := number(stored); !ok {
		return stored
	}
	group, mark := ".", ","
	if language == "en" {
		group, mark = ",", "."
	}
	sign, rest := "", stored
	if strings.HasPrefix(rest, "-") {
		sign, rest = "-", rest[1:]
	}
	whole, fraction, parted := strings.Cut(rest, ".")
	var parts []string
	for len(whole) > 3 {
		parts = append([]string{whole[len(whole)-3:]}, parts...)
		whole = whole[:len(whole)-3]
	}
	shown := sign + strings.Join(append([]string{whole}, parts...), group)
	if parted {
		return shown + mark + fraction
	}
	return shown
}
