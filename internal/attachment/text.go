package attachment

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// reading collects text up to maxText.
type reading struct {
	strings.Builder
	// cell is how many table cells deep the reading is: a paragraph in a cell
	// does not end the row.
	cell int
}

func (r *reading) add(s string) error {
	if r.Len()+len(s) > maxText {
		return errTooMuchText
	}
	r.WriteString(s)
	return nil
}

// textOf reads the text of an office file: a paragraph or row a line, cells
// parted by tabs, as the guard reads tables.
func textOf(archive *zip.Reader, mediaType string) (string, error) {
	r := &reading{}
	var shared []string
	size := 0
	for _, entry := range inOrder(archive, mediaType) {
		err := eachToken(entry, func(d *xml.Decoder, token xml.Token) error {
			switch {
			case entry.Name == sharedStrings:
				return readShared(d, token, &shared, &size)
			case mediaType == typeXLSX:
				return r.sheet(d, token, shared)
			}
			return r.document(token)
		})
		if err != nil {
			return "", err
		}
		if err := r.add("\n"); err != nil {
			return "", err
		}
	}
	return r.String(), nil
}

const sharedStrings = "xl/sharedStrings.xml"

// inOrder are the parts that hold text; shared strings come before the sheets that name them.
func inOrder(archive *zip.Reader, mediaType string) []*zip.File {
	holds := func(name string) bool {
		switch mediaType {
		case typeDOCX:
			return strings.HasPrefix(name, "word/") && strings.HasSuffix(name, ".xml") && !strings.Contains(name, "theme") &&
				!strings.HasSuffix(name, "styles.xml") && !strings.HasSuffix(name, "settings.xml") && !strings.HasSuffix(name, "fontTable.xml")
		case typeXLSX:
			return name == sharedStrings || strings.HasPrefix(name, "xl/worksheets/") && strings.HasSuffix(name, ".xml")
		}
		return name == "content.xml" || name == "styles.xml" // headers and footers of ODF stand in the styles
	}
	var parts []*zip.File
	for _, entry := range archive.File {
		if holds(entry.Name) {
			parts = append(parts, entry)
		}
	}
	slices.SortStableFunc(parts, func(a, b *zip.File) int {
		return strings.Compare(sortKey(a.Name), sortKey(b.Name))
	})
	return parts
}

func sortKey(name string) string {
	if name == sharedStrings {
		return ""
	}
	return name
}

func eachToken(entry *zip.File, do func(*xml.Decoder, xml.Token) error) (err error) {
	content, err := entry.Open()
	if err != nil {
		return fmt.Errorf("open %s: %w", entry.Name, err)
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	d := xml.NewDecoder(io.LimitReader(content, maxUnpacked))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", entry.Name, err)
		}
		if err := do(d, token); err != nil {
			return err
		}
	}
}

// document reads a token of DOCX or ODF; their element names do not clash.
func (r *reading) document(token xml.Token) error {
	switch t := token.(type) {
	case xml.CharData:
		// What stands between elements is only how the file is laid out.
		if s := string(t); strings.TrimSpace(s) != "" || !strings.Contains(s, "\n") {
			return r.add(strings.ReplaceAll(s, "\n", " "))
		}
	case xml.StartElement:
		switch t.Name.Local {
		case "tc", "table-cell":
			r.cell++
		case "tab", "s":
			return r.add(" ")
		case "br", "line-break":
			return r.paragraph()
		}
	case xml.EndElement:
		switch t.Name.Local {
		case "tc", "table-cell":
			r.cell--
			return r.add("\t")
		case "tr", "table-row":
			return r.add("\n")
		case "p", "h":
			return r.paragraph()
		}
	}
	return nil
}

func (r *reading) paragraph() error {
	if r.cell > 0 {
		return r.add(" ")
	}
	return r.add("\n")
}

// sheet reads a token of an XLSX sheet: whole cells, and the ends of rows.
func (r *reading) sheet(d *xml.Decoder, token xml.Token, shared []string) error {
	if end, ok := token.(xml.EndElement); ok && end.Name.Local == "row" {
		return r.add("\n")
	}
	start, ok := token.(xml.StartElement)
	if !ok || start.Name.Local != "c" {
		return nil
	}
	var cell struct {
		Type   string   `xml:"t,attr"`
		Value  string   `xml:"v"`
		Inline []string `xml:"is>t"`
		Runs   []string `xml:"is>r>t"`
	}
	if err := d.DecodeElement(&cell, &start); err != nil {
		return fmt.Errorf("read cell: %w", err)
	}
	value := cell.Value
	switch cell.Type {
	case "s":
		i, err := strconv.Atoi(cell.Value)
		if err != nil || i < 0 || i >= len(shared) {
			return fmt.Errorf("cell names the string %q, which is not there", cell.Value)
		}
		value = shared[i]
	case "inlineStr":
		value = strings.Join(append(cell.Inline, cell.Runs...), "")
	}
	return r.add(strings.ReplaceAll(value, "\n", " ") + "\t")
}

func readShared(d *xml.Decoder, token xml.Token, shared *[]string, size *int) error {
	start, ok := token.(xml.StartElement)
	if !ok || start.Name.Local != "si" {
		return nil
	}
	var item struct {
		Text []string `xml:"t"`
		Runs []string `xml:"r>t"`
	}
	if err := d.DecodeElement(&item, &start); err != nil {
		return fmt.Errorf("read string: %w", err)
	}
	text := strings.Join(append(item.Text, item.Runs...), "")
	if *size += len(text); *size > maxText {
		return errTooMuchText
	}
	*shared = append(*shared, text)
	return nil
}
