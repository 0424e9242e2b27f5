package issued

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"dondoc/internal/attachment"
)

// part reads one part of an archive; nil where there is none.
func part(content []byte, name string) ([]byte, error) {
	archive, err := attachment.OpenArchive(content)
	if err != nil {
		return nil, err
	}
	return partOf(archive, name)
}

func partOf(archive *zip.Reader, name string) ([]byte, error) {
	file, err := archive.Open(name)
	if err != nil {
		return nil, nil //nolint:nilerr // a part that need not be there
	}
	text, err := io.ReadAll(io.LimitReader(file, 4*maxText))
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return text, err
}

// element is one element of an XML document that is small enough to be held: its local name, its attributes by local
// name, and what is in it.
type element struct {
	name  string
	attrs map[string]string
	text  string // of a run of characters: name is empty
	in    []*element
}

func (e *element) attr(name string) string {
	if e == nil {
		return ""
	}
	return e.attrs[name]
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

var errDeep = errors.New("nested too deep")

// maxElements bounds what is held of a document.
const maxElements = 3_000_000

// parse reads an XML document. Document types, and with them entities, are refused: office programs write none.
func parse(content []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(content))
	d.Strict = true
	root := &element{}
	stack := []*element{root}
	held := 0
	for {
		token, err := d.Token()
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
			if held++; len(stack) > maxDepth || held > maxElements {
				return nil, errDeep
			}
			e := &element{name: t.Name.Local}
			if len(t.Attr) > 0 {
				e.attrs = make(map[string]string, len(t.Attr))
				for _, a := range t.Attr {
					e.attrs[a.Name.Local] = a.Value
				}
			}
			top.in = append(top.in, e)
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if s := string(t); strings.TrimSpace(s) != "" || len(s) > 0 && len(stack) > 1 && keepsBlanks(top.name) {
				top.in = append(top.in, &element{text: s})
			}
		}
	}
	if len(stack) != 1 || len(root.in) == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return root, nil
}

// keepsBlanks tells elements in which blanks are words' own.
func keepsBlanks(name string) bool {
	switch name {
	case "t", "p", "h", "span", "a", "instrText", "delText":
		return true
	}
	return false
}
