package postgres_test

import (
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	"dondoc/examples"
	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
)

// The province's plan, with its 170 communes, is amended as its file is edited.
func TestTheExampleIsAmended(t *testing.T) {
	w := &world{t: t, db: postgrestest.New(t), clock: &hand{}}
	w.clock.set(t, "2026-01-05 08:00")
	w.store = postgres.New(w.db, w.clock, clock.SystemWall, nil)
	p, source := dongNai(t)
	record, err := w.store.LoadPlan(t.Context(), policy.Actor{}, p, source)
	if err != nil {
		t.Fatal(err)
	}
	if w.plan, err = w.store.ActivatePlan(t.Context(), policy.Actor{}, record.ID, record.Version, calendar.Date{}); err != nil {
		t.Fatal(err)
	}
	until := time.Date(2026, 3, 10, 8, 0, 0, 0, hanoi)
	w.follow(until)
	w.clock.at.Store(&until)
	amend := func(edit func(string) string) (amendment.Preview, amendment.Input) {
		t.Helper()
		text := edit(string(source))
		read, problems := plan.Read("dong-nai.yaml", []byte(text), func(file string) ([]byte, error) { return examples.Files.ReadFile(path.Clean(file)) })
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		in := amendment.Input{PlanID: w.plan.ID, Plan: read, Source: text, Basis: decision}
		shown, err := w.store.PreviewAmendment(t.Context(), policy.Actor{}, in)
		if err != nil {
			t.Fatal(err)
		}
		in.Version, in.Digest = shown.PlanVersion, shown.Digest
		return shown, in
	}
	if shown, _ := amend(func(s string) string { return s }); !shown.Difference.Empty() || len(shown.Effect.Open)+len(shown.Effect.Scheduled) > 0 {
		t.Errorf("the same file: %+v %+v", shown.Difference, shown.Effect)
	}

	owed := w.strings(`SELECT count(*)::text FROM tasks WHERE state = 'open'`)[0]
	shown, in := amend(func(s string) string {
		added, err := plan.AddDuty([]byte(s), plan.DutyDraft{
			Code: "X.1", Title: "Báo cáo phát sinh", Text: "Báo cáo phát sinh của các xã.", Agencies: []string{"@xa"},
			Cadences: []calendar.Cadence{calendar.Monthly}, WorkingDays: 5,
		})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Replace(string(added), "commune: {working_days: 3}", "commune: {working_days: 4}", 1)
	})
	if len(shown.Difference.Added) != 1 || shown.Difference.Added[0].Owners != 170 || len(shown.Difference.Retired) != 0 {
		t.Errorf("%+v", shown.Difference)
	}
	applied, err := w.store.ApplyAmendment(t.Context(), policy.Actor{}, in)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.strings(`SELECT count(*)::text FROM tasks WHERE state = 'open'`)[0]; got != owed || applied.Number != 2 {
		t.Errorf("%s tasks were owed and %s are", owed, got)
	}
	next, err := w.store.ScheduleNextRound(t.Context(), w.dutyID("X.1"))
	if err != nil || next.RoundID == 0 {
		t.Fatalf("%+v, %v", next, err)
	}
	w.clock.at.Store(&next.OpensAt)
	if err := w.store.OpenRound(t.Context(), next.RoundID, func(int) {}); err != nil {
		t.Fatal(err)
	}
	w.want("every commune is asked", w.strings(`SELECT count(*)::text FROM tasks WHERE round_id = $1`, next.RoundID), "170")

	// Taken out again, its tasks end.
	shown, in = amend(func(s string) string { return s })
	if shown.Effect.Cancelled != 170 {
		t.Errorf("%+v", shown.Effect.Cancelled)
	}
	if _, err = w.store.ApplyAmendment(t.Context(), policy.Actor{}, in); err != nil {
		t.Fatal(err)
	}
	w.want("its round closes", []string{fmt.Sprint(w.run(next.RoundID).Ended)}, "true")

	// With a reminder three days ahead, nothing is due at another time, and whoever owes
	// in an open round is reminded then.
	shown, in = amend(func(s string) string {
		wanted := plan.Policy{Code: "periodic", Name: "Báo cáo định kỳ", Steps: append(calendar.DefaultPolicies()["periodic"], calendar.StepRule{
			Code: "reminder_3", Kind: "reminder", Anchor: calendar.AnchorDue, Offset: -3, Unit: calendar.WorkingDays, TimeOfDay: "08:00", Audience: []calendar.Audience{calendar.FocalPoint}, Severity: 15,
		})}
		edited, err := plan.WithPolicy([]byte(s), wanted)
		if err != nil {
			t.Fatal(err)
		}
		return string(edited)
	})
	if d := shown.Difference; d.Empty() || len(d.Added)+len(d.Retired) > 0 || shown.Effect.Opened+shown.Effect.Cancelled > 0 {
		t.Errorf("other steps: %+v %+v", d, shown.Effect)
	}
	due := w.strings(`SELECT DISTINCT due_at::text FROM tasks WHERE state = 'open' ORDER BY 1`)
	if _, err = w.store.ApplyAmendment(t.Context(), policy.Actor{}, in); err != nil {
		t.Fatal(err)
	}
	w.want("due as before", w.strings(`SELECT DISTINCT due_at::text FROM tasks WHERE state = 'open' ORDER BY 1`), due...)
	if got := w.strings(`SELECT count(*)::text FROM steps s JOIN tasks t ON t.id = s.task_id WHERE s.code = 'reminder_3' AND t.state = 'open'`)[0]; got == "0" {
		t.Error("nobody is reminded by the new step")
	}
}
