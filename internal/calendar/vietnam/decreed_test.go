package vietnam

import (
	"strings"
	"testing"

	"dondoc/internal/calendar"
)

func day(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDecreedFileHasNoFaults(t *testing.T) {
	f, problems := ReadFile("decreed.csv", decreedCSV)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(f.Days) > 0 || len(f.Years) != 14 || f.Years[0].Year != 2013 || f.Years[13].Year != 2026 {
		t.Errorf("%d single days, years %v", len(f.Days), len(f.Years))
	}
	for _, y := range f.Years {
		for _, d := range y.Days {
			if d.NameEN == "" || d.NameEN == d.NameVI {
				t.Errorf("%s has no English name: %q", d.Date, d.NameEN)
			}
		}
	}
}

// Whole breaks with the days around them, as announced; the announcements are
// the legal bases in decreed.csv.
func TestBreaksAreAsAnnounced(t *testing.T) {
	c := National()
	for _, b := range []struct{ first, last, worked string }{
		// CV 9570/VPCP-KGVX: nine days of Tết 2013 against Saturday 23 February.
		{"2013-02-09", "2013-02-17", "2013-02-23"},
		{"2012-12-29", "2013-01-01", "2013-01-05"},
		// CV 10525/VPCP-KGVX: Tết 2014 from Tuesday 28 January to Wednesday
		// 5 February against two Saturdays.
		{"2014-01-28", "2014-02-05", "2014-01-25 2014-02-08"},
		{"2015-01-01", "2015-01-04", "2014-12-27"},
		{"2015-04-28", "2015-05-03", "2015-04-25"},
		{"2016-02-06", "2016-02-14", ""},
		{"2018-12-29", "2019-01-01", "2019-01-05"},
		{"2019-04-27", "2019-05-01", "2019-05-04"},
		{"2020-01-23", "2020-01-29", ""},
		{"2021-09-02", "2021-09-05", ""},
		// TB 5034/TB-LĐTBXH: Tết 2023 from 20 to 26 January; the Hùng Kings' day on a
		// Saturday gives five days with 30/4 and 1/5.
		{"2023-01-20", "2023-01-26", ""},
		{"2023-04-29", "2023-05-03", ""},
		{"2023-09-01", "2023-09-04", ""},
		// TB 5015/TB-LĐTBXH: Tết from 8 to 14 February 2024, National Day to 3 September.
		{"2024-02-08", "2024-02-14", ""},
		{"2024-04-27", "2024-05-01", "2024-05-04"},
		{"2024-08-31", "2024-09-03", ""},
		// TB 6150/TB-BLĐTBXH: nine days of Tết 2025; 2 May 2025 off against 26 April.
		{"2025-01-25", "2025-02-02", ""},
		{"2025-04-30", "2025-05-04", "2025-04-26"},
		{"2025-08-30", "2025-09-02", ""},
		// CV 12729/VPCP-KGVX: 2 January 2026 off against Saturday 10 January.
		{"2026-01-01", "2026-01-04", "2026-01-10"},
		// TB 9441/TB-BNV: Tết 2026 from 14 to 22 February; National Day from 29 August
		// to 2 September 2026 against Saturday 22 August.
		{"2026-02-14", "2026-02-22", ""},
		{"2026-08-29", "2026-09-02", "2026-08-22"},
		// The Hùng Kings' day of 2026 is Sunday 26 April, made up on Monday.
		{"2026-04-25", "2026-04-27", ""},
	} {
		first, last := day(t, b.first), day(t, b.last)
		for d := first; !d.After(last); d = d.AddDays(1) {
			if vi, en := c.DayOff(d); c.IsWorking(d) || vi == "" || en == "" {
				t.Errorf("%s is in the break of %s, got working %v, %q, %q", d, b.first, c.IsWorking(d), vi, en)
			}
		}
		for _, d := range []calendar.Date{first.AddDays(-1), last.AddDays(1)} {
			if !c.IsWorking(d) && d.Year > 2012 {
				t.Errorf("%s is beside the break of %s and off", d, b.first)
			}
		}
		for _, worked := range strings.Fields(b.worked) {
			d := day(t, worked)
			if vi, en := c.DayOff(d); !c.IsWorking(d) || !weeklyRest(d) || vi != "" || en != "" {
				t.Errorf("%s is worked, got %v, %q, %q", d, c.IsWorking(d), vi, en)
			}
		}
	}
}

func TestYear2026IsListedAsDecreed(t *testing.T) {
	want := strings.Fields(`
		2026-01-01/holiday 2026-01-02/swap_off 2026-01-10/swap_work 2026-02-16/holiday 2026-02-17/holiday
		2026-02-18/holiday 2026-02-19/holiday 2026-02-20/holiday 2026-04-26/holiday 2026-04-27/substitute
		2026-04-30/holiday 2026-05-01/holiday 2026-08-22/swap_work 2026-08-31/swap_off 2026-09-01/holiday
		2026-09-02/holiday`)
	got := daysOf(National(), 2026)
	if len(got) != len(want) {
		t.Fatalf("%d days, want %d", len(got), len(want))
	}
	for i, d := range got {
		if d.Date.String()+"/"+string(d.Kind) != want[i] || d.Status != Decreed || d.LegalBasis == "" || d.Source == "" {
			t.Errorf("%+v, want %s", d, want[i])
		}
	}
	if vi, en := National().DayOff(day(t, "2026-04-27")); vi != "Nghỉ bù Giỗ Tổ Hùng Vương" || en != "Substitute day off for Hùng Kings' Commemoration Day" {
		t.Errorf("%q, %q", vi, en)
	}
	if vi, en := National().DayOff(day(t, "2026-04-25")); vi != "Thứ Bảy" || en != "Saturday" {
		t.Errorf("%q, %q", vi, en)
	}
}

// A decree may name days of the year before: 31 December 2012 and 2018 against
// Saturdays in January, Saturday 27 December 2014 for a Friday in January.
func TestDecreeReachesIntoTheYearBefore(t *testing.T) {
	c := National()
	for d, working := range map[string]bool{"2012-12-31": false, "2018-12-31": false, "2014-12-27": true} {
		if c.IsWorking(day(t, d)) != working {
			t.Errorf("%s: working %v", d, !working)
		}
		list := daysOf(c, day(t, d).Year)
		if last := list[len(list)-1]; last.Date.String() != d || last.Status != Decreed {
			t.Errorf("the last day of its year is %+v", last)
		}
	}
	// The year around it is still what the law gives.
	if c.StatusOf(2012) != Provisional || daysOf(c, 2012)[0].Status != Provisional {
		t.Error("2012 counts as decreed")
	}
}

// The rules of computed years, set beside what was decreed. They differ in one
// year of fourteen: in 2014, with mùng 1 on a Friday, one day of the old year and
// four of the new were decreed, where from 2015 on it was two and three.
func TestRulesGiveWhatWasDecreed(t *testing.T) {
	c := National()
	for year := 2013; year <= 2026; year++ {
		var decreed, byRule []string
		for _, d := range daysOf(c, year) {
			if d.Kind == Holiday || d.Kind == Substitute {
				decreed = append(decreed, d.Date.String()+"/"+string(d.Kind))
			}
		}
		for _, d := range computed(year) {
			byRule = append(byRule, d.Date.String()+"/"+string(d.Kind))
		}
		same := strings.Join(decreed, " ") == strings.Join(byRule, " ")
		if same != (year != 2014) {
			t.Errorf("%d:\ndecreed %v\nby rule %v", year, decreed, byRule)
		}
	}
}
