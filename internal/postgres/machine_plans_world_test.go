package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// planUnits are the agencies, each below the one that it names.
var planUnits = []plan.Agency{
	{Code: "tinh", Level: "province"}, {Code: "so", Level: "department", Parent: "tinh"}, {Code: "s2", Level: "department", Parent: "tinh"},
	{Code: "d1", Level: "district", Parent: "tinh"}, {Code: "d2", Level: "district", Parent: "tinh"},
	{Code: "d3", Level: "district", Parent: "tinh"}, {Code: "d4", Level: "district", Parent: "tinh"},
	{Code: "x1", Level: "commune", Parent: "d1"}, {Code: "x2", Level: "commune", Parent: "d1"}, {Code: "x3", Level: "commune", Parent: "d2"},
	{Code: "la", Level: "ministry"},
}

var planOfficials = []struct {
	name  string
	posts []string
}{
	{"focal d1", []string{"focal_point d1"}}, {"second focal d1", []string{"focal_point d1"}}, {"head d1", []string{"head d1"}},
	{"focal d2", []string{"focal_point d2"}}, {"focal d3", []string{"focal_point d3"}}, {"focal d4", []string{"focal_point d4"}},
	{"focal x1", []string{"focal_point x1"}}, {"focal x2", []string{"focal_point x2"}}, {"focal of two communes", []string{"focal_point x2", "focal_point x3"}},
	{"supervisor d1", []string{"supervisor d1"}}, {"supervisor d2", []string{"supervisor d2"}},
	{"supervisor so", []string{"supervisor so"}}, {"supervisor s2", []string{"supervisor s2"}}, {"both", []string{"supervisor so", "focal_point d2"}},
	{"authority", []string{"plan_authority tinh"}}, {"supervisor tinh", []string{"supervisor tinh"}}, {"auditor", []string{"auditor so"}},
	{"administrator", []string{"administrator tinh"}}, {"administrator that reports", []string{"administrator tinh", "focal_point d3"}},
	{"stranger", []string{"focal_point la", "supervisor la", "plan_authority la"}},
}

// aDuty is a monthly report.
func aDuty(code string, review plan.ReviewMode, to plan.Recipient) plan.Duty {
	d := plan.Duty{
		Code: code, Title: "Báo cáo " + code, Text: "Tổng hợp báo cáo", Mode: plan.Assigned, Roles: []plan.Role{plan.Implementing},
		Schedule: calendar.Schedule{Cadences: []calendar.Cadence{calendar.Monthly}, Windows: calendar.CalendarWindows},
		Due:      map[string]calendar.DueRule{"": {WorkingDays: 4}}, OpensBefore: 15, NilReturn: true, Recipient: to,
	}
	d.Review = reviewOf(review)
	return d
}

func reviewOf(mode plan.ReviewMode) plan.Review {
	if mode == plan.ReviewAutomatic {
		return plan.Review{Mode: mode, AfterWorkingDays: machineAutoDays}
	}
	return plan.Review{Mode: mode}
}

// firstFile has a duty of each kind of review and a chain of two levels.
func firstFile() *plan.Plan {
	so := plan.Recipient{Agency: "so"}
	p := &plan.Plan{
		Format: 1, Code: "may", Issuer: "tinh", Standing: "so", TimeZone: "Asia/Ho_Chi_Minh", Document: plan.Document{Title: "Kế hoạch"},
		ValidFrom: calendar.NewDate(2026, 1, 1), ValidTo: calendar.NewDate(2026, 12, 31),
		Duties: []plan.Duty{
			aDuty("R", plan.ReviewRequired, so), aDuty("N", plan.ReviewNone, so), aDuty("A", plan.ReviewAutomatic, so),
			aDuty("K", plan.ReviewRequired, plan.Recipient{Parent: true}),
		},
	}
	for i, owners := range [][]string{{"d1", "d2", "d3"}, {"d1", "d2"}, {"d2", "d3"}, {"x1", "x2", "x3"}} {
		for _, code := range owners {
			p.Duties[i].Assignments = append(p.Duties[i].Assignments, plan.Assignment{Agency: code, Role: plan.Implementing})
		}
	}
	for _, a := range planUnits {
		a.Name, a.Mailbox = "UBND "+a.Code, a.Code+"@dondoc.example"
		p.Agencies = append(p.Agencies, a)
	}
	return p
}

// newPlanMachine makes a world whose first rounds are open.
func newPlanMachine(t *testing.T, rt *rapid.T, s *seal) (*planMachine, func()) {
	db, drop := postgrestest.Throwaway(t)
	m := &planMachine{machine: machine{t: t, db: db, clock: &hand{}, seal: s}, units: map[string]*unit{}, doc: firstFile(), standing: "so"}
	m.store = postgres.New(db, m.clock, clock.SystemWall, nil)
	m.set(time.Date(2026, 1, 16, 9, 0, 0, 0, hanoi))
	record, err := m.store.LoadPlan(t.Context(), policy.Actor{}, m.doc, []byte("format: 1\n"))
	if err != nil {
		rt.Fatal(err)
	}
	m.plan.id, m.plan.state = record.ID, plan.Active
	m.settle(rt)
	if _, err := m.store.ActivatePlan(t.Context(), policy.Actor{}, record.ID, 0, calendar.NewDate(2026, 2, 1)); err != nil {
		rt.Fatal(err)
	}
	m.one(rt, &m.lastAudit, `SELECT max(id) FROM audit`)
	if chance(rt, "two signatures", 2, 3) {
		if _, err := db.ExecContext(t.Context(), `UPDATE agencies SET two_signatures = true WHERE code = 'd1'`); err != nil {
			rt.Fatal(err)
		}
		m.units["d1"].two = true
	}
	m.runEngine(rt)
	return m, drop
}

// settle brings in the people, and takes ids and who owes what into the model.
func (m *planMachine) settle(rt *rapid.T) {
	ctx := m.t.Context()
	var people []postgres.Person
	for i, p := range planOfficials {
		for _, post := range p.posts {
			var role, agency string
			if _, err := fmt.Sscan(post, &role, &agency); err != nil {
				rt.Fatal(err)
			}
			people = append(people, postgres.Person{Email: fmt.Sprintf("p%02d@dondoc.example", i), Name: p.name, AgencyCode: agency, Role: role})
		}
	}
	if err := m.store.AddPeople(ctx, people, "", calendar.NewDate(2020, 1, 1), "dondoc.example"); err != nil {
		rt.Fatal(err)
	}
	for i, p := range planOfficials {
		one := &official{name: p.name, posts: p.posts, begun: map[string]time.Time{}}
		m.one(rt, &one.id, `SELECT id FROM users WHERE email = $1`, fmt.Sprintf("p%02d@dondoc.example", i))
		m.officials = append(m.officials, one)
	}
	for i, a := range planUnits {
		u := &unit{code: a.Code, level: a.Level, parent: a.Parent, position: i, chosen: map[int64]string{}}
		m.one(rt, &u.id, `SELECT id FROM agencies WHERE code = $1`, a.Code)
		m.units[a.Code] = u
	}
	for _, d := range m.doc.Duties {
		c := &charge{owes: map[string]way{}}
		m.one(rt, &c.id, `SELECT id FROM duties WHERE code = $1`, d.Code)
		for _, a := range d.Assignments {
			c.owes[a.Agency] = m.written(d, a.Agency)
		}
		c.def = withoutOwners(d)
		m.charges = append(m.charges, c)
	}
}

func withoutOwners(d plan.Duty) plan.Duty {
	d.Assignments = nil
	return d
}

// written is where a file sends the result of a unit.
func (m *planMachine) written(d plan.Duty, code string) way {
	to := way{d.Recipient.Agency, d.Recipient.Reviewer}
	if d.Recipient.Parent {
		to.recipient = m.units[code].parent
	}
	if to.reviewer == "" {
		to.reviewer = to.recipient
	}
	return to
}

// openPiece takes a task that has just opened into the model.
func (m *planMachine) openPiece(rt *rapid.T, r *term, code string) *piece {
	rt.Helper()
	t := &piece{term: r, unit: code, way: r.charge.owes[code], state: task.StateOpen, version: 1, dueVersion: 1, base: r.charge.days()}
	t.due = rule(r.window, t.base)
	t.original = t.due
	m.one(rt, &t.id, `SELECT t.id FROM tasks t JOIN agencies a ON a.id = t.agency_id WHERE t.round_id = $1 AND a.code = $2`, r.id, code)
	m.pieces = append(m.pieces, t)
	m.leaves("task.opened", "task", t.id, 0)
	return t
}
