package issued_test

import (
	"fmt"
	"strings"
	"testing"

	"dondoc/internal/issued"
	"dondoc/internal/officetest"
)

// seen are the lines of a document as somebody sees them: runs of blanks are one.
func seen(doc issued.Document) []string {
	out := texts(doc)
	for i, text := range out {
		out[i] = strings.Join(strings.Fields(text), " ")
	}
	return out
}

// sameLines compares a document with what it is to say.
func sameLines(t *testing.T, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Fatalf("it ends before line %d: %q", i, want[i])
		case i >= len(want):
			t.Fatalf("line %d is too many: %q", i, got[i])
		case got[i] != want[i]:
			t.Fatalf("line %d:\n got %q\nwant %q", i, got[i], want[i])
		}
	}
}

// The two issued plans say the same, whatever program wrote them into whichever kind of file.
func TestTheSamePlanInEveryFormat(t *testing.T) {
	files := map[string][]byte{}
	for _, name := range []string{"dong-nai-2016-2020.txt", "an-thi-2018.txt"} {
		// The mark tells LibreOffice the encoding.
		files[name] = append([]byte("\ufeff"), plan(t, name)...)
	}
	for _, format := range []string{"docx", "odt", "html", "pdf"} {
		converted := officetest.ConvertAll(t, files, format)
		for name, content := range converted {
			t.Run(format+" of "+name, func(t *testing.T) {
				sameLines(t, seen(read(t, "van-ban."+format, content)), seen(read(t, name, files[name])))
			})
		}
	}
	t.Run("doc", func(t *testing.T) {
		const name = "an-thi-2018.txt"
		old := officetest.Convert(t, name, files[name], "doc")
		doc := read(t, "van-ban.doc", old)
		sameLines(t, seen(doc), seen(read(t, name, files[name])))
		if doc.Format != issued.OldWord {
			t.Errorf("format %s", doc.Format)
		}
	})
}

// letter is a decision as offices write them: justified, its first lines indented, with automatic numbers, a number on
// each page and an annex whose table goes over pages.
func letter(t *testing.T) []byte {
	t.Helper()
	const space = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	var body strings.Builder
	written := func(properties, size, text string) {
		fmt.Fprintf(&body, `<w:p><w:pPr>%s</w:pPr><w:r><w:rPr><w:rFonts w:ascii="Liberation Serif" w:hAnsi="Liberation Serif"/><w:sz w:val="%s"/></w:rPr><w:t xml:space="preserve">%s</w:t></w:r></w:p>`, properties, size, text)
	}
	const justified = `<w:spacing w:after="120"/><w:ind w:firstLine="567"/><w:jc w:val="both"/>`
	written(`<w:spacing w:after="120"/><w:jc w:val="center"/>`, "28", "QUYẾT ĐỊNH")
	for i, text := range texts(read(t, "a.txt", plan(t, "dong-nai-2016-2020.txt")))[3:60] {
		written(justified, "28", text)
		if i%20 == 5 {
			for _, one := range []string{"Rà soát, sửa đổi quy định", "Báo cáo kết quả"} {
				written(`<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>`+justified, "28", one)
			}
		}
	}
	written("", "28", "PHỤ LỤC")
	body.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="9600" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(&body, `<w:%s w:val="single" w:sz="4" w:color="000000"/>`, side)
	}
	body.WriteString(`</w:tblBorders></w:tblPr><w:tblGrid/>`)
	for i := range 41 {
		cells := []string{fmt.Sprint(i), fmt.Sprintf("Rà soát, sửa đổi quy định về quản lý cơ sở kinh doanh dịch vụ có điều kiện trên địa bàn, lần thứ %d", i), "Sở Nội vụ", "Công an tỉnh; Sở Tài chính", []string{"Quý I/2026", "Tháng 6/2026"}[i%2], "Quyết định"}
		if i == 0 {
			cells = []string{"TT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời hạn", "Sản phẩm"}
		}
		body.WriteString("<w:tr>")
		for j, text := range cells {
			fmt.Fprintf(&body, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, []int{600, 3600, 1200, 1800, 1200, 1200}[j])
			written("", "24", text)
			body.WriteString("</w:tc>")
		}
		body.WriteString("</w:tr>")
	}
	body.WriteString("</w:tbl>")
	written("", "28", "Nơi nhận:")
	body.WriteString(`<w:sectPr><w:footerReference w:type="default" r:id="rId1"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="500" w:footer="500"/></w:sectPr>`)
	return archive(t,
		"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`+
			`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>`+
			`<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/></Types>`,
		"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/></Relationships>`,
		"word/footer1.xml", `<w:ftr `+space+`><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t>- </w:t></w:r><w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple><w:r><w:t> -</w:t></w:r></w:p></w:ftr>`,
		"word/numbering.xml", `<w:numbering `+space+`><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`,
		"word/document.xml", `<w:document `+space+`><w:body>`+body.String()+`</w:body></w:document>`)
}

func TestTheSameDecisionInEveryFormat(t *testing.T) {
	source := letter(t)
	want := read(t, "a.docx", source)
	if n := len(want.Lines); n < 100 {
		t.Fatalf("only %d lines", n)
	}
	for _, format := range []string{"odt", "html", "pdf"} {
		t.Run(format, func(t *testing.T) {
			doc := read(t, "van-ban."+format, officetest.Convert(t, "van-ban.docx", source, format))
			sameLines(t, seen(doc), seen(want))
			rows := 0
			for _, l := range doc.Lines {
				if len(l.Cells) == 6 && l.Table == 1 {
					rows++
				}
			}
			if rows != 41 {
				t.Errorf("%d rows of six cells, want 41", rows)
			}
		})
	}
}
