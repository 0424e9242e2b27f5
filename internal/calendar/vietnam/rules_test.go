package vietnam

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dondoc/internal/calendar"
)

// daysOf returns the days of a year within the range.
func daysOf(c Calendar, year int) []Day { return must(c.Year(year)) }

// find returns the listed day.
func find(days []Day, d calendar.Date) (Day, bool) {
	i := slices.IndexFunc(days, func(o Day) bool { return o.Date == d })
	if i < 0 {
		return Day{}, false
	}
	return days[i], true
}

// Labour Code 2019, art. 112: eleven days.
func TestComputedYearsHaveAllHolidays(t *testing.T) {
	c := National()
	for year := 2027; year <= LastYear; year++ {
		list := daysOf(c, year)
		holidays := 0
		for _, d := range list {
			if d.Status != Provisional || d.LegalBasis == "" || d.Source == "" {
				t.Errorf("%+v", d)
			}
			if d.Kind == Holiday {
				holidays++
			}
		}
		if holidays != 11 {
			t.Errorf("%d has %d holidays", year, holidays)
		}
		mung1 := tetDay(year)
		for _, d := range []calendar.Date{
			date(year, 1, 1), mung1.AddDays(-1), mung1, mung1.AddDays(1), mung1.AddDays(2), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2),
		} {
			if day, ok := find(list, d); !ok || day.Kind != Holiday {
				t.Errorf("%s is not a holiday", d)
			}
		}
		_, before := find(list, date(year, 9, 1))
		_, after := find(list, date(year, 9, 3))
		if before == after && date(year, 9, 2).Weekday() != time.Saturday && date(year, 9, 2).Weekday() != time.Sunday {
			t.Errorf("%d: 1 September %v, 3 September %v", year, before, after)
		}
	}
}

// Every year from 1976: what is made up is made up on a day that would be
// worked, once for each rest day lost, and breaks have no gaps.
func TestSubstitutesFallOnWorkingDays(t *testing.T) {
	c := National()
	for year := FirstYear; year <= LastYear; year++ {
		list := daysOf(c, year)
		lost, madeUp := 0, 0
		for i, d := range list {
			if i > 0 && !list[i-1].Date.Before(d.Date) {
				t.Errorf("%s after %s", d.Date, list[i-1].Date)
			}
			switch d.Kind {
			case Holiday:
				if weeklyRest(d.Date) {
					lost++
				}
			case Substitute:
				madeUp++
				if weeklyRest(d.Date) {
					t.Errorf("%s is made up on a rest day", d.Date)
				}
			}
		}
		if year >= 1995 && lost != madeUp || year < 1995 && madeUp > 0 {
			t.Errorf("%d: %d holidays on rest days, %d made up", year, lost, madeUp)
		}
	}
}

func TestTetBreaksHaveNoGaps(t *testing.T) {
	c := National()
	for year := FirstYear; year <= LastYear; year++ {
		var first, last calendar.Date
		for _, d := range daysOf(c, year) {
			if strings.Contains(d.NameVI, tetVI) && d.Kind != SwapWork {
				if first.IsZero() {
					first = d.Date
				}
				last = d.Date
			}
		}
		for d := first; !d.After(last); d = d.AddDays(1) {
			if c.IsWorking(d) {
				t.Errorf("%s is worked within Tết", d)
			}
		}
		// Under the Labour Code of 2012 the break has the five days and the weekend
		// that they touch at least.
		if n := last.Sub(first) + 1; year >= 2014 && n < 5 {
			t.Errorf("Tết %d has %d days", year, n)
		}
	}
}

// Law 84/2007/QH11 of 2 April 2007 added the Hùng Kings' day; before, 10/3 was a
// working day like others.
func TestHungKingsDayIsAHolidaySince2007(t *testing.T) {
	c := National()
	for year := FirstYear; year <= LastYear; year++ {
		d := hungKings.days(year)[0].date
		day, listed := find(daysOf(c, year), d)
		switch {
		case year >= 2007 && (!listed || day.Kind != Holiday || c.IsWorking(d)):
			t.Errorf("%s: %+v", d, day)
		case year < 2007 && !listed && c.IsWorking(d) == weeklyRest(d):
			t.Errorf("%s: working %v", d, c.IsWorking(d))
		case year < 2007 && listed && strings.Contains(day.NameVI, "Hùng"):
			t.Errorf("%s: %+v", d, day)
		}
	}
	if c.IsWorking(date(2007, 4, 26)) || !c.IsWorking(date(2006, 4, 7)) {
		t.Error("26 April 2007 was the first; 7 April 2006, a Friday, was worked")
	}
}

func TestRulesChangeWithTheLaw(t *testing.T) {
	c := National()
	for _, r := range []struct {
		day, vi, en string
	}{
		// Decree 13-CP of 1977: three days of Tết, 3 September, half of 30 April.
		{"1990-01-26", "Tết Âm lịch (30 tháng Chạp)", "Lunar New Year (day 30 of the last lunar month)"},
		{"1990-01-29", "", ""},
		{"1990-09-03", "Quốc khánh", "National Day"},
		{"1990-04-30", "", ""},
		// and nothing made up: 2 September 1990 was a Sunday.
		{"1990-09-04", "", ""},
		// Labour Code 1994 art. 73: mùng 3, 30 April, one day of National Day, made up.
		{"1995-02-02", "Tết Âm lịch (mùng 3)", "Lunar New Year (day 3)"},
		{"1995-04-30", "Ngày Chiến thắng", "Reunification Day"},
		{"1995-05-02", "Nghỉ bù Ngày Chiến thắng", "Substitute day off for Reunification Day"},
		{"1998-09-03", "", ""},
		{"2012-01-26", "Nghỉ bù Tết Âm lịch", "Substitute day off for Lunar New Year"},
		// Labour Code 2012 art. 115: a fifth day of Tết, from 1 May 2013.
		{"2016-02-11", "Tết Âm lịch (mùng 4)", "Lunar New Year (day 4)"},
		{"2020-09-01", "", ""},
		{"2020-09-03", "", ""},
		// Labour Code 2019 art. 112: a second day of National Day, from 2021.
		{"2021-09-03", "Quốc khánh", "National Day"},
		{"2028-09-01", "Quốc khánh (ngày liền kề trước)", "National Day (the day before)"},
		{"2029-09-03", "Quốc khánh (ngày liền kề sau)", "National Day (the day after)"},
		{"2029-09-04", "Nghỉ bù Quốc khánh", "Substitute day off for National Day"},
		// Decision 188/1999/QĐ-TTg: Saturdays are off from 2 October 1999.
		{"1999-09-25", "", ""},
		{"1999-10-02", "Thứ Bảy", "Saturday"},
		{"1999-09-26", "Chủ Nhật", "Sunday"},
		// Other years know weekends only.
		{"2051-01-01", "Chủ Nhật", "Sunday"},
		{"2052-01-01", "", ""},
		{"1975-09-02", "", ""},
	} {
		d := day(t, r.day)
		if vi, en := c.DayOff(d); vi != r.vi || en != r.en || c.IsWorking(d) != (vi == "") {
			t.Errorf("%s: %q, %q, working %v; want %q, %q", d, vi, en, c.IsWorking(d), r.vi, r.en)
		}
	}
}

// 10/3 comes as late as 29 April, so that no rule is needed for two holidays on one day.
func TestNoTwoHolidaysFallOnOneDay(t *testing.T) {
	for year := FirstYear; year <= LastYear; year++ {
		list := statutoryDays(year)
		for i, s := range list[1:] {
			if !list[i].day.Date.Before(s.day.Date) {
				t.Errorf("%s: %s and %s", s.day.Date, list[i].day.NameVI, s.day.NameVI)
			}
		}
	}
}

func TestCultureDayIsUndecided(t *testing.T) {
	c := National()
	if len(c.Undecided(2025)) != 0 {
		t.Error("it was decided in principle in 2026")
	}
	for _, year := range []int{2026, 2027, 2028} {
		list := c.Undecided(year)
		if len(list) != 1 || list[0].Date != date(year, 11, 24) || list[0].Status != Provisional || list[0].LegalBasis == "" {
			t.Fatalf("%+v", list)
		}
		if d := list[0].Date; c.IsWorking(d) == weeklyRest(d) {
			t.Errorf("%s counts as a day off", d)
		}
		if _, listed := find(daysOf(c, year), list[0].Date); listed {
			t.Errorf("%s is in the list of days off", list[0].Date)
		}
	}
	decided := c.WithDays(Day{Date: date(2026, 11, 24), Kind: Holiday, NameVI: "Ngày Văn hóa Việt Nam", NameEN: "Viet Nam Culture Day"})
	if len(decided.Undecided(2026)) != 0 || decided.IsWorking(date(2026, 11, 24)) || len(decided.Undecided(2027)) != 1 {
		t.Error("a day that is added is decided")
	}
}
