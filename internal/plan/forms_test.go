package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dondoc/internal/plan"
)

// withForms is the small plan with indicators and one form.
func withForms(t *testing.T, indicators, form string) (*plan.Plan, plan.Problems) {
	t.Helper()
	text := small + "indicators:\n  - {code: vi-pham, name: Vi phạm, unit: count}\n" + indicators + "\nforms:\n  - code: f\n    name: Mẫu\n" + form
	return plan.Read("small.yaml", []byte(text), nil)
}

func TestABreakdownIsAsManyIndicators(t *testing.T) {
	p, problems := withForms(t, `  - {code: co-so, name: Cơ sở, unit: count, aggregation: last, required: true, min: 0, count_only: true, breakdown: [{code: luu-tru, name: Lưu trú}, {code: khac, name: Khác}]}
  - {code: tien, name: Tiền, unit: money, swing: false}`,
		"    sections: [{heading: Số liệu, indicators: [vi-pham, co-so]}]\n    rules: [vi-pham <= co-so, co-so.khac + 1 < co-so]\n")
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	var got []string
	for _, i := range p.Indicators {
		got = append(got, fmt.Sprint(i.Code, i.Aggregation, i.Required, i.CountOnly, i.Min, i.Total, i.Parts, i.Steady))
	}
	want := []string{
		"vi-pham sum false false   [] false", "co-so last true true 0  [co-so.luu-tru co-so.khac] false",
		"co-so.luu-tru last false true 0 co-so [] false", "co-so.khac last false true 0 co-so [] false", "tien sum false false   [] true",
	}
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], " ", "")
		got[i] = strings.ReplaceAll(got[i], " ", "")
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
	if rules := p.Forms[0].Rules; len(rules) != 2 || rules[1] != "co-so.khac + 1 < co-so" {
		t.Errorf("rules %q", rules)
	}
}

func TestAnOutlineIsSectionsInTheirOrder(t *testing.T) {
	p, problems := withForms(t, "", `    outline:
      - {heading: I. Tình hình, hint: địa bàn, required: true}
      - heading: II. Kết quả
        sections:
          - {heading: II.1. Chỉ đạo, max_length: 3000}
          - {heading: II.2. Kiểm tra, narrative: true, sections: [{heading: a) Đội 178}]}
`)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	var got []string
	for _, s := range p.Forms[0].Sections {
		got = append(got, fmt.Sprint(s.Level, " ", s.Heading, " ", s.Narrative, " ", s.Required, " ", s.MaxLength))
	}
	want := []string{"1 I. Tình hình true true 0", "1 II. Kết quả false false 0", "2 II.1. Chỉ đạo true false 3000", "2 II.2. Kiểm tra true false 0", "3 a) Đội 178 true false 0"}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

func TestWhatAFormCannotHold(t *testing.T) {
	figures := "    sections: [{heading: Số liệu, indicators: vi-pham}]\n"
	for name, c := range map[string]struct{ indicators, form, want string }{
		"a rule over what there is not": {"", figures + "    rules: vi-pham <= kt-luot\n", `32:12: there is no indicator "kt-luot" in the file; declare it or correct the code`},
		"with a slip of the pen":        {"", figures + "    rules: [vi-phan >= 0]\n", `32:13: there is no indicator "vi-phan"; did you mean "vi-pham"?`},
		"a rule that compares nothing":  {"", figures + "    rules: vi-pham\n", `32:12: the rule "vi-pham" needs exactly one of <=, >=, =, <, > with blanks around it`},
		"a rule over no figure":         {"", figures + "    rules: 1 <= 2\n", `32:12: the rule "1 <= 2" speaks of no indicator`},
		"a rule over words":             {"  - {code: chu, name: Chữ, unit: text}", figures + "    rules: vi-pham <= chu\n", `32:12: the indicator "chu" is in words and cannot be compared`},
		"an average broken down": {"  - {code: tb, name: TB, unit: count, aggregation: mean, breakdown: [{code: a, name: A}]}", figures,
			`27:69: only counts and money that add up (aggregation: sum or last) have a breakdown`},
		"an item twice":                  {"  - {code: cs, name: CS, unit: count, breakdown: [{code: a, name: A}, {code: a, name: B}]}", figures, `27:78: item code "a" is already used on line 27; give each item a code of its own`},
		"an outline too deep":            {"", "    outline: [{heading: A, sections: [{heading: B, sections: [{heading: C, sections: [{heading: D}]}]}]}]\n", "31:87: the outline nests deeper than 3 levels"},
		"two headings that are the same": {"", "    outline: [{heading: A}, {heading: A}]\n", `29:5: the form has two sections "A"; give each a heading of its own`},
		"nothing at all":                 {"", "    rules: vi-pham >= 0\n", `29:5: the form "f" has no section`},
		"a heading over nothing":         {"", "    outline: [{heading: A, narrative: false}]\n", `31:15: the section "A" has nothing to fill in; add indicators or narrative: true`},
	} {
		_, problems := withForms(t, c.indicators, c.form)
		if got := strings.TrimPrefix(problems.String(), "small.yaml:"); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}
