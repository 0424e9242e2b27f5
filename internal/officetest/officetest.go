// Package officetest has a program that is not ours open and fill files: tests
// see what an office's own LibreOffice would make of them.
package officetest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience bounds one run, which takes some seconds.
const patience = time.Minute

// Edit is one thing that a person does in a sheet.
type Edit struct {
	// Do is text, value, formula, insert_row, delete_column, swap_columns,
	// merge, date, rename or unprotect.
	Do string
	// Cell is where, such as D7; for columns and rows any cell of them.
	Cell string
	// What is written; for swap_columns and merge the other cell.
	What string
}

// Fill opens a workbook in LibreOffice, makes the edits in its first sheet and
// returns what the program saves as .xlsx. Without LibreOffice the test fails:
// "make test" installs it.
func Fill(t testing.TB, workbook []byte, edits ...Edit) []byte {
	t.Helper()
	folder := t.TempDir()
	source, target, script := filepath.Join(folder, "in.xlsx"), filepath.Join(folder, "out.xlsx"), filepath.Join(folder, "edits.txt")
	var lines []string
	for _, e := range edits {
		lines = append(lines, e.Do+"\t"+e.Cell+"\t"+strings.ReplaceAll(e.What, "\n", "\\n"))
	}
	write(t, source, string(workbook))
	write(t, script, strings.Join(lines, "\n"))
	profile := filepath.Join(folder, "profile")
	run(t, profile, "--terminate_after_init") // a new profile overwrites what is there
	write(t, filepath.Join(profile, "user/basic/Standard/script.xlb"), library)
	write(t, filepath.Join(profile, "user/basic/Standard/Fill.xba"), fmt.Sprintf(module, escape(macro)))
	run(t, profile, fmt.Sprintf(`macro:///Standard.Fill.Fill("%s","%s","%s")`, address(source), address(target), script))
	filled, err := os.ReadFile(target)
	if err != nil {
		said, _ := os.ReadFile(script + ".failed") //nolint:errcheck // the macro may not have come so far
		t.Fatalf("LibreOffice saved nothing: %v %s", err, said)
	}
	return filled
}

// Convert has LibreOffice save a file in another format, such as "pdf" or "ods",
// and returns it.
func Convert(t testing.TB, name string, content []byte, format string) []byte {
	t.Helper()
	folder := t.TempDir()
	source := filepath.Join(folder, name)
	write(t, source, string(content))
	run(t, filepath.Join(folder, "profile"), "--convert-to", format, "--outdir", folder, source)
	extension, _, _ := strings.Cut(format, ":")
	converted, err := os.ReadFile(strings.TrimSuffix(source, filepath.Ext(source)) + "." + extension)
	if err != nil {
		t.Fatalf("LibreOffice converted nothing: %v", err)
	}
	return converted
}

// ConvertAll has one LibreOffice save files in another format, by their names.
// Starting the program takes longer than all else.
func ConvertAll(t testing.TB, files map[string][]byte, format string) map[string][]byte {
	t.Helper()
	folder := t.TempDir()
	arguments := []string{"--convert-to", format, "--outdir", filepath.Join(folder, "out")}
	for name, content := range files {
		write(t, filepath.Join(folder, name), string(content))
		arguments = append(arguments, filepath.Join(folder, name))
	}
	run(t, filepath.Join(folder, "profile"), arguments...)
	extension, _, _ := strings.Cut(format, ":")
	converted := map[string][]byte{}
	for name := range files {
		content, err := os.ReadFile(filepath.Join(folder, "out", strings.TrimSuffix(name, filepath.Ext(name))+"."+extension))
		if err != nil {
			t.Fatalf("LibreOffice converted nothing: %v", err)
		}
		converted[name] = content
	}
	return converted
}

func run(t testing.TB, profile string, arguments ...string) {
	t.Helper()
	program, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatalf("LibreOffice is missing (apt-get install libreoffice-calc-nogui libreoffice-writer-nogui): %v", err)
	}
	all := append([]string{"-env:UserInstallation=" + address(profile), "--headless", "--norestore", "--nolockcheck"}, arguments...)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, program, all...) //nolint:gosec // a program by name, with files of the test
	command.WaitDelay = time.Second
	said, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("LibreOffice: %v\n%s", err, said)
	}
}

func address(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}
