package issued_test

import (
	"fmt"
	"strings"
	"testing"

	"dondoc/internal/issued"
)

// hundredPages is a plan of 100 pages, some 3,000 letters each: the whole of Đồng Nai's, again and again.
func hundredPages(b *testing.B) []string {
	paragraphs := texts(read(b, "a.txt", plan(b, "dong-nai-2016-2020.txt")))
	var out []string
	for size := 0; size < 100*3000; {
		for _, one := range paragraphs {
			out = append(out, one)
			size += len([]rune(one))
		}
	}
	return out
}

func plainPages(paragraphs []string) []byte { return []byte(strings.Join(paragraphs, "\n\n")) }

func wordPages(b *testing.B, paragraphs []string) []byte {
	var body strings.Builder
	for _, one := range paragraphs {
		// Word cuts paragraphs into runs, each with how it looks.
		body.WriteString(`<w:p w:rsidR="00A77B3E"><w:pPr><w:spacing w:before="120"/><w:ind w:firstLine="720"/><w:jc w:val="both"/></w:pPr>`)
		for _, run := range strings.SplitAfter(one, ", ") {
			body.WriteString(`<w:r w:rsidRPr="00A77B3E"><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/><w:sz w:val="28"/><w:szCs w:val="28"/></w:rPr><w:t xml:space="preserve">` + run + `</w:t></w:r>`)
		}
		body.WriteString("</w:p>")
	}
	return word(b, body.String(), "")
}

func webPages(paragraphs []string) []byte {
	return []byte("<html><meta charset=utf-8><body><p style='text-align:justify'><span style='font-size:14pt'>" + strings.Join(paragraphs, "</span></p>\n<p style='text-align:justify'><span style='font-size:14pt'>") + "</span></p>")
}

func printedPages(paragraphs []string) []byte {
	var list []string
	var glyphs strings.Builder
	y := 0
	for _, one := range paragraphs {
		row := ""
		show := func() {
			var hex strings.Builder
			for _, r := range row {
				fmt.Fprintf(&hex, "%04x", r)
			}
			fmt.Fprintf(&glyphs, "BT /F1 12 Tf 72 %d Td <%s> Tj ET\n", 780-16*y, hex.String())
			if row, y = "", y+1; y == 45 {
				list = append(list, glyphs.String())
				glyphs.Reset()
				y = 0
			}
		}
		for _, w := range strings.Fields(one) {
			if len([]rune(row))+1+len([]rune(w)) > 75 {
				show()
			}
			row = strings.TrimSpace(row + " " + w)
		}
		show()
	}
	list = append(list, glyphs.String())
	// A font whose codes are the letters themselves.
	return pagesIn("<< /Type /Font /Subtype /Type0 /DescendantFonts [<< /DW 500 >>] /ToUnicode 4 0 R >>", stream("", "1 beginbfrange <0000> <1fff> <0000> endbfrange"), list...)
}

func benchmark(b *testing.B, name string, content []byte) {
	lines := 0
	heap := peak(func() {
		lines = len(read(b, name, content).Lines)
	})
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := issued.Read(b.Context(), name, content); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(heap)/(1<<20), "peak-MiB")
	b.ReportMetric(float64(lines), "lines")
}

// A hundred pages in under a second and 128 MiB leave as much to whoever makes sense of them.
func BenchmarkText(b *testing.B) { benchmark(b, "a.txt", plainPages(hundredPages(b))) }
func BenchmarkWord(b *testing.B) { benchmark(b, "a.docx", wordPages(b, hundredPages(b))) }
func BenchmarkWeb(b *testing.B)  { benchmark(b, "a.html", webPages(hundredPages(b))) }
func BenchmarkPDF(b *testing.B)  { benchmark(b, "a.pdf", printedPages(hundredPages(b))) }
