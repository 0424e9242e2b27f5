package task_test

import (
	"strings"
	"testing"
	"time"

	"dondoc/internal/task"
)

// The cells that a task is in, by its present and by its original due time. All
// is told in days of June 2026; the reporting moment is the end of the 20th.
func TestWhichFiguresCountATask(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 6, d, 17, 0, 0, 0, time.UTC) }
	on := func(d int) *time.Time {
		if d == 0 {
			return nil
		}
		at := day(d)
		return &at
	}
	for _, c := range []struct {
		name                                            string
		state                                           task.State
		due, original, again, first, settled, suspended int
		unreviewed                                      bool
		present, byOriginal                             string
	}{
		{name: "owed, not due yet", state: task.StateOpen, due: 25, present: "owed not_done_in_time"},
		{name: "due at the very moment", state: task.StateOpen, due: 20, present: "owed expected late not_done_in_time"},
		{name: "overdue", state: task.StateOpen, due: 19, present: "owed expected late not_done_overdue"},
		{name: "sent early, waiting", state: task.StateSubmitted, due: 25, first: 10, present: "owed expected submitted on_time waiting"},
		{name: "sent on the due day", state: task.StateSubmitted, due: 15, first: 15, present: "owed expected submitted on_time waiting"},
		{name: "sent late, waiting", state: task.StateSubmitted, due: 15, first: 16, present: "owed expected submitted late waiting_late"},
		{name: "sent, no review", state: task.StateSubmitted, due: 15, first: 14, unreviewed: true, present: "owed expected submitted on_time done_on_time"},
		{name: "accepted", state: task.StateAccepted, due: 15, first: 14, settled: 18, present: "owed expected submitted on_time done_on_time"},
		{name: "accepted, sent late", state: task.StateAccepted, due: 15, first: 16, settled: 18, present: "owed expected submitted late done_late"},
		{
			name: "an extension granted: on time by the present due day alone", state: task.StateAccepted, due: 18, original: 15, first: 17, settled: 18,
			present: "owed expected submitted on_time done_on_time", byOriginal: "owed expected submitted late done_late",
		},
		{
			name: "extended beyond the moment", state: task.StateOpen, due: 25, original: 15,
			present: "owed not_done_in_time", byOriginal: "owed expected late not_done_overdue",
		},
		{name: "returned keeps the time of the first submission", state: task.StateReturned, due: 15, first: 14, again: 25, present: "owed expected submitted on_time not_done_in_time"},
		{name: "returned, not mended in time", state: task.StateReturned, due: 12, first: 11, again: 18, present: "owed expected submitted on_time not_done_overdue"},
		{name: "found invalid counts as not sent", state: task.StateReturned, due: 15, again: 25, present: "owed expected late not_done_in_time"},
		{name: "sent after the moment", state: task.StateAccepted, due: 15, first: 21, settled: 22, present: "owed expected late not_done_overdue"},
		{name: "sent after the moment, due after it", state: task.StateAccepted, due: 25, first: 21, settled: 22, present: "owed not_done_in_time"},
		{name: "accepted after the moment", state: task.StateAccepted, due: 15, first: 14, settled: 22, present: "owed expected submitted on_time waiting"},
		{name: "suspended before it was due", state: task.StateOpen, due: 15, suspended: 10, present: "owed not_done_in_time"},
		{name: "due before the plan was suspended", state: task.StateOpen, due: 15, suspended: 18, present: "owed expected late not_done_in_time"},
		{name: "suspended after the moment", state: task.StateOpen, due: 15, suspended: 22, present: "owed expected late not_done_overdue"},
		{name: "waived", state: task.StateWaived, due: 15, settled: 10, present: ""},
		{name: "cancelled", state: task.StateCancelled, due: 15, settled: 10, present: ""},
		{name: "not open", state: task.StateScheduled, due: 15, present: ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.original == 0 {
				c.original, c.byOriginal = c.due, c.present
			}
			f := task.RateFacts{
				State: c.state, ReviewRequired: !c.unreviewed, DueAt: day(c.due), OriginalDueAt: day(c.original), ResubmitDueAt: on(c.again),
				FirstSubmittedAt: on(c.first), SubmittedAt: on(c.first), SettledAt: on(c.settled), SuspendedAt: on(c.suspended),
			}
			for against, want := range map[task.Against]string{task.AgainstPresent: c.present, task.AgainstOriginal: c.byOriginal} {
				in := []string{}
				for _, cell := range task.Cells {
					if f.In(cell, against, day(20)) {
						in = append(in, string(cell))
					}
				}
				if got := strings.Join(in, " "); got != want {
					t.Errorf("%s: %s, want %s", against, got, want)
				}
			}
		})
	}
}

func TestRatesOfNothingAreNone(t *testing.T) {
	if _, ok := (task.Tally{Owed: 3, NotDoneInTime: 3}).OnTimeRate(); ok {
		t.Error("a rate over nothing was given")
	}
	tally := task.Tally{Expected: 8, Submitted: 6, OnTime: 5}
	reporting, _ := tally.ReportingRate()
	onTime, ok := tally.OnTimeRate()
	if !ok || reporting != 0.75 || onTime != 0.625 || tally.Late() != 3 {
		t.Errorf("%v, %v, %d", reporting, onTime, tally.Late())
	}
}
