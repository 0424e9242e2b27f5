package form_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
)

func total(n string) indicator.Total { return indicator.Of(decimal.RequireFromString(n)) }

func day(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func reported(t *testing.T, key, from, to string, figures ...string) form.Reported {
	t.Helper()
	r := form.Reported{Key: key, From: day(t, from), To: day(t, to), Totals: map[string]indicator.Total{}}
	for i := 0; i < len(figures); i += 2 {
		r.Totals[figures[i]] = total(figures[i+1])
	}
	return r
}

// The windows are those of Decree 09/2019: a quarter and its months overlap, and
// the first day of a year lies in December.
func TestColumnsOfTheUsualTable(t *testing.T) {
	definitions := map[string]indicator.Definition{
		"vu": {Code: "vu", Name: "Số vụ", Unit: indicator.Count}, "diem": {Code: "diem", Unit: indicator.Count, Aggregation: indicator.Last},
		"dat": {Code: "dat", Unit: indicator.Count}, "luyke": {Code: "luyke", Unit: indicator.Count, Cumulative: true},
		"tl": {Code: "tl", Unit: indicator.Percent, Aggregation: indicator.Ratio, Numerator: "dat", Denominator: "vu"},
	}
	var f form.Form
	f.Sections = []form.Section{{Heading: "Số liệu"}}
	for _, code := range []string{"vu", "diem", "luyke", "tl"} { // dat stands on no form
		f.Sections[0].Rows = append(f.Sections[0].Rows, form.Row{Definition: definitions[code], Computed: code == "tl"})
	}
	columns := f.Columns(form.Known{
		Definitions: definitions, Typed: map[string]string{"vu": "30", "diem": "4", "luyke": "90", "tl": "99"},
		Now:       reported(t, "2026-Q2", "2026-03-15", "2026-06-14", "vu", "30", "diem", "4", "luyke", "90", "dat", "15"),
		YearPlans: map[string]string{"vu": "200", "luyke": "0"},
		History: []form.Reported{
			reported(t, "2026-M04", "2026-03-15", "2026-04-14", "vu", "9", "diem", "7"),
			reported(t, "2026-Q1", "2025-12-15", "2026-03-14", "vu", "20", "diem", "6", "luyke", "40", "dat", "5"),
			reported(t, "2026-M01", "2025-12-15", "2026-01-14", "vu", "12", "diem", "8"),
			reported(t, "2026-M08", "2026-07-15", "2026-08-14", "vu", "1000"), // later than the form's own period
			reported(t, "2025-Q4", "2025-09-15", "2025-12-14", "vu", "40", "diem", "5", "luyke", "100", "dat", "40"),
			reported(t, "2025-M04", "2025-03-15", "2025-04-14", "vu", "10", "dat", "1"),
			reported(t, "2025-M05", "2025-04-15", "2025-05-14", "vu", "10", "dat", "1"),
			reported(t, "2025-M06", "2025-05-15", "2025-06-14", "vu", "5", "dat", "3"),
			reported(t, "2026-Q2", "2026-03-15", "2026-06-14", "vu", "7"), // the period itself as it was
		},
	})
	for code, want := range map[string]form.Figures{
		"vu": {YearPlan: "200", InPeriod: "30", YearToDate: "50", PlanToDate: "115", YearBefore: "25", PercentOfPlan: "25", PercentOfYearBefore: "120", Previous: "20", PreviousKey: "2026-Q1"},
		// A level is what it was last; the month in between is older than the quarter.
		"diem": {InPeriod: "4", YearToDate: "4", PlanToDate: "4", Previous: "6", PreviousKey: "2026-Q1"},
		// What covers the year so far is never added to its own parts; nothing is a share of zero.
		"luyke": {YearPlan: "0", InPeriod: "90", YearToDate: "90", PlanToDate: "190", Previous: "40", PreviousKey: "2026-Q1"},
		"tl":    {InPeriod: "50", YearToDate: "40", PlanToDate: "56.52", YearBefore: "20", Previous: "25", PreviousKey: "2026-Q1"},
	} {
		if columns[code] != want {
			t.Errorf("%s:\n got %+v\nwant %+v", code, columns[code], want)
		}
	}
}

func TestTheSamePeriodAYearBefore(t *testing.T) {
	d := indicator.Definition{Code: "vu", Unit: indicator.Count}
	f := form.Form{Sections: []form.Section{{Rows: []form.Row{{Definition: d}}}}}
	for name, c := range map[string]struct {
		now, then form.Reported
		want      string
	}{
		"by its key":                          {reported(t, "2026-M02", "2026-02-01", "2026-02-28"), reported(t, "2025-M02", "2025-02-10", "2025-02-28", "vu", "3"), "3"},
		"by its days, entered without report": {reported(t, "2024-M02", "2024-02-01", "2024-02-29"), reported(t, "", "2023-02-01", "2023-02-28", "vu", "3"), "3"},
		"a leap year before":                  {reported(t, "2025-M02", "2025-02-01", "2025-02-28"), reported(t, "", "2024-02-01", "2024-02-29", "vu", "3"), "3"},
		"a whole year":                        {reported(t, "2026", "2025-12-15", "2026-12-14"), reported(t, "2025", "2024-12-15", "2025-12-14", "vu", "3"), "3"},
		"a week":                              {reported(t, "2026-W10", "2026-03-02", "2026-03-08"), reported(t, "2025-W10", "2025-03-03", "2025-03-09", "vu", "3"), "3"},
		"a part of it is not enough":          {reported(t, "2026-Q1", "2026-01-01", "2026-03-31"), reported(t, "2025-M01", "2025-01-01", "2025-01-31", "vu", "3"), ""},
		"what came once has none":             {reported(t, "once", "2026-01-01", "2026-03-31"), reported(t, "once", "2025-01-01", "2025-02-28", "vu", "3"), ""},
	} {
		got := f.Columns(form.Known{Definitions: map[string]indicator.Definition{"vu": d}, Now: c.now, History: []form.Reported{c.then}})["vu"].YearBefore
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
