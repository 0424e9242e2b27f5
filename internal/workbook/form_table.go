package workbook

import (
	"slices"
	"strings"

	"dondoc/internal/fault"
	"dondoc/internal/form"
)

// table is where the form stands in its sheet.
type table struct {
	*page
	keys  map[string]int // the row of each key
	names map[string]int // the row of each indicator that has no key any more
	head  int            // the row of the headings
	typed int            // the column of the figures of the period
	why   int            // the column of explanations; 0: it is gone
	twice position       // a line that is a copy of another one
}

// find looks for the sheet with the form: by its keys, or by its headings.
func (b *book) find(f Form) (table, error) {
	for _, s := range b.sheets {
		if t, ok := s.tableOf(f); ok {
			return t, t.check(f)
		}
	}
	return table{}, refuse("sheet.headings", "Không tìm thấy bảng có các cột “%s” và “%s”. Tải lại biểu mẫu, giữ nguyên dòng tiêu đề.",
		"There is no table with the columns %q and %q. Download the form again and keep its headings.", wordName[0], form.ColumnInPeriod.Heading("vi"))
}

func (s *page) tableOf(f Form) (table, bool) {
	t := table{page: s, keys: map[string]int{}, names: map[string]int{}}
	nameColumn := 0
	for _, l := range s.rows {
		for _, c := range l.cells {
			if key, ok := strings.CutPrefix(c.value, keyPrefix); ok && c.kind == text {
				if t.keys[key] != 0 && t.twice == (position{}) {
					t.twice = c.at
				}
				t.keys[key] = l.number
			}
		}
		name, typed := l.column(wordName[:]), l.column(headingsOf(form.ColumnInPeriod))
		if t.head == 0 && name != 0 && typed != 0 {
			t.head, t.typed, t.why, nameColumn = l.number, typed, l.column(wordWhy[:]), name
		}
	}
	if t.head == 0 {
		return t, t.keys["head"] != 0
	}
	for _, l := range s.rows {
		if c, ok := l.at(nameColumn); ok && l.number > t.head {
			t.names[plain(c.value)] = l.number
		}
	}
	return t, true
}

func headingsOf(c form.Column) []string { return []string{c.Heading("vi"), c.Heading("en")} }

// check refuses a table that has lost the column of what is asked for, or has a
// row twice.
func (t table) check(f Form) error {
	if t.twice.row != 0 {
		return at(position{1, t.twice.row}, fault.New(fault.Invalid, "sheet.twice", "dòng này là bản chép của một dòng khác trong biểu. Xóa một trong hai dòng.",
			"this row is a copy of another one of the form. Delete one of the two."))
	}
	if t.typed != 0 || len(f.Rows()) == 0 {
		return nil
	}
	return at(position{1, t.keys["head"]}, fault.New(fault.Invalid, "sheet.headings", "dòng tiêu đề không còn cột “%s”. Ghi lại tên cột.",
		"the headings lack the column %q. Put its name back.", form.ColumnInPeriod.Heading("vi")))
}

// column is the column with one of the headings; 0: there is none.
func (l line) column(headings []string) int {
	for _, c := range l.cells {
		for _, h := range headings {
			if c.kind == text && plain(c.value) == plain(h) {
				return c.at.column
			}
		}
	}
	return 0
}

func (l line) at(column int) (cell, bool) {
	i := slices.IndexFunc(l.cells, func(c cell) bool { return c.at.column == column })
	if i < 0 {
		return cell{}, false
	}
	return l.cells[i], true
}

func (s *page) line(number int) line {
	i := slices.IndexFunc(s.rows, func(l line) bool { return l.number == number })
	if i < 0 {
		return line{number: number}
	}
	return s.rows[i]
}

// merged is the block that a cell is a part of, other than its first.
func (s *page) merged(p position) (span, bool) {
	for _, m := range s.merges {
		if m.covers(p) && m.from != p {
			return m, true
		}
	}
	return span{}, false
}
