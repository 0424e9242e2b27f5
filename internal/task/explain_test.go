package task_test

import (
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/indicator"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

func rulesOfFigures(t *testing.T, rules ...string) task.Rules {
	t.Helper()
	r := task.Rules{Result: plan.ResultFigures, Fields: []task.Field{
		{Indicator: "luot", Name: "Số lượt", Kind: "count"}, {Indicator: "vi-pham", Name: "Vi phạm", Kind: "count"},
		{Indicator: "co-so", Name: "Cơ sở", Kind: "count"}, {Indicator: "co-so.a", Name: "Lưu trú", Kind: "count", Total: "co-so", Of: "Cơ sở"},
		{Indicator: "co-so.b", Name: "Khác", Kind: "count", Total: "co-so", Of: "Cơ sở"},
		{Indicator: "tl", Name: "Tỷ lệ", Kind: "percent", Numerator: "vi-pham", Denominator: "luot"},
		{Indicator: "ky", Name: "Lũy kế", Kind: "count", Cumulative: true}, {Indicator: "yen", Name: "Bất thường", Kind: "count", Steady: true},
		{Indicator: "chu", Name: "Địa bàn", Kind: "text"},
	}}
	for _, text := range rules {
		rule, err := indicator.ParseRule(text)
		if err != nil {
			t.Fatal(err)
		}
		r.Rules = append(r.Rules, rule)
	}
	return r
}

func given(pairs ...string) task.Content {
	c := task.Content{Kind: task.Report}
	for i := 0; i < len(pairs); i += 2 {
		c.Figures = append(c.Figures, task.Figure{Indicator: pairs[i], Value: pairs[i+1]})
	}
	return c
}

func TestFiguresThatBreakARuleAreNotTakenIn(t *testing.T) {
	rules := rulesOfFigures(t, "vi-pham <= luot", "luot > 0")
	for name, c := range map[string]struct {
		content task.Content
		want    string
	}{
		"in order":                      {given("luot", "10", "vi-pham", "10", "co-so", "5", "co-so.a", "2", "co-so.b", "3"), "<nil>"},
		"more than there are":           {given("luot", "10", "vi-pham", "11"), "figures.vi-pham figure.rule"},
		"two at once":                   {given("luot", "0", "vi-pham", "11"), "figures.luot figure.rule, figures.vi-pham figure.rule"},
		"one of them is not given":      {given("vi-pham", "11"), "<nil>"},
		"parts above their total":       {given("co-so", "5", "co-so.a", "3", "co-so.b", "3"), "figures.co-so.a figure.rule"},
		"parts of which one is missing": {given("co-so", "5", "co-so.a", "6"), "<nil>"},
		"parts below are asked about":   {given("co-so", "5", "co-so.a", "1", "co-so.b", "3"), "<nil>"},
		"no number breaks no rule":      {given("luot", "mười", "vi-pham", "11"), "figures.luot figure.number"},
	} {
		if got := faultsAt(rules.Check(c.content, 0, false)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	err := fault.Of(rules.Check(given("co-so", "5", "co-so.a", "3", "co-so.b", "3"), 0, false))
	if want := "“Cơ sở: Lưu trú” + “Cơ sở: Khác” (6) không được lớn hơn “Cơ sở” (5)."; err.Details[0].VI != want {
		t.Errorf("said %s, want %s", err.Details[0].VI, want)
	}
}

func TestWhatIsAskedAboutFigures(t *testing.T) {
	rules := rulesOfFigures(t)
	before := map[string]string{"luot": "100", "vi-pham": "20", "tl": "20", "ky": "500", "yen": "100", "chu": "100", "co-so.a": "40"}
	explained := func(c task.Content, pairs ...string) task.Content {
		for i := 0; i < len(pairs); i += 2 {
			c.Explanations = append(c.Explanations, task.Explanation{Indicator: pairs[i], Text: pairs[i+1]})
		}
		return c
	}
	for name, c := range map[string]struct {
		content task.Content
		want    string
		kept    int
	}{
		"as before":                 {given("luot", "90"), "<nil>", 0},
		"fell and rose":             {given("luot", "49", "vi-pham", "61"), "explanations.luot figure.fell, explanations.vi-pham figure.rose", 0},
		"one answered":              {explained(given("luot", "49", "vi-pham", "61"), "luot", "Hết đợt cao điểm"), "explanations.vi-pham figure.rose", 1},
		"both answered":             {explained(given("luot", "49", "vi-pham", "61"), "luot", "Hết đợt", "vi-pham", "Chuyên đề"), "<nil>", 2},
		"what answers nothing goes": {explained(given("luot", "90"), "luot", "Như cũ", "la", "?"), "<nil>", 0},
		"of a part":                 {given("co-so.a", "10"), "explanations.co-so.a figure.fell", 0},
		"parts below their total":   {given("co-so", "50", "co-so.a", "30", "co-so.b", "10"), "explanations.co-so figure.total", 0},
		"never of a ratio, of what covers the year, of what swings, of words": {given("tl", "90", "ky", "10", "yen", "1", "chu", "1"), "<nil>", 0},
		"never of a nil return": {task.Content{Kind: task.NilReturn, Figures: given("luot", "1").Figures}, "<nil>", 0},
	} {
		kept, err := rules.Answered(c.content, before)
		if got := faultsAt(err); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if len(kept.Explanations) != c.kept {
			t.Errorf("%s: keeps %v", name, kept.Explanations)
		}
	}
	if _, err := rules.Answered(given("luot", "49"), nil); err != nil {
		t.Errorf("without a period before: %v", err)
	}
}

func TestARatioIsWorkedOut(t *testing.T) {
	rules := rulesOfFigures(t)
	for name, c := range map[string]struct {
		content task.Content
		want    string
	}{
		"from its figures":           {given("luot", "30", "vi-pham", "10"), "33.33"},
		"whatever was written":       {given("luot", "30", "vi-pham", "10", "tl", "50"), "33.33"},
		"of figures not on a form":   {given("luot", "30", "tl", "50"), "50"},
		"nothing is a share of zero": {given("luot", "0", "vi-pham", "0"), ""},
	} {
		got := ""
		for _, f := range rules.Compute(c.content.Figures) {
			if f.Indicator == "tl" {
				got += f.Value
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestExplanationsAreGuarded(t *testing.T) {
	in := task.SubmitInput{Kind: task.Report, Narrative: "x", Explanations: []task.Explanation{
		{Indicator: "luot", Text: "  Hết đợt  "}, {Indicator: "co-so", Text: "CCCD 075203001234"}, {Indicator: "vi-pham", Text: " "}}}
	cleaned, err := in.Clean()
	if got := faultsAt(err); got != "explanations.co-so privacy.identity" {
		t.Errorf("refused: %s", got)
	}
	if len(cleaned.Explanations) != 2 || cleaned.Explanations[1].Text != "Hết đợt" {
		t.Errorf("kept %v", cleaned.Explanations)
	}
	in.Explanations = []task.Explanation{{Indicator: "luot", Text: "Liên hệ 0912345678"}}
	unsure := false
	for _, text := range in.Texts() {
		unsure = unsure || text.Field == "explanations.luot"
	}
	if !unsure {
		t.Error("what is explained is not looked through for what seems personal")
	}
}
