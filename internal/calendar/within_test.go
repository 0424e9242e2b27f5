package calendar

import (
	"testing"

	"dondoc/internal/fault"
)

func TestDueWithin(t *testing.T) {
	off := holidays{"2026-04-30": {"Ngày Giải phóng miền Nam", "Reunification Day"}, "2026-05-01": {"Ngày Quốc tế Lao động", "Labour Day"}}
	early := WorkingHours{{"07:00", "11:00"}, {"13:00", "17:00"}}
	cases := []struct {
		name     string
		from     string
		rule     DueRule
		hours    WorkingHours
		at       string
		sentence string
	}{
		{"within one span", "2026-06-08 08:00", DueRule{Hours: 2}, nil, "2026-06-08 10:00",
			"Giao lúc 08:00 ngày 08/06/2026 · + 2 giờ làm việc · 10:00 ngày 08/06/2026"},
		{"to the end of the morning, not to the afternoon", "2026-06-08 08:30", DueRule{Hours: 3}, nil, "2026-06-08 11:30",
			"Giao lúc 08:30 ngày 08/06/2026 · + 3 giờ làm việc · 11:30 ngày 08/06/2026"},
		{"over noon", "2026-06-08 11:00", DueRule{Hours: 1}, nil, "2026-06-08 14:00",
			"Giao lúc 11:00 ngày 08/06/2026 · + 1 giờ làm việc · 14:00 ngày 08/06/2026"},
		{"from noon", "2026-06-08 12:15", DueRule{Hours: 1}, nil, "2026-06-08 14:30",
			"Giao lúc 12:15 ngày 08/06/2026 · + 1 giờ làm việc · 14:30 ngày 08/06/2026"},
		{"before work begins", "2026-06-08 06:00", DueRule{Hours: 1}, nil, "2026-06-08 08:30",
			"Giao lúc 06:00 ngày 08/06/2026 · + 1 giờ làm việc · 08:30 ngày 08/06/2026"},
		{"asked on Friday evening", "2026-06-12 18:00", DueRule{Hours: 4}, nil, "2026-06-15 11:30",
			"Giao lúc 18:00 ngày 12/06/2026 · + 4 giờ làm việc · 11:30 ngày 15/06/2026"},
		{"over holidays and a weekend", "2026-04-29 16:00", DueRule{Hours: 2}, nil, "2026-05-04 08:30",
			"Giao lúc 16:00 ngày 29/04/2026 · + 2 giờ làm việc · 08:30 ngày 04/05/2026"},
		{"twenty-four working hours are more than three days", "2026-06-08 07:30", DueRule{Hours: 24}, nil, "2026-06-11 09:00",
			"Giao lúc 07:30 ngày 08/06/2026 · + 24 giờ làm việc · 09:00 ngày 11/06/2026"},
		{"a territory's own hours", "2026-06-08 10:30", DueRule{Hours: 1}, early, "2026-06-08 13:30",
			"Giao lúc 10:30 ngày 08/06/2026 · + 1 giờ làm việc · 13:30 ngày 08/06/2026"},
		{"round the clock", "2026-04-29 16:00", DueRule{Hours: 24, RoundTheClock: true}, nil, "2026-04-30 16:00",
			"Giao lúc 16:00 ngày 29/04/2026 · + 24 giờ · 16:00 ngày 30/04/2026"},
		{"round the clock to midnight", "2026-06-08 22:00", DueRule{Hours: 2, RoundTheClock: true}, nil, "2026-06-09 00:00",
			"Giao lúc 22:00 ngày 08/06/2026 · + 2 giờ · hết ngày 08/06/2026"},
		{"working days from the day of the request", "2026-06-11 23:50", DueRule{WorkingDays: 3}, nil, "2026-06-17 00:00",
			"Giao lúc 23:50 ngày 11/06/2026 · + 3 ngày làm việc · hết ngày 16/06/2026"},
		{"calendar days, shifted", "2026-04-28 09:00", DueRule{CalendarDays: 2, TimeOfDay: "17:00"}, nil, "2026-05-04 17:00",
			"Giao lúc 09:00 ngày 28/04/2026 · + 2 ngày · trùng Ngày Giải phóng miền Nam, chuyển sang 04/05/2026 (Thứ Hai) · 17:00 ngày 04/05/2026"},
		{"the same day", "2026-06-08 09:00", DueRule{}, nil, "2026-06-09 00:00", "Giao lúc 09:00 ngày 08/06/2026 · hết ngày 08/06/2026"},
		{"hours go before days", "2026-06-08 08:00", DueRule{WorkingDays: 3, Hours: 2}, nil, "2026-06-08 10:00",
			"Giao lúc 08:00 ngày 08/06/2026 · + 2 giờ làm việc · 10:00 ngày 08/06/2026"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := DueWithin(instant(c.from).UTC(), c.rule, c.hours, off, vietnam)
			if err != nil {
				t.Fatal(err)
			}
			if !got.At.Equal(instant(c.at)) || got.Derivation.Sentence("vi") != c.sentence {
				t.Errorf("got  %s %s\nwant %s %s", got.At.In(vietnam), got.Derivation.Sentence("vi"), c.at, c.sentence)
			}
		})
	}
	// What is told is what counts: seconds are rounded up.
	got, err := DueWithin(instant("2026-06-08 08:00").Add(1), DueRule{Hours: 2}, nil, off, vietnam)
	if err != nil || !got.At.Equal(instant("2026-06-08 10:01")) {
		t.Errorf("got %s %v", got.At.In(vietnam), err)
	}
	if got, err = DueWithin(instant("2026-06-08 08:00"), DueRule{Hours: 1}, nil, never{}, vietnam); err != nil || got.At.Year() != 2027 {
		t.Errorf("a calendar without working days: %s %v", got.At, err)
	}
}

func TestDueWithinFaults(t *testing.T) {
	cases := []struct {
		name  string
		rule  DueRule
		hours WorkingHours
		code  string
	}{
		{"a day of the month", DueRule{Day: 25}, nil, CodeDueRule},
		{"a day of the year", DueRule{MonthDay: "07-20"}, nil, CodeDueRule},
		{"two forms", DueRule{WorkingDays: 1, CalendarDays: 1}, nil, CodeDueRule},
		{"less than no hours", DueRule{Hours: -1}, nil, CodeDueRule},
		{"round the clock without hours", DueRule{WorkingDays: 1, RoundTheClock: true}, nil, CodeDueRule},
		{"a time that is over", DueRule{TimeOfDay: "08:00"}, nil, CodeDueBeforeStart},
		{"days back", DueRule{WorkingDays: -1}, nil, CodeDueBeforeStart},
		{"no such time of day", DueRule{WorkingDays: 1, TimeOfDay: "9 h"}, nil, "calendar.time_of_day"},
		{"hours turned round", DueRule{Hours: 1}, WorkingHours{{"11:30", "07:30"}}, CodeWorkingHours},
		{"spans that overlap", DueRule{Hours: 1}, WorkingHours{{"07:30", "11:30"}, {"11:00", "17:00"}}, CodeWorkingHours},
		{"unreadable hours", DueRule{Hours: 1}, WorkingHours{{"7:30", "11:30"}}, CodeWorkingHours},
		{"an empty span", DueRule{Hours: 1}, WorkingHours{{}}, CodeWorkingHours},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := DueWithin(instant("2026-06-08 09:00"), c.rule, c.hours, WeekCalendar{}, vietnam)
			if f := fault.Of(err); f == nil || f.Code != c.code || f.VI == f.EN {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
	if err := DefaultWorkingHours().Check(); err != nil {
		t.Error(err)
	}
	if _, err := Due(Period{Key: "2026-M05", Cadence: Monthly, Start: day("2026-05-01"), End: day("2026-05-31")}, Schedule{}, DueRule{Hours: 24}, WeekCalendar{}, vietnam); fault.Of(err) == nil {
		t.Error("hours were taken for a period")
	}
}

func TestHoursBesideDaysAreForFlashReports(t *testing.T) {
	plan := DuePlan{Rules: map[string]DueRule{"commune": {WorkingDays: 3, Hours: 2}, "": {Hours: 4, RoundTheClock: true}}}
	for _, c := range []struct {
		cadence   Cadence
		level, at string
	}{
		{Flash, "commune", "2026-06-08 10:00"}, {AdHoc, "commune", "2026-06-12 00:00"}, {Event, "commune", "2026-06-12 00:00"},
		{Flash, "district", "2026-06-08 12:00"}, {AdHoc, "district", "2026-06-08 12:00"},
	} {
		got, err := plan.Within(instant("2026-06-08 08:00"), c.cadence, c.level, nil, WeekCalendar{}, vietnam)
		if err != nil || !got.At.Equal(instant(c.at)) {
			t.Errorf("%s %s: %s %v, want %s", c.cadence, c.level, got.At.In(vietnam), err, c.at)
		}
	}
	// The periods of such a duty have their days.
	p := Period{Key: "2026-M05", Cadence: Monthly, Start: day("2026-05-01"), End: day("2026-05-31")}
	got, err := plan.Due(p, Schedule{}, "commune", WeekCalendar{}, vietnam)
	if err != nil || !got.At.Equal(instant("2026-06-04 00:00")) {
		t.Errorf("%s %v", got.At.In(vietnam), err)
	}
}
