package calendar

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dondoc/internal/fault"
)

func day(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func span(from, to string) Range {
	r := Range{From: day(from)}
	if to != "" {
		r.To = day(to)
	}
	return r
}

// show writes a period as "2026-Q1 2025-12-15..2026-03-14 monthly+quarterly".
func show(ps []Period) []string {
	var out []string
	for _, p := range ps {
		var cs []string
		for _, c := range p.Cadences {
			cs = append(cs, string(c))
		}
		out = append(out, fmt.Sprintf("%s %s..%s %s", p.Key, p.Start, p.End, strings.Join(cs, "+")))
	}
	return out
}

func TestPublishedWindows(t *testing.T) {
	cases := []struct {
		name     string
		windows  Family
		cadence  Cadence
		from, to string
		want     []string
	}{
		// Decree 09/2019/NĐ-CP art. 12.
		{"decree months run from the 15th to the 14th", DecreeWindows, Monthly, "2026-01-01", "2026-03-31", []string{
			"2026-M01 2025-12-15..2026-01-14 monthly", "2026-M02 2026-01-15..2026-02-14 monthly", "2026-M03 2026-02-15..2026-03-14 monthly"}},
		{"decree quarters begin on the 15th before the quarter", DecreeWindows, Quarterly, "2026-01-01", "2026-12-31", []string{
			"2026-Q1 2025-12-15..2026-03-14 quarterly", "2026-Q2 2026-03-15..2026-06-14 quarterly",
			"2026-Q3 2026-06-15..2026-09-14 quarterly", "2026-Q4 2026-09-15..2026-12-14 quarterly"}},
		{"decree half-years", DecreeWindows, HalfYear, "2026-01-01", "2026-12-31", []string{
			"2026-H1 2025-12-15..2026-06-14 half_year", "2026-H2 2026-06-15..2026-12-14 half_year"}},
		{"decree nine months", DecreeWindows, NineMonth, "2026-01-01", "2026-12-31", []string{"2026-N9 2025-12-15..2026-09-14 nine_month"}},
		{"the decree's year is the one in which it closes", DecreeWindows, Yearly, "2026-01-01", "2026-12-31", []string{"2026 2025-12-15..2026-12-14 yearly"}},
		{"calendar months end on their last day, also in a leap year", CalendarWindows, Monthly, "2028-01-31", "2028-04-30", []string{
			"2028-M01 2028-01-01..2028-01-31 monthly", "2028-M02 2028-02-01..2028-02-29 monthly",
			"2028-M03 2028-03-01..2028-03-31 monthly", "2028-M04 2028-04-01..2028-04-30 monthly"}},
		{"February of a common year", CalendarWindows, Monthly, "2026-02-28", "2026-02-28", []string{"2026-M02 2026-02-01..2026-02-28 monthly"}},
		{"a window that closes the day after is not in the span", CalendarWindows, Monthly, "2026-02-01", "2026-02-27", nil},
		{"calendar quarters", CalendarWindows, Quarterly, "2026-01-01", "2026-12-31", []string{
			"2026-Q1 2026-01-01..2026-03-31 quarterly", "2026-Q2 2026-04-01..2026-06-30 quarterly",
			"2026-Q3 2026-07-01..2026-09-30 quarterly", "2026-Q4 2026-10-01..2026-12-31 quarterly"}},
		{"calendar half-years", CalendarWindows, HalfYear, "2026-01-01", "2026-12-31", []string{
			"2026-H1 2026-01-01..2026-06-30 half_year", "2026-H2 2026-07-01..2026-12-31 half_year"}},
		{"calendar nine months are the first three quarters", CalendarWindows, NineMonth, "2026-01-01", "2027-12-31", []string{
			"2026-N9 2026-01-01..2026-09-30 nine_month", "2027-N9 2027-01-01..2027-09-30 nine_month"}},
		{"calendar year", "", Yearly, "2026-01-01", "2026-12-31", []string{"2026 2026-01-01..2026-12-31 yearly"}},
		{"ISO weeks belong to the year of their Thursday", CalendarWindows, Weekly, "2025-12-28", "2026-01-11", []string{
			"2025-W52 2025-12-22..2025-12-28 weekly", "2026-W01 2025-12-29..2026-01-04 weekly", "2026-W02 2026-01-05..2026-01-11 weekly"}},
		{"a year of 53 weeks", CalendarWindows, Weekly, "2027-01-01", "2027-01-10", []string{
			"2026-W53 2026-12-28..2027-01-03 weekly", "2027-W01 2027-01-04..2027-01-10 weekly"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Periods(Schedule{Cadences: []Cadence{c.cadence}, Windows: c.windows}, span("2020-01-01", ""), day(c.from), day(c.to))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(show(got), c.want) {
				t.Errorf("got  %q\nwant %q", show(got), c.want)
			}
		})
	}
}

func TestPeriodsThatCloseTogetherAreOne(t *testing.T) {
	all := []Cadence{Yearly, Monthly, NineMonth, Quarterly, HalfYear, Monthly}
	cases := []struct {
		name     string
		schedule Schedule
		validity Range
		from, to string
		want     []string
	}{
		{"a year of every cadence, calendar windows", Schedule{Cadences: all}, span("2020-01-01", ""), "2026-01-01", "2026-12-31", []string{
			"2026-M01 2026-01-01..2026-01-31 monthly", "2026-M02 2026-02-01..2026-02-28 monthly",
			"2026-Q1 2026-01-01..2026-03-31 monthly+quarterly",
			"2026-M04 2026-04-01..2026-04-30 monthly", "2026-M05 2026-05-01..2026-05-31 monthly",
			"2026-H1 2026-01-01..2026-06-30 monthly+quarterly+half_year",
			"2026-M07 2026-07-01..2026-07-31 monthly", "2026-M08 2026-08-01..2026-08-31 monthly",
			"2026-N9 2026-01-01..2026-09-30 monthly+quarterly+nine_month",
			"2026-M10 2026-10-01..2026-10-31 monthly", "2026-M11 2026-11-01..2026-11-30 monthly",
			"2026 2026-01-01..2026-12-31 monthly+quarterly+half_year+yearly"}},
		{"the same by decree", Schedule{Cadences: []Cadence{Quarterly, HalfYear, NineMonth, Yearly}, Windows: DecreeWindows}, span("2020-01-01", ""), "2026-01-01", "2026-12-31", []string{
			"2026-Q1 2025-12-15..2026-03-14 quarterly", "2026-H1 2025-12-15..2026-06-14 quarterly+half_year",
			"2026-N9 2025-12-15..2026-09-14 quarterly+nine_month", "2026 2025-12-15..2026-12-14 quarterly+half_year+yearly"}},
		{"kept apart, ordered by key", Schedule{Cadences: []Cadence{Yearly, Monthly, Quarterly}, KeepApart: true}, span("2020-01-01", ""), "2026-12-01", "2026-12-31", []string{
			"2026 2026-01-01..2026-12-31 yearly", "2026-M12 2026-12-01..2026-12-31 monthly", "2026-Q4 2026-10-01..2026-12-31 quarterly"}},
		{"a week that ends with the month", Schedule{Cadences: []Cadence{Monthly, Weekly}}, span("2020-01-01", ""), "2026-05-24", "2026-06-07", []string{
			"2026-W21 2026-05-18..2026-05-24 weekly", "2026-M05 2026-05-01..2026-05-31 weekly+monthly", "2026-W23 2026-06-01..2026-06-07 weekly"}},
		{"all that the validity cuts closes together", Schedule{Cadences: []Cadence{Monthly, Quarterly, Yearly}}, span("2026-04-10", "2026-08-20"), "2026-01-01", "2030-01-01", []string{
			"2026-M04 2026-04-10..2026-04-30 monthly", "2026-M05 2026-05-01..2026-05-31 monthly", "2026-Q2 2026-04-10..2026-06-30 monthly+quarterly",
			"2026-M07 2026-07-01..2026-07-31 monthly", "2026 2026-04-10..2026-08-20 monthly+quarterly+yearly"}},
		{"once stays apart, its due day is its own", Schedule{Cadences: []Cadence{Once, Monthly}, DueOn: day("2026-06-30")}, span("2026-06-01", ""), "2026-06-01", "2026-06-30", []string{
			"2026-M06 2026-06-01..2026-06-30 monthly", "once 2026-06-01..2026-06-30 once"}},
		{"cadences without rounds yield nothing", Schedule{Cadences: []Cadence{Standing, Continuous, AdHoc, Flash, Event}}, Range{}, "2026-01-01", "2026-12-31", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Periods(c.schedule, c.validity, day(c.from), day(c.to))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(show(got), c.want) {
				t.Errorf("got  %q\nwant %q", show(got), c.want)
			}
			for _, p := range got {
				if p.Cadence != p.Cadences[len(p.Cadences)-1] {
					t.Errorf("%s is named by %s, not by the longest of %v", p.Key, p.Cadence, p.Cadences)
				}
			}
		})
	}
}

func TestValidityCutsWindows(t *testing.T) {
	cases := []struct {
		name     string
		schedule Schedule
		validity Range
		want     []string
	}{
		{"first and last month", Schedule{Cadences: []Cadence{Monthly}}, span("2026-01-20", "2026-03-10"), []string{
			"2026-M01 2026-01-20..2026-01-31 monthly", "2026-M02 2026-02-01..2026-02-28 monthly", "2026-M03 2026-03-01..2026-03-10 monthly"}},
		{"a decree month that began before the plan", Schedule{Cadences: []Cadence{Monthly}, Windows: DecreeWindows}, span("2026-01-01", "2026-02-14"), []string{
			"2026-M01 2026-01-01..2026-01-14 monthly", "2026-M02 2026-01-15..2026-02-14 monthly"}},
		// A window belongs to the plan only if what it is named after does.
		{"a decree month named after January is not December's", Schedule{Cadences: []Cadence{Monthly}, Windows: DecreeWindows}, span("2026-11-01", "2026-12-31"), []string{
			"2026-M11 2026-11-01..2026-11-14 monthly", "2026-M12 2026-11-15..2026-12-14 monthly"}},
		{"nor a quarter, a half-year, nine months or a year", Schedule{Cadences: monthCadences, Windows: DecreeWindows}, span("2026-10-15", "2026-12-31"), []string{
			"2026-M11 2026-10-15..2026-11-14 monthly", "2026 2026-10-15..2026-12-14 monthly+quarterly+half_year+yearly"}},
		{"a plan of the last fortnight owes no period by decree", Schedule{Cadences: monthCadences, Windows: DecreeWindows}, span("2026-12-15", "2026-12-31"), nil},
		{"a decree month cut after its name's first day", Schedule{Cadences: []Cadence{Monthly}, Windows: DecreeWindows}, span("2026-11-20", "2026-12-05"), []string{
			"2026-M12 2026-11-20..2026-12-05 monthly"}},
		{"a decree quarter cut within, its last month not begun", Schedule{Cadences: []Cadence{Monthly, Quarterly}, Windows: DecreeWindows}, span("2026-04-15", "2026-05-20"), []string{
			"2026-M05 2026-04-15..2026-05-14 monthly", "2026-Q2 2026-04-15..2026-05-20 quarterly"}},
		{"a decree window that the plan begins after", Schedule{Cadences: []Cadence{Quarterly}, Windows: DecreeWindows}, span("2026-06-20", "2026-09-30"), []string{
			"2026-Q3 2026-06-20..2026-09-14 quarterly"}},
		{"followed from 15 December, January is the first", Schedule{Cadences: []Cadence{Monthly}, Windows: DecreeWindows}, span("2025-12-15", "2026-02-14"), []string{
			"2026-M01 2025-12-15..2026-01-14 monthly", "2026-M02 2026-01-15..2026-02-14 monthly"}},
		{"calendar windows are cut as they were", Schedule{Cadences: []Cadence{Monthly, Yearly}}, span("2026-11-20", "2026-12-10"), []string{
			"2026-M11 2026-11-20..2026-11-30 monthly", "2026 2026-11-20..2026-12-10 monthly+yearly"}},
		{"until the leap day", Schedule{Cadences: []Cadence{Monthly, Quarterly}}, span("2028-01-15", "2028-02-29"), []string{
			"2028-M01 2028-01-15..2028-01-31 monthly", "2028-Q1 2028-01-15..2028-02-29 monthly+quarterly"}},
		{"from the leap day", Schedule{Cadences: []Cadence{Monthly}}, span("2028-02-29", "2028-03-31"), []string{
			"2028-M02 2028-02-29..2028-02-29 monthly", "2028-M03 2028-03-01..2028-03-31 monthly"}},
		{"a week over the year's end, cut on both sides", Schedule{Cadences: []Cadence{Weekly}}, span("2026-12-30", "2027-01-01"), []string{
			"2026-W53 2026-12-30..2027-01-01 weekly"}},
		{"overlapping windows, each its own", Schedule{Cadences: []Cadence{Monthly, Quarterly}, KeepApart: true}, span("2026-05-01", "2026-06-30"), []string{
			"2026-M05 2026-05-01..2026-05-31 monthly", "2026-M06 2026-06-01..2026-06-30 monthly", "2026-Q2 2026-05-01..2026-06-30 quarterly"}},
		{"one day", Schedule{Cadences: []Cadence{Quarterly}}, span("2026-05-05", "2026-05-05"), []string{"2026-Q2 2026-05-05..2026-05-05 quarterly"}},
		{"no nine months between October and December", Schedule{Cadences: []Cadence{NineMonth}}, span("2026-10-01", "2026-12-31"), nil},
		{"once from the first day of validity", Schedule{Cadences: []Cadence{Once}, DueOn: day("2026-11-20")}, span("2026-02-01", "2030-12-31"), []string{"once 2026-02-01..2026-11-20 once"}},
		{"once from its own opening", Schedule{Cadences: []Cadence{Once}, OpensOn: day("2026-10-01"), DueOn: day("2026-11-20")}, span("2026-02-01", "2030-12-31"), []string{"once 2026-10-01..2026-11-20 once"}},
		{"a final report due after the plan's last day", Schedule{Cadences: []Cadence{Once}, DueOn: day("2031-01-15")}, span("2026-01-01", "2030-12-31"), []string{"once 2026-01-01..2031-01-15 once"}},
		{"once before the plan began", Schedule{Cadences: []Cadence{Once}, DueOn: day("2025-11-20")}, span("2026-01-01", "2030-12-31"), nil},
		{"once that opens after the plan ended", Schedule{Cadences: []Cadence{Once}, OpensOn: day("2031-01-01"), DueOn: day("2031-02-01")}, span("2026-01-01", "2030-12-31"), nil},
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

func TestCronPeriods(t *testing.T) {
	cases := []struct {
		name     string
		expr     string
		apart    bool
		validity Range
		from, to string
		want     []string
	}{
		{"begins after the previous firing", "0 8 30 4 *", false, span("2020-01-01", "2030-12-31"), "2026-01-01", "2027-12-31", []string{
			"2026-04-30T08:00 2025-05-01..2026-04-30 cron", "2027-04-30T08:00 2026-05-01..2027-04-30 cron"}},
		{"cut by the first day, none after the last", "0 8 * * 1", false, span("2026-06-10", "2026-06-25"), "2026-01-01", "2026-12-31", []string{
			"2026-06-15T08:00 2026-06-10..2026-06-15 cron", "2026-06-22T08:00 2026-06-16..2026-06-22 cron"}},
		{"fires on the first day", "0 0 * * 3", false, span("2026-06-10", ""), "2026-06-10", "2026-06-17", []string{
			"2026-06-10T00:00 2026-06-10..2026-06-10 cron", "2026-06-17T00:00 2026-06-11..2026-06-17 cron"}},
		{"several firings a day are one", "0 8,14 1 * *", false, span("2026-01-01", ""), "2026-02-01", "2026-02-28", []string{
			"2026-02-01T08:00 2026-01-02..2026-02-01 cron"}},
		{"unless kept apart", "0 8,14 1 * *", true, span("2026-01-01", ""), "2026-02-01", "2026-02-28", []string{
			"2026-02-01T08:00 2026-01-02..2026-02-01 cron", "2026-02-01T14:00 2026-01-02..2026-02-01 cron"}},
		{"the 31st skips the months without one, whose days come later", "0 8 31 * *", false, span("2026-01-01", "2026-12-31"), "2026-01-01", "2026-06-30", []string{
			"2026-01-31T08:00 2026-01-01..2026-01-31 cron", "2026-03-31T08:00 2026-02-01..2026-03-31 cron", "2026-05-31T08:00 2026-04-01..2026-05-31 cron"}},
		{"the 30th skips February alone", "0 8 30 * *", false, span("2026-01-31", ""), "2026-02-01", "2026-04-30", []string{
			"2026-03-30T08:00 2026-01-31..2026-03-30 cron", "2026-04-30T08:00 2026-03-31..2026-04-30 cron"}},
		{"29 February across the century", "0 8 29 2 *", false, span("2020-01-01", ""), "2095-01-01", "2104-12-31", []string{
			"2096-02-29T08:00 2092-03-01..2096-02-29 cron", "2104-02-29T08:00 2096-03-01..2104-02-29 cron"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Periods(Schedule{Cadences: []Cadence{Cron}, Cron: c.expr, KeepApart: c.apart}, c.validity, day(c.from), day(c.to))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(show(got), c.want) {
				t.Errorf("got  %q\nwant %q", show(got), c.want)
			}
		})
	}
}

func TestNextPeriod(t *testing.T) {
	monthly := Schedule{Cadences: []Cadence{Monthly, Quarterly}}
	cases := []struct {
		name  string
		after Date
		want  string
	}{
		{"from the beginning", Date{}, "2026-M05"},
		{"strictly after", day("2026-05-31"), "2026-Q2"},
		{"the day before a closing", day("2026-06-29"), "2026-Q2"},
		{"the cut last one", day("2026-06-30"), "2026-Q3"},
		{"none is left", day("2026-07-15"), ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, ok, err := NextPeriod(monthly, span("2026-05-10", "2026-07-15"), c.after)
			if err != nil || ok != (c.want != "") || p.Key != c.want {
				t.Errorf("got %q %v %v, want %q", p.Key, ok, err, c.want)
			}
		})
	}
}

func TestScheduleFaults(t *testing.T) {
	open := span("2026-01-01", "2026-12-31")
	cases := []struct {
		name     string
		schedule Schedule
		validity Range
		code     string
	}{
		{"unknown cadence", Schedule{Cadences: []Cadence{"daily"}}, open, "calendar.cadence"},
		{"unknown family", Schedule{Cadences: []Cadence{Monthly}, Windows: "lunar"}, open, "calendar.family"},
		{"once without a day", Schedule{Cadences: []Cadence{Once}}, open, "calendar.once_without_date"},
		{"once due before it opens", Schedule{Cadences: []Cadence{Once}, OpensOn: day("2026-05-02"), DueOn: day("2026-05-01")}, open, "calendar.once_order"},
		{"cron without expression", Schedule{Cadences: []Cadence{Cron}}, open, CodeCronInvalid},
		{"cron that never fires", Schedule{Cadences: []Cadence{Cron}, Cron: "0 8 30 2 *"}, open, CodeCronNever},
		{"no first day", Schedule{Cadences: []Cadence{Monthly}}, Range{To: day("2026-12-31")}, "calendar.no_beginning"},
		{"no last day", Schedule{Cadences: []Cadence{Monthly}}, span("2026-01-01", ""), "calendar.no_end"},
		{"validity turned round", Schedule{Cadences: []Cadence{Monthly}}, span("2026-02-01", "2026-01-01"), "calendar.validity"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Periods(c.schedule, c.validity, Date{}, Date{})
			if f := fault.Of(err); f == nil || f.Code != c.code || f.Kind != fault.Invalid || f.VI == "" || f.EN == "" {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}
