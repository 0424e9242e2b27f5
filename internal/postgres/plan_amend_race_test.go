package postgres_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// While a result comes in, its agency is taken out: either it came first, and
// the amendment is looked at again, or it is refused. Never both.
func TestAResultThatComesWhileThePlanIsAmended(t *testing.T) {
	for i := range 6 {
		w := openJanuary(t)
		w.clock.set(t, "2026-01-26 09:00")
		in := w.amended(withDistricts("d2", "d3"))
		shown := w.previewAmendment(in)
		in.Version, in.Digest = shown.PlanVersion, shown.Digest
		id, focal, authority := w.taskOf("d1"), w.actor("focal_point.d1@dondoc.example"), w.actor("plan_authority.tinh@dondoc.example")
		var group sync.WaitGroup
		var sent, amended error
		group.Go(func() {
			_, sent = w.store.Submit(t.Context(), focal, task.SubmitInput{TaskID: id, Kind: task.Report, Narrative: "Đã làm."})
		})
		group.Go(func() { _, amended = w.store.ApplyAmendment(t.Context(), authority, in) })
		group.Wait()
		if (sent == nil) == (amended == nil) || fault.Of(errors.Join(sent, amended)) == nil {
			t.Fatalf("turn %d: sent %v, amended %v", i, sent, amended)
		}
		if want := map[bool]string{true: "submitted 1", false: "cancelled 0"}[sent == nil]; w.strings(`SELECT state || ' ' || submissions FROM tasks WHERE id = $1`, id)[0] != want {
			t.Errorf("turn %d: want %s", i, want)
		}
	}
}

// Two amendments of one preview, rounds that open and run, and a change of the
// calendar: one amendment holds, and nobody waits for ever.
func TestAmendingBesideTheEngine(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-02-03 09:00")
	duty := w.duty()
	round := w.strings(`SELECT id::text FROM rounds`)[0]
	authority := w.actor("plan_authority.tinh@dondoc.example")
	for i, days := range []int{6, 7, 8, 5} {
		in := w.amended(func(p *plan.Plan) { p.Duties[0].Due = map[string]calendar.DueRule{"": {WorkingDays: days}} })
		shown := w.previewAmendment(in)
		in.Version, in.Digest = shown.PlanVersion, shown.Digest
		var group sync.WaitGroup
		outcomes := make([]error, 2)
		for k := range outcomes {
			group.Go(func() { _, outcomes[k] = w.store.ApplyAmendment(t.Context(), authority, in) })
		}
		group.Go(func() {
			if _, err := w.store.ScheduleNextRound(t.Context(), duty); err != nil {
				t.Error(err)
			}
		})
		group.Go(func() { w.run(1) })
		group.Go(func() {
			w.apply(w.outage(fmt.Sprintf("2026-06-0%d 14:00", i+1), fmt.Sprintf("2026-06-0%d 15:00", i+1)))
		})
		group.Wait()
		done := 0
		for _, err := range outcomes {
			switch f := fault.Of(err); {
			case err == nil:
				done++
			case f == nil || f.Kind != fault.Conflict:
				t.Errorf("turn %d: %v", i, err)
			}
		}
		if done > 1 {
			t.Errorf("turn %d: %d of two amendments went through", i, done)
		}
	}
	w.want("one round", w.strings(`SELECT id::text FROM rounds WHERE state = 'open'`), round)
}

// A suspended plan is amended too: what the new date adds and what the suspension
// takes both count.
func TestASuspendedPlanIsAmended(t *testing.T) {
	w := openJanuary(t)
	authority := w.actor("plan_authority.tinh@dondoc.example")
	w.clock.set(t, "2026-02-03 09:00")
	record, err := w.store.SuspendPlan(t.Context(), authority, w.plan.ID, w.plan.Version)
	if err != nil {
		t.Fatal(err)
	}
	// Longer than the old date lasted: it is not over, for no time passed.
	w.clock.set(t, "2026-02-09 09:00")
	applied := w.amend(w.amended(func(p *plan.Plan) { p.Duties[0].Due = map[string]calendar.DueRule{"": {WorkingDays: 5}} }))
	if applied.Effect.Moved != 3 || applied.Record.State != plan.Suspended || applied.Record.Version != record.Version+1 {
		t.Errorf("%+v", applied)
	}
	w.want("one working day more", w.dues(), "d1 02-07 00:00 from 02-06 v2", "d2 02-07 00:00 from 02-06 v2", "d3 02-07 00:00 from 02-06 v2")
	w.want("told although the plan stands still", w.strings(`SELECT DISTINCT standing::text FROM notifications WHERE kind = 'due_moved'`), "true")
	if _, err := w.store.ResumePlan(t.Context(), authority, w.plan.ID, applied.Record.Version); err != nil {
		t.Fatal(err)
	}
	w.want("and four of the suspension", w.dues(), "d1 02-13 00:00 from 02-06 v3", "d2 02-13 00:00 from 02-06 v3", "d3 02-13 00:00 from 02-06 v3")
}

// An extension is a person's word about one task: an amendment leaves it.
func TestAGrantedDayOutlivesAnAmendment(t *testing.T) {
	w := openJanuary(t)
	w.clock.set(t, "2026-02-03 09:00")
	w.exec(`UPDATE tasks SET due_at = '2026-02-19 17:00:00Z', due_version = 2,
		derivation = jsonb_set(derivation, '{notes}', (derivation -> 'notes') || '[{"kind": "extended", "date": "2026-02-19"}]') WHERE id = $1`, w.taskOf("d1"))
	var in amendment.Input
	for _, days := range []int{6, 2} {
		in = w.amended(func(p *plan.Plan) { p.Duties[0].Due = map[string]calendar.DueRule{"": {WorkingDays: days}} })
		w.amend(in)
	}
	w.want("due", w.dues()[2:], "d1 02-20 00:00 from 02-06 v2")
}
