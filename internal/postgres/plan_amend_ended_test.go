package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"dondoc/internal/amendment"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// smallFile is smallPlan as a file; its duty is given to some agencies.
func smallFile(standing, owners string) string {
	return `format: 1
code: thu
document: {type: kế hoạch, title: Kế hoạch thử, level: province}
valid_from: 2026-01-01
valid_to: 2026-12-31
issuer: tinh
standing: ` + standing + `
agencies:
  - {code: tinh, name: UBND tỉnh, level: province}
  - {code: so, name: Sở, level: department, parent: tinh}
  - {code: sm, name: Sở Mới, level: department, parent: tinh}
  - {code: d1, name: UBND huyện Một, level: district, parent: tinh}
  - {code: d2, name: UBND huyện Hai, level: district, parent: tinh}
  - {code: d3, name: UBND huyện Ba, level: district, parent: tinh}
  - {code: dm, name: UBND huyện Mới, level: district, parent: tinh}
groups: [{code: huyen, name: Các huyện, list: [d2, d3, dm]}]
duties:
  - code: IV.15.h
    title: Báo cáo
    text: Tổng hợp báo cáo
    agencies: ` + owners + `
    cadences: monthly
    due: {other: {working_days: 4}}
    recipient: ` + standing + `
`
}

func (w *world) amendedFile(text string) amendment.Input {
	w.t.Helper()
	p, problems := plan.Read("thu.yaml", []byte(text), nil)
	if problems.HasErrors() {
		w.t.Fatal(problems)
	}
	return amendment.Input{PlanID: w.plan.ID, Plan: p, Source: text, Basis: decision}
}

// After a reorganisation a file names the agencies of today: one of yesterday is
// refused where it stands, with who took over; and nothing is taken from those.
func TestAnAmendmentNamesTheAgenciesOfToday(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.reorganise("2026-02-03", `
agencies:
  - {code: dm, name: UBND huyện Mới, level: district, parent: tinh}
  - {code: sm, name: Sở Mới, level: department, parent: tinh}
changes:
  - {merge: [d1, d2], into: dm}
  - {dissolve: so, into: sm}
`)
	for _, c := range []struct {
		name, standing, owners string
		want                   []string
	}{
		{"in a duty", "sm", "[d3, d1]", []string{`duties[0].agencies 21:20 agency.ended "d1" ended on 02/02/2026; name UBND huyện Mới (dm) instead`}},
		{"by way of a group", "sm", `["@huyen"]`, []string{`groups[0].list 16:48 agency.ended "d2" ended on 02/02/2026; name UBND huyện Mới (dm) instead`}},
		{"who follows up", "so", "[d3, dm]", []string{`duties[0].recipient 24:16 agency.ended "so" ended on 02/02/2026; name Sở Mới (sm) instead`}},
	} {
		_, err := f.store.PreviewAmendment(t.Context(), f.authority, f.amendedFile(smallFile(c.standing, c.owners)))
		wantFault(t, c.name, err, fault.Invalid, "amendment.ended")
		f.want(c.name, placesOf(err), c.want...)
	}
	f.want("nothing is taken away", f.strings(tasksAsTheyStand), "d2 cancelled", "d3 open", "dm open")

	in := f.amendedFile(strings.Replace(smallFile("sm", "[d3, dm]"), "d2, d3, dm", "d3, dm", 1))
	shown := f.previewAmendment(in)
	if e := shown.Effect; e.Opened+e.Cancelled+e.Kept+e.Rerouted != 0 {
		t.Errorf("the file of today changes who owes what: %+v", e)
	}
	in.Version, in.Digest = shown.PlanVersion, shown.Digest
	if _, err := f.store.ApplyAmendment(t.Context(), f.authority, in); err != nil {
		t.Fatal(err)
	}
	f.want("tasks", f.strings(tasksAsTheyStand), "d2 cancelled", "d3 open", "dm open")
}

// placesOf are the details of a fault with their places.
func placesOf(err error) []string {
	var lines []string
	if f := fault.Of(err); f != nil {
		for _, d := range f.Details {
			lines = append(lines, fmt.Sprintf("%s %d:%d %s %s", d.Field, d.Line, d.Column, d.Code, d.EN))
		}
	}
	return lines
}

// A result that goes to the superior goes to the new one when the unit moves, also
// where the file does nothing else; and the trail says so.
func TestAUnitThatMovesReportsToItsNewSuperior(t *testing.T) {
	toSuperior := func(p *plan.Plan) {
		p.Agencies = append(p.Agencies, plan.Agency{Code: "x1", Name: "UBND xã Một", Level: "commune", Parent: "d1"})
		p.Duties[0].Assignments = []plan.Assignment{{Agency: "x1", Role: plan.Implementing}}
		p.Duties[0].Recipient = plan.Recipient{Parent: true}
	}
	w, _ := opened(t, toSuperior)
	w.clock.set(t, "2026-02-03 09:00")
	done := w.reorganise("2026-02-03", "changes: [{move: x1, parent: d2}]\n")
	if done.Chains != 2 {
		t.Errorf("%+v", done)
	}
	ways := `SELECT a.code || ' to ' || r.code || ' by ' || v.code FROM %s s JOIN agencies a ON a.id = s.agency_id JOIN agencies r ON r.id = s.recipient_id JOIN agencies v ON v.id = s.reviewer_id`
	for _, table := range []string{"tasks", "assignments"} {
		w.want(table, w.strings(strings.Replace(ways, "%s", table, 1)), "x1 to d2 by d2")
	}
	w.want("trail", w.strings(`SELECT action || ' ' || entity FROM audit WHERE action LIKE '%.rerouted' ORDER BY action`), "plan.rerouted plan", "task.rerouted task")
	w.want("from whom to whom", w.strings(`SELECT b.code || ' ' || n.code FROM audit e JOIN agencies b ON b.id = (e.before ->> 'recipient')::bigint
		JOIN agencies n ON n.id = (e.after ->> 'recipient')::bigint WHERE action = 'task.rerouted'`), "d1 d2")
}

// A duty that nobody owed for a while has its next round when somebody owes it again.
func TestARoundThatNobodyOwedComesBackWithItsDuty(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	if _, err := f.store.ScheduleNextRound(t.Context(), f.duty()); err != nil {
		t.Fatal(err)
	}
	f.reorganise("2026-02-03", "changes: [{dissolve: [d1, d2, d3], posts: none}]\n")
	f.want("dropped", f.strings(`SELECT period_key || ' ' || state || ' ' || (dropped_at IS NOT NULL)::text FROM rounds ORDER BY id`), "2026-M01 open false", "2026-M02 closed true")
	f.clock.set(t, "2026-02-04 09:00")
	f.amend(f.amended(withDistricts("d4")))
	next, err := f.store.ScheduleNextRound(t.Context(), f.duty())
	if err != nil || next.Ended || next.RoundID == 0 {
		t.Fatalf("%+v %v", next, err)
	}
	f.want("the period is not passed over", f.strings(`SELECT period_key FROM rounds WHERE id = $1`, next.RoundID), "2026-M02")
}

// Where a reorganisation sent results elsewhere than the file in force says, the
// next version shows that they go back, although it leaves the duty as it was.
func TestAnAmendmentShowsWhereResultsGoAgain(t *testing.T) {
	toSuperior := func(p *plan.Plan) {
		p.Agencies = append(p.Agencies, plan.Agency{Code: "x1", Name: "UBND xã Một", Level: "commune", Parent: "d1"})
		p.Duties[0].Assignments = []plan.Assignment{{Agency: "x1", Role: plan.Implementing}}
		p.Duties[0].Recipient = plan.Recipient{Parent: true}
	}
	w, _ := opened(t, toSuperior)
	w.clock.set(t, "2026-02-03 09:00")
	w.reorganise("2026-02-03", `
changes:
  - dissolve: d1
    into: d2
    duties: [{plan: thu, duty: IV.15.h, successor: d3}]
`)
	way := func() []string {
		return w.strings(`SELECT r.code || ' ' || v.code FROM tasks t JOIN agencies r ON r.id = t.recipient_id JOIN agencies v ON v.id = t.reviewer_id`)
	}
	w.want("whom the file names", way(), "d3 d3")
	in := w.amended(toSuperior)
	in.Plan.Agencies[5].Parent = "d2"
	in.Plan.Document.Number = "2/KH-UBND"
	if e := w.amend(in).Effect; e.Rerouted != 1 || len(e.Open) != 1 || e.Open[0].Rerouted[0] != "x1" {
		t.Errorf("%+v", e)
	}
	w.want("and to the superior again", way(), "d2 d2")
}

// What an agency sent before it ended waits with who took over from its reviewer,
// not with the superior that it had in its day.
func TestWhatWasSentFollowsItsReviewer(t *testing.T) {
	w, _ := opened(t, func(p *plan.Plan) {
		for _, code := range []string{"x1", "x2"} {
			p.Agencies = append(p.Agencies, plan.Agency{Code: code, Name: "UBND xã " + code, Level: "commune", Parent: "d1"})
		}
		p.Duties[0].Assignments = []plan.Assignment{{Agency: "x1", Role: plan.Implementing}, {Agency: "x2", Role: plan.Implementing}}
		p.Duties[0].Recipient = plan.Recipient{Parent: true}
	})
	w.clock.set(t, "2026-02-03 09:00")
	w.exec(`INSERT INTO memberships (user_id, agency_id, role, valid_from_on) SELECT id, $1, 'focal_point', '2020-01-01' FROM users WHERE email = 'focal_point.d2@dondoc.example'`, w.agencyID("x2"))
	if _, err := w.store.Submit(t.Context(), w.session("focal_point.d2@dondoc.example"), task.SubmitInput{TaskID: w.taskOf("x2"), Kind: task.Report, Narrative: "Đã làm."}); err != nil {
		t.Fatal(err)
	}
	for i, merged := range []string{"merge: [x1, x2], into: x1", "merge: [d1, d2], into: d2", "merge: [d2, d3], into: d3"} {
		w.reorganise(fmt.Sprintf("2026-02-0%d", i+1), "changes: [{"+merged+"}]\n")
	}
	w.want("who decides", w.strings(`SELECT v.code FROM tasks t JOIN agencies v ON v.id = t.reviewer_id WHERE t.id = $1`, w.taskOf("x2")), "d3")
}

// Who gave a duty to one part of itself and lives still reviews what it reviewed,
// whatever else is reorganised later.
func TestADividedReviewerGoesOnReviewing(t *testing.T) {
	w, _ := opened(t, func(p *plan.Plan) {
		p.Agencies = append(p.Agencies, plan.Agency{Code: "x1", Name: "UBND xã Một", Level: "commune", Parent: "d1"})
		p.Duties[0].Assignments = []plan.Assignment{{Agency: "x1", Role: plan.Implementing}}
		p.Duties[0].Recipient = plan.Recipient{Parent: true, Reviewer: "so"}
	})
	w.clock.set(t, "2026-02-03 09:00")
	w.reorganise("2026-02-02", `
agencies: [{code: sm, name: Sở Mới, level: department, parent: tinh}]
changes:
  - divide: so
    into: [so, sm]
    duties: [{plan: thu, duty: IV.15.h, successor: sm}]
`)
	w.reorganise("2026-02-03", "changes: [{move: x1, parent: d2}]\n")
	w.want("way", w.strings(wayOfOne, w.taskOf("x1")), "d2 so")
}
