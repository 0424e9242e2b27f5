package paper

// Section is a run of pages of one direction with page numbers of its own, which
// begin at 1 and are not shown on its first page.
type Section struct {
	Landscape bool
	// Mark stands at the top right of every page: "DỰ THẢO"; empty: none.
	Mark   string
	Blocks []Block
}

// Block is a Paragraph or a Table.
type Block interface{ block() }

// Align is how lines stand between the edges.
type Align int

// The ways to stand.
const (
	Justified Align = iota
	Left
	Centred
	Right
)

// Run is a piece of text of one look.
type Run struct {
	Text         string
	Bold, Italic bool
}

// Paragraph is text of one size. An empty one is an empty line.
type Paragraph struct {
	Runs  []Run
	Size  float64 // points; 0: SizeBody
	Align Align
	// First and Indent, in millimetres: of the first line, over that of all lines.
	First, Indent float64
	// Before and After are the space around the paragraph in points.
	Before, After float64
	// Rule is the length of a line centred below the text, in millimetres; 0: none.
	Rule float64
	// WithNext keeps the paragraph on the page of what follows.
	WithNext bool
}

// Table has columns of fixed widths, in millimetres.
type Table struct {
	Widths []float64
	// Ruled tables have lines around their cells; the others only arrange.
	Ruled bool
	// Head is how many rows stand again at the top of each page that it runs to.
	Head int
	Rows []Row
	// Whole tables never run over a page's end.
	Whole bool
}

// Row is a row of cells, from the left.
type Row struct{ Cells []Cell }

// Cell holds paragraphs.
type Cell struct {
	Paragraphs []Paragraph
	// Span is how many columns it takes; 0 is 1.
	Span int
	// Middle centres the content between the cell's top and bottom.
	Middle bool
}

func (Paragraph) block() {}
func (Table) block()     {}

// Points is the size of the paragraph's letters.
func (p Paragraph) Points() float64 {
	if p.Size == 0 {
		return SizeBody
	}
	return p.Size
}

// Columns is how many columns the cell takes.
func (c Cell) Columns() int { return max(c.Span, 1) }

// WidthOf is the width of the columns that the cell at index i of a row takes.
func (t Table) WidthOf(r Row, i int) float64 {
	first := 0
	for _, c := range r.Cells[:i] {
		first += c.Columns()
	}
	width := 0.0
	for _, w := range t.Widths[first:min(first+r.Cells[i].Columns(), len(t.Widths))] {
		width += w
	}
	return width
}
