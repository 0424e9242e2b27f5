package pdf_test

import (
	"bytes"
	"testing"

	"dondoc/internal/paper"
	"dondoc/internal/pdf"
)

// BenchmarkWrite writes an annex of 2,000 rows, the longest that is handed out,
// and a letter of one page.
func BenchmarkWrite(b *testing.B) {
	for name, rows := range map[string]int{"letter": 5, "annex": 2000} {
		var lines []paper.Line
		for range rows {
			lines = append(lines, paper.Line{Texts: []string{"1", "Ủy ban nhân dân phường Trảng Dài", "Báo cáo kết quả triển khai thực hiện, tháng 06/2026"}})
		}
		d := report(paper.Grid(165, []paper.Column{{Title: "TT", Share: 1}, {Title: "Đơn vị", Share: 3}, {Title: "Báo cáo", Share: 4}}, lines))
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var file bytes.Buffer
				if err := pdf.Write(&file, d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
