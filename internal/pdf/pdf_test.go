package pdf_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/paper"
	"dondoc/internal/pdf"
)

func written(t interface{ Fatal(...any) }, d paper.Document) []byte {
	var b, again bytes.Buffer
	if err := pdf.Write(&b, d); err != nil {
		t.Fatal(err)
	}
	if err := pdf.Write(&again, d); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Fatal("the same document gives other bytes", err)
	}
	return b.Bytes()
}

// poppler runs one of Poppler's programs over a file; a machine without it fails
// the test, it does not skip it.
func poppler(t interface{ Fatal(...any) }, file []byte, program string, arguments ...string) string {
	folder, err := os.MkdirTemp("", "pdf")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	name := filepath.Join(folder, "a.pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command(program, append(arguments, name, "-")...).Output() //nolint:gosec // a program by name, with files of the test
	if err != nil {
		t.Fatal("Poppler is missing or failed (apt-get install poppler-utils):", err)
	}
	return string(said)
}

func pages(t interface{ Fatal(...any) }, file []byte) []string {
	text := poppler(t, file, "pdftotext", "-raw")
	return strings.Split(strings.TrimSuffix(text, "\f"), "\f")
}

func words(text string) string { return strings.Join(strings.Fields(text), " ") }

func head() paper.Letterhead {
	return paper.Letterhead{Superior: "UBND tỉnh Đồng Nai", Name: "Sở Y tế", Abbreviation: "SYT", Place: "Đồng Nai", Head: "Giám đốc", Signing: paper.SignsHead}
}

func report(body ...paper.Block) paper.Document {
	return paper.Document{Letterhead: head(), Kind: "Báo cáo", Symbol: "BC-SYT", Subject: "Kết quả", Year: 2026, Body: body, Made: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
}

const letters = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"

// A reader can select the text, and gets the letters of Vietnamese as they are.
func TestTheFileSaysWhatTheModelSays(t *testing.T) {
	alphabet := []rune(letters + strings.ToUpper(letters) + "0123456789.,;:%()/“”–…")
	word := rapid.StringOfN(rapid.SampledFrom(alphabet), 1, 30, -1)
	rapid.Check(t, func(t *rapid.T) {
		body := []paper.Block{paper.Plain(letters), paper.Plain(strings.ToUpper(letters))}
		for range rapid.IntRange(0, 4).Draw(t, "paragraphs") {
			body = append(body, paper.Plain(strings.Join(rapid.SliceOfN(word, 1, 60).Draw(t, "words"), " ")))
		}
		cell := strings.Join(rapid.SliceOfN(word, 1, 8).Draw(t, "cell"), " ")
		body = append(body, paper.Grid(165, []paper.Column{{Title: "TT", Share: 1}, {Title: "Đơn vị", Share: 1}}, []paper.Line{{Texts: []string{"1", cell}}}))
		d := report(body...)
		// What does not fit a line is broken within the word; pages have numbers.
		got := ""
		for i, page := range pages(t, written(t, d)) {
			if i > 0 {
				_, page, _ = strings.Cut(page, "\n")
			}
			got += strings.Join(strings.Fields(page), "")
		}
		if want := strings.Join(strings.Fields(d.Sections()[0].Text()), ""); got != want {
			t.Fatalf("%q\nwant\n%q", got, want)
		}
	})
}

func TestFontsAreEmbeddedAsSubsets(t *testing.T) {
	file := written(t, report(paper.Plain("Đã làm.")))
	fonts := poppler(t, file, "sh", "-c", `pdffonts "$0"`)
	for line := range strings.Lines(fonts) {
		if fields := strings.Fields(line); strings.Contains(line, "CID") && (fields[len(fields)-5] != "yes" || fields[len(fields)-3] != "yes") {
			t.Errorf("not embedded, or without letters to select: %s", line)
		}
	}
	if !strings.Contains(fonts, "TrueType") || len(file) > 120_000 {
		t.Errorf("%d bytes, fonts:\n%s", len(file), fonts)
	}
}

// A long table runs over many pages: its head stands on each, no row is lost, cut
// or doubled, and pages are numbered from the second on.
func TestALongAnnexRunsOverPages(t *testing.T) {
	var rows []paper.Line
	for i := range 300 {
		rows = append(rows, paper.Line{Texts: []string{fmt.Sprint(i + 1), fmt.Sprintf("UBND xã thứ %03d", i+1), strings.Repeat("lý do dài dòng ", i%9)}})
	}
	d := report(paper.Plain("Phụ lục kèm theo."))
	d.Annexes = []paper.Annex{{Title: "Đơn vị chậm", Landscape: true, Body: []paper.Block{
		paper.Grid(paper.Section{Landscape: true}.Width(), []paper.Column{{Title: "TT", Share: 1}, {Title: "Cơ quan", Share: 5}, {Title: "Lý do", Share: 5}}, rows),
	}}}
	all := pages(t, written(t, d))
	if len(all) < 8 {
		t.Fatalf("%d pages", len(all))
	}
	annex := all[1:]
	for i, page := range annex {
		if strings.Count(page, "Cơ quan") != 1 {
			t.Errorf("page %d has the head %d times", i+1, strings.Count(page, "Cơ quan"))
		}
		numbered := strings.HasPrefix(page, fmt.Sprintf("%d\n", i+1))
		if numbered != (i > 0) {
			t.Errorf("page %d of the annex begins %.20q", i+1, page)
		}
	}
	found := regexp.MustCompile(`thứ (\d{3})`).FindAllStringSubmatch(strings.Join(annex, " "), -1)
	if len(found) != 300 {
		t.Fatalf("%d rows", len(found))
	}
	for i, f := range found {
		if f[1] != fmt.Sprintf("%03d", i+1) {
			t.Fatalf("row %d is %s", i+1, f[1])
		}
	}
}

// A row that is higher than a page is cut between its lines and goes on.
func TestARowHigherThanAPageGoesOn(t *testing.T) {
	var long []string
	for i := range 900 {
		long = append(long, fmt.Sprintf("chữ%04d", i))
	}
	d := report(paper.Plain("A"), paper.Grid(165, []paper.Column{{Title: "TT", Share: 1}, {Title: "Nội dung", Share: 2}},
		[]paper.Line{{Texts: []string{"1", strings.Join(long, " ")}}, {Texts: []string{"2", "hết"}}}))
	all := pages(t, written(t, d))
	if text := words(strings.Join(all, " ")); len(all) < 3 || !strings.Contains(text, "2 hết") {
		t.Fatalf("%d pages", len(all))
	}
	found := regexp.MustCompile(`chữ(\d{4})`).FindAllStringSubmatch(strings.Join(all, " "), -1)
	for i := range long {
		if i >= len(found) || found[i][1] != fmt.Sprintf("%04d", i) {
			t.Fatalf("word %d is lost or out of place", i)
		}
	}
}

// A heading does not stand alone at the end of a page, nor the signature without
// its recipients.
func TestWhatBelongsTogetherStaysOnOnePage(t *testing.T) {
	for n := 20; n < 40; n++ {
		var body []paper.Block
		for range n {
			body = append(body, paper.Plain("Đoạn."))
		}
		body = append(body, paper.Part(1, "Tiêu đề"), paper.Plain("Nội dung."))
		for i, page := range pages(t, written(t, report(body...))) {
			if strings.Contains(page, "TIÊU ĐỀ") != strings.Contains(page, "Nội dung.") || strings.Contains(page, "Nơi nhận") != strings.Contains(page, "GIÁM ĐỐC") {
				t.Errorf("%d paragraphs: page %d is %q", n, i+1, page)
			}
		}
	}
}

// Characters that the letters do not have are shown as such, and break nothing.
func TestForeignCharactersBreakNothing(t *testing.T) {
	file := written(t, report(paper.Plain("một 𝔘 hai 漢 ba 🎈 bốn")))
	if text := words(pages(t, file)[0]); !strings.Contains(text, "một") || !strings.Contains(text, "bốn") {
		t.Errorf("%q", text)
	}
}
