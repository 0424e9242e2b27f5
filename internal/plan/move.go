package plan

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

// YearsToContain returns by how many years a plan must be moved so that its
// validity contains the day: a multiple of the validity's length in whole years
// (a started year counts), 0 where it contains the day already.
func YearsToContain(p *Plan, day calendar.Date) int {
	length := 1
	for p.ValidFrom.AddYears(length).Compare(p.ValidTo) <= 0 {
		length++
	}
	years := 0
	for day.Before(p.ValidFrom.AddYears(years)) {
		years -= length
	}
	for day.After(p.ValidTo.AddYears(years)) && !day.Before(p.ValidFrom.AddYears(years+length)) {
		years += length
	}
	return years
}

// Move carries a plan file by whole years and leaves the rest of its text,
// comments included, as it is. Moved are the validity, the dates on which duties
// open and are due, dates set for single periods with the periods' keys, the due
// dates of targets, and the plan's span of years wherever its text names it ("giai đoạn 2016 - 2020"). Dates and numbers of other
// documents stay. Faults (Invalid): text that is no plan file, and years that
// lead out of the calendar. Comments are not looked into.
func Move(source []byte, years int) ([]byte, error) {
	r := &reader{name: "plan", bad: map[*yaml.Node]bool{}}
	root := r.load(source)
	if root == nil || root.Kind != yaml.MappingNode {
		return nil, fault.New(fault.Invalid, "plan.move", "không chuyển được: %[1]s", "cannot be moved: %[1]s", firstProblem(r.problems))
	}
	v := view{r, root, ""}
	from, to := v.date("valid_from"), v.date("valid_to")
	if from.IsZero() || to.IsZero() {
		return nil, fault.New(fault.Invalid, "plan.move", "không chuyển được: thiếu valid_from hoặc valid_to", "cannot be moved: valid_from or valid_to is missing")
	}
	if first, last := from.Year+years, to.Year+years; first < 1900 || last > 2200 {
		return nil, fault.New(fault.Invalid, "plan.move", "không chuyển được đến %d - %d", "cannot be moved to %d - %d", first, last)
	}
	m := &mover{years: years, from: from.Year, to: to.Year, lines: lineStarts(source), source: source}
	m.span = regexp.MustCompile(fmt.Sprintf(`\b%d(\s*[-–—]\s*|\s+đến\s+(?:năm\s+)?)%d\b`, m.from, m.to))
	m.walk(root, nil, "")
	return m.apply(), nil
}

func firstProblem(ps Problems) string {
	if len(ps) == 0 {
		return "plan:1:1"
	}
	return ps[0].String()
}

// mover collects the places of a file that change.
type mover struct {
	years, from, to int
	span            *regexp.Regexp
	source          []byte
	lines           []int // byte offset of each line
	edits           []edit
}

type edit struct {
	at, end int
	text    string
}

// unmoved are keys whose values name other documents, files or identities.
var unmoved = []string{"legal_bases", "code", "source", "text_file", "units", "agencies", "issued_on", "number", "basis", "reporting_basis", "implements", "renamed_from"}

// walk visits the values; key is the mapping key that leads to the node, path the
// keys down to it.
func (m *mover) walk(n *yaml.Node, key *yaml.Node, path string) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if slices.Contains(unmoved, n.Content[i].Value) {
				continue
			}
			if strings.HasPrefix(path, "/duties/") && strings.HasSuffix(path, "/due_dates") || strings.HasPrefix(path, "/targets/") && strings.HasSuffix(path, "/by_year") {
				m.periodKey(m.extent(n.Content[i], nil))
			}
			m.walk(n.Content[i+1], n.Content[i], path+"/"+n.Content[i].Value)
		}
	case yaml.SequenceNode:
		for _, c := range n.Content {
			m.walk(c, key, path)
		}
	case yaml.ScalarNode:
		start, end := m.extent(n, key)
		if movedDate(path) {
			m.date(start, end)
			return
		}
		m.spans(start, end)
	}
}

// movedDate reports whether a path leads to a date of the plan itself.
func movedDate(path string) bool {
	top, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	last := rest[strings.LastIndexByte(rest, '/')+1:]
	switch top {
	case "valid_from", "valid_to":
		return rest == ""
	case "duties":
		return last == "opens_on" || last == "due_on" || strings.Contains(rest, "due_dates/")
	case "targets":
		return last == "due"
	}
	return false
}

var dateText = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}`)

func (m *mover) date(start, end int) {
	loc := dateText.FindIndex(m.source[start:end])
	if loc == nil {
		return
	}
	d, err := calendar.ParseDate(string(m.source[start+loc[0] : start+loc[1]]))
	if err == nil {
		m.edits = append(m.edits, edit{start + loc[0], start + loc[1], d.AddYears(m.years).String()})
	}
}

var yearText = regexp.MustCompile(`[0-9]{4}`)

// periodKey moves the key of a period: its day where it names one, else its year.
// A week 53 that the other year lacks is left to the check of the moved file.
func (m *mover) periodKey(start, end int) {
	if dateText.Match(m.source[start:end]) {
		m.date(start, end)
		return
	}
	loc := yearText.FindIndex(m.source[start:end])
	if loc == nil {
		return
	}
	if year, err := strconv.Atoi(string(m.source[start+loc[0] : start+loc[1]])); err == nil {
		m.edits = append(m.edits, edit{start + loc[0], start + loc[1], fmt.Sprintf("%04d", year+m.years)})
	}
}

// spans moves the plan's span of years. A folded text may break inside of it.
func (m *mover) spans(start, end int) {
	for _, loc := range m.span.FindAllIndex(m.source[start:end], -1) {
		a, b := start+loc[0], start+loc[1]
		m.edits = append(m.edits,
			edit{a, a + 4, strconv.Itoa(m.from + m.years)},
			edit{b - 4, b, strconv.Itoa(m.to + m.years)})
	}
}

// extent returns the bytes that a scalar takes in the source, without what
// follows it on its line. The parser tells only where it begins.
func (m *mover) extent(n, key *yaml.Node) (start, end int) {
	start = m.offset(n.Line, n.Column)
	rest := m.source[start:]
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return start, start + quoted(rest, '"', '\\')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return start, start + quoted(rest, '\'', '\'')
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		if n.Line >= len(m.lines) {
			return start, start
		}
		return m.lines[n.Line], m.indented(n.Line, key)
	}
	// A plain text of one line has its own length; one of several ends before
	// a comment or before the first line that is not indented deeper than its key.
	if bytes.HasPrefix(rest, []byte(n.Value)) {
		return start, start + len(n.Value)
	}
	return start, m.indented(n.Line, key)
}

// quoted returns the length of a quoted scalar that begins the text; escape makes
// the next character part of it.
func quoted(text []byte, quote, escape byte) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == escape && i+1 < len(text) && (escape != quote || text[i+1] == quote):
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return len(text)
}

// indented returns the end of the run of lines after the given one that are
// blank or indented deeper than the key.
func (m *mover) indented(line int, key *yaml.Node) int {
	deeper := 1
	if key != nil {
		deeper = key.Column
	}
	for i := line; i < len(m.lines); i++ {
		row := m.source[m.lines[i]:m.lineEnd(i)]
		indent := len(row) - len(bytes.TrimLeft(row, " "))
		if len(bytes.TrimSpace(row)) > 0 && indent < deeper {
			return m.lines[i]
		}
	}
	return len(m.source)
}

func (m *mover) lineEnd(i int) int {
	if i+1 < len(m.lines) {
		return m.lines[i+1]
	}
	return len(m.source)
}

// offset turns a position in characters into one in bytes.
func (m *mover) offset(line, column int) int {
	if line < 1 || line > len(m.lines) {
		return len(m.source)
	}
	at := m.lines[line-1]
	row := string(m.source[at:m.lineEnd(line-1)])
	skipped := 0
	for i := range row {
		if skipped == column-1 {
			return at + i
		}
		skipped++
	}
	return at + len(row)
}

func lineStarts(source []byte) []int {
	starts := []int{0}
	for i, c := range source {
		if c == '\n' && i+1 < len(source) {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func (m *mover) apply() []byte {
	slices.SortFunc(m.edits, func(a, b edit) int { return a.at - b.at })
	var out bytes.Buffer
	done := 0
	for _, e := range m.edits {
		if e.at < done {
			continue
		}
		out.Write(m.source[done:e.at])
		out.WriteString(e.text)
		done = e.end
	}
	out.Write(m.source[done:])
	return out.Bytes()
}
