package preview_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/preview"
	"dondoc/internal/timetable"
)

// feast is a calendar with some days off of its own.
type feast struct{ every int }

func (f feast) IsWorking(d calendar.Date) bool {
	return calendar.WeekCalendar{}.IsWorking(d) && d.Sub(day(2026, 1, 1))%f.every != 0
}

func (f feast) DayOff(calendar.Date) (vi, en string) { return "lễ", "feast" }

var feasts = timetable.Calendars{National: feast{11}, Own: map[string]calendar.WorkingCalendar{"t1": feast{7}}}

// anyPlan draws a plan of two years for a province, two departments, three
// districts and six communes, some of which do not exist all the time or live by
// a calendar of their own.
func anyPlan(t *rapid.T) (*plan.Plan, preview.Options) {
	p := &plan.Plan{
		Format: 1, Code: "thu", Issuer: "tinh", TimeZone: "Asia/Ho_Chi_Minh", ValidFrom: day(2026, 1, 1), ValidTo: day(2027, 9, 30),
		Agencies: []plan.Agency{{Code: "tinh", Level: "province"}},
	}
	own := map[string]string{}
	add := func(code, level, parent string) {
		a := plan.Agency{Code: code, Name: code, Level: level, Parent: parent}
		switch rapid.IntRange(0, 5).Draw(t, "existence") {
		case 0:
			a.ValidTo = day(2026, 6, 30)
		case 1:
			a.ValidFrom = day(2026, 7, 1)
		}
		if rapid.IntRange(0, 3).Draw(t, "calendar") == 0 {
			own[code] = "t1"
		}
		p.Agencies = append(p.Agencies, a)
	}
	for i := range 2 {
		add(fmt.Sprint("so", i), "department", "tinh")
	}
	for i := range 3 {
		add(fmt.Sprint("h", i), "district", "tinh")
		add(fmt.Sprint("x", i, "a"), "commune", fmt.Sprint("h", i))
		add(fmt.Sprint("x", i, "b"), "commune", fmt.Sprint("h", i))
	}
	p.Groups = []plan.Group{{Code: "huyen", Name: "các huyện", Members: []string{"h0", "h1", "h2"}}}
	for i := range rapid.IntRange(1, 4).Draw(t, "duties") {
		p.Duties = append(p.Duties, anyDuty(t, fmt.Sprint("II.", i), p))
	}
	return p, preview.Options{CalendarOf: func(code string) string { return own[code] }}
}

func anyDuty(t *rapid.T, code string, p *plan.Plan) plan.Duty {
	cadences := []calendar.Cadence{calendar.Monthly, calendar.Quarterly, calendar.HalfYear, calendar.Weekly, calendar.Yearly, calendar.Once, calendar.Cron}
	d := plan.Duty{
		Code: code, OpensBefore: rapid.IntRange(1, 30).Draw(t, "opens before"),
		Schedule: calendar.Schedule{
			Cadences: []calendar.Cadence{rapid.SampledFrom(cadences).Draw(t, "cadence")}, Cron: "0 8 10,25 * *", DueOn: day(2026, 8, 1).AddDays(rapid.IntRange(0, 300).Draw(t, "due on")),
			Windows: rapid.SampledFrom([]calendar.Family{calendar.CalendarWindows, calendar.DecreeWindows}).Draw(t, "windows"),
		},
		Due: map[string]calendar.DueRule{
			"": {WorkingDays: rapid.IntRange(0, 12).Draw(t, "other")}, "commune": {CalendarDays: rapid.IntRange(1, 9).Draw(t, "communes")},
			"district": {WorkingDays: 4, TimeOfDay: "08:00"},
		},
		Recipient: rapid.SampledFrom([]plan.Recipient{{Parent: true}, {Agency: "so0"}, {Agency: "tinh", Reviewer: "so1"}}).Draw(t, "recipient"),
		Mode:      rapid.SampledFrom([]plan.Mode{plan.Assigned, plan.Requested}).Draw(t, "mode"),
	}
	for _, a := range p.Agencies {
		if rapid.IntRange(0, 2).Draw(t, "owes") > 0 {
			d.Assignments = append(d.Assignments, plan.Assignment{Agency: a.Code, Role: plan.Implementing})
		}
	}
	return d
}

func in(t *rapid.T, p *plan.Plan, o preview.Options, from, to calendar.Date, agency string) preview.Preview {
	o.From, o.To, o.Agency = from, to, agency
	out, err := preview.Compute(p, feasts, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// flat lists everything that has a day, with how often it is there.
func flat(p preview.Preview) map[string]int {
	all := map[string]int{}
	for _, r := range p.Rounds {
		for _, task := range r.Tasks {
			all[fmt.Sprintf("%s %s %v due %s open %s closes %s, %v", r.Duty, r.Period.Key, task.Kind, task.Due.At, r.OpensAt, r.ClosesAt, task.Steps)] += task.Agencies
		}
	}
	for _, c := range p.Classes {
		name := fmt.Sprint(c.Agencies)
		all[name+" due"] += c.Due
		for _, r := range c.Roles {
			all[fmt.Sprint(name, r.Audience, " messages on time")] += r.OnTime.Messages
			all[fmt.Sprint(name, r.Audience, " messages at most")] += r.AtMost.Messages
			all[fmt.Sprint(name, r.Audience, " Mondays at most")] += r.AtMost.Weekly
			for _, d := range r.Days {
				all[fmt.Sprint(name, r.Audience, d.On, " on time")] += d.OnTime
				all[fmt.Sprint(name, r.Audience, d.On, " at most")] += d.AtMost
			}
		}
	}
	for _, d := range p.Days {
		all[fmt.Sprint(d.On, " on time")] += d.OnTime
		all[fmt.Sprint(d.On, " at most")] += d.AtMost
	}
	return all
}

func differences(t *rapid.T, got, want map[string]int) {
	for key, n := range want {
		if got[key] != n {
			t.Errorf("%s: %d, want %d", key, got[key], n)
		}
	}
	for key, n := range got {
		if want[key] != n {
			t.Errorf("%s: %d, want %d", key, n, want[key])
		}
	}
}

func TestTwoRangesAreOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, o := anyPlan(t)
		a := p.ValidFrom.AddDays(rapid.IntRange(-40, 600).Draw(t, "a"))
		b := a.AddDays(rapid.IntRange(0, 200).Draw(t, "b"))
		c := b.AddDays(rapid.IntRange(1, 200).Draw(t, "c"))
		agency := rapid.SampledFrom([]string{"", "", "x0a", "h1", "so0", "tinh"}).Draw(t, "agency")
		got := flat(in(t, p, o, a, b, agency))
		for key, n := range flat(in(t, p, o, b.AddDays(1), c, agency)) {
			got[key] += n
		}
		for key, n := range got {
			if n == 0 {
				delete(got, key)
			}
		}
		want := flat(in(t, p, o, a, c, agency))
		for key, n := range want {
			if n == 0 {
				delete(want, key)
			}
		}
		differences(t, got, want)
	})
}

func TestAllIsTheSumOfSingleAgencies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, o := anyPlan(t)
		from := p.ValidFrom.AddDays(rapid.IntRange(-40, 600).Draw(t, "from"))
		to := from.AddDays(rapid.IntRange(0, 400).Draw(t, "to"))
		got, want := map[string]int{}, map[string]int{}
		count := func(into map[string]int, out preview.Preview) {
			for _, r := range out.Rounds {
				for _, task := range r.Tasks {
					into[fmt.Sprintf("%s %s %v due %s", r.Duty, r.Period.Key, task.Kind, task.Due.At)] += task.Agencies
				}
			}
			for _, d := range out.Days {
				into[fmt.Sprint(d.On, " on time")] += d.OnTime
				into[fmt.Sprint(d.On, " at most")] += d.AtMost
			}
			for _, c := range out.Classes {
				into["agencies"] += len(c.Agencies)
				into["due"] += c.Due * len(c.Agencies)
				for _, r := range c.Roles {
					into["people"] += len(c.Agencies)
					into[fmt.Sprint(r.Audience, " messages on time")] += r.OnTime.Messages * len(c.Agencies)
					into[fmt.Sprint(r.Audience, " messages at most")] += r.AtMost.Messages * len(c.Agencies)
				}
			}
		}
		count(got, in(t, p, o, from, to, ""))
		for _, a := range p.Agencies {
			count(want, in(t, p, o, from, to, a.Code))
		}
		differences(t, got, want)
	})
}
