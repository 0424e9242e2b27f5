package issued

import (
	"math"
	"sort"
	"strings"
	"unicode/utf16"

	"dondoc/internal/issued/pdffile"
)

// glyph is a piece of text where it stands on a page, in points from the lower left.
type glyph struct {
	x, y, w, size float64
	text          string
}

// middle is where the small letters have theirs.
func (g glyph) middle() float64 { return g.y + 0.3*g.size }

// row is a line as it is printed.
type row struct {
	y, left, right, size float64
	end                  float64 // right, with the blanks after the last word
	first                float64 // how wide the first word is
	text                 string
	cells                []string // of a ruled table's row
}

type page struct {
	number int
	rows   []row
}

// pageReader follows the text operators of pages (ISO 32000-1, 9.4).
type pageReader struct {
	file  *pdffile.File
	fonts map[any]*face
	count int
	found []glyph
	rules []rule
	path  []rule // of the path that is being drawn: a path that only clips rules nothing
	ruled int    // in all pages
	// described counts what fonts said of themselves.
	described int
	deep      int
	// spans are the marked contents that are open; one that says what its glyphs stand for holds that.
	spans []*string
	// buried are the spans that are nested too deep to be kept.
	buried int
}

// read reads a page; a page that cannot be followed to its end gives what came before.
func (r *pageReader) read(p pdffile.Page, number int) (out page) {
	out.number = number
	r.found, r.rules, r.path, r.spans, r.deep, r.buried = nil, nil, nil, nil, 0, 0
	defer func() {
		_ = recover() // the page is damaged: what was read of it stays
		out.rows = r.rows()
	}()
	r.run(p.V.Key("Contents"), p.Resources, unit)
	return out
}

// rows are the page's rows from its top down, those of ruled tables with their cells.
func (r *pageReader) rows() []row {
	tables := bands(r.rules)
	within := make([][]glyph, len(tables))
	var rest []glyph
	for _, g := range r.found {
		// Bands come from the top down and do not overlap.
		i := sort.Search(len(tables), func(i int) bool { return tables[i].bottom < g.middle() })
		if i < len(tables) && tables[i].holds(g) {
			within[i] = append(within[i], g)
			continue
		}
		rest = append(rest, g)
	}
	out := rowsFrom(rest)
	for i, b := range tables {
		if len(within[i]) > 0 {
			out = append(out, row{y: (b.top + b.bottom) / 2, cells: b.cells(within[i])})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].y > out[j].y })
	return out
}

// rule keeps a ruled line, from one corner to the other.
func (r *pageReader) rule(ctm matrix, x1, y1, x2, y2 float64) {
	if len(r.path) > maxRules {
		return
	}
	a, b := (matrix{1, 0, 0, 1, x1, y1}).times(ctm), (matrix{1, 0, 0, 1, x2, y2}).times(ctm)
	if one := (rule{a[4], a[5], b[4], b[5]}); one.upright() || one.level() {
		r.path = append(r.path, one)
	}
}

type matrix [6]float64

var unit = matrix{1, 0, 0, 1, 0, 0}

func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3], m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// state is the text state.
type state struct {
	ctm                          matrix
	font                         *face
	size, char, word, wide, lead float64
	rise                         float64
}

// maxRules is how many ruled lines a page may have; more are no table.
const maxRules = 5000

// maxForms is how deep forms may hold each other.
const maxForms = 12

func (r *pageReader) run(content, resources pdffile.Value, ctm matrix) {
	s := state{ctm: ctm, wide: 1}
	var saved []state
	text, line := unit, unit
	var penX, penY float64
	r.file.Interpret(content, func(args []pdffile.Value, op string) {
		number := func(i int) float64 {
			if i < len(args) {
				return args[i].Float64()
			}
			return 0
		}
		next := func(tx, ty float64) {
			line = matrix{1, 0, 0, 1, tx, ty}.times(line)
			text = line
		}
		switch op {
		case "q":
			if len(saved) < maxDepth {
				saved = append(saved, s)
			}
		case "Q":
			if len(saved) > 0 {
				s, saved = saved[len(saved)-1], saved[:len(saved)-1]
			}
		case "cm":
			s.ctm = matrix{number(0), number(1), number(2), number(3), number(4), number(5)}.times(s.ctm)
		case "m":
			penX, penY = number(0), number(1)
		case "l":
			r.rule(s.ctm, penX, penY, number(0), number(1))
			penX, penY = number(0), number(1)
		case "re":
			x, y, w, h := number(0), number(1), number(2), number(3)
			if math.Abs(w) < 2 || math.Abs(h) < 2 {
				r.rule(s.ctm, x, y, x+w, y+h)
				return
			}
			if math.Abs(w) > 500 && math.Abs(h) > 600 {
				return // the ground of the page
			}
			for _, side := range [][4]float64{{x, y, x + w, y}, {x, y + h, x + w, y + h}, {x, y, x, y + h}, {x + w, y, x + w, y + h}} {
				r.rule(s.ctm, side[0], side[1], side[2], side[3])
			}
		case "S", "s", "f", "F", "f*", "B", "B*", "b", "b*":
			if r.ruled += len(r.path); len(r.rules) < maxRules && r.ruled < maxRules*40 {
				r.rules = append(r.rules, r.path...)
			}
			r.path = r.path[:0]
		case "n":
			r.path = r.path[:0]
		case "BMC":
			r.begin(nil)
		case "BDC":
			r.begin(actual(args, resources))
		case "EMC":
			if r.buried > 0 {
				r.buried--
			} else if n := len(r.spans); n > 0 {
				r.spans = r.spans[:n-1]
			}
		case "BT":
			text, line = unit, unit
		case "Tf":
			if len(args) == 2 {
				s.font, s.size = r.face(resources.Key("Font").Key(args[0].Name())), number(1)
			}
		case "Tc":
			s.char = number(0)
		case "Tw":
			s.word = number(0)
		case "Tz":
			s.wide = number(0) / 100
		case "TL":
			s.lead = number(0)
		case "Ts":
			s.rise = number(0)
		case "Td":
			next(number(0), number(1))
		case "TD":
			s.lead = -number(1)
			next(number(0), number(1))
		case "T*":
			next(0, -s.lead)
		case "Tm":
			text = matrix{number(0), number(1), number(2), number(3), number(4), number(5)}
			line = text
		case "Tj":
			if len(args) > 0 {
				r.show(args[len(args)-1].RawString(), &s, &text)
			}
		case "'", `"`:
			if op == `"` && len(args) == 3 {
				s.word, s.char = number(0), number(1)
			}
			next(0, -s.lead)
			if len(args) > 0 {
				r.show(args[len(args)-1].RawString(), &s, &text)
			}
		case "TJ":
			if len(args) == 0 {
				return
			}
			list := args[len(args)-1]
			for i := range list.Len() {
				if one := list.Index(i); one.Kind() == pdffile.String {
					r.show(one.RawString(), &s, &text)
				} else {
					text = matrix{1, 0, 0, 1, -one.Float64() / 1000 * s.size * s.wide, 0}.times(text)
				}
			}
		case "Do":
			if len(args) == 0 || r.deep >= maxForms {
				return
			}
			form := resources.Key("XObject").Key(args[0].Name())
			if form.Key("Subtype").Name() != "Form" {
				return
			}
			inner := s.ctm
			if m := form.Key("Matrix"); m.Len() == 6 {
				inner = matrix{m.Index(0).Float64(), m.Index(1).Float64(), m.Index(2).Float64(), m.Index(3).Float64(), m.Index(4).Float64(), m.Index(5).Float64()}.times(s.ctm)
			}
			own := form.Key("Resources")
			if own.IsNull() {
				own = resources
			}
			r.deep++
			r.run(form, own, inner)
			r.deep--
		}
	})
}

// begin opens a span.
func (r *pageReader) begin(said *string) {
	if len(r.spans) >= maxDepth {
		r.buried++
		return
	}
	r.spans = append(r.spans, said)
}

// said is what the glyphs of an open span stand for; nil where no span says so.
func (r *pageReader) said() *string {
	for i := len(r.spans) - 1; i >= 0; i-- {
		if r.spans[i] != nil {
			return r.spans[i]
		}
	}
	return nil
}

// actual reads the replacement text of a span (ISO 32000-1, 14.9.4).
func actual(args []pdffile.Value, resources pdffile.Value) *string {
	if len(args) < 2 {
		return nil
	}
	properties := args[1]
	if properties.Kind() == pdffile.NameKind {
		properties = resources.Key("Properties").Key(properties.Name())
	}
	said := properties.Key("ActualText")
	if said.Kind() != pdffile.String {
		return nil
	}
	text := said.RawString()
	if rest, ok := strings.CutPrefix(text, "\xfe\xff"); ok {
		text = utf16String(rest)
	}
	return &text
}

// show places the glyphs of a string.
func (r *pageReader) show(raw string, s *state, text *matrix) {
	if s.font == nil {
		return
	}
	for len(raw) > 0 {
		code, n := s.font.next(raw)
		raw = raw[n:]
		wide := s.font.width(code)/1000*s.size + s.char
		if n == 1 && code == ' ' {
			wide += s.word
		}
		wide *= s.wide
		at := matrix{s.size, 0, 0, s.size, 0, s.rise}.times(*text).times(s.ctm)
		letters := s.font.unicode(code)
		if said := r.said(); said != nil {
			// The first glyph stands for the whole of it.
			letters, *said = *said, ""
		}
		if letters != "" {
			if r.count += 1 + len(letters)/8; r.count > maxGlyphs || len(r.found) > maxOnPage {
				r.file.Stop()
				return
			}
			across := matrix{1, 0, 0, 1, wide, 0}.times(*text).times(s.ctm)
			height := math.Hypot(at[2], at[3])
			// Text that stands upright is furniture of the page.
			if math.Abs(at[1]) <= 0.2*math.Abs(at[0])+1e-9 {
				r.found = append(r.found, glyph{x: at[4], y: at[5], w: across[4] - at[4], size: height, text: letters})
			}
		}
		*text = matrix{1, 0, 0, 1, wide, 0}.times(*text)
	}
}

// rowsFrom puts the glyphs of a page into rows from its top down.
func rowsFrom(found []glyph) []row {
	sort.SliceStable(found, func(i, j int) bool {
		if d := found[i].y - found[j].y; math.Abs(d) > 0.01 {
			return d > 0
		}
		return found[i].x < found[j].x
	})
	var out []row
	for begin := 0; begin < len(found); {
		next := begin + 1
		for next < len(found) && math.Abs(found[begin].y-found[next].y) < 0.35*max(found[next].size, 4) {
			next++
		}
		if one := rowOf(distinct(found[begin:next])); one.text != "" {
			out = append(out, one)
		}
		begin = next
	}
	return out
}

// rowOf is the row of glyphs that stand from left to right; its text is empty where there are only blanks.
func rowOf(glyphs []glyph) row {
	one := row{y: glyphs[0].y, text: joined(glyphs)}
	if strings.TrimSpace(one.text) == "" {
		return row{}
	}
	begun, ended := false, false
	for _, g := range glyphs {
		one.end = max(one.end, g.x+g.w)
		// A blank that does not break, U+00A0, is part of its word.
		if strings.Trim(g.text, " ") == "" {
			ended = begun
			continue
		}
		if !ended {
			one.first += g.w
		}
		if one.size = max(one.size, g.size); !begun {
			one.left, begun = g.x, true
		}
		one.right = max(one.right, g.x+g.w)
	}
	return one
}

// distinct sorts a row from left to right and drops glyphs that are printed twice to look bold.
func distinct(glyphs []glyph) []glyph {
	sort.SliceStable(glyphs, func(i, j int) bool { return glyphs[i].x < glyphs[j].x })
	out := glyphs[:0]
	for _, g := range glyphs {
		if n := len(out); n > 0 && out[n-1].text == g.text && g.x-out[n-1].x < 0.12*max(g.size, 4) {
			continue
		}
		out = append(out, g)
	}
	return out
}

// joined is the text of a row: a gap that is wide enough is a blank.
func joined(glyphs []glyph) string {
	var b strings.Builder
	end, first := 0.0, true
	for _, g := range glyphs {
		if !first && g.x-end > 2*g.size {
			b.WriteString("   ") // columns, such as those of a head
		} else if !first && g.x-end > 0.2*g.size && !strings.HasSuffix(b.String(), " ") && !strings.HasPrefix(g.text, " ") {
			b.WriteByte(' ')
		}
		b.WriteString(g.text)
		end, first = g.x+g.w, false
	}
	return b.String()
}

// utf16String decodes big-endian UTF-16.
func utf16String(b string) string {
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(units))
}
