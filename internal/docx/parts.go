package docx

import (
	"fmt"
	"strings"
)

const wordML = "application/vnd.openxmlformats-officedocument.wordprocessingml."

// contentTypes says of every part what it is.
func (b *body) contentTypes() string {
	var s strings.Builder
	s.WriteString(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>`)
	for _, part := range []struct{ name, kind string }{{"document", "document.main"}, {"settings", "settings"}, {"styles", "styles"}} {
		fmt.Fprintf(&s, `<Override PartName="/word/%s.xml" ContentType="%s%s+xml"/>`, part.name, wordML, part.kind)
	}
	for i := range b.headers {
		fmt.Fprintf(&s, `<Override PartName="/word/header%d.xml" ContentType="%sheader+xml"/>`, i+1, wordML)
	}
	s.WriteString("</Types>")
	return s.String()
}

// relations name the parts that the main one refers to.
func (b *body) relations() string {
	var s strings.Builder
	s.WriteString(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, name := range []string{"settings", "styles"} {
		fmt.Fprintf(&s, `<Relationship Id="%[1]s" Type="%[2]s/%[1]s" Target="%[1]s.xml"/>`, name, relationship)
	}
	for i := range b.headers {
		fmt.Fprintf(&s, `<Relationship Id="header%[1]d" Type="%[2]s/header" Target="header%[1]d.xml"/>`, i+1, relationship)
	}
	s.WriteString("</Relationships>")
	return s.String()
}
