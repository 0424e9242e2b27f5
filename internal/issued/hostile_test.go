package issued_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"fmt"
	"hash/crc32"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dondoc/internal/fault"
	"dondoc/internal/issued"
)

// What one document may cost, whatever is in it: a second or two, and more where machines are busy or races looked for.
const (
	patience = 20 * time.Second
	maxHeap  = 320 << 20
)

// peak runs something and answers how far the heap grew meanwhile.
func peak(what func()) uint64 {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var highest atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	look := func() {
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		if grown := now.HeapAlloc - min(before.HeapAlloc, now.HeapAlloc); grown > highest.Load() {
			highest.Store(grown)
		}
	}
	go func() {
		defer close(done)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				look()
			}
		}
	}()
	what()
	look()
	close(stop)
	<-done
	return highest.Load()
}

// withstands reads a hostile document: it costs no more than others, and ends in a document or a fault.
func withstands(t *testing.T, name string, content []byte, want string) {
	t.Helper()
	var err error
	var doc issued.Document
	began := time.Now()
	heap := peak(func() { doc, err = issued.Read(t.Context(), name, content) })
	took := time.Since(began)
	if took > patience || heap > maxHeap {
		t.Errorf("%d bytes took %v and %d MiB", len(content), took, heap>>20)
	}
	code := ""
	if f := fault.Of(err); f != nil {
		code = f.Code
	} else if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
	if want != "any" && code != want {
		t.Errorf("fault %q, want %q (%d lines)", code, want, len(doc.Lines))
	}
	t.Logf("%d bytes: %v, %d MiB, %d lines, fault %q", len(content), took.Round(time.Millisecond), heap>>20, len(doc.Lines), code)
}

func TestHostileArchives(t *testing.T) {
	body := func(inner string) []byte {
		return archive(t, "word/document.xml", "<document><body>"+inner+"</body></document>")
	}
	var many []string
	for i := range 6000 {
		many = append(many, fmt.Sprintf("word/%d.xml", i), "")
	}
	var locked, lying bytes.Buffer
	w := zip.NewWriter(&locked)
	if _, err := w.CreateRaw(&zip.FileHeader{Name: "word/document.xml", Flags: 1}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text := bytes.Repeat([]byte("<p><r><t>a</t></r></p>"), 1000)
	w = zip.NewWriter(&lying)
	raw, err := w.CreateRaw(&zip.FileHeader{Name: "word/document.xml", Method: zip.Store, CRC32: crc32.ChecksumIEEE(text), CompressedSize64: uint64(len(text)), UncompressedSize64: 5})
	if err == nil {
		_, err = raw.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	laughs := `<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><document><body><p><r><t>&b;</t></r></p></body></document>`
	var varied strings.Builder
	for i := range 250_000 {
		fmt.Fprintf(&varied, "<p><r><t>%d %x</t></r></p>", i, i*7919%104729)
	}
	var breaks strings.Builder
	for i := range 210_000 {
		fmt.Fprintf(&breaks, "</t><br/><t>%d", i)
	}
	for _, c := range []struct {
		what    string
		content []byte
		want    string
	}{
		{"a bomb", archive(t, "word/document.xml", strings.Repeat(" ", 3<<20)), "attachment.bomb"},
		{"a bomb beside the text", archive(t, "word/document.xml", "<document><body/></document>", "word/media/image1.png", strings.Repeat("\x00", 3<<20)), "attachment.bomb"},
		{"too many members", archive(t, many...), "attachment.bomb"},
		{"a password", locked.Bytes(), "attachment.encrypted"},
		{"macros", archive(t, "word/document.xml", "<document/>", "word/vbaProject.bin", "x"), "attachment.macro"},
		{"a size that lies", lying.Bytes(), "attachment.broken"},
		{"entities", archive(t, "word/document.xml", laughs), "document.broken"},
		{"entities of an .odt", archive(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", laughs), "document.broken"},
		{"an entity without a declaration", body("<p><r><t>&xxe;</t></r></p>"), "document.broken"},
		{"elements without end", body(strings.Repeat("<tbl><tr><tc>", 70_000)), "document.too_large"},
		{"more elements than a document has", body(varied.String()), "document.too_large"},
		{"more lines than a document has", body("<p><r><t>a" + breaks.String() + "</t></r></p>"), "document.too_large"},
		{"tables in tables", body(strings.Repeat("<tbl><tr><tc>", 30) + "<p><r><t>" + strings.Repeat("chữ ", 150_000) + "</t></r></p>" + strings.Repeat("</tc></tr></tbl>", 30)), ""},
		{"a label as long as a book", archive(t, "word/document.xml", "<document><body>"+strings.Repeat(`<p><pPr><numPr><numId val="1"/></numPr></pPr><r><t>a</t></r></p>`, 12_000)+"</body></document>",
			"word/numbering.xml", `<numbering><abstractNum abstractNumId="0"><lvl ilvl="0"><numFmt val="decimal"/><lvlText val="`+strings.Repeat("%1.", 100_000)+`"/></lvl></abstractNum><num numId="1"><abstractNumId val="0"/></num></numbering>`), ""},
		{"a style that is based on itself", archive(t, "word/document.xml", `<document><body><p><pPr><pStyle val="a"/></pPr><r><t>chữ</t></r></p></body></document>`, "word/styles.xml", `<styles><style styleId="a"><basedOn val="a"/></style></styles>`), ""},
		{"members of the same name", archive(t, "word/document.xml", "<document><body><p><r><t>một</t></r></p></body></document>", "word/document.xml", "<document><body><p><r><t>hai</t></r></p></body></document>", "../../etc/passwd", "x"), ""},
		{"blanks by number", archive(t, "mimetype", "x", "content.xml", "<document-content><body><text><p>chữ"+strings.Repeat(`<s c="2000000000"/>`, 40_000)+"</p></text></body></document-content>"), "any"},
		{"columns by number", archive(t, "mimetype", "x", "content.xml", "<document-content><body><text><table>"+strings.Repeat(`<table-row number-rows-repeated="1000000"><table-cell number-columns-repeated="1000000" number-rows-spanned="1000000"><p>a</p></table-cell></table-row>`, 6_000)+"</table></text></body></document-content>"), "any"},
	} {
		t.Run(c.what, func(t *testing.T) { withstands(t, "a.docx", c.content, c.want) })
	}
}

func TestHostileTexts(t *testing.T) {
	for _, c := range []struct{ what, name, content, want string }{
		{"more lines than a document has", "a.txt", strings.Repeat("a\n", 200_001), "document.too_large"},
		{"as many as it may have", "a.txt", strings.Repeat("a\n", 200_000), ""},
		{"empty lines", "a.txt", "chữ" + strings.Repeat("\n", 8<<20), ""},
		{"one line", "a.txt", strings.Repeat("thùc hiÖn ", 300_000), ""},
		{"marks upon marks", "a.txt", "a" + strings.Repeat("\u0301", 1<<20), ""},
		{"marks of Markdown", "a.md", strings.Repeat("**", 1<<20) + "\n" + strings.Repeat("[", 1<<20) + "\n" + strings.Repeat("_a ", 1<<20), "any"},
		{"rows of Markdown", "a.md", strings.Repeat("|", 4<<20) + "\n" + strings.Repeat("|a", 1<<20), "any"},
	} {
		t.Run(c.what, func(t *testing.T) { withstands(t, c.name, []byte(c.content), c.want) })
	}
}

func TestHostilePages(t *testing.T) {
	var formats strings.Builder
	for i := range 500 {
		fmt.Fprintf(&formats, "<b id=%d><font size=%d>", i, i)
	}
	for _, c := range []struct{ what, content, want string }{
		{"formats that every paragraph opens anew", formats.String() + strings.Repeat("<p>x", 150_000), "any"},
		{"elements without end", strings.Repeat("<div>", 500_000) + "chữ", ""},
		{"forms in forms", strings.Repeat("<form>", 300_000) + "chữ", "document.no_text"},
		{"items", "<ol>" + strings.Repeat("<li>a", 150_000), ""},
		{"more items than a page has", "<ol>" + strings.Repeat("<li>a", 400_000), "document.too_large"},
		{"tables in tables", strings.Repeat("<table><tr><td>", 100_000) + "chữ", "any"},
		{"cells that span all", "<table>" + strings.Repeat("<tr><td rowspan=65534 colspan=1000>a<td>b", 50_000), "any"},
		{"a comment without end", "chữ<!--" + strings.Repeat("-", 20<<20), "any"},
		{"an attribute without end", "<p>chữ<p a='" + strings.Repeat("x", 20<<20), "any"},
		{"attributes", "<p>chữ<p " + strings.Repeat("a=1 ", 1_000_000) + ">", "any"},
		{"ends of nothing", "chữ" + strings.Repeat("</p></b></table>", 1_000_000), ""},
		{"ends below an open table", strings.Repeat("<div>", 390) + "<table>" + strings.Repeat("</div>", 3_000_000) + "chữ", ""},
		{"breaks", "<p>chữ" + strings.Repeat("<br>", 500_000), ""},
	} {
		t.Run(c.what, func(t *testing.T) { withstands(t, "a.html", []byte("<html><body>"+c.content), c.want) })
	}
}

// flate packs a stream.
func flate(t *testing.T, entries, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return stream(entries+" /Filter /FlateDecode", b.String())
}

func TestHostilePDFs(t *testing.T) {
	catalog := []string{"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"}
	page := func(more string, list ...string) []byte {
		return objects("", append(append([]string{}, catalog[0], catalog[1], "<< /Type /Page /Parent 2 0 R "+more+" >>"), list...)...)
	}
	font := "<< /Type /Font /Subtype /Type1 >>"
	words := "BT /F1 12 Tf 72 700 Td (Van ban giao nhiem vu cua tinh) Tj ET\n"
	const fonts = "/Resources << /Font << /F1 5 0 R >> /XObject << /X 6 0 R /Y 7 0 R >> >> /Contents 4 0 R"
	table := func(entries string) []byte {
		var b bytes.Buffer
		b.WriteString("%PDF-1.5\n")
		at := b.Len()
		b.WriteString("1 0 obj\n" + stream("/Type /XRef /Root 2 0 R "+entries, strings.Repeat("\x01\x00\x00\x00", 1000)) + "\nendobj\n")
		fmt.Fprintf(&b, "startxref\n%d\n%%%%EOF\n", at)
		return b.Bytes()
	}
	forms := make([]string, 0, 16)
	for i := range 14 {
		forms = append(forms, stream(fmt.Sprintf("/Type /XObject /Subtype /Form /Resources << /Font << /F1 5 0 R >> /XObject << /X %d 0 R >> >>", 7+i), strings.Repeat("/X Do ", 50)+words))
	}
	for _, c := range []struct {
		what    string
		content []byte
		want    string
	}{
		{"a table that comes before itself", objects("/Prev XREF", append(append([]string{}, catalog...), "<< /Type /Page /Parent 2 0 R "+fonts+" >>", stream("", words), font)...), ""},
		{"a size beyond all memory", table("/W [1 2 1] /Size 1000000000000"), "document.broken"},
		{"a section far away", table("/W [1 2 1] /Size 10 /Index [2000000000 1000]"), "document.broken"},
		{"widths beyond all memory", table("/W [1 1000000000000 1] /Size 10"), "document.broken"},
		{"rows of nothing", table("/W [0 0 0] /Size 1000000000"), "document.broken"},
		{"a length that is its own", page(fonts, "<< /Length 4 0 R >>\nstream\n"+words+"endstream", font), ""},
		{"a string without end", page(fonts, stream("", words+"BT <00"), font), ""},
		{"another string without end", page(fonts, stream("", words+"BT ("), font), ""},
		{"a picture without end", page(fonts, stream("", words+"BI ID "+strings.Repeat("EI", 1_000_000)), font), ""},
		{"pages in a ring", objects("", catalog[0], "<< /Type /Pages /Kids [2 0 R 2 0 R 3 0 R] >>", "<< /Type /Pages /Kids [2 0 R] >>"), "document.broken"},
		{"pages of pages", objects("", catalog[0], "<< /Kids ["+strings.Repeat("3 0 R ", 100_000)+"] >>", "<< /Kids ["+strings.Repeat("4 0 R ", 100_000)+"] >>", "<< /Type /Page >>"), "document.no_text"},
		{"arrays in arrays", page("/Contents 4 0 R /A "+strings.Repeat("[", 3_000_000), stream("", words)), "any"},
		{"dictionaries in a content", page(fonts, stream("", strings.Repeat("<<", 3_000_000)), font), "any"},
		{"objects without end", []byte("%PDF-1.4\n" + strings.Repeat("1 0 obj (", 1_000_000)), "any"},
		{"objects that are not closed", func() []byte {
			var b bytes.Buffer
			b.WriteString("%PDF-1.4\n")
			for i := range 300_000 {
				fmt.Fprintf(&b, "%d 0 obj <</Type/Catalog/A(", i)
			}
			return b.Bytes()
		}(), "any"},
		{"streams without end", func() []byte {
			var b bytes.Buffer
			b.WriteString("%PDF-1.4\n")
			for i := range 200_000 {
				fmt.Fprintf(&b, "%d 0 obj<</Type/ObjStm/N 9/First 9/Filter/FlateDecode>>stream\n", i)
			}
			return b.Bytes()
		}(), "any"},
		{"trailers", []byte("%PDF-1.4\n" + strings.Repeat("trailer<<", 2_000_000)), "document.broken"},
		{"a bomb", page(fonts, flate(t, "", strings.Repeat(" ", 40<<20)), font), "document.too_large"},
		{"a bomb in a bomb", page(fonts, stream("/Filter [/ASCIIHexDecode /FlateDecode /FlateDecode /FlateDecode]", strings.Repeat("78", 1<<20)), font), "document.no_text"},
		{"a predictor beyond all memory", page(fonts, flate(t, "/DecodeParms << /Predictor 12 /Columns 1000000000000 /Colors 1000000 >>", words), font), "document.no_text"},
		{"a stream of objects without end", page("/Contents 9 0 R", stream("/Type /ObjStm /N 1000000000000000000 /First 1 /Extends 4 0 R", "1 0 2 0")), "document.no_text"},
		{"forms that draw forms", page(fonts, append([]string{stream("", strings.Repeat("/X Do ", 50)), font}, forms...)...), "document.too_large"},
		{"a form that draws itself", page(fonts, stream("", words+"/X Do"), font, stream("/Subtype /Form /Resources << /XObject << /X 6 0 R >> >>", "/X Do /X Do /X Do")), ""},
		{"a form of numbers, again and again", page(fonts, stream("", words+strings.Repeat("/X Do ", 200_000)), font, stream("/Subtype /Form", "["+strings.Repeat("1 ", 500_000)+"] TJ")), "document.too_large"},
		{"spans in spans", page(fonts, stream("", strings.Repeat("/P BMC ", 1_000_000)+words), font), ""},
		{"what is said is a book", page(fonts, stream("", strings.Repeat("/Span << /ActualText 8 0 R >> BDC "+words+" EMC ", 20_000)), font, "null", "null", "("+strings.Repeat("a", 1<<20)+")"), "document.too_large"},
		{"fonts without end", func() []byte {
			content, dict := "BT ", ""
			for i := range 3000 {
				content += fmt.Sprintf("/G%d 1 Tf (a) Tj ", i)
				dict += fmt.Sprintf("/G%d << /Subtype /Type0 /DescendantFonts [5 0 R] /ToUnicode 6 0 R >> ", i)
			}
			return page("/Resources << /Font << "+dict+" >> >> /Contents 4 0 R", stream("", content),
				"<< /W ["+strings.Repeat("0 69000 500 ", 20_000)+"] >>", stream("", "beginbfrange "+strings.Repeat("<0000><ffff><0041>", 100_000)+" endbfrange"))
		}(), "any"},
		{"rules", page(fonts, flate(t, "", words+strings.Repeat("1 1 m 500 1 l S 9 9 m 9 500 l S ", 800_000)), font), ""},
		{"rules on every page", func() []byte {
			var b strings.Builder
			for i := range 6000 {
				fmt.Fprintf(&b, "1 %d m 500 %d l S %d 1 m %d 9000 l S ", i*7, i*7, i, i)
			}
			list := []string{catalog[0], "<< /Kids [" + strings.Repeat("3 0 R ", 1) + "] >>", "<< /Type /Page " + fonts + " >>", stream("", words+b.String()), font}
			kids := ""
			for i := range 1500 {
				kids += fmt.Sprintf("%d 0 R ", 6+i)
				list = append(list, "<< /Type /Page "+fonts+" >>")
			}
			list[1] = "<< /Kids [" + kids + "] >>"
			return objects("", list...)
		}(), "any"},
		{"more pages than a document has", func() []byte {
			kids, list := "", []string{catalog[0], ""}
			for i := range 2500 {
				kids += fmt.Sprintf("%d 0 R ", 3+i)
				list = append(list, "<< /Type /Page >>")
			}
			list[1] = "<< /Kids [" + kids + "] >>"
			return objects("", list...)
		}(), "document.too_large"},
		{"a password", objects("/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O ("+strings.Repeat("o", 32)+") /U ("+strings.Repeat("u", 32)+") >> /ID [(a) (b)]", append(append([]string{}, catalog...), "<< /Type /Page >>")...), "document.encrypted"},
		{"another lock", objects("/Encrypt << /Filter /Adobe.PubSec /V 4 >>", append(append([]string{}, catalog...), "<< /Type /Page >>")...), "document.encrypted"},
		{"places beyond all numbers", page(fonts, stream("", "1e38 0 0 1e38 1e38 1e38 cm BT /F1 1e300 Tf 1e308 1e308 Td 1e308 Tc (Van ban giao nhiem vu cua tinh) Tj ET"), font), "any"},
	} {
		t.Run(c.what, func(t *testing.T) { withstands(t, "a.pdf", c.content, c.want) })
	}
}
