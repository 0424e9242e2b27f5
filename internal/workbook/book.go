package workbook

import (
	"encoding/xml"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"dondoc/internal/fault"
)

// book is a workbook as it was read.
type book struct {
	sheets []*page
	// from1904: days are counted from 1904, as old programs do.
	from1904 bool
}

// page is one sheet.
type page struct {
	name   string
	hidden bool
	// rows holds the cells with something in them, in the order of the file.
	rows   []line
	merges []span
}

type line struct {
	number int // from 1
	cells  []cell
}

// kind of a cell's value.
type kind int

const (
	text kind = iota
	number
	boolean
	failure // a formula's error
	day     // ISO 8601, as strict workbooks have it
)

// cell is what stands in a cell. value is the text, the number as the program
// wrote it, or the error.
type cell struct {
	at      position
	kind    kind
	value   string
	formula bool
	style
}

// blank reports whether there is nothing to see.
func (c cell) blank() bool { return !c.formula && strings.TrimSpace(spaces.Replace(c.value)) == "" }

// read reads a workbook whose sheets have at most so many rows. Faults are
// Invalid, at "file" or at the address of a cell.
func read(content []byte, rows int) (*book, error) {
	p, err := open(content)
	if err != nil {
		return nil, err
	}
	b, err := p.read(rows)
	if errors.Is(err, errXML) {
		return nil, broken()
	}
	return b, err
}

func (p parts) read(rows int) (*book, error) {
	targets, err := p.targets("xl/workbook.xml")
	if err != nil {
		return nil, err
	}
	b := &book{}
	var files []string
	if err := p.tokens("xl/workbook.xml", func(_ *xml.Decoder, start xml.StartElement) error {
		switch start.Name.Local {
		case "workbookPr":
			b.from1904 = truth(attribute(start, "date1904"))
		case "sheet":
			if len(b.sheets) == maxSheets {
				return refuse("sheet.sheets", "Tệp có hơn %d trang tính. Chỉ giữ trang của biểu mẫu.", "The workbook has more than %d sheets. Keep the form's own.", maxSheets)
			}
			b.sheets = append(b.sheets, &page{name: attribute(start, "name"), hidden: strings.Contains(strings.ToLower(attribute(start, "state")), "hidden")})
			files = append(files, targets[relation(start)])
		}
		return nil
	}); err != nil {
		return nil, err
	}
	strings, err := p.readStrings()
	if err != nil {
		return nil, err
	}
	styles, err := p.readStyles()
	if err != nil {
		return nil, err
	}
	left := maxCells
	for i, s := range b.sheets {
		r := reader{page: s, strings: strings, styles: styles, left: left, rows: rows}
		if err := p.tokens(files[i], r.element); err != nil {
			return nil, err
		}
		left = r.left
	}
	return b, nil
}

// relation is the id of the part that holds a sheet: the one with a name space.
func relation(start xml.StartElement) string {
	for _, a := range start.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

func truth(s string) bool { return s == "1" || s == "true" }

// readStrings reads the texts that cells share.
func (p parts) readStrings() ([]string, error) {
	var texts []string
	left := maxStrings
	err := p.tokens("xl/sharedStrings.xml", func(d *xml.Decoder, start xml.StartElement) error {
		if start.Name.Local != "si" {
			return nil
		}
		text, err := textIn(d)
		if err != nil {
			return err
		}
		if left -= len(text) + 16; left < 0 {
			return tooMuch()
		}
		texts = append(texts, text)
		return nil
	})
	return texts, err
}

func tooMuch() error {
	return refuse("sheet.too_much", "Tệp có quá nhiều nội dung so với một biểu mẫu. Chép số liệu vào đúng biểu mẫu đã tải về rồi gửi lại.",
		"The workbook holds far more than a form does. Copy the figures into the form that was downloaded and send that.")
}

// textIn reads the text of an element to its end: runs together, without the
// reading aids that East Asian programs add.
func textIn(d *xml.Decoder) (string, error) {
	var b strings.Builder
	depth, written, aid := 1, 0, 0
	for depth > 0 {
		token, err := d.Token()
		if err != nil {
			return "", errors.Join(errXML, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			switch t.Name.Local {
			case "t":
				written = depth
			case "rPh":
				aid = depth
			}
		case xml.EndElement:
			if depth == written {
				written = 0
			}
			if depth == aid {
				aid = 0
			}
			depth--
		case xml.CharData:
			if written > 0 && aid == 0 {
				b.Write(t)
			}
		}
		if b.Len() > maxStrings {
			return "", tooMuch()
		}
	}
	return unescape(b.String()), nil
}

var escaped = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

// unescape reads the format's own way to write characters that XML cannot hold.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escaped.ReplaceAllStringFunc(s, func(m string) string {
		n, err := strconv.ParseUint(m[2:6], 16, 32)
		if err != nil {
			return m
		}
		return string(rune(n))
	})
}

// at names the cell of a fault, in words and as its field.
func at(p position, f *fault.Fault) *fault.Fault {
	ref := p.String()
	named := f.At(ref)
	named.VI, named.EN = "Ô "+ref+": "+f.VI, "Cell "+ref+": "+f.EN
	return named
}
