package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

func TestAFileThatDoesNotFitChangesNothing(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.reorganise("2026-02-02", "agencies: [{code: dm, name: UBND huyện Mới, level: district, parent: tinh}]\nchanges: [{merge: d1, into: dm}]\n")
	for _, c := range []struct{ name, rest, want string }{
		{"an unknown agency", "changes: [{merge: [d2, d9], into: dm}]", "changes[0].merge[1] 5:24 agency.unknown"},
		{"one that has ended", "changes: [{dissolve: d1}]", "changes[0].dissolve 5:22 agency.ended"},
		{"a code that is another's", "agencies: [{code: d2, name: Khác, level: ward}]\nchanges: [{merge: d3, into: dm}]", "agencies[0].code 5:19 agency.exists"},
		{"an unknown superior", "changes: [{move: d2, parent: d9}]", "changes[0].parent 5:30 agency.unknown"},
		{"an unknown duty", "changes: [{dissolve: d2, duties: [{plan: thu, duty: X, successor: dm}]}]", "changes[0].duties[0].duty 5:53 duty.unknown"},
		{"somebody left below", "changes: [{dissolve: tinh}]", "changes[0].dissolve 5:22 agency.below"},
		{"a level that is still there", "changes: [{dissolve: d2}]\nlevels_removed: [district]", "levels_removed[0] 6:18 level.left"},
		{"one that ended by a file of a later day", "changes: [{dissolve: d1}]", "changes[0].dissolve 5:22 agency.ended"},
		{"younger than its end", "changes: [{dissolve: dm}]", "changes[0].dissolve 5:22 agency.young"},
	} {
		on := map[string]string{"younger than its end": "2026-02-02", "one that ended by a file of a later day": "2026-02-01"}[c.name]
		if on == "" {
			on = "2026-02-03"
		}
		file, source := f.reorganisation(on, c.rest)
		file.Code = strings.ReplaceAll(c.name, " ", "-")
		_, err := f.store.PreviewReorganisation(t.Context(), policy.Actor{}, file, source)
		g := fault.Of(err)
		if g == nil || len(g.Details) == 0 {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		d := g.Details[0]
		if got := fmt.Sprintf("%s %d:%d %s", d.Field, d.Line, d.Column, d.Code); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	f.want("reorganisations", f.strings(`SELECT code FROM reorganisations`), "sap-xep-2026-02-02")
	file, source := f.reorganisation("2026-02-03", "changes: [{rename: d2, name: Tên mới}]")
	if _, err := f.store.PreviewReorganisation(t.Context(), f.focal, file, source); !fault.Is(err, fault.NotFound) {
		t.Errorf("a focal point: %v", err)
	}
	seen, err := f.store.PreviewReorganisation(t.Context(), policy.Actor{}, file, source)
	if err != nil {
		t.Fatal(err)
	}
	other, source := f.reorganisation("2026-02-03", "changes: [{rename: d2, name: Tên khác}]")
	if _, err := f.store.Reorganise(t.Context(), policy.Actor{}, other, source, seen.Digest); !fault.Is(err, fault.Conflict) {
		t.Errorf("another file than was previewed: %v", err)
	}
}

func TestNobodyGivesThemselvesPostsByAMerger(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.exec(`INSERT INTO memberships (user_id, agency_id, role, valid_from_on) VALUES ($1, $2, 'administrator', '2020-01-01')`, f.focal.UserID, f.agencyID("tinh"))
	file, source := f.reorganisation("2026-02-03", "changes: [{merge: d1, into: so}]")
	if _, err := f.store.PreviewReorganisation(t.Context(), f.session("focal_point.d1@dondoc.example"), file, source); fault.Of(err) == nil || fault.Of(err).Code != "reorganisation.oneself" {
		t.Errorf("whose own post would move: %v", err)
	}
	// Who administers a department does not know the districts beside it.
	f.exec(`UPDATE memberships SET agency_id = $2 WHERE user_id = $1 AND role = 'administrator'`, f.focal.UserID, f.agencyID("so"))
	file, source = f.reorganisation("2026-02-03", "changes: [{rename: so, name: Sở Khác}, {rename: d3, name: Huyện khác}]")
	if _, err := f.store.PreviewReorganisation(t.Context(), f.session("focal_point.d1@dondoc.example"), file, source); fault.Of(err) == nil || len(fault.Of(err).Details) != 1 || fault.Of(err).Details[0].Code != "agency.unknown" {
		t.Errorf("beyond what one administers: %v", inFull(err))
	}
	f.exec(`UPDATE memberships SET agency_id = $2 WHERE user_id = $1 AND role = 'administrator'`, f.focal.UserID, f.agencyID("tinh"))
	file, source = f.reorganisation("2026-02-03", "changes: [{merge: d2, into: so}]")
	if _, err := f.store.PreviewReorganisation(t.Context(), f.session("focal_point.d1@dondoc.example"), file, source); err != nil {
		t.Errorf("whose post stays: %v", err)
	}
}

func TestADayToCome(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-01 09:00")
	done := f.reorganise("2026-02-03", mergeTwo)
	again := f.reorganise("2026-02-04", "changes: [{dissolve: d2, into: d3}]\n")
	if done.State != agency.Recorded || len(done.Tasks) != 2 {
		t.Errorf("%+v", done)
	}
	f.want("nothing yet", f.strings(tasksAsTheyStand), "d1 open", "d2 open", "d3 open")
	apply := func(at string) int {
		f.clock.set(t, at)
		n, err := f.store.ApplyDueReorganisations(t.Context())
		if err != nil {
			t.Fatal(inFull(err))
		}
		return n
	}
	if n := apply("2026-02-02 23:59"); n != 0 {
		t.Errorf("%d applied before their day", n)
	}
	if n := apply("2026-02-03 00:00"); n != 1 {
		t.Errorf("%d applied on their day", n)
	}
	f.want("on the day", f.strings(tasksAsTheyStand), "d2 cancelled", "d3 open", "dm open")
	if n := apply("2026-02-04 00:00"); n != 0 {
		t.Errorf("%d applied that do not fit any more", n)
	}
	list, err := f.store.ListReorganisations(t.Context(), policy.Actor{})
	if err != nil || len(list) != 2 || list[0].ID != again.ID || list[0].State != agency.Failed || !strings.Contains(list[0].FailureEN, "ended on") || list[1].AppliedAt == nil {
		t.Errorf("%+v %v", list, err)
	}
	third := f.reorganise("2026-03-01", "changes: [{rename: d3, name: Tên mới}]\n")
	if r, err := f.store.WithdrawReorganisation(t.Context(), policy.Actor{}, third.ID); err != nil || r.State != agency.Withdrawn {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := f.store.WithdrawReorganisation(t.Context(), policy.Actor{}, done.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("what was applied cannot be withdrawn: %v", err)
	}
	if n := apply("2026-03-01 00:00"); n != 0 {
		t.Errorf("%d applied that was withdrawn", n)
	}
}

func TestASuccessorOfALevelWithoutDueRuleIsWarnedOf(t *testing.T) {
	w := newWorld(t, func(p *plan.Plan) { p.Duties[0].Due = map[string]calendar.DueRule{"district": {WorkingDays: 4}} })
	w.activate()
	if _, err := w.store.ScheduleNextRound(t.Context(), w.duty()); err != nil {
		t.Fatal(err)
	}
	file, source := w.reorganisation("2026-01-01", "changes: [{dissolve: d1, into: so, posts: none}]\n")
	warned := func() bool {
		effect, err := w.store.PreviewReorganisation(t.Context(), policy.Actor{}, file, source)
		if err != nil {
			t.Fatal(inFull(err))
		}
		return slices.ContainsFunc(effect.Warnings, func(x agency.Warning) bool {
			return x.Code == "duty.level" && strings.Contains(x.EN, "IV.15.h of thu") && strings.Contains(x.EN, "department")
		})
	}
	if !warned() {
		t.Error("nothing is said of the department's due time")
	}
	if file, source = w.reorganisation("2026-01-01", "changes: [{dissolve: d1, into: d2, posts: none}]\n"); warned() {
		t.Error("districts have a due rule")
	}
}

func TestADutyGoesToWhomTheFileNames(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.exec(`INSERT INTO requests (kind, task_id, plan_id, from_agency_id, to_agency_id, asked_by, asked_at, text, due_at, derivation)
		SELECT 'help', $1, $2, $3, $4, $5, now(), 'Giúp số liệu', '2026-02-10', '{"notes": []}'`, f.taskOf("d1"), f.plan.ID, f.agencyID("d1"), f.agencyID("d2"), f.focal.UserID)
	done := f.reorganise("2026-02-03", `
changes:
  - dissolve: d1
    into: d2
    duties: [{plan: thu, duty: IV.15.h, successor: d3}]
`)
	f.want("the duty", moves(done), "d1→d3 cancelled")
	f.want("owed", f.strings(tasksAsTheyStand), "d1 cancelled", "d2 open", "d3 open")
	f.want("who is assigned", f.strings(`SELECT a.code FROM assignments s JOIN agencies a ON a.id = s.agency_id ORDER BY 1`), "d2", "d3")
	f.want("the request goes on under who has the duty", f.strings(`SELECT a.code || ' ' || b.code || ' ' || q.state FROM requests q JOIN agencies a ON a.id = q.from_agency_id JOIN agencies b ON b.id = q.to_agency_id`), "d3 d2 asked")
	if me := f.session("focal_point.d1@dondoc.example"); !me.HasAt(f.agencyID("d2"), policy.FocalPoint) {
		t.Errorf("the people go to the main successor: %+v", me.Posts)
	}
	if len(done.Warnings) != 0 {
		t.Errorf("%+v", done.Warnings)
	}
}
