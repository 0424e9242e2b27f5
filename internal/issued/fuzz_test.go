package issued_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"dondoc/internal/fault"
	"dondoc/internal/issued"
)

// holds reads whatever it is given and looks at what is promised of every document.
func holds(t *testing.T, name string, content []byte) {
	began := time.Now()
	doc, err := issued.Read(t.Context(), name, content)
	if took := time.Since(began); took > 10*time.Second {
		t.Fatalf("%d bytes took %v", len(content), took)
	}
	if err != nil {
		if fault.Of(err) == nil {
			t.Fatalf("an error that tells a person nothing: %v", err)
		}
		return
	}
	if len(doc.Lines) == 0 || doc.Format == "" {
		t.Fatalf("a %s document without lines", doc.Format)
	}
	number, page := 0, 0
	for _, l := range doc.Lines {
		switch {
		case l.Text == "" || l.Text != strings.TrimSpace(l.Text) || strings.ContainsAny(l.Text, "\n\r\t\u00a0\u200b\u00ad"):
			t.Fatalf("text %q", l.Text)
		case !utf8.ValidString(l.Text) || !norm.NFC.IsNormalString(l.Text):
			t.Fatalf("text %q is not clean", l.Text)
		case l.Number < number || l.Number < 1 || l.Page < page:
			t.Fatalf("line %d of page %d comes after %d of %d", l.Number, l.Page, number, page)
		case (l.Cells != nil) != (l.Table > 0):
			t.Fatalf("cells %q of table %d", l.Cells, l.Table)
		}
		number, page = l.Number, l.Page
	}
}

func FuzzReadText(f *testing.F) {
	f.Add([]byte(tcvn3))
	f.Add([]byte(vni))
	f.Add([]byte("\xff\xfeK\x00\xbf\x1e"))
	f.Add([]byte("C\xe9ng h\xdfa x\xb7 h\xe9i"))
	f.Add(plan(f, "an-thi-2018.txt"))
	f.Fuzz(func(t *testing.T, content []byte) { holds(t, "a.txt", content) })
}

func FuzzReadMarkdown(f *testing.F) {
	f.Add([]byte("# KẾ HOẠCH **số 1**\n\n- a\n| TT | b |\n|--|--|\n| 1 | a \\| b |\n[x](y) `z`"))
	f.Fuzz(func(t *testing.T, content []byte) { holds(t, "a.md", content) })
}

func FuzzReadWeb(f *testing.F) {
	f.Add([]byte(`<html><meta charset=utf-8><ol start=3><li>a<li value=9>b</ol><table><tr><td rowspan=2>1<td colspan=3>a<tr><td>b</table><form><p>x</form>`))
	f.Add([]byte("<!doctype html><p>Một<br>hai<pre>ba\n bốn</pre><div style='display:none'>x</div>"))
	f.Fuzz(func(t *testing.T, content []byte) { holds(t, "a.html", append([]byte("<html>"), content...)) })
}

func FuzzReadWord(f *testing.F) {
	f.Add(`<w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>a</w:t></w:r></w:p>`, `<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="1"><w:start w:val="3"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>`)
	f.Add(`<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="3"/><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr></w:tbl><w:p><w:r><w:br/><w:drawing><w:txbxContent><w:p/></w:txbxContent></w:drawing></w:r></w:p>`, "")
	f.Fuzz(func(t *testing.T, body, numbering string) { holds(t, "a.docx", word(t, body, numbering)) })
}

func FuzzReadWriter(f *testing.F) {
	f.Add(`<text:list text:style-name="L1"><text:list-item text:start-value="3"><text:p>a<text:s text:c="3"/></text:p></text:list-item></text:list>`, `<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="i" style:num-suffix="."/></text:list-style>`)
	f.Add(`<table:table><table:table-row><table:table-cell table:number-columns-repeated="9" table:number-rows-spanned="2"><text:p>a</text:p></table:table-cell><table:covered-table-cell/></table:table-row></table:table>`, "")
	f.Fuzz(func(t *testing.T, text, styles string) { holds(t, "a.odt", writer(t, text, styles)) })
}

func FuzzReadArchive(f *testing.F) {
	f.Add(word(f, p("", "Văn bản"), ""))
	f.Add(writer(f, "<text:p>Văn bản</text:p>", ""))
	f.Fuzz(func(t *testing.T, content []byte) { holds(t, "a", append([]byte("PK\x03\x04"), content...)) })
}

func FuzzReadPDF(f *testing.F) {
	f.Add(pdf(f, shown{72, 700, 12, "Van ban giao nhiem vu cua tinh"}))
	f.Add(pages(content(shown{72, 800, 10, "Ke hoach"}, shown{72, 700, 12, "Doan mot."}), ruled([]float64{72, 100, 300}, []float64{700, 680, 640})+content(shown{75, 686, 12, "TT"})))
	f.Add(objects("/Prev XREF", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Kids [3 0 R] >>", "<< /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		stream("/Filter [/ASCIIHexDecode /LZWDecode /RunLengthDecode /ASCII85Decode] /DecodeParms [null << /Predictor 15 /Columns 4 >>]", "80 0B 60 50 22 0C 0C 85 01"),
		"<< /Subtype /Type0 /DescendantFonts [<< /W [1 [500 600] 5 9 700] >>] /ToUnicode 6 0 R >>", stream("", "1 begincodespacerange <00><ff> endcodespacerange beginbfrange <01><09><0041> <0a><0b>[<00410300><1ea0>] endbfrange")))
	f.Fuzz(func(t *testing.T, content []byte) { holds(t, "a.pdf", append([]byte("%PDF-1.4\n"), content...)) })
}

// What is drawn on a page matters more than how a file is put together.
func FuzzReadPage(f *testing.F) {
	f.Add(content(shown{72, 700, 12, "Van ban giao nhiem vu cua tinh"}), content(shown{72, 700, 12, "noi tiep."}))
	f.Add(ruled([]float64{72, 100, 300}, []float64{700, 680, 640})+content(shown{75, 686, 12, "TT"}, shown{104, 686, 12, "Nhiem vu"}), "q 1 0 0 1 5 5 cm 0 0 9 9 re f Q BI /W 1 ID x EI (a) ' 1 2 (b) \" [(a) -2000 (b)] TJ /S << /ActualText (x) >> BDC (y) Tj EMC")
	f.Fuzz(func(t *testing.T, first, second string) { holds(t, "a.pdf", pages(first, second)) })
}
