package issued_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"dondoc/internal/issued"
)

func TestLinesKeepTheirNumbers(t *testing.T) {
	doc := read(t, "a.txt", []byte("\ufeffKẾ HOẠCH\r\n\r\n\u00a0Một\u2003hai\tba\u200b \rbốn  năm\nĐo\u0323c"))
	wantLines(t, doc, "KẾ HOẠCH", "Một hai ba", "bốn  năm", "Đọc")
	for i, want := range []int{1, 3, 4, 5} {
		if doc.Lines[i].Number != want {
			t.Errorf("%q is line %d, want %d", doc.Lines[i].Text, doc.Lines[i].Number, want)
		}
	}
	if len(doc.Remarks) != 0 {
		t.Errorf("remarks %v", doc.Remarks)
	}
}

// The same words in each old encoding, as fonts of that time showed them.
const (
	motto = "Cộng hòa xã hội chủ nghĩa Việt Nam\nĐộc lập - Tự do - Hạnh phúc\nỦy ban nhân dân tỉnh thực hiện kế hoạch về trường, đường, nước và người lao động"
	tcvn3 = "Céng hßa x· héi chñ nghÜa ViÖt Nam\n§éc lËp - Tù do - H¹nh phóc\nñy ban nh©n d©n tØnh thùc hiÖn kÕ ho¹ch vÒ tr\u00adêng, ®\u00adêng, n\u00adíc vµ ng\u00adêi lao ®éng"
	vni   = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam\nÑoäc laäp - Töï do - Haïnh phuùc\nUÛy ban nhaân daân tænh thöïc hieän keá hoaïch veà tröôøng, ñöôøng, nöôùc vaø ngöôøi lao ñoäng"
)

func latin(t *testing.T, s string) []byte {
	t.Helper()
	b, err := charmap.Windows1252.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// apart writes tones behind their vowels, as windows-1258 has them.
func apart(s string) string {
	var b strings.Builder
	for _, r := range s {
		vowel, tone := "", ""
		for _, part := range norm.NFD.String(string(r)) {
			if strings.ContainsRune("\u0300\u0301\u0303\u0309\u0323", part) {
				tone = string(part)
			} else {
				vowel += string(part)
			}
		}
		b.WriteString(norm.NFC.String(vowel) + tone)
	}
	return b.String()
}

func TestOldEncodingsBecomeUnicode(t *testing.T) {
	// TCVN3 has the small letter only where a font of capitals shows a large one.
	small := strings.Replace(motto, "Ủy", "ủy", 1)
	win, err := charmap.Windows1258.NewEncoder().String(apart(motto))
	if err != nil {
		t.Fatal(err)
	}
	var wide, turned []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + motto)) {
		wide, turned = append(wide, byte(u), byte(u>>8)), append(turned, byte(u>>8), byte(u))
	}
	for _, c := range []struct {
		what    string
		content []byte
		want    string
		remark  string
	}{
		{"TCVN3 in bytes", latin(t, tcvn3), small, "TCVN3 (ABC)"}, {"TCVN3 taken for Latin letters", []byte(tcvn3), small, "TCVN3 (ABC)"},
		{"VNI in bytes", latin(t, vni), motto, "VNI"}, {"VNI taken for Latin letters", []byte(vni), motto, "VNI"},
		{"windows-1258", []byte(win), motto, "windows-1258"},
		{"UTF-16", wide, motto, ""}, {"UTF-16 the other way", turned, motto, ""}, {"UTF-8", []byte(motto), motto, ""},
		{"English stays", []byte("Café résumé naïve, über die Straße, ça va, señor\nsecond line"), "Café résumé naïve, über die Straße, ça va, señor\nsecond line", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			doc := read(t, "a.txt", c.content)
			wantLines(t, doc, strings.Split(c.want, "\n")...)
			said := ""
			for _, r := range doc.Remarks {
				if r.Code == issued.RemarkEncoding {
					said += r.Detail
				}
			}
			if said != c.remark {
				t.Errorf("remark %q, want %q", said, c.remark)
			}
		})
	}
	doc := read(t, "a.docx", word(t, p("", strings.Split(tcvn3, "\n")[0])+p("", strings.Split(tcvn3, "\n")[2]), ""))
	wantLines(t, doc, strings.Split(small, "\n")[0], strings.Split(small, "\n")[2])
}

func TestOldWordsWithinNewOnesBecomeUnicode(t *testing.T) {
	old, now := strings.Split(tcvn3, "\n"), strings.Split(motto, "\n")
	doc := read(t, "a.docx", word(t, p("", now[0])+p("", now[1])+p("", old[2])+p("", "Quý I/2026, và các năm")+p("", now[2])+
		"<w:tbl><w:tr><w:tc>"+p("", "1")+"</w:tc><w:tc>"+p("", old[1])+"</w:tc></w:tr></w:tbl>", ""))
	wantLines(t, doc, now[0], now[1], strings.Replace(now[2], "Ủy", "ủy", 1), "Quý I/2026, và các năm", now[2], "1 | "+now[1])
	if len(doc.Remarks) != 1 || doc.Remarks[0].Detail != "TCVN3 (ABC)" {
		t.Errorf("remarks %v", doc.Remarks)
	}
}

func TestMarkdown(t *testing.T) {
	doc := read(t, "a.md", []byte("# KẾ HOẠCH **số 1**\n\n1. Việc *một* \\- hai\n- gạch\n* sao\na) điểm `x`\n> trích [văn bản](http://x.vn)\n\n| TT | Nhiệm vụ |\n|---|:--:|\n| 1 | a \\| b<br>c |\n\n***\n3*4*5 và a_b_c\n"))
	wantLines(t, doc, "KẾ HOẠCH số 1", "1. Việc một - hai", "- gạch", "- sao", "a) điểm `x`", "trích văn bản", "TT | Nhiệm vụ", "1 | a | b c", "3*4*5 và a_b_c")
	if got, want := fmt.Sprintf("%q %d", doc.Lines[7].Cells, doc.Lines[7].Number), `["1" "a | b\nc"] 11`; got != want {
		t.Errorf("row %s, want %s", got, want)
	}
}
