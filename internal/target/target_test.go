package target_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/indicator"
	"dondoc/internal/target"
)

const (
	communes, districts, department = 1, 2, 3 // duties
	so                              = 1000
)

// tree is a plan of three levels in which every level gives the figure "vu".
func tree(units map[int64]int64) *target.Source {
	s := &target.Source{
		Definitions: map[string]indicator.Definition{
			"vu": {Code: "vu"}, "diem": {Code: "diem", Aggregation: indicator.Last}, "noi": {Code: "noi", Aggregation: indicator.CountUnits},
			"nguoi": {Code: "nguoi", CountOnly: true},
		},
		Recipients: map[target.Node]int64{},
	}
	asks := map[string]bool{"vu": true, "diem": true, "noi": true, "nguoi": true}
	lower := target.Duty{ID: communes, Code: "X", Asks: asks}
	middle := target.Duty{ID: districts, Code: "H", Asks: asks, Consolidates: []int64{communes}}
	for unit, district := range units {
		lower.Owners = append(lower.Owners, unit)
		s.Recipients[target.Node{Duty: communes, Agency: unit}] = district
		if !slices.Contains(middle.Owners, district) {
			middle.Owners = append(middle.Owners, district)
			s.Recipients[target.Node{Duty: districts, Agency: district}] = so
		}
	}
	slices.Sort(lower.Owners)
	slices.Sort(middle.Owners)
	s.Duties = []target.Duty{lower, middle, {ID: department, Code: "S", Asks: asks, Consolidates: []int64{districts}, Owners: []int64{so}}}
	return s
}

func monthly(duty, agency int64, month int, figures map[string]string) target.Report {
	from := calendar.NewDate(2026, 1, 1)
	return target.Report{
		Node: target.Node{Duty: duty, Agency: agency}, TaskID: duty*1_000_000 + agency*100 + int64(month), Figures: figures,
		From: calendar.NewDate(from.Year, from.Month+time.Month(month)-1, 1), To: calendar.NewDate(from.Year, from.Month+time.Month(month), 0),
	}
}

func measure(code string, kind indicator.TargetKind, aim int64) target.Measure {
	n := decimal.NewFromInt(aim)
	return target.Measure{Number: 1, Kind: kind, Aim: &n, Indicator: code, From: calendar.NewDate(2026, 1, 1), To: calendar.NewDate(2026, 12, 31)}
}

// everything is a reader to whom all is open.
var everything = target.Reader{InChain: func(target.Node) bool { return true }, Sees: func(target.Node) bool { return true }}

func actual(s *target.Source, m target.Measure) string {
	r := s.Measured(m, nil, calendar.NewDate(2026, 12, 31), everything)
	if r.Outlook.Actual == nil {
		return ""
	}
	return r.Outlook.Actual.String()
}

// Whatever has been summed up so far, by whomever, each commune's month counts
// once: the whole is the plain sum, as long as each level sums up what it got.
func TestNoMonthOfNoUnitCountsTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := map[int64]int64{}
		for i := range int64(rapid.IntRange(1, 8).Draw(t, "communes")) {
			units[i+1] = 100 + rapid.Int64Range(0, 2).Draw(t, "district")
		}
		s := tree(units)
		want := int64(0)
		for month := 1; month <= rapid.IntRange(1, 5).Draw(t, "months"); month++ {
			byDistrict, summedUp, all := map[int64]int64{}, map[int64]bool{}, int64(0)
			for _, unit := range s.Duties[0].Owners {
				n := rapid.Int64Range(0, 9).Draw(t, "figure")
				s.Reports = append(s.Reports, monthly(communes, unit, month, map[string]string{"vu": fmt.Sprint(n)}))
				byDistrict[units[unit]] += n
				all += n
			}
			for _, district := range s.Duties[1].Owners {
				if summedUp[district] = rapid.Bool().Draw(t, "summed up"); summedUp[district] {
					s.Reports = append(s.Reports, monthly(districts, district, month, map[string]string{"vu": fmt.Sprint(byDistrict[district])}))
				}
			}
			if !slices.ContainsFunc(s.Duties[1].Owners, func(d int64) bool { return !summedUp[d] }) && rapid.Bool().Draw(t, "at the top") {
				s.Reports = append(s.Reports, monthly(department, so, month, map[string]string{"vu": fmt.Sprint(all)}))
			}
			want += all
		}
		s.Reports = rapid.Permutation(s.Reports).Draw(t, "arrivals")
		s.Prepare()
		if got := actual(s, measure("vu", indicator.Reach, 100)); got != fmt.Sprint(want) {
			t.Fatalf("%s, want %d", got, want)
		}
		// The parts of the districts add up to the same.
		parts := decimal.Zero
		top := s.Measured(measure("vu", indicator.Reach, 100), &target.Node{Duty: department, Agency: so}, calendar.NewDate(2026, 12, 31), everything)
		for _, p := range top.Parts {
			if p.Outlook.Actual != nil {
				parts = parts.Add(*p.Outlook.Actual)
			}
		}
		if !parts.Equal(decimal.NewFromInt(want)) {
			t.Fatalf("the districts make %s, want %d", parts, want)
		}
	})
}

// A quarter is not added to its own months, and what was asked for several times
// in one period is.
func TestSpansThatOverlapCountOnce(t *testing.T) {
	s := tree(map[int64]int64{1: 100})
	s.Reports = []target.Report{
		monthly(communes, 1, 1, map[string]string{"vu": "1"}), monthly(communes, 1, 2, map[string]string{"vu": "2"}), monthly(communes, 1, 3, map[string]string{"vu": "3"}),
	}
	quarter := monthly(communes, 1, 3, map[string]string{"vu": "7"})
	quarter.From, quarter.TaskID = calendar.NewDate(2026, 1, 1), 5
	s.Reports = append(s.Reports, quarter, monthly(communes, 1, 4, map[string]string{"vu": "4"}))
	s.Prepare()
	r := s.Measured(measure("vu", indicator.Reach, 100), nil, calendar.NewDate(2026, 12, 31), everything)
	var got []string
	for _, reading := range r.Readings {
		got = append(got, reading.Value.String())
	}
	if strings.Join(got, " ") != "1 3 7 11" {
		t.Errorf("month by month: %v", got)
	}
	twice := monthly(communes, 1, 4, map[string]string{"vu": "5"})
	twice.TaskID = 6
	s.Reports = append(s.Reports, twice)
	s.Prepare()
	if got := actual(s, measure("vu", indicator.Reach, 100)); got != "16" {
		t.Errorf("a second round of April: %s, want 16", got)
	}
}

func TestUnitsAndStates(t *testing.T) {
	s := tree(map[int64]int64{1: 100, 2: 100, 3: 101})
	s.Reports = []target.Report{
		monthly(communes, 1, 1, map[string]string{"noi": "2", "diem": "5"}), monthly(communes, 2, 2, map[string]string{"noi": "1", "diem": "7"}),
		monthly(communes, 1, 2, map[string]string{"noi": "0", "diem": "4"}),
		monthly(districts, 100, 1, map[string]string{"noi": "1", "diem": "5"}), // says of its communes what they say themselves
	}
	s.Prepare()
	if got := actual(s, measure("noi", indicator.ReachShare, 100)); got != "66.67" {
		t.Errorf("two of three communes, one of them in January: %s", got)
	}
	if got := actual(s, measure("diem", indicator.Reach, 100)); got != "11" {
		t.Errorf("what is now: %s, want 4 and 7", got)
	}
	s.Ended = map[int64]calendar.Date{2: calendar.NewDate(2026, 2, 15)}
	s.Prepare()
	if got := actual(s, measure("diem", indicator.Reach, 100)); got != "4" {
		t.Errorf("a commune that ended has no state any more: %s", got)
	}
}

// Nobody outside learns of fewer than five persons from a unit's figure, from the
// whole, or from the difference of the two.
func TestFewPersonsCannotBeWorkedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := map[int64]int64{}
		for i := range int64(rapid.IntRange(1, 6).Draw(t, "communes")) {
			units[i+1] = 100 + i%2
		}
		s := tree(units)
		for _, unit := range s.Duties[0].Owners {
			s.Reports = append(s.Reports, monthly(communes, unit, 1, map[string]string{"nguoi": fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "persons"))}))
		}
		s.Prepare()
		outside := target.Reader{InChain: func(target.Node) bool { return false }, Sees: func(target.Node) bool { return true }}
		r := s.Measured(measure("nguoi", indicator.Reach, 60), &target.Node{Duty: department, Agency: so}, calendar.NewDate(2026, 12, 31), outside)
		whole, rest, hidden := r.Outlook.Actual, decimal.Zero, 0
		if whole != nil {
			rest = *whole
		}
		for _, p := range r.Parts {
			switch {
			case p.Hidden:
				hidden++
			case p.Outlook.Actual != nil:
				rest = rest.Sub(*p.Outlook.Actual)
			}
			if p.Outlook.Actual != nil && p.Outlook.Actual.IsPositive() && p.Outlook.Actual.LessThan(decimal.NewFromInt(5)) {
				t.Fatalf("%s persons of one district are shown", p.Outlook.Actual)
			}
		}
		if whole != nil && (whole.IsPositive() && whole.LessThan(decimal.NewFromInt(5)) || hidden == 1 && rest.IsPositive() && rest.LessThan(decimal.NewFromInt(5))) {
			t.Fatalf("the whole of %s shows %s persons", whole, rest)
		}
		if len(r.Readings) > 0 {
			t.Fatal("the steps are shown")
		}
	})
}

// Parts that add up are taken, and any change of one of them is named to the digit.
func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var aims []target.Aim
		sum := int64(0)
		for i := range int64(rapid.IntRange(1, 12).Draw(t, "units")) {
			n := rapid.Int64Range(0, 50).Draw(t, "part")
			aims = append(aims, target.Aim{AgencyID: i + 1, Aim: decimal.NewFromInt(n)})
			sum += n
		}
		m := measure("vu", indicator.Reach, sum)
		if err := m.CheckAims(aims); err != nil {
			t.Fatal(err)
		}
		aims[rapid.IntRange(0, len(aims)-1).Draw(t, "which")].Aim = decimal.NewFromInt(rapid.Int64Range(0, 50).Draw(t, "instead"))
		got := int64(0)
		for _, a := range aims {
			got += a.Aim.IntPart()
		}
		f := fault.Of(m.CheckAims(aims))
		switch difference := got - sum; {
		case difference == 0 && f != nil:
			t.Fatalf("they add up: %v", f)
		case difference > 0 && (f == nil || !strings.Contains(f.EN, fmt.Sprintf(": %d too many", difference))):
			t.Fatalf("%d too many: %v", difference, f)
		case difference < 0 && (f == nil || !strings.Contains(f.EN, fmt.Sprintf(": %d too few", -difference))):
			t.Fatalf("%d too few: %v", -difference, f)
		}
	})
}

func TestPeriodsOfACadence(t *testing.T) {
	var ends []string
	for _, p := range target.Periods(calendar.Quarterly, calendar.NewDate(2026, 2, 1), calendar.NewDate(2026, 10, 31)) {
		ends = append(ends, p.To.String())
	}
	if strings.Join(ends, " ") != "2026-03-31 2026-06-30 2026-09-30" {
		t.Errorf("%v", ends)
	}
	if target.Periods(calendar.Once, calendar.NewDate(2026, 1, 1), calendar.NewDate(2026, 12, 31)) != nil {
		t.Error("once has no periods")
	}
}

// Five years of Đồng Nai: 170 communes and 11 districts every month.
func BenchmarkMeasured(b *testing.B) {
	units := map[int64]int64{}
	for i := range int64(170) {
		units[i+1] = 500 + i%11
	}
	s := tree(units)
	for month := 1; month <= 60; month++ {
		for _, unit := range s.Duties[0].Owners {
			s.Reports = append(s.Reports, monthly(communes, unit, month, map[string]string{"vu": "3"}))
		}
		for _, district := range s.Duties[1].Owners {
			s.Reports = append(s.Reports, monthly(districts, district, month, map[string]string{"vu": "45"}))
		}
	}
	m := measure("vu", indicator.Reach, 8000)
	m.To = calendar.NewDate(2030, 12, 31)
	b.ReportAllocs()
	for b.Loop() {
		s.Prepare()
		if r := s.Measured(m, nil, calendar.NewDate(2030, 12, 31), everything); r.Outlook.Actual == nil {
			b.Fatal("nothing")
		}
	}
}
