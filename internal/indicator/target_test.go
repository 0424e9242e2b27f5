package indicator_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/indicator"
)

func readings(t *testing.T, list ...string) []indicator.Reading {
	t.Helper()
	var all []indicator.Reading
	for _, item := range list {
		on, value, _ := strings.Cut(item, " ")
		var r indicator.Reading
		if err := r.On.UnmarshalText([]byte(on)); err != nil {
			t.Fatal(err)
		}
		r.Value = decimal.RequireFromString(value)
		all = append(all, r)
	}
	return all
}

func TestOutlooks(t *testing.T) {
	aim := decimal.RequireFromString
	baseline, zero := aim("200"), aim("0")
	from, to := calendar.NewDate(2026, 1, 1), calendar.NewDate(2026, 12, 31)
	june := calendar.NewDate(2026, 6, 30)
	shown := func(n *decimal.Decimal) string {
		if n == nil {
			return ""
		}
		return n.String()
	}
	for _, c := range []struct {
		name                   string
		target                 indicator.Target
		readings               []string
		on                     calendar.Date
		actual, done, forecast string
		light                  indicator.Light
	}{
		// 181 of 365 days.
		{"as fast as needed", indicator.Target{Kind: indicator.Reach, Aim: aim("8000")}, []string{"2026-06-30 4000"}, june, "4000", "50", "8066.3", indicator.Green},
		{"a little slow", indicator.Target{Kind: indicator.Reach, Aim: aim("8000")}, []string{"2026-06-30 3600"}, june, "3600", "45", "7259.67", indicator.Amber},
		{"far too slow", indicator.Target{Kind: indicator.Reach, Aim: aim("8000")}, []string{"2026-06-30 1000"}, june, "1000", "12.5", "2016.57", indicator.Red},
		{"later figures are not known yet", indicator.Target{Kind: indicator.Reach, Aim: aim("8000")}, []string{"2026-09-30 8000", "2026-06-30 1000"}, june, "1000", "12.5", "2016.57", indicator.Red},
		{"over, and missed by one", indicator.Target{Kind: indicator.Reach, Aim: aim("8000")}, []string{"2026-12-31 7999"}, to, "7999", "99.99", "7999", indicator.Red},
		{"over, and met", indicator.Target{Kind: indicator.Reach, Aim: aim("8000")}, []string{"2026-12-31 8000"}, to, "8000", "100", "8000", indicator.Green},
		{"a limit that will be exceeded", indicator.Target{Kind: indicator.Reach, Aim: aim("100"), Direction: indicator.Down}, []string{"2026-06-30 90"}, june, "90", "90", "181.49", indicator.Red},
		{"a share that grows", indicator.Target{Kind: indicator.ReachShare, Aim: aim("80")}, []string{"2026-03-31 40", "2026-06-30 60"}, june, "60", "75", "100", indicator.Green},
		{"a share that stands", indicator.Target{Kind: indicator.ReachShare, Aim: aim("80")}, []string{"2026-06-30 75"}, june, "75", "93.75", "75", indicator.Amber},
		{"a reduction without a baseline", indicator.Target{Kind: indicator.Reduce, Aim: aim("80")}, []string{"2026-06-30 75"}, june, "", "", "", indicator.Unclear},
		{"nothing to reduce", indicator.Target{Kind: indicator.Reduce, Aim: aim("80"), Baseline: &zero}, []string{"2026-06-30 75"}, june, "", "", "", indicator.Unclear},
		{"a reduction on its way", indicator.Target{Kind: indicator.Reduce, Aim: aim("80"), Baseline: &baseline}, []string{"2026-01-01 200", "2026-06-30 100"}, june, "50", "62.5", "100", indicator.Green},
		{"kept up", indicator.Target{Kind: indicator.Maintain, Aim: aim("80")}, []string{"2026-03-31 80", "2026-06-30 90"}, june, "90", "112.5", "", indicator.Green},
		{"lost once", indicator.Target{Kind: indicator.Maintain, Aim: aim("80")}, []string{"2026-03-31 79", "2026-06-30 90"}, june, "90", "112.5", "", indicator.Amber},
		{"lost now", indicator.Target{Kind: indicator.Maintain, Aim: aim("80")}, []string{"2026-03-31 90", "2026-06-30 79"}, june, "79", "98.75", "", indicator.Red},
		{"once in every quarter", indicator.Target{Kind: indicator.AtLeast, Aim: aim("1")}, []string{"2026-03-31 1", "2026-06-30 2"}, june, "2", "200", "", indicator.Green},
		{"a quarter without", indicator.Target{Kind: indicator.AtLeast, Aim: aim("1")}, []string{"2026-03-31 0", "2026-06-30 2"}, june, "2", "200", "", indicator.Red},
		{"no figures", indicator.Target{Kind: indicator.Reach, Aim: aim("8000")}, nil, june, "", "", "", indicator.Unclear},
		{"words", indicator.Target{Kind: indicator.InWords}, []string{"2026-06-30 1"}, june, "", "", "", indicator.Unclear},
	} {
		c.target.From, c.target.To = from, to
		o := c.target.Judge(readings(t, c.readings...), c.on)
		if shown(o.Actual) != c.actual || shown(o.Done) != c.done || shown(o.Forecast) != c.forecast || o.Light != c.light {
			t.Errorf("%s: %s, %s %%, forecast %s, %s; want %s, %s %%, forecast %s, %s", c.name,
				shown(o.Actual), shown(o.Done), shown(o.Forecast), o.Light, c.actual, c.done, c.forecast, c.light)
		}
		if o.RuleVI == "" || o.RuleEN == "" {
			t.Errorf("%s: the rule is not told", c.name)
		}
	}
}

func TestPartsAddUpToTheTarget(t *testing.T) {
	n := decimal.NewFromInt
	if d := indicator.CheckSplit(n(8000), []indicator.Split{{"a", n(5000)}, {"b", n(3000)}}); !d.IsZero() {
		t.Errorf("off by %s", d)
	}
	if d := indicator.CheckSplit(n(8000), []indicator.Split{{"a", n(5000)}, {"b", n(2000)}}); !d.Equal(n(-1000)) {
		t.Errorf("off by %s, want 1000 too few", d)
	}
}

func TestRulesOverFields(t *testing.T) {
	name := func(code string) string {
		return map[string]string{"kt-luot": "Số lượt kiểm tra", "kt-vi-pham": "Số cơ sở vi phạm"}[code]
	}
	figures := map[string]string{"kt-luot": "10", "kt-vi-pham": "12", "nam": "3", "nu": "4", "tong": "7"}
	for text, broken := range map[string]bool{
		"kt-vi-pham <= kt-luot": true, "kt-luot <= kt-vi-pham": false, "nam + nu = tong": false, "tong - nam = nu": false,
		"tong > 7": true, "tong >= 7": false, "nam + nu < tong": true,
		"nam + khong-co = tong": false, // not given: cannot be judged
	} {
		rule, err := indicator.ParseRule(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if f := rule.Check(figures, name); (f != nil) != broken {
			t.Errorf("%s: %v", text, f)
		}
	}
	rule, err := indicator.ParseRule("kt-vi-pham <= kt-luot")
	if err != nil {
		t.Fatal(err)
	}
	if f := rule.Check(figures, name); f == nil || f.VI != "“Số cơ sở vi phạm” (12) không được lớn hơn “Số lượt kiểm tra” (10)." {
		t.Errorf("%v", f)
	}
	for _, text := range []string{"", "a", "a <= b <= c", "a<=b", "a <= ", "a + <= b", "a b <= c", "+ a <= b", "a <= 1;drop"} {
		if _, err := indicator.ParseRule(text); fault.Of(err) == nil {
			t.Errorf("%q is a rule", text)
		}
	}
}

func TestSwingsAreAskedAbout(t *testing.T) {
	d := indicator.Definition{Name: "Số vụ"}
	for _, c := range []struct{ previous, now, code string }{
		{"100", "49", "figure.fell"}, {"100", "50", ""}, {"100", "0", "figure.fell"}, {"100", "300", ""}, {"100", "301", "figure.rose"},
		{"0", "100", ""}, {"1", "3", ""}, {"1", "10", ""}, {"1", "11", "figure.rose"}, {"", "100", ""}, {"100", "", ""},
	} {
		f := d.Swing(c.previous, c.now)
		if (f == nil) != (c.code == "") || f != nil && f.Code != c.code {
			t.Errorf("%s after %s: %v", c.now, c.previous, f)
		}
	}
	if f := (indicator.Definition{Name: "Lũy kế", Cumulative: true}).Swing("100", "10"); f != nil {
		t.Errorf("a new year begins anew: %v", f)
	}
}

// The more has come together, the better the forecast and never the worse the
// light; for a limit the other way round.
func TestForecastsAreMonotone(t *testing.T) {
	rank := map[indicator.Light]int{indicator.Red: 0, indicator.Amber: 1, indicator.Green: 2}
	rapid.Check(t, func(t *rapid.T) {
		from := calendar.NewDate(2026, 1, 1)
		target := indicator.Target{Kind: indicator.Reach, Aim: decimal.NewFromInt(rapid.Int64Range(1, 10000).Draw(t, "aim")), From: from, To: calendar.NewDate(2026, 12, 31)}
		if rapid.Bool().Draw(t, "limit") {
			target.Direction = indicator.Down
		}
		on := from.AddDays(rapid.IntRange(0, 400).Draw(t, "day"))
		reading := indicator.Reading{On: from.AddDays(rapid.IntRange(0, 364).Draw(t, "reading")), Value: decimal.NewFromInt(rapid.Int64Range(0, 10000).Draw(t, "value"))}
		more := reading
		more.Value = more.Value.Add(decimal.NewFromInt(rapid.Int64Range(0, 1000).Draw(t, "more")))
		a, b := target.Judge([]indicator.Reading{reading}, on), target.Judge([]indicator.Reading{more}, on)
		if a.Light == indicator.Unclear {
			if b.Light != indicator.Unclear {
				t.Fatal("a later reading is known to one alone")
			}
			return
		}
		if b.Forecast.LessThan(*a.Forecast) {
			t.Fatalf("%s forecasts %s, %s only %s", reading.Value, a.Forecast, more.Value, b.Forecast)
		}
		better := rank[b.Light] - rank[a.Light]
		if target.Direction == indicator.Down {
			better = -better
		}
		if better < 0 {
			t.Fatalf("%s is %s, %s is %s", reading.Value, a.Light, more.Value, b.Light)
		}
	})
}

func TestFewPersonsAreNotShownOutside(t *testing.T) {
	persons, cases := indicator.Definition{CountOnly: true}, indicator.Definition{}
	for _, c := range []struct {
		definition    indicator.Definition
		stored, shown string
	}{{persons, "4", "< 5"}, {persons, "1", "< 5"}, {persons, "5", "5"}, {persons, "0", "0"}, {persons, "", ""}, {persons, "không rõ", "không rõ"}, {cases, "4", "4"}} {
		if got := c.definition.Shown(c.stored, false); got != c.shown {
			t.Errorf("%q is shown as %q, want %q", c.stored, got, c.shown)
		}
		if got := c.definition.Shown(c.stored, true); got != c.stored {
			t.Errorf("%q is shown as %q inside of the chain", c.stored, got)
		}
	}
}
