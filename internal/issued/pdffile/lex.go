package pdffile

import (
	"bytes"
	"strconv"
)

// The objects of a file: nil, bool, int64, float64, String, Name, Array, *Dict, *stream, ref; and words of the syntax.
type (
	text  string
	name  string
	word  string
	array []any
	dict  struct{ in map[string]any }
	ref   struct{ id, generation int }
)

// end is what follows the last byte.
const end = word("")

// lexer reads objects one after another. It never goes back.
type lexer struct {
	b  []byte
	at int
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func (l *lexer) skipBlanks() {
	for l.at < len(l.b) {
		switch c := l.b[l.at]; {
		case isSpace(c):
			l.at++
		case c == '%':
			n := bytes.IndexAny(l.b[l.at:], "\r\n")
			if n < 0 {
				l.at = len(l.b)
				return
			}
			l.at += n
		default:
			return
		}
	}
}

// object reads the next object or word; what is damaged is left out.
func (l *lexer) object(depth int) any {
	l.skipBlanks()
	if l.at >= len(l.b) {
		return end
	}
	switch c := l.b[l.at]; c {
	case '(':
		return l.literal()
	case '/':
		return l.name()
	case '[':
		l.at++
		return array(l.items("]", depth+1))
	case '<':
		if l.at+1 < len(l.b) && l.b[l.at+1] == '<' {
			l.at += 2
			return pairs(l.items(">>", depth+1))
		}
		return l.hex()
	case '>':
		l.at++
		if l.at < len(l.b) && l.b[l.at] == '>' {
			l.at++
		}
		return word(">>")
	case ']', '{', '}', ')':
		l.at++
		return word(c)
	}
	return l.plain()
}

// items reads up to what closes them. References are three tokens, of which the last says so.
func (l *lexer) items(closing word, depth int) []any {
	var out []any
	if depth > maxNested {
		l.at = len(l.b)
		return nil
	}
	for {
		one := l.object(depth)
		w, is := one.(word)
		switch {
		case !is:
			out = append(out, one)
		case w == closing, w == end:
			return out
		case w == "R" && len(out) >= 2:
			id, ok1 := out[len(out)-2].(int64)
			generation, ok2 := out[len(out)-1].(int64)
			if ok1 && ok2 {
				out = append(out[:len(out)-2], ref{int(id), int(generation)})
			}
		case w == "null":
			out = append(out, nil)
		case w == "endobj", w == "stream", w == "endstream":
			// It was never closed.
			l.at -= len(w)
			return out
		}
	}
}

func pairs(items []any) *dict {
	d := &dict{in: make(map[string]any, len(items)/2)}
	for i := 0; i+1 < len(items); i++ {
		if key, ok := items[i].(name); ok {
			d.in[string(key)] = items[i+1]
			i++
		}
	}
	return d
}

// plain reads numbers and words.
func (l *lexer) plain() any {
	start := l.at
	for l.at < len(l.b) && !isSpace(l.b[l.at]) && !isDelimiter(l.b[l.at]) {
		l.at++
	}
	token := l.b[start:l.at]
	if c := token[0]; c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9' {
		if n, ok := integer(token); ok {
			return n
		}
		if f, err := strconv.ParseFloat(string(token), 64); err == nil && len(token) < 64 {
			return f
		}
	}
	switch s := string(token); s {
	case "true":
		return true
	case "false":
		return false
	default:
		return word(s)
	}
}

func integer(token []byte) (int64, bool) {
	n, sign, i := int64(0), int64(1), 0
	if token[0] == '-' || token[0] == '+' {
		if i = 1; token[0] == '-' {
			sign = -1
		}
	}
	if i == len(token) || len(token) > 18 {
		return 0, false
	}
	for ; i < len(token); i++ {
		if token[i] < '0' || token[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(token[i]-'0')
	}
	return sign * n, true
}

func (l *lexer) name() any {
	l.at++
	start := l.at
	for l.at < len(l.b) && !isSpace(l.b[l.at]) && !isDelimiter(l.b[l.at]) {
		l.at++
	}
	raw := l.b[start:l.at]
	if bytes.IndexByte(raw, '#') < 0 {
		return name(raw)
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) && digit(raw[i+1]) >= 0 && digit(raw[i+2]) >= 0 {
			out = append(out, byte(digit(raw[i+1])<<4|digit(raw[i+2])))
			i += 2
			continue
		}
		out = append(out, raw[i])
	}
	return name(out)
}

func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (l *lexer) hex() any {
	l.at++
	var out []byte
	half := -1
	for l.at < len(l.b) {
		c := l.b[l.at]
		l.at++
		if c == '>' {
			break
		}
		d := digit(c)
		switch {
		case d < 0:
		case half < 0:
			half = d
		default:
			out, half = append(out, byte(half<<4|d)), -1
		}
	}
	if half >= 0 {
		out = append(out, byte(half<<4))
	}
	return text(out)
}

func (l *lexer) literal() any {
	l.at++
	var out []byte
	for depth := 1; l.at < len(l.b); l.at++ {
		c := l.b[l.at]
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				l.at++
				return text(out)
			}
		case '\\':
			out = l.escape(out)
			continue
		}
		out = append(out, c)
	}
	return text(out)
}

// escape reads what follows a backslash and leaves the place at its last byte.
func (l *lexer) escape(out []byte) []byte {
	if l.at+1 >= len(l.b) {
		return out
	}
	l.at++
	c := l.b[l.at]
	switch c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case '\n':
		return out
	case '\r':
		if l.at+1 < len(l.b) && l.b[l.at+1] == '\n' {
			l.at++
		}
		return out
	}
	if c < '0' || c > '7' {
		return append(out, c)
	}
	n := int(c - '0')
	for i := 0; i < 2 && l.at+1 < len(l.b) && l.b[l.at+1] >= '0' && l.b[l.at+1] <= '7'; i++ {
		l.at++
		n = n<<3 | int(l.b[l.at]-'0')
	}
	return append(out, byte(n))
}
