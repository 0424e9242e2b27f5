package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"dondoc/internal/fault"
)

// Severity tells what keeps a plan from being loaded from what merely deserves a look.
type Severity string

const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Problem is one fault of a plan file or of a unit list that it names.
type Problem struct {
	File string
	// Line and Column count from 1; Column counts characters, not bytes. Both are 0
	// for what CheckCalendar finds in a plan that was read.
	Line, Column int
	// Field is the path of the value: duties[3].due.commune.
	Field    string
	Severity Severity
	// Code is stable, for programs and tests: "key.unknown".
	Code string
	// VI and EN say what is wrong and how to mend it.
	VI, EN string
}

// String returns file:line:column: message, in English.
func (p Problem) String() string { return p.In("en") }

// In returns file:line:column: message (file: message where there is no line) in the language "vi" or "en".
func (p Problem) In(language string) string {
	text, warning := p.EN, "warning: "
	if language == "vi" {
		text, warning = p.VI, "lưu ý: "
	}
	if p.Severity != SeverityWarning {
		warning = ""
	}
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s%s", p.File, warning, text)
	}
	return fmt.Sprintf("%s:%d:%d: %s%s", p.File, p.Line, p.Column, warning, text)
}

// Problems are the faults of one reading, sorted by file and position; those of
// the plan file itself come first.
type Problems []Problem

// HasErrors reports whether any problem keeps the plan from being loaded.
func (ps Problems) HasErrors() bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return p.Severity == SeverityError })
}

// String returns one problem per line, in English.
func (ps Problems) String() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Fault is the problems as one fault with the given code and words, which take
// the number of problems; each problem keeps its place.
func (ps Problems) Fault(code, vi, en string) *fault.Fault {
	details := make([]*fault.Fault, len(ps))
	for i, p := range ps {
		details[i] = &fault.Fault{Kind: fault.Invalid, Code: p.Code, Field: p.Field, Line: p.Line, Column: p.Column, VI: p.VI, EN: p.EN}
	}
	return fault.New(fault.Invalid, code, vi, en, len(ps)).With(details...)
}

// sorted orders the problems and drops repetitions of one fault at one place.
func (ps Problems) sorted(main string) Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		if (a.File == main) != (b.File == main) {
			if a.File == main {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.EN, b.EN))
	})
	return slices.Compact(ps)
}

// nearest returns the candidate that the writer of word most likely meant, or "".
func nearest(word string, candidates []string) string {
	best, bestDistance := "", len([]rune(word))/3+2
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance is the number of single-character edits that turn a into b.
func distance(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	// Words this long are no misspelt keys; the cost would be quadratic.
	if len(ra) > 80 || len(rb) > 80 {
		return 1 << 20
	}
	row := make([]int, len(rb)+1)
	for j := range row {
		row[j] = j
	}
	for i := range ra {
		diagonal := row[0]
		row[0] = i + 1
		for j := range rb {
			edit := diagonal
			if ra[i] != rb[j] {
				edit++
			}
			diagonal = row[j+1]
			row[j+1] = min(edit, row[j]+1, diagonal+1)
		}
	}
	return row[len(rb)]
}
