package web

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dondoc/internal/calendar"
)

var verb = regexp.MustCompile(`%[sd]`)

func TestBothLanguagesSayTheSameThings(t *testing.T) {
	for key, vi := range wordsVI {
		en, ok := wordsEN[key]
		if !ok {
			t.Errorf("%s is missing in English", key)
			continue
		}
		if strings.TrimSpace(vi) == "" || strings.TrimSpace(en) == "" {
			t.Errorf("%s is empty", key)
		}
		if !slices.Equal(verb.FindAllString(vi, -1), verb.FindAllString(en, -1)) {
			t.Errorf("%s is filled differently: %q, %q", key, vi, en)
		}
	}
	for key := range wordsEN {
		if _, ok := wordsVI[key]; !ok {
			t.Errorf("%s is missing in Vietnamese", key)
		}
	}
}

var (
	action    = regexp.MustCompile(`(?s){{.*?}}`)
	said      = regexp.MustCompile(`\b(t|n) "([^"]+)"`)
	markup    = regexp.MustCompile(`(?s)<[^>]*>`)
	attribute = regexp.MustCompile(`(?:alt|title|placeholder|aria-label|content|value)="([^"]*)"`)
	keycap    = regexp.MustCompile(`<kbd>[^<]*</kbd>`) // the same in every language
	letters   = regexp.MustCompile(`\p{L}`)
	technical = []string{"width=device-width, initial-scale=1", "telephone=no", "vi", "en", "report", "nil", "message", "phone", "zalo", "letter", "explanation", "accept", "return", "invalid", "1", ""}
)

func TestTemplatesHaveNoWordsOfTheirOwn(t *testing.T) {
	names, err := fs.Glob(assets, "templates/*.html")
	if err != nil || len(names) < 8 {
		t.Fatalf("templates: %v, %v", names, err)
	}
	for _, name := range names {
		b, err := fs.ReadFile(assets, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, use := range said.FindAllStringSubmatch(string(b), -1) {
			keys := []string{use[2]}
			if use[1] == "n" {
				keys = []string{use[2] + ".one", use[2] + ".other"}
			}
			for _, key := range keys {
				if _, ok := wordsVI[key]; !ok {
					t.Errorf("%s says %q, which has no words", name, key)
				}
			}
		}
		bare := action.ReplaceAllString(keycap.ReplaceAllString(string(b), ""), "")
		for _, a := range attribute.FindAllStringSubmatch(bare, -1) {
			if !slices.Contains(technical, a[1]) {
				t.Errorf("%s has words in an attribute: %q", name, a[0])
			}
		}
		if at := letters.FindStringIndex(markup.ReplaceAllString(bare, "")); at != nil {
			text := markup.ReplaceAllString(bare, "")
			t.Errorf("%s has words of its own: %q", name, text[at[0]:min(len(text), at[0]+40)])
		}
	}
}

func TestEveryKeyIsSaid(t *testing.T) {
	var source strings.Builder
	templates, err := fs.Glob(assets, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range templates {
		b, err := fs.ReadFile(assets, name)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(b)
	}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "words_") {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(b)
	}
	text := source.String()
	// Keys that codes from data complete.
	families := []string{"help.", "level.", "urge.title.", "urge.way.", "urge.note.", "urge.send.", "urge.flash.", "zalo.", "role.", "scope.", "weekday.", "status.", "state.", "fail.", "strip.", "step.", "steps.at.", "steps.unit.", "audience.", "event.", "next.", "notice.", "decision.", "task.why.", "task.flash_",
		"request.kind.", "request.state.", "request.stance.", "request.decide.", "request.grant.", "request.grant_hint.", "request.refuse.", "request.refuse_hint.",
		"correction.", "explanation.", "targets.light.", "channel.", "consolidation.flash_", "standing.", "mark.", "papers.", "plan.state.", "plan.role.", "plan.round.", "leaders.cell.", "leaders.band.", "board.way.", "leaders.opinion.", "leaders.rate.",
		"acts.", "issued.done.", "issued.why.", "issued.role.", "issued.cadence.", "issued.kind.", "map.state.", "admin.done.", "admin.", "days.kind.", "trail.", "template.for.", "template.place.", "delivery.state.", "start.", "follow.done.", "follow.outcome.", "people.act.", "people.hint.", "people.outcome.", "people.change.", "units.kind.", "letter.", "reform.act.", "reform.state.", "reform.task."}
	for key := range wordsVI {
		stem := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		known := strings.Contains(text, `"`+stem+`"`) || slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(key, f) })
		if !known {
			t.Errorf("nobody says %q", key)
		}
	}
}

// Groups of words are copied into one catalogue for each language: of two with one
// key the latter would silently stand for both.
func TestNoKeyHasTwoMeanings(t *testing.T) {
	names, err := fs.Glob(os.DirFS("."), "words*.go")
	if err != nil {
		t.Fatal(err)
	}
	key, said := regexp.MustCompile(`"([a-z][\w.-]*)":\s`), map[string]int{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range key.FindAllStringSubmatch(string(b), -1) {
			said[found[1]]++
		}
	}
	if len(said) < len(wordsVI)*9/10 { // some are put together
		t.Errorf("found %d keys of %d", len(said), len(wordsVI))
	}
	for one, times := range said {
		if _, known := wordsVI[one]; known && times != 2 {
			t.Errorf("%q is said %d times, want once in each language", one, times)
		}
	}
}

func TestNumbersAsPeopleWriteThem(t *testing.T) {
	vi, en := lexicon{"vi"}, lexicon{"en"}
	for _, c := range []struct{ stored, vi, en string }{
		{"0", "0", "0"}, {"1060", "1.060", "1,060"}, {"66.3", "66,3", "66.3"}, {"-1234567.5", "-1.234.567,5", "-1,234,567.5"},
		{"không rõ", "không rõ", "không rõ"}, {"", "", ""}, {"123", "123", "123"},
	} {
		if got := vi.decimal(c.stored); got != c.vi {
			t.Errorf("%q in Vietnamese is %q", c.stored, got)
		}
		if got := en.decimal(c.stored); got != c.en {
			t.Errorf("%q in English is %q", c.stored, got)
		}
	}
	if got := vi.integer(-1060); got != "-1.060" {
		t.Errorf("got %q", got)
	}
}

func TestDueTimesInWords(t *testing.T) {
	vi, en := lexicon{"vi"}, lexicon{"en"}
	now := at("2026-06-16 08:02")
	for _, c := range []struct{ due, vi, en string }{
		{"2026-06-17 00:00", "hết hôm nay, 16/06/2026", "end of today, 16/06/2026"},
		{"2026-06-18 00:00", "hết ngày mai, Thứ Tư 17/06/2026", "end of tomorrow, Wednesday 17/06/2026"},
		{"2026-07-01 00:00", "hết ngày 30/06/2026, Thứ Ba", "end of 30/06/2026, Tuesday"},
		{"2026-06-13 00:00", "hết ngày 12/06/2026, Thứ Sáu", "end of 12/06/2026, Friday"},
		{"2026-06-19 10:40", "10:40 ngày 19/06/2026", "10:40 on 19/06/2026"},
	} {
		if got := vi.untilFrom(at(c.due), now, vietnam); got != c.vi {
			t.Errorf("got %q, want %q", got, c.vi)
		}
		if got := en.untilFrom(at(c.due), now, vietnam); got != c.en {
			t.Errorf("got %q, want %q", got, c.en)
		}
	}
}

func stripFor(t *testing.T, d calendar.Derivation, late bool) *strip {
	t.Helper()
	p, err := newPages(Options{Calendar: calendar.WeekCalendar{}})
	if err != nil {
		t.Fatal(err)
	}
	return p.stripOf(lexicon{"vi"}, d, at("2026-06-16 08:02"), vietnam, late)
}

func TestStripTellsTheDays(t *testing.T) {
	s := stripFor(t, derived("2026-06-12", 3, "2026-06-17", "2026-06-13", "2026-06-14"), true)
	var told []string
	for _, d := range s.Days {
		mark := d.Weekday + d.Number + ":" + d.Below
		for name, set := range map[string]bool{"/nghỉ": d.Off, "/nay": d.Today, "/muộn": d.Late} {
			if set {
				mark += name
			}
		}
		told = append(told, mark)
	}
	if got, want := strings.Join(told, " "), "T612:chốt T713:/nghỉ CN14:/nghỉ T215:+1 T316:+2/nay T417:+3 · hạn/muộn"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestStripIsLeftOutWhereDaysDoNotTellTheStory(t *testing.T) {
	window := calendar.Note{Kind: "window_end", Date: on("2026-06-14")}
	end := calendar.Note{Kind: "end_of_day", Date: on("2026-06-17")}
	for name, notes := range map[string][]calendar.Note{
		"nothing known":       nil,
		"a fixed date":        {{Kind: "fixed_date", Date: on("2026-06-17")}, end},
		"an extension":        {window, {Kind: "plus_working_days", N: 3}, end, {Kind: "extended", Date: on("2026-06-20")}},
		"hours":               {window, {Kind: "hours", N: 4}, {Kind: "at_time", Date: on("2026-06-15"), Time: "10:40"}},
		"more than 14 days":   {window, {Kind: "plus_calendar_days", N: 15}, {Kind: "end_of_day", Date: on("2026-06-29")}},
		"due before the end":  {window, {Kind: "day_of_month", N: 10, Date: on("2026-06-10")}, {Kind: "end_of_day", Date: on("2026-06-10")}},
		"due on the same day": {window, {Kind: "end_of_day", Date: on("2026-06-14")}},
	} {
		if s := stripFor(t, calendar.Derivation{Notes: notes}, false); s != nil {
			t.Errorf("%s draws %d days", name, len(s.Days))
		}
	}
	if s := stripFor(t, calendar.Derivation{Notes: []calendar.Note{window, {Kind: "plus_calendar_days", N: 14}, {Kind: "end_of_day", Date: on("2026-06-28")}}}, false); s == nil || !s.Wide {
		t.Error("14 days are drawn, but not on a phone")
	}
}

func TestWorkingDaysLeft(t *testing.T) {
	p, err := newPages(Options{Calendar: calendar.WeekCalendar{}})
	if err != nil {
		t.Fatal(err)
	}
	for due, want := range map[string]int{"2026-06-17 00:00": 0, "2026-06-18 00:00": 1, "2026-06-23 00:00": 4, "2026-06-10 00:00": 0} {
		if got := p.workingDaysLeft(at(due), at("2026-06-16 23:59"), vietnam); got != want {
			t.Errorf("until %s: %d, want %d", due, got, want)
		}
	}
}
