package target_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
	"dondoc/internal/target"
)

func TestTargetsAsATable(t *testing.T) {
	aim, actual := decimal.NewFromInt(8000), decimal.NewFromInt(2500)
	standing := func(hidden bool) target.Standing {
		return target.Standing{Reference: "II.2.e", Text: "Kiểm tra 8.000 lượt", Due: calendar.NewDate(2030, 12, 31), Measures: []target.Measured{{
			Measure: target.Measure{Aim: &aim, Unit: "lượt", Name: "kiểm tra"}, Hidden: hidden,
			Outlook: indicator.Outlook{Actual: &actual, Light: indicator.Red, RuleVI: "Chậm", RuleEN: "Slow"},
		}}}
	}
	var b strings.Builder
	if err := target.Table(target.View{Targets: []target.Standing{standing(false), standing(true)}}, "vi").WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"II.2.e", "8.000", "2.500", "Khó đạt", "Chậm", "2030-12-31", indicator.Hidden} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if strings.Count(b.String(), "2.500") != 1 {
		t.Errorf("what is hidden is told:\n%s", b.String())
	}
}
