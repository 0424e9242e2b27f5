package paper

// The page by appendix I, part I.1 of the decree: A4, margins 20–25 mm at top and
// bottom, 30–35 mm left, 15–20 mm right. In millimetres.
const (
	PageWidth    = 210.0
	PageHeight   = 297.0
	MarginTop    = 20.0
	MarginBottom = 20.0
	MarginLeft   = 30.0
	MarginRight  = 15.0
	// PageNumberTop is how far below the edge the number's line begins: it
	// stands in the upper margin.
	PageNumberTop = 9.0
)

// Sizes of letters in points, each within what appendix I allows for its part.
const (
	SizeBody       = 13.0 // content, 13–14
	SizeHead       = 12.0 // quốc hiệu and names of agencies, 12–13
	SizeMotto      = 13.0 // tiêu ngữ, 13–14
	SizeNumber     = 13.0 // số, ký hiệu
	SizePlace      = 13.0 // địa danh, thời gian, 13–14
	SizeTitle      = 14.0 // tên loại, trích yếu, 13–14
	SizeSubject    = 12.0 // trích yếu of a công văn, 12–13
	SizeSigner     = 13.0 // quyền hạn, chức vụ, 13–14
	SizeRecipients = 11.0 // nơi nhận, its list; the word itself is in 12
	SizeAnnex      = 14.0 // the word "Phụ lục"
	SizeTable      = 11.5 // tables; the decree leaves them free
	SizePageNumber = 13.0 // 13–14
)

// Font is what the decree prescribes; Liberation Serif has the same widths.
const Font = "Times New Roman"

// LineSpacing is the height of a single line over the size of its letters.
const LineSpacing = 1.15

// Width is the width of a section's text in millimetres.
func (s Section) Width() float64 {
	width, _ := s.Page()
	return width - MarginLeft - MarginRight
}

// Page is the section's page in millimetres.
func (s Section) Page() (width, height float64) {
	if s.Landscape {
		return PageHeight, PageWidth
	}
	return PageWidth, PageHeight
}
