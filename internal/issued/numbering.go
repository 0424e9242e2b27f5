package issued

import (
	"regexp"
	"strconv"
	"strings"
)

// numbering knows the lists of a .docx and counts them.
type numbering struct {
	levels map[string]map[int]numberLevel // by the list's number, then by level
	styles map[string]listPlace           // of paragraph styles
	counts map[string][]int
	bases  map[string]string // the abstract list of a list: lists that share it count on
}

type numberLevel struct {
	format, text string
	start        int
}

type listPlace struct {
	list  string
	level int
	based string
}

// load reads the definitions of lists and the styles that use them.
func (n *numbering) load(files archive) error {
	n.levels, n.styles, n.counts, n.bases = map[string]map[int]numberLevel{}, map[string]listPlace{}, map[string][]int{}, map[string]string{}
	defined, err := files.tree("word/numbering.xml")
	if err != nil {
		return err
	}
	n.define(defined.child("numbering"))
	styled, err := files.tree("word/styles.xml")
	if err != nil {
		return err
	}
	styles := styled.child("styles")
	if styles == nil {
		return nil
	}
	for _, s := range styles.in {
		if s.name != "style" {
			continue
		}
		place := listPlace{based: s.child("basedOn").attr("val")}
		if num := s.child("pPr", "numPr"); num != nil {
			place.list, place.level = num.child("numId").attr("val"), atoi(num.child("ilvl").attr("val"))
		}
		n.styles[s.attr("styleId")] = place
	}
	return nil
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func (n *numbering) define(root *element) {
	if root == nil {
		return
	}
	abstract := map[string]map[int]numberLevel{}
	for _, e := range root.in {
		switch e.name {
		case "abstractNum":
			abstract[e.attr("abstractNumId")] = levelsOf(e)
		case "num":
			id, base := e.attr("numId"), e.child("abstractNumId").attr("val")
			levels := map[int]numberLevel{}
			for i, l := range abstract[base] {
				levels[i] = l
			}
			own := false
			for _, o := range e.in {
				if o.name != "lvlOverride" {
					continue
				}
				own = true
				i := atoi(o.attr("ilvl"))
				if full := o.child("lvl"); full != nil {
					levels[i] = levelOf(full)
				}
				if start := o.child("startOverride"); start != nil {
					l := levels[i]
					l.start = atoi(start.attr("val"))
					levels[i] = l
				}
			}
			n.levels[id] = levels
			if n.bases[id] = "a" + base; own {
				n.bases[id] = "n" + id
			}
		}
	}
}

func levelsOf(e *element) map[int]numberLevel {
	levels := map[int]numberLevel{}
	for _, l := range e.in {
		if l.name == "lvl" {
			levels[atoi(l.attr("ilvl"))] = levelOf(l)
		}
	}
	return levels
}

func levelOf(l *element) numberLevel {
	level := numberLevel{format: l.child("numFmt").attr("val"), text: l.child("lvlText").attr("val"), start: 1}
	if len(level.text) > maxLabel {
		level.text = "" // no label that anybody wrote
	}
	if start := l.child("start"); start != nil {
		level.start = atoi(start.attr("val"))
	}
	return level
}

// maxLabel is how long a label may be, in bytes: "Điều %1." has 11.
const maxLabel = 200

// deepest is more levels than Word has.
const deepestLevel = 9

// label counts a paragraph and answers what Word shows before it; empty: nothing.
func (n *numbering) label(properties *element) string {
	place, ok := n.place(properties)
	if !ok || place.list == "0" || place.level < 0 || place.level >= deepestLevel {
		return ""
	}
	levels, known := n.levels[place.list]
	level, has := levels[place.level]
	if !known || !has {
		return ""
	}
	if level.format == "bullet" {
		return "-"
	}
	base := n.bases[place.list]
	counts := n.counts[base]
	if counts == nil {
		counts = make([]int, deepestLevel)
		for i := range counts {
			counts[i] = -1
		}
		n.counts[base] = counts
	}
	if counts[place.level] < 0 {
		counts[place.level] = level.start
	} else {
		counts[place.level]++
	}
	for i := place.level + 1; i < deepestLevel; i++ {
		counts[i] = -1
	}
	if level.format == "none" {
		return strings.TrimSpace(placeholders.ReplaceAllString(level.text, ""))
	}
	return placeholders.ReplaceAllStringFunc(level.text, func(p string) string {
		i := int(p[1] - '1')
		if i < 0 || i >= deepestLevel {
			return ""
		}
		value := counts[i]
		if value < 0 {
			value = levels[i].start
		}
		return numeral(value, levels[i].format)
	})
}

var placeholders = regexp.MustCompile(`%[1-9]`)

// place is the list of a paragraph: its own, else its style's.
func (n *numbering) place(properties *element) (listPlace, bool) {
	if properties == nil {
		return listPlace{}, false
	}
	if num := properties.child("numPr"); num != nil {
		return listPlace{list: num.child("numId").attr("val"), level: atoi(num.child("ilvl").attr("val"))}, true
	}
	style := properties.child("pStyle").attr("val")
	for range maxDepth {
		s, ok := n.styles[style]
		if !ok {
			return listPlace{}, false
		}
		if s.list != "" {
			return s, true
		}
		style = s.based
	}
	return listPlace{}, false
}

// letters are those that Word counts with.
func numeral(n int, format string) string {
	switch format {
	case "lowerLetter", "upperLetter", "a", "A":
		if n < 1 {
			return strconv.Itoa(n)
		}
		s := strings.Repeat(string(rune('a'+(n-1)%26)), min((n-1)/26+1, 8))
		if format == "upperLetter" || format == "A" {
			s = strings.ToUpper(s)
		}
		return s
	case "lowerRoman", "i":
		return strings.ToLower(romanOf(n))
	case "upperRoman", "I":
		return romanOf(n)
	case "decimalZero":
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
	}
	return strconv.Itoa(n)
}

func romanOf(n int) string {
	if n < 1 || n > 3999 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, r := range []struct {
		value int
		sign  string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for n >= r.value {
			b.WriteString(r.sign)
			n -= r.value
		}
	}
	return b.String()
}
