package postgres_test

import (
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/form"
	"dondoc/internal/task"
)

func past(code, from, to, value string) form.PastEntry {
	first, _ := calendar.ParseDate(from)
	last, _ := calendar.ParseDate(to)
	return form.PastEntry{Indicator: code, From: first, To: last, Value: value, Source: "Báo cáo số 15/BC-UBND ngày 20/12/2025"}
}

func (w *formed) enter(email string, entries ...form.PastEntry) ([]form.Past, error) {
	w.t.Helper()
	return w.store.EnterPastFigures(w.t.Context(), w.actor(email), form.PastInput{AgencyID: w.id(`SELECT id FROM agencies WHERE code = 'd1'`), Figures: entries})
}

func TestFiguresOfYearsBeforeStandBesideThoseOfThisOne(t *testing.T) {
	w := newFormed(t, nil)
	w.month("IV.15.h", "2026-M01")
	january := w.task("IV.15.h", "d1", "2026-M01")
	own, above := "focal_point.d1@dondoc.example", "supervisor.so@dondoc.example"
	if _, err := w.enter(own, past("luot", "2025-01-01", "2025-01-31", "80"), past("vi-pham", "2025-01-01", "2025-01-31", "20"),
		past("luot", "2025-12-01", "2025-12-31", "100")); err != nil {
		t.Fatal(err)
	}
	got := w.figures(own, january)
	if f := got["luot"]; f.YearBefore != "80" || f.Previous != "100" || f.PreviousKey != "" || f.PlanToDate != "" {
		t.Errorf("before the plan began they count for no plan: %+v", f)
	}
	if f := got["tl"]; f.YearBefore != "25" {
		t.Errorf("a ratio is made of them: %+v", f)
	}
	// A result is held against them as against a report.
	if got := places(w.submit(january, values("luot", "40"))); got != "figures.unexplained, explanations.luot figure.fell" {
		t.Errorf("against what was entered: %s", got)
	}
	// Whoever reviews enters too; the change is another version, the same again is none.
	list, err := w.enter(above, past("luot", "2025-12-01", "2025-12-31", "60"), past("luot", "2025-01-01", "2025-01-31", "80"))
	if err != nil || len(list) != 3 || list[0].Value != "60" || list[0].Version != 2 || list[1].Version != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := w.submit(january, values("luot", "40")); err != nil {
		t.Errorf("against what holds now: %v", err)
	}
	all, err := w.store.PastFigures(t.Context(), w.actor(own), list[0].AgencyID, true)
	if err != nil || len(all) != 4 || all[1].Value != "100" || all[1].EnteredByName != own {
		t.Errorf("every version is kept: %+v, %v", all, err)
	}
	w.want("the trail", w.strings(`SELECT action || ' ' || jsonb_array_length(after) || ' ' || (after -> 0 ->> 'value') FROM audit WHERE action = 'figures.entered' ORDER BY id`),
		"figures.entered 3 80", "figures.entered 1 60")

	// Within the plan they count for it, until a report takes their place.
	w.clock.set(t, "2026-03-01 09:00")
	if _, err := w.enter(own, past("vi-pham", "2026-01-01", "2026-01-31", "7"), past("vi-pham", "2026-02-01", "2026-02-28", "5")); err != nil {
		t.Fatal(err)
	}
	w.month("IV.15.h", "2026-M02")
	february := w.task("IV.15.h", "d1", "2026-M02")
	if f := w.figures(own, february)["vi-pham"]; f.PlanToDate != "7" || f.YearToDate != "7" || f.Previous != "7" {
		t.Errorf("entered for January: %+v", f)
	}
	if _, err := w.store.Withdraw(t.Context(), w.actor(own), task.WithdrawInput{TaskID: january}); err != nil {
		t.Fatal(err)
	}
	w.accepted(january, values("luot", "60", "vi-pham", "3"))
	if f := w.figures(own, february)["vi-pham"]; f.PlanToDate != "3" || f.Previous != "3" || f.PreviousKey != "2026-M01" {
		t.Errorf("a report stands before what was entered: %+v", f)
	}
	if _, err := w.enter(own, past("vi-pham", "2025-01-01", "2025-01-31", "")); err != nil {
		t.Fatal(err)
	}
	if f := w.figures(own, january)["vi-pham"]; f.YearBefore != "" {
		t.Errorf("taken back: %+v", f)
	}
}

func TestWhatIsNoPastFigure(t *testing.T) {
	w := newFormed(t, nil)
	own, zero := "focal_point.d1@dondoc.example", 0
	year := past("luot", "2025-01-01", "2025-12-31", "150")
	if _, err := w.enter(own, year); err != nil {
		t.Fatal(err)
	}
	seen := year
	seen.Value, seen.Version = "151", &zero
	unsourced := year
	unsourced.Source = " "
	personal := year
	personal.Source = "Theo CCCD 075203001234"
	for name, c := range map[string]struct {
		email string
		entry form.PastEntry
		want  string
	}{
		"of another district":          {"focal_point.d2@dondoc.example", year, "not_found"},
		"by whoever only sees it":      {"plan_authority.tinh@dondoc.example", year, "past.not_yours"},
		"of an indicator nobody knows": {own, past("la", "2025-01-01", "2025-12-31", "1"), "past.invalid, figures[0].indicator past.indicator"},
		"of what is worked out":        {own, past("tl", "2025-01-01", "2025-12-31", "1"), "past.invalid, figures[0].indicator past.indicator"},
		"that is no number":            {own, past("luot", "2025-01-01", "2025-12-31", "8,000"), "past.invalid, figures[0].value figure.number"},
		"of a time to come":            {own, past("luot", "2026-01-01", "2026-12-31", "1"), "past.invalid, figures[0].to past.when"},
		"of two years":                 {own, past("luot", "2024-01-01", "2025-12-31", "1"), "past.invalid, figures[0].to past.window"},
		"without a source":             {own, unsourced, "past.invalid, figures[0].source past.source"},
		"with a person's number":       {own, personal, "past.invalid, figures[0].source privacy.identity"},
		"that has changed":             {own, seen, "past.changed"},
	} {
		_, err := w.enter(c.email, c.entry)
		if got := places(err); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	w.want("nothing of it is kept", w.strings(`SELECT value FROM past_figures`), "150")
}

// History stays with the unit that made it.
func TestPastFiguresStayWithTheirUnit(t *testing.T) {
	w := newFormed(t, nil)
	if _, err := w.enter("focal_point.d1@dondoc.example", past("luot", "2025-01-01", "2025-12-31", "150")); err != nil {
		t.Fatal(err)
	}
	w.exec(`UPDATE agencies SET valid_to_on = '2026-01-31' WHERE code = 'd1'`)
	list, err := w.store.PastFigures(t.Context(), w.actor("supervisor.so@dondoc.example"), w.id(`SELECT id FROM agencies WHERE code = 'd1'`), false)
	if err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}
