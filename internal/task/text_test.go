package task_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/task"
)

func TestRefusedCharactersAreNamedWithTheirPlace(t *testing.T) {
	for name, c := range map[string]struct {
		text         string
		line, column int
	}{
		"NUL":                     {"a\x00", 1, 2},
		"escape on line 3":        {"một\r\n\r\nđã \x1b[31m", 3, 4},
		"right-to-left override":  {"Số \u202e51", 1, 4},
		"isolate":                 {"\u2066x", 1, 1},
		"C1 control":              {"ab\u0085", 1, 3},
		"counted after composing": {"Đa\u0303 ho\u0323p\u0000", 1, 7},
	} {
		_, submit := task.SubmitInput{Kind: task.Report, Narrative: c.text}.Clean()
		_, draft := task.DraftInput{Content: task.Content{Kind: task.Report, Narrative: c.text}}.Clean()
		_, review := task.ReviewInput{Decision: task.Return, Reason: c.text}.Clean()
		_, withdraw := task.WithdrawInput{Reason: c.text}.Clean()
		_, prepared := task.PreparationInput{Decision: task.GiveBack, Reason: c.text}.Clean()
		for act, err := range map[string]error{"submit": submit, "draft": draft, "review": review, "withdraw": withdraw, "prepared": prepared} {
			f := fault.Of(err)
			if f != nil && len(f.Details) > 0 {
				f = f.Details[0]
			}
			if f == nil || f.Code != "text.control" || f.Line != c.line || f.Column != c.column || f.Field == "" {
				t.Errorf("%s in %s: %+v", name, act, f)
			}
		}
	}
}

func TestDraftsAreKeptAsTyped(t *testing.T) {
	in, err := task.DraftInput{Content: task.Content{Kind: task.NilReturn, Narrative: "  Đa\u0303 ho\u0323p\r\n", Figures: []task.Figure{{Indicator: "vu", Value: "12,"}}}}.Clean()
	if err != nil || in.Narrative != "  Đã họp\n" || in.Figures[0].Value != "12," {
		t.Errorf("%+v, %v", in, err)
	}
	if _, err := (task.DraftInput{Content: task.Content{Kind: task.Report, Narrative: strings.Repeat("ă", 20001)}}).Clean(); fault.Of(err) == nil || fault.Of(err).Details[0].Code != "text.long" || !strings.Contains(fault.Of(err).Details[0].VI, "20000") {
		t.Errorf("too long: %v", err)
	}
}

func TestDatesThatCanOnlyBeSlips(t *testing.T) {
	today := calendar.NewDate(2026, 2, 5)
	for on, good := range map[calendar.Date]bool{
		{}: true, calendar.NewDate(1989, 12, 31): false, calendar.NewDate(1990, 1, 1): true,
		calendar.NewDate(2027, 2, 5): true, calendar.NewDate(2027, 2, 6): false, calendar.NewDate(202, 2, 5): false,
	} {
		err := task.CheckDocumentOn("document_on", on, today)
		if f := fault.Of(err); (err == nil) != good || f != nil && (f.Field != "document_on" || f.Code != "date.far") {
			t.Errorf("%s: %v", on, err)
		}
	}
}

func TestCompareFigures(t *testing.T) {
	from := task.Submission{Kind: task.Report, Figures: []task.Figure{{Indicator: "vu", Value: "3"}, {Indicator: "tien", Value: "0.1"}, {Indicator: "ten", Value: "Tổ một"}, {Indicator: "cu", Value: "1"}}, DocumentNumber: "1/BC"}
	to := task.Submission{Kind: task.Report, Figures: []task.Figure{{Indicator: "vu", Value: "12"}, {Indicator: "tien", Value: "0.3"}, {Indicator: "ten", Value: "Tổ hai"}}, DocumentNumber: "2/BC", DocumentOn: calendar.NewDate(2026, 2, 5)}
	c := task.Compare(from, to, []task.Field{{Indicator: "tien"}, {Indicator: "vu"}, {Indicator: "ten"}, {Indicator: "khong"}})
	lines := []string{}
	for _, f := range c.Figures {
		lines = append(lines, strings.Join([]string{f.Field.Indicator, f.Old, f.New, f.Difference}, "|"))
	}
	if want := []string{"tien|0.1|0.3|0.2", "vu|3|12|9", "ten|Tổ một|Tổ hai|", "cu|1||"}; !slices.Equal(lines, want) {
		t.Errorf("figures %q", lines)
	}
	changed := []string{}
	for _, f := range c.Facts {
		if f.Changed {
			changed = append(changed, f.Field+"="+f.Old+"→"+f.New)
		}
	}
	if want := []string{"document_number=1/BC→2/BC", "document_on=→2026-02-05"}; !slices.Equal(changed, want) {
		t.Errorf("facts %q", changed)
	}
}

func TestWordsThatWereLeftOutAndPutIn(t *testing.T) {
	text := func(pieces []task.Piece) string {
		var b strings.Builder
		for _, p := range pieces {
			b.WriteString(map[task.Change]string{task.Same: "=", task.Removed: "-", task.Added: "+"}[p.Change] + p.Text)
		}
		return b.String()
	}
	for _, c := range [][3]string{
		{"Đã họp 3 lần.", "Đã họp 4 lần.", "=Đã họp -3 +4 =lần."},
		{"Đã họp", "Đã họp\nvà báo cáo", "=Đã họp\n+và báo cáo"},
		{"", "mới", "+mới"}, {"cũ", "", "-cũ"}, {"", "", ""}, {"a  b", "a b", "=a b"},
	} {
		if got := text(task.DiffWords(c[0], c[1])); got != c[2] {
			t.Errorf("%q to %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

// Whatever two texts are, the pieces give both back, word for word, and keep a
// longest common subsequence.
func TestDiffGivesBothTextsBack(t *testing.T) {
	word := rapid.SampledFrom([]string{"a", "b", "c", "đ"})
	rapid.Check(t, func(t *rapid.T) {
		from, to := rapid.SliceOfN(word, 0, 30).Draw(t, "from"), rapid.SliceOfN(word, 0, 30).Draw(t, "to")
		var old, now []string
		same := 0
		for _, p := range task.DiffWords(strings.Join(from, " "), strings.Join(to, " ")) {
			if p.Change != task.Added {
				old = append(old, p.Words()...)
			}
			if p.Change != task.Removed {
				now = append(now, p.Words()...)
			}
			if p.Change == task.Same {
				same += len(p.Words())
			}
		}
		if !slices.Equal(old, from) || !slices.Equal(now, to) {
			t.Fatalf("%v and %v became %v and %v", from, to, old, now)
		}
		if want := common(from, to); same != want {
			t.Fatalf("%d words kept, %d could be", same, want)
		}
	})
}

func common(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
	}
	for i := range a {
		for j := range b {
			if a[i] == b[j] {
				table[i+1][j+1] = table[i][j] + 1
			} else {
				table[i+1][j+1] = max(table[i][j+1], table[i+1][j])
			}
		}
	}
	return table[len(a)][len(b)]
}
