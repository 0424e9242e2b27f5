package postgres_test

import (
	"strings"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// What an agency owes without rounds of its own is a section of its periodic
// report, which says when it was last reported on.
func TestStandingDutiesAreSectionsOfThePeriodicReport(t *testing.T) {
	f := newFollowedOf(t, func(p *plan.Plan) {
		p.Duties[0].StandingSections = true
		for _, d := range []struct{ code, title, agency string }{{"III.1", "Tuyên truyền", "d1"}, {"III.2", "Quản lý địa bàn", "d1"}, {"III.3", "Việc của huyện khác", "d2"}} {
			p.Duties = append(p.Duties, plan.Duty{
				Code: d.code, Title: d.title, Text: d.title, Mode: plan.Assigned, Roles: []plan.Role{plan.Implementing},
				Assignments: []plan.Assignment{{Agency: d.agency, Role: plan.Implementing}},
				Schedule:    calendar.Schedule{Cadences: []calendar.Cadence{calendar.Standing}}, Review: plan.Review{Mode: plan.ReviewRequired}, Recipient: plan.Recipient{Agency: "so"},
			})
		}
		secret := p.Duties[1]
		secret.Code, secret.Title, secret.Secret = "III.4", "Việc mật", true
		p.Duties = append(p.Duties, secret)
	})
	sections := func(agency string) []string {
		t.Helper()
		list := []string{}
		for _, s := range f.detail(f.actor("focal_point."+agency+"@dondoc.example"), agency).Rules.Sections {
			list = append(list, strings.TrimSpace(s.Heading+" "+s.LastReported))
		}
		filled, err := f.store.FilledForm(t.Context(), f.actor("focal_point."+agency+"@dondoc.example"), f.taskOf(agency))
		if err != nil {
			t.Fatal(err)
		}
		laid := []string{}
		for _, s := range filled.Sections {
			if s.Narrative {
				laid = append(laid, strings.TrimSpace(s.Heading+" "+s.LastReported))
			}
		}
		if strings.Join(laid, "\n") != strings.Join(list[len(list)-len(laid):], "\n") || len(laid) < len(list)-1 {
			t.Errorf("the form of %s has %q, its rules %q", agency, laid, list)
		}
		return list
	}
	f.want("of the first district", sections("d1"), "Tình hình, kết quả chung", "III.1. Tuyên truyền", "III.2. Quản lý địa bàn")
	f.want("of another", sections("d2"), "Tình hình, kết quả chung", "III.3. Việc của huyện khác")

	if _, err := f.store.Submit(t.Context(), f.focal, task.SubmitInput{TaskID: f.taskOf("d1"), Kind: task.Report,
		Narrative: "Đã làm.\n\nIII.2. Quản lý địa bàn\nKhông có tụ điểm."}); err != nil {
		t.Fatal(err)
	}
	f.decide("d1", task.Accept)
	f.openRound()
	f.want("in the next period", sections("d1"), "Tình hình, kết quả chung", "III.1. Tuyên truyền", "III.2. Quản lý địa bàn 2026-M01")
}
