package postgres_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func TestAPlanEndsWithItsFigures(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.send("d1")
	f.decide("d1", task.Accept)
	f.clock.set(t, "2026-02-10 09:00")
	_, err := f.store.PlanClosure(t.Context(), f.focal, f.plan.ID)
	wantFault(t, "not closed", err, "not_found", "not_found")
	for _, c := range []struct {
		name, code, field string
		closing           amendment.Closing
	}{
		{"no reason", "closing.note", "note", amendment.Closing{Outcome: amendment.Terminated}},
		{"no such outcome", "closing.outcome", "outcome", amendment.Closing{Outcome: "lost"}},
		{"replaced by nothing", "closing.replaced_by", "replaced_by", amendment.Closing{Outcome: amendment.Replaced}},
		{"replaced by itself", "closing.replaced_by", "replaced_by", amendment.Closing{Outcome: amendment.Replaced, ReplacedBy: f.plan.ID}},
		{"replaced by none that is", "closing.replaced_by", "replaced_by", amendment.Closing{Outcome: amendment.Replaced, ReplacedBy: 999}},
		{"completed by another", "closing.replaced_by", "replaced_by", amendment.Closing{ReplacedBy: 2}},
		{"a control character", "text.control", "note", amendment.Closing{Note: "\x00"}},
	} {
		_, err := f.store.ClosePlan(t.Context(), f.authority, f.plan.ID, f.plan.Version, c.closing)
		wantFault(t, c.name, err, "invalid", c.code)
		if f := fault.Of(err); f != nil && f.Field != c.field {
			t.Errorf("%s: field %q, want %q", c.name, f.Field, c.field)
		}
	}
	next := smallPlan()
	next.Code = "thay"
	replacement, err := f.store.LoadPlan(t.Context(), policy.Actor{}, next, []byte("format: 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	record, err := f.store.ClosePlan(t.Context(), f.authority, f.plan.ID, f.plan.Version,
		amendment.Closing{Outcome: amendment.Replaced, Note: "Thay bằng kế hoạch mới", ReplacedBy: replacement.ID})
	if err != nil || record.State != plan.Closed {
		t.Fatalf("%+v, %v", record, err)
	}
	// What comes to be known later does not change the figures of the day.
	f.exec(`UPDATE tasks SET state = 'waived', settled_at = due_at WHERE id = $1`, f.taskOf("d2"))
	c, err := f.store.PlanClosure(t.Context(), f.focal, f.plan.ID)
	if err != nil || c.Outcome != amendment.Replaced || c.ReplacedByCode != "thay" || c.Note != "Thay bằng kế hoạch mới" || !c.Counted {
		t.Fatalf("%+v, %v", c, err)
	}
	if want := (task.Tally{Owed: 3, Expected: 3, Submitted: 1, OnTime: 1, DoneOnTime: 1, NotDoneOverdue: 2}); c.Present != want || c.Original != want {
		t.Errorf("%+v, want %+v", c.Present, want)
	}
	f.want("the trail has no words", f.strings(`SELECT (after ->> 'outcome') || ' ' || (after ? 'note_sha256')::text FROM audit WHERE action = 'plan.closed' AND NOT after::text LIKE '%Thay%'`), "replaced true")
}

// own is a plan above whose districts are to issue plans of their own, each of
// them setting up a body.
func own(t *testing.T) *world {
	return newWorld(t, func(p *plan.Plan) {
		d := p.Duties[0]
		d.Code, d.Title, d.OwnPlan, d.Schedule = "IV.15.a", "Ban hành kế hoạch", true, calendar.Schedule{Cadences: []calendar.Cadence{calendar.Once}, DueOn: calendar.NewDate(2026, 2, 10)}
		set := d
		set.Code, set.Title, set.OwnPlan = "IV.15.b", "Thành lập Đội", false
		joins := p.Duties[0]
		joins.Code, joins.Roles, joins.Bodies = "IV.2.g", []plan.Role{plan.Member, plan.Implementing}, []string{"doi"}
		joins.Assignments = []plan.Assignment{{Agency: "so", Role: plan.Implementing, Addressed: true}}
		p.Duties = append(p.Duties, d, set, joins)
		p.Groups = []plan.Group{{Code: "huyen", Members: []string{"d1", "d2", "d3"}}}
		p.Bodies = []plan.Body{{Code: "doi", Name: "Đội kiểm tra", Lead: []string{"@huyen"}, Members: []string{"tinh"}, EstablishedBy: "IV.15.b"}}
		p.Templates = []plan.Template{{Code: "chuyen-de", Title: "Chuyên đề", Duty: "IV.15.h", Cadence: calendar.AdHoc, Agencies: []string{"d2"}, Due: calendar.DueRule{WorkingDays: 3}}}
		p.Purposes, p.Content = []plan.Item{{Code: "M1", Text: "Giảm số vụ"}}, []plan.Item{{Code: "III.1", Text: "Tuyên truyền", RealisedBy: []string{"IV.2.g"}}}
		p.Duties[0].Schedule.Cadences = append(p.Duties[0].Schedule.Cadences, calendar.AdHoc)
	})
}

func (w *world) dutyID(code string) int64 {
	w.t.Helper()
	var id int64
	if err := w.db.GetContext(w.t.Context(), &id, `SELECT id FROM duties WHERE plan_id = $1 AND code = $2`, w.plan.ID, code); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// lower loads a district's own plan.
func (w *world) lower(code, issuer string, implements plan.Implements) (plan.Record, error) {
	p := smallPlan()
	p.Code, p.Issuer, p.Standing, p.Implements = code, issuer, issuer, implements
	p.Document = plan.Document{Title: "Kế hoạch của " + issuer, Number: "3/KH-UBND"}
	p.Duties[0].Recipient.Agency = issuer
	return w.store.LoadPlan(w.t.Context(), policy.Actor{}, p, []byte("format: 1\n"))
}

func TestOwnPlansAreLinkedAndCounted(t *testing.T) {
	w := own(t)
	w.activate()
	w.exec(`INSERT INTO memberships (user_id, agency_id, role, valid_from_on)
		SELECT u.id, a.id, 'plan_authority', '2020-01-01' FROM users u, agencies a WHERE u.email = 'head.d2@dondoc.example' AND a.code = 'd2'`)
	authority, second := w.actor("plan_authority.tinh@dondoc.example"), w.actor("head.d2@dondoc.example")
	first, err := w.lower("kh-d1", "d1", plan.Implements{Plan: "thu", Duty: "IV.15.a"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, code, issuer, plan, duty string }{
		{"no such plan", "link.unknown", "d1", "khac", "IV.15.a"}, {"no such duty", "link.unknown", "d1", "thu", "IX"},
		{"no plan is the result", "link.refused", "d1", "thu", "IV.15.h"}, {"who does not owe it", "link.refused", "so", "thu", "IV.15.a"},
	} {
		_, err := w.lower("kh-x", c.issuer, plan.Implements{Plan: c.plan, Duty: c.duty})
		wantFault(t, c.name, err, "invalid", c.code)
	}
	coverage := func(actor policy.Actor) string {
		t.Helper()
		rows, err := w.store.PlanCoverage(t.Context(), actor, w.plan.ID)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%+v", rows)
	}
	line := fmt.Sprintf("[{DutyID:%d DutyCode:IV.15.a DutyTitle:Ban hành kế hoạch Level:district Units:%%d Have:%%d Draft:%%d}]", w.dutyID("IV.15.a"))
	if got := coverage(authority); got != fmt.Sprintf(line, 3, 0, 1) {
		t.Errorf("a draft is no plan yet: %s", got)
	}
	if _, err := w.store.ActivatePlan(t.Context(), policy.Actor{}, first.ID, first.Version, calendar.Date{}); err != nil {
		t.Fatal(err)
	}
	theirs, err := w.lower("kh-d2", "d2", plan.Implements{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.store.LinkPlan(t.Context(), authority, theirs.ID, w.dutyID("IV.15.a"))
	wantFault(t, "who does not see the plan does not link it", err, "not_found", "not_found")
	link, err := w.store.LinkPlan(t.Context(), second, theirs.ID, w.dutyID("IV.15.a"))
	if err != nil || link.AboveCode != "thu" || link.DutyCode != "IV.15.a" {
		t.Errorf("%+v, %v", link, err)
	}
	if got := coverage(authority); got != fmt.Sprintf(line, 3, 1, 1) {
		t.Errorf("linked: %s", got)
	}
	if got := coverage(second); got != fmt.Sprintf(line, 1, 0, 1) {
		t.Errorf("a district sees itself: %s", got)
	}
	w.want("no task is settled by it", w.strings(`SELECT DISTINCT state FROM tasks WHERE state IN ('submitted', 'accepted')`))

	page, err := w.store.CoverageUnits(t.Context(), authority, w.plan.ID, plan.CoverageFilter{Limit: 2})
	if err != nil || len(page.Units) != 2 || page.Units[0].PlanCode != "kh-d1" || page.Units[0].Covered != plan.CoveredYes || page.Next == "" {
		t.Fatalf("%+v, %v", page, err)
	}
	if page, err = w.store.CoverageUnits(t.Context(), authority, w.plan.ID, plan.CoverageFilter{Limit: 2, Cursor: page.Next}); err != nil || len(page.Units) != 1 || page.Units[0].AgencyCode != "d3" || page.Next != "" {
		t.Errorf("%+v, %v", page, err)
	}
	if page, err = w.store.CoverageUnits(t.Context(), authority, w.plan.ID, plan.CoverageFilter{Covered: plan.CoveredNo, Level: "district", DutyID: w.dutyID("IV.15.a")}); err != nil || len(page.Units) != 1 || page.Units[0].AgencyCode != "d3" {
		t.Errorf("%+v, %v", page, err)
	}
	_, err = w.store.CoverageUnits(t.Context(), authority, w.plan.ID, plan.CoverageFilter{Cursor: "x"})
	wantFault(t, "another cursor", err, "invalid", "cursor.invalid")
	units, zone, err := w.store.ExportCoverage(t.Context(), authority, w.plan.ID, plan.CoverageFilter{})
	if err != nil || len(units) != 3 || zone.String() != "Asia/Ho_Chi_Minh" {
		t.Errorf("%d, %v, %v", len(units), zone, err)
	}
	var sheet strings.Builder
	if err := plan.CoverageTable(units, time.UTC, "vi").WriteCSV(&sheet); err != nil || !strings.Contains(sheet.String(), "d3,UBND huyện Ba,district,Chưa có,,,,") {
		t.Errorf("%s, %v", sheet.String(), err)
	}
	w.want("the export is logged", w.strings(`SELECT entity || ' ' || (after ->> 'list') FROM audit WHERE after ->> 'list' = 'coverage'`), "plan coverage")

	if err := w.store.UnlinkPlan(t.Context(), second, theirs.ID); err != nil {
		t.Fatal(err)
	}
	_, err = w.store.PlanLink(t.Context(), second, theirs.ID)
	wantFault(t, "unlinked", err, "not_found", "not_found")
	w.want("trail", w.strings(`SELECT action FROM audit WHERE action IN ('plan.linked', 'plan.unlinked') AND entity_id = $1 ORDER BY id`, theirs.ID), "plan.linked", "plan.unlinked")
}

func TestBodiesAndTheirDecisions(t *testing.T) {
	w := own(t)
	w.activate()
	next, err := w.store.ScheduleNextRound(t.Context(), w.dutyID("IV.15.b"))
	if err != nil {
		t.Fatal(err)
	}
	w.clock.at.Store(&next.OpensAt)
	if err := w.store.OpenRound(t.Context(), next.RoundID, func(int) {}); err != nil {
		t.Fatal(err)
	}
	w.clock.set(t, "2026-02-03 09:00")
	in := task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.Report, Narrative: "Đã thành lập.", DocumentNumber: "4/QĐ-UBND", DocumentOn: calendar.NewDate(2026, 2, 2)}
	if _, err := w.store.Submit(t.Context(), w.actor("focal_point.d1@dondoc.example"), in); err != nil {
		t.Fatal(err)
	}
	bodies := func(actor policy.Actor) plan.BodyRecord {
		t.Helper()
		list, err := w.store.PlanBodies(t.Context(), actor, w.plan.ID)
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		return list[0]
	}
	authority := w.actor("plan_authority.tinh@dondoc.example")
	b := bodies(authority)
	var parts []string
	for _, p := range b.Parts {
		parts = append(parts, p.Agency+" "+p.AgencyName+" "+string(p.Role)+" "+strings.Join(p.Duties, ","))
	}
	w.want("members", parts, "d1 UBND huyện Một lead ", "d2 UBND huyện Hai lead ", "d3 UBND huyện Ba lead ", "tinh UBND tỉnh member ", "so Sở member IV.2.g")
	if b.PerLevel[0] != (plan.BodyLevel{Level: "district", Units: 3}) || b.Units[0].DocumentNumber != "4/QĐ-UBND" || b.DutyTitle != "Thành lập Đội" {
		t.Errorf("sent and not decided on: %+v", b)
	}
	if _, err := w.store.Review(t.Context(), w.actor("supervisor.so@dondoc.example"), task.ReviewInput{TaskID: in.TaskID, Decision: task.Accept}); err != nil {
		t.Fatal(err)
	}
	if b = bodies(authority); b.PerLevel[0].Established != 1 || !b.Units[0].Established || b.Units[1].Established {
		t.Errorf("%+v", b)
	}
	content, err := w.store.PlanContent(t.Context(), authority, w.plan.ID)
	if err != nil || len(content) != 2 || !content[0].Purpose || len(content[0].Duties) != 0 || content[1].Duties[0] != (plan.DutyName{Code: "IV.2.g", Title: "Báo cáo"}) {
		t.Errorf("%+v, %v", content, err)
	}
	if b = bodies(w.actor("focal_point.d2@dondoc.example")); len(b.Units) != 1 || b.Units[0].AgencyCode != "d2" {
		t.Errorf("a district sees its own: %+v", b.Units)
	}
}

func TestAReportIsAskedForFromATemplate(t *testing.T) {
	w := own(t)
	w.activate()
	w.clock.set(t, "2026-01-20 09:00")
	authority := w.actor("plan_authority.tinh@dondoc.example")
	templates, err := w.store.PlanTemplates(t.Context(), authority, w.plan.ID)
	if err != nil || len(templates) != 1 || templates[0].DutyID != w.dutyID("IV.15.h") || len(templates[0].AgencyIDs) != 1 {
		t.Fatalf("%+v, %v", templates, err)
	}
	in := task.HandInput{DutyID: templates[0].DutyID, Template: "chuyen-de"}
	shown, err := w.store.PreviewByHand(t.Context(), authority, in)
	if err != nil || len(shown.Agencies) != 1 || shown.Agencies[0].Code != "d2" {
		t.Fatalf("%+v, %v", shown, err)
	}
	round, err := w.store.OpenByHand(t.Context(), authority, in)
	if err != nil || round.DutyTitle != "Chuyên đề" || round.Tasks != 1 || round.DueAt.In(hanoi).Format("2006-01-02 15:04") != "2026-01-24 00:00" {
		t.Errorf("%+v, %v", round, err)
	}
	in.Title, in.Within = "Chuyên đề riêng", calendar.DueRule{WorkingDays: 1}
	if round, err = w.store.OpenByHand(t.Context(), authority, in); err != nil || round.DutyTitle != "Chuyên đề riêng" || round.DueAt.In(hanoi).Format("2006-01-02") != "2026-01-22" {
		t.Errorf("what is given stands: %+v, %v", round, err)
	}
	_, err = w.store.OpenByHand(t.Context(), authority, task.HandInput{DutyID: w.dutyID("IV.15.a"), Template: "chuyen-de"})
	wantFault(t, "another duty's", err, "invalid", "round.template")
	_, err = w.store.OpenByHand(t.Context(), authority, task.HandInput{DutyID: 999, Template: "chuyen-de"})
	wantFault(t, "no duty", err, "not_found", "not_found")
}
