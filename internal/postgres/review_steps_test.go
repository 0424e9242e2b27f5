package postgres_test

import (
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/task"
	"dondoc/internal/timetable"
)

// A plan that gives its reviewers a ladder of its own gets that one, and a
// change of the calendar moves it like any other.
func TestAPlansOwnLadderForReviewers(t *testing.T) {
	w := newWorld(t, func(p *plan.Plan) {
		p.Policies = []plan.Policy{{Code: "review", Steps: []calendar.StepRule{
			{Code: "tomorrow", Kind: "review_reminder", Anchor: calendar.AnchorSubmitted, Offset: 1, Unit: calendar.WorkingDays, TimeOfDay: "10:00", Audience: []calendar.Audience{calendar.Reviewer}, Severity: 20},
		}}}
	})
	w.activate()
	w.run(w.openRound())
	w.clock.set(t, "2026-02-03 09:00")
	if _, err := w.store.Submit(t.Context(), w.actor(focalD1), task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.Report, Narrative: "Đã làm."}); err != nil {
		t.Fatal(err)
	}
	w.want("the plan's steps", w.pendingSubmitted(), "tomorrow 02-04 10:00")
	w.apply(timetable.Change{Kind: timetable.Days, Name: "hoan-doi.csv", Source: swapped})
	w.want("moved with the day off", w.pendingSubmitted(), "tomorrow 02-05 10:00")
}
