package calendar

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dondoc/internal/fault"
)

// ladder writes steps as "before_1 2026-06-12 08:00 focal_point".
func ladder(steps []StepTime) []string {
	var out []string
	for _, s := range steps {
		var who []string
		for _, a := range s.Rule.Audience {
			who = append(who, string(a))
		}
		out = append(out, fmt.Sprintf("%s %s %s", s.Rule.Code, s.At.In(vietnam).Format("2006-01-02 15:04"), strings.Join(who, "+")))
	}
	return out
}

func TestDefaultLadders(t *testing.T) {
	cases := []struct {
		name   string
		policy string
		anchor Anchor
		at     string
		want   []string
	}{
		{"periodic, due at the end of a Monday", "periodic", AnchorDue, "2026-06-16 00:00", []string{
			"before_1 2026-06-12 08:00 focal_point", "due_today 2026-06-15 08:00 focal_point",
			"overdue_1 2026-06-16 08:00 focal_point+head", "overdue_3 2026-06-18 08:00 supervisor", "overdue_7 2026-06-24 08:00 plan_authority"}},
		{"periodic, due at the end of a Friday", "periodic", AnchorDue, "2026-06-13 00:00", []string{
			"before_1 2026-06-11 08:00 focal_point", "due_today 2026-06-12 08:00 focal_point",
			"overdue_1 2026-06-15 08:00 focal_point+head", "overdue_3 2026-06-17 08:00 supervisor", "overdue_7 2026-06-23 08:00 plan_authority"}},
		{"periodic, due at 17:00", "periodic", AnchorDue, "2026-06-12 17:00", []string{
			"before_1 2026-06-11 08:00 focal_point", "due_today 2026-06-12 08:00 focal_point",
			"overdue_1 2026-06-15 08:00 focal_point+head", "overdue_3 2026-06-17 08:00 supervisor", "overdue_7 2026-06-23 08:00 plan_authority"}},
		{"one-off", "one_off", AnchorDue, "2026-11-21 00:00", []string{
			"before_15 2026-10-30 08:00 focal_point", "before_5 2026-11-13 08:00 focal_point", "before_1 2026-11-19 08:00 focal_point",
			"overdue_1 2026-11-23 08:00 focal_point+head", "overdue_3 2026-11-25 08:00 supervisor", "overdue_7 2026-12-01 08:00 plan_authority"}},
		{"requested, nothing above the requester", "requested", AnchorDue, "2026-06-16 00:00", []string{
			"before_1 2026-06-12 08:00 focal_point", "due_today 2026-06-15 08:00 focal_point",
			"overdue_1 2026-06-16 08:00 focal_point", "overdue_3 2026-06-18 08:00 supervisor"}},
		{"opening at 08:00", "periodic", AnchorOpening, "2026-06-01 08:00", []string{"opening 2026-06-01 08:00 focal_point"}},
		{"opening before 08:00 waits for it", "one_off", AnchorOpening, "2026-06-01 00:05", []string{"opening 2026-06-01 08:00 focal_point"}},
		{"opening in the afternoon is told at once", "one_off", AnchorOpening, "2026-06-01 14:30", []string{"opening 2026-06-01 14:30 focal_point"}},
		{"the reviewer has three working days", "review", AnchorSubmitted, "2026-06-11 23:59", []string{
			"review_reminder 2026-06-15 08:00 reviewer", "review_overdue 2026-06-17 08:00 reviewer+head"}},
		{"submitted at midnight belongs to the new day", "review", AnchorSubmitted, "2026-06-12 00:00", []string{
			"review_reminder 2026-06-16 08:00 reviewer", "review_overdue 2026-06-18 08:00 reviewer+head"}},
		{"no step of another anchor", "review", AnchorDue, "2026-06-12 00:00", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Steps(DefaultPolicies()[c.policy], c.anchor, instant(c.at).UTC(), WeekCalendar{}, vietnam)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(ladder(got), c.want) {
				t.Errorf("got  %q\nwant %q", ladder(got), c.want)
			}
		})
	}
}

func TestDefaultPoliciesGrowMoreSevere(t *testing.T) {
	for code, rules := range DefaultPolicies() {
		seen := map[string]bool{}
		for i, r := range rules {
			if i > 0 && r.Severity <= rules[i-1].Severity {
				t.Errorf("%s: %s is no more severe than %s", code, r.Code, rules[i-1].Code)
			}
			if seen[r.Code] || len(r.Audience) == 0 {
				t.Errorf("%s: %s is there twice or told to nobody", code, r.Code)
			}
			if r.Digest != (r.Kind == "escalation") {
				t.Errorf("%s: %s, digest %v", code, r.Code, r.Digest)
			}
			seen[r.Code] = true
		}
	}
	DefaultPolicies()["periodic"][0].Audience[0] = Head
	if DefaultPolicies()["periodic"][0].Audience[0] != FocalPoint {
		t.Error("a caller's change reaches the defaults")
	}
}

func TestSteps(t *testing.T) {
	cases := []struct {
		name     string
		rule     StepRule
		at       string
		want     string
		sentence string
	}{
		{"hours from the instant", StepRule{Anchor: AnchorDue, Unit: Hours, Offset: -2}, "2026-06-12 17:30", "2026-06-12 15:30",
			"Hạn 12/06/2026 (Thứ Sáu) · − 2 giờ · 15:30 ngày 12/06/2026"},
		{"no hours are the instant itself", StepRule{Anchor: AnchorSubmitted, Unit: Hours}, "2026-06-12 17:31", "2026-06-12 17:31",
			"Đã gửi 12/06/2026 (Thứ Sáu) · 17:31 ngày 12/06/2026"},
		{"calendar days do not mind weekends", StepRule{Anchor: AnchorDue, Unit: CalendarDays, Offset: -2, TimeOfDay: "07:30"}, "2026-06-16 00:00", "2026-06-13 07:30",
			"Hạn 15/06/2026 (Thứ Hai) · − 2 ngày · 07:30 ngày 13/06/2026"},
		{"08:00 where no time is given", StepRule{Anchor: AnchorDue, Unit: WorkingDays, Offset: 1}, "2026-06-16 00:00", "2026-06-16 08:00",
			"Hạn 15/06/2026 (Thứ Hai) · + 1 ngày làm việc · 08:00 ngày 16/06/2026"},
		{"cron at the offset", StepRule{Anchor: AnchorDue, Unit: WorkingDays, Offset: 1, TimeOfDay: "08:00", Cron: "0 8 * * 1-5"}, "2026-06-13 00:00", "2026-06-15 08:00",
			"Hạn 12/06/2026 (Thứ Sáu) · + 1 ngày làm việc · lặp theo lịch “0 8 * * 1-5” · 08:00 ngày 15/06/2026"},
		{"cron after the offset, in the plan's zone", StepRule{Anchor: AnchorDue, Unit: WorkingDays, Offset: 1, TimeOfDay: "09:00", Cron: "0 8 * * 1"}, "2026-06-16 00:00", "2026-06-22 08:00",
			"Hạn 15/06/2026 (Thứ Hai) · + 1 ngày làm việc · lặp theo lịch “0 8 * * 1” · 08:00 ngày 22/06/2026"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Steps([]StepRule{c.rule}, c.rule.Anchor, instant(c.at).UTC(), WeekCalendar{}, vietnam)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 1 || !got[0].At.Equal(instant(c.want)) || got[0].Occurrence != 1 {
				t.Fatalf("got %+v, want %s", got, c.want)
			}
			if s := got[0].Derivation.Sentence("vi"); s != c.sentence {
				t.Errorf("got  %s\nwant %s", s, c.sentence)
			}
		})
	}
}

func TestStepsAreSortedByTimeThenSeverity(t *testing.T) {
	rules := []StepRule{
		{Code: "b", Anchor: AnchorDue, Unit: WorkingDays, Offset: 1, Severity: 9},
		{Code: "c", Anchor: AnchorDue, Unit: WorkingDays, Offset: 1, Severity: 3},
		{Code: "a", Anchor: AnchorDue, Unit: WorkingDays, Offset: -1, Severity: 20},
	}
	got, err := Steps(rules, AnchorDue, instant("2026-06-16 00:00"), WeekCalendar{}, vietnam)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Rule.Code != "a" || got[1].Rule.Code != "c" || got[2].Rule.Code != "b" {
		t.Errorf("order %q", ladder(got))
	}
}

func TestStepFaults(t *testing.T) {
	for name, rule := range map[string]StepRule{
		"unknown unit":         {Anchor: AnchorDue, Unit: "weeks"},
		"hours at a time":      {Anchor: AnchorDue, Unit: Hours, TimeOfDay: "08:00"},
		"no such time":         {Anchor: AnchorDue, Unit: WorkingDays, TimeOfDay: "noon"},
		"unreadable cron":      {Anchor: AnchorDue, Unit: WorkingDays, Cron: "soon"},
		"cron that never runs": {Anchor: AnchorDue, Unit: WorkingDays, Cron: "0 8 31 2 *"},
	} {
		if _, err := Steps([]StepRule{rule}, AnchorDue, instant("2026-06-16 00:00"), WeekCalendar{}, vietnam); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestNextOccurrence(t *testing.T) {
	daily := StepRule{Cron: "0 8 * * 1-5"}
	at := instant("2026-06-12 08:00").UTC() // Friday
	var got []string
	for range 3 {
		next, ok, err := NextOccurrence(daily, at, vietnam)
		if err != nil || !ok {
			t.Fatal(next, ok, err)
		}
		got, at = append(got, next.In(vietnam).Format("2006-01-02 15:04")), next
	}
	if want := []string{"2026-06-15 08:00", "2026-06-16 08:00", "2026-06-17 08:00"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if _, ok, err := NextOccurrence(StepRule{}, at, vietnam); ok || err != nil {
		t.Errorf("a step without cron repeats: %v %v", ok, err)
	}
	if _, _, err := NextOccurrence(StepRule{Cron: "x"}, at, vietnam); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
}

func TestCheckCron(t *testing.T) {
	cases := []struct {
		expr, code string
	}{
		{"0 8 * * 1-5", ""},
		{"0 8 15 * *", ""},
		{"0 8 */2 * *", ""},
		{"0 8 31 1,3,12 *", ""},
		{"0 8 28-31 * *", ""},
		{"@monthly", ""},
		{" 0 8 * * MON ", ""},
		{"", CodeCronInvalid},
		{"8 * * *", CodeCronInvalid},
		{"0 8 * * 7", CodeCronInvalid},
		{"0 25 * * *", CodeCronInvalid},
		{"@every 24h", CodeCronInterval},
		{"0 8 30 2 *", CodeCronNever},
		{"0 8 31 4,6 *", CodeCronNever},
		{", * * * *", CodeCronNever},
		{"0 8 1 * 1", CodeCronBothDays},
		{"0 8 1-7 * MON", CodeCronBothDays},
		{"0 8 */2 * 1", CodeCronBothDays},
		{"0 8 31 * *", CodeCronShortMonth},
		{"0 8 15,30 * *", CodeCronShortMonth},
		{"0 8 29 2 *", CodeCronShortMonth},
		{"TZ=UTC 0 8 * * *", CodeCronZone},
		{"CRON_TZ=Asia/Ho_Chi_Minh 0 8 * * *", CodeCronZone},
		{"TZ=UTC", CodeCronZone},
	}
	for _, c := range cases {
		t.Run(c.expr, func(t *testing.T) {
			err := CheckCron(c.expr)
			if c.code == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			f := fault.Of(err)
			if f == nil || f.Code != c.code || f.Kind != fault.Invalid || f.VI == "" || f.VI == f.EN {
				t.Fatalf("got %v, want %s", err, c.code)
			}
			if CronWarning(err) != (c.code == CodeCronShortMonth) {
				t.Errorf("warning: %v", CronWarning(err))
			}
		})
	}
}

func TestAWarnedExpressionStillRuns(t *testing.T) {
	next, ok, err := NextOccurrence(StepRule{Cron: "0 8 31 * *"}, time.Date(2026, 4, 1, 0, 0, 0, 0, vietnam), vietnam)
	if err != nil || !ok || !next.Equal(instant("2026-05-31 08:00")) {
		t.Errorf("got %v %v %v", next, ok, err)
	}
}
