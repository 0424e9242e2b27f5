package postgres_test

import (
	"testing"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func TestAmendmentsAreRefused(t *testing.T) {
	w := openJanuary(t)
	authority := w.actor("plan_authority.tinh@dondoc.example")
	good := w.amended(withDistricts("d1"))
	for _, c := range []struct {
		name        string
		kind        fault.Kind
		code, field string
		actor       policy.Actor
		change      func(*amendment.Input)
	}{
		{"a focal point", "forbidden", "plan.not_issuer", "", w.actor("focal_point.d1@dondoc.example"), func(*amendment.Input) {}},
		{"a stranger", "not_found", "not_found", "", policy.Actor{UserID: 9}, func(*amendment.Input) {}},
		{"of no plan", "not_found", "not_found", "", authority, func(in *amendment.Input) { in.PlanID = 999 }},
		{"an older plan", "conflict", "plan.changed", "", authority, func(in *amendment.Input) { in.Version = 1 }},
		{"another digest", "conflict", "amendment.stale", "", authority, func(in *amendment.Input) { in.Digest = "y" }},
		{"no digest", "invalid", "amendment.digest", "digest", authority, func(in *amendment.Input) { in.Digest = "" }},
		{"no number", "invalid", "amendment.basis", "basis.number", authority, func(in *amendment.Input) { in.Basis.Number = " " }},
		{"no date", "invalid", "amendment.basis", "basis.on", authority, func(in *amendment.Input) { in.Basis.On = calendar.Date{} }},
		{"a date far away", "invalid", "date.far", "basis.on", authority, func(in *amendment.Input) { in.Basis.On.Year = 2206 }},
		{"a control character", "invalid", "text.control", "basis.number", authority, func(in *amendment.Input) { in.Basis.Number = "1\x00" }},
		{"another plan's file", "invalid", "amendment.fixed", "code", authority, func(in *amendment.Input) { in.Plan.Code = "khac" }},
		{"another time zone", "invalid", "amendment.fixed", "time_zone", authority, func(in *amendment.Input) { in.Plan.TimeZone = "Asia/Tokyo" }},
		{"another issuer", "invalid", "amendment.fixed", "issuer", authority, func(in *amendment.Input) { in.Plan.Issuer = "so" }},
		{"a plan that is over", "invalid", "amendment.fixed", "valid_to", authority, func(in *amendment.Input) { in.Plan.ValidTo = calendar.NewDate(2026, 1, 2) }},
	} {
		in := good
		p := *good.Plan
		in.Plan, in.Digest, in.Version = &p, "x", 0
		c.change(&in)
		_, err := w.store.ApplyAmendment(t.Context(), c.actor, in)
		wantFault(t, c.name, err, c.kind, c.code)
		if f := fault.Of(err); f != nil && f.Field != c.field {
			t.Errorf("%s: field %q, want %q", c.name, f.Field, c.field)
		}
	}
	w.want("tasks", w.tasks(), "2026-M01 d1 open", "2026-M01 d2 open", "2026-M01 d3 open")

	// What came in since the preview is seen before anything is applied.
	shown := w.previewAmendment(good)
	w.clock.set(t, "2026-01-26 09:00")
	if _, err := w.store.Submit(t.Context(), w.actor("focal_point.d2@dondoc.example"),
		task.SubmitInput{TaskID: w.taskOf("d2"), Kind: task.Report, Narrative: "Đã làm."}); err != nil {
		t.Fatal(err)
	}
	good.Version, good.Digest = shown.PlanVersion, shown.Digest
	_, err := w.store.ApplyAmendment(t.Context(), authority, good)
	wantFault(t, "sent meanwhile", err, "conflict", "amendment.stale")

	draft := newWorld(t, nil)
	_, err = draft.store.PreviewAmendment(t.Context(), draft.actor("plan_authority.tinh@dondoc.example"), draft.amended(withDistricts("d1")))
	wantFault(t, "a draft", err, "conflict", "plan.state")
}
