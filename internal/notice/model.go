package notice

import (
	"strconv"
	"strings"
	"time"

	"dondoc/internal/calendar"
)

// Kind chooses the words of a notice.
type Kind string

const (
	Opening        Kind = "opening"
	Reminder       Kind = "reminder"
	DueToday       Kind = "due_today"
	Overdue        Kind = "overdue"
	UrgingDraft    Kind = "urging_draft" // to the supervisor, with a draft of the urging letter
	Escalation     Kind = "escalation"   // to the plan authority
	ReviewReminder Kind = "review_reminder"
	ReviewOverdue  Kind = "review_overdue"
	Submitted      Kind = "submitted" // to the reviewer
	Receipt        Kind = "receipt"   // to whoever submitted
	Returned       Kind = "returned"  // at once
	Accepted       Kind = "accepted"
	Digest         Kind = "digest"
	DueMoved       Kind = "due_moved" // the calendar changed, or the system was away

	Amended   Kind = "amended"   // to the unit: the plan was amended, the task says something else
	Cancelled Kind = "cancelled" // to the unit: the plan was amended, the task is owed no more

	// All of these go at once, but the reminder of a promise.
	Contested         Kind = "contested"          // to the plan authority, which decides, and the reviewer
	ContestUpheld     Kind = "contest_upheld"     // to both sides, as the next
	ContestOverturned Kind = "contest_overturned" // the submission counts and waits again
	Reopened          Kind = "reopened"           // to the unit: the result is owed once more
	Urging            Kind = "urging"             // a supervisor's own push
	PromiseDue        Kind = "promise_due"        // to whoever noted a promise that was not kept
	RequestAsked      Kind = "request_asked"      // to the body that is asked
	RequestOpinion    Kind = "request_opinion"    // to the supervisors, who may give an opinion
	RequestReminder   Kind = "request_reminder"   // to the same, before it is due
	RequestOverdue    Kind = "request_overdue"    // to its head, when it has not answered
	RequestDecided    Kind = "request_decided"    // to who asked, at once
	RequestLapsed     Kind = "request_lapsed"     // to who asked, at once: the date stands
	RequestUndecided  Kind = "request_undecided"  // to the head of who did not decide
	Waived            Kind = "waived"             // to the unit, at once
	OwedAgain         Kind = "owed_again"         // to the unit, at once: a waiver was taken back
	Prepared          Kind = "prepared"           // to the head: waits for approval
	GivenBack         Kind = "given_back"         // to the focal points, at once: the head wants it mended
	Inherited         Kind = "inherited"          // to who owes and who follows: the task came from an agency that ended
	Recorded          Kind = "recorded"           // to the agency: the reviewer recorded a result for it
	TaskHanded        Kind = "handed_over"        // to whom a task was handed within the agency
	RoleGranted       Kind = "role_granted"       // to plan authorities: somebody was given a role that reads
	Substitute        Kind = "substitute"         // to both sides of a substitution that another named

	// Of results that pass an agency on their way, and of corrections. The first
	// and Corrected wait for the morning, the decisions go at once.
	ToForward          Kind = "to_forward"          // to the agency between: a result waits to be passed on
	ForwardReminder    Kind = "forward_reminder"    // to the same, on its last day
	ForwardOverdue     Kind = "forward_overdue"     // to the same and its head
	CorrectionSent     Kind = "correction_sent"     // to the reviewer, in the morning
	CorrectionReminder Kind = "correction_reminder" // to the same
	CorrectionOverdue  Kind = "correction_overdue"  // to the same and their head
	CorrectionAccepted Kind = "correction_accepted" // to the unit
	CorrectionRefused  Kind = "correction_refused"  // to the unit
	Corrected          Kind = "corrected"           // to who has the earlier version: another is in force, or asked for

	// Of results that sum up others; all wait for the morning.
	Commented             Kind = "commented"              // to the unit: whoever sums up said something about its report
	ConsolidationStale    Kind = "consolidation_stale"    // to who sums up: an input has changed since it was taken over
	ConsolidationComplete Kind = "consolidation_complete" // to the same, where the plan says so: every input is in
	ConsolidationCutOff   Kind = "consolidation_cut_off"  // to the same, where the plan says so: inputs are missing at their due time
)

// Item is one notice with the facts that its words need; nothing of the content.
type Item struct {
	NotificationID int64
	Kind           Kind
	TaskID         int64
	RequestID      int64 // of a notice about a request; 0: about the task
	AgencyName     string
	PlanCode       string
	DutyCode       string
	DutyTitle      string // for the page inside the system only, never in mail
	Requested      bool   // "đề nghị": softer words
	PeriodKey      string
	DueAt          time.Time // effective
	DaysLate       int
	TimeZone       string
	// Role is of a notice about a post rather than a task.
	Role      string
	CreatedAt time.Time
	ReadAt    *time.Time
}

// Path is the address of the page where the reader can act: that of the request
// where the notice is about one, else that of the task; empty: neither.
func (i Item) Path() string {
	switch {
	case i.RequestID != 0 && strings.HasPrefix(string(i.Kind), "request_"):
		return "/de-nghi/" + strconv.FormatInt(i.RequestID, 10)
	case i.TaskID != 0:
		return "/viec/" + strconv.FormatInt(i.TaskID, 10)
	}
	return ""
}

// Summary is a weekly digest's figures for one recipient.
type Summary struct {
	On        calendar.Date
	Open      int
	DueInWeek int
	Overdue   int
	Waiting   int // submitted, waiting for this recipient's decision
}

// Page is a piece of a person's list of notices, newest first.
type Page struct {
	Items  []Item
	Next   string
	Unread int
}
