package calendar

import (
	"slices"
	"testing"
	"time"

	"dondoc/internal/fault"
)

var vietnam = time.FixedZone("+07", 7*60*60)

func instant(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, vietnam)
	if err != nil {
		panic(err)
	}
	return t
}

// holidays works from Monday to Friday except on the days named.
type holidays map[string][2]string

func (h holidays) IsWorking(d Date) bool {
	_, off := h[d.String()]
	return !off && WeekCalendar{}.IsWorking(d)
}

func (h holidays) DayOff(d Date) (vi, en string) {
	if n, ok := h[d.String()]; ok {
		return n[0], n[1]
	}
	return WeekCalendar{}.DayOff(d)
}

func TestDue(t *testing.T) {
	labourDays := holidays{
		"2026-04-30": {"Ngày Giải phóng miền Nam", "Reunification Day"},
		"2026-05-01": {"Ngày Quốc tế Lao động", "Labour Day"},
	}
	window := func(key, start, end string) Period {
		return Period{Key: key, Cadence: Monthly, Cadences: []Cadence{Monthly}, Start: day(start), End: day(end)}
	}
	march := window("2026-M03", "2026-02-15", "2026-03-14") // closes on a Saturday
	april := window("2026-M04", "2026-03-15", "2026-04-14") // Tuesday
	may := window("2026-M05", "2026-05-01", "2026-05-31")   // Sunday
	once := Period{Key: "once", Cadence: Once, Cadences: []Cadence{Once}, Start: day("2026-01-01"), End: day("2026-11-22")}
	onSunday := Schedule{Cadences: []Cadence{Once}, DueOn: day("2026-11-22")}
	cases := []struct {
		name     string
		period   Period
		schedule Schedule
		rule     DueRule
		at       string
		sentence string
	}{
		{"the closing day is not shifted before counting", march, Schedule{}, DueRule{WorkingDays: 3}, "2026-03-19 00:00",
			"Chốt số liệu 14/03/2026 (Thứ Bảy) · + 3 ngày làm việc · hết ngày 18/03/2026"},
		{"across a weekend", april, Schedule{}, DueRule{WorkingDays: 5}, "2026-04-22 00:00",
			"Chốt số liệu 14/04/2026 (Thứ Ba) · + 5 ngày làm việc · hết ngày 21/04/2026"},
		{"over two holidays and a weekend", window("2026-M04", "2026-04-01", "2026-04-29"), Schedule{}, DueRule{WorkingDays: 1}, "2026-05-05 00:00",
			"Chốt số liệu 29/04/2026 (Thứ Tư) · + 1 ngày làm việc · hết ngày 04/05/2026"},
		{"the closing day itself", april, Schedule{}, DueRule{}, "2026-04-15 00:00",
			"Chốt số liệu 14/04/2026 (Thứ Ba) · hết ngày 14/04/2026"},
		{"the closing day itself, shifted", march, Schedule{}, DueRule{}, "2026-03-17 00:00",
			"Chốt số liệu 14/03/2026 (Thứ Bảy) · trùng Thứ Bảy, chuyển sang 16/03/2026 (Thứ Hai) · hết ngày 16/03/2026"},
		{"calendar days, shifted over holidays", april, Schedule{}, DueRule{CalendarDays: 16}, "2026-05-05 00:00",
			"Chốt số liệu 14/04/2026 (Thứ Ba) · + 16 ngày · trùng Ngày Giải phóng miền Nam, chuyển sang 04/05/2026 (Thứ Hai) · hết ngày 04/05/2026"},
		{"calendar days, not shifted", april, Schedule{}, DueRule{CalendarDays: 4, Shift: ShiftNone}, "2026-04-19 00:00",
			"Chốt số liệu 14/04/2026 (Thứ Ba) · + 4 ngày · hết ngày 18/04/2026"},
		{"calendar days, shifted back", april, Schedule{}, DueRule{CalendarDays: 5, Shift: ShiftPrevious}, "2026-04-18 00:00",
			"Chốt số liệu 14/04/2026 (Thứ Ba) · + 5 ngày · trùng Chủ Nhật, chuyển sang 17/04/2026 (Thứ Sáu) · hết ngày 17/04/2026"},
		{"by the 25th of the month", april, Schedule{}, DueRule{Day: 25}, "2026-04-28 00:00",
			"Chốt số liệu 14/04/2026 (Thứ Ba) · ngày hằng tháng 25/04/2026 (Thứ Bảy) · trùng Thứ Bảy, chuyển sang 27/04/2026 (Thứ Hai) · hết ngày 27/04/2026"},
		{"before the 25th of each month", may, Schedule{}, DueRule{Day: 24, Shift: ShiftPrevious, BeforeEnd: true}, "2026-05-23 00:00",
			"Chốt số liệu 31/05/2026 (Chủ Nhật) · ngày hằng tháng 24/05/2026 (Chủ Nhật) · trùng Chủ Nhật, chuyển sang 22/05/2026 (Thứ Sáu) · hết ngày 22/05/2026"},
		{"the 31st of a shorter month is its last day", may, Schedule{}, DueRule{Day: 31, MonthOffset: 1}, "2026-07-01 00:00",
			"Chốt số liệu 31/05/2026 (Chủ Nhật) · ngày cuối tháng 30/06/2026 (Thứ Ba) · hết ngày 30/06/2026"},
		{"the month after December is in the next year", window("2027-M12", "2027-12-01", "2027-12-31"), Schedule{}, DueRule{Day: 31, MonthOffset: 2}, "2028-03-01 00:00",
			"Chốt số liệu 31/12/2027 (Thứ Sáu) · ngày cuối tháng 29/02/2028 (Thứ Ba) · hết ngày 29/02/2028"},
		{"a day of the year", may, Schedule{}, DueRule{MonthDay: "07-20"}, "2026-07-21 00:00",
			"Chốt số liệu 31/05/2026 (Chủ Nhật) · ngày hằng năm 20/07/2026 (Thứ Hai) · hết ngày 20/07/2026"},
		{"29 February in a common year", window("2026-M01", "2026-01-01", "2026-01-31"), Schedule{}, DueRule{MonthDay: "02-29", Shift: ShiftNone}, "2026-03-01 00:00",
			"Chốt số liệu 31/01/2026 (Thứ Bảy) · ngày hằng năm 28/02/2026 (Thứ Bảy) · hết ngày 28/02/2026"},
		{"a time of day", april, Schedule{}, DueRule{WorkingDays: 1, TimeOfDay: "17:00"}, "2026-04-15 17:00",
			"Chốt số liệu 14/04/2026 (Thứ Ba) · + 1 ngày làm việc · 17:00 ngày 15/04/2026"},
		{"working days before the end", april, Schedule{}, DueRule{WorkingDays: -2, BeforeEnd: true}, "2026-04-11 00:00",
			"Chốt số liệu 14/04/2026 (Thứ Ba) · − 2 ngày làm việc · hết ngày 10/04/2026"},
		{"once is due on its own day, shifted", once, onSunday, DueRule{}, "2026-11-24 00:00",
			"Ngày ấn định 22/11/2026 (Chủ Nhật) · trùng Chủ Nhật, chuyển sang 23/11/2026 (Thứ Hai) · hết ngày 23/11/2026"},
		{"once shifted back is no fault", once, onSunday, DueRule{Shift: ShiftPrevious}, "2026-11-21 00:00",
			"Ngày ấn định 22/11/2026 (Chủ Nhật) · trùng Chủ Nhật, chuyển sang 20/11/2026 (Thứ Sáu) · hết ngày 20/11/2026"},
		{"once not shifted, whatever offset others have", once, onSunday, DueRule{WorkingDays: 3, Shift: ShiftNone}, "2026-11-23 00:00",
			"Ngày ấn định 22/11/2026 (Chủ Nhật) · hết ngày 22/11/2026"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Due(c.period, c.schedule, c.rule, labourDays, vietnam)
			if err != nil {
				t.Fatal(err)
			}
			if !got.At.Equal(instant(c.at)) {
				t.Errorf("due at %s, want %s", got.At, c.at)
			}
			if s := got.Derivation.Sentence("vi"); s != c.sentence {
				t.Errorf("got  %s\nwant %s", s, c.sentence)
			}
		})
	}
}

func TestDueFaults(t *testing.T) {
	april := Period{Key: "2026-M04", Cadence: Monthly, Start: day("2026-04-01"), End: day("2026-04-30")}
	saturday := Period{Key: "2026-M03", Cadence: Monthly, Start: day("2026-02-15"), End: day("2026-03-14")}
	cut := Period{Key: "2026-M04", Cadence: Monthly, Start: day("2026-04-28"), End: day("2026-04-30")}
	cases := []struct {
		name   string
		period Period
		rule   DueRule
		code   string
	}{
		{"the 25th before the month ends", april, DueRule{Day: 25}, CodeDueBeforeEnd},
		{"shifted back before the end", saturday, DueRule{Shift: ShiftPrevious}, CodeDueBeforeEnd},
		{"over before a cut window begins", cut, DueRule{Day: 24, Shift: ShiftPrevious, BeforeEnd: true}, CodeDueBeforeStart},
		{"two rules at once", april, DueRule{Day: 5, WorkingDays: 3}, CodeDueRule},
		{"no such day", april, DueRule{Day: 32}, CodeDueRule},
		{"a month offset without a day", april, DueRule{MonthOffset: 1}, CodeDueRule},
		{"no such day of the year", april, DueRule{MonthDay: "02-30"}, CodeDueRule},
		{"unknown shift", april, DueRule{WorkingDays: 1, Shift: "sideways"}, CodeDueRule},
		{"no such time", april, DueRule{WorkingDays: 1, TimeOfDay: "25:00"}, "calendar.time_of_day"},
		{"a time without its zero", april, DueRule{WorkingDays: 1, TimeOfDay: "8:00"}, "calendar.time_of_day"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Due(c.period, Schedule{}, c.rule, WeekCalendar{}, vietnam)
			if f := fault.Of(err); f == nil || f.Code != c.code || f.Kind != fault.Invalid {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}

func TestDueDay(t *testing.T) {
	for at, want := range map[string]string{
		"2026-03-19 00:00": "2026-03-18", "2026-03-18 17:00": "2026-03-18", "2026-03-18 00:01": "2026-03-18", "2026-01-01 00:00": "2025-12-31",
	} {
		if got := DueDay(instant(at).UTC(), vietnam); got != day(want) {
			t.Errorf("due day of %s is %s, want %s", at, got, want)
		}
	}
}

func TestAddWorkingDays(t *testing.T) {
	cases := []struct {
		name   string
		from   string
		n      int
		want   string
		passed []Date
	}{
		{"none", "2026-03-14", 0, "2026-03-14", nil},
		{"from a Saturday", "2026-03-14", 1, "2026-03-16", []Date{day("2026-03-15")}},
		{"over a weekend", "2026-03-13", 1, "2026-03-16", []Date{day("2026-03-14"), day("2026-03-15")}},
		{"back over a weekend", "2026-03-16", -1, "2026-03-13", []Date{day("2026-03-15"), day("2026-03-14")}},
		{"three weeks", "2026-03-02", 15, "2026-03-23", []Date{day("2026-03-07"), day("2026-03-08"), day("2026-03-14"), day("2026-03-15"), day("2026-03-21"), day("2026-03-22")}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, passed := AddWorkingDays(day(c.from), c.n, WeekCalendar{})
			if got != day(c.want) || !slices.Equal(passed, c.passed) {
				t.Errorf("got %s passing %v, want %s passing %v", got, passed, c.want, c.passed)
			}
		})
	}
}

// never is a calendar that was loaded empty.
type never struct{}

func (never) IsWorking(Date) bool          { return false }
func (never) DayOff(Date) (string, string) { return "nghỉ", "off" }

func TestACalendarWithoutWorkingDaysEnds(t *testing.T) {
	if got, _ := AddWorkingDays(day("2026-01-01"), 3, never{}); !got.After(day("2026-12-31")) {
		t.Errorf("counted to %s", got)
	}
	if got := ShiftDay(day("2026-01-01"), ShiftNext, never{}); got != day("2026-01-01") {
		t.Errorf("shifted to %s", got)
	}
}

func TestOpening(t *testing.T) {
	quarter := Period{Cadence: Quarterly, Start: day("2026-01-01"), End: day("2026-03-31")}
	week := Period{Cadence: Weekly, Start: day("2026-02-09"), End: day("2026-02-15")}
	once := Period{Cadence: Once, Start: day("2026-02-01"), End: day("2026-11-20")}
	cases := []struct {
		name     string
		period   Period
		due      string
		days     int
		at       string
		sentence string
	}{
		{"fifteen working days before the due day", quarter, "2026-04-08 00:00", 15, "2026-03-17 08:00",
			"Due 07/04/2026 (Tuesday) · − 15 working days · 08:00 on 17/03/2026"},
		{"a due time within the day", quarter, "2026-04-07 17:00", 15, "2026-03-17 08:00",
			"Due 07/04/2026 (Tuesday) · − 15 working days · 08:00 on 17/03/2026"},
		{"not before the window", week, "2026-02-18 00:00", 15, "2026-02-09 08:00",
			"Due 17/02/2026 (Tuesday) · − 15 working days · not before 09/02/2026 (Monday) · 08:00 on 09/02/2026"},
		{"on the due day", quarter, "2026-04-08 00:00", 0, "2026-04-07 08:00", "Due 07/04/2026 (Tuesday) · 08:00 on 07/04/2026"},
		{"once at its opening", once, "2026-11-21 00:00", 15, "2026-02-01 08:00", "Opened 01/02/2026 (Sunday) · 08:00 on 01/02/2026"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Opening(instant(c.due), c.period, c.days, WeekCalendar{}, vietnam)
			if !got.At.Equal(instant(c.at)) || got.Derivation.Sentence("en") != c.sentence {
				t.Errorf("got %s %s\nwant %s %s", got.At, got.Derivation.Sentence("en"), c.at, c.sentence)
			}
		})
	}
}

func TestResubmit(t *testing.T) {
	got := Resubmit(instant("2026-06-11 23:50").UTC(), 3, WeekCalendar{}, vietnam)
	if !got.At.Equal(instant("2026-06-17 00:00")) {
		t.Errorf("due at %s", got.At)
	}
	if s, want := got.Derivation.Sentence("vi"), "Trả lại 11/06/2026 (Thứ Năm) · + 3 ngày làm việc · hết ngày 16/06/2026"; s != want {
		t.Errorf("got %s, want %s", s, want)
	}
}
