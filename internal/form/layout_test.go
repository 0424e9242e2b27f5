package form_test

import (
	"fmt"
	"slices"
	"testing"

	"dondoc/internal/form"
	"dondoc/internal/plan"
)

func TestAFormIsLaidOutOnce(t *testing.T) {
	indicators := map[string]plan.Indicator{
		"a": {Code: "a", Name: "A", Unit: "count", Aggregation: "sum"}, "b": {Code: "b", Name: "B", Unit: "count", Parts: []string{"b.x", "b.y"}},
		"b.x": {Code: "b.x", Name: "X", Unit: "count", Total: "b"}, "b.y": {Code: "b.y", Name: "Y", Unit: "count", Total: "b"},
		"r": {Code: "r", Name: "R", Unit: "percent", Aggregation: "ratio", Numerator: "a", Denominator: "b"}, "loose": {Code: "loose", Name: "L", Unit: "count"},
	}
	laid := form.Layout(plan.Form{Code: "f", Name: "Mẫu", Rules: []string{"a <= b"}, Sections: []plan.FormSection{
		{Heading: "Số", Indicators: []string{"b", "gone", "r"}, Required: true}, {Heading: "II", Level: 1}, {Heading: "1", Level: 2, Narrative: true, Hint: "gợi ý"},
	}}, []string{"loose", "r"}, indicators)
	var got []string
	for _, s := range laid.Sections {
		got = append(got, fmt.Sprintf("# %s level %d narrative %v", s.Heading, s.Level, s.Narrative))
		for _, r := range s.Rows {
			got = append(got, fmt.Sprintf("%s %s depth %d computed %v required %v", r.Ordinal, r.Code, r.Depth, r.Computed, r.Required))
		}
	}
	for _, r := range laid.Rules {
		got = append(got, r.Text)
	}
	want := []string{
		"# Số liệu level 0 narrative false", "1 loose depth 0 computed false required false",
		"# Số level 0 narrative false", "2 b depth 0 computed false required true", "2.1 b.x depth 1 computed false required false", "2.2 b.y depth 1 computed false required false",
		"3 r depth 0 computed true required true",
		"# II level 1 narrative false", "# 1 level 2 narrative true", "a <= b", "b.x + b.y <= b",
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}
