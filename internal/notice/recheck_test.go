package notice_test

import (
	"testing"
	"time"

	"dondoc/internal/notice"
	"dondoc/internal/task"
)

func TestCalled(t *testing.T) {
	past, future := morning.Add(-time.Hour), morning.Add(time.Hour)
	for _, c := range []struct {
		name string
		f    notice.Facts
		want bool
	}{
		{"a reminder of an open task", notice.Facts{Kind: notice.Reminder, State: task.StateOpen, EffectiveDue: future}, true},
		{"a reminder after submission", notice.Facts{Kind: notice.Reminder, State: task.StateSubmitted, EffectiveDue: future}, false},
		{"a reminder after waiver", notice.Facts{Kind: notice.DueToday, State: task.StateWaived, EffectiveDue: future}, false},
		{"a reminder of a due time that was moved", notice.Facts{Kind: notice.Reminder, State: task.StateOpen, StepVersion: 1, DueVersion: 2, EffectiveDue: future}, false},
		{"a reminder of the due time in force", notice.Facts{Kind: notice.Reminder, State: task.StateOpen, StepVersion: 2, DueVersion: 2, EffectiveDue: future}, true},
		{"a reminder of a suspended plan", notice.Facts{Kind: notice.Reminder, State: task.StateOpen, PlanSuspended: true, EffectiveDue: future}, false},
		{"an opening although the due time moved", notice.Facts{Kind: notice.Opening, State: task.StateOpen, StepVersion: 1, DueVersion: 2, EffectiveDue: future}, true},
		{"an opening after submission", notice.Facts{Kind: notice.Opening, State: task.StateAccepted, EffectiveDue: future}, false},
		{"overdue", notice.Facts{Kind: notice.Overdue, State: task.StateReturned, EffectiveDue: past}, true},
		{"overdue no longer", notice.Facts{Kind: notice.Overdue, State: task.StateOpen, EffectiveDue: future}, false},
		{"an escalation after submission", notice.Facts{Kind: notice.Escalation, State: task.StateSubmitted, EffectiveDue: past}, false},
		{"an urging after cancellation", notice.Facts{Kind: notice.UrgingDraft, State: task.StateCancelled, EffectiveDue: past}, false},
		{"a review that is owed", notice.Facts{Kind: notice.ReviewReminder, State: task.StateSubmitted, StepVersion: 1, Submissions: 1}, true},
		{"a review of an earlier submission", notice.Facts{Kind: notice.ReviewReminder, State: task.StateSubmitted, StepVersion: 1, Submissions: 2}, false},
		{"a review that was decided", notice.Facts{Kind: notice.ReviewOverdue, State: task.StateAccepted, StepVersion: 1, Submissions: 1}, false},
		{"a submission to decide on", notice.Facts{Kind: notice.Submitted, State: task.StateSubmitted, Submissions: 1}, true},
		{"a submission decided on", notice.Facts{Kind: notice.Submitted, State: task.StateReturned, Submissions: 1}, false},
		{"a report that waits for the head", notice.Facts{Kind: notice.Prepared, State: task.StatePrepared, EffectiveDue: past}, true},
		{"a report that the head approved", notice.Facts{Kind: notice.Prepared, State: task.StateSubmitted, EffectiveDue: future}, false},
		{"a report that was taken back from the head", notice.Facts{Kind: notice.Prepared, State: task.StateOpen, EffectiveDue: future}, false},
		{"given back by the head, whatever came after", notice.Facts{Kind: notice.GivenBack, State: task.StateSubmitted}, true},
		{"recorded for the agency", notice.Facts{Kind: notice.Recorded, State: task.StateAccepted}, true},
		{"a return, whatever came after", notice.Facts{Kind: notice.Returned, State: task.StateSubmitted, EffectiveDue: past}, true},
		{"a receipt", notice.Facts{Kind: notice.Receipt, State: task.StateAccepted}, true},
		{"an urging by a person", notice.Facts{Kind: notice.Urging, State: task.StateReturned, EffectiveDue: future}, true},
		{"an urging of what was sent meanwhile", notice.Facts{Kind: notice.Urging, State: task.StateSubmitted, EffectiveDue: past}, false},
		{"a promise that was not kept", notice.Facts{Kind: notice.PromiseDue, State: task.StateOpen}, true},
		{"a promise that was kept", notice.Facts{Kind: notice.PromiseDue, State: task.StateSubmitted, Submissions: 1}, false},
		{"a promise that was kept by a result that was returned", notice.Facts{Kind: notice.PromiseDue, State: task.StateReturned, StepVersion: 1, Submissions: 2}, false},
		{"a promise to mend what was returned", notice.Facts{Kind: notice.PromiseDue, State: task.StateReturned, StepVersion: 2, Submissions: 2}, true},
		{"a reopening, whatever came after", notice.Facts{Kind: notice.Reopened, State: task.StateSubmitted, Standing: true}, true},
		{"a contest, although the task moved on", notice.Facts{Kind: notice.Contested, State: task.StateAccepted, Standing: true}, true},
		{"a review of what was not passed on yet", notice.Facts{Kind: notice.Submitted, State: task.StateSubmitted, Submissions: 2, Held: true}, false},
		{"what waits to be passed on", notice.Facts{Kind: notice.ToForward, State: task.StateSubmitted, Submissions: 1, Held: true}, true},
		{"what was passed on", notice.Facts{Kind: notice.ForwardReminder, State: task.StateSubmitted, StepVersion: 1, Submissions: 1}, false},
		{"passing on an earlier submission", notice.Facts{Kind: notice.ForwardOverdue, State: task.StateSubmitted, StepVersion: 1, Submissions: 2, Held: true}, false},
		{"a correction that waits", notice.Facts{Kind: notice.CorrectionReminder, State: task.StateAccepted, StepVersion: 2, Submissions: 2, CorrectionWaits: true}, true},
		{"a correction that was decided on", notice.Facts{Kind: notice.CorrectionSent, State: task.StateAccepted}, false},
		{"a correction of a suspended plan", notice.Facts{Kind: notice.CorrectionOverdue, State: task.StateAccepted, CorrectionWaits: true, PlanSuspended: true}, false},
		{"a decision on a correction", notice.Facts{Kind: notice.CorrectionRefused, State: task.StateReturned, Standing: true}, true},
		{"a request that waits", notice.Facts{Kind: notice.RequestAsked, State: task.StateOpen, RequestWaits: true}, true},
		{"a request that was decided", notice.Facts{Kind: notice.RequestReminder, State: task.StateOpen}, false},
		{"a request of a suspended plan", notice.Facts{Kind: notice.RequestOverdue, State: task.StateOpen, RequestWaits: true, PlanSuspended: true}, false},
		{"a decision, whatever came after", notice.Facts{Kind: notice.RequestDecided, State: task.StateAccepted, PlanSuspended: true}, true},
		{"a standing reminder", notice.Facts{Kind: notice.Reminder, Standing: true, State: task.StateAccepted}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.f.HasTask = true
			if got := c.f.Called(morning); got != c.want {
				t.Errorf("called: %t", got)
			}
		})
	}
	if !(notice.Facts{Kind: notice.Digest}).Called(morning) {
		t.Error("a digest is about no task and always goes")
	}
}

func TestBackoffGrowsToAnHourAndEnds(t *testing.T) {
	var last, total time.Duration
	for attempt := 1; ; attempt++ {
		wait, giveUp := notice.Backoff(attempt)
		if giveUp {
			break
		}
		if wait < last || wait > time.Hour {
			t.Fatalf("attempt %d waits %s after %s", attempt, wait, last)
		}
		last, total = wait, total+wait
	}
	if total < 48*time.Hour || total > 96*time.Hour {
		t.Errorf("given up after %s", total)
	}
}
