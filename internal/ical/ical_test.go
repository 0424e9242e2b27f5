package ical

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// folded are the lines that one property becomes.
func folded(write func(w *writer)) []string {
	w := &writer{}
	write(w)
	return strings.Split(strings.TrimSuffix(w.out.String(), "\r\n"), "\r\n")
}

func TestLinesFoldAt75OctetsAndNeverInsideACharacter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringOfN(rapid.SampledFrom([]rune("aN ,;:\\\nếỗ₫…✓🗓\u0301\t\"")), 0, 300, -1).Draw(t, "words")
		lines := folded(func(w *writer) { w.text("SUMMARY", words) })
		whole := lines[0]
		for i, line := range lines {
			if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
				t.Fatalf("line %d: %d octets, %q", i, len(line), line)
			}
			if i > 0 {
				if line[0] != ' ' {
					t.Fatalf("line %d does not begin with a blank: %q", i, line)
				}
				whole += line[1:]
			}
		}
		back := strings.NewReplacer(`\\`, `\`, `\;`, `;`, `\,`, `,`, `\n`, "\n").Replace(strings.TrimPrefix(whole, "SUMMARY:"))
		if back != words {
			t.Fatalf("%q is read as %q", words, back)
		}
	})
}

func TestALineOf75OctetsStaysWhole(t *testing.T) {
	for _, c := range []struct {
		name  string
		value string
		want  []int // octets of the lines
	}{
		{"75", strings.Repeat("a", 73), []int{75}},
		{"76", strings.Repeat("a", 74), []int{75, 2}},
		{"75 and 74", strings.Repeat("a", 73+74), []int{75, 75}},
		{"one more", strings.Repeat("a", 73+75), []int{75, 75, 2}},
		{"a character of two octets across the limit", strings.Repeat("a", 72) + "đ", []int{74, 3}},
		{"a character of four octets across the limit", strings.Repeat("a", 70) + "🗓b", []int{72, 6}},
	} {
		var got []int
		for _, line := range folded(func(w *writer) { w.line("X", c.value) }) {
			got = append(got, len(line))
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: lines of %v octets, want %v", c.name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: lines of %v octets, want %v", c.name, got, c.want)
			}
		}
	}
}

func TestWordsAreEscaped(t *testing.T) {
	for words, want := range map[string]string{
		`a\b`:                  `a\\b`,
		"IV.15.h; quý II, III": `IV.15.h\; quý II\, III`,
		"một\nhai\r\nba\rbốn":  `một\nhai\nba\nbốn`,
		"a\u2028b\u0085c":      `a\nb\nc`,
		"chuông\a\x00\x1b\x7f": `chuông`,
		"thụt\tvào":            "thụt\tvào",
		"hỏng\xff":             "hỏng\uFFFD",
		`"trích": 1`:           `"trích": 1`,
	} {
		if got := folded(func(w *writer) { w.text("X", words) }); len(got) != 1 || got[0] != "X:"+want {
			t.Errorf("%q is written as %q, want %q", words, got, want)
		}
	}
}

func TestNoValueBeginsALineOfItsOwn(t *testing.T) {
	got := folded(func(w *writer) {
		w.line("URL", "https://dondoc.example/\r\nBEGIN:VALARM", param{"TZID", "A\r\nB\";X=1:2"})
	})
	if want := `URL;TZID="AB;X=1:2":https://dondoc.example/BEGIN:VALARM`; len(got) != 1 || got[0] != want {
		t.Errorf("got %q", got)
	}
}

func TestDurations(t *testing.T) {
	for d, want := range map[time.Duration]string{
		24 * time.Hour: "P1D", 48 * time.Hour: "P2D", 16 * time.Hour: "PT16H", 90 * time.Minute: "PT90M", 5 * time.Second: "PT5S",
	} {
		if got := duration(d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
}

func sampleItem(kind Kind, m Moment) Item {
	return Item{
		Kind: kind, UID: "task-1@dondoc.example", Changed: time.Date(2026, 2, 25, 1, 2, 3, 999, time.UTC), Created: time.Date(2026, 2, 20, 1, 0, 0, 0, time.UTC),
		Sequence: 4, At: m, Summary: "Hạn IV.1", Description: "a\nb", URL: "https://dondoc.example/viec/1", Categories: []string{"a,b", "c"},
		Status: Confirmed, Alarm: 24 * time.Hour,
	}
}

// lines are a calendar's lines, unfolded.
func lines(t *testing.T, c Calendar) []string {
	t.Helper()
	text := string(c.Bytes())
	if !strings.HasSuffix(text, "END:VCALENDAR\r\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") {
		t.Errorf("lines do not all end in CRLF: %q", text)
	}
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(text, "\r\n ", ""), "\r\n"), "\r\n")
}

func wantLines(t *testing.T, c Calendar, want ...string) {
	t.Helper()
	got := lines(t, c)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestACalendarAsItIsWritten(t *testing.T) {
	vietnam := zone(t, "Asia/Ho_Chi_Minh")
	at := time.Date(2026, 6, 19, 3, 40, 0, 0, time.UTC)
	cancelled := sampleItem(Event, Moment{at, vietnam, true})
	cancelled.Status, cancelled.Alarm, cancelled.Created, cancelled.Categories = Cancelled, 0, time.Time{}, nil
	done := sampleItem(Todo, Moment{at, vietnam, false})
	done.Status, done.CompletedAt = Completed, at
	wantLines(t, Calendar{Product: "-//Dondoc//1//VI", Name: "Việc, của tôi", Refresh: time.Hour, Zone: vietnam,
		Items: []Item{sampleItem(Event, Moment{at, vietnam, false}), cancelled, done}},
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dondoc//1//VI", "CALSCALE:GREGORIAN", `NAME:Việc\, của tôi`, `X-WR-CALNAME:Việc\, của tôi`,
		"REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H",
		"BEGIN:VTIMEZONE", "TZID:Asia/Ho_Chi_Minh", "BEGIN:STANDARD", "DTSTART:19750613T000000", "TZOFFSETFROM:+0800", "TZOFFSETTO:+0700", "TZNAME:+07",
		"END:STANDARD", "END:VTIMEZONE",
		"BEGIN:VEVENT", "UID:task-1@dondoc.example", "DTSTAMP:20260225T010203Z", "CREATED:20260220T010000Z", "LAST-MODIFIED:20260225T010203Z", "SEQUENCE:4",
		"DTSTART;TZID=Asia/Ho_Chi_Minh:20260619T104000", "TRANSP:TRANSPARENT", "SUMMARY:Hạn IV.1", `DESCRIPTION:a\nb`, "URL:https://dondoc.example/viec/1",
		`CATEGORIES:a\,b,c`, "STATUS:CONFIRMED", "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Hạn IV.1", "TRIGGER:-P1D", "END:VALARM", "END:VEVENT",
		"BEGIN:VEVENT", "UID:task-1@dondoc.example", "DTSTAMP:20260225T010203Z", "LAST-MODIFIED:20260225T010203Z", "SEQUENCE:4",
		"DTSTART;VALUE=DATE:20260619", "DTEND;VALUE=DATE:20260620", "TRANSP:TRANSPARENT", "SUMMARY:Hạn IV.1", `DESCRIPTION:a\nb`, "URL:https://dondoc.example/viec/1",
		"STATUS:CANCELLED", "END:VEVENT",
		"BEGIN:VTODO", "UID:task-1@dondoc.example", "DTSTAMP:20260225T010203Z", "CREATED:20260220T010000Z", "LAST-MODIFIED:20260225T010203Z", "SEQUENCE:4",
		"DUE;TZID=Asia/Ho_Chi_Minh:20260619T104000", "SUMMARY:Hạn IV.1", `DESCRIPTION:a\nb`, "URL:https://dondoc.example/viec/1", `CATEGORIES:a\,b,c`,
		"STATUS:COMPLETED", "COMPLETED:20260619T034000Z", "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Hạn IV.1", "TRIGGER;RELATED=END:-P1D", "END:VALARM", "END:VTODO",
		"END:VCALENDAR")
}

func TestAnEmptyCalendarStillHasAComponent(t *testing.T) {
	wantLines(t, Calendar{Product: "x", Zone: zone(t, "Asia/Ho_Chi_Minh")},
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "CALSCALE:GREGORIAN",
		"BEGIN:VTIMEZONE", "TZID:Asia/Ho_Chi_Minh", "BEGIN:STANDARD", "DTSTART:19750613T000000", "TZOFFSETFROM:+0800", "TZOFFSETTO:+0700",
		"TZNAME:+07", "END:STANDARD", "END:VTIMEZONE", "END:VCALENDAR")
}

func TestOnlyZonesInUseAreDescribed(t *testing.T) {
	vietnam, paris := zone(t, "Asia/Ho_Chi_Minh"), zone(t, "Europe/Paris")
	at := time.Date(2026, 6, 19, 3, 40, 0, 0, time.UTC)
	c := Calendar{Product: "x", Zone: vietnam, Items: []Item{
		sampleItem(Event, Moment{at, vietnam, true}), sampleItem(Event, Moment{at, time.UTC, false}), sampleItem(Event, Moment{at, paris, false}),
	}}
	text := string(c.Bytes())
	if strings.Count(text, "BEGIN:VTIMEZONE") != 1 || !strings.Contains(text, "TZID:Europe/Paris\r\n") || !strings.Contains(text, "DTSTART:20260619T034000Z\r\n") {
		t.Errorf("got %s", text)
	}
}

// offsetAt reads the described zone as a reader would: the observance with the
// latest onset at or before the local time decides.
func offsetAt(t testing.TB, lines []string, local time.Time) string {
	t.Helper()
	var onset time.Time
	var found, to string
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "DTSTART":
			at, err := time.Parse(localForm, value)
			if err != nil {
				t.Fatal(err)
			}
			onset = at
		case "TZOFFSETTO":
			to = value
		case "END":
			if value != "VTIMEZONE" && !onset.After(local) {
				found = to
			}
		}
	}
	return found
}

func TestDescribedZonesGiveTheRightOffsets(t *testing.T) {
	for _, name := range []string{"Asia/Ho_Chi_Minh", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Etc/GMT+3"} {
		z := zone(t, name)
		from, until := time.Date(2026, 1, 10, 5, 0, 0, 0, time.UTC), time.Date(2031, 12, 20, 5, 0, 0, 0, time.UTC)
		w := &writer{}
		w.zone(span{z, from, until})
		described := strings.Split(strings.ReplaceAll(w.out.String(), "\r\n ", ""), "\r\n")
		for at := from; at.Before(until); at = at.Add(31 * time.Hour) {
			local := at.In(z)
			_, seconds := local.Zone()
			naive, err := time.Parse(localForm, local.Format(localForm))
			if err != nil {
				t.Fatal(err)
			}
			// An hour that the clock shows twice is told apart by no reader.
			if _, before := at.Add(-2 * time.Hour).In(z).Zone(); before != seconds {
				continue
			}
			if got := offsetAt(t, described, naive); got != offset(seconds) {
				t.Fatalf("%s at %s: %s, want %s", name, local, got, offset(seconds))
			}
		}
	}
}

func TestOffsets(t *testing.T) {
	for seconds, want := range map[int]string{0: "+0000", 7 * 3600: "+0700", -(3*3600 + 30*60): "-0330", 25590: "+070630", 5*3600 + 45*60: "+0545"} {
		if got := offset(seconds); got != want {
			t.Errorf("%d is %s, want %s", seconds, got, want)
		}
	}
}

func TestTheSameCalendarGivesTheSameBytes(t *testing.T) {
	var c Calendar
	for _, name := range []string{"Europe/Paris", "Asia/Ho_Chi_Minh", "America/New_York", "Asia/Tokyo"} {
		c.Items = append(c.Items, sampleItem(Event, Moment{time.Date(2026, 6, 19, 3, 40, 0, 0, time.UTC), zone(t, name), false}))
	}
	want := c.Bytes()
	for range 20 {
		if !bytes.Equal(c.Bytes(), want) {
			t.Fatal("the bytes differ")
		}
	}
}
