package api

import (
	"context"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/session"
	"dondoc/internal/task"
)

// reader is the reader's language.
func reader(ctx context.Context) string { return session.Language(ctx) }

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// dueOn is the day that a due time falls on in the plan's zone; where the
// zone is unknown to this machine, in UTC.
func dueOn(at time.Time, zone string) string {
	location, err := calendar.Zone(zone)
	if err != nil {
		location = time.UTC
	}
	return calendar.DueDay(at, location).String()
}

// Period is what a round is owed for.
type Period struct {
	Key   string `json:"key" example:"2026-Q2"`
	Label string `json:"label" doc:"In the reader's language."`
	From  string `json:"from" format:"date"`
	To    string `json:"to" format:"date"`
}

func periodOf(key string, from, to calendar.Date, language string) Period {
	return Period{Key: key, Label: calendar.LabelOf(key, language), From: from.String(), To: to.String()}
}

// Task is one result owed by one agency by one due time.
type Task struct {
	ID               int64      `json:"id"`
	RoundID          int64      `json:"round_id"`
	Plan             TaskPlan   `json:"plan"`
	Duty             TaskDuty   `json:"duty"`
	Agency           AgencyRef  `json:"agency"`
	AgencyLevel      string     `json:"agency_level"`
	Recipient        *AgencyRef `json:"recipient,omitempty"`
	Reviewer         *AgencyRef `json:"reviewer,omitempty"`
	Through          *AgencyRef `json:"through,omitempty" doc:"Passes the result on before it is reviewed (qua …)."`
	Held             bool       `json:"held" doc:"The result waits for that agency."`
	Period           Period     `json:"period"`
	State            string     `json:"state" enum:"scheduled,open,prepared,submitted,returned,accepted,waived,cancelled"`
	Status           string     `json:"status" enum:"done_on_time,done_late,not_done_in_time,not_done_overdue,waiting,waiting_late,not_expected,not_open" doc:"The official status at the moment of asking."`
	DueAt            time.Time  `json:"due_at" doc:"Decides on \"on time\"."`
	OriginalDueAt    time.Time  `json:"original_due_at"`
	ResubmitDueAt    *time.Time `json:"resubmit_due_at,omitempty"`
	EffectiveDueAt   time.Time  `json:"effective_due_at" doc:"Decides on \"overdue\": resubmit_due_at while returned, else due_at."`
	DueOn            string     `json:"due_on" format:"date" doc:"The effective due day in the plan's time zone."`
	Derivation       string     `json:"derivation" doc:"How the effective due time came about, in the reader's language."`
	OpenedAt         *time.Time `json:"opened_at,omitempty"`
	FirstSubmittedAt *time.Time `json:"first_submitted_at,omitempty"`
	SubmittedAt      *time.Time `json:"submitted_at,omitempty"`
	SettledAt        *time.Time `json:"settled_at,omitempty"`
	ClosedAt         *time.Time `json:"closed_at,omitempty"`
	DaysLate         int        `json:"days_late"`
	Submissions      int        `json:"submissions"`
	Version          int        `json:"version"`
}

// TaskPlan names the plan of a task.
type TaskPlan struct {
	ID       int64  `json:"id"`
	Code     string `json:"code"`
	Title    string `json:"title"`
	TimeZone string `json:"time_zone"`
}

// TaskDuty tells what a task is about.
type TaskDuty struct {
	ID        int64  `json:"id"`
	Code      string `json:"code"`
	Title     string `json:"title"`
	Text      string `json:"text"`
	Mode      string `json:"mode" enum:"assigned,requested"`
	Review    string `json:"review" enum:"required,none,automatic"`
	NilReturn bool   `json:"nil_return" doc:"Whether a nil return (không phát sinh) is taken."`
}

func taskOf(t task.Task, language string) Task {
	view := Task{
		ID: t.ID, RoundID: t.RoundID, Plan: TaskPlan{t.PlanID, t.PlanCode, t.PlanTitle, t.TimeZone},
		Duty:   TaskDuty{t.DutyID, t.DutyCode, t.DutyTitle, t.DutyText, t.Mode, t.Review, t.NilReturn},
		Agency: AgencyRef{t.AgencyID, t.AgencyCode, t.AgencyName}, AgencyLevel: t.AgencyLevel,
		Period: periodOf(t.PeriodKey, t.WindowFrom, t.WindowTo, language), State: string(t.State), Status: string(t.Status),
		DueAt: t.DueAt.UTC(), OriginalDueAt: t.OriginalDueAt.UTC(), ResubmitDueAt: utc(t.ResubmitDueAt), EffectiveDueAt: t.EffectiveDueAt.UTC(),
		DueOn: dueOn(t.EffectiveDueAt, t.TimeZone), Derivation: t.Derivation.Sentence(language),
		OpenedAt: utc(t.OpenedAt), FirstSubmittedAt: utc(t.FirstSubmittedAt), SubmittedAt: utc(t.SubmittedAt),
		SettledAt: utc(t.SettledAt), ClosedAt: utc(t.ClosedAt), DaysLate: t.DaysLate, Submissions: t.Submissions, Version: t.Version, Held: t.Held,
	}
	if t.RecipientID != 0 {
		view.Recipient = &AgencyRef{ID: t.RecipientID, Name: t.RecipientName}
	}
	if t.ReviewerID != 0 {
		view.Reviewer = &AgencyRef{ID: t.ReviewerID, Name: t.ReviewerName}
	}
	if t.ThroughID != 0 {
		view.Through = &AgencyRef{ID: t.ThroughID, Name: t.ThroughName}
	}
	return view
}

// Figure is one indicator's value as decimal text.
type Figure struct {
	Indicator string `json:"indicator"`
	Value     string `json:"value" example:"12.5"`
}

// Field is a figure that the duty asks for.
type Field struct {
	Indicator string `json:"indicator"`
	Name      string `json:"name"`
	Unit      string `json:"unit,omitempty"`
	Kind      string `json:"kind"`
	Required  bool   `json:"required,omitempty" doc:"Every report gives it; 0 if there is none."`
	Integer   bool   `json:"integer,omitempty" doc:"Without decimals."`
	Min       string `json:"min,omitempty"`
	Max       string `json:"max,omitempty"`
	Total     string `json:"total,omitempty" doc:"Code of the figure that this one is a part of (trong đó)."`
	Computed  bool   `json:"computed,omitempty" doc:"Worked out from other figures where they are given, whatever is sent for it."`
}

func fieldOf(f task.Field) Field {
	return Field{f.Indicator, f.Name, f.UnitName, f.Kind, f.Required, f.Integer, f.Min, f.Max, f.Total, f.Numerator != ""}
}

// Section is a part of the text that a duty's form asks for.
type Section struct {
	Heading   string `json:"heading" doc:"Where a form has several sections, each begins with its heading on a line of its own."`
	Hint      string `json:"hint,omitempty"`
	Required  bool   `json:"required,omitempty"`
	MaxLength int    `json:"max_length,omitempty" doc:"Characters."`
	Level     int    `json:"level,omitempty" doc:"Of a heading of an outline, 1 to 3."`
	// LastReported is a period's key.
	LastReported string `json:"last_reported,omitempty" doc:"Key of the newest period in which a standing duty's section said something."`
}

// Submission is one version of a result.
type Submission struct {
	ID             int64             `json:"id"`
	Number         int               `json:"number"`
	Kind           string            `json:"kind" enum:"report,nil"`
	Narrative      string            `json:"narrative,omitempty"`
	Figures        []Figure          `json:"figures"`
	Explanations   map[string]string `json:"explanations,omitempty" doc:"What its sender said of single figures, by indicator."`
	DocumentNumber string            `json:"document_number,omitempty"`
	DocumentOn     string            `json:"document_on,omitempty" format:"date"`
	SignatoryTitle string            `json:"signatory_title,omitempty"`
	SubmittedAt    time.Time         `json:"submitted_at"`
	SubmittedBy    string            `json:"submitted_by"`
	SubmittedFor   string            `json:"submitted_for,omitempty" doc:"The person for whom the sender stood in as a substitute."`
	Invalid        bool              `json:"invalid" doc:"Counts as not sent."`
	Review         *Review           `json:"review,omitempty"`

	PreparedBy     string     `json:"prepared_by,omitempty" doc:"Who prepared what submitted_by, the head, approved."`
	WithdrawnAt    *time.Time `json:"withdrawn_at,omitempty" doc:"Taken back; counts for nothing."`
	WithdrawnBy    string     `json:"withdrawn_by,omitempty"`
	WithdrawReason string     `json:"withdraw_reason,omitempty"`
	Recorded       *Recorded  `json:"recorded,omitempty" doc:"Set on what was received outside of the system at submitted_at and recorded by submitted_by."`

	Forwarded   *Forwarding  `json:"forwarded,omitempty" doc:"Set on what was passed on by the agency between."`
	Correction  *Correction  `json:"correction,omitempty" doc:"Set on a version that corrects another one."`
	Attachments []Attachment `json:"attachments,omitempty"`
	Redactions  []Redaction  `json:"redactions,omitempty" doc:"What was taken out of it since it was sent."`
}

// Recorded tells how a result came that was recorded for its agency (ghi nhận thay).
type Recorded struct {
	At         time.Time `json:"at"`
	OnBehalfOf AgencyRef `json:"on_behalf_of"`
	Channel    string    `json:"channel" enum:"paper,document_system,email,fax,phone,other"`
	Evidence   string    `json:"evidence,omitempty"`
}

// Review is a decision on a submission.
type Review struct {
	ID            int64      `json:"id"`
	Decision      string     `json:"decision" enum:"accept,return,invalid"`
	Reason        string     `json:"reason,omitempty"`
	ResubmitDueAt *time.Time `json:"resubmit_due_at,omitempty"`
	DecidedAt     time.Time  `json:"decided_at"`
	DecidedBy     string     `json:"decided_by,omitempty" doc:"Absent: accepted by itself."`
	Intermediary  string     `json:"intermediary,omitempty" doc:"The agency that returned it before it was passed on; absent: the reviewing agency decided."`
}

func submissionOf(b task.Submission) Submission {
	view := Submission{
		ID: b.ID, Number: b.Number, Kind: string(b.Kind), Narrative: b.Narrative, Figures: make([]Figure, len(b.Figures)),
		DocumentNumber: b.DocumentNumber, DocumentOn: b.DocumentOn.String(), SignatoryTitle: b.SignatoryTitle,
		SubmittedAt: b.SubmittedAt.UTC(), SubmittedBy: b.SubmittedByName, SubmittedFor: b.SubmittedFor, Invalid: b.Invalid,
		PreparedBy: b.PreparedByName, WithdrawnAt: utc(b.WithdrawnAt), WithdrawnBy: b.WithdrawnByName, WithdrawReason: b.WithdrawReason,
	}
	if r := b.Recorded; r != nil {
		view.Recorded = &Recorded{r.At.UTC(), AgencyRef{ID: r.OnBehalfOf, Name: r.OnBehalfOfName}, string(r.Channel), r.Evidence}
	}
	for i, f := range b.Figures {
		view.Figures[i] = Figure(f)
	}
	view.Explanations = explanationsOf(b.Explanations)
	view.Attachments = attachmentsOf(b.Attachments)
	for _, r := range b.Redactions {
		view.Redactions = append(view.Redactions, redactionOf(r))
	}
	if r := b.Review; r != nil {
		view.Review = &Review{r.ID, string(r.Decision), r.Reason, utc(r.ResubmitDueAt), r.DecidedAt.UTC(), r.DecidedByName, r.Intermediary}
	}
	if f := b.Forwarded; f != nil {
		view.Forwarded = &Forwarding{f.At.UTC(), f.AgencyName, f.ByName, f.Remark}
	}
	if k := b.Correction; k != nil {
		correction := correctionOf(*k)
		view.Correction = &correction
	}
	return view
}

// Step is one rung of a task's ladder of notices, sent or to come.
type Step struct {
	ID         int64      `json:"id"`
	Code       string     `json:"code"`
	Kind       string     `json:"kind"`
	At         time.Time  `json:"at"`
	Audience   []string   `json:"audience"`
	State      string     `json:"state" enum:"pending,done,skipped"`
	RunAt      *time.Time `json:"run_at,omitempty"`
	Recipients int        `json:"recipients" doc:"Notices recorded."`
	Derivation string     `json:"derivation" doc:"How the time came about, in the reader's language."`
}

// Event is one line of a task's history.
type Event struct {
	At     time.Time `json:"at"`
	Action string    `json:"action"`
	Actor  string    `json:"actor,omitempty" doc:"Absent: the system itself."`
	For    string    `json:"stood_in_for,omitempty" doc:"The person for whom the actor stood in as a substitute."`
	Note   string    `json:"note,omitempty"`
}

// TaskDetail is a task with all that belongs to it.
type TaskDetail struct {
	Task
	Fields         []Field      `json:"fields" doc:"The figures that the duty asks for."`
	SubmissionList []Submission `json:"submission_list" doc:"Newest first."`
	Steps          []Step       `json:"steps"`
	History        []Event      `json:"history"`
	InHand         *Handover    `json:"in_hand,omitempty" doc:"Who has the task in hand within the agency. Absent: nobody in particular, or the reader is not told."`
	MaySubmit      bool         `json:"may_submit"`
	MayReview      bool         `json:"may_review"`
	MayWithdraw    bool         `json:"may_withdraw"`
	WithdrawUntil  *time.Time   `json:"withdraw_until,omitempty" doc:"Until when a nil return can be undone that nobody reviews."`
	MayApprove     bool         `json:"may_approve" doc:"Decide, as the head, on what waits."`
	MayTakeBack    bool         `json:"may_take_back" doc:"Take back what waits for the head."`
	MayRecord      bool         `json:"may_record" doc:"Record a result received outside of the system."`
	MayRedact      bool         `json:"may_redact" doc:"Take personal data out of what was sent."`
	Asks           Asks         `json:"asks" doc:"What a report has to hold."`

	InForce               int  `json:"in_force" doc:"Number of the version that is in force; 0 while the task is not done."`
	MayForward            bool `json:"may_forward" doc:"Pass on what waits for the agency between."`
	MaySendBack           bool `json:"may_send_back" doc:"Return it to its sender."`
	MayCorrect            bool `json:"may_correct" doc:"Send a version that is to replace the one in force."`
	MayDecideCorrection   bool `json:"may_decide_correction" doc:"Accept or refuse the correction that waits."`
	MayTakeBackCorrection bool `json:"may_take_back_correction"`

	Consolidates bool      `json:"consolidates" doc:"The result sums up others: GET /tasks/{id}/consolidation."`
	Comments     []Comment `json:"comments" doc:"Of whoever sums this result up."`
	Upward       []Upward  `json:"upward" doc:"Accepted results of the recipient that its figures went into."`
}

// Asks is what a duty asks of a report.
type Asks struct {
	Result         string    `json:"result,omitempty" enum:"figures,signed_document,both,report" doc:"What counts as the result."`
	ResultRequired bool      `json:"result_required" doc:"A report without it is refused."`
	NeedsScan      bool      `json:"needs_scan" doc:"An attachment that shows the signed document is needed."`
	Secret         bool      `json:"secret" doc:"Reported by the classified route: only the document's number and date are taken."`
	Sections       []Section `json:"sections,omitempty"`
}

func asksOf(r task.Rules) Asks {
	asks := Asks{Result: string(r.Result), ResultRequired: r.ResultRequired, NeedsScan: r.NeedsScan(), Secret: r.Secret}
	for _, s := range r.Sections {
		asks.Sections = append(asks.Sections, Section(s))
	}
	return asks
}

func detailOf(d task.Detail, language string) TaskDetail {
	view := TaskDetail{
		Task: taskOf(d.Task, language), Fields: make([]Field, len(d.Fields)), SubmissionList: make([]Submission, len(d.Submissions)),
		Steps: make([]Step, len(d.Steps)), History: make([]Event, len(d.History)), MaySubmit: d.MaySubmit, MayReview: d.MayReview,
		MayWithdraw: d.MayWithdraw, WithdrawUntil: utc(d.WithdrawUntil), MayApprove: d.MayApprove, MayTakeBack: d.MayTakeBack, MayRecord: d.MayRecord,
		InForce: d.InForce, MayForward: d.MayForward, MaySendBack: d.MaySendBack, MayCorrect: d.MayCorrect,
		MayDecideCorrection: d.MayDecideCorrection, MayTakeBackCorrection: d.MayTakeBackCorrection,
		MayRedact: d.MayRedact, Asks: asksOf(d.Rules),
		Consolidates: d.Consolidates, Comments: listOf(d.Comments, "", commentOf).Items, Upward: listOf(d.Upward, "", upwardOf).Items,
	}
	if d.InHand != nil {
		handover := handoverOf(*d.InHand)
		view.InHand = &handover
	}
	for i, f := range d.Fields {
		view.Fields[i] = fieldOf(f)
	}
	for i, b := range d.Submissions {
		view.SubmissionList[i] = submissionOf(b)
	}
	for i, st := range d.Steps {
		view.Steps[i] = Step{st.ID, st.Code, st.Kind, st.At.UTC(), append([]string{}, st.Audience...), st.State, utc(st.RunAt), st.Recipients, st.Derivation.Sentence(language)}
	}
	for i, e := range d.History {
		view.History[i] = Event{e.At.UTC(), e.Action, e.Actor, e.For, e.Note}
	}
	return view
}

// Receipt answers an act on a task.
type Receipt struct {
	TaskID       int64     `json:"task_id"`
	SubmissionID int64     `json:"submission_id"`
	Number       int       `json:"number" doc:"Of the submission: lần 1, lần 2 …; 0 while it waits for the head."`
	State        string    `json:"state"`
	Status       string    `json:"status"`
	DueAt        time.Time `json:"due_at"`
	Version      int       `json:"version" doc:"Of the task after the act."`
}

func receiptOf(r task.Receipt) Receipt {
	return Receipt{
		TaskID: r.Task.ID, SubmissionID: r.SubmissionID, Number: r.Number, State: string(r.Task.State),
		Status: string(r.Task.Status), DueAt: r.Task.DueAt.UTC(), Version: r.Task.Version,
	}
}

// Board is what supervisors look at.
type Board struct {
	At      time.Time      `json:"at" doc:"The instant of the figures."`
	Counts  Counts         `json:"counts"`
	Overdue []OverdueEntry `json:"overdue" doc:"Worst first."`
	// NextCursor leads on in the list of the overdue.
	NextCursor string     `json:"next_cursor,omitempty"`
	NextDueAt  *time.Time `json:"next_due_at,omitempty" doc:"The nearest due time of what is not done."`
}

// Counts is the official 2 × 2, with what waits for review shown apart.
type Counts struct {
	DoneOnTime     int `json:"done_on_time"`
	DoneLate       int `json:"done_late"`
	NotDoneInTime  int `json:"not_done_in_time"`
	NotDoneOverdue int `json:"not_done_overdue"`
	Waiting        int `json:"waiting"`
	WaitingLate    int `json:"waiting_late"`
	NotExpected    int `json:"not_expected"`
}

// OverdueEntry is one overdue task.
type OverdueEntry struct {
	Task        Task       `json:"task"`
	StepsTaken  int        `json:"steps_taken" doc:"Notices sent after the due time, and urgings by people."`
	NextStep    string     `json:"next_step,omitempty"`
	NextStepAt  *time.Time `json:"next_step_at,omitempty"`
	Explanation string     `json:"explanation,omitempty" enum:"asked,answered,accepted,refused" doc:"Where the latest explanation that was demanded stands."`
}

func boardOf(b task.Board, language string) Board {
	view := Board{At: b.At.UTC(), Counts: Counts(b.Counts), Overdue: make([]OverdueEntry, len(b.Overdue)), NextCursor: b.Next, NextDueAt: utc(b.NextDue)}
	for i, o := range b.Overdue {
		view.Overdue[i] = OverdueEntry{taskOf(o.Task, language), o.StepsTaken, o.NextStep, utc(o.NextStepAt), o.Explanation}
	}
	return view
}
