package paper

import (
	"strings"
	"time"

	"dondoc/internal/calendar"
)

// DraftMark stands on what is not signed yet.
const DraftMark = "DỰ THẢO"

// Document is an administrative document with its parts.
type Document struct {
	// Letterhead is of the agency that issues it.
	Letterhead Letterhead
	// Kind is the type (tên loại): "Báo cáo"; empty: a letter (công văn), which bears none.
	Kind string
	// Symbol are the abbreviations behind the number: "BC-UBND"; Number is
	// number and symbol together where the document has one: "12/BC-UBND".
	Symbol, Number string
	// Date is the day of signing; the zero date leaves day and month blank.
	Date calendar.Date
	// Year stands where Date is blank.
	Year    int
	Subject string // trích yếu nội dung
	Draft   bool
	// To are the addressees (Kính gửi) of a letter.
	To   []string
	Body []Block
	// Recipients are the lines of "Nơi nhận", without dashes and signs at their ends.
	Recipients []string
	Annexes    []Annex
	// Made is when the file was put together, for its properties.
	Made time.Time
}

// Annex (phụ lục) begins on a page of its own.
type Annex struct {
	Title     string
	Landscape bool
	Body      []Block
	// Alone: the annex is the whole document, and is neither numbered nor
	// refers to another one.
	Alone bool
}

// Title is what the document is called in a list of files.
func (d Document) Title() string {
	if d.Kind == "" {
		return "Công văn " + line(d.Subject)
	}
	return strings.TrimSpace(d.Kind + " " + line(d.Subject))
}

// Sections lays the document out.
func (d Document) Sections() []Section {
	mark := ""
	if d.Draft {
		mark = DraftMark
	}
	var sections []Section
	if len(d.Body) > 0 || len(d.Annexes) == 0 {
		main := Section{Mark: mark}
		main.Blocks = append(main.Blocks, d.heading(main.Width()))
		main.Blocks = append(main.Blocks, d.title()...)
		main.Blocks = append(main.Blocks, d.addressees()...)
		main.Blocks = append(main.Blocks, d.Body...)
		main.Blocks = append(main.Blocks, Paragraph{Size: 6}, d.closing(main.Width()))
		sections = append(sections, main)
	}
	for i, a := range d.Annexes {
		s := Section{Landscape: a.Landscape, Mark: mark}
		s.Blocks = append(s.Blocks, d.annexTitle(a, i)...)
		s.Blocks = append(s.Blocks, a.Body...)
		sections = append(sections, s)
	}
	return sections
}
