package plan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"dondoc/internal/plaintext"
)

// MaxSize is the size in bytes above which a plan file or unit list is refused.
const MaxSize = 5 << 20

// place is a position in a file that was read.
type place struct {
	file         string
	line, column int
}

func (r *reader) at(n *yaml.Node) place {
	if n == nil {
		return place{r.name, 1, 1}
	}
	return place{r.name, max(n.Line, 1), max(n.Column, 1)}
}

// fail records an error at a node; vi and en are formats for the same args in the same order.
func (r *reader) fail(n *yaml.Node, path, code, vi, en string, args ...any) {
	r.report(SeverityError, r.at(n), path, code, vi, en, args...)
}

// warn records what deserves a look but keeps nothing from being loaded.
func (r *reader) warn(n *yaml.Node, path, code, vi, en string, args ...any) {
	r.report(SeverityWarning, r.at(n), path, code, vi, en, args...)
}

func (r *reader) report(s Severity, p place, path, code, vi, en string, args ...any) {
	if len(args) > 0 {
		vi, en = fmt.Sprintf(vi, args...), fmt.Sprintf(en, args...)
	}
	r.problems = append(r.problems, Problem{
		File: p.file, Line: p.line, Column: p.column, Field: path,
		Severity: s, Code: code, VI: vi, EN: en,
	})
}

// load parses the source into one mapping node, or records why that cannot be.
func (r *reader) load(source []byte) *yaml.Node {
	if len(source) > MaxSize {
		r.fail(nil, "", "file.size", "tệp lớn hơn %d MB; hãy chia nhỏ hoặc bỏ bớt nội dung không thuộc kế hoạch", "the file is larger than %d MB; leave out what does not belong to the plan", MaxSize>>20)
		return nil
	}
	if line, column := invalidUTF8(source); line > 0 {
		r.report(SeverityError, place{r.name, line, column}, "", "file.encoding",
			"ký tự không hợp lệ: hãy lưu tệp bằng bảng mã UTF-8", "invalid character: save the file as UTF-8")
		return nil
	}
	// YAML ends a line with it, so that no value shows it.
	if before, _, found := strings.Cut(string(source), "\u0085"); found {
		lines := strings.Split(before, "\n")
		r.report(SeverityError, place{r.name, len(lines), utf8.RuneCountInString(lines[len(lines)-1]) + 1}, "", "text.control",
			"ký tự điều khiển (mã U+0085) không được phép; hãy xóa ký tự ấy", "a control character (code U+0085) is not allowed; delete it")
		return nil
	}
	root, err := parseYAML(source)
	if err != nil {
		r.syntax(err, source)
		return nil
	}
	if root == nil || len(root.Content) == 0 || root.Content[0].Tag == "!!null" {
		r.fail(nil, "", "file.empty", "tệp không có nội dung; xem examples/giao-nhiem-vu.yaml để bắt đầu", "the file is empty; start from examples/giao-nhiem-vu.yaml")
		return nil
	}
	if !r.anchorFree(root) {
		return nil
	}
	return root.Content[0]
}

// culprit returns the line at which a text stops being YAML. For faults of
// structure the parser names the line where the enclosing list or mapping begins,
// which may be hundreds of lines up; the fault is on the line after the longest
// beginning that can be parsed. A cut inside a list in brackets cannot be parsed
// either, hence the look ahead.
func culprit(rows []string, named int) int {
	const mostBytes, ahead, rounds = 256 << 10, 40, 8
	total := 0
	for _, row := range rows {
		total += len(row)
	}
	if total > mostBytes {
		return named
	}
	sound := func(n int) bool {
		_, err := parseYAML([]byte(strings.Join(rows[:n], "")))
		return err == nil
	}
	good := 0
	for range rounds {
		low, high := good, len(rows)
		for high-low > 1 {
			if middle := (low + high) / 2; sound(middle) {
				low = middle
			} else {
				high = middle
			}
		}
		good = low
		further := 0
		for n := low + 1; n < min(low+ahead, len(rows)) && further == 0; n++ {
			if sound(n) {
				further = n
			}
		}
		if further == 0 {
			break
		}
		good = further
	}
	return good + 1
}

// errSecond says that the stream holds more than one document.
var errSecond = errors.New("more than one document")

// parseYAML returns the document node, nil for an empty stream. The parser has
// been seen to panic on hostile input; that is a syntax error to our callers.
func parseYAML(source []byte) (root *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			root, err = nil, fmt.Errorf("the text is not YAML: %v", p)
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(source))
	root = new(yaml.Node)
	if err := decoder.Decode(root); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if err := decoder.Decode(new(yaml.Node)); err == nil {
		return nil, errSecond
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return root, nil
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?s:(.*))$`)

// syntax turns the parser's error into a problem with a position and a hint.
func (r *reader) syntax(err error, source []byte) {
	if errors.Is(err, errSecond) {
		r.fail(nil, "", "yaml.documents", "tệp có nhiều hơn một tài liệu YAML (dòng ---); mỗi kế hoạch là một tệp", "the file holds more than one YAML document (a --- line); write one plan per file")
		return
	}
	line, what := 1, err.Error()
	if m := yamlLine.FindStringSubmatch(what); m != nil {
		what = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	rows := strings.SplitAfter(string(source), "\n")
	if strings.HasPrefix(what, "did not find expected") || strings.Contains(what, "tab character") {
		line = culprit(rows, line)
	}
	line = min(max(line, 1), len(rows))
	row := strings.TrimRight(rows[line-1], "\r\n")
	column := utf8.RuneCountInString(row) - utf8.RuneCountInString(strings.TrimLeft(row, " \t")) + 1
	hintVI, hintEN := "xem lại thụt đầu dòng, dấu hai chấm, dấu ngoặc kép ở dòng này và dòng trước", "look at indentation, colons and quotes on this line and the one before"
	switch {
	case strings.Contains(what, "cannot start any token") && strings.Contains(row, "@"):
		hintVI, hintEN = "đặt mã nhóm trong ngoặc kép: \"@huyen\"", "put the group's code in quotes: \"@huyen\""
		column = utf8.RuneCountInString(row[:strings.Index(row, "@")]) + 1
	case strings.Contains(row, "\t"):
		hintVI, hintEN = "dùng dấu cách để thụt đầu dòng, không dùng phím Tab", "indent with blanks, not with tabs"
	case strings.Contains(what, "mapping values are not allowed"):
		hintVI, hintEN = "nếu trong câu có dấu hai chấm, đặt cả câu trong ngoặc kép", "if the sentence holds a colon, put the whole of it in quotes"
	}
	r.report(SeverityError, place{r.name, line, column}, "", "yaml.syntax",
		"không đọc được YAML (%[1]s): %[2]s", "this is not YAML (%[1]s): %[3]s", what, hintVI, hintEN)
}

// anchorFree refuses anchors and aliases: a plan needs none, and a few lines of
// them can unfold into gigabytes.
func (r *reader) anchorFree(root *yaml.Node) bool {
	clean := true
	stack := []*yaml.Node{root}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if n.Anchor != "" || n.Kind == yaml.AliasNode {
			clean = false
			r.fail(n, "", "yaml.anchor", "không dùng neo (&) và tham chiếu (*) của YAML; hãy viết lại giá trị, hoặc đặt trong ngoặc kép nếu là chữ", "YAML anchors (&) and aliases (*) are not used here; write the value again, or quote it if it is text")
		}
		// Values are looked at one by one; people review the comments too.
		if at, found := plaintext.Deceptive(n.HeadComment + "\n" + n.LineComment + "\n" + n.FootComment); found {
			clean = false
			r.fail(n, "", "text.control", "ký tự điều khiển (mã %U) không được phép; hãy xóa ký tự ấy", "a control character (code %U) is not allowed; delete it", at.Rune)
		}
		stack = append(stack, n.Content...)
	}
	return clean
}

// plain refuses a list of units with characters that nobody sees or that turn
// the direction of writing.
func (r *reader) plain(file string, source []byte) bool {
	at, found := plaintext.Deceptive(string(source))
	if found {
		r.report(SeverityError, place{file, at.Line, at.Column}, "", "text.control",
			"ký tự điều khiển (mã %U) không được phép; hãy xóa ký tự ấy", "a control character (code %U) is not allowed; delete it", at.Rune)
	}
	return !found
}

// invalidUTF8 returns the position of the first invalid byte, or 0, 0.
func invalidUTF8(source []byte) (line, column int) {
	if utf8.Valid(source) {
		return 0, 0
	}
	line, column = 1, 1
	for len(source) > 0 {
		c, size := utf8.DecodeRune(source)
		if c == utf8.RuneError && size == 1 {
			break
		}
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
		source = source[size:]
	}
	return line, column
}
