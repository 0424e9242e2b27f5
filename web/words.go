package web

import (
	"fmt"
	"strings"

	"dondoc/internal/indicator"
)

// A catalogue holds every sentence that pages show, by key. Templates contain
// no words of their own; a test holds both catalogues against each other and
// against the templates.
type catalogue map[string]string

var catalogues = map[string]catalogue{"vi": wordsVI, "en": wordsEN}

// language is the one that pages are written in: "vi" or "en".
func language(code string) string {
	if code == "en" {
		return "en"
	}
	return "vi"
}

// lexicon answers in one language.
type lexicon struct{ code string }

// say fills the sentence of a key. A key that is missing is a mistake of the
// program and shows as such.
func (l lexicon) say(key string, args ...any) string {
	format, ok := catalogues[l.code][key]
	if !ok {
		panic(fmt.Sprintf("web: no words for %q in %q", key, l.code))
	}
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

// sayOr is say, with another key where the first is unknown: for codes that
// come from data.
func (l lexicon) sayOr(key, other string) string {
	if _, ok := catalogues[l.code][key]; ok {
		return l.say(key)
	}
	return l.say(other)
}

// count says "1 task", "3 tasks": the keys key.one and key.other.
func (l lexicon) count(key string, n int) string {
	if n == 1 {
		return l.say(key+".one", l.integer(n))
	}
	return l.say(key+".other", l.integer(n))
}

// integer groups thousands: 1.060 in Vietnamese, 1,060 in English.
func (l lexicon) integer(n int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return sign + l.group(fmt.Sprint(n))
}

func (l lexicon) group(digits string) string {
	mark := "."
	if l.code == "en" {
		mark = ","
	}
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, parts...), mark)
}

// decimal shows a stored decimal ("1060.5") as the reader writes it; text that
// is no number stays as it is.
func (l lexicon) decimal(value string) string {
	if !storedDecimal.MatchString(value) {
		return value
	}
	sign := ""
	if strings.HasPrefix(value, "-") {
		sign, value = "-", value[1:]
	}
	whole, fraction, parted := strings.Cut(value, ".")
	if whole = l.group(whole); !parted {
		return sign + whole
	}
	if l.code == "en" {
		return sign + whole + "." + fraction
	}
	return sign + whole + "," + fraction
}

// typed shows a stored decimal as it can be typed back: what could be read in two
// ways is written in one. Three decimals would look like thousands.
func (l lexicon) typed(value, kind string) string {
	if !storedDecimal.MatchString(value) {
		return value
	}
	whole, fraction, parted := strings.Cut(value, ".")
	if !parted {
		if l.code == "en" || kind == string(indicator.Percent) {
			return whole
		}
		return l.decimal(whole)
	}
	if len(fraction) == 3 {
		fraction += "0"
	}
	if l.code == "en" {
		return whole + "." + fraction
	}
	return whole + "," + fraction
}
