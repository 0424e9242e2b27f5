package document_test

import (
	"strings"
	"testing"

	"dondoc/internal/form"
)

// An outline goes on with the numbers of the parts that stand before it.
func TestAnOutlineIsNumberedWithTheOtherParts(t *testing.T) {
	r := quarterly()
	r.Filled.Sections = append(r.Filled.Sections[:1:1], []form.Section{
		{Heading: "II. Kết quả thực hiện", Level: 1}, {Heading: "1. Chỉ đạo", Narrative: true, Level: 2}, {Heading: "III. Kiến nghị", Narrative: true, Level: 1},
	}...)
	r.Filled.Texts = append(r.Filled.Texts[:1:1], "Đã ban hành kế hoạch.", "Bổ sung kinh phí.")
	text := said(r.Paper())
	at := -1
	for _, part := range []string{"I. CÔNG TÁC TUYÊN TRUYỀN", "II. KẾT QUẢ THỰC HIỆN", "1. Chỉ đạo", "Đã ban hành kế hoạch.", "III. KIẾN NGHỊ", "Bổ sung kinh phí.", "IV. TÌNH HÌNH BÁO CÁO"} {
		next := strings.Index(text, part)
		if next <= at {
			t.Errorf("%q is not where it belongs in:\n%s", part, text)
		}
		at = next
	}
}
