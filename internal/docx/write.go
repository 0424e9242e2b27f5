package docx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"time"

	"dondoc/internal/paper"
)

// ContentType is that of the file.
const ContentType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

const declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// Write writes the document.
func Write(w io.Writer, d paper.Document) error {
	b := body{}
	b.document(d.Sections())
	archive := zip.NewWriter(w)
	for _, part := range []struct{ name, content string }{
		{"[Content_Types].xml", b.contentTypes()},
		{"_rels/.rels", relations},
		{"docProps/core.xml", properties(d)},
		{"word/_rels/document.xml.rels", b.relations()},
		{"word/document.xml", b.String()},
		{"word/settings.xml", settings},
		{"word/styles.xml", styles()},
	} {
		if err := add(archive, part.name, part.content); err != nil {
			return err
		}
	}
	for i, header := range b.headers {
		if err := add(archive, fmt.Sprintf("word/header%d.xml", i+1), header); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("close document: %w", err)
	}
	return nil
}

// add writes one part; without a time of its own, so that bytes repeat.
func add(archive *zip.Writer, name, content string) error {
	part, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err == nil {
		_, err = io.WriteString(part, declaration+content)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

const relationship = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

const relations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="` + relationship + `/officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>` +
	`</Relationships>`

// settings keep Word from opening the file in the ways of older versions.
const settings = `<w:settings ` + namespaces + `><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`

func properties(d paper.Document) string {
	var b bytes.Buffer
	b.WriteString(`<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"` +
		` xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`)
	b.WriteString("<dc:title>" + escaped(d.Title()) + "</dc:title><dc:creator>" + escaped(d.Letterhead.FullName()) + "</dc:creator><dc:language>vi-VN</dc:language>")
	if !d.Made.IsZero() {
		at := d.Made.UTC().Format(time.RFC3339)
		fmt.Fprintf(&b, `<dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">%s</dcterms:modified>`, at, at)
	}
	b.WriteString("</cp:coreProperties>")
	return b.String()
}

// styles set the letters of everything that says nothing else.
func styles() string {
	return fmt.Sprintf(`<w:styles %s><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="%[2]s" w:hAnsi="%[2]s" w:cs="%[2]s" w:eastAsia="%[2]s"/>`+
		`<w:sz w:val="%[3]d"/><w:szCs w:val="%[3]d"/><w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>`+
		`<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>`+
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style></w:styles>`,
		namespaces, paper.Font, int(paper.SizeBody*2))
}
