package indicator_test

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dondoc/internal/indicator"
)

func sheet(t interface{ Fatal(...any) }) *indicator.Sheet {
	s, err := indicator.NewSheet([]indicator.Definition{
		{Code: "vu", Unit: indicator.Count},
		{Code: "diem", Unit: indicator.Count, Aggregation: indicator.Last},
		{Code: "cao", Unit: indicator.Count, Aggregation: indicator.Maximum},
		{Code: "tb", Unit: indicator.Count, Aggregation: indicator.Mean},
		{Code: "co", Unit: indicator.Count, Aggregation: indicator.CountUnits},
		{Code: "ty-le", Unit: indicator.Percent, Aggregation: indicator.Ratio, Numerator: "vu", Denominator: "diem"},
		{Code: "loi", Unit: indicator.Text},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func values(figures []indicator.Figure) []string {
	list := make([]string, len(figures))
	for i, f := range figures {
		list[i] = f.Value
	}
	return list
}

func consolidate(t interface{ Fatal(...any) }, inputs []indicator.Input) []indicator.Figure {
	figures, err := sheet(t).Consolidate(inputs)
	if err != nil {
		t.Fatal(err)
	}
	return figures
}

// asInput is what a unit that consolidated hands on.
func asInput(unit int64, figures []indicator.Figure) indicator.Input {
	in := indicator.Input{Unit: unit, Values: values(figures), Totals: []indicator.Total{}}
	for _, f := range figures {
		in.Totals = append(in.Totals, f.Total)
	}
	return in
}

func TestFiguresOverUnits(t *testing.T) {
	figures := consolidate(t, []indicator.Input{
		{Unit: 3, Values: []string{"2", "4", "2", "2", "0", "", "ba"}},
		{Unit: 1, Values: []string{"1", "5", "1", "1", "7", "", "một"}},
		{Unit: 2, Nil: true},
		{Unit: 4, Values: []string{"", "3", "", "", "", "", ""}},
	})
	if got, want := values(figures), []string{"3", "12", "2", "1.5", "1", "25", ""}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	// A figure opens to who gave what; who was silent is named, nil is not silence.
	var open []string
	for _, p := range figures[0].Parts {
		open = append(open, fmt.Sprint(p.Unit))
	}
	if !slices.Equal(open, []string{"1", "2", "3"}) || !slices.Equal(figures[0].Silent, []int64{4}) {
		t.Errorf("parts %v, silent %v", open, figures[0].Silent)
	}
}

func TestARatioNeedsItsPartsOnTheForm(t *testing.T) {
	for _, definitions := range [][]indicator.Definition{
		{{Code: "r", Aggregation: indicator.Ratio, Numerator: "a", Denominator: "b"}, {Code: "a"}},
		{{Code: "a"}, {Code: "a"}},
		{{Code: "a"}, {Code: "r", Aggregation: indicator.Ratio, Numerator: "a", Denominator: "r"}},
	} {
		if _, err := indicator.NewSheet(definitions); err == nil {
			t.Errorf("%+v passes", definitions)
		}
	}
	// Nothing is divided by zero.
	figures := consolidate(t, []indicator.Input{{Unit: 1, Values: []string{"3", "0"}}})
	if figures[5].Value != "" {
		t.Errorf("3 of 0 is %s", figures[5].Value)
	}
}

// drawUnits are base units with whole figures, some missing, some nil.
func drawUnits(t *rapid.T) []indicator.Input {
	figure := rapid.OneOf(rapid.Just(""), rapid.Map(rapid.IntRange(0, 40), func(n int) string { return fmt.Sprint(n) }))
	inputs := make([]indicator.Input, rapid.IntRange(1, 30).Draw(t, "units"))
	for i := range inputs {
		inputs[i] = indicator.Input{Unit: int64(i + 1), Nil: rapid.IntRange(0, 9).Draw(t, "nil") == 0}
		if !inputs[i].Nil {
			inputs[i].Values = rapid.SliceOfN(figure, 5, 5).Draw(t, "figures")
		}
	}
	return inputs
}

// Neither the order of arrivals nor how the units are grouped into districts
// changes any figure: a level never averages averages.
func TestOrderAndLevelsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := drawUnits(t)
		want := values(consolidate(t, units))
		shuffled := rapid.Permutation(units).Draw(t, "arrivals")
		if got := values(consolidate(t, shuffled)); !slices.Equal(got, want) {
			t.Fatalf("another order gives %q, not %q", got, want)
		}
		groups := map[int][]indicator.Input{}
		for _, u := range shuffled {
			district := rapid.IntRange(0, 3).Draw(t, "district")
			groups[district] = append(groups[district], u)
		}
		var districts []indicator.Input
		for district, members := range groups {
			districts = append(districts, asInput(int64(100+district), consolidate(t, members)))
		}
		if got := values(consolidate(t, districts)); !slices.Equal(got, want) {
			t.Fatalf("through districts %q, not %q", got, want)
		}
	})
}

// The same figures by plain arithmetic on the submissions.
func TestFiguresByPlainArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := drawUnits(t)
		var sums [5]int64
		var count [5]int64
		var most, having int64
		for _, u := range units {
			for i := range 5 {
				var n int64
				switch {
				case u.Nil && (i == 0 || i == 4):
				case u.Nil || u.Values[i] == "":
					continue
				default:
					if _, err := fmt.Sscan(u.Values[i], &n); err != nil {
						t.Fatal(err)
					}
				}
				sums[i] += n
				count[i]++
				if i == 2 {
					most = max(most, n)
				}
				if i == 4 && n > 0 {
					having++
				}
			}
		}
		whole := func(i int, n int64) string {
			if count[i] == 0 {
				return ""
			}
			return fmt.Sprint(n)
		}
		want := []string{whole(0, sums[0]), whole(1, sums[1]), whole(2, most), "", whole(4, having), ""}
		if count[3] > 0 {
			want[3] = rounded(big.NewRat(sums[3], count[3]))
		}
		if count[0] > 0 && sums[1] > 0 {
			want[5] = rounded(big.NewRat(100*sums[0], sums[1]))
		}
		if got := values(consolidate(t, units))[:6]; !slices.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

// rounded is a number with at most two decimals, a half away from zero.
func rounded(r *big.Rat) string {
	s := r.FloatString(2)
	for s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	return s
}

// A report sent again changes exactly what depends on it.
func TestASecondReportChangesWhatDependsOnIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := drawUnits(t)
		before := consolidate(t, units)
		i := rapid.IntRange(0, len(units)-1).Draw(t, "unit")
		again := slices.Clone(units)
		again[i] = indicator.Input{Unit: units[i].Unit, Values: []string{"7", "7", "7", "7", "7"}}
		after := consolidate(t, again)
		changes := sheet(t).Changes(before, after)
		for _, c := range changes {
			if !slices.Equal(c.Parts, []int64{units[i].Unit}) {
				t.Fatalf("%s: units %v changed, not %d alone", c.Code, c.Parts, units[i].Unit)
			}
		}
		named := map[string]bool{}
		for _, c := range changes {
			named[c.Code] = true
		}
		for j, code := range []string{"vu", "diem", "cao", "tb", "co", "ty-le"} {
			if before[j].Value != after[j].Value && !named[code] {
				t.Fatalf("%s went from %s to %s unseen", code, before[j].Value, after[j].Value)
			}
		}
		if len(sheet(t).Changes(after, consolidate(t, rapid.Permutation(again).Draw(t, "order")))) > 0 {
			t.Fatal("the same reports in another order count as a change")
		}
	})
}

// A consolidator who sets a figure by hand sets it for all levels above, with
// the weight of the units behind it.
func TestAFigureSetByHandGoesUp(t *testing.T) {
	one := asInput(1, consolidate(t, []indicator.Input{{Unit: 11, Values: []string{"1", "1", "1", "2", "1"}}, {Unit: 12, Values: []string{"1", "1", "1", "4", "1"}}}))
	two := asInput(2, consolidate(t, []indicator.Input{{Unit: 21, Values: []string{"9", "9", "9", "9", "0"}}}))
	one.Values[3] = "6" // instead of 3, the mean of two units
	one.Values[0] = "5"
	if got, want := values(consolidate(t, []indicator.Input{one, two}))[:5], []string{"14", "11", "9", "7", "2"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func BenchmarkConsolidate(b *testing.B) {
	definitions := make([]indicator.Definition, 40)
	for i := range definitions {
		definitions[i] = indicator.Definition{Code: fmt.Sprintf("c%d", i), Unit: indicator.Count}
	}
	s, err := indicator.NewSheet(definitions)
	if err != nil {
		b.Fatal(err)
	}
	inputs := make([]indicator.Input, 10_599)
	for i := range inputs {
		inputs[i] = indicator.Input{Unit: int64(i + 1), Source: int64(i + 1), Values: make([]string, 40)}
		for j := range inputs[i].Values {
			inputs[i].Values[j] = fmt.Sprint((i*7 + j) % 1000)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Consolidate(inputs); err != nil {
			b.Fatal(err)
		}
	}
}
