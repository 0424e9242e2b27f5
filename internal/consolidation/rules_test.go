package consolidation_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/consolidation"
	"dondoc/internal/indicator"
)

func window(round int64, from, to calendar.Date) consolidation.Window {
	return consolidation.Window{Round: round, From: from, To: to}
}

func day(month, day int) calendar.Date {
	return calendar.NewDate(2026, 1, 1).AddDays((month-1)*30 + day - 1)
}

func TestTheRoundOfTheSameSpanIsTaken(t *testing.T) {
	rounds := []consolidation.Window{window(1, day(1, 1), day(1, 30)), window(2, day(2, 1), day(2, 30)), window(3, day(1, 1), day(3, 30)), window(4, day(3, 1), day(3, 30)), window(5, day(4, 1), day(4, 30))}
	got := consolidation.Cover(window(0, day(1, 1), day(3, 30)), rounds)
	if len(got) != 1 || got[0].Round != 3 {
		t.Errorf("the quarter: %v", got)
	}
	var ids []int64
	for _, w := range consolidation.Cover(window(0, day(1, 1), day(4, 30)), rounds) {
		ids = append(ids, w.Round)
	}
	if !slices.Equal(ids, []int64{3, 5}) {
		t.Errorf("four months are %v, want the quarter and April", ids)
	}
}

// No day is counted twice, whatever rounds there are.
func TestNoDayIsCountedTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := calendar.NewDate(2026, 1, 1)
		var rounds []consolidation.Window
		for i := range rapid.IntRange(0, 20).Draw(t, "rounds") {
			from := start.AddDays(rapid.IntRange(-10, 100).Draw(t, "from"))
			rounds = append(rounds, window(int64(i+1), from, from.AddDays(rapid.IntRange(0, 40).Draw(t, "days"))))
		}
		whole := window(0, start, start.AddDays(90))
		counted := map[string]int64{}
		for _, w := range consolidation.Cover(whole, rounds) {
			for d := w.From; !d.After(w.To); d = d.AddDays(1) {
				if counted[d.String()] != 0 || d.Before(whole.From) || d.After(whole.To) {
					t.Fatalf("%s is counted by %d and %d", d, counted[d.String()], w.Round)
				}
				counted[d.String()] = w.Round
			}
		}
	})
}

func report(agency int64, name string, w consolidation.Window, figures map[string]string) consolidation.Input {
	return consolidation.Input{TaskID: agency*100 + w.Round, SubmissionID: agency*1000 + w.Round, Number: 1, AgencyID: agency, AgencyName: name,
		PeriodKey: fmt.Sprintf("2026-M%02d", w.Round), Window: w, Standing: consolidation.In, Figures: figures}
}

// Three months of two units make a quarter: what happens adds up, what is stands as last told.
func TestMonthsMakeAQuarter(t *testing.T) {
	definitions := []indicator.Definition{
		{Code: "vu"}, {Code: "diem", Aggregation: indicator.Last}, {Code: "tt", Aggregation: indicator.CountUnits}, {Code: "tb", Aggregation: indicator.Mean},
	}
	m := []consolidation.Window{window(1, day(1, 1), day(1, 30)), window(2, day(2, 1), day(2, 30)), window(3, day(3, 1), day(3, 30))}
	inputs := []consolidation.Input{
		report(1, "Một", m[0], map[string]string{"vu": "1", "diem": "5", "tt": "2", "tb": "1"}),
		report(2, "Hai", m[0], map[string]string{"vu": "10", "diem": "7", "tt": "0", "tb": "2"}),
		report(1, "Một", m[1], map[string]string{"vu": "2", "diem": "4", "tt": "1", "tb": "3"}),
		report(1, "Một", m[2], map[string]string{"vu": "3", "tt": "0", "tb": "6"}),
	}
	nothing := report(2, "Hai", m[2], nil)
	nothing.Standing, nothing.Asks = consolidation.Nil, map[string]bool{"vu": true}
	waiting := report(2, "Hai", m[1], map[string]string{"vu": "1000"})
	waiting.Standing = consolidation.Waiting
	figures, err := consolidation.Figures(definitions, append(inputs, nothing, waiting))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range figures {
		got = append(got, f.Value)
	}
	if want := []string{"16", "11", "1", "3"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestGatheredTextNamesItsSourcesAndWhoIsMissing(t *testing.T) {
	w := window(1, day(1, 1), day(1, 30))
	one := report(1, "UBND xã Một", w, nil)
	one.Narrative, one.Document = "Đã làm.", "12/BC-UBND"
	two := report(2, "UBND xã Hai", w, nil)
	two.Standing, two.Narrative = consolidation.Returned, "không được lấy"
	three := report(3, "UBND xã Ba", w, nil)
	three.Standing = consolidation.Waived
	want := "Tổng hợp từ 1/2 báo cáo. Chưa có báo cáo của: UBND xã Hai.\n\nUBND xã Một (số 12/BC-UBND, kỳ 2026-M01, lần 1):\nĐã làm."
	if got := consolidation.Narrative([]consolidation.Input{one, two, three}, nil); got != want {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

func TestWhatWasSeenIsWhatCounts(t *testing.T) {
	w := window(1, day(1, 1), day(1, 30))
	inputs := []consolidation.Input{report(1, "Một", w, nil), report(2, "Hai", w, nil)}
	seen := consolidation.Seen(inputs)
	slices.Reverse(inputs)
	if consolidation.Seen(inputs) != seen {
		t.Error("the order of the list counts")
	}
	inputs[0].SubmissionID++
	if consolidation.Seen(inputs) == seen {
		t.Error("another version is not seen")
	}
	changed := consolidation.ChangedTasks([]consolidation.Source{{1, 1}, {2, 2}, {3, 3}}, []consolidation.Source{{1, 1}, {2, 5}, {4, 4}})
	if !slices.Equal(changed, []int64{2, 3, 4}) {
		t.Errorf("changed: %v", changed)
	}
}

// A district tells the same figure in two reports; it counts once, as the first
// of the duties has it. What only the second one asks for comes from there.
func TestAFigureToldTwiceCountsOnce(t *testing.T) {
	w := window(1, day(1, 1), day(3, 30))
	definitions := []indicator.Definition{{Code: "vu"}, {Code: "lop"}}
	second := report(1, "Một", w, map[string]string{"vu": "9", "lop": "2"})
	second.Rank, second.TaskID = 1, 999
	inputs := []consolidation.Input{second, report(1, "Một", w, map[string]string{"vu": "7"}), report(2, "Hai", w, map[string]string{"vu": "1"})}
	figures, err := consolidation.Figures(definitions, inputs)
	if err != nil {
		t.Fatal(err)
	}
	if figures[0].Value != "8" || figures[1].Value != "2" {
		t.Errorf("%s cases and %s classes, want 8 and 2", figures[0].Value, figures[1].Value)
	}
}

// Taking a changed unit out of the totals and putting it in again gives what adding
// everything up gives, wherever it says that it can tell.
func TestAdjustedTotalsAreThoseOfAllInputs(t *testing.T) {
	definitions := []indicator.Definition{
		{Code: "vu"}, {Code: "diem", Aggregation: indicator.Last}, {Code: "tt", Aggregation: indicator.CountUnits},
		{Code: "tb", Aggregation: indicator.Mean}, {Code: "cao", Aggregation: indicator.Maximum},
		{Code: "tl", Aggregation: indicator.Ratio, Numerator: "vu", Denominator: "diem"},
	}
	w := window(1, day(1, 1), day(1, 30))
	rapid.Check(t, func(t *rapid.T) {
		draw := func(agency int64) consolidation.Input {
			values := map[string]string{}
			for _, code := range []string{"vu", "diem", "tt", "tb", "cao"} {
				if n := rapid.IntRange(-1, 5).Draw(t, code); n >= 0 {
					values[code] = fmt.Sprint(n)
				}
			}
			return report(agency, "Đơn vị", w, values)
		}
		var old []consolidation.Input
		for unit := range rapid.IntRange(1, 8).Draw(t, "units") {
			old = append(old, draw(int64(unit+1)))
		}
		now := slices.Clone(old)
		changed := rapid.IntRange(0, len(old)-1).Draw(t, "changed")
		now[changed] = draw(old[changed].AgencyID)
		values := func(inputs []consolidation.Input) (map[string]string, map[string]indicator.Total) {
			figures, err := consolidation.Figures(definitions, inputs)
			if err != nil {
				t.Fatal(err)
			}
			totals := consolidation.Totals(definitions, figures)
			values, err := consolidation.Values(definitions, totals)
			if err != nil {
				t.Fatal(err)
			}
			return values, totals
		}
		_, before := values(old)
		want, _ := values(now)
		totals, ok, err := consolidation.Adjust(definitions, before, old[changed:changed+1], now[changed:changed+1])
		if err != nil || !ok {
			return // everything is added up again
		}
		got, err := consolidation.Values(definitions, totals)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%v, want %v (%v)", got, want, err)
		}
	})
}
