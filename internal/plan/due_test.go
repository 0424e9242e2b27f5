package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
)

// chained is a sound plan of three levels; tests break it in one place.
const chained = `format: 1
code: chained
document: {type: Kế hoạch, title: Kế hoạch nhiều cấp, level: province}
issuer: tinh
valid_from: 2026-01-01
valid_to: 2028-12-31
defaults:
  windows: decree_09_2019
  reporting_basis: chế độ báo cáo
  due: {other: {working_days: 5}}
agencies:
  - {code: tinh, name: UBND tỉnh, level: province}
  - {code: so-a, name: Sở A, level: department, parent: tinh}
  - {code: xa-a, name: Xã A, level: commune, parent: so-a}
duties:
  - code: I.1
    text: Báo cáo hằng tháng, quý
    agencies: [xa-a, so-a]
    schedule_words: [hằng tháng, quý]
    cadences: [monthly, quarterly]
    recipient: tinh
    chain: {levels: [commune, department, province], last: {day: 25}}
    due_dates: {2026-M02: {commune: 2026-02-19}}
  - code: I.2
    text: Báo cáo nhanh trong 24 giờ
    agencies: xa-a
    cadences: flash
    due: {other: {hours: 24}}
  - code: I.3
    text: Đăng tải ít nhất một quý một lần
    agencies: xa-a
    schedule_words: ít nhất một quý một lần
    at_least: {times: 1, per: quarterly}
`

func problemsOf(t *testing.T, text, old, new string) plan.Problems {
	t.Helper()
	if old != "" && strings.Count(text, old) != 1 {
		t.Fatalf("%q is in the plan %d times", old, strings.Count(text, old))
	}
	_, problems := plan.Read("p.yaml", []byte(strings.Replace(text, old, new, 1)), nil)
	for _, f := range problems {
		if f.VI == "" || f.EN == "" || f.VI == f.EN || strings.Contains(f.VI+f.EN, "%!") {
			t.Errorf("incomplete message: %q / %q", f.VI, f.EN)
		}
	}
	return problems
}

// places writes problems as "line:column code", warnings with a "?" behind.
func places(problems plan.Problems) string {
	var out []string
	for _, f := range problems {
		mark := ""
		if f.Severity == plan.SeverityWarning {
			mark = "?"
		}
		out = append(out, fmt.Sprintf("%d:%d %s%s", f.Line, f.Column, f.Code, mark))
	}
	return strings.Join(out, ", ")
}

func TestChainedPlanIsSound(t *testing.T) {
	p, problems := plan.Read("p.yaml", []byte(chained), nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	d := p.Duties[0]
	period := calendar.Period{Key: "2026-M05", Cadence: calendar.Monthly, Start: date(t, "2026-04-15"), End: date(t, "2026-05-14")}
	for level, want := range map[string]string{"commune": "2026-05-21", "department": "2026-05-22", "union": "2026-05-21"} {
		due, err := d.DuePlan().Due(period, d.Schedule, level, calendar.WeekCalendar{}, zoneOf(t, p))
		if err != nil || calendar.DueDay(due.At, zoneOf(t, p)).String() != want {
			t.Errorf("%s: %s %v, want %s", level, due.At, err, want)
		}
	}
	if got := d.DueDates["2026-M02"]["commune"].String(); got != "2026-02-19" {
		t.Errorf("the set date is %q", got)
	}
	if rule := p.Duties[1].Due[""]; rule.Hours != 24 || len(p.Duties[1].Chain.Levels) > 0 {
		t.Errorf("%+v", p.Duties[1])
	}
	if s := p.Duties[2].Schedule; s.AtLeast != (calendar.Frequency{Times: 1, Per: calendar.Quarterly}) || len(s.Cadences) != 1 || s.Cadences[0] != calendar.AtLeast {
		t.Errorf("%+v", s)
	}
	if p.Duties[2].Policy != "periodic" || p.Duties[2].Recipient.Agency != "tinh" || p.Duties[1].ReportingBasis != "" || p.Duties[2].ReportingBasis != "chế độ báo cáo" {
		t.Errorf("%+v", p.Duties[2])
	}
}

func TestDeadlinesThatCannotBe(t *testing.T) {
	const monthly = "    cadences: [monthly, quarterly]\n"
	tests := []struct {
		name, old, new string
		want           string // all problems, warnings with "?"
		says           string
	}{
		{"at_least without its key", "    at_least: {times: 1, per: quarterly}", "    cadences: at_least", "33:15 at_least.missing", "at_least: {times: 1"},
		{"at least never", "times: 1", "times: 0", "33:23 value.range", "1 to 31"},
		{"at least once a day", "times: 1", "times: 32", "33:23 value.range", "1 to 31"},
		{"at least once in a flash", "per: quarterly", "per: flash", "33:31 value.enum", "weekly"},
		{"another period than the words say", "per: quarterly", "per: monthly", "33:15 cadence.dropped?, 33:15 cadence.unmarked", "at_least: {per: monthly}"},
		{"more often than the words say", "times: 1", "times: 2", "33:15 at_least.times?", "1 times, at_least says 2"},
		{"a minimum met by a report", "at_least: {times: 1, per: quarterly}", "cadences: quarterly", "", ""},

		{"hours for a report of a period", "last: {day: 25}}", "last: {hours: 24}}", "22:68 due.hours", "flash"},
		{"hours in the plan's defaults", "{working_days: 5}", "{working_days: 5, hours: 8}", "10:41 due.hours", "under the due of that duty"},
		{"hours at a time of day", "{hours: 24}", `{hours: 24, time: "17:00"}`, "28:36 due.hours", "no time"},
		{"the clock without hours", "{hours: 24}", "{working_days: 1, round_the_clock: true}", "28:53 due.hours", "hours only"},
		{"hours where nobody opens rounds", "cadences: flash", "due_on: 2026-05-01", "28:10 due.unused?, 28:26 due.hours", "this duty is none"},
		{"hours alone for a duty with periods", "cadences: flash", "cadences: [flash, monthly]\n    configured: [cadence, recipient]", "29:11 due.invalid", "working_days"},
		{"hours beside days", "    cadences: flash\n    due: {other: {hours: 24}}", "    cadences: [flash, monthly]\n    configured: cadence\n    due: {other: {hours: 24, working_days: 3}}", "", ""},

		{"a chain of one level", "levels: [commune, department, province]", "levels: [commune]", "22:21 chain.short", "two levels"},
		{"a level twice", "levels: [commune, department, province]", "levels: [commune, department, commune]", "22:43 chain.twice", "twice"},
		{"a level that nobody has", "levels: [commune, department, province]", "levels: [comune, commune, department]", "22:22 level.unknown?", `did you mean "commune"`},
		{"a step that leads nowhere", ", last: {day: 25}}", ", step: 2}", "22:12 due.no_time, 22:60 chain.step", "last level's date"},
		{"a rule and a chain for one level", "    chain: {", "    due: {commune: {working_days: 3}, other: {working_days: 5}}\n    chain: {", "22:11 chain.due", "commune"},
		{"never time for each level", "last: {day: 25}", "last: {day: 15}", "22:12 due.no_time", "never has a working day"},
		{"weekends leave no time in some periods", "last: {day: 25}", "last: {day: 17}", "22:12 due.short_time?", "2026-M02, 2026-Q1"},
		{"on the closing day", "other: {working_days: 5}}\nagencies", "other: {calendar_days: 0}}\nagencies", "", ""},
		{"on the closing day, in a report by decree", "    chain: {levels: [commune, department, province], last: {day: 25}}\n", "    due: {other: {calendar_days: 0}}\n", "22:11 due.no_time", "art. 8(5)"},
		{"chained on one day", "last: {day: 25}}", "last: {day: 25}}\n    note: x", "", ""},
		{"ordered, but due on one day", ", last: {day: 25}}", "}", "22:12 due.no_time", "level below"},
		{"a last date before the closing day", "last: {day: 25}", "last: {day: 5}", "22:60 due.before_end", "before_end: true"},
		{"a last date that is named before and permitted", "last: {day: 25}", "last: {day: 10, before_end: true}", "22:12 due.short_time?", "1 of 36 periods: 2026-M02"},
		{"two forms of the last date", "last: {day: 25}", "last: {day: 25, working_days: 3}", "22:66 due.forms", "one form only"},
		{"a chain for a duty without periods", "    cadences: flash", "    cadences: flash\n    chain: {levels: [commune, department]}", "28:12 due.unused?", "no periods"},

		{"an unknown period", "2026-M02: {", "2026-M13: {", "23:17 due_dates.period", `did you mean "2026-M1`},
		{"a period of another year", "2026-M02: {", "2029-M02: {", "23:17 due_dates.period", `did you mean "202`},
		{"a period that is part of another", "2026-M02: {commune: 2026-02-19}", "2026-M03: {commune: 2026-03-25}", "23:17 due_dates.period", `write "2026-Q1"`},
		{"dates without periods", "    cadences: flash", "    cadences: flash\n    due_dates: {2026-M02: {other: 2026-02-25}}", "28:17 due_dates.period", "has no periods"},
		{"a date before the period", "commune: 2026-02-19", "commune: 2026-01-12", "22:12 due.short_time?, 23:37 due_dates.before_start", "before it begins"},
		{"a date before the closing day", "commune: 2026-02-19", "commune: 2026-02-12", "22:12 due.short_time?, 23:37 due_dates.before_end?", "before it closes"},
		{"a date on a Saturday", "commune: 2026-02-19", "commune: 2026-02-21", "23:37 due_dates.day_off?", "Saturday"},
		{"a date of a level that nobody has", "{commune: 2026-02-19}", "{comune: 2026-02-25}", "23:28 level.unknown?", `did you mean "commune"`},
		{"a set date that leaves the level above no day", "commune: 2026-02-19", "commune: 2026-02-26", "22:12 due.short_time?", "2026-M02"},
		{"no such date", "commune: 2026-02-19", "commune: 2026-02-30", "23:37 value.date", "no day"},

		{"the last window is cut after its due day", "valid_to: 2028-12-31", "valid_to: 2028-05-28", "23:16 due.cut", "due_dates: {2028-Q2: {other"},
		{"the cut window has a date", "valid_to: 2028-12-31\n", "valid_to: 2028-05-28\n", "23:16 due.cut", "2028-Q2"},
		{"no reporting basis", "  reporting_basis: chế độ báo cáo\n", "", "15:5 basis.missing?, 28:5 basis.missing?", "under defaults"},
		{"a reporting basis of one's own", "  reporting_basis: chế độ báo cáo\n", "", "15:5 basis.missing?, 28:5 basis.missing?", "I.1 recurs"},

		{"cron with the zero time", monthly, "    cron: \"0 8 30 2 *\"\n    configured: cadence\n", "20:11 cron.invalid", "never fires"},
		{"cron on the 31st", monthly, "    cron: \"0 8 31 * *\"\n    configured: cadence\n", "20:11 cron.short_month?, 23:60 due.before_end, 24:17 due_dates.period", "skips the months"},
		{"cron on a day of the month and of the week", monthly, "    cron: \"0 8 1 * 1\"\n    configured: cadence\n", "20:11 cron.invalid", "keep only one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			problems := problemsOf(t, chained, tt.old, tt.new)
			if got := places(problems); got != tt.want {
				t.Errorf("got  %s\nwant %s\n%s", got, tt.want, problems)
			}
			if !strings.Contains(problems.String(), tt.says) {
				t.Errorf("no message says %q:\n%s", tt.says, problems)
			}
		})
	}
}
