package notice

import (
	"time"

	"dondoc/internal/task"
)

// Facts are what decides, right before a hand-over, whether a notice is still
// called for.
type Facts struct {
	Kind     Kind
	Standing bool
	// HasTask is false for notices about no task (a digest).
	HasTask       bool
	State         task.State
	EffectiveDue  time.Time
	PlanSuspended bool
	// StepVersion is the version that the notice's step was made for, zero when
	// it comes from no step: the task's due version for steps around the due
	// time, the number of the submission for steps of the review; for a promise
	// the number of submissions when it was made.
	StepVersion int
	// DueVersion and Submissions are the task's own.
	DueVersion, Submissions int
	// RequestWaits: the request that the notice is about waits for the body that was asked.
	RequestWaits bool
	// Held: the result waits to be passed on, and not yet for its review.
	Held bool
	// CorrectionWaits: the correction that the notice is about waits for its decision.
	CorrectionWaits bool
}

// Called reports whether a notice is still to be handed over at the business
// instant now. Returns, receipts and acceptances are facts and always go;
// reminders and escalations only while the result is owed for the same due
// time; what asks for a review only while the review is owed.
func (f Facts) Called(now time.Time) bool {
	if f.Standing || !f.HasTask {
		return true
	}
	switch f.Kind {
	case Opening, DueMoved, TaskHanded, Inherited:
		return f.State.Owed() && !f.PlanSuspended
	case Urging:
		return f.State.Owed() && !f.PlanSuspended
	case PromiseDue:
		// Another submission kept the promise, whatever became of it.
		return f.State.Owed() && !f.PlanSuspended && f.StepVersion == f.Submissions
	case Reminder, DueToday:
		return f.State.Owed() && !f.PlanSuspended && f.sameDue()
	case Overdue, UrgingDraft, Escalation:
		// An extension or a return moves the due time: its own steps follow.
		return f.State.Owed() && !f.PlanSuspended && f.sameDue() && now.After(f.EffectiveDue)
	case Prepared:
		return f.State == task.StatePrepared && !f.PlanSuspended
	case ToForward, ForwardReminder, ForwardOverdue:
		return f.Held && !f.PlanSuspended && (f.StepVersion == 0 || f.StepVersion == f.Submissions)
	case CorrectionSent, CorrectionReminder, CorrectionOverdue:
		return f.CorrectionWaits && !f.PlanSuspended
	case Submitted, ReviewReminder, ReviewOverdue:
		return f.State == task.StateSubmitted && !f.Held && !f.PlanSuspended && (f.StepVersion == 0 || f.StepVersion == f.Submissions)
	case ConsolidationComplete, ConsolidationCutOff:
		return f.State.Owed() && !f.PlanSuspended
	case RequestAsked, RequestOpinion, RequestReminder, RequestOverdue:
		return f.RequestWaits && !f.PlanSuspended
	default:
		return true
	}
}

func (f Facts) sameDue() bool { return f.StepVersion == 0 || f.StepVersion == f.DueVersion }
