package pdffile

import "bytes"

// maxOperands is how many operands an operator may have.
const maxOperands = 64

// Interpret calls do for every operator of a page's or form's content. It ends early where the file's bounds or its
// context end.
func (f *File) Interpret(content Value, do func(args []Value, op string)) {
	b := content.Bytes()
	if content.Kind() == Array {
		var all [][]byte
		for i := range min(content.Len(), 10_000) {
			all = append(all, content.Index(i).Bytes())
		}
		size := 0
		for _, one := range all {
			size += len(one)
		}
		if size > maxUnpacked {
			f.err = ErrTooLarge
			return
		}
		b = bytes.Join(all, []byte("\n"))
	}
	// A form may be drawn again and again.
	f.operators += len(b) / 8
	l := &lexer{b: b}
	var args []Value
	for f.err == nil {
		x := l.object(0)
		op, is := x.(word)
		if !is || op == "null" {
			if is {
				x = nil
			}
			if len(args) < maxOperands {
				args = append(args, Value{f, x})
			}
			continue
		}
		if op == end {
			return
		}
		if f.operators++; f.operators > maxOperators {
			f.err = ErrTooLarge
			return
		}
		if f.operators%4096 == 0 && f.ctx.Err() != nil {
			f.err = f.ctx.Err()
			return
		}
		if op == "ID" {
			l.skipImage()
		} else {
			do(args, string(op))
		}
		args = args[:0]
	}
}

// skipImage goes past the bytes of a picture within the content.
func (l *lexer) skipImage() {
	for at := l.at; ; {
		n := bytes.Index(l.b[at:], []byte("EI"))
		if n < 0 {
			l.at = len(l.b)
			return
		}
		at += n + 2
		if before := at - 3; before >= 0 && isSpace(l.b[before]) && (at == len(l.b) || isSpace(l.b[at])) {
			l.at = at
			return
		}
	}
}
