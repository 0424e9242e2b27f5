// Package icaljs_test holds calendar feeds against a parser that is not ours:
// ical.js (MPL-2.0), which Thunderbird and Nextcloud read calendars with. It is
// installed for the test by its lock file and is no part of the product.
package icaljs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"dondoc/internal/feed"
	"dondoc/internal/task"
)

const base = "https://dondoc.example"

type moment struct {
	Day  string
	At   int64
	Zone string
}

type alarm struct {
	Action, Description, Related string
	Seconds                      int
}

type item struct {
	Kind, UID, Summary, Description, URL, Status string
	Sequence                                     int
	Categories                                   []string
	Start, End, Due, Stamp, Modified, Completed  *moment
	Alarms                                       []alarm
}

type calendar struct {
	Version, Name string
	Zones         []string
	Items         []item
}

// parser installs ical.js into a folder of its own.
func parser(t *testing.T) string {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("%s is missing (Debian: apt-get install nodejs npm): %v", program, err)
		}
	}
	folder := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", ".npmrc", "read.mjs"} {
		content, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = folder
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	return folder
}

// read gives what ical.js understands of a feed.
func read(t *testing.T, folder string, contents feed.Contents, form feed.Form) calendar {
	t.Helper()
	form.BaseURL = base
	written, err := feed.Write(contents, form)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "read.mjs")
	node.Dir, node.Stdin = folder, bytes.NewReader(written)
	var stderr bytes.Buffer
	node.Stderr = &stderr
	out, err := node.Output()
	if err != nil {
		t.Fatalf("ical.js does not read\n%s\n%v: %s", written, err, &stderr)
	}
	var c calendar
	if err := json.Unmarshal(out, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

var states = []task.State{task.StateScheduled, task.StateOpen, task.StatePrepared, task.StateSubmitted, task.StateReturned, task.StateAccepted, task.StateWaived, task.StateCancelled}

const hostile = "UBND xã “Phước Thái”; thôn 1, 2\\3\r\nBEGIN:VEVENT 🗓 và một tên dài đến mức phải gấp dòng nhiều lần ở giữa các chữ có dấu"

// entries are due in three zones, over changes of the clock, at the end of
// days and at hours, in every state.
func entries(t *testing.T) []feed.Entry {
	t.Helper()
	var all []feed.Entry
	from := time.Date(2026, 1, 5, 3, 40, 0, 0, time.UTC)
	for i, zone := range []string{"Asia/Ho_Chi_Minh", "Europe/Paris", "America/New_York"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for n := range 64 {
			due := from.Add(time.Duration(n) * (29*24*time.Hour + 5*time.Hour))
			if n%2 == 0 {
				y, m, d := due.In(location).Date()
				due = time.Date(y, m, d, 0, 0, 0, 0, location)
			}
			sent := due.Add(-30 * time.Hour)
			e := feed.Entry{
				TaskID: int64(100*i + n + 1), AgencyName: hostile, PlanCode: "kh,2026", DutyCode: fmt.Sprintf("IV.%d.h", n), PeriodKey: "2026-Q2",
				TimeZone: zone, State: states[n%len(states)], DueAt: due.UTC(), ChangedAt: from.Add(time.Duration(n) * time.Hour), Version: n + 1,
			}
			switch e.State {
			case task.StateSubmitted, task.StateAccepted:
				e.SubmittedAt = &sent
			case task.StateWaived, task.StateCancelled:
				e.Gone = true
			}
			all = append(all, e)
		}
	}
	return all
}

// expected is what a reader should understand of an entry.
func expected(t *testing.T, e feed.Entry, todo bool) item {
	t.Helper()
	zone, err := time.LoadLocation(e.TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	agency := "UBND xã “Phước Thái”; thôn 1, 2\\3\nBEGIN:VEVENT 🗓 và một tên dài đến mức phải gấp dòng nhiều lần ở giữa các chữ có dấu"
	lead := map[task.State]string{task.StateSubmitted: "✓ Đã gửi", task.StateAccepted: "✓ Đã gửi", task.StateReturned: "Hạn gửi lại", task.StateWaived: "Không phải báo cáo", task.StateCancelled: "Đã hủy"}[e.State]
	if lead == "" {
		lead = "Hạn"
	}
	owed := slices.Contains([]task.State{task.StateScheduled, task.StateOpen, task.StatePrepared, task.StateReturned}, e.State)
	want := item{
		Kind: "vevent", UID: fmt.Sprintf("task-%d@dondoc.example", e.TaskID), Summary: lead + " " + e.DutyCode + " · Quý II/2026 · " + agency,
		URL: fmt.Sprintf("%s/viec/%d", base, e.TaskID), Sequence: e.Version, Categories: []string{"kh,2026"}, Alarms: []alarm{},
		Stamp: &moment{At: e.ChangedAt.Unix()}, Modified: &moment{At: e.ChangedAt.Unix()}, Status: "CONFIRMED",
	}
	local := e.DueAt.In(zone)
	at, until, seconds := &moment{At: e.DueAt.Unix(), Zone: e.TimeZone}, local.Format("15:04 ngày 02/01/2006"), -24*3600
	if local.Hour() == 0 && local.Minute() == 0 {
		day := local.AddDate(0, 0, -1)
		at, until, seconds = &moment{Day: day.Format(time.DateOnly)}, day.Format("hết ngày 02/01/2006"), -16*3600
		want.End = &moment{Day: local.Format(time.DateOnly)}
	}
	want.Description = "Nhiệm vụ " + e.DutyCode + " (kh,2026)\nKỳ: Quý II/2026\nĐơn vị: " + agency + "\nHạn: " + until + "\n" + want.URL
	related := ""
	if todo {
		want.Kind, want.Due, want.End, related = "vtodo", at, nil, "END"
		want.Status = map[task.State]string{task.StateSubmitted: "COMPLETED", task.StateAccepted: "COMPLETED", task.StatePrepared: "IN-PROCESS"}[e.State]
		if want.Status == "" {
			want.Status = "NEEDS-ACTION"
		}
		if e.SubmittedAt != nil {
			want.Completed = &moment{At: e.SubmittedAt.Unix()}
		}
	} else {
		want.Start = at
		if e.State == task.StateScheduled {
			want.Status = "TENTATIVE"
		}
	}
	if e.Gone {
		want.Status = "CANCELLED"
	}
	if owed {
		want.Alarms = append(want.Alarms, alarm{Action: "DISPLAY", Description: want.Summary, Related: related, Seconds: seconds})
	}
	return want
}

func TestAForeignParserReadsTheSameFeed(t *testing.T) {
	folder := parser(t)
	all := entries(t)
	// The calendar's name has nothing to escape: ical.js knows none of its properties as text.
	contents := feed.Contents{Feed: feed.Feed{Scope: feed.Agency, AgencyName: "UBND xã Phước Thái"}, Several: true, Entries: all}
	for _, todo := range []bool{false, true} {
		got := read(t, folder, contents, feed.Form{Todos: todo, Alarms: true})
		if got.Version != "2.0" || got.Name != "Đôn Đốc: UBND xã Phước Thái" || !slices.Equal(got.Zones, []string{"America/New_York", "Asia/Ho_Chi_Minh", "Europe/Paris"}) {
			t.Errorf("the calendar itself is read as %q %q %q", got.Version, got.Name, got.Zones)
		}
		if len(got.Items) != len(all) {
			t.Fatalf("%d items are read of %d", len(got.Items), len(all))
		}
		for i, e := range all {
			if want := expected(t, e, todo); !reflect.DeepEqual(got.Items[i], want) {
				t.Errorf("due %s in %s, %s:\n got %s\nwant %s", e.DueAt, e.TimeZone, e.State, asJSON(t, got.Items[i]), asJSON(t, want))
			}
		}
		quiet := read(t, folder, contents, feed.Form{Todos: todo})
		for _, one := range quiet.Items {
			if len(one.Alarms) != 0 {
				t.Fatalf("reminders that were not asked for: %+v", one)
			}
		}
	}
	empty := read(t, folder, feed.Contents{}, feed.Form{})
	if empty.Version != "2.0" || len(empty.Items) != 0 || !slices.Equal(empty.Zones, []string{"Asia/Ho_Chi_Minh"}) {
		t.Errorf("an empty feed is read as %+v", empty)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
