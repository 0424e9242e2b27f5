package workbook

import (
	"encoding/xml"
	"errors"
	"strconv"
	"strings"

	"dondoc/internal/fault"
)

// position is a cell's place, both from 1.
type position struct{ column, row int }

// String is the address as programs show it: "D7".
func (p position) String() string {
	if p.row == 0 {
		return ""
	}
	return letters(p.column) + strconv.Itoa(p.row)
}

func letters(column int) string {
	name := ""
	for ; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// parsePosition reads an address; ok is false where it is none.
func parsePosition(s string) (p position, ok bool) {
	s = strings.ReplaceAll(s, "$", "")
	i := 0
	for ; i < len(s) && s[i] >= 'A' && s[i] <= 'Z' && i < 4; i++ {
		p.column = p.column*26 + int(s[i]-'A') + 1
	}
	row, err := strconv.Atoi(s[i:])
	if err != nil || i == 0 || row < 1 || row > 1<<20 {
		return position{}, false
	}
	p.row = row
	return p, true
}

// span is a block of cells that were merged.
type span struct{ from, to position }

func (s span) covers(p position) bool {
	return p.column >= s.from.column && p.column <= s.to.column && p.row >= s.from.row && p.row <= s.to.row
}

// reader takes in one sheet.
type reader struct {
	page    *page
	strings []string
	styles  []style
	left    int // cells that may still come
	rows    int // the last row that may hold something
	row     int
	column  int
}

func (r *reader) element(d *xml.Decoder, start xml.StartElement) error {
	switch start.Name.Local {
	case "row":
		r.row, r.column = r.row+1, 0
		if n, err := strconv.Atoi(attribute(start, "r")); err == nil && n > 0 && n <= 1<<20 {
			r.row = n
		}
	case "c":
		return r.cell(d, start)
	case "mergeCell":
		return r.merge(attribute(start, "ref"))
	}
	return nil
}

func (r *reader) merge(ref string) error {
	first, last, _ := strings.Cut(ref, ":")
	from, ok := parsePosition(first)
	to, also := parsePosition(last)
	if !ok || !also {
		return nil // a block of one cell is none
	}
	if len(r.page.merges) == maxMerges {
		return at(from, fault.New(fault.Invalid, "sheet.merges", "trang “%s” có hơn %d ô gộp. Bỏ gộp ô rồi gửi lại.",
			"the sheet %q has more than %d merged cells. Unmerge them and send it again.", r.page.name, maxMerges))
	}
	r.page.merges = append(r.page.merges, span{from, to})
	return nil
}

func (r *reader) cell(d *xml.Decoder, start xml.StartElement) error {
	r.column++
	c := cell{at: position{r.column, r.row}}
	if p, ok := parsePosition(attribute(start, "r")); ok {
		c.at, r.column, r.row = p, p.column, p.row
	}
	if i, err := strconv.Atoi(attribute(start, "s")); err == nil && i >= 0 && i < len(r.styles) {
		c.style = r.styles[i]
	}
	if r.left--; r.left < 0 {
		return tooMuch()
	}
	if err := r.value(d, attribute(start, "t"), &c); err != nil {
		return err
	}
	if c.blank() {
		return nil
	}
	switch {
	case c.at.row > r.rows:
		return at(c.at, fault.New(fault.Invalid, "sheet.rows", "trang “%s” có dữ liệu ở sau dòng %d. Xóa các dòng không thuộc biểu mẫu rồi gửi lại.",
			"the sheet %q has something below row %d. Delete the rows that are not the form's and send it again.", r.page.name, r.rows))
	case c.at.column > maxColumns:
		return at(c.at, fault.New(fault.Invalid, "sheet.columns", "trang “%s” có dữ liệu ở sau cột %s. Xóa các cột không thuộc biểu mẫu rồi gửi lại.",
			"the sheet %q has something behind column %s. Delete the columns that are not the form's and send it again.", r.page.name, letters(maxColumns)))
	}
	if n := len(r.page.rows); n == 0 || r.page.rows[n-1].number != c.at.row {
		r.page.rows = append(r.page.rows, line{number: c.at.row})
	}
	row := &r.page.rows[len(r.page.rows)-1]
	row.cells = append(row.cells, c)
	return nil
}

// value reads what is in a cell, to its end.
func (r *reader) value(d *xml.Decoder, typ string, c *cell) error {
	var raw, inline string
	for {
		token, err := d.Token()
		if err != nil {
			return errors.Join(errXML, err)
		}
		switch t := token.(type) {
		case xml.EndElement:
			return r.settle(typ, raw, inline, c)
		case xml.StartElement:
			switch t.Name.Local {
			case "f":
				c.formula = true
				err = d.Skip()
			case "v":
				raw, err = contentOf(d)
			case "is":
				inline, err = textIn(d)
			default:
				err = d.Skip()
			}
			if err != nil {
				return errors.Join(errXML, err)
			}
		}
	}
}

func (r *reader) settle(typ, raw, inline string, c *cell) error {
	switch typ {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(raw))
		switch {
		case raw == "":
		case err != nil || i < 0 || i >= len(r.strings):
			return errXML
		default:
			c.value = r.strings[i]
		}
	case "inlineStr":
		c.value = inline
	case "str":
		c.value = unescape(raw)
	case "b":
		c.kind, c.value = boolean, raw
	case "e":
		c.kind, c.value = failure, raw
	case "d":
		c.kind, c.value = day, raw
	default:
		c.kind, c.value = number, strings.TrimSpace(raw)
	}
	return nil
}

// contentOf is the plain text of an element, to its end.
func contentOf(d *xml.Decoder) (string, error) {
	var b strings.Builder
	for {
		token, err := d.Token()
		if err != nil {
			return "", errors.Join(errXML, err)
		}
		switch t := token.(type) {
		case xml.CharData:
			if b.Write(t); b.Len() > maxStrings {
				return "", tooMuch()
			}
		case xml.StartElement:
			if err := d.Skip(); err != nil {
				return "", errors.Join(errXML, err)
			}
		case xml.EndElement:
			return b.String(), nil
		}
	}
}
