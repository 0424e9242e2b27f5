package timetable_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/calendar/vietnam"
	"dondoc/internal/plan"
	"dondoc/internal/timetable"
)

var hanoi = time.FixedZone("ICT", 7*3600)

// monthly is a duty of communes and districts that report every month of 2026.
func monthly(change ...func(*timetable.Duty)) timetable.Duty {
	d := timetable.Duty{
		Definition: plan.Duty{
			Code: "IV.15.h", Mode: plan.Assigned, OpensBefore: 15,
			Schedule: calendar.Schedule{Cadences: []calendar.Cadence{calendar.Monthly}, Windows: calendar.CalendarWindows},
			Due:      map[string]calendar.DueRule{"commune": {WorkingDays: 3}, "": {WorkingDays: 5}},
		},
		Policies: timetable.Policies(nil), Validity: calendar.Range{From: calendar.NewDate(2026, 1, 1), To: calendar.NewDate(2026, 12, 31)},
		Zone: hanoi, Kinds: []timetable.Kind{{Level: "commune"}, {Level: "district"}},
		Calendars: timetable.Calendars{National: vietnam.National()},
	}
	for _, c := range change {
		c(&d)
	}
	return d
}

// all walks every round of every stream and says when it opens, is due and closes.
func all(t *testing.T, d timetable.Duty) []string {
	t.Helper()
	var lines []string
	for _, stream := range d.Streams() {
		after := calendar.Date{}
		for {
			rounds, err := stream.Next(after)
			if err != nil {
				t.Fatal(err)
			}
			if len(rounds) == 0 {
				break
			}
			for _, r := range rounds {
				lines = append(lines, fmt.Sprintf("%s %s–%s %s", r.Period.Key, r.OpensAt.In(hanoi).Format("02/01 15:04"),
					calendar.DueDay(r.DueAt, hanoi).VN(), calendar.DueDay(r.ClosesAt, hanoi).VN()))
			}
			after = rounds[0].Period.End
		}
	}
	return lines
}

func want(t *testing.T, what string, got []string, expected ...string) {
	t.Helper()
	if !slices.Equal(got, expected) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, expected)
	}
}

func TestRoundsOfAYear(t *testing.T) {
	lines := all(t, monthly())
	if len(lines) != 12 {
		t.Fatalf("%d rounds", len(lines))
	}
	// January closes on Saturday the 31st: due on Wednesday the 4th for communes, Friday the 6th for
	// districts. It opens fifteen working days before the 4th and closes with February's due day.
	// February opens before Tết. New Year's Day is off, so December is due on Friday the 8th.
	want(t, "January, February, December", []string{lines[0], lines[1], lines[11]},
		"2026-M01 14/01 08:00–06/02/2026 06/03/2026", "2026-M02 04/02 08:00–06/03/2026 07/04/2026", "2026-M12 15/12 08:00–08/01/2027 08/01/2027")
}

func TestFollowedInTheMiddle(t *testing.T) {
	lines := all(t, monthly(func(d *timetable.Duty) { d.FollowedFrom = calendar.NewDate(2026, 11, 7) }))
	// October was due on 6 November, before anybody followed.
	want(t, "rounds", lines, "2026-M11 12/11 08:00–07/12/2026 31/12/2026", "2026-M12 15/12 08:00–08/01/2027 08/01/2027")
}

func TestStreamsDoNotCloseOneAnother(t *testing.T) {
	lines := all(t, monthly(func(d *timetable.Duty) {
		d.Validity.To = calendar.NewDate(2026, 2, 28)
		d.Definition.Schedule.Cadences = []calendar.Cadence{calendar.Monthly, calendar.AtLeast, calendar.Once}
		d.Definition.Schedule.AtLeast = calendar.Frequency{Times: 1, Per: calendar.Quarterly}
		d.Definition.Schedule.OpensOn, d.Definition.Schedule.DueOn = calendar.NewDate(2026, 1, 12), calendar.NewDate(2026, 2, 10)
	}))
	want(t, "rounds", lines, "2026-M01 14/01 08:00–06/02/2026 28/02/2026", "2026-M02 04/02 08:00–06/03/2026 06/03/2026",
		"2026-Q1-L1 01/01 08:00–06/03/2026 06/03/2026", "once 12/01 08:00–10/02/2026 28/02/2026")
}

func TestKindsHaveTheirOwnDueTimesAndSteps(t *testing.T) {
	tet := vietnam.National()
	d := monthly(func(d *timetable.Duty) {
		d.Kinds = append(d.Kinds, timetable.Kind{Level: "commune", Calendar: "a7"})
		d.Calendars.Own = map[string]calendar.WorkingCalendar{"a7": tet.WithDays(vietnam.Day{
			Date: calendar.NewDate(2026, 2, 3), Kind: vietnam.Holiday, NameVI: "Ngày riêng", NameEN: "A day of its own", LegalBasis: "x", Source: "x",
		})}
	})
	rounds, err := d.Next(calendar.Date{})
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := d.Tasks(rounds[0].Period, rounds[0].OpensAt)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, task := range tasks {
		for _, step := range task.Steps {
			if step.Rule.Code == "before_1" {
				lines = append(lines, fmt.Sprintf("%s %q due %s, reminded %s", task.Kind.Level, task.Kind.Calendar,
					calendar.DueDay(task.Due.At, hanoi).VN(), step.At.In(hanoi).Format("02/01")))
			}
		}
	}
	want(t, "kinds", lines, `commune "" due 04/02/2026, reminded 03/02`, `district "" due 06/02/2026, reminded 05/02`, `commune "a7" due 05/02/2026, reminded 04/02`)
}

func TestAnOutageMovesTheRoundWithItsTasks(t *testing.T) {
	d := monthly(func(d *timetable.Duty) {
		d.Outages = []calendar.Outage{{From: time.Date(2026, 2, 6, 12, 0, 0, 0, hanoi), To: time.Date(2026, 2, 7, 9, 0, 0, 0, hanoi), VI: "đứt cáp", EN: "cable cut"}}
	})
	want(t, "January", all(t, d)[:1], "2026-M01 14/01 08:00–09/02/2026 06/03/2026")
}

func TestNoStepComesBeforeTheRoundOpens(t *testing.T) {
	d := monthly()
	rounds, err := d.Next(calendar.Date{})
	if err != nil {
		t.Fatal(err)
	}
	late := rounds[0].DueAt.Add(-2 * time.Hour) // opened by hand on the last evening
	task, err := d.Task(rounds[0].Period, late, d.Kinds[1])
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range task.Steps {
		if step.At.Before(late) {
			t.Errorf("%s at %s, before the round opens", step.Rule.Code, step.At)
		}
	}
}
