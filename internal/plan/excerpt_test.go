package plan_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"dondoc/internal/plan"
)

func TestExcerptIsAboutTheWordAskedFor(t *testing.T) {
	long := strings.Repeat("công tác tuyên truyền ", 30)
	for _, c := range []struct{ text, words, want string }{
		{"Đã mở 3 lớp.", "lop", "Đã mở 3 lớp."},
		{"Đã mở\n\n3 lớp.", "xyz", "Đã mở 3 lớp."},
		{"", "lớp", ""},
		{long + "Đã ĐÀO TẠO 12 người. " + long, "dao TẠO", "…tuyên truyền công tác tuyên truyền công tác tuyên truyền Đã ĐÀO TẠO 12 người. công"},
		{long + "kế hoạch 12/KH-UBND", "12/kh", "…truyền công tác tuyên truyền công tác tuyên truyền kế hoạch 12/KH-UBND"},
		{strings.Repeat("ă", 600) + " lớp", "lớp", "…lớp"},
	} {
		got := plan.Excerpt(c.text, strings.Fields(c.words))
		if !strings.HasPrefix(got, c.want) || len(c.text) < 100 && got != c.want {
			t.Errorf("%.20q about %q: %q", c.text, c.words, got)
		}
	}
}

func TestAnExcerptIsShortAndOfTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, word := rapid.String().Draw(t, "text"), rapid.String().Draw(t, "word")
		got := plan.Excerpt(text, []string{word})
		if n := utf8.RuneCountInString(got); n > 242 {
			t.Fatalf("%d characters", n)
		}
		whole := strings.Join(strings.Fields(text), " ")
		if inner := strings.Trim(got, "…"); utf8.ValidString(text) && !strings.Contains(whole, strings.Trim(inner, " ")) {
			t.Fatalf("%q is not of %q", got, whole)
		}
	})
}
