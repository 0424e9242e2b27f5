package issued_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dondoc/internal/fault"
	"dondoc/internal/issued"
)

// read reads a document that is in order.
func read(t testing.TB, name string, content []byte) issued.Document {
	t.Helper()
	doc, err := issued.Read(t.Context(), name, content)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return doc
}

// texts are the lines of a document.
func texts(doc issued.Document) []string {
	var out []string
	for _, l := range doc.Lines {
		out = append(out, l.Text)
	}
	return out
}

// wantLines compares the lines of a document.
func wantLines(t *testing.T, doc issued.Document, want ...string) {
	t.Helper()
	if got := texts(doc); !slices.Equal(got, want) {
		t.Errorf("lines:\n got %q\nwant %q", got, want)
	}
}

// archive packs parts, two by two name and text.
func archive(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		f, err := w.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// plan is one of the issued plans that the examples are made from.
func plan(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("../../examples/source", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// refused reads what must not be read and answers the code of the fault, which speaks both languages.
func refused(t *testing.T, name string, content []byte) string {
	t.Helper()
	began := time.Now()
	doc, err := issued.Read(t.Context(), name, content)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	f := fault.Of(err)
	if f == nil {
		t.Fatalf("read %d lines, error %v", len(doc.Lines), err)
	}
	if f.Kind != fault.Invalid || f.VI == "" || f.EN == "" || f.VI == f.EN || strings.Contains(f.VI+f.EN, "%!") {
		t.Errorf("fault %+v", f)
	}
	return f.Code
}

func TestTheKindIsToldByTheContent(t *testing.T) {
	docx := word(t, `<w:p><w:r><w:t>Văn bản</w:t></w:r></w:p>`, "")
	odt := writer(t, `<text:p>Văn bản</text:p>`, "")
	page := []byte("<!DOCTYPE html><meta charset=utf-8><p>Văn bản</p>")
	file := pdf(t, shown{72, 700, 12, "Van ban giao nhiem vu cua tinh"})
	for _, c := range []struct {
		name    string
		content []byte
		want    issued.Format
	}{
		{"a.docx", docx, issued.Word}, {"a.txt", docx, issued.Word}, {"a", odt, issued.Writer}, {"a.doc", odt, issued.Writer},
		{"a.pdf", page, issued.Web}, {"a.doc", page, issued.Web}, {"a.htm", []byte("<p>Văn bản</p>"), issued.Web}, {"a.txt", []byte("<p>Văn bản</p>"), issued.Text},
		{"a.docx", file, issued.Portable}, {"a.md", []byte("# Văn bản"), issued.Markdown}, {"a.txt", []byte("Văn bản"), issued.Text}, {"", []byte("Văn bản"), issued.Text},
		{"a.txt", []byte("Tệp %PDF-1.7 được gửi kèm"), issued.Text}, {"A.PDF", append([]byte("\r\n"), file...), issued.Portable},
	} {
		if got := read(t, c.name, c.content).Format; got != c.want {
			t.Errorf("%s of %.20q: %s, want %s", c.name, c.content, got, c.want)
		}
	}
}

func TestWhatCannotBeReadIsRefused(t *testing.T) {
	docx := word(t, `<w:p><w:r><w:t>Văn bản</w:t></w:r></w:p>`, "")
	scan := pdf(t)
	for _, c := range []struct {
		what, name string
		content    []byte
		want       string
	}{
		{"nothing", "a.txt", nil, "document.empty"},
		{"blanks", "a.txt", []byte(" \n\t\u00a0\n"), "document.empty"},
		{"bytes", "a.bin", []byte("\x7fELF\x00\x01\x02"), "document.kind"},
		{"a picture", "a.png", []byte("\x89PNG\r\n\x1a\n1234"), "document.no_text"},
		{"an archive of something else", "a.zip", archive(t, "a.txt", "Văn bản"), "document.kind"},
		{"a workbook", "a.docx", archive(t, "[Content_Types].xml", "<a/>", "xl/workbook.xml", "<a/>"), "document.kind"},
		{"a cut document", "a.docx", docx[:len(docx)/2], "attachment.broken"},
		{"a document without a body", "a.docx", archive(t, "word/document.xml", "<document/>"), "document.broken"},
		{"tags that cross", "a.docx", archive(t, "word/document.xml", "<document><body></document></body>"), "document.broken"},
		{"a scan", "a.pdf", scan, "document.no_text"},
		{"a PDF that is none", "a.pdf", []byte("%PDF-1.7\nkhông có gì"), "document.broken"},
		{"an unknown encoding", "a.txt", []byte("\x81\x82\x83 \xfe\xff \x90\x91"), "document.encoding"},
		{"too large", "a.txt", bytes.Repeat([]byte("Văn bản\n"), issued.MaxSize/8), "document.too_large"},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := refused(t, c.name, c.content); got != c.want {
				t.Errorf("fault %s, want %s", got, c.want)
			}
		})
	}
}

func TestReadingEndsWithItsContext(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, content := range map[string][]byte{
		"a.txt": plan(t, "an-thi-2018.txt"), "a.html": []byte("<html><p>Văn bản</p>"),
		"a.docx": word(t, `<w:p><w:r><w:t>Văn bản</w:t></w:r></w:p>`, ""), "a.odt": writer(t, `<text:p>Văn bản</text:p>`, ""),
		"a.pdf": pdf(t, shown{72, 700, 12, "Van ban giao nhiem vu cua tinh"}),
	} {
		if _, err := issued.Read(ended, name, content); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOldWordAsksForLibreOffice(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for name, content := range map[string]string{"a.doc": "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 …", "a.rtf": `{\rtf1 Văn bản}`} {
		if got := refused(t, name, []byte(content)); got != "document.old_word" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestLibreOfficeEndsWithItsChildren(t *testing.T) {
	folder := t.TempDir()
	noted := filepath.Join(folder, "child")
	// One that never ends, with a child that never ends either.
	script := "#!/bin/sh\nsleep 600 &\necho $! > " + noted + "\nwait\n"
	if err := os.WriteFile(filepath.Join(folder, "soffice"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := issued.Read(ctx, "a.doc", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 van ban"))
		done <- err
	}()
	child := 0
	for child == 0 {
		text, err := os.ReadFile(noted)
		if err == nil {
			child, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		}
		select {
		case err := <-done:
			t.Fatalf("it ended by itself: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	for deadline := time.Now().Add(10 * time.Second); alive(child); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("its child %d lives on", child)
		}
	}
}

// alive reports whether a process runs; one that has ended and that nobody has asked for does not.
func alive(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(status), ") Z ")
}
