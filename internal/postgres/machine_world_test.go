package postgres_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
)

// machinePlan has a duty of each kind of review, each with results that come
// directly and results that pass an agency between; one that is asked for politely,
// a chain of two levels, followed by status alone, and a duty whose reports people
// ask for.
func machinePlan() *plan.Plan {
	monthly := func(code string, review plan.ReviewMode, recipient string, agencies ...string) plan.Duty {
		d := plan.Duty{
			Code: code, Title: "Báo cáo " + code, Text: "Tổng hợp báo cáo", Mode: plan.Assigned, Roles: []plan.Role{plan.Implementing},
			Schedule: calendar.Schedule{Cadences: []calendar.Cadence{calendar.Monthly}, Windows: calendar.CalendarWindows},
			Due:      map[string]calendar.DueRule{"": {WorkingDays: 4}}, OpensBefore: 15, NilReturn: true,
			Review: plan.Review{Mode: review}, Recipient: plan.Recipient{Agency: recipient}, Indicators: []string{"vu"},
		}
		for _, a := range agencies {
			d.Assignments = append(d.Assignments, plan.Assignment{Agency: a, Role: plan.Implementing})
		}
		return d
	}
	required, none := monthly("R", plan.ReviewRequired, "so", "d1", "d2"), monthly("N", plan.ReviewNone, "so", "d1", "d2")
	automatic := monthly("A", plan.ReviewAutomatic, "so", "d2", "d3")
	automatic.Review.AfterWorkingDays = machineAutoDays
	asked := monthly("Q", plan.ReviewRequired, "tinh")
	asked.Mode, asked.NilReturn, asked.Recipient.Reviewer = plan.Requested, false, "so"
	asked.Roles = []plan.Role{plan.Lead, plan.Coordinating}
	asked.Assignments = []plan.Assignment{{Agency: "d3", Role: plan.Lead}, {Agency: "d2", Role: plan.Coordinating}}
	chain := monthly("K", plan.ReviewRequired, "d1", "x1")
	chain.Secret, chain.Indicators = true, nil
	through := monthly("T", plan.ReviewRequired, "so", "x1")
	through.Through, through.Forwarding = "d1", plan.Forwarding{Required: true, WithinWorkingDays: 2}
	none.Through, none.Forwarding = "d2", plan.Forwarding{Required: true}
	automatic.Through, automatic.Forwarding = "d3", plan.Forwarding{Required: true, WithinWorkingDays: 1}
	byHand := monthly("H", plan.ReviewRequired, "so", "d1", "d2")
	byHand.Schedule = calendar.Schedule{Cadences: []calendar.Cadence{calendar.AdHoc}}
	byHand.Due = map[string]calendar.DueRule{"": {WorkingDays: 3}}
	return &plan.Plan{
		Format: 1, Code: "may", Issuer: "tinh", Standing: "so", TimeZone: "Asia/Ho_Chi_Minh", Document: plan.Document{Title: "Kế hoạch"},
		ValidFrom: calendar.NewDate(2026, 1, 1), ValidTo: calendar.NewDate(2026, 12, 31),
		Agencies: []plan.Agency{
			{Code: "tinh", Name: "UBND tỉnh", Level: "province"}, {Code: "so", Name: "Sở", Level: "department", Parent: "tinh"},
			{Code: "d1", Name: "UBND huyện Một", Level: "district", Parent: "tinh"}, {Code: "d2", Name: "UBND huyện Hai", Level: "district", Parent: "tinh"},
			{Code: "d3", Name: "UBND huyện Ba", Level: "district", Parent: "tinh"}, {Code: "x1", Name: "UBND xã Một", Level: "commune", Parent: "d1"},
			{Code: "la", Name: "Cơ quan khác", Level: "ministry"},
		},
		Duties: []plan.Duty{required, none, automatic, asked, chain, through, byHand},
	}
}

// machineAutoDays is after how many working days duty A accepts by itself.
const machineAutoDays = 2

// machinePeople are the accounts, with their posts; the last but one holds two
// that stand in each other's way.
var machinePeople = []struct {
	name  string
	posts []string
}{
	{"focal d1", []string{"focal_point d1"}}, {"second focal d1", []string{"focal_point d1"}}, {"head d1", []string{"head d1"}},
	{"focal d2", []string{"focal_point d2"}}, {"head d2", []string{"head d2"}}, {"focal d3", []string{"focal_point d3"}},
	{"focal x1", []string{"focal_point x1"}}, {"supervisor d1", []string{"supervisor d1"}},
	{"supervisor so", []string{"supervisor so"}}, {"second supervisor so", []string{"supervisor so"}}, {"head so", []string{"head so"}},
	{"authority", []string{"plan_authority tinh"}}, {"supervisor tinh", []string{"supervisor tinh"}}, {"auditor", []string{"auditor so"}},
	{"administrator", []string{"administrator tinh"}}, {"stranger", strangers},
	{"both", []string{"supervisor so", "focal_point d2"}}, {"authority that reports", []string{"plan_authority tinh", "head d3"}},
}

// strangers are the posts of who has no part in the plan.
var strangers = []string{"focal_point la", "supervisor la", "plan_authority la"}

// newMachine makes a world whose first rounds are open, and three tasks that
// most acts are about.
func newMachine(t *testing.T, rt *rapid.T, s *seal) (*machine, func()) {
	db, drop := postgrestest.Throwaway(t)
	m := &machine{t: t, db: db, clock: &hand{}, seal: s}
	m.agencies, m.duties = map[string]*agencyModel{}, map[int64]*dutyModel{}
	m.views = map[string]bool{}
	m.store = postgres.New(db, m.clock, clock.SystemWall, nil)
	keepsFiles(t, m)
	m.set(time.Date(2026, 1, 16, 9, 0, 0, 0, hanoi))
	record, err := m.store.LoadPlan(t.Context(), policy.Actor{}, machinePlan(), []byte("format: 1\n"))
	if err != nil {
		rt.Fatal(err)
	}
	var people []postgres.Person
	for i, p := range machinePeople {
		for _, post := range p.posts {
			var role, agency string
			if _, err := fmt.Sscan(post, &role, &agency); err != nil {
				rt.Fatal(err)
			}
			people = append(people, postgres.Person{Email: fmt.Sprintf("p%02d@dondoc.example", i), Name: p.name, AgencyCode: agency, Role: role})
		}
	}
	if err := m.store.AddPeople(t.Context(), people, "", calendar.NewDate(2020, 1, 1), "dondoc.example"); err != nil {
		rt.Fatal(err)
	}
	m.learn(rt)
	if _, err := m.store.ActivatePlan(t.Context(), policy.Actor{}, record.ID, 0, calendar.NewDate(2026, 2, 1)); err != nil {
		rt.Fatal(err)
	}
	m.plan.id, m.plan.state = record.ID, plan.Active
	m.set(m.now)
	if err := db.GetContext(t.Context(), &m.lastAudit, `SELECT max(id) FROM audit`); err != nil {
		rt.Fatal(err)
	}
	m.runEngine(rt)
	if chance(rt, "two signatures", 1, 2) {
		if _, err := db.ExecContext(t.Context(), `UPDATE agencies SET two_signatures = true WHERE code = 'd1'`); err != nil {
			rt.Fatal(err)
		}
		m.agencies["d1"].two = true
	}
	for range 2 {
		m.focus = append(m.focus, oneOf(rt, "focus", m.tasks...))
	}
	m.focus = append(m.focus, oneOf(rt, "on its way", slices.DeleteFunc(slices.Clone(m.tasks), func(t *taskModel) bool { return t.through == "" })...))
	return m, drop
}

// learn reads the ids of what was loaded.
func (m *machine) learn(rt *rapid.T) {
	var agencies []struct {
		ID     int64  `db:"id"`
		Code   string `db:"code"`
		Parent string `db:"parent"`
	}
	var duties []struct {
		ID   int64  `db:"id"`
		Code string `db:"code"`
	}
	var people []struct {
		ID   int64  `db:"id"`
		Name string `db:"name"`
	}
	for query, into := range map[string]any{
		`SELECT a.id, a.code, COALESCE(b.code, '') AS parent FROM agencies a LEFT JOIN agencies b ON b.id = a.parent_id`: &agencies,
		`SELECT id, code FROM duties`: &duties, `SELECT id, name FROM users ORDER BY email`: &people,
	} {
		if err := m.db.SelectContext(m.t.Context(), into, query); err != nil {
			rt.Fatal(err)
		}
	}
	for _, a := range agencies {
		m.agencies[a.Code] = &agencyModel{id: a.ID, code: a.Code, parent: a.Parent}
	}
	for _, d := range duties {
		i := slices.IndexFunc(machinePlan().Duties, func(x plan.Duty) bool { return x.Code == d.Code })
		m.duties[d.ID] = &dutyModel{id: d.ID, Duty: machinePlan().Duties[i]}
	}
	for i, p := range people {
		m.people = append(m.people, &person{id: p.ID, name: p.Name, own: machinePeople[i].posts})
	}
}

func (m *machine) set(at time.Time) {
	m.now = at.UTC()
	m.clock.at.Store(&m.now)
	m.refresh()
}

// something draws a task: mostly one of those in focus, and one that the act
// fits; where it fits none it is mostly not worth trying.
func (m *machine) something(rt *rapid.T, fits func(t *taskModel) bool) *taskModel {
	found := false
	for _, list := range [][]*taskModel{m.focus, m.tasks} {
		fit := slices.DeleteFunc(slices.Clone(list), func(t *taskModel) bool { return !fits(t) })
		if found = found || len(fit) > 0; len(fit) > 0 && chance(rt, "fitting", 7, 8) {
			return oneOf(rt, "task", fit...)
		}
	}
	if !found && chance(rt, "not fitting", 7, 8) {
		panic(unfit("no task fits"))
	}
	return oneOf(rt, "any task", m.tasks...)
}

func anyTask(*taskModel) bool { return true }

// read draws the version that the person had seen: mostly none or the present one.
func (m *machine) read(rt *rapid.T, t *taskModel) int {
	switch evenly(rt, "version", 16) {
	case 0:
		return t.version + 1
	case 1, 2, 3, 4, 5:
		return t.version
	}
	return 0
}
