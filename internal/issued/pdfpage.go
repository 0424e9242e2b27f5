package issued

import (
	"math"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// band is a row of a table with ruled lines: what stands between two of them.
type band struct {
	top, bottom float64
	columns     []float64 // where the ruled lines between the cells stand
}

// rule is a ruled line.
type rule struct{ x1, y1, x2, y2 float64 }

func (r rule) upright() bool { return math.Abs(r.x1-r.x2) < 2 && math.Abs(r.y1-r.y2) > 5 }
func (r rule) level() bool   { return math.Abs(r.y1-r.y2) < 2 && math.Abs(r.x1-r.x2) > 15 }

// bands finds the rows of ruled tables.
func bands(rules []rule) []band {
	var levels []float64
	for _, r := range rules {
		if r.level() {
			levels = append(levels, r.y1)
		}
	}
	levels = distinctPlaces(levels)
	slices.Reverse(levels)
	var out []band
	for i := 0; i+1 < len(levels); i++ {
		top, bottom := levels[i], levels[i+1]
		if top-bottom < 6 {
			continue
		}
		var columns []float64
		for _, r := range rules {
			if r.upright() && max(r.y1, r.y2) > top-3 && min(r.y1, r.y2) < bottom+3 {
				columns = append(columns, r.x1)
			}
		}
		if columns = distinctPlaces(columns); len(columns) > 2 && len(columns) <= maxCells+1 {
			out = append(out, band{top, bottom, columns})
		}
	}
	return out
}

// distinctPlaces sorts places and makes those within two points one.
func distinctPlaces(list []float64) []float64 {
	sort.Float64s(list)
	out := list[:0]
	for _, v := range list {
		if n := len(out); n == 0 || v-out[n-1] > 2 {
			out = append(out, v)
		}
	}
	return out
}

// holds reports whether a glyph stands in a row.
func (b band) holds(g glyph) bool {
	y := g.middle()
	return y < b.top && y > b.bottom && g.x >= b.columns[0]-2 && g.x <= b.columns[len(b.columns)-1]+2
}

// cells are the texts of a band's cells.
func (b band) cells(glyphs []glyph) []string {
	out := make([]string, len(b.columns)-1)
	parts := make([][]glyph, len(out))
	for _, g := range glyphs {
		i := 0
		for i+1 < len(out) && g.x+g.w/2 > b.columns[i+1] {
			i++
		}
		parts[i] = append(parts[i], g)
	}
	for i := range out {
		rows := rowsFrom(parts[i])
		var text strings.Builder
		for j, r := range rows {
			if j > 0 {
				switch {
				case cut(rows[j-1], r, b.columns[i], b.columns[i+1]):
				case fits(rows[j-1], r, b.columns[i+1]-4):
					text.WriteByte('\n')
				default:
					text.WriteByte(' ')
				}
			}
			text.WriteString(strings.TrimSpace(r.text))
		}
		out[i] = text.String()
	}
	return out
}

// fits reports whether the first word of a row would have fit at the end of the one before: so it begins a paragraph.
func fits(before, after row, right float64) bool {
	blank := 0.25 * max(before.size, 4)
	return max(before.right+blank, before.end)+after.first < right-0.5
}

// cut reports whether a number was cut because its cell is too narrow for it: "III/202" and "6".
func cut(before, after row, left, right float64) bool {
	a, b := strings.TrimSpace(before.text), strings.TrimSpace(after.text)
	if a == "" || b == "" || strings.Contains(a, " ") || !digit(a[len(a)-1]) || !digit(b[0]) {
		return false
	}
	inset := max(before.left-left, 0)
	return before.right+0.45*before.size > right-inset
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// begun are the marks with which paragraphs begin.
var begun = regexp.MustCompile(`^(?:\d{1,2}(?:\.\d{1,2})*[.)/]\s|[a-zđ][.)]\s|[-–+•*]\s|[IVX]+\.\s|\(\d{1,2}\)\s|(?i:điều|chương|phần|mục)\s+(?:thứ\s|[IVXLC]+\b|\d))`)

// layPages makes paragraphs of the rows of all pages.
func layPages(pages []page, out *lines) {
	furniture := repeated(pages)
	gap := usualGap(pages)
	var text strings.Builder
	var last *row
	begunOn, lastPage := 0, 0
	flush := func() {
		if text.Len() > 0 {
			out.page = begunOn
			out.at(out.number+1, text.String())
			text.Reset()
		}
		last = nil
	}
	rows := tableRows{out: out}
	joinedAny := false
	for _, p := range pages {
		right := rightEdge(p)
		top := true
		for i := range p.rows {
			r := &p.rows[i]
			if out.full() {
				return
			}
			if r.cells == nil && furniture[placeOf(p, *r)] {
				continue
			}
			if r.cells != nil {
				flush()
				rows.add(r.cells, p.number, top)
				top = top && rows.repeated
				continue
			}
			rows.end()
			top = false
			if last == nil || parted(*last, *r, gap, right, lastPage == p.number) {
				flush()
			} else {
				if !broken(text.String()) {
					text.WriteByte(' ')
				}
				joinedAny = true
			}
			if text.Len() == 0 {
				begunOn = p.number
			}
			text.WriteString(strings.TrimSpace(r.text))
			last, lastPage = r, p.number
		}
	}
	rows.end()
	flush()
	if len(furniture) > 0 {
		out.remark(RemarkPageFurniture, 0, sample(furniture))
	}
	if joinedAny {
		out.remark(RemarkJoined, 0, "")
	}
}

// broken reports whether a row ends within a word that has a hyphen: "BVHTTDL-" and "UBMTTQVN".
func broken(text string) bool {
	before, ok := strings.CutSuffix(text, "-")
	return ok && before != "" && !strings.HasSuffix(before, " ")
}

// tableRows collects the rows of ruled tables. A row that a page cuts goes on in the first row of the next, whose first
// cell is empty; the head of a table that every page repeats is said once.
type tableRows struct {
	out      *lines
	table    int
	head     []string
	held     []string
	began    int // the page on which the held row began
	page     int // and the one that it has come to
	repeated bool
}

func (t *tableRows) add(cells []string, page int, top bool) {
	t.repeated = false
	next := t.held != nil && top && page == t.page+1 && len(cells) == len(t.held)
	switch {
	case next && slices.Equal(cells, t.head):
		t.repeated = true
	case next && cells[0] == "" && t.held[0] != "":
		for i, more := range cells {
			if t.held[i] != "" && more != "" {
				more = " " + more
			}
			t.held[i] += more
		}
		t.page = page
	default:
		t.write()
		if t.table == 0 {
			t.table, t.head = t.out.table(), cells
		}
		t.held, t.began, t.page = slices.Clone(cells), page, page
	}
}

func (t *tableRows) write() {
	if t.held != nil {
		t.out.page = t.began
		t.out.row(t.held, t.table)
		t.held = nil
	}
}

// end ends the table.
func (t *tableRows) end() {
	t.write()
	t.table, t.head = 0, nil
}

// sample is one of the lines that were left out.
func sample(furniture map[place]bool) string {
	best := ""
	for p := range furniture {
		if best == "" || p.text < best {
			best = p.text
		}
	}
	return best
}

// parted reports whether a row begins a new paragraph.
func parted(before, after row, gap, right float64, samePage bool) bool {
	text := clean(after.text)
	if samePage && before.y-after.y > 1.35*gap {
		return true
	}
	if math.Abs(before.size-after.size) > 1.5 {
		return true
	}
	if fits(before, after, right) {
		return true
	}
	end := clean(before.text)
	if begun.MatchString(text) && endsWith(end, ".;:/”\")") {
		return true
	}
	// A first line that is indented.
	return after.left > before.left+10 && endsWith(end, ".;:") && !begun.MatchString(end)
}

func endsWith(text, any string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return strings.ContainsRune(any, r)
}

// usualGap is the distance between rows of one paragraph: the smallest that is frequent.
func usualGap(pages []page) float64 {
	counts := map[int]int{}
	total := 0
	for _, p := range pages {
		for i := 1; i < len(p.rows); i++ {
			if d := p.rows[i-1].y - p.rows[i].y; d > 4 && d < 60 {
				counts[int(math.Round(d*2))]++
				total++
			}
		}
	}
	keys := make([]int, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		if near := counts[k] + counts[k+1] + counts[k-1]; near*10 >= total {
			return float64(k) / 2
		}
	}
	return 14
}

// rightEdge is where full rows of a page end.
func rightEdge(p page) float64 {
	edge := 0.0
	for _, r := range p.rows {
		if r.cells == nil {
			edge = max(edge, r.right)
		}
	}
	return edge
}

// place tells rows at the same height with the same words, numbers apart.
type place struct {
	y    int
	text string
}

var numbers = regexp.MustCompile(`\d+`)

func placeOf(p page, r row) place {
	return place{int(math.Round(r.y / 4)), numbers.ReplaceAllString(strings.Join(strings.Fields(r.text), " "), "#")}
}

// numbered are rows that number a page.
var pageNumber = regexp.MustCompile(`^(?:[-–]\s*)?(?:(?i:trang)\s*)?(\d{1,4})(?:\s*/\s*\d{1,4})?(?:\s*[-–])?$`)

// repeated are the rows at the top and foot that most pages share, and those that number them.
func repeated(pages []page) map[place]bool {
	counts := map[place]int{}
	numbersAt := map[place]int{}
	for _, p := range pages {
		for i, r := range p.rows {
			if i > 1 && i < len(p.rows)-2 || r.cells != nil {
				continue
			}
			at := placeOf(p, r)
			counts[at]++
			if m := pageNumber.FindStringSubmatch(strings.TrimSpace(r.text)); m != nil {
				if n, err := strconv.Atoi(m[1]); err == nil && n >= p.number-1 && n <= p.number+1 && (i == 0 || i == len(p.rows)-1) {
					numbersAt[at]++
				}
			}
		}
	}
	out := map[place]bool{}
	for at, n := range counts {
		if n > 2 && 2*n > len(pages) {
			out[at] = true
		}
	}
	for at := range numbersAt {
		out[at] = true
	}
	return out
}
