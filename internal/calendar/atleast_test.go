package calendar

import (
	"slices"
	"testing"

	"dondoc/internal/fault"
)

func often(times int, per Cadence, others ...Cadence) Schedule {
	return Schedule{Cadences: append(others, AtLeast), AtLeast: Frequency{times, per}}
}

func TestAtLeast(t *testing.T) {
	decree := often(1, Quarterly)
	decree.Windows = DecreeWindows
	apart := often(1, Monthly, Monthly, Quarterly)
	apart.KeepApart = true
	cases := []struct {
		name     string
		schedule Schedule
		validity Range
		want     []string
	}{
		{"once a quarter", often(1, Quarterly), span("2026-01-01", "2026-12-31"), []string{
			"2026-Q1-L1 2026-01-01..2026-03-31 at_least", "2026-Q2-L1 2026-04-01..2026-06-30 at_least",
			"2026-Q3-L1 2026-07-01..2026-09-30 at_least", "2026-Q4-L1 2026-10-01..2026-12-31 at_least"}},
		{"twice in half a year are two rounds of one window", often(2, HalfYear), span("2026-01-01", "2026-06-30"), []string{
			"2026-H1-L1 2026-01-01..2026-06-30 at_least", "2026-H1-L2 2026-01-01..2026-06-30 at_least"}},
		{"windows of the Decree, cut by the first day", decree, span("2026-01-01", "2026-06-14"), []string{
			"2026-Q1-L1 2026-01-01..2026-03-14 at_least", "2026-Q2-L1 2026-03-15..2026-06-14 at_least"}},
		{"no round for a quarter after the plan", decree, span("2026-09-15", "2026-12-31"), []string{"2026-Q4-L1 2026-09-15..2026-12-14 at_least"}},
		{"cut by the last day", often(1, Yearly), span("2026-03-01", "2026-05-20"), []string{"2026-L1 2026-03-01..2026-05-20 at_least"}},
		{"once a week", often(1, Weekly), span("2026-12-28", "2027-01-10"), []string{
			"2026-W53-L1 2026-12-28..2027-01-03 at_least", "2027-W01-L1 2027-01-04..2027-01-10 at_least"}},
		{"beside the same period's report, which it never merges with", often(1, Quarterly, Monthly, Quarterly), span("2026-02-01", "2026-03-31"), []string{
			"2026-M02 2026-02-01..2026-02-28 monthly",
			"2026-Q1 2026-02-01..2026-03-31 monthly+quarterly", "2026-Q1-L1 2026-02-01..2026-03-31 at_least"}},
		{"beside reports kept apart", apart, span("2026-03-01", "2026-03-31"), []string{
			"2026-M03 2026-03-01..2026-03-31 monthly", "2026-M03-L1 2026-03-01..2026-03-31 at_least", "2026-Q1 2026-03-01..2026-03-31 quarterly"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Periods(c.schedule, c.validity, Date{}, Date{})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(show(got), c.want) {
				t.Errorf("got  %q\nwant %q", show(got), c.want)
			}
		})
	}
}

func TestManyTimesAreInTheOrderOfTheirNumbers(t *testing.T) {
	ps, err := Periods(often(11, Monthly), span("2026-05-01", "2026-05-31"), Date{}, Date{})
	if err != nil {
		t.Fatal(err)
	}
	if len(ps) != 11 || ps[1].Key != "2026-M05-L2" || ps[9].Key != "2026-M05-L10" || ps[10].Label("vi") != "Tháng 05/2026, lần 11" {
		t.Errorf("got %q", show(ps))
	}
}

func TestAtLeastOpensWithItsWindow(t *testing.T) {
	p := Period{Key: "2026-Q2-L1", Cadence: AtLeast, Start: day("2026-04-01"), End: day("2026-06-30")}
	got := Opening(instant("2026-07-08 00:00"), p, 15, WeekCalendar{}, vietnam)
	if !got.At.Equal(instant("2026-04-01 08:00")) || got.Derivation.Sentence("vi") != "Mở kỳ 01/04/2026 (Thứ Tư) · 08:00 ngày 01/04/2026" {
		t.Errorf("%s %s", got.At, got.Derivation.Sentence("vi"))
	}
}

func TestAtLeastFaults(t *testing.T) {
	for name, f := range map[string]Frequency{
		"nothing said": {}, "never": {0, Monthly}, "too often": {MaxTimes + 1, Monthly}, "no period": {1, ""},
		"in each cron": {1, Cron}, "in each once": {1, Once}, "in itself": {1, AtLeast}, "in each flash": {1, Flash},
	} {
		_, err := Periods(Schedule{Cadences: []Cadence{AtLeast}, AtLeast: f}, span("2026-01-01", "2026-12-31"), Date{}, Date{})
		if found := fault.Of(err); found == nil || found.Code != CodeAtLeast || found.VI == found.EN {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhoOpensRounds(t *testing.T) {
	for _, c := range []Cadence{Once, Weekly, Monthly, Quarterly, HalfYear, NineMonth, Yearly, Cron, AtLeast} {
		if !c.MakesRounds() || c.OpenedByHand() {
			t.Errorf("%s", c)
		}
	}
	for _, c := range []Cadence{AdHoc, Flash, Event} {
		if c.MakesRounds() || !c.OpenedByHand() {
			t.Errorf("%s", c)
		}
	}
	for _, c := range []Cadence{Standing, Continuous, "daily"} {
		if c.MakesRounds() || c.OpenedByHand() {
			t.Errorf("%s", c)
		}
	}
}
