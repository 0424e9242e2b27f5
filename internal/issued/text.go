package issued

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// readText reads plain text and Markdown: a paragraph a line.
func readText(content []byte, kind Format, out *lines) error {
	text, err := decodeText(content, out)
	if err != nil {
		return err
	}
	m := markdown{on: kind == Markdown}
	for i := 0; text != ""; i++ {
		if out.full() {
			return nil
		}
		var line string
		line, text = nextLine(text)
		if line == "" {
			m.in = false
			continue
		}
		out.number = i
		if cells := m.row(line, out); cells != nil {
			out.row(cells, m.table)
			continue
		}
		if m.rule(line) {
			continue
		}
		out.at(i+1, m.plain(line))
	}
	return nil
}

// nextLine cuts the first line off; lines end as Unix, Windows or an old Macintosh had it.
func nextLine(text string) (line, rest string) {
	end := strings.IndexAny(text, "\r\n")
	if end < 0 {
		return text, ""
	}
	line, rest = text[:end], text[end+1:]
	if text[end] == '\r' {
		rest = strings.TrimPrefix(rest, "\n")
	}
	return line, rest
}

// decodeText makes Unicode of the bytes: UTF-8, UTF-16 with its mark, else a Vietnamese encoding of one byte.
func decodeText(content []byte, out *lines) (string, error) {
	switch {
	case bytes.HasPrefix(content, []byte("\xff\xfe")), bytes.HasPrefix(content, []byte("\xfe\xff")):
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(content)
		if err != nil {
			return "", damaged(Text)
		}
		return string(text), nil
	case bytes.IndexByte(content, 0) >= 0:
		return "", unknown()
	}
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	if utf8.Valid(content) {
		return string(content), nil
	}
	// Bytes of TCVN3 and VNI are those of Latin-1 as a program of that time showed them.
	latin, err := charmap.Windows1252.NewDecoder().Bytes(content)
	if err != nil {
		return "", unknown()
	}
	if probe := []Line{{Text: string(latin)}}; recognise(probe) != nil {
		return string(latin), nil
	}
	viet, err := charmap.Windows1258.NewDecoder().Bytes(content)
	if err != nil || !vietnamese(string(viet)) {
		return "", refuse("encoding", "Không nhận ra bảng mã của tệp. Mở tệp, lưu lại bằng UTF-8 (Unicode) rồi thử lại.", "The encoding of the file is not known. Open it, save it as UTF-8 (Unicode) and try again.")
	}
	out.remark(RemarkEncoding, 0, "windows-1258")
	return string(viet), nil
}

// markdown takes the marks of Markdown away, where it is on.
type markdown struct {
	on    bool
	table int
	in    bool
}

var (
	tableRule = regexp.MustCompile(`^\s*\|?[\s:|-]*-[\s:|-]*\|?\s*$`)
	drawn     = regexp.MustCompile(`^\s{0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$`)
	heading   = regexp.MustCompile(`^\s{0,3}#{1,6}\s+`)
	quote     = regexp.MustCompile(`^\s{0,3}>\s?`)
	emphasis  = regexp.MustCompile(`(\*\*\*|\*\*|__|~~)(\S(?:.*?\S)?)(\*\*\*|\*\*|__|~~)`)
	italics   = regexp.MustCompile(`(^|[\s(“"])[*_](\S(?:[^*_]*\S)?)[*_]([\s).,;:”"]|$)`)
	link      = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
	escaped   = regexp.MustCompile("\\\\([\\\\`*_{}\\[\\]()#+\\-.!|>~])")
	bullet    = regexp.MustCompile(`^(\s*)[*+]\s+`)
)

// row are the cells of a row of a table; nil for other lines.
func (m *markdown) row(line string, out *lines) []string {
	trimmed := strings.TrimSpace(line)
	if !m.on || !strings.HasPrefix(trimmed, "|") || tableRule.MatchString(line) {
		if m.in = m.in && tableRule.MatchString(line); !m.in {
			return nil
		}
		return nil
	}
	if !m.in {
		m.in, m.table = true, out.table()
	}
	trimmed = strings.TrimSuffix(strings.TrimPrefix(trimmed, "|"), "|")
	var cells []string
	for _, cell := range strings.SplitN(strings.ReplaceAll(trimmed, `\|`, "\x00"), "|", maxCells) {
		cells = append(cells, strings.ReplaceAll(m.plain(strings.ReplaceAll(cell, "\x00", "|")), "<br>", "\n"))
	}
	return cells
}

// rule reports whether a line is only drawn.
func (m *markdown) rule(line string) bool {
	return m.on && (strings.Contains(line, "-") && tableRule.MatchString(line) || drawn.MatchString(line))
}

func (m *markdown) plain(line string) string {
	if !m.on {
		return line
	}
	line = quote.ReplaceAllString(heading.ReplaceAllString(line, ""), "")
	line = bullet.ReplaceAllString(line, "$1- ")
	line = link.ReplaceAllString(line, "$1")
	line = emphasis.ReplaceAllString(line, "$2")
	line = italics.ReplaceAllString(line, "$1$2$3")
	return escaped.ReplaceAllString(line, "$1")
}
