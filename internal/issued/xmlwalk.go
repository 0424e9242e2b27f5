package issued

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"dondoc/internal/attachment"
	"dondoc/internal/fault"
)

// Bounds of the parts of an archive that are read.
const (
	// maxPart is how far one part may unpack; 1,000 pages are some 20 MB.
	maxPart = 32 << 20
	// maxElements bounds what is held of a document.
	maxElements = 600_000
)

// archive is a packed document.
type archive struct {
	ctx   context.Context //nolint:containedctx // it ends with the call that reads the document
	files *zip.Reader
}

// openArchive looks into every part for bombs and passwords, once.
func openArchive(ctx context.Context, content []byte) (archive, error) {
	files, err := attachment.OpenArchive(content)
	if err != nil {
		return archive{}, err
	}
	size := uint64(0)
	for _, f := range files.File {
		if name := f.Name; strings.HasSuffix(name, ".xml") {
			size += f.UncompressedSize64
		}
	}
	if size > 2*maxPart {
		return archive{}, tooMuch()
	}
	return archive{ctx, files}, nil
}

// has reports whether there is a part of a name.
func (a archive) has(name string) bool {
	for _, f := range a.files.File {
		if f.Name == name {
			return true
		}
	}
	return false
}

// tree reads one part. Where it is missing or damaged, there is nothing; a part that is too large or time that has run
// out are errors.
func (a archive) tree(name string) (*element, error) {
	for _, f := range a.files.File {
		if f.Name != name {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, nil //nolint:nilerr // damaged: the caller knows whether it needs the part
		}
		defer r.Close()
		limited := &io.LimitedReader{R: r, N: maxPart + 1}
		root, err := parse(a.ctx, limited)
		switch {
		case limited.N <= 0:
			return nil, tooMuch()
		case err != nil && (fault.Of(err) != nil || a.ctx.Err() != nil):
			return nil, err
		case err != nil:
			return nil, nil //nolint:nilerr // damaged, as above
		}
		return root, nil
	}
	return nil, nil
}

// pair is an attribute by its local name.
type pair struct{ name, value string }

// element is one element of an XML document that is small enough to be held: its local name, its attributes by local
// name, and what is in it.
type element struct {
	name  string
	attrs []pair
	text  string // of a run of characters: name is empty
	in    []*element
}

func (e *element) attr(name string) string {
	if e == nil {
		return ""
	}
	for _, a := range e.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// child is the first child of a name; nil where there is none.
func (e *element) child(names ...string) *element {
	for _, name := range names {
		if e == nil {
			return nil
		}
		var found *element
		for _, c := range e.in {
			if c.name == name {
				found = c
				break
			}
		}
		e = found
	}
	return e
}

// beside are elements that say how things look, where no reader looks: most of what an office program writes.
var beside = map[string]bool{
	"tblPr": true, "tblGrid": true, "trPr": true, "sectPr": true, "tblPrEx": true, "lsdException": true, "rsids": true,
	"proofErr": true, "lastRenderedPageBreak": true, "bookmarkStart": true, "bookmarkEnd": true, "fonts": true,
	"text-properties": true, "paragraph-properties": true, "graphic-properties": true, "font-face-decls": true,
	"table-column-properties": true, "table-cell-properties": true, "binary-data": true, "soft-page-break": true,
}

// parse reads an XML document. Document types, and with them entities, are refused: office programs write none.
func parse(ctx context.Context, content io.Reader) (*element, error) {
	d := xml.NewDecoder(content)
	root := &element{}
	stack := []*element{root}
	names := map[string]string{}
	same := func(s string) string {
		if known, ok := names[s]; ok {
			return known
		}
		if len(names) < 10_000 {
			names[s] = s
		}
		return s
	}
	held := 0
	for tokens := 0; ; tokens++ {
		if tokens%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.Directive:
			return nil, errors.New("document type")
		case xml.StartElement:
			if beside[t.Name.Local] {
				if err := skipElement(d); err != nil {
					return nil, err
				}
				continue
			}
			if held++; len(stack) > maxDepth || held > maxElements {
				return nil, tooMuch()
			}
			e := &element{name: same(t.Name.Local)}
			for _, a := range t.Attr {
				if a.Name.Space != "xmlns" && len(e.attrs) < 32 {
					e.attrs = append(e.attrs, pair{same(a.Name.Local), same(a.Value)})
				}
			}
			top.in = append(top.in, e)
			stack = append(stack, e)
		case xml.EndElement:
			if len(stack) == 1 || t.Name.Local != top.name {
				return nil, errors.New("elements cross")
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(t) > 0 && len(stack) > 1 && (keepsBlanks(top.name) || strings.TrimSpace(string(t)) != "") {
				if held++; held > maxElements {
					return nil, tooMuch()
				}
				top.in = append(top.in, &element{text: string(t)})
			}
		}
	}
	if len(stack) != 1 || len(root.in) == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return root, nil
}

// skipElement goes past the end of an element that has begun.
func skipElement(d *xml.Decoder) error {
	for open := 1; open > 0; {
		token, err := d.RawToken()
		if err != nil {
			return err
		}
		switch token.(type) {
		case xml.StartElement:
			open++
		case xml.EndElement:
			open--
		}
	}
	return nil
}

// keepsBlanks tells elements in which blanks are words' own.
func keepsBlanks(name string) bool {
	switch name {
	case "t", "p", "h", "span", "a", "instrText", "delText":
		return true
	}
	return false
}
