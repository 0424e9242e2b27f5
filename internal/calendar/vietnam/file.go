package vietnam

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plaintext"
)

// File is a calendar file that has been read: decreed years and single days.
type File struct {
	Name string
	// Years are the years that the file settles, in order; each replaces the
	// national year as a whole.
	Years []DecreedYear
	// Days are the rows without a year: single days laid over the calendar.
	Days []Day
}

// DecreedYear is a whole year as decreed. Days may lie in the years beside it, as
// 31 December that is off against a Saturday in January.
type DecreedYear struct {
	Year int
	Days []Day
}

// Fault codes of calendar files.
const (
	CodeFile       = "calendar.file"             // the file as a whole
	CodeEncoding   = "calendar.file.encoding"    // not UTF-8
	CodeControl    = "calendar.file.control"     // a control character, or one that turns the direction of writing
	CodeCSV        = "calendar.file.csv"         // quotes, separators, number of cells
	CodeHeader     = "calendar.file.header"      // missing, unknown or repeated column
	CodeDate       = "calendar.file.date"        // no such day
	CodeDateRange  = "calendar.file.date_range"  // outside of FirstYear to LastYear
	CodeKind       = "calendar.file.kind"        // unknown kind
	CodeDecree     = "calendar.file.year"        // not a year, or not that of the day or its neighbour
	CodeMissing    = "calendar.file.missing"     // name, legal basis or source is empty
	CodeDuplicate  = "calendar.file.duplicate"   // the day is in the file twice
	CodeNotRestDay = "calendar.file.not_rest"    // swap_work on a working day
	CodeRestDay    = "calendar.file.rest"        // swap_off or substitute on a weekly rest day
	CodeUnbalanced = "calendar.file.unbalanced"  // swapped days off and working days differ in number
	CodeIncomplete = "calendar.file.incomplete"  // a decreed year without holidays of the law
	CodeNotMadeUp  = "calendar.file.not_made_up" // fewer substitutes than holidays on rest days
)

// Columns are the columns of a calendar file, in any order; year and name_en may be left out.
var Columns = []string{"date", "kind", "name", "name_en", "year", "legal_basis", "source"}

var optional = []string{"year", "name_en"}

// ReadFile reads a calendar file, CSV in UTF-8 with a header (docs/calendar.md).
// It reports every fault at once; with any, the file is empty.
func ReadFile(name string, src []byte) (File, Problems) {
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	r := &reader{name: name, lines: bytes.Split(src, []byte("\n"))}
	if line := slices.IndexFunc(r.lines, func(l []byte) bool { return !utf8.Valid(l) }); line >= 0 {
		column := 1
		for _, c := range string(r.lines[line]) {
			if c == utf8.RuneError {
				break
			}
			column++
		}
		r.report(place{line + 1, column}, "", CodeEncoding,
			"Tệp không ở dạng UTF-8; hãy lưu lại với mã hóa UTF-8.", "The file is not in UTF-8; save it with that encoding.")
		return File{}, r.problems
	}
	if at, found := plaintext.Deceptive(string(src)); found {
		r.report(place{at.Line, at.Column}, "", CodeControl,
			"Có ký tự điều khiển không được phép; hãy xóa ký tự ấy.", "A control character is not allowed here; delete it.")
		return File{}, r.problems
	}
	rows := r.rows(src)
	if len(r.problems) == 0 && len(rows) == 0 {
		r.report(place{1, 1}, "", CodeCSV, "Tệp không có dòng nào.", "The file has no rows.")
	}
	for i := range rows {
		r.check(&rows[i])
	}
	r.checkDuplicates(rows)
	r.checkSwaps(rows)
	r.checkYears(rows)
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return File{}, r.problems
	}
	return gather(name, rows), nil
}

// gather sorts rows without faults into years and single days.
func gather(name string, rows []row) File {
	f := File{Name: name}
	for _, w := range rows {
		if w.year == 0 {
			f.Days = append(f.Days, w.day)
			continue
		}
		i := slices.IndexFunc(f.Years, func(y DecreedYear) bool { return y.Year == w.year })
		if i < 0 {
			i = len(f.Years)
			f.Years = append(f.Years, DecreedYear{Year: w.year})
		}
		f.Years[i].Days = append(f.Years[i].Days, w.day)
	}
	slices.SortFunc(f.Years, func(a, b DecreedYear) int { return cmp.Compare(a.Year, b.Year) })
	for _, y := range f.Years {
		sortDays(y.Days)
	}
	sortDays(f.Days)
	return f
}

type place struct{ line, column int }

// row is one line of the file: its cells, and what they mean as far as they are right.
type row struct {
	cells  map[string]string
	places map[string]place
	start  place
	day    Day
	year   int // 0 for a single day
	// unsure rows have a day, kind or year that cannot be read: what is missing
	// from the file may be what they were meant to be.
	unsure bool
}

type reader struct {
	name     string
	lines    [][]byte
	problems Problems
}

func (r *reader) report(at place, field, code, vi, en string, args ...any) {
	f := fault.New(fault.Invalid, code, vi, en, args...).At(field)
	r.problems = append(r.problems, Problem{File: r.name, Line: at.line, Column: at.column, Fault: f})
}

// maxCells is far more than there are columns: where each cell of a row of very
// many stands is not looked up.
const maxCells = 50

// rows splits the file into rows by its header.
func (r *reader) rows(src []byte) (rows []row) {
	c := csv.NewReader(bytes.NewReader(src))
	c.FieldsPerRecord, c.Comment = -1, '#'
	var header []string
	for {
		cells, err := c.Read()
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return rows
		case errors.As(err, &bad):
			r.report(r.place(bad.Line, bad.Column), "", CodeCSV,
				"Dấu nháy kép đặt sai; ô có dấu phẩy hay nháy kép phải nằm trong \"…\", nháy kép bên trong viết hai lần.",
				"A quote is out of place; a cell with a comma or a quote goes into \"…\", quotes within are doubled.")
			continue
		case err != nil:
			r.report(place{1, 1}, "", CodeCSV, "Không đọc được tệp: %v.", "The file cannot be read: %v.", err)
			return nil
		}
		if !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue // what a spreadsheet leaves of deleted rows
		}
		if len(cells) > maxCells {
			line, _ := c.FieldPos(0)
			r.report(place{line, 1}, "", CodeCSV, "Dòng có quá nhiều ô (%d); kiểm tra dấu phẩy.", "The row has too many cells (%d); check its commas.", len(cells))
			return nil
		}
		places := make([]place, len(cells))
		for i := range cells {
			places[i] = r.place(c.FieldPos(i))
			cells[i] = strings.TrimSpace(cells[i])
		}
		if header == nil {
			if header = r.header(cells, places); header == nil {
				return nil
			}
			continue
		}
		if len(cells) != len(header) {
			r.report(places[0], "", CodeCSV,
				"Dòng có %d ô, tiêu đề có %d cột; ô có dấu phẩy phải nằm trong \"…\".",
				"The row has %d cells, the header %d columns; a cell with a comma goes into \"…\".", len(cells), len(header))
			continue
		}
		w := row{cells: map[string]string{}, places: map[string]place{}, start: places[0]}
		for i, column := range header {
			w.cells[column], w.places[column] = cells[i], places[i]
		}
		rows = append(rows, w)
	}
}

// place turns a column in bytes into one in characters.
func (r *reader) place(line, column int) place {
	if line < 1 || line > len(r.lines) {
		return place{max(line, 1), column}
	}
	before := r.lines[line-1]
	return place{line, utf8.RuneCount(before[:min(max(column-1, 0), len(before))]) + 1}
}

// header checks the names of the columns; nil if rows cannot be read by them.
func (r *reader) header(cells []string, places []place) []string {
	if len(cells) == 1 && strings.ContainsAny(cells[0], ";\t") {
		r.report(places[0], "", CodeCSV, "Các ô phải cách nhau bằng dấu phẩy.", "Cells are separated by commas.")
		return nil
	}
	before := len(r.problems)
	for i, column := range cells {
		cells[i] = strings.ToLower(column)
		switch {
		case !slices.Contains(Columns, cells[i]):
			r.report(places[i], column, CodeHeader, "Không có cột “%s”; các cột là %s.",
				"There is no column “%s”; the columns are %s.", column, strings.Join(Columns, ", "))
		case slices.Index(cells, cells[i]) < i:
			r.report(places[i], column, CodeHeader, "Cột “%s” lặp lại.", "The column “%s” is repeated.", column)
		}
	}
	for _, column := range Columns {
		if !slices.Contains(cells, column) && !slices.Contains(optional, column) {
			r.report(places[0], column, CodeHeader, "Thiếu cột “%s”.", "The column “%s” is missing.", column)
		}
	}
	if len(r.problems) > before {
		return nil
	}
	return cells
}

// parseYear reads the year of a decree; 0 where the cell is empty.
func parseYear(s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	year, err := strconv.Atoi(s)
	return year, err == nil && known(year)
}

// parseDay reads 2027-02-05; otherwise it returns how the day meant is written, if that can be seen.
func parseDay(s string) (d calendar.Date, meant string, ok bool) {
	if d, err := calendar.ParseDate(s); err == nil {
		return d, "", true
	}
	parts := strings.FieldsFunc(s, func(c rune) bool { return c == '/' || c == '-' || c == '.' })
	if len(parts) != 3 {
		return d, "", false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil {
			return d, "", false
		}
		n[i] = v
	}
	for _, guess := range []calendar.Date{date(n[2], time.Month(n[1]), n[0]), date(n[0], time.Month(n[1]), n[2])} {
		if known(guess.Year) && guess == calendar.NewDate(guess.Year, guess.Month, guess.Day) {
			return d, guess.String(), false
		}
	}
	return d, "", false
}
