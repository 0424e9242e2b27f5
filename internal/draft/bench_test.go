package draft_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"dondoc/internal/draft"
	"dondoc/internal/issued"
)

// hundredPages is a document of about 100 pages: the plan of a province several times over, under headings of their own.
func hundredPages(tb testing.TB) []byte {
	tb.Helper()
	one, err := os.ReadFile("../../examples/source/dong-nai-2016-2020.txt")
	if err != nil {
		tb.Fatal(err)
	}
	head, body, _ := strings.Cut(string(one), "I. MỤC ĐÍCH YÊU CẦU")
	body = strings.ReplaceAll(body, "./.", ".")
	var b strings.Builder
	b.WriteString(head)
	for i := range 10 {
		fmt.Fprintf(&b, "\nPhần %d\nI. MỤC ĐÍCH YÊU CẦU%s\n", i+1, body)
	}
	return []byte(b.String())
}

// BenchmarkHundredPages reads a document of 100 pages into a draft and its plan file; heap-MB is what the process had
// taken from the system for its heap at the end.
func BenchmarkHundredPages(b *testing.B) {
	content := hundredPages(b)
	b.ReportAllocs()
	for b.Loop() {
		doc, err := issued.Read(context.Background(), "a.txt", content)
		if err != nil {
			b.Fatal(err)
		}
		d := draft.Read(doc)
		if len(d.Agencies) < 100 {
			b.Fatalf("%d agencies", len(d.Agencies))
		}
		if _, err := draft.PlanFile(d, nil); err != nil {
			b.Fatal(err)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapSys)/(1<<20), "heap-MB")
}

// BenchmarkHostileLines reads 4 MB of lines that are made to be parted at every word.
func BenchmarkHostileLines(b *testing.B) {
	line := strings.Repeat("; Sở Y tế, các sở, báo cáo (100% 7.000 đồng) gửi Sở A trước ngày 1/1/2026. Giao ", 100) + "\n"
	content := []byte("KẾ HOẠCH\nI. TỔ CHỨC THỰC HIỆN\n" + strings.Repeat(line, 4<<20/len(line)))
	for b.Loop() {
		doc, err := issued.Read(context.Background(), "a.txt", content)
		if err != nil {
			b.Fatal(err)
		}
		draft.Read(doc)
	}
}
