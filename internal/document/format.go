package document

import (
	"bytes"
	"fmt"
	"io"

	"dondoc/internal/docx"
	"dondoc/internal/paper"
	"dondoc/internal/pdf"
)

// Format is a kind of file that documents are handed out as.
type Format struct {
	// Name is the end of the file's name, without the dot.
	Name, ContentType string
	write             func(io.Writer, paper.Document) error
}

// Formats are all of them: the one to go on writing in, and the one to print.
var Formats = []Format{
	{"docx", docx.ContentType, docx.Write},
	{"pdf", pdf.ContentType, pdf.Write},
}

// FormatNamed finds a format; ok is false where there is none of that name.
func FormatNamed(name string) (f Format, ok bool) {
	for _, f := range Formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// Bytes is the whole file: what cannot be finished must not look like one.
func (f Format) Bytes(d paper.Document) ([]byte, error) {
	var b bytes.Buffer
	if err := f.write(&b, d); err != nil {
		return nil, fmt.Errorf("write %s: %w", f.Name, err)
	}
	return b.Bytes(), nil
}
