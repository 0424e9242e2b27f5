package feed

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"dondoc/internal/fault"
	"dondoc/internal/task"
)

const base = "https://dondoc.example:8443"

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// entry is due at the end of 18 March 2026 in Viet Nam.
func entry(change ...func(*Entry)) Entry {
	opened := at("2026-02-25T01:00:00Z")
	e := Entry{
		TaskID: 12, AgencyName: "UBND xã Phước Thái", PlanCode: "kh-2026", DutyCode: "IV.15.h", PeriodKey: "2026-Q1", TimeZone: "Asia/Ho_Chi_Minh",
		State: task.StateOpen, DueAt: at("2026-03-18T17:00:00Z"), OpenedAt: &opened, ChangedAt: at("2026-02-26T02:03:04Z"), Version: 1,
	}
	for _, c := range change {
		c(&e)
	}
	return e
}

// written are the unfolded lines of a feed with these entries, without the calendar's own.
func written(t *testing.T, f Form, c Contents) []string {
	t.Helper()
	f.BaseURL = base
	b, err := Write(c, f)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(b), "\r\n ", "")
	at := strings.Index(text, "BEGIN:VEVENT")
	if f.Todos {
		at = strings.Index(text, "BEGIN:VTODO")
	}
	return strings.Split(strings.TrimSuffix(text[at:], "END:VCALENDAR\r\n"), "\r\n")
}

func has(t *testing.T, what string, lines []string, want ...string) {
	t.Helper()
	text := "\n" + strings.Join(lines, "\n") + "\n"
	for _, line := range want {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("%s lacks %q:%s", what, line, text)
		}
	}
}

func lacks(t *testing.T, what string, lines []string, unwanted ...string) {
	t.Helper()
	text := strings.Join(lines, "\n")
	for _, piece := range unwanted {
		if strings.Contains(text, piece) {
			t.Errorf("%s has %q:\n%s", what, piece, text)
		}
	}
}

func TestTheEndOfADayIsAWholeDay(t *testing.T) {
	got := written(t, Form{Alarms: true}, Contents{Entries: []Entry{entry()}})
	has(t, "the event", got, "UID:task-12@dondoc.example", "DTSTART;VALUE=DATE:20260318", "DTEND;VALUE=DATE:20260319", "SUMMARY:Hạn IV.15.h · Quý I/2026",
		`DESCRIPTION:Nhiệm vụ IV.15.h (kh-2026)\nKỳ: Quý I/2026\nĐơn vị: UBND xã Phước Thái\nHạn: hết ngày 18/03/2026\nhttps://dondoc.example:8443/viec/12`,
		"URL:https://dondoc.example:8443/viec/12", "STATUS:CONFIRMED", "TRIGGER:-PT16H", "DTSTAMP:20260226T020304Z", "LAST-MODIFIED:20260226T020304Z",
		"CREATED:20260225T010000Z", "CATEGORIES:kh-2026", "SEQUENCE:1")
	got = written(t, Form{Todos: true, Alarms: true}, Contents{Entries: []Entry{entry()}})
	has(t, "the to-do", got, "DUE;VALUE=DATE:20260318", "STATUS:NEEDS-ACTION", "TRIGGER;RELATED=END:-PT16H")
	lacks(t, "the to-do", got, "DTSTART", "DTEND", "TRANSP")
}

func TestAnHourIsAnInstantInThePlansZone(t *testing.T) {
	e := entry(func(e *Entry) { e.DueAt = at("2026-06-19T03:40:00Z") })
	got := written(t, Form{Alarms: true}, Contents{Language: "en", Entries: []Entry{e}})
	has(t, "the event", got, "DTSTART;TZID=Asia/Ho_Chi_Minh:20260619T104000", "TRIGGER:-P1D", "SUMMARY:Due: IV.15.h · Quarter I 2026",
		`DESCRIPTION:Duty IV.15.h (kh-2026)\nPeriod: Quarter I 2026\nAgency: UBND xã Phước Thái\nDue: 10:40 on 19/06/2026\nhttps://dondoc.example:8443/viec/12`)
	lacks(t, "the event", got, "DTEND")
	e.TimeZone = "Europe/Paris"
	has(t, "in Paris", written(t, Form{}, Contents{Entries: []Entry{e}}), "DTSTART;TZID=Europe/Paris:20260619T054000")
}

func TestWhatBecameOfATask(t *testing.T) {
	sent := at("2026-03-17T02:00:00Z")
	state := func(s task.State) func(*Entry) {
		return func(e *Entry) {
			e.State, e.Gone = s, s == task.StateWaived || s == task.StateCancelled
			if s == task.StateSubmitted || s == task.StateAccepted {
				e.SubmittedAt = &sent
			}
		}
	}
	for _, c := range []struct {
		name          string
		change        func(*Entry)
		summary       string
		event, todo   string
		alarm, filled bool
	}{
		{"scheduled", state(task.StateScheduled), "Hạn IV.15.h", "TENTATIVE", "NEEDS-ACTION", true, false},
		{"open", state(task.StateOpen), "Hạn IV.15.h", "CONFIRMED", "NEEDS-ACTION", true, false},
		{"prepared", state(task.StatePrepared), "Hạn IV.15.h", "CONFIRMED", "IN-PROCESS", true, false},
		{"submitted", state(task.StateSubmitted), "✓ Đã gửi IV.15.h", "CONFIRMED", "COMPLETED", false, true},
		{"returned", state(task.StateReturned), "Hạn gửi lại IV.15.h", "CONFIRMED", "NEEDS-ACTION", true, false},
		{"accepted", state(task.StateAccepted), "✓ Đã gửi IV.15.h", "CONFIRMED", "COMPLETED", false, true},
		{"waived", state(task.StateWaived), "Không phải báo cáo IV.15.h", "CANCELLED", "CANCELLED", false, false},
		{"cancelled", state(task.StateCancelled), "Đã hủy IV.15.h", "CANCELLED", "CANCELLED", false, false},
		{"of a plan that was closed early", func(e *Entry) { e.Gone, e.Still = true, true }, "Thôi theo dõi IV.15.h", "CANCELLED", "CANCELLED", false, false},
		{"of a suspended plan", func(e *Entry) { e.Still = true }, "Hạn IV.15.h", "CONFIRMED", "NEEDS-ACTION", false, false},
		{"requested", func(e *Entry) { e.Requested = true }, "Hạn đề nghị IV.15.h", "CONFIRMED", "NEEDS-ACTION", true, false},
	} {
		for _, todos := range []bool{false, true} {
			got := written(t, Form{Todos: todos, Alarms: true}, Contents{Entries: []Entry{entry(c.change)}})
			status := c.event
			if todos {
				status = c.todo
			}
			has(t, c.name, got, "SUMMARY:"+c.summary+" · Quý I/2026", "STATUS:"+status)
			text := strings.Join(got, "\n")
			if strings.Contains(text, "VALARM") != c.alarm {
				t.Errorf("%s: an alarm is there: %v", c.name, !c.alarm)
			}
			if strings.Contains(text, "COMPLETED:20260317T020000Z") != (todos && c.filled) {
				t.Errorf("%s: %s", c.name, text)
			}
			if quiet := written(t, Form{Todos: todos}, Contents{Entries: []Entry{entry(c.change)}}); strings.Contains(strings.Join(quiet, "\n"), "VALARM") {
				t.Errorf("%s: an alarm that was not asked for", c.name)
			}
		}
	}
}

func TestEntriesNameTheirAgencyWhereThereAreSeveral(t *testing.T) {
	has(t, "of several", written(t, Form{}, Contents{Several: true, Entries: []Entry{entry()}}), "SUMMARY:Hạn IV.15.h · Quý I/2026 · UBND xã Phước Thái")
	once := entry(func(e *Entry) { e.PeriodKey = "once" })
	got := written(t, Form{}, Contents{Entries: []Entry{once}})
	has(t, "what is owed once", got, "SUMMARY:Hạn IV.15.h")
	lacks(t, "what is owed once", got, "Kỳ:", "Một lần")
}

func TestAMovedDueTimeKeepsTheIdentityAndRaisesTheSequence(t *testing.T) {
	moved := entry(func(e *Entry) {
		e.DueAt, e.Version, e.ChangedAt = at("2026-03-25T17:00:00Z"), 2, at("2026-03-10T01:00:00Z")
	})
	got := written(t, Form{}, Contents{Entries: []Entry{moved}})
	has(t, "the moved event", got, "UID:task-12@dondoc.example", "SEQUENCE:2", "DTSTART;VALUE=DATE:20260325", "DTSTAMP:20260310T010000Z", "LAST-MODIFIED:20260310T010000Z")
}

func TestTheCalendarsOwnLines(t *testing.T) {
	for _, c := range []struct {
		contents Contents
		name     string
	}{
		{Contents{Feed: Feed{Scope: Person}}, "Đôn Đốc: việc của tôi"},
		{Contents{Feed: Feed{Scope: Person}, Language: "en"}, "Đôn Đốc: my tasks"},
		{Contents{Feed: Feed{Scope: Agency, AgencyName: "UBND xã Phước Thái"}}, "Đôn Đốc: UBND xã Phước Thái"},
		{Contents{Feed: Feed{Scope: Plan, PlanCode: "kh-2026", PlanTitle: "Phòng, chống"}}, "Đôn Đốc: kh-2026"},
	} {
		b, err := Write(c.contents, Form{BaseURL: base})
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Split(string(b), "\r\n")
		has(t, c.name, got, "BEGIN:VCALENDAR", "VERSION:2.0", "CALSCALE:GREGORIAN", "X-WR-CALNAME:"+c.name, "TZID:Asia/Ho_Chi_Minh", "END:VCALENDAR")
		lacks(t, c.name, got, "Phòng", "METHOD")
	}
}

func TestTheSameContentsGiveTheSameBytes(t *testing.T) {
	c := Contents{Entries: []Entry{entry(), entry(func(e *Entry) { e.TaskID, e.DueAt = 13, at("2026-06-19T03:40:00Z") })}}
	first, err := Write(c, Form{BaseURL: base, Alarms: true})
	if err != nil {
		t.Fatal(err)
	}
	second, err := Write(c, Form{BaseURL: base, Alarms: true})
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("the bytes differ: %v", err)
	}
}

func TestAnUnknownZoneIsAnError(t *testing.T) {
	if _, err := Write(Contents{Entries: []Entry{entry(func(e *Entry) { e.TimeZone = "Asia/Nowhere" })}}, Form{BaseURL: base}); err == nil {
		t.Error("written")
	}
}

func TestWanted(t *testing.T) {
	for _, c := range []struct {
		wanted Wanted
		field  string // empty: taken
	}{
		{Wanted{Scope: Person}, ""}, {Wanted{Scope: Agency, AgencyID: 3}, ""}, {Wanted{Scope: Plan, PlanID: 4}, ""},
		{Wanted{}, "scope"}, {Wanted{Scope: "everything"}, "scope"}, {Wanted{Scope: Agency}, "agency_id"}, {Wanted{Scope: Agency, AgencyID: -1}, "agency_id"},
		{Wanted{Scope: Person, AgencyID: 3}, "agency_id"}, {Wanted{Scope: Plan}, "plan_id"}, {Wanted{Scope: Agency, AgencyID: 3, PlanID: 4}, "plan_id"},
	} {
		err := c.wanted.Check()
		if f := fault.Of(err); c.field == "" && err != nil || c.field != "" && (f == nil || f.Field != c.field || f.Kind != fault.Invalid) {
			t.Errorf("%+v: %v", c.wanted, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	if got := Address("https://dondoc.example/", "abc_-"); got != "https://dondoc.example/feeds/abc_-.ics" {
		t.Errorf("got %s", got)
	}
	for file, want := range map[string]string{"abc.ics": "abc", "abc": "", ".ics": "", "abc.ical": "", strings.Repeat("a", 200) + ".ics": ""} {
		if token, ok := TokenIn(file); ok != (want != "") || ok && token != want {
			t.Errorf("%s: %q, %v", file, token, ok)
		}
	}
}
