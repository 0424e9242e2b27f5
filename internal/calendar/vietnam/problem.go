package vietnam

import (
	"fmt"
	"strings"

	"dondoc/internal/fault"
)

// Problem is one fault of a calendar file.
type Problem struct {
	File string
	// Line and Column count from 1; Column counts characters, not bytes.
	Line, Column int
	// Fault has a code of this package, the column's name as its field, and says in
	// both languages what is wrong and how to mend it.
	Fault *fault.Fault
}

// String returns file:line:column: message, in English.
func (p Problem) String() string { return p.In("en") }

// In returns file:line:column: message in "vi" or "en" (anything else: Vietnamese).
func (p Problem) In(language string) string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Fault.Message(language))
}

// Problems are the faults of one file, in the order of their places. They are an
// unexpected error where a file was checked before; Fault is for people.
type Problems []Problem

// Error returns one problem per line, in English.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// maxDetails bounds what a fault lists; its sentence has the number of all.
const maxDetails = 200

// Fault returns nil if there are none, else one fault (Invalid, CodeFile) whose
// details are the problems, each with its place in its sentences.
func (ps Problems) Fault() error {
	if len(ps) == 0 {
		return nil
	}
	whole := fault.New(fault.Invalid, CodeFile,
		"Tệp %s chưa dùng được, số lỗi: %d.", "The file %s cannot be used, faults: %d.", ps[0].File, len(ps))
	for _, p := range ps[:min(len(ps), maxDetails)] {
		detail := *p.Fault
		detail.VI, detail.EN = p.In("vi"), p.In("en")
		detail.Line, detail.Column = p.Line, p.Column
		whole = whole.With(&detail)
	}
	return whole
}
