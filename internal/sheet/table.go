package sheet

import (
	"io"
	"strconv"
	"strings"
)

// Table is a list as it leaves the system, whatever the format of the file.
type Table struct {
	// Name is the list's, in the reader's language.
	Name    string
	Heading []string
	Lines   [][]Cell
}

// As says what a cell is, beside what is shown of it.
type As int

const (
	Words  As = iota
	Number    // Value is decimal text
	Day       // Value is an ISO day
	Moment    // Value is "2006-01-02 15:04", in the zone of the list
)

// Cell is one cell of a table. Shown is how CSV has it.
type Cell struct {
	As           As
	Shown, Value string
}

// Text is a cell of words.
func Text(s string) Cell { return Cell{Words, s, s} }

// Int is a cell with a whole number.
func Int(n int) Cell { return Cell{Number, strconv.Itoa(n), strconv.Itoa(n)} }

// Time is a cell with an ISO day, alone or with a time of day; empty is none.
func Time(s string) Cell {
	if strings.Contains(s, " ") {
		return Cell{Moment, s, s}
	}
	if s == "" {
		return Text("")
	}
	return Cell{Day, s, s}
}

// WriteCSV writes the table as CSV.
func (t Table) WriteCSV(w io.Writer) error {
	out := New(w, t.Heading...)
	for _, line := range t.Lines {
		shown := make([]string, len(line))
		for i, c := range line {
			shown[i] = c.Shown
		}
		out.Line(shown...)
	}
	return out.Close()
}
