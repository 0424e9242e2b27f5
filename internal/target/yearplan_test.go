package target_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
	"dondoc/internal/target"
)

func TestTheYearsPlanOfAnAgency(t *testing.T) {
	n := decimal.RequireFromString
	aim := n("8000")
	fiveYears := target.Measure{Kind: indicator.Reach, Aim: &aim, From: calendar.NewDate(2016, 1, 1), To: calendar.NewDate(2020, 12, 31)}
	oneYear := fiveYears
	oneYear.From, oneYear.To = calendar.NewDate(2018, 1, 1), calendar.NewDate(2018, 12, 31)
	with := func(m target.Measure, change func(*target.Measure)) target.Measure { change(&m); return m }
	aims := func(list ...target.Aim) func(*target.Measure) {
		return func(m *target.Measure) { m.Aims = list }
	}
	for name, c := range map[string]struct {
		measure target.Measure
		alone   bool
		want    string
	}{
		"of five years nothing is divided":  {fiveYears, true, ""},
		"a plan of one year":                {oneYear, true, "8000"},
		"that many answer for":              {oneYear, false, ""},
		"every year":                        {with(fiveYears, func(m *target.Measure) { m.Per = calendar.Yearly }), true, "8000"},
		"a share at the end":                {with(fiveYears, func(m *target.Measure) { m.Kind = indicator.ReachShare; m.To.Year = 2018 }), true, "8000"},
		"a reduction is no figure to reach": {with(oneYear, func(m *target.Measure) { m.Kind = indicator.Reduce }), true, ""},
		"the agency's part of the year": {with(fiveYears, aims(target.Aim{AgencyID: 7, Year: 2017, Aim: n("1")}, target.Aim{AgencyID: 7, Year: 2018, Aim: n("2")},
			target.Aim{AgencyID: 8, Year: 2018, Aim: n("3")})), false, "2"},
		"the agency's part of five years": {with(fiveYears, aims(target.Aim{AgencyID: 7, Aim: n("10")})), false, ""},
		"the agency's part of one year":   {with(oneYear, aims(target.Aim{AgencyID: 7, Aim: n("10")})), false, "10"},
		"the year of a target of its own": {with(fiveYears, aims(target.Aim{Year: 2018, Aim: n("1600")})), true, "1600"},
		"the year of a target of many":    {with(fiveYears, aims(target.Aim{Year: 2018, Aim: n("1600")})), false, ""},
		"words":                           {target.Measure{Kind: indicator.InWords}, true, ""},
	} {
		got := ""
		if value, ok := c.measure.YearPlan(7, c.alone, 2018); ok {
			got = value.String()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
