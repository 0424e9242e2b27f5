package web

import (
	"html/template"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dondoc/internal/calendar"
	"dondoc/internal/task"
)

var (
	storedDecimal = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
	// figuresInText are what must not break across lines and is set in tabular digits.
	figuresInText = regexp.MustCompile(`\d{1,2}/\d{1,2}/\d{4}(?:, \d{2}:\d{2})?|\b\d{2}:\d{2}\b`)
)

// dates escapes a text and keeps the dates and times in it unbroken.
func dates(text string) template.HTML {
	escaped := template.HTMLEscapeString(text)
	return template.HTML(figuresInText.ReplaceAllString(escaped, `<span class="d">$0</span>`)) //nolint:gosec // escaped above
}

// quoted wraps a text in the quotation marks of both languages.
func quoted(text string) string { return "“" + text + "”" }

func day(t time.Time, zone *time.Location) string     { return t.In(zone).Format("02/01/2006") }
func clockOf(t time.Time, zone *time.Location) string { return t.In(zone).Format("15:04") }

// moment is "16/06/2026, 08:00".
func moment(t time.Time, zone *time.Location) string { return t.In(zone).Format("02/01/2006, 15:04") }

// zoneOf is the plan's zone; a name that the machine does not know falls back
// to the pages' own.
func (p *pages) zoneOf(name string) *time.Location {
	if name == "" || name == p.zone.String() {
		return p.zone
	}
	zone, err := calendar.Zone(name)
	if err != nil {
		p.log.Warn("unknown time zone", "time_zone", name)
		return p.zone
	}
	return zone
}

func (l lexicon) weekday(d calendar.Date) string {
	return l.say("weekday." + weekdayKeys[d.Weekday()])
}

func (l lexicon) weekdayShort(d calendar.Date) string {
	return l.say("weekday.short." + weekdayKeys[d.Weekday()])
}

var weekdayKeys = [...]string{"0", "1", "2", "3", "4", "5", "6"}

// endsDay reports whether a due time is the end of a day (24:00).
func endsDay(due time.Time, zone *time.Location) bool {
	return calendar.DueDay(due, zone).AddDays(1).In(zone).Equal(due)
}

// until is "hết ngày 18/03/2026", or the hour where one counts.
func (l lexicon) until(due time.Time, zone *time.Location) string {
	if endsDay(due, zone) {
		return l.say("due.end", calendar.DueDay(due, zone).VN())
	}
	return l.say("due.at", clockOf(due, zone), day(due, zone))
}

// untilFrom is until, said as one would today: "hết ngày mai, Thứ Tư 17/06/2026".
func (l lexicon) untilFrom(due, now time.Time, zone *time.Location) string {
	on, today := calendar.DueDay(due, zone), calendar.DateOf(now, zone)
	if !endsDay(due, zone) {
		return l.until(due, zone)
	}
	switch on.Sub(today) {
	case 0:
		return l.say("due.today", on.VN())
	case 1:
		return l.say("due.tomorrow", l.weekday(on), on.VN())
	}
	return l.say("due.day", on.VN(), l.weekday(on))
}

// workingDaysLeft counts the working days after today up to the due day.
func (p *pages) workingDaysLeft(due, now time.Time, zone *time.Location) int {
	last := calendar.DueDay(due, zone)
	left := 0
	for d := calendar.DateOf(now, zone).AddDays(1); !d.After(last) && left < 400; d = d.AddDays(1) {
		if p.calendar.IsWorking(d) {
			left++
		}
	}
	return left
}

// taskTitle names a task: the duty and, unless it is owed once, its period.
func (l lexicon) taskTitle(t task.Task) string {
	if t.PeriodKey == "" || t.PeriodKey == "once" {
		return t.DutyTitle
	}
	return t.DutyTitle + ", " + l.period(t.PeriodKey)
}

// period is the label of a period inside a sentence: "tháng 05/2026".
func (l lexicon) period(key string) string {
	label := calendar.LabelOf(key, l.code)
	if l.code == "en" {
		if strings.HasPrefix(label, "First") || strings.HasPrefix(label, "Last") {
			return "the " + strings.ToLower(label[:1]) + label[1:]
		}
		return label
	}
	r, size := utf8.DecodeRuneInString(label)
	return string(unicode.ToLower(r)) + label[size:]
}

// emphasise escapes a derivation, keeps its short steps unbroken and sets the
// due date at its end in bold.
func emphasise(sentence, last string) template.HTML {
	const between = " · "
	steps := strings.Split(sentence, between)
	for i, step := range steps {
		steps[i] = string(dates(step))
		if utf8.RuneCountInString(step) <= 40 {
			steps[i] = `<span class="u">` + steps[i] + `</span>`
		}
	}
	html := strings.Join(steps, between)
	mark := `<span class="d">` + last + `</span>`
	if at := strings.LastIndex(html, mark); last != "" && at >= 0 {
		html = html[:at] + "<b>" + mark + "</b>" + html[at+len(mark):]
	}
	return template.HTML(html) //nolint:gosec // dates escapes
}
