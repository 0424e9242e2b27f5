package attachment_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"dondoc/internal/attachment"
	"dondoc/internal/fault"
)

const limit = 6 << 20

const pdf = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

// zipped packs names and contents, in turn, as an office program would.
func zipped(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		entry, err := w.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const types = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`

func docx(t testing.TB, body string, more ...string) []byte {
	return zipped(t, append([]string{"[Content_Types].xml", types, "word/document.xml",
		`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `</w:body></w:document>`}, more...)...)
}

func paragraphs(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		// A word processor splits runs wherever it likes.
		half := len([]rune(text)) / 2
		fmt.Fprintf(&b, "<w:p><w:r><w:t>%s</w:t></w:r><w:r><w:t>%s</w:t></w:r></w:p>\n", string([]rune(text)[:half]), string([]rune(text)[half:]))
	}
	return b.String()
}

func table(rows ...[]string) string {
	var b strings.Builder
	b.WriteString("<w:tbl>")
	for _, row := range rows {
		b.WriteString("<w:tr>")
		for _, cell := range row {
			b.WriteString("<w:tc>" + paragraphs(cell) + "</w:tc>")
		}
		b.WriteString("</w:tr>")
	}
	return b.String() + "</w:tbl>"
}

func xlsx(t testing.TB, sheet string, strs ...string) []byte {
	return zipped(t, "[Content_Types].xml", types, "xl/workbook.xml", "<workbook/>",
		"xl/worksheets/sheet1.xml", `<worksheet><sheetData>`+sheet+`</sheetData></worksheet>`,
		"xl/sharedStrings.xml", `<sst><si><t>`+strings.Join(strs, `</t></si><si><t>`)+`</t></si></sst>`)
}

func odf(t testing.TB, mediaType, body string) []byte {
	return zipped(t, "mimetype", mediaType, "content.xml",
		`<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b"><office:body>`+body+`</office:body></office:document-content>`)
}

const (
	odt = "application/vnd.oasis.opendocument.text"
	ods = "application/vnd.oasis.opendocument.spreadsheet"
)

func TestWhatIsTaken(t *testing.T) {
	signature := append([]byte{0x30, 0x82, 0x01, 0x00, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}, make([]byte, 40)...)
	for name, c := range map[string]struct {
		content   []byte
		mediaType string
		scan      bool
	}{
		"Báo cáo quý I.pdf":       {[]byte(pdf), "application/pdf", true},
		"anh.PNG":                 {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "image/png", true},
		"anh.jpeg":                {[]byte("\xff\xd8\xff\xe0\x00\x10JFIF"), "image/jpeg", true},
		"IMG_0001.HEIC":           {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "image/heic", true},
		"bieu.docx":               {docx(t, paragraphs("Kết quả: 12 vụ")), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", false},
		"bieu.xlsx":               {xlsx(t, `<row><c t="s"><v>0</v></c><c><v>12</v></c></row>`, "Số vụ"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false},
		"bieu.odt":                {odf(t, odt, "<text:p>Kết quả</text:p>"), odt, false},
		"bieu.ods":                {odf(t, ods, "<table:table-row><table:table-cell><text:p>1</text:p></table:table-cell></table:table-row>"), ods, false},
		"so-lieu.csv":             {[]byte("Đơn vị,Số vụ\nHuyện A,5\n"), "text/csv", false},
		"bao-cao.pdf.p7s":         {signature, "application/pkcs7-signature", true},
		"bao-cao.signed.pdf":      {[]byte(pdf), "application/pdf", true},
		"bao-cao-da-ky.p7m":       {signature, "application/pkcs7-mime", true},
		"Ba\u0301o ca\u0301o.pdf": {[]byte(pdf), "application/pdf", true},
	} {
		f, err := attachment.Inspect(name, c.content, true, limit)
		if err != nil || f.MediaType != c.mediaType || attachment.Scan(f.MediaType) != c.scan {
			t.Errorf("%s: %s, %v", name, f.MediaType, err)
		}
		_, err = attachment.Inspect(name, c.content, false, limit)
		if undeclared := fault.Of(err) != nil && fault.Of(err).Code == "attachment.declaration" && fault.Of(err).Field == "declared"; undeclared != c.scan {
			t.Errorf("%s without a declaration: %v", name, err)
		}
		if f.Name == name && strings.ContainsRune(name, '\u0301') {
			t.Errorf("the name %q is kept in NFD", name)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	exe := append([]byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff"), make([]byte, 300)...)
	flagged := docx(t, paragraphs("x"))
	flagged[6] |= 1 // the local header's flag; the central one follows
	at := bytes.Index(flagged, []byte("PK\x01\x02"))
	flagged[at+8] |= 1
	persons := table([]string{"STT", "Họ và tên", "Năm sinh"}, []string{"1", "A", "1990"}, []string{"2", "B", "1991"})
	for name, c := range map[string]struct {
		file    string
		content []byte
		code    string
	}{
		"a path":                     {"../../etc/bao-cao.pdf", []byte(pdf), "attachment.name"},
		"a path of Windows":          {`C:\bao-cao.pdf`, []byte(pdf), "attachment.name"},
		"no name":                    {"  ", []byte(pdf), "attachment.name"},
		"only an extension":          {".pdf", []byte(pdf), "attachment.name"},
		"NUL in the name":            {"bao\x00cao.pdf", []byte(pdf), "text.control"},
		"a name that turns":          {"bao\u202efdp.exe", []byte(pdf), "text.control"},
		"a name of no encoding":      {"bao\xffcao.pdf", []byte(pdf), "text.encoding"},
		"a long name":                {strings.Repeat("a", 200) + ".pdf", []byte(pdf), "text.long"},
		"a person's number as name":  {"CCCD 075203001234.pdf", []byte(pdf), "privacy.identity"},
		"two extensions":             {"bao-cao.exe.pdf", []byte(pdf), "attachment.name"},
		"two extensions and a blank": {"bao-cao.HTML .pdf", []byte(pdf), "attachment.name"},
		"an executable":              {"bao-cao.pdf.exe", exe, "attachment.type"},
		"a web page":                 {"bao-cao.html", []byte("<html>"), "attachment.type"},
		"a drawing that runs":        {"anh.svg", []byte("<svg/>"), "attachment.type"},
		"a macro document":           {"bao-cao.docm", docx(t, ""), "attachment.type"},
		"no extension":               {"bao-cao", []byte(pdf), "attachment.type"},
		"empty":                      {"bao-cao.pdf", nil, "attachment.empty"},
		"oversized":                  {"bao-cao.pdf", append([]byte(pdf), make([]byte, limit)...), "attachment.too_large"},
		"an executable as PDF":       {"bao-cao.pdf", exe, "attachment.disguised"},
		"a web page as PDF":          {"bao-cao.pdf", []byte("<!DOCTYPE html><script>1</script>"), "attachment.disguised"},
		"a web page as CSV":          {"so-lieu.csv", []byte("<!DOCTYPE html><script>1</script>"), "attachment.disguised"},
		"a picture as PDF":           {"bao-cao.pdf", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "attachment.disguised"},
		"a PDF as a picture":         {"anh.jpg", []byte(pdf), "attachment.disguised"},
		"an archive as document":     {"bao-cao.docx", zipped(t, "a.txt", "x"), "attachment.disguised"},
		"a sheet as document":        {"bao-cao.docx", xlsx(t, "", "x"), "attachment.disguised"},
		"a cut PDF":                  {"bao-cao.pdf", []byte(pdf)[:60], "attachment.broken"},
		"a cut document":             {"bao-cao.docx", docx(t, paragraphs("x"))[:120], "attachment.broken"},
		"broken XML":                 {"bao-cao.docx", docx(t, "<w:p>"), "attachment.broken"},
		"a PDF with a password":      {"bao-cao.pdf", []byte(strings.Replace(pdf, "/Root 1 0 R", "/Root 1 0 R /Encrypt 5 0 R", 1)), "attachment.encrypted"},
		"an old document":            {"bao-cao.docx", append([]byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}, make([]byte, 600)...), "attachment.encrypted"},
		"an encrypted archive":       {"bao-cao.docx", flagged, "attachment.encrypted"},
		"a macro inside":             {"bao-cao.docx", docx(t, "", "word/vbaProject.bin", "x"), "attachment.macro"},
		"a bomb":                     {"bao-cao.docx", docx(t, "", "word/media/a.png", strings.Repeat("\x00", 8<<20)), "attachment.bomb"},
		"too much text":              {"bao-cao.docx", docx(t, paragraphs(strings.Repeat("Kết quả 123; ", 40)), "word/footer1.xml", "<f><t>"+noise(5<<20)+"</t></f>"), "attachment.too_much_text"},
		"an identity number":         {"bao-cao.docx", docx(t, paragraphs("Đã xử lý", "số 075203001234")), "privacy.identity"},
		"a table of persons":         {"bao-cao.docx", docx(t, persons), "privacy.table"},
		"a stamp":                    {"bao-cao.docx", docx(t, paragraphs("UBND TỈNH", "TỐI MẬT", "BÁO CÁO")), "secret.stamp"},
		"a table of persons in a sheet": {"bieu.xlsx", xlsx(t, `<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>CCCD</t></is></c></row>`+
			`<row><c t="s"><v>1</v></c><c><v>1</v></c></row><row><c t="s"><v>1</v></c><c><v>2</v></c></row>`, "Họ và tên", "A"), "privacy.table"},
		"a number in a sheet":     {"bieu.xlsx", xlsx(t, `<row><c t="s"><v>0</v></c></row>`, "075203001234"), "privacy.identity"},
		"a sheet without strings": {"bieu.xlsx", xlsx(t, `<row><c t="s"><v>7</v></c></row>`, "x"), "attachment.broken"},
		"a number in ODT":         {"bao-cao.odt", odf(t, odt, "<text:p>số 075203<text:span>001234</text:span></text:p>"), "privacy.identity"},
		"a table of persons in ODS": {"bieu.ods", odf(t, ods, strings.Repeat("<table:table-row><table:table-cell><text:p>Họ tên</text:p></table:table-cell>"+
			"<table:table-cell><text:p>Địa chỉ</text:p></table:table-cell></table:table-row>", 3)), "privacy.table"},
		"a table of persons in CSV": {"so-lieu.csv", []byte("STT,Họ và tên,CCCD\n1,A,x\n2,B,y\n"), "privacy.table"},
	} {
		_, err := attachment.Inspect(c.file, c.content, true, limit)
		f := fault.Of(err)
		if f == nil || f.Kind != fault.Invalid || f.Code != c.code || f.Field != "file" || f.VI == "" || strings.Contains(f.VI+f.EN, "075203001234") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// noise is text that does not pack well, so that it is no bomb.
func noise(n int) string {
	var b strings.Builder
	x := uint32(1)
	for b.Len() < n {
		x = x*1664525 + 1013904223
		fmt.Fprintf(&b, "%c", 'a'+rune(x>>24)%26)
	}
	return b.String()
}

func FuzzInspect(f *testing.F) {
	f.Add("a.docx", docx(f, paragraphs("x")))
	f.Add("a.xlsx", xlsx(f, `<row><c t="s"><v>0</v></c></row>`, "x"))
	f.Add("a.pdf", []byte(pdf))
	f.Add("a.ods", odf(f, ods, "<table:table-row/>"))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		if _, err := attachment.Inspect(name, content, true, limit); err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatalf("%q: %v", name, err)
		}
	})
}
