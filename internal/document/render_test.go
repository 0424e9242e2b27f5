package document_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dondoc/internal/docx"
	"dondoc/internal/paper"
	"dondoc/internal/pdf"
)

// artifacts is where renderings are kept to be looked at.
const artifacts = "../../test-artifacts/papers"

// withFonts gives LibreOffice the letters that PDF files have: the widths of
// Times New Roman, whatever the machine has.
func withFonts(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "fonts"), os.DirFS("../pdf/fonts")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_DATA_HOME", folder)
}

// run runs a program; a machine without it fails the test, it does not skip it.
func run(t *testing.T, program string, arguments ...string) string {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), program, arguments...).Output() //nolint:gosec // a program by name, with files of the test
	if err != nil {
		t.Fatalf("%s is missing or failed (apt-get install poppler-utils libreoffice-writer-nogui): %v", program, err)
	}
	return string(said)
}

// inOffice has LibreOffice open files of the artifacts, in one run, and print
// them as PDF into a folder.
func inOffice(t *testing.T, names []string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	arguments := []string{"-env:UserInstallation=file://" + filepath.Join(folder, "profile"), "--headless", "--norestore", "--nolockcheck", "--convert-to", "pdf", "--outdir", folder}
	for _, name := range names {
		arguments = append(arguments, filepath.Join(artifacts, name+".docx"))
	}
	run(t, "soffice", arguments...)
	return folder
}

// pagesOf draws every page into the artifacts and returns their texts, by the
// order in which the words were written.
func pagesOf(t *testing.T, name string, file []byte) []string {
	t.Helper()
	path := filepath.Join(artifacts, name+".pdf")
	if err := os.WriteFile(path, file, 0o644); err != nil { //nolint:gosec // to look at
		t.Fatal(err)
	}
	run(t, "pdftoppm", "-r", "70", "-png", path, filepath.Join(artifacts, name))
	return strings.Split(strings.TrimSuffix(run(t, "pdftotext", "-raw", path, "-"), "\f"), "\f")
}

// body is what pages say without what stands in their upper margin, and without blanks.
func body(pages []string, mark string) string {
	var all strings.Builder
	for _, page := range pages {
		first, rest, _ := strings.Cut(page, "\n")
		for first == mark && mark != "" || len(first) <= 2 && strings.Trim(first, "0123456789") == "" && first != "" {
			page = rest
			first, rest, _ = strings.Cut(page, "\n")
		}
		all.WriteString(strings.Join(strings.Fields(page), ""))
	}
	return all.String()
}

// heads is how often a table's head stands on pages: LibreOffice's and ours alike.
func heads(pages []string, word string) string {
	var on []string
	for i, page := range pages {
		if strings.Contains(page, word) {
			on = append(on, fmt.Sprint(i+1))
		}
	}
	return strings.Join(on, " ")
}

// Each document opens in LibreOffice and looks there as it does in our own PDF:
// the same words, on about as many pages, with heads of tables on the same ones.
func TestBothFilesShowTheSame(t *testing.T) {
	withFonts(t)
	if err := os.MkdirAll(artifacts, 0o755); err != nil { //nolint:gosec // pictures to look at
		t.Fatal(err)
	}
	all := papers()
	ours := map[string][]byte{}
	for name, d := range all {
		var word, print bytes.Buffer
		if err := docx.Write(&word, d); err != nil {
			t.Fatal(err)
		}
		if err := pdf.Write(&print, d); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(artifacts, name+".docx"), word.Bytes(), 0o644); err != nil { //nolint:gosec // to look at
			t.Fatal(err)
		}
		ours[name] = print.Bytes()
	}
	printed := inOffice(t, slices.Sorted(maps.Keys(all)))
	for name, d := range all {
		t.Run(name, func(t *testing.T) {
			theirs, err := os.ReadFile(filepath.Join(printed, name+".pdf"))
			if err != nil {
				t.Fatalf("LibreOffice opened nothing: %v", err)
			}
			mark := ""
			if d.Draft {
				mark = paper.DraftMark
			}
			mine := pagesOf(t, name, ours[name])
			office := pagesOf(t, name+"-libreoffice", theirs)
			if len(office) != len(mine) {
				t.Errorf("%d pages in LibreOffice, %d of ours", len(office), len(mine))
			}
			if heads(office, "Đơn vị") != heads(mine, "Đơn vị") || heads(office, "Văn bản giao") != heads(mine, "Văn bản giao") {
				t.Errorf("heads of tables on pages %s and %s in LibreOffice, %s and %s of ours", heads(office, "Đơn vị"), heads(office, "Văn bản giao"), heads(mine, "Đơn vị"), heads(mine, "Văn bản giao"))
			}
			want := ""
			for _, s := range d.Sections() {
				want += s.Text()
			}
			sameLetters(t, "ours", body(mine, mark), want)
			sameLetters(t, "LibreOffice's", body(office, mark), want)
		})
	}
}

// sameLetters holds what pages say against the model: no letter is lost, and only
// heads that stand again are added.
func sameLetters(t *testing.T, whose, got, want string) {
	t.Helper()
	count := map[rune]int{}
	for _, r := range got {
		count[r]++
	}
	for _, r := range strings.Join(strings.Fields(want), "") {
		count[r]--
		if count[r] < 0 {
			t.Fatalf("%s pages lost %q:\n%s\nwant\n%s", whose, r, got, want)
		}
	}
}
