package privacy_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"dondoc/internal/privacy"
)

// line is a text with what is to be found in it; empty: nothing.
type line struct {
	want privacy.Rule
	text string
}

var labels = map[string]privacy.Rule{
	"ok": "", "identity": privacy.IdentityNumber, "table": privacy.PersonTable, "stamp": privacy.SecretStamp,
	"phone": privacy.Phone, "birth": privacy.BirthYear,
}

// corpus reads what was written for the guard, and the issued plans: nothing in
// those is personal or secret.
func corpus(t *testing.T) []line {
	t.Helper()
	read := func(path string) []string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(string(b), "\n")
	}
	var all []line
	for i, l := range read("testdata/corpus.txt") {
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		label, text, ok := strings.Cut(l, "\t")
		rule, known := labels[label]
		if !ok || !known {
			t.Fatalf("line %d has no known label: %q", i+1, l)
		}
		all = append(all, line{rule, strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(text)})
	}
	if len(all) < 150 {
		t.Fatalf("only %d written lines", len(all))
	}
	for _, plan := range []string{"an-thi-2018.txt", "dong-nai-2016-2020.txt"} {
		for _, l := range read("../../examples/source/" + plan) {
			if strings.TrimSpace(l) != "" {
				all = append(all, line{"", l})
			}
		}
	}
	return all
}

// The floor that the guard keeps over the corpus. Whoever changes a rule sees
// here what it costs.
const (
	leastPrecision = 0.98
	leastRecall    = 0.98
)

func TestCorpus(t *testing.T) {
	all := corpus(t)
	right, wrong, missed := 0, []string{}, []string{}
	for _, l := range all {
		var rules []privacy.Rule
		for _, f := range privacy.Check(l.text) {
			rules = append(rules, f.Rule)
		}
		found := slices.Contains(rules, l.want)
		switch {
		case l.want != "" && found:
			right++
		case l.want != "":
			missed = append(missed, fmt.Sprintf("%s: %q (found %v)", l.want, l.text, rules))
		case len(rules) > 0:
			wrong = append(wrong, fmt.Sprintf("%v: %q", rules, l.text))
		}
	}
	precision := float64(right) / float64(right+len(wrong))
	recall := float64(right) / float64(right+len(missed))
	t.Logf("%d texts, %d found rightly, %d false positives, %d missed: precision %.3f, recall %.3f", len(all), right, len(wrong), len(missed), precision, recall)
	for _, w := range wrong {
		t.Logf("false positive: %s", w)
	}
	for _, m := range missed {
		t.Logf("missed: %s", m)
	}
	if precision < leastPrecision || recall < leastRecall {
		t.Errorf("below the floor of %.2f", leastPrecision)
	}
}

// BenchmarkCheck looks at the longest narrative that is taken.
func BenchmarkCheck(b *testing.B) {
	source, err := os.ReadFile("../../examples/source/dong-nai-2016-2020.txt")
	if err != nil {
		b.Fatal(err)
	}
	text := string([]rune(string(source))[:20000])
	for b.Loop() {
		privacy.Check(text)
	}
}
