package vietnam

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"

	"pgregory.net/rapid"
)

func TestLaterLayersWinPerDay(t *testing.T) {
	national := National()
	province := national.WithDays(
		Day{Date: date(2026, 7, 1), Kind: Holiday, NameVI: "Ngày thành lập tỉnh", NameEN: "Foundation Day"},
		Day{Date: date(2026, 1, 10), Kind: Holiday, NameVI: "Nghỉ bão", NameEN: "Storm"},
	)
	agency := province.WithDays(
		Day{Date: date(2026, 7, 1), Kind: Holiday, NameVI: "Ngày truyền thống ngành", NameEN: "Day of the sector"},
		Day{Date: date(2027, 9, 5), Kind: SwapWork, NameVI: "Khai giảng", NameEN: "First day of school"},
	)
	for _, c := range []struct {
		calendar Calendar
		day, vi  string
	}{
		{national, "2026-07-01", ""},
		{province, "2026-07-01", "Ngày thành lập tỉnh"},
		{agency, "2026-07-01", "Ngày truyền thống ngành"},
		{national, "2026-01-10", ""}, // swapped for 2 January
		{province, "2026-01-10", "Nghỉ bão"},
		{agency, "2026-01-10", "Nghỉ bão"},
		{province, "2027-09-05", "Chủ Nhật"},
		{agency, "2027-09-05", ""},
		{agency, "2026-02-17", "Tết Âm lịch (mùng 1)"},
	} {
		d := day(t, c.day)
		if vi, _ := c.calendar.DayOff(d); vi != c.vi || c.calendar.IsWorking(d) != (vi == "") {
			t.Errorf("%s: %q, want %q", c.day, vi, c.vi)
		}
	}
	if added, _ := find(daysOf(agency, 2026), date(2026, 7, 1)); added.Status != Decreed {
		t.Errorf("%+v", added)
	}
	if n := len(daysOf(national, 2026)); n != 16 || len(daysOf(agency, 2026)) != n+1 {
		t.Errorf("%d and %d days", n, len(daysOf(agency, 2026)))
	}
}

// decreed2027 is a whole year that differs from what is computed: Tết is 1 + 4,
// the day beside National Day is the 1st.
const decreed2027 = `date,kind,name,year,legal_basis,source
2027-01-01,holiday,Tết Dương lịch,2027,Luật,x
2027-02-05,holiday,Tết Âm lịch (29 tháng Chạp),2027,CV 1,x
2027-02-06,holiday,Tết Âm lịch (mùng 1),2027,CV 1,x
2027-02-07,holiday,Tết Âm lịch (mùng 2),2027,CV 1,x
2027-02-08,holiday,Tết Âm lịch (mùng 3),2027,CV 1,x
2027-02-09,holiday,Tết Âm lịch (mùng 4),2027,CV 1,x
2027-02-10,substitute,Nghỉ bù Tết Âm lịch,2027,CV 1,x
2027-02-11,substitute,Nghỉ bù Tết Âm lịch,2027,CV 1,x
2027-02-12,swap_off,Nghỉ hoán đổi,2027,CV 1,x
2027-02-20,swap_work,Làm bù,2027,CV 1,x
2027-04-16,holiday,Giỗ Tổ Hùng Vương (10/3 âm lịch),2027,Luật,x
2027-04-30,holiday,Ngày Chiến thắng,2027,Luật,x
2027-05-01,holiday,Ngày Quốc tế lao động,2027,Luật,x
2027-05-03,substitute,Nghỉ bù Ngày Quốc tế lao động,2027,Luật,x
2027-09-01,holiday,Quốc khánh,2027,CV 1,x
2027-09-02,holiday,Quốc khánh,2027,CV 1,x
2027-12-31,swap_off,Nghỉ hoán đổi,2027,CV 2,x
2028-01-08,swap_work,Làm bù,2027,CV 2,x
`

func TestDecreedYearReplacesTheComputedOne(t *testing.T) {
	f, problems := ReadFile("2027.csv", []byte(decreed2027))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	before := National().WithDays(Day{Date: date(2027, 6, 18), Kind: Holiday, NameVI: "Ngày riêng", NameEN: "A day of one's own"})
	c := before.With(f)
	for d, working := range map[string]bool{
		"2027-02-04": true, "2027-02-05": false, "2027-02-11": false, "2027-02-12": false, "2027-02-20": true,
		"2027-09-01": false, "2027-09-03": true, "2027-12-31": false, "2028-01-08": true,
		"2027-06-18": false, // what was added stays
		"2028-01-01": false, "2028-09-01": false,
	} {
		if c.IsWorking(day(t, d)) != working {
			t.Errorf("%s: working %v", d, !working)
		}
	}
	if c.StatusOf(2027) != Decreed || c.StatusOf(2028) != Provisional || before.StatusOf(2027) != Provisional {
		t.Error("only the new calendar has 2027 as decreed")
	}
	if before.IsWorking(day(t, "2027-02-04")) || !before.IsWorking(day(t, "2027-12-31")) {
		t.Error("the old calendar changed")
	}
	// Another decree of the same year takes back what the first said, also beside it.
	withoutLast := strings.ReplaceAll(strings.ReplaceAll(decreed2027,
		"2027-12-31,swap_off,Nghỉ hoán đổi,2027,CV 2,x\n", ""), "2028-01-08,swap_work,Làm bù,2027,CV 2,x\n", "")
	g, problems := ReadFile("2027.csv", []byte(withoutLast))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if c := c.With(g); !c.IsWorking(day(t, "2027-12-31")) || c.IsWorking(day(t, "2028-01-08")) {
		t.Error("days of the earlier decree are left")
	}
}

func TestDaysThatDoNotExist(t *testing.T) {
	c := National()
	for _, p := range []struct{ odd, meant calendar.Date }{
		{date(2026, 2, 30), date(2026, 3, 2)}, {date(2026, 4, 31), date(2026, 5, 1)}, {date(2028, 2, 31), date(2028, 3, 2)},
		{date(2026, 13, 1), date(2027, 1, 1)}, {date(2026, 0, 31), date(2025, 12, 31)}, {date(2026, 1, 0), date(2025, 12, 31)},
		{date(2026, 8, 32), date(2026, 9, 1)}, {date(2050, 12, 32), date(2051, 1, 1)}, {date(1975, 13, 1), date(1976, 1, 1)},
	} {
		vi, _ := c.DayOff(p.odd)
		if want, _ := c.DayOff(p.meant); vi != want || c.IsWorking(p.odd) != c.IsWorking(p.meant) {
			t.Errorf("%v: %q, %s: %q", p.odd, vi, p.meant, want)
		}
	}
	if d := c.WithDays(Day{Date: date(2026, 2, 30), Kind: Holiday}, Day{Date: date(2026, 99, 1), Kind: Holiday}, Day{Date: date(2077, 1, 1), Kind: Holiday}); len(daysOf(d, 2026)) != len(daysOf(c, 2026)) || !d.IsWorking(date(2026, 3, 2)) {
		t.Error("a day that does not exist was added")
	}
}

// The table agrees with the list and the weekday, whatever is laid over it.
func TestTableAgreesWithTheList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		anyDay := rapid.Custom(func(t *rapid.T) calendar.Date {
			return date(FirstYear, 1, 1).AddDays(rapid.IntRange(0, date(LastYear, 12, 31).Sub(date(FirstYear, 1, 1))).Draw(t, "n"))
		})
		c := National()
		for range rapid.IntRange(0, 4).Draw(t, "layers") {
			c = c.WithDays(Day{Date: anyDay.Draw(t, "added"), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), NameVI: "vi", NameEN: "en"})
		}
		d := anyDay.Draw(t, "day")
		listed, ok := find(daysOf(c, d.Year), d)
		working, vi, en := !weeklyRest(d), "", ""
		if !working {
			vi, en = calendar.WeekCalendar{}.DayOff(d)
		}
		if ok {
			if working = !listed.Kind.Off(); working {
				vi, en = "", ""
			} else {
				vi, en = listed.NameVI, listed.NameEN
			}
		}
		gotVI, gotEN := c.DayOff(d)
		if c.IsWorking(d) != working || gotVI != vi || gotEN != en {
			t.Fatalf("%s: working %v, %q, %q; want %v, %q, %q", d, c.IsWorking(d), gotVI, gotEN, working, vi, en)
		}
	})
}

func TestYearIsACopy(t *testing.T) {
	daysOf(National(), 2026)[0].NameVI = "x"
	if daysOf(National(), 2026)[0].NameVI == "x" {
		t.Error("the calendar can be changed from outside")
	}
	for _, year := range []int{FirstYear - 1, LastYear + 1} {
		if days, err := National().Year(year); days != nil || !fault.Is(err, fault.Invalid) || fault.Of(err).Code != CodeYear {
			t.Errorf("%d: %v, %v", year, days, err)
		}
	}
}

func TestZeroCalendarKnowsWeekendsOnly(t *testing.T) {
	var c Calendar
	if !c.IsWorking(date(2026, 2, 17)) || c.IsWorking(date(2026, 2, 15)) || !c.IsWorking(date(2026, 1, 33)) || c.StatusOf(2026) != Provisional {
		t.Error("it is no week of Monday to Friday")
	}
	if vi, en := c.DayOff(date(2026, 2, 15)); vi != "Chủ Nhật" || en != "Sunday" {
		t.Errorf("%q, %q", vi, en)
	}
	if days, err := c.Year(2026); len(days) != 0 || err != nil {
		t.Errorf("%v, %v", days, err)
	}
	if c = c.WithDays(); c.IsWorking(date(2026, 2, 17)) {
		t.Error("laid over nothing, the law is there")
	}
}

func TestCheckYear(t *testing.T) {
	for _, year := range []int{-1, 0, 1975, 2051} {
		if err := CheckYear(year); !fault.Is(err, fault.Invalid) || fault.Of(err).Code != CodeYear {
			t.Errorf("%d: %v", year, err)
		}
	}
	if CheckYear(1976) != nil || CheckYear(2050) != nil {
		t.Error("1976 and 2050 are in the range")
	}
}

func TestConcurrentUse(t *testing.T) {
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			c := National()
			for year := FirstYear; year <= LastYear; year++ {
				layered := c.WithDays(Day{Date: date(year, 6, 15), Kind: Holiday, NameVI: "x", NameEN: "x"})
				if layered.IsWorking(date(year, 6, 15)) || len(daysOf(c, year)) == len(daysOf(layered, year)) {
					t.Errorf("worker %d, %d", worker, year)
				}
			}
		})
	}
	group.Wait()
}

// The count of working days that ShiftDay and AddWorkingDays make with the
// calendar: three working days after Friday 13 February 2026 end after Tết.
func TestWorkingDaysAroundTet(t *testing.T) {
	due, passed := calendar.AddWorkingDays(date(2026, 2, 13), 3, National())
	if due != date(2026, 2, 25) || len(passed) != 9 || !slices.Contains(passed, date(2026, 2, 20)) {
		t.Errorf("%s, %v", due, passed)
	}
	if d := calendar.ShiftDay(date(2026, 4, 25), calendar.ShiftNext, National()); d != date(2026, 4, 28) {
		t.Errorf("25 April 2026 is shifted to %s", d)
	}
}

func BenchmarkIsWorking(b *testing.B) {
	c, d := National(), date(2027, 5, 3)
	for b.Loop() {
		c.IsWorking(d)
	}
}

func BenchmarkDayOff(b *testing.B) {
	c, d := National(), date(2027, 5, 3)
	for b.Loop() {
		c.DayOff(d)
	}
}

func BenchmarkNational(b *testing.B) {
	for b.Loop() {
		Calendar{}.With(must(decreedFile()))
	}
}

func BenchmarkWith(b *testing.B) {
	c := National()
	for b.Loop() {
		c.WithDays(Day{Date: date(2027, 5, 3), Kind: Holiday})
	}
}
