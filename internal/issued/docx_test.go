package issued_test

import (
	"fmt"
	"testing"
)

// word packs a .docx of a body and, where there is one, its numbering.
func word(t testing.TB, body, numbering string) []byte {
	t.Helper()
	const root = `<?xml version="1.0" encoding="UTF-8"?><w:%[1]s xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">%[2]s</w:%[1]s>`
	parts := []string{"[Content_Types].xml", "<Types/>", "word/document.xml", fmt.Sprintf(root, "document", "<w:body>"+body+"</w:body>")}
	if numbering != "" {
		parts = append(parts, "word/numbering.xml", fmt.Sprintf(root, "numbering", numbering),
			"word/styles.xml", fmt.Sprintf(root, "styles", `<w:style w:styleId="Muc"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
				<w:style w:styleId="MucCon"><w:basedOn w:val="Muc"/></w:style>`))
	}
	return archive(t, parts...)
}

// p is a paragraph of a .docx.
func p(properties, text string) string {
	return "<w:p><w:pPr>" + properties + `</w:pPr><w:r><w:t xml:space="preserve">` + text + "</w:t></w:r></w:p>"
}

// item is a paragraph of a list.
func item(list, level int, text string) string {
	return p(fmt.Sprintf(`<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr>`, level, list), text)
}

func TestWordParagraphs(t *testing.T) {
	doc := read(t, "a.docx", word(t, p("", "  Kế hoạch\u00a0số 1 ")+`<w:p/>`+
		`<w:p><w:r><w:t>Giữ </w:t></w:r><w:del><w:r><w:delText>bỏ </w:delText></w:r></w:del><w:ins><w:r><w:t>thêm</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>dời đi</w:t></w:r></w:moveFrom></w:p>`+
		`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>ngày </w:t></w:r><w:fldSimple w:instr="DATE"><w:r><w:t>05/3/2026</w:t></w:r></w:fldSimple></w:p>`+
		`<w:p><w:r><w:t>co&#xAD;n ch&#x200B;ữ</w:t><w:softHyphen/><w:tab/><w:t>sau</w:t><w:footnoteReference w:id="2"/></w:r></w:p>`+
		`<w:p><w:r><w:t>dòng một</w:t><w:br/><w:t>dòng hai</w:t></w:r></w:p>`+
		`<w:sdt><w:sdtContent>`+p("", "trong khung nội dung")+`</w:sdtContent></w:sdt>`+
		p("", "Cộng ho\u0300a"), ""))
	wantLines(t, doc, "Kế hoạch số 1", "Giữ thêm", "ngày 05/3/2026", "con chữ sau", "dòng một", "dòng hai", "trong khung nội dung", "Cộng hòa")
	var numbers []int
	for _, l := range doc.Lines {
		numbers = append(numbers, l.Number)
	}
	if got, want := fmt.Sprint(numbers), "[1 3 4 5 6 6 7 8]"; got != want {
		t.Errorf("numbers %s, want %s: empty paragraphs count", got, want)
	}
}

func TestWordTextBoxesAreReadOnce(t *testing.T) {
	box := func(text string) string {
		return "<w:drawing><w:txbxContent>" + p("", text) + "</w:txbxContent></w:drawing>"
	}
	wantLines(t, read(t, "a.docx", word(t, `<w:p><w:r><w:t>Trước</w:t></w:r><w:r><mc:AlternateContent><mc:Choice>`+box("Số: 12/KH-UBND")+
		`</mc:Choice><mc:Fallback><w:pict>`+"<w:txbxContent>"+p("", "Số: 12/KH-UBND")+"</w:txbxContent>"+`</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>`+p("", "Sau"), "")),
		"Trước", "Số: 12/KH-UBND", "Sau")
}

func TestWordWritesTheNumbersOfLists(t *testing.T) {
	level := func(i int, format, text string, start int) string {
		return fmt.Sprintf(`<w:lvl w:ilvl="%d"><w:start w:val="%d"/><w:numFmt w:val="%s"/><w:lvlText w:val="%s"/></w:lvl>`, i, start, format, text)
	}
	numbering := `<w:abstractNum w:abstractNumId="0">` + level(0, "upperRoman", "%1.", 1) + level(1, "decimal", "%2.", 1) + level(2, "decimal", "%2.%3.", 1) + level(3, "lowerLetter", "%4)", 1) + level(4, "bullet", "", 1) + `</w:abstractNum>` +
		`<w:abstractNum w:abstractNumId="1">` + level(0, "decimal", "Điều %1.", 3) + level(1, "lowerRoman", "(%2)", 1) + `</w:abstractNum>` +
		`<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>` +
		`<w:num w:numId="3"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>`
	wantLines(t, read(t, "a.docx", word(t,
		p(`<w:pStyle w:val="Muc"/>`, "Mục đích")+item(1, 1, "một")+item(1, 2, "một một")+item(1, 2, "một hai")+item(1, 1, "hai")+item(1, 2, "hai một")+
			item(1, 3, "điểm a")+item(1, 3, "điểm b")+item(1, 4, "gạch")+
			p(`<w:pStyle w:val="MucCon"/>`, "Nhiệm vụ")+item(1, 1, "lại từ một")+
			p(`<w:pStyle w:val="Muc"/><w:numPr><w:numId w:val="0"/></w:numPr>`, "không số")+
			item(2, 0, "ba")+item(2, 1, "la mã")+item(2, 0, "bốn")+item(3, 0, "bảy")+item(3, 0, "tám"), numbering)),
		"I. Mục đích", "1. một", "1.1. một một", "1.2. một hai", "2. hai", "2.1. hai một", "a) điểm a", "b) điểm b", "- gạch",
		"II. Nhiệm vụ", "1. lại từ một", "không số", "Điều 3. ba", "(i) la mã", "Điều 4. bốn", "Điều 7. bảy", "Điều 8. tám")
}

func TestWordTablesKeepTheirColumns(t *testing.T) {
	cell := func(properties string, paragraphs ...string) string {
		text := ""
		for _, one := range paragraphs {
			text += p("", one)
		}
		return "<w:tc><w:tcPr>" + properties + "</w:tcPr>" + text + "</w:tc>"
	}
	doc := read(t, "a.docx", word(t, p("", "Phụ lục")+"<w:tbl>"+
		"<w:tr>"+cell("", "TT")+cell(`<w:gridSpan w:val="2"/>`, "Nhiệm vụ")+cell("", "Thời hạn")+"</w:tr>"+
		"<w:tr>"+cell(`<w:vMerge w:val="restart"/>`, "1")+cell("", "Rà soát", "quy định")+cell("", "")+cell("", "Quý I")+"</w:tr>"+
		"<w:tr>"+cell(`<w:vMerge/>`, "")+cell("", "Báo cáo")+cell("", "a | b")+cell("", "Quý II")+"</w:tr>"+
		"</w:tbl>"+p("", "Sau bảng"), ""))
	wantLines(t, doc, "Phụ lục", "TT | Nhiệm vụ | Thời hạn", "1 | Rà soát quy định | Quý I", "1 | Báo cáo | a | b | Quý II", "Sau bảng")
	for i, want := range []string{`[]`, `["TT" "Nhiệm vụ" "" "Thời hạn"]`, `["1" "Rà soát\nquy định" "" "Quý I"]`, `["1" "Báo cáo" "a | b" "Quý II"]`, `[]`} {
		if got := fmt.Sprintf("%q", doc.Lines[i].Cells); got != want {
			t.Errorf("row %d: %s, want %s", i, got, want)
		}
		if inTable := doc.Lines[i].Table == 1; inTable != (want != "[]") {
			t.Errorf("row %d: table %d", i, doc.Lines[i].Table)
		}
	}
}
