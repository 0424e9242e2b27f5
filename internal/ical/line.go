package ical

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lineLimit is how many octets a line may have, its end not counted (section 3.1).
const lineLimit = 75

// writer puts content lines one after the other.
type writer struct{ out bytes.Buffer }

// param is a property's parameter.
type param struct{ name, value string }

// line writes a property whose value is no text: a date, an address, a code.
func (w *writer) line(name, value string, params ...param) {
	var line strings.Builder
	line.WriteString(name)
	for _, p := range params {
		line.WriteString(";" + p.name + "=" + parameter(p.value))
	}
	line.WriteString(":" + printable(value))
	w.fold(line.String())
}

// text writes a property whose value is words (section 3.3.11).
func (w *writer) text(name string, values ...string) {
	escaped := make([]string, len(values))
	for i, value := range values {
		escaped[i] = escape(value)
	}
	w.line(name, strings.Join(escaped, ","))
}

// fold breaks a line that is too long, never inside a character.
func (w *writer) fold(line string) {
	room := lineLimit
	for len(line) > room {
		cut := room
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		w.out.WriteString(line[:cut] + "\r\n ")
		line, room = line[cut:], lineLimit-1 // the blank at its start counts
	}
	w.out.WriteString(line + "\r\n")
}

var (
	newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")
	escapes  = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)
)

// escape turns words into a TEXT value; only printable gets to the line.
func escape(words string) string { return escapes.Replace(newlines.Replace(words)) }

// printable leaves out what no value may hold: control characters, so that no
// value can begin a line of its own, and what is no UTF-8.
func printable(value string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(value, "\uFFFD"))
}

// parameter quotes a value that would end the parameter; a quotation mark
// cannot be written at all (section 3.2).
func parameter(value string) string {
	value = strings.ReplaceAll(printable(value), `"`, "")
	if strings.ContainsAny(value, ":;,") {
		return `"` + value + `"`
	}
	return value
}
