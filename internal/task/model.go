// Package task holds rounds, tasks, submissions and reviews: their states, the
// moves between them and the official status computed from their facts.
package task

import (
	"time"

	"dondoc/internal/calendar"
)

// State is where a task stands. "Overdue" is none: it is computed.
type State string

const (
	// StateScheduled: the round has not opened. Its opening moves it on.
	StateScheduled State = "scheduled"
	// StateOpen: the result is owed. The agency moves it on by submitting.
	StateOpen State = "open"
	// StatePrepared: waits for the head's approval. The head moves it on.
	StatePrepared State = "prepared"
	// StateSubmitted: waits for the reviewer, or is done where no review is required.
	StateSubmitted State = "submitted"
	// StateReturned: to be mended. The agency moves it on by submitting again.
	StateReturned State = "returned"
	// StateAccepted is final until reopened.
	StateAccepted State = "accepted"
	// StateWaived: not owed for this period; can be taken back.
	StateWaived State = "waived"
	// StateCancelled is final.
	StateCancelled State = "cancelled"
)

// Status is the official 2 × 2, with "waiting" shown apart.
type Status string

const (
	DoneOnTime     Status = "done_on_time"
	DoneLate       Status = "done_late"
	NotDoneInTime  Status = "not_done_in_time"
	NotDoneOverdue Status = "not_done_overdue"
	Waiting        Status = "waiting"      // submitted in time, waits for review
	WaitingLate    Status = "waiting_late" // submitted late, waits for review
	NotExpected    Status = "not_expected" // waived, cancelled
	NotOpen        Status = "not_open"
)

// Task is one result owed by one agency by one due time, with what lists and
// pages show of it. Instants are UTC.
type Task struct {
	ID, RoundID, DutyID, PlanID                      int64
	AgencyID, RecipientID, ReviewerID, IssuerID      int64
	AgencyCode, AgencyName, AgencyLevel, AgencyPhone string
	RecipientName, ReviewerName                      string
	// ThroughID passes the result on before it is reviewed; 0: nobody does.
	ThroughID   int64
	ThroughName string
	// Held: the newest submission waits for that agency.
	Held                          bool
	PlanCode, PlanTitle, TimeZone string
	DutyCode, DutyTitle, DutyText string
	Mode                          string // assigned, requested
	Review                        string // required, none, automatic
	NilReturn                     bool
	PeriodKey                     string // calendar.LabelOf gives its name
	WindowFrom, WindowTo          calendar.Date
	State                         State
	Status                        Status // at the moment of asking
	DueAt, OriginalDueAt          time.Time
	ResubmitDueAt                 *time.Time
	// EffectiveDueAt is ResubmitDueAt when returned, else DueAt.
	EffectiveDueAt   time.Time
	DueVersion       int
	Derivation       calendar.Derivation // of EffectiveDueAt
	OpenedAt         *time.Time
	FirstSubmittedAt *time.Time
	SubmittedAt      *time.Time
	SettledAt        *time.Time
	ClosedAt         *time.Time
	// DaysLate is the number of days after the effective due day; 0 in time.
	DaysLate    int
	Submissions int
	Version     int
}

// Figure is one indicator's value as decimal text.
type Figure struct {
	Indicator string
	Value     string
}

// Submission is one version of a task's result; never overwritten.
type Submission struct {
	ID, TaskID      int64
	Number          int
	Kind            Kind
	Narrative       string
	Figures         []Figure // in the order of the duty's indicators
	Explanations    []Explanation
	DocumentNumber  string
	DocumentOn      calendar.Date
	SignatoryTitle  string
	SubmittedAt     time.Time
	SubmittedBy     int64
	SubmittedByName string
	// SubmittedFor is the name of whom that person stood in for; empty: nobody.
	SubmittedFor string
	Invalid      bool
	Review       *Review
	// WithdrawnAt is set on what the agency took back; it counts for nothing.
	WithdrawnAt     *time.Time
	WithdrawnByName string
	WithdrawReason  string
	// PreparedByName prepared what SubmittedByName, the head, approved; empty with one signature.
	PreparedByName string
	// Recorded is set on what the reviewing agency recorded for the agency
	// ("ghi nhận thay"); then SubmittedAt is when it was received.
	Recorded *Recorded
	// Forwarded is set on what the agency between passed on.
	Forwarded *Forwarding
	// Correction is set on a version that corrects another one.
	Correction *Correction
	// Attachments are its files, in their order.
	Attachments []Attachment
	// Redactions tell what was taken out of it since it was sent.
	Redactions []Redaction
}

// Recorded tells how a result that was not sent through the system came.
type Recorded struct {
	At             time.Time // when it was recorded, by SubmittedByName
	OnBehalfOf     int64     // agency
	OnBehalfOfName string
	Channel        Channel
	Evidence       string
}

// Kind tells a report from "không phát sinh".
type Kind string

const (
	Report    Kind = "report"
	NilReturn Kind = "nil"
)

// Review is a decision on a submission.
type Review struct {
	ID            int64
	Decision      Decision
	Reason        string
	ResubmitDueAt *time.Time
	DecidedAt     time.Time
	DecidedByName string // empty: accepted by itself
	// Intermediary is the name of the agency that returned it before it was passed
	// on; empty: the reviewing agency decided.
	Intermediary string
}

// Decision of a review.
type Decision string

const (
	Accept  Decision = "accept"
	Return  Decision = "return"  // bổ sung, chỉnh sửa: keeps the time of the first submission
	Invalid Decision = "invalid" // không hợp lệ, coi như chưa gửi
)

// Field is a figure that a duty asks for.
type Field struct {
	Indicator string // code
	Name      string
	UnitName  string
	Kind      string // count, percent, money, text
	// Required: every report gives it. Integer: without decimals. Min and Max, as
	// decimal text, bound it where they are not empty.
	Required, Integer bool
	Min, Max          string
	// CountOnly: persons; hidden below five outside of the reporting chain.
	CountOnly bool
	// Total is the code of the figure that this one is a part of ("trong đó"), Of
	// its name; empty for all others.
	Total, Of string
	// Numerator and Denominator are the figures of a ratio, which is worked out.
	Numerator, Denominator string
	// Steady: no change against the period before is asked about. Cumulative: it
	// covers the year so far.
	Steady, Cumulative bool
}

// Step is one rung of a task's ladder, sent or to come.
type Step struct {
	ID         int64
	Code, Kind string
	At         time.Time
	Audience   []string
	State      string // pending, done, skipped
	RunAt      *time.Time
	Recipients int // notices recorded
	// Derivation explains At.
	Derivation calendar.Derivation
}

// Event is one line of a task's history.
type Event struct {
	At     time.Time
	Action string // audit action: task.opened, task.submitted, task.returned, task.accepted, step.done …
	Actor  string // name; empty: the system
	// For is the name of whom the actor stood in for ("A thay B"); empty: nobody.
	For  string
	Note string
}

// Detail is a task with everything its page shows.
type Detail struct {
	Task        Task
	Fields      []Field
	Rules       Rules        // of the duty, for a report; their fields are Fields
	Submissions []Submission // newest first
	Steps       []Step       // by time
	History     []Event      // by time
	// InHand is who has the task in hand within the agency; nil: nobody in
	// particular, or the asking actor is not told.
	InHand *Handover
	// What the asking actor may do now.
	MaySubmit, MayReview bool
	// MayWithdraw, until WithdrawUntil where that is set; MayApprove decides on
	// what waits for the head; MayTakeBack takes it back; MayRecord records what
	// came outside of the system.
	MayWithdraw, MayApprove, MayTakeBack, MayRecord bool
	// MayRedact takes personal data out of what was submitted.
	MayRedact     bool
	WithdrawUntil *time.Time
	// InForce is the number of the version that is in force; 0 while the task is not done.
	InForce int
	// MayForward passes on what waits for the agency between, MaySendBack returns
	// it; MayCorrect sends a correction, MayDecideCorrection and
	// MayTakeBackCorrection settle the one that waits.
	MayForward, MaySendBack, MayCorrect, MayDecideCorrection, MayTakeBackCorrection bool
	// Consolidates: the result sums up others. Comments are what whoever sums this
	// one up says about it, Upward where its figures went.
	Consolidates bool
	Comments     []Comment
	Upward       []Upward
}

// SubmitInput is what a person sends in.
type SubmitInput struct {
	TaskID         int64
	Version        int // of the task as the person saw it; 0 = do not compare
	Kind           Kind
	Narrative      string
	Figures        []Figure
	Explanations   []Explanation
	DocumentNumber string
	DocumentOn     calendar.Date
	SignatoryTitle string
	Attachments    []int64
}

// ReviewInput is a reviewer's decision.
type ReviewInput struct {
	TaskID   int64
	Version  int
	Decision Decision
	Reason   string // mandatory unless accepted
	// ResubmitOn is the day by whose end the mended result is due; zero: three working days.
	ResubmitOn calendar.Date
}

// Now is how a task stands, without anything of its content.
type Now struct {
	State   State
	Version int
}

// Receipt answers an act on a task.
type Receipt struct {
	Task         Task
	SubmissionID int64
	Number       int
}

// Filter narrows a list of tasks; zero values do not.
type Filter struct {
	State       []State
	AgencyID    int64 // exactly this agency
	UnderAgency int64 // this agency and below
	PlanID      int64
	DutyID      int64
	RoundID     int64
	// Mine: owed by agencies where the actor is focal point or head; what was
	// handed to a colleague only where the actor is head.
	Mine     bool
	ToReview bool // waits for a decision of the actor's agencies
	Overdue  bool
	// OpenRounds leaves what the board counts: tasks of open rounds, of plans that
	// are followed or asked for by PlanID.
	OpenRounds bool
	DueFrom    time.Time
	DueTo      time.Time
	Limit      int    // default 50, at most 200
	Cursor     string // opaque, from the previous page
	// Figure leaves what a figure of the rates counts.
	Figure FigureFilter
	// Level leaves what agencies of this level owe, Way what comes by it.
	Level string
	Way   Way
	// Predecessors widens AgencyID to the agencies that ended and that it followed.
	Predecessors bool
	// ToForward leaves what waits to be passed on by the actor's agencies.
	ToForward bool
}

// Page is a piece of a list.
type Page struct {
	Tasks []Task
	Next  string // empty at the end
}

// Counts is the official 2 × 2 over a set of tasks.
type Counts struct {
	DoneOnTime, DoneLate, NotDoneInTime, NotDoneOverdue, Waiting, WaitingLate, NotExpected int
}

// Overdue is one line of the supervisors' board.
type Overdue struct {
	Task       Task
	StepsTaken int    // notices after due, and urgings by people
	NextStep   string // kind of the next pending step; empty: none
	NextStepAt *time.Time
	// Explanation is where the latest demand for an explanation stands: asked,
	// answered, accepted, refused; empty: none was demanded.
	Explanation string
}

// Round is duty × period.
type Round struct {
	ID, DutyID, PlanID       int64
	DutyCode, DutyTitle      string
	PeriodKey                string
	Cadences                 []string
	WindowFrom, WindowTo     calendar.Date
	State                    string // scheduled, open, closed
	OpensAt, DueAt, ClosesAt time.Time
	Tasks                    int
	Version                  int
	TimeZone                 string // of its plan; set where the round was just opened
}

// MostCalendarDays is how many days of a plan one calendar shows at most.
const MostCalendarDays = 366

// Way is how a result comes to the agencies at which its reader works.
type Way string

// What is addressed to one of these agencies and passed on by nobody comes directly;
// what an agency in between receives or passes on comes between. What these agencies
// owe themselves comes by neither.
const (
	WayDirect  Way = "direct"
	WayBetween Way = "between"
)

// BoardFilter narrows the overdue board.
type BoardFilter struct {
	PlanID, DutyID, UnderAgency int64
	Level                       string // of the agencies that owe; empty: any
	Way                         Way
	Limit                       int
	Cursor                      string
}

// Board is what supervisors look at: the 2 × 2 over what they see and the overdue, worst first.
type Board struct {
	Counts Counts
	// Late are the overdue by how long they are; together they are NotDoneOverdue.
	Late    [3]LateBand
	Overdue []Overdue
	Next    string
	// NextDue is the nearest due time of what is not done, for the empty board.
	NextDue *time.Time
	At      time.Time // business instant of the figures
}
