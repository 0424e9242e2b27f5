package preview_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/preview"
	"dondoc/internal/timetable"
)

// week is everybody's calendar where a test is not about days off.
var week = timetable.Calendars{National: calendar.WeekCalendar{}}

func day(year int, month time.Month, d int) calendar.Date { return calendar.NewDate(year, month, d) }

// small is a province, a department that reviews, three districts that report
// every month within five working days.
func small(change ...func(*plan.Plan)) *plan.Plan {
	p := &plan.Plan{
		Format: 1, Code: "thu", Issuer: "tinh", Standing: "so", TimeZone: "Asia/Ho_Chi_Minh",
		Document:  plan.Document{Title: "Kế hoạch thử"},
		ValidFrom: day(2026, 1, 1), ValidTo: day(2026, 12, 31),
		Agencies: []plan.Agency{
			{Code: "tinh", Name: "UBND tỉnh", Level: "province"},
			{Code: "so", Name: "Sở", Level: "department", Parent: "tinh"},
			{Code: "d1", Name: "UBND huyện Một", Level: "district", Parent: "tinh"},
			{Code: "d2", Name: "UBND huyện Hai", Level: "district", Parent: "tinh"},
			{Code: "d3", Name: "UBND huyện Ba", Level: "district", Parent: "tinh"},
		},
		Groups: []plan.Group{{Code: "huyen", Name: "UBND các huyện", Members: []string{"d1", "d2", "d3"}}},
		Duties: []plan.Duty{{
			Code: "II.1", Title: "Báo cáo", Assignments: owing("d1", "d2", "d3"),
			Schedule:    calendar.Schedule{Cadences: []calendar.Cadence{calendar.Monthly}, Windows: calendar.CalendarWindows},
			Due:         map[string]calendar.DueRule{"": {WorkingDays: 5}},
			OpensBefore: 15, Recipient: plan.Recipient{Agency: "so"},
		}},
	}
	for _, c := range change {
		c(p)
	}
	return p
}

func owing(agencies ...string) []plan.Assignment {
	var all []plan.Assignment
	for _, a := range agencies {
		all = append(all, plan.Assignment{Agency: a, Role: plan.Implementing})
	}
	return all
}

func compute(t testing.TB, p *plan.Plan, from, to calendar.Date, agency string) preview.Preview {
	t.Helper()
	out, err := preview.Compute(p, week, preview.Options{Wanted: preview.Wanted{From: from, To: to, Agency: agency}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// mornings writes the days of one role as "05-16:1/2", on time and at most.
func mornings(p preview.Preview, class string, audience calendar.Audience) string {
	for _, c := range p.Classes {
		if c.Name != class {
			continue
		}
		for _, r := range c.Roles {
			if r.Audience != audience {
				continue
			}
			var all []string
			for _, d := range r.Days {
				all = append(all, fmt.Sprintf("%02d-%02d:%d/%d", d.On.Month, d.On.Day, d.OnTime, d.AtMost))
			}
			return strings.Join(all, " ")
		}
	}
	return "none"
}

func TestMessagesOfTwoMonths(t *testing.T) {
	// January closes on Saturday the 31st: due on Friday 6 February, open from
	// Friday 16 January; overdue on Monday the 9th, urged on Wednesday the 11th,
	// escalated on Tuesday the 17th, which waits for Monday the 23rd. February is
	// due on Friday 6 March and open from Friday 13 February.
	out := compute(t, small(), day(2026, 1, 1), day(2026, 2, 28), "")
	for _, c := range []struct {
		class    string
		audience calendar.Audience
		want     string
	}{
		{"UBND các huyện", calendar.FocalPoint, "01-16:1/1 01-19:1/1 01-26:1/1 02-02:1/1 02-05:1/1 02-06:1/1 02-09:0/2 02-13:1/1 02-16:1/1 02-23:1/1"},
		{"UBND các huyện", calendar.Head, "02-09:0/1"},
		{"Sở", calendar.Supervisor, "01-19:1/1 01-26:1/1 02-02:1/1 02-09:0/1 02-11:0/3 02-16:1/1 02-23:1/1"},
		{"UBND tỉnh", calendar.PlanAuthority, "01-19:1/1 01-26:1/1 02-02:1/1 02-09:0/1 02-16:1/1 02-23:1/4"},
		{"UBND tỉnh", calendar.FocalPoint, "none"},
	} {
		if got := mornings(out, c.class, c.audience); got != c.want {
			t.Errorf("%s, %s:\n got %s\nwant %s", c.class, c.audience, got, c.want)
		}
	}
	districts := out.Classes[2]
	if got := fmt.Sprintf("%v %s %v %d", districts.Agencies, districts.Level, districts.Owes, districts.Due); got != "[d1 d2 d3] district [II.1] 1" {
		t.Errorf("the districts: %s", got)
	}
	if got := districts.Roles[0]; got.OnTime != (preview.Figure{Messages: 9, Weekly: 5, Notices: 9}) ||
		got.AtMost != (preview.Figure{Messages: 10, Weekly: 5, Notices: 11}) || got.Busiest[0].On != day(2026, 2, 9) {
		t.Errorf("the districts' focal points: %+v", got)
	}
	// Three districts, one department and the province, on the morning of 9 February:
	// focal points, heads, the supervisor and the authority.
	for _, total := range out.Days {
		if total.On == day(2026, 2, 9) && (total.OnTime != 0 || total.AtMost != 8) {
			t.Errorf("9 February in all: %+v", total)
		}
	}
}

func TestRoundsOfTwoMonths(t *testing.T) {
	out := compute(t, small(), day(2026, 2, 1), day(2026, 3, 6), "")
	var got []string
	for _, r := range out.Rounds {
		zone := out.Zone
		for _, task := range r.Tasks {
			steps := ""
			for _, s := range task.Steps {
				steps += " " + s.Rule.Code + "@" + s.At.In(zone).Format("0102T15")
			}
			got = append(got, fmt.Sprintf("%s %s opens %s due %s closes %s %s x%d%s | %s", r.Duty, r.Period.Key, r.OpensAt.In(zone).Format("0102T15"),
				task.Due.At.In(zone).Format("0102T15"), r.ClosesAt.In(zone).Format("0102T15"), task.Kind.Level, task.Agencies, steps, task.Due.Derivation.Sentence("en")))
		}
	}
	want := []string{
		"II.1 2026-M01 opens 0116T08 due 0207T00 closes 0307T00 district x3 opening@0116T08 before_1@0205T08 due_today@0206T08 overdue_1@0209T08 overdue_3@0211T08 overdue_7@0217T08 | Data closed 31/01/2026 (Saturday) · + 5 working days · end of 06/02/2026",
		"II.1 2026-M02 opens 0213T08 due 0307T00 closes 0407T00 district x3 opening@0213T08 before_1@0305T08 due_today@0306T08 overdue_1@0309T08 overdue_3@0311T08 overdue_7@0317T08 | Data closed 28/02/2026 (Saturday) · + 5 working days · end of 06/03/2026",
	}
	// April's 7th is midnight after Tuesday the 7th: March closes on a Tuesday.
	want[1] = strings.Replace(want[1], "closes 0407T00", "closes 0408T00", 1)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// once is a duty of d1 that is due on Monday 8 June, with a ladder of its own.
func once(steps ...calendar.StepRule) *plan.Plan {
	return small(func(p *plan.Plan) {
		p.Policies = []plan.Policy{{Code: "rieng", Steps: steps}}
		p.Duties = []plan.Duty{{
			Code: "III.2", Assignments: owing("d1"), Policy: "rieng", Recipient: plan.Recipient{Parent: true},
			Schedule: calendar.Schedule{Cadences: []calendar.Cadence{calendar.Once}, OpensOn: day(2026, 6, 1), DueOn: day(2026, 6, 8)},
		}}
		p.ValidTo = day(2026, 6, 21)
	})
}

func TestWhenNoticesGoOut(t *testing.T) {
	step := func(offset int, unit calendar.Unit, time string, who ...calendar.Audience) calendar.StepRule {
		return calendar.StepRule{Code: fmt.Sprint("s", offset, time), Kind: "reminder", Anchor: calendar.AnchorDue, Offset: offset, Unit: unit, TimeOfDay: time, Audience: who, Severity: 20}
	}
	overdue := func(s calendar.StepRule) calendar.StepRule { s.Kind = "overdue"; return s }
	for _, c := range []struct {
		name  string
		steps []calendar.StepRule
		who   calendar.Audience
		want  string
	}{
		{"on a Saturday", []calendar.StepRule{step(-2, calendar.CalendarDays, "08:00", calendar.Head)}, calendar.Head, "06-06:1/1"},
		{"in the afternoon before a Sunday", []calendar.StepRule{step(-2, calendar.CalendarDays, "14:00", calendar.Head)}, calendar.Head, "06-07:1/1"},
		{"early in the morning", []calendar.StepRule{step(-2, calendar.CalendarDays, "06:30", calendar.Head)}, calendar.Head, "06-06:1/1"},
		{"in the afternoon of the due day, so after it", []calendar.StepRule{step(0, calendar.WorkingDays, "14:00", calendar.Head)}, calendar.Head, "06-09:0/1"},
		{"two in one morning", []calendar.StepRule{step(-3, calendar.CalendarDays, "14:00", calendar.Head), step(-2, calendar.CalendarDays, "07:00", calendar.Head)}, calendar.Head, "06-06:2/2"},
		{"the more severe of two at one instant", []calendar.StepRule{
			step(-2, calendar.CalendarDays, "08:00", calendar.Head),
			{Code: "b", Kind: "reminder", Anchor: calendar.AnchorDue, Offset: -1, Unit: calendar.WorkingDays, TimeOfDay: "08:00", Audience: []calendar.Audience{calendar.Head}, Severity: 10},
			{Code: "c", Kind: "reminder", Anchor: calendar.AnchorDue, Offset: -3, Unit: calendar.CalendarDays, TimeOfDay: "08:00", Audience: []calendar.Audience{calendar.FocalPoint}, Severity: 90},
		}, calendar.Head, "06-06:1/1"},
		{"digests wait for Monday", []calendar.StepRule{{Code: "d", Kind: "escalation", Anchor: calendar.AnchorDue, Offset: 1, Unit: calendar.WorkingDays, Audience: []calendar.Audience{calendar.Head}, Digest: true}}, calendar.Head, "06-15:0/1"},
		{"on Monday itself they wait no week", []calendar.StepRule{{Code: "d", Kind: "reminder", Anchor: calendar.AnchorDue, Offset: 0, Unit: calendar.WorkingDays, Audience: []calendar.Audience{calendar.Head}, Digest: true}}, calendar.Head, "06-08:1/1"},
		{"repeated until the round closes", []calendar.StepRule{func() calendar.StepRule {
			s := overdue(step(1, calendar.WorkingDays, "08:00", calendar.Head))
			s.Cron = "0 9,15 * * *"
			return s
		}()}, calendar.Head, "06-10:0/1 06-11:0/1 06-12:0/1 06-13:0/1 06-14:0/1 06-15:0/1 06-16:0/1 06-17:0/1 06-18:0/1 06-19:0/1 06-20:0/1 06-21:0/1"},
		{"nothing after the round has closed", []calendar.StepRule{overdue(step(20, calendar.WorkingDays, "08:00", calendar.Head))}, calendar.Head, ""},
		{"reviewers are the supervisors above", []calendar.StepRule{step(-2, calendar.CalendarDays, "08:00", calendar.Reviewer, calendar.Supervisor)}, calendar.Supervisor, "06-06:1/1 06-08:1/1 06-15:0/1"},
	} {
		who := map[calendar.Audience]string{calendar.Head: "UBND huyện Một", calendar.Supervisor: "UBND tỉnh"}[c.who]
		out := compute(t, once(c.steps...), day(2026, 6, 2), day(2026, 6, 21), "")
		if got := mornings(out, who, c.who); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestTheMoreSevereOfTwoSteps(t *testing.T) {
	at := func(code string, severity int, who calendar.Audience) calendar.StepRule {
		return calendar.StepRule{Code: code, Kind: "reminder", Anchor: calendar.AnchorDue, Offset: -1, Unit: calendar.WorkingDays, TimeOfDay: "08:00", Audience: []calendar.Audience{who}, Severity: severity}
	}
	out := compute(t, once(at("a", 10, calendar.Head), at("b", 20, calendar.FocalPoint)), day(2026, 6, 2), day(2026, 6, 7), "")
	if head, focal := mornings(out, "UBND huyện Một", calendar.Head), mornings(out, "UBND huyện Một", calendar.FocalPoint); head != "" || focal != "06-05:1/1" {
		t.Errorf("head %q, focal point %q", head, focal)
	}
}

func TestAnAgencysOwnTimetable(t *testing.T) {
	p := small(func(p *plan.Plan) {
		p.Duties = append(p.Duties, plan.Duty{
			Code: "II.2", Assignments: owing("so"), Recipient: plan.Recipient{Agency: "tinh"}, OpensBefore: 15,
			Schedule: calendar.Schedule{Cadences: []calendar.Cadence{calendar.Quarterly}}, Due: map[string]calendar.DueRule{"": {WorkingDays: 6}},
		})
	})
	out := compute(t, p, calendar.Date{}, calendar.Date{}, "so")
	if len(out.Rounds) != 4 || out.Rounds[0].Duty != "II.2" || out.Rounds[0].Tasks[0].Agencies != 1 || out.AgencyName != "Sở" {
		t.Errorf("rounds: %+v", out.Rounds)
	}
	if len(out.Classes) != 1 || fmt.Sprint(out.Classes[0].Owes, out.Classes[0].Reviews) != "[II.2] [II.1]" || len(out.Classes[0].Roles) != 3 {
		t.Errorf("class: %+v", out.Classes)
	}
	// December and the fourth quarter are due in January, after the plan's last day.
	if out.To != day(2027, 1, 8) || out.Rounds[3].Period.Key != "2026-Q4" {
		t.Errorf("until %s", out.To)
	}
	none := compute(t, p, calendar.Date{}, calendar.Date{}, "tinh")
	if len(none.Rounds) != 0 || len(none.Notes) == 0 || none.Notes[0].Code != "agency.owes_nothing" || len(none.Classes) != 1 {
		t.Errorf("the province: %+v", none)
	}
}

func TestAgenciesThatDoNotExistWhenARoundOpens(t *testing.T) {
	p := small(func(p *plan.Plan) {
		p.Agencies[2].ValidTo = day(2026, 6, 30)
		p.Agencies = append(p.Agencies, plan.Agency{Code: "x1", Name: "UBND xã Mới", Level: "district", Parent: "tinh", ValidFrom: day(2026, 7, 1)})
		p.Duties[0].Assignments = owing("d1", "d2", "d3", "x1")
	})
	counts := map[string]int{}
	for _, r := range compute(t, p, calendar.Date{}, calendar.Date{}, "").Rounds {
		counts[r.Period.Key] = r.Tasks[0].Agencies
	}
	// June opens on 18 June, July on 17 July.
	if counts["2026-M06"] != 3 || counts["2026-M07"] != 3 || counts["2026-M01"] != 3 {
		t.Errorf("agencies: %v", counts)
	}
	if n := len(compute(t, p, calendar.Date{}, calendar.Date{}, "d1").Rounds); n != 6 {
		t.Errorf("the one that ends has %d rounds", n)
	}
	if n := len(compute(t, p, calendar.Date{}, calendar.Date{}, "x1").Rounds); n != 6 {
		t.Errorf("the one that begins has %d rounds", n)
	}
}

func TestTooMuchOnOneDay(t *testing.T) {
	p := small(func(p *plan.Plan) {
		for i := range 4 {
			d := p.Duties[0]
			d.Code = fmt.Sprintf("II.1.%d", i)
			d.Assignments = owing("d1", "d2")
			p.Duties = append(p.Duties, d)
		}
	})
	out := compute(t, p, calendar.Date{}, day(2026, 3, 31), "")
	if len(out.Classes) != 4 {
		t.Fatalf("%d classes", len(out.Classes))
	}
	both, third := out.Classes[2], out.Classes[3]
	if both.Name != "UBND huyện Một, UBND huyện Hai" || len(both.TooMuch) != 2 || fmt.Sprint(both.TooMuch[0]) != "{2026-02-06 [II.1 II.1.0 II.1.1 II.1.2 II.1.3]}" || both.Due != 10 {
		t.Errorf("two districts: %+v", both)
	}
	if third.Name != "UBND huyện Ba" || len(third.TooMuch) != 0 || len(third.Busiest) != 2 {
		t.Errorf("the third: %+v", third)
	}
	if out.Notes[0].Code != "agency.too_much" || out.Notes[0].In("en") != "Days with 5 or more reports of one agency due: 2, for 1 of the classes; the most is UBND huyện Một, UBND huyện Hai: 5 on 06/02/2026." {
		t.Errorf("note: %+v", out.Notes)
	}
}

func TestOnlyTheLargestClassesAreListed(t *testing.T) {
	p := small(func(p *plan.Plan) {
		for range 6 {
			p.Duties = append(p.Duties, p.Duties[0])
		}
		for i := range p.Duties {
			p.Duties[i].Code, p.Duties[i].Assignments = fmt.Sprint("II.", i), nil
		}
		// As many communes as there are ways to owe some of seven duties, the last way twice.
		for way := 1; way <= 128; way++ {
			code := fmt.Sprint("x", way)
			p.Agencies = append(p.Agencies, plan.Agency{Code: code, Name: code, Level: "commune", Parent: "d1"})
			for i := range p.Duties {
				if min(way, 127)&(1<<i) != 0 {
					p.Duties[i].Assignments = append(p.Duties[i].Assignments, owing(code)...)
				}
			}
		}
	})
	out := compute(t, p, calendar.Date{}, day(2026, 2, 6), "")
	// 127 of communes, the department, the province.
	if len(out.Classes) != preview.MaxClasses || out.Omitted != 129-preview.MaxClasses {
		t.Errorf("%d classes, %d omitted", len(out.Classes), out.Omitted)
	}
	if last := out.Classes[len(out.Classes)-1]; fmt.Sprint(last.Agencies) != "[x127 x128]" {
		t.Errorf("the one of two is not listed: %v", last.Agencies)
	}
	// Everybody's opening is in the sum: 128 focal points.
	for _, d := range out.Days {
		if d.On == day(2026, 1, 16) && d.OnTime != 128 {
			t.Errorf("16 January: %+v", d)
		}
	}
}

func TestNotes(t *testing.T) {
	p := small(func(p *plan.Plan) {
		duty := func(code string, change func(*plan.Duty), cadences ...calendar.Cadence) {
			d := p.Duties[0]
			d.Code, d.Schedule.Cadences = code, cadences
			change(&d)
			p.Duties = append(p.Duties, d)
		}
		same := func(*plan.Duty) {}
		duty("III.1", same, calendar.Continuous)
		duty("III.2", same, calendar.Quarterly, calendar.AdHoc, calendar.Flash)
		duty("III.3", same, calendar.Standing)
		duty("III.4", func(d *plan.Duty) { d.CoveredBy = "II.1" }, calendar.Yearly)
		duty("III.5", func(d *plan.Duty) { d.Due = map[string]calendar.DueRule{"": {Day: 1}} }, calendar.Monthly)
		duty("III.6", func(d *plan.Duty) { d.Assignments = nil }, calendar.Event)
	})
	out, err := preview.Compute(p, week, preview.Options{
		Wanted: preview.Wanted{To: day(2035, 12, 31)}, Provisional: func(year int) bool { return year > 2026 && year != 2030 },
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range out.Notes {
		got = append(got, fmt.Sprintf("%s %s %s: %s", n.Severity, n.Code, n.Duty, n.In("en")))
	}
	want := []string{
		"error duty.not_followed III.5: The duty III.5 cannot be followed: Period 2026-M01: due 01/01/2026 is before the window closes on 31/01/2026; if that is meant, set before_end: true.",
		"warning calendar.provisional : The days off of 2027–2029, 2031–2035 are computed from the law and not decreed yet; due times around Tết and holidays may change.",
		"info duty.unscheduled III.1: The duty III.1 (continuous): no calendar opens it; people open its rounds or report as it comes.",
		"info duty.unscheduled III.2: The duty III.2: beside its rounds here it is ad hoc, flash, which no calendar opens.",
		"info duty.covered III.4: The duty III.4 is reported on with the duty II.1.",
		"info duty.standing : Duties without rounds of their own, each a section of its agency's periodic report: 1.",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name string
		want preview.Wanted
		p    *plan.Plan
		code string
	}{
		{"the wrong way round", preview.Wanted{From: day(2026, 3, 1), To: day(2026, 2, 28)}, small(), "preview.range"},
		{"after the plan", preview.Wanted{From: day(2028, 1, 1)}, small(), "preview.range"},
		{"more than ten years", preview.Wanted{From: day(2026, 1, 1), To: day(2036, 1, 2)}, small(), "preview.range_length"},
		{"an agency of another plan", preview.Wanted{Agency: "xa"}, small(), "preview.agency"},
		{"a zone that is none", preview.Wanted{}, small(func(p *plan.Plan) { p.TimeZone = "Asia/Nowhere" }), "preview.zone"},
		{"a round every minute", preview.Wanted{}, small(func(p *plan.Plan) {
			p.Duties[0].Schedule = calendar.Schedule{Cadences: []calendar.Cadence{calendar.Cron}, Cron: "* * * * *", KeepApart: true}
		}), "preview.too_many_rounds"},
		{"thirty duties every day", preview.Wanted{}, small(func(p *plan.Plan) {
			for range 30 {
				d := p.Duties[0]
				d.Schedule = calendar.Schedule{Cadences: []calendar.Cadence{calendar.Cron}, Cron: "0 8 * * *"}
				p.Duties = append(p.Duties, d)
			}
		}), "preview.too_many_rounds"},
	} {
		_, err := preview.Compute(c.p, week, preview.Options{Wanted: c.want})
		if f := fault.Of(err); f == nil || f.Code != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
	long := small(func(p *plan.Plan) { p.ValidTo = day(2046, 12, 31) })
	out := compute(t, long, calendar.Date{}, calendar.Date{}, "")
	if out.To != day(2036, 1, 1) || out.Notes[0].Code != "range.cut" {
		t.Errorf("a long plan: until %s, %+v", out.To, out.Notes)
	}
}
