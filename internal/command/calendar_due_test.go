package command

import (
	"bytes"
	"strings"
	"testing"

	"dondoc/internal/calendar"
)

func runDue(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	c := calendarDue(func() calendar.WorkingCalendar { return calendar.WeekCalendar{} })
	c.SetArgs(append(args, "--from", "2026-01-01", "--to", "2026-06-30"))
	c.SetOut(&out)
	c.SetErr(&out)
	c.SilenceUsage = true
	err := c.Execute()
	return out.String(), err
}

func TestCalendarDue(t *testing.T) {
	tests := []struct {
		name, args string
		want       string
	}{
		{"by decree, in Vietnamese", "--cadence quarterly --windows decree_09_2019 --working-days 3", `
Kỳ           Thời gian chốt số liệu   Hạn         Cách tính
Quý I/2026   01/01/2026 – 14/03/2026  18/03/2026  Chốt số liệu 14/03/2026 (Thứ Bảy) · + 3 ngày làm việc · hết ngày 18/03/2026
Quý II/2026  15/03/2026 – 14/06/2026  17/06/2026  Chốt số liệu 14/06/2026 (Chủ Nhật) · + 3 ngày làm việc · hết ngày 17/06/2026
`},
		{"before the period closes, in English", "--cadence monthly,quarterly --day 25 --before-end --shift previous --time 17:00 --lang en", `
Period         Window                   Due               Derivation
January 2026   01/01/2026 – 31/01/2026  17:00 23/01/2026  Data closed 31/01/2026 (Saturday) · monthly on 25/01/2026 (Sunday) · falls on Sunday, moved to 23/01/2026 (Friday) · 17:00 on 23/01/2026
February 2026  01/02/2026 – 28/02/2026  17:00 25/02/2026  Data closed 28/02/2026 (Saturday) · monthly on 25/02/2026 (Wednesday) · 17:00 on 25/02/2026
Quarter I 2026 01/01/2026`},
		{"at least twice in half a year", "--cadence at_least --times 2 --per half_year --calendar-days 5 --format json --lang en", `
[
  {
    "key": "2026-H1-L1",
    "label": "First 6 months of 2026, no. 1",
    "from": "2026-01-01",
    "to": "2026-06-30",
    "due_at": "2026-07-07T00:00:00+07:00",
    "derivation": "Data closed 30/06/2026 (Tuesday) · + 5 days · falls on Sunday, moved to 06/07/2026 (Monday) · end of 06/07/2026"
  },
  {
    "key": "2026-H1-L2",`},
		{"over before the first window begins", "--cadence yearly --calendar-days -200 --before-end --lang en", `
Period     Window                   Due  Derivation
Year 2026  01/01/2026 – 30/06/2026  –    Period 2026: due 12/12/2025 is over before the window begins on 01/01/2026.
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := runDue(t, strings.Fields(tt.args)...)
			if err != nil {
				t.Fatal(err)
			}
			// How wide a column is does not matter here.
			squeeze := func(s string) string { return strings.Join(strings.Fields(s), " ") }
			if !strings.HasPrefix(squeeze(got), squeeze(tt.want)) {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestCalendarDueRefuses(t *testing.T) {
	for args, says := range map[string]string{
		"--cadence once":            `"once" has no periods`,
		"--cadence daily":           `"daily" has no periods`,
		"--day 25":                  "before_end: true",
		"--day 25 --lang vi":        "sớm hơn ngày chốt số liệu",
		"--day 25 --working-days 3": "working-days",
		"--cadence cron --cron 8h --working-days 1":     "năm trường",
		"--cadence at_least --times 0 --working-days 1": "1 đến 31",
		"--shift sideways --working-days 1 --lang en":   "sideways",
		"--lang de --working-days 1":                    "vi or en",
		"--format xml --working-days 1":                 "table or json",
		"--zone Asia/Hanoi --working-days 1":            "Asia/Hanoi",
		"--windows lunar --working-days 1 --lang en":    "lunar",
		"--working-days 1 --time 25:00 --lang en":       "25:00",
		"--month-offset 1 --lang en":                    "only with day",
		"--month-day 02-30 --before-end --lang en":      "02-30",
	} {
		if _, err := runDue(t, strings.Fields(args)...); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", args, err)
		}
	}
	// What can be met is shown all the same.
	out, err := runDue(t, "--cadence", "cron", "--cron", "0 8 10,31 1 *", "--day", "20", "--format", "json")
	if err == nil || !strings.Contains(out, `"due_at": "2026-01-21T00:00:00+07:00"`) || !strings.Contains(out, `"due_at": null`) {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = runDue(t, "--cadence", "cron", "--cron", "0 8 31 12 *", "--format", "json"); err != nil || out != "[]\n" {
		t.Errorf("%v\n%s", err, out)
	}
	c := calendarDue(func() calendar.WorkingCalendar { return calendar.WeekCalendar{} })
	c.SetArgs([]string{"--from", "soon", "--to", "2026-01-01"})
	c.SetOut(&bytes.Buffer{})
	c.SetErr(&bytes.Buffer{})
	if err := c.Execute(); err == nil || !strings.Contains(err.Error(), "--from") {
		t.Errorf("%v", err)
	}
}
