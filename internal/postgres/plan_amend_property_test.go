package postgres_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// amendable is a plan that lives while it is amended again and again.
type amendable struct {
	*world
	rt        *rapid.T
	all       policy.Actor // focal point of every district, supervisor of the department
	authority policy.Actor
	loads     int
	seen      map[string]int
}

var amendedDistricts = []string{"d1", "d2", "d3", "d4", "d5"}

// drawPlan draws a version of the plan: who owes what, until when, how often,
// who decides, and which duties there are under which codes.
func drawPlan(t *rapid.T, code string) *plan.Plan {
	p := smallPlan()
	p.Code = code
	for _, d := range amendedDistricts[3:] {
		p.Agencies = append(p.Agencies, plan.Agency{Code: d, Name: "UBND huyện " + d, Level: "district", Parent: "tinh"})
	}
	base := p.Duties[0]
	p.Duties = nil
	for _, code := range rapid.SampledFrom([][]string{{"I.1", "I.2"}, {"I.1"}, {"I.1", "I.2", "I.3"}, {"I.2", "I.3"}}).Draw(t, "duties") {
		d := base
		d.Code = code
		if code == "I.3" && rapid.Bool().Draw(t, "renamed") {
			d.RenamedFrom = "I.1"
		}
		d.Assignments = nil
		for _, agency := range amendedDistricts {
			if rapid.IntRange(0, 3).Draw(t, "owes") > 0 {
				d.Assignments = append(d.Assignments, plan.Assignment{Agency: agency, Role: plan.Implementing})
			}
		}
		d.Due = map[string]calendar.DueRule{"": {WorkingDays: rapid.IntRange(2, 9).Draw(t, "due")}}
		d.Schedule.Cadences = rapid.SampledFrom([][]calendar.Cadence{
			{calendar.Monthly}, {calendar.Monthly}, {calendar.Monthly, calendar.Quarterly}, {calendar.Weekly}, {calendar.Quarterly}, {calendar.Standing},
		}).Draw(t, "cadences")
		d.Schedule.Windows = rapid.SampledFrom([]calendar.Family{calendar.CalendarWindows, calendar.CalendarWindows, calendar.DecreeWindows}).Draw(t, "windows")
		d.Review = plan.Review{Mode: rapid.SampledFrom([]plan.ReviewMode{plan.ReviewRequired, plan.ReviewNone, plan.ReviewAutomatic}).Draw(t, "review")}
		if d.Review.Mode == plan.ReviewAutomatic {
			d.Review.AfterWorkingDays = 3
		}
		d.Recipient.Reviewer = rapid.SampledFrom([]string{"", "so", "tinh"}).Draw(t, "reviewer")
		p.Duties = append(p.Duties, d)
	}
	p.Duties = slices.DeleteFunc(p.Duties, func(d plan.Duty) bool {
		return d.RenamedFrom != "" && slices.ContainsFunc(p.Duties, func(o plan.Duty) bool { return o.Code == d.RenamedFrom })
	})
	if rapid.IntRange(0, 4).Draw(t, "shorter") == 0 {
		p.ValidTo = calendar.NewDate(2026, 10, 20)
	}
	return p
}

// done is every result that is settled, as the official figures see it, with its sendings.
func (a *amendable) done() map[string]string {
	lines := map[string]string{}
	for _, line := range a.strings(`SELECT t.id || '=' || CASE WHEN t.state IN ('accepted', 'submitted') THEN 'done' ELSE t.state END || ' ' || t.due_at || ' ' || COALESCE(t.first_submitted_at::text, '')
		FROM tasks t JOIN duties d ON d.id = t.duty_id WHERE t.plan_id = $1
			AND (t.state IN ('accepted', 'waived', 'cancelled') OR t.state = 'submitted' AND d.review = 'none')`, a.plan.ID) {
		id, what, _ := strings.Cut(line, "=")
		lines[id] = what
	}
	return lines
}

func (a *amendable) sent() []string {
	return a.strings(`SELECT b.id || ' ' || b.task_id || ' ' || b.number || ' ' || b.narrative FROM submissions b JOIN tasks t ON t.id = b.task_id
		WHERE t.plan_id = $1 ORDER BY b.id`, a.plan.ID)
}

func (a *amendable) closedRounds() []string {
	return a.strings(`SELECT id || ' ' || period_key || ' ' || due_at || ' ' || closed_at FROM rounds WHERE plan_id = $1 AND state = 'closed' AND dropped_at IS NULL ORDER BY id`, a.plan.ID)
}

func (a *amendable) amendOnce() {
	in := amendment.Input{PlanID: a.plan.ID, Plan: drawPlan(a.rt, a.plan.Code), Source: fmt.Sprintf("format: 1 # %d\n", a.loads), Basis: decision}
	a.loads++
	shown, err := a.store.PreviewAmendment(a.t.Context(), a.authority, in)
	if f := fault.Of(err); f != nil && f.Code == "amendment.code" {
		return // a code of old is taken
	}
	if err != nil {
		a.rt.Fatal(err)
	}
	done, sent, closed := a.done(), a.sent(), a.closedRounds()
	in.Version, in.Digest = shown.PlanVersion, shown.Digest
	applied, err := a.store.ApplyAmendment(a.t.Context(), a.authority, in)
	if f := fault.Of(err); f != nil && f.Code == "amendment.nothing" && shown.Difference.Empty() {
		return
	}
	if err != nil {
		a.rt.Fatal(err)
	}
	a.count(applied.Effect)
	if x, y := asJSON(a.rt, shown.Effect), asJSON(a.rt, applied.Effect); x != y {
		a.rt.Fatalf("shown   %s\napplied %s", x, y)
	}
	now := a.done()
	for id, what := range done {
		if now[id] != what {
			a.rt.Errorf("task %s was %q and is %q", id, what, now[id])
		}
	}
	if after := a.sent(); !slices.Equal(sent, after) {
		a.rt.Errorf("submissions %q, now %q", sent, after)
	}
	if after := a.closedRounds(); !slices.Equal(closed, after) {
		a.rt.Errorf("closed rounds %q, now %q", closed, after)
	}
	if lost := a.strings(`SELECT t.id::text FROM tasks t JOIN submissions b ON b.task_id = t.id WHERE t.plan_id = $1 AND t.state = 'cancelled'`, a.plan.ID); len(lost) > 0 {
		a.rt.Errorf("cancelled although something was sent: %q", lost)
	}
	if twice := a.strings(`SELECT round_id || ' ' || agency_id FROM tasks WHERE plan_id = $1 GROUP BY round_id, agency_id HAVING count(*) > 1`, a.plan.ID); len(twice) > 0 {
		a.rt.Errorf("twice: %q", twice)
	}
	if n := len(a.strings(`SELECT id::text FROM audit WHERE action = 'task.cancelled' AND (after ->> 'state') = 'cancelled' AND at = $1 AND entity_id IN (SELECT id FROM tasks WHERE plan_id = $2)`, *a.clock.at.Load(), a.plan.ID)); n != applied.Effect.Cancelled {
		a.rt.Errorf("%d tasks cancelled, %d shown", n, applied.Effect.Cancelled)
	}
	again, err := a.store.PreviewAmendment(a.t.Context(), a.authority, in)
	if err == nil && (!again.Difference.Empty() || len(again.Effect.Open)+len(again.Effect.Scheduled) > 0) {
		err = fmt.Errorf("%+v %+v", again.Difference, again.Effect)
	}
	if err != nil {
		a.rt.Errorf("the same file again: %v", err)
	}
}

// count keeps what amendments did, so that none of it goes untested.
func (a *amendable) count(e amendment.Effect) {
	a.seen["opened"] += e.Opened
	a.seen["cancelled"] += e.Cancelled
	a.seen["kept"] += e.Kept
	a.seen["moved"] += e.Moved
	a.seen["rerouted"] += e.Rerouted
	for _, r := range e.Open {
		a.seen["later"] += len(r.Later)
		a.seen["waiting"] += r.Waiting
		if r.Ends {
			a.seen["ended"]++
		}
	}
	for _, r := range e.Scheduled {
		if r.Dropped {
			a.seen["dropped"]++
		} else {
			a.seen["scheduled"]++
		}
	}
}

func asJSON(t *rapid.T, v any) string {
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// drive lets the engine do everything that is due: what its workflows would ask for.
func (a *amendable) drive() {
	duties, _, err := a.store.ScheduledDuties(a.t.Context(), a.plan.ID)
	if err != nil {
		a.rt.Fatal(err)
	}
	now := *a.clock.at.Load()
	for _, duty := range duties {
		for {
			next, err := a.store.ScheduleNextRound(a.t.Context(), duty)
			if err != nil {
				a.rt.Fatal(err)
			}
			if next.RoundID == 0 || next.OpensAt.After(now) {
				break
			}
			if err := a.store.OpenRound(a.t.Context(), next.RoundID, func(int) {}); err != nil {
				a.rt.Fatal(err)
			}
		}
	}
	for _, id := range a.strings(`SELECT id::text FROM rounds WHERE plan_id = $1 AND state <> 'scheduled'`, a.plan.ID) {
		var round int64
		if _, err := fmt.Sscan(id, &round); err != nil {
			a.rt.Fatal(err)
		}
		turn, err := a.store.RunRound(a.t.Context(), round)
		if err != nil {
			a.rt.Fatal(err)
		}
		if !turn.Ended && !turn.NextAt.After(now) {
			a.rt.Fatalf("round %d has nothing to wait for: %+v", round, turn)
		}
	}
}

// act sends or decides on one task.
func (a *amendable) act() {
	ids := a.strings(`SELECT id || ' ' || state FROM tasks WHERE plan_id = $1 AND state IN ('open', 'returned', 'submitted') AND closed_at IS NULL ORDER BY id`, a.plan.ID)
	if len(ids) == 0 {
		return
	}
	var id int64
	var state string
	if _, err := fmt.Sscan(rapid.SampledFrom(ids).Draw(a.rt, "task"), &id, &state); err != nil {
		a.rt.Fatal(err)
	}
	var err error
	if state != "submitted" {
		_, err = a.store.Submit(a.t.Context(), a.all, task.SubmitInput{TaskID: id, Kind: task.Report, Narrative: "Đã làm."})
	} else {
		decision := rapid.SampledFrom([]task.Decision{task.Accept, task.Return, task.Invalid}).Draw(a.rt, "decision")
		_, err = a.store.Review(a.t.Context(), a.authority, task.ReviewInput{TaskID: id, Decision: decision, Reason: "Thiếu"})
	}
	if err != nil && fault.Of(err) == nil {
		a.rt.Fatal(err)
	}
}

// Whatever amendments come while a plan lives: no task twice, no submission lost,
// what is done stays as it was, what was shown is what happens, and the same file
// again is nothing.
func TestAmendmentsOfALivingPlan(t *testing.T) {
	t.Parallel() // beside TestAYearOfDongNai
	w := newWorld(t, nil)
	n, seen := 0, map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		n++
		w.clock.set(t, "2026-01-01 07:00")
		record, err := w.store.LoadPlan(t.Context(), policy.Actor{}, drawPlan(rt, fmt.Sprintf("ke-hoach-%d", n)), []byte("format: 1\n"))
		if err != nil {
			rt.Fatal(err)
		}
		if record, err = w.store.ActivatePlan(t.Context(), policy.Actor{}, record.ID, record.Version, calendar.Date{}); err != nil {
			rt.Fatal(err)
		}
		w.plan = record
		a := &amendable{world: w, rt: rt, seen: seen, authority: w.actor("plan_authority.tinh@dondoc.example"), all: w.actor("focal_point.d1@dondoc.example")}
		var agencies []int64
		if err := w.db.SelectContext(t.Context(), &agencies, `SELECT id FROM agencies ORDER BY id`); err != nil {
			rt.Fatal(err)
		}
		for _, id := range agencies {
			a.all.Posts = append(a.all.Posts, policy.Post{AgencyID: id, Role: policy.FocalPoint})
			a.authority.Posts = append(a.authority.Posts, policy.Post{AgencyID: id, Role: policy.Supervisor})
		}
		for range rapid.IntRange(3, 7).Draw(rt, "acts") {
			switch rapid.IntRange(0, 3).Draw(rt, "act") {
			case 0:
				at := w.clock.at.Load().Add(time.Duration(rapid.IntRange(1, 30).Draw(rt, "days")) * 24 * time.Hour)
				w.clock.at.Store(&at)
				a.drive()
			case 1:
				a.act()
				a.act()
			default:
				at := w.clock.at.Load().Add(time.Minute)
				w.clock.at.Store(&at)
				a.amendOnce()
				a.drive()
			}
		}
	})
	for _, what := range []string{"opened", "cancelled", "moved", "rerouted", "dropped", "scheduled"} {
		if seen[what] == 0 && !t.Failed() {
			t.Errorf("no amendment of this test %s anything: %v", what, seen)
		}
	}
}
