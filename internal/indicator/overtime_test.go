package indicator_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"dondoc/internal/indicator"
)

func points(year int, figures ...int64) []indicator.Point {
	var list []indicator.Point
	for i, n := range figures {
		if n < 0 {
			continue // nothing reported
		}
		list = append(list, indicator.Point{Year: year, Order: i + 1, Total: indicator.Of(decimal.NewFromInt(n))})
	}
	return list
}

func TestFiguresOverTime(t *testing.T) {
	history := append(points(2025, 10, 20, 30, 40), points(2026, 1, 2, -1, 3)...)
	for _, c := range []struct {
		name string
		d    indicator.Definition
		year int
		at   int
		want [4]string // this period, year to date, plan to date, the year before
	}{
		{"sum", indicator.Definition{Aggregation: indicator.Sum}, 2026, 4, [4]string{"3", "6", "106", "40"}},
		{"sum of a period nobody reported", indicator.Definition{Aggregation: indicator.Sum}, 2026, 3, [4]string{"", "3", "103", "30"}},
		{"level", indicator.Definition{Aggregation: indicator.Last}, 2026, 3, [4]string{"", "2", "2", "30"}},
		{"maximum", indicator.Definition{Aggregation: indicator.Maximum}, 2026, 4, [4]string{"3", "3", "40", "40"}},
		{"mean", indicator.Definition{Aggregation: indicator.Mean}, 2026, 4, [4]string{"3", "2", "15.14", "40"}},
		{"had it once", indicator.Definition{Aggregation: indicator.CountUnits}, 2026, 4, [4]string{"1", "1", "1", "1"}},
		{"reported for the year so far", indicator.Definition{Cumulative: true}, 2026, 2, [4]string{"1", "2", "42", "10"}},
		{"and what a gap hides", indicator.Definition{Cumulative: true}, 2026, 4, [4]string{"1", "3", "43", "10"}},
	} {
		for span, want := range c.want {
			value, ok := c.d.Value(c.d.OverTime(history, c.year, c.at, indicator.Span(span)))
			got := ""
			if ok {
				got = value.String()
			}
			if got != want {
				t.Errorf("%s, span %d: %q, want %q", c.name, span, got, want)
			}
		}
	}
}

// Adding up over time does not depend on the order in which reports came in.
func TestPointsMayComeInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var history []indicator.Point
		for year := 2024; year <= 2026; year++ {
			history = append(history, points(year, rapid.SliceOfN(rapid.Int64Range(-1, 50), 4, 4).Draw(t, "year")...)...)
		}
		d := indicator.Definition{
			Aggregation: rapid.SampledFrom([]indicator.Aggregation{indicator.Sum, indicator.Last, indicator.Maximum, indicator.Mean, indicator.CountUnits}).Draw(t, "aggregation"),
			Cumulative:  rapid.Bool().Draw(t, "cumulative"),
		}
		span := indicator.Span(rapid.IntRange(0, 3).Draw(t, "span"))
		want, known := d.Value(d.OverTime(history, 2026, 3, span))
		got, also := d.Value(d.OverTime(rapid.Permutation(history).Draw(t, "order"), 2026, 3, span))
		if known != also || !got.Equal(want) {
			t.Fatalf("%s, not %s", got, want)
		}
	})
}

// What a district counted in two quarters is not added up: a commune that had it
// in both counts once.
func TestUnitsThatHadItTwiceCountOnce(t *testing.T) {
	d := indicator.Definition{Aggregation: indicator.CountUnits}
	quarter := func(units ...int64) indicator.Total {
		total := indicator.Of(decimal.Zero) // a commune that had none
		for _, unit := range units {
			total = total.Add(d.Of(unit, decimal.NewFromInt(3)))
		}
		return total
	}
	value := func(first, second indicator.Total) string {
		n, _ := d.Value(d.OverTime([]indicator.Point{{Year: 2026, Order: 1, Total: first}, {Year: 2026, Order: 2, Total: second}}, 2026, 2, indicator.PlanToDate))
		return n.String()
	}
	if got := value(quarter(1, 2, 3), quarter(3, 4)); got != "4" {
		t.Errorf("1, 2, 3 and 3, 4 are %s communes", got)
	}
	// A number that a person put there names nobody: as many as in the better quarter.
	if got := value(d.Set(quarter(1, 2, 3), decimal.NewFromInt(5)), quarter(3, 4)); got != "5" {
		t.Errorf("five, and 3 and 4, are %s communes", got)
	}
}
