// Package sheet writes CSV that spreadsheet programs open as it is meant: with
// the mark of UTF-8, so that Vietnamese is read, and without anything that would
// be taken for a formula.
package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// Mark tells spreadsheet programs that the text is UTF-8.
const Mark = "\uFEFF"

// Writer writes lines of cells. The first error stays and is told by Close.
type Writer struct {
	out *csv.Writer
	err error
}

// New begins a sheet with its mark and its heading.
func New(w io.Writer, heading ...string) *Writer {
	s := &Writer{out: csv.NewWriter(w)}
	if _, err := io.WriteString(w, Mark); err != nil {
		s.err = fmt.Errorf("write mark: %w", err)
	}
	s.Line(heading...)
	return s
}

// Line writes one line.
func (s *Writer) Line(cells ...string) {
	if s.err != nil {
		return
	}
	for i, cell := range cells {
		cells[i] = Inert(cell)
	}
	if err := s.out.Write(cells); err != nil {
		s.err = fmt.Errorf("write line: %w", err)
	}
}

// Close writes what is left.
func (s *Writer) Close() error {
	if s.err != nil {
		return s.err
	}
	s.out.Flush()
	return s.out.Error()
}

// Inert keeps a cell from being taken for a formula: an apostrophe goes before
// what a program would compute.
func Inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// Plain takes back what Inert put before a cell.
func Plain(cell string) string {
	if rest, marked := strings.CutPrefix(cell, "'"); marked && Inert(rest) != rest {
		return rest
	}
	return cell
}
