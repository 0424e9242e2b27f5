package pdf

import (
	"strings"

	"dondoc/internal/paper"
)

const millimetres = 25.4 / 72 // of a point

// word is a piece of text of one look without a place to break.
type word struct {
	text  string
	style string
	width float64
	// glued: no space parts it from the one before.
	glued bool
}

// setLine is a line that was filled.
type setLine struct {
	words  []word
	size   float64
	height float64
	align  paper.Align
	indent float64 // from the left
	last   bool    // of its paragraph: not stretched
}

// set is a paragraph broken into lines; heights are in millimetres.
type set struct {
	lines         []setLine
	before, after float64
	rule          float64
}

func (s set) height() float64 {
	height := s.before + s.after + s.rule
	for _, l := range s.lines {
		height += l.height
	}
	return height
}

func styleOf(r paper.Run) string {
	style := ""
	if r.Bold {
		style += "B"
	}
	if r.Italic {
		style += "I"
	}
	return style
}

// drawable puts an empty square for characters beyond the basic plane, of which the
// library knows nothing.
func drawable(text string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xffff {
			return '□'
		}
		return r
	}, text)
}

// words splits runs at their spaces and measures the pieces.
func (p *printer) words(one paper.Paragraph) []word {
	var words []word
	glued := false
	for _, r := range one.Runs {
		style := styleOf(r)
		p.SetFont(family, style, one.Points())
		for i, piece := range strings.Split(drawable(r.Text), " ") {
			if i > 0 {
				glued = false
			}
			if piece == "" {
				continue
			}
			words = append(words, word{piece, style, p.GetStringWidth(piece), glued})
			glued = true
		}
	}
	return words
}

func (p *printer) set(one paper.Paragraph, width float64) set {
	size := one.Points()
	height := size * paper.LineSpacing * millimetres
	s := set{before: one.Before * millimetres, after: one.After * millimetres}
	if one.Rule > 0 {
		s.rule = ruleRoom
	}
	line := setLine{size: size, height: height, align: one.Align, indent: one.Indent + one.First}
	used := 0.0
	end := func() {
		s.lines = append(s.lines, line)
		line = setLine{size: size, height: height, align: one.Align, indent: one.Indent}
		used = 0
	}
	words := p.words(one)
	for len(words) > 0 {
		group := 1 // words that are not parted by a space stay in one line
		for group < len(words) && words[group].glued {
			group++
		}
		wide, space := 0.0, 0.0
		for _, w := range words[:group] {
			wide += w.width
		}
		if len(line.words) > 0 {
			space = p.space(words[0].style, size)
		}
		room := width - line.indent
		switch {
		case used+space+wide <= room+tolerance:
			line.words = append(line.words, words[:group]...)
			used += space + wide
			words = words[group:]
		case len(line.words) > 0:
			end()
		default: // longer than a whole line: broken where it must be
			fits, rest := p.broken(words[0], size, room)
			line.words = append(line.words, fits)
			words[0] = rest
			if rest.text == "" {
				words = words[1:]
			}
			end()
		}
	}
	line.last = true
	if len(line.words) > 0 || len(s.lines) == 0 {
		s.lines = append(s.lines, line)
	}
	s.lines[len(s.lines)-1].last = true
	return s
}

// broken parts a word where the line ends, after one letter at least.
func (p *printer) broken(w word, size, room float64) (fits, rest word) {
	p.SetFont(family, w.style, size)
	letters := []rune(w.text)
	n, used := 1, p.GetStringWidth(string(letters[:1]))
	for n < len(letters) {
		next := p.GetStringWidth(string(letters[n : n+1]))
		if used+next > room {
			break
		}
		used += next
		n++
	}
	return word{string(letters[:n]), w.style, used, w.glued}, word{string(letters[n:]), w.style, max(w.width-used, 0), true}
}

func (p *printer) space(style string, size float64) float64 {
	p.SetFont(family, style, size)
	return p.GetStringWidth(" ")
}

// setLine is a paragraph that is one line.
func (p *printer) setLine(one paper.Paragraph) setLine {
	return p.set(one, paper.PageHeight).lines[0]
}

// draw writes a line whose top is at y. Each word carries the space behind it, so
// that a selection reads as a text.
func (p *printer) draw(l setLine, x, width, y float64) {
	natural, gaps := 0.0, 0
	for i, w := range l.words {
		if i > 0 && !w.glued {
			natural += p.space(w.style, l.size)
			gaps++
		}
		natural += w.width
	}
	free := width - l.indent - natural
	x += l.indent
	stretch := 0.0
	switch {
	case l.align == paper.Centred:
		x += free / 2
	case l.align == paper.Right:
		x += free
	case l.align == paper.Justified && !l.last && gaps > 0:
		stretch = free / float64(gaps)
	}
	// The letters stand on a line at four fifths of the height.
	base := y + l.height*0.79
	for i, w := range l.words {
		if i > 0 && !w.glued {
			x += p.space(w.style, l.size) + stretch
		}
		p.SetFont(family, w.style, l.size)
		text := w.text
		if i < len(l.words)-1 && !l.words[i+1].glued {
			text += " "
		}
		p.Text(x, base, text)
		x += w.width
	}
}
