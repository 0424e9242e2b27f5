package issued_test

import (
	"bytes"
	"compress/lzw"
	"encoding/ascii85"
	"fmt"
	"os"
	"strings"
	"testing"

	"dondoc/internal/issued"
)

// shown is a text where it stands on a page.
type shown struct {
	x, y, size float64
	text       string
}

// objects makes a PDF of objects, which are numbered from 1, with more in its trailer; XREF there is the place of its table.
func objects(trailer string, list ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range list {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(list)+1)
	for _, place := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", place)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(list)+1, strings.ReplaceAll(trailer, "XREF", fmt.Sprint(table)), table)
	return b.Bytes()
}

// stream is the object of a content.
func stream(entries, content string) string {
	return fmt.Sprintf("<< /Length %d %s >>\nstream\n%s\nendstream", len(content), entries, content)
}

// pages makes a PDF of a content for each page, with a plain font of letters 500 wide.
func pages(contents ...string) []byte {
	return pagesIn("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /FirstChar 32 /LastChar 126 /Widths ["+strings.Repeat("500 ", 95)+"] >>", "null", contents...)
}

// pagesIn makes a PDF with a font, which is object 3, and what the font needs, object 4.
func pagesIn(font, more string, contents ...string) []byte {
	kids, list := "", []string{"<< /Type /Catalog /Pages 2 0 R >>", "", font, more}
	for i, c := range contents {
		kids += fmt.Sprintf("%d 0 R ", 5+2*i)
		list = append(list, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R >>", 6+2*i), stream("", c))
	}
	list[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d /Resources << /Font << /F1 3 0 R >> >> >>", kids, len(contents))
	return objects("", list...)
}

// pdf makes a PDF of one page.
func pdf(t testing.TB, all ...shown) []byte {
	t.Helper()
	return pages(content(all...))
}

func content(all ...shown) string {
	var b strings.Builder
	for _, s := range all {
		fmt.Fprintf(&b, "BT /F1 %g Tf %g %g Td (%s) Tj ET\n", s.size, s.x, s.y, strings.NewReplacer("(", `\(`, ")", `\)`).Replace(s.text))
	}
	return b.String()
}

func TestRowsOfAPageBecomeParagraphs(t *testing.T) {
	full := "Nhung viec phai lam trong nam nay cua tung co quan trong tinh theo quy dinh" // 75 letters of 6 points: 450 wide
	doc := read(t, "a.pdf", pdf(t, shown{72, 700, 12, full}, shown{72, 684, 12, "va bao cao."}, shown{72, 668, 12, "Doan moi."}, shown{72, 652, 12, "1. " + full[:72]}, shown{72, 636, 12, "het."}))
	wantLines(t, doc, full+" va bao cao.", "Doan moi.", "1. "+full[:72]+" het.")
	if doc.Lines[0].Page != 1 || len(doc.Remarks) != 1 || doc.Remarks[0].Code != issued.RemarkJoined {
		t.Errorf("page %d, remarks %v", doc.Lines[0].Page, doc.Remarks)
	}
}

func TestWhatPagesRepeatIsLeftOut(t *testing.T) {
	full := "Nhung viec phai lam trong nam nay cua tung co quan trong tinh theo quy dinh"
	var contents []string
	for i, name := range []string{"mot", "hai", "ba"} {
		contents = append(contents, content(shown{72, 800, 10, "Ke hoach cua tinh"}, shown{72, 700, 12, "Trang " + name + " noi ve viec " + name + "."}, shown{72, 684 - float64(i), 12, "Het " + name + "."}, shown{290, 40, 10, fmt.Sprintf("- %d -", i+1)}))
	}
	contents = append(contents, content(shown{72, 800, 10, "Ke hoach cua tinh"}, shown{72, 712, 12, full}, shown{290, 40, 10, "- 4 -"}), content(shown{72, 700, 12, "noi tiep."}, shown{290, 40, 10, "- 5 -"}))
	doc := read(t, "a.pdf", pages(contents...))
	wantLines(t, doc, "Trang mot noi ve viec mot.", "Het mot.", "Trang hai noi ve viec hai.", "Het hai.", "Trang ba noi ve viec ba.", "Het ba.", full+" noi tiep.")
	said := false
	for _, r := range doc.Remarks {
		said = said || r.Code == issued.RemarkPageFurniture && r.Detail != ""
	}
	if last := doc.Lines[len(doc.Lines)-1]; !said || last.Page != 4 {
		t.Errorf("remarks %v, the joined paragraph on page %d", doc.Remarks, last.Page)
	}
}

// ruled draws a table's lines.
func ruled(columns, rows []float64) string {
	var b strings.Builder
	for _, x := range columns {
		fmt.Fprintf(&b, "%g %g m %g %g l S\n", x, rows[0], x, rows[len(rows)-1])
	}
	for _, y := range rows {
		fmt.Fprintf(&b, "%g %g m %g %g l S\n", columns[0], y, columns[len(columns)-1], y)
	}
	return b.String()
}

func TestRuledTablesAndRowsThatAPageCuts(t *testing.T) {
	columns := []float64{72, 100, 300, 360, 500}
	clip := "60 10 480 800 re W n\n" // it rules no column
	head := content(shown{75, 686, 12, "TT"}, shown{104, 686, 12, "Nhiem vu"}, shown{304, 686, 12, "Han"}, shown{364, 686, 12, "San pham"})
	doc := read(t, "a.pdf", pages(
		clip+ruled(columns, []float64{700, 680, 640, 600})+head+content(shown{72, 720, 12, "Phu luc cua van ban nay."},
			shown{75, 665, 12, "1"}, shown{104, 665, 12, "Ra soat quy dinh cua tinh ve"}, shown{104, 650, 12, "kinh doanh"}, shown{304, 665, 12, "III/20252"}, shown{304, 650, 12, "6"}, shown{364, 665, 12, "Bao cao"},
			shown{75, 625, 12, "2"}, shown{104, 625, 12, "Kiem tra viec thuc hien quy"}, shown{364, 625, 12, "Ke hoach"}),
		clip+ruled(columns, []float64{700, 680, 640, 600})+head+content(
			shown{104, 665, 12, "dinh."}, shown{75, 625, 12, "3"}, shown{104, 625, 12, "Tong hop"}, shown{72, 580, 12, "Sau bang."})))
	wantLines(t, doc, "Phu luc cua van ban nay.", "TT | Nhiem vu | Han | San pham", "1 | Ra soat quy dinh cua tinh ve kinh doanh | III/202526 | Bao cao", "2 | Kiem tra viec thuc hien quy dinh. | Ke hoach", "3 | Tong hop", "Sau bang.")
	for _, l := range doc.Lines[1:5] {
		if len(l.Cells) != 4 || l.Table != 1 {
			t.Errorf("%q in table %d", l.Cells, l.Table)
		}
	}
}

func TestPDFsThatAreBrokenAreMended(t *testing.T) {
	good := pdf(t, shown{72, 700, 12, "Van ban giao nhiem vu cua tinh"})
	for what, content := range map[string][]byte{
		"no table":              bytes.Replace(good, []byte("xref\n0 "), []byte("xxxx\n0 "), 1),
		"a table that is wrong": bytes.ReplaceAll(good, []byte("00000 n"), []byte("00000 f")),
		"cut at its end":        good[:bytes.Index(good, []byte("xref"))],
		"bytes before it":       append([]byte("HTTP/1.1 200 OK\r\n\xff\r\n"), good...),
		"bytes behind it":       append(bytes.Clone(good), bytes.Repeat([]byte("\x00 "), 900)...),
		"a wrong length":        bytes.Replace(good, []byte("/Length "), []byte("/Length 9"), 1),
		"version 2.0":           bytes.Replace(good, []byte("%PDF-1.4"), []byte("%PDF-2.0"), 1),
	} {
		t.Run(what, func(t *testing.T) { wantLines(t, read(t, "a.pdf", content), "Van ban giao nhiem vu cua tinh") })
	}
}

func TestPasswordsOfPDFs(t *testing.T) {
	for _, way := range []string{"rc4-40", "rc4-128", "aes-128", "aes-256"} {
		for _, kind := range []string{"protected", "locked"} {
			t.Run(kind+" "+way, func(t *testing.T) {
				content, err := os.ReadFile("testdata/" + kind + "-" + way + ".pdf")
				if err != nil {
					t.Fatal(err)
				}
				if kind == "protected" {
					wantLines(t, read(t, "a.pdf", content), "Van ban giao nhiem vu cua tinh")
				} else if code := refused(t, "a.pdf", content); code != "document.encrypted" {
					t.Errorf("fault %s", code)
				}
			})
		}
	}
}

func TestPackedContents(t *testing.T) {
	words := content(shown{72, 700, 12, "Van ban giao nhiem vu cua tinh"})
	var hex, run strings.Builder
	for _, b := range []byte(words) {
		fmt.Fprintf(&hex, "%02X ", b)
	}
	run.WriteString(string(rune(len(words)-1)) + words + "\x80")
	base := make([]byte, ascii85.MaxEncodedLen(len(words)))
	base = base[:ascii85.Encode(base, []byte(words))]
	var packed bytes.Buffer
	// TIFF packs as PDF does: the highest bits first, and wider codes one early. Short texts never come to that.
	w := lzw.NewWriter(&packed, lzw.MSB, 8)
	if _, err := w.Write([]byte(words)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder // of eight bytes, each the difference to the one above
	above := make([]byte, 8)
	for i := 0; i < len(words); i += 8 {
		row := []byte(fmt.Sprintf("%-8s", words[i:min(i+8, len(words))]))
		rows.WriteByte(2)
		for j := range row {
			rows.WriteByte(row[j] - above[j])
		}
		above = row
	}
	for what, object := range map[string]string{
		"hexadecimal": stream("/Filter /ASCIIHexDecode", hex.String()+">"), "base 85": stream("/Filter /ASCII85Decode", string(base)+"~>"),
		"runs": stream("/Filter /RunLengthDecode", run.String()), "LZW": stream("/Filter /LZWDecode", packed.String()),
		"flate": flate(t, "", words), "flate of differences": flate(t, "/DecodeParms << /Predictor 12 /Columns 8 >>", rows.String()),
		"two ways": stream("/Filter [/AHx /A85]", fmt.Sprintf("%X>", string(base)+"~>")),
	} {
		t.Run(what, func(t *testing.T) {
			wantLines(t, read(t, "a.pdf", objects("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Kids [3 0 R] >>",
				"<< /Type /Page /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>", object, "<< /Subtype /Type1 >>")), "Van ban giao nhiem vu cua tinh")
		})
	}
}
