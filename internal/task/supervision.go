package task

import (
	"regexp"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

// MaxAtOnce is how many tasks one act may concern.
const MaxAtOnce = 500

// ContestInput is a unit's objection to the decision that its result is invalid.
type ContestInput struct {
	TaskID  int64
	Version int // of the task as the person saw it; 0 = do not compare
	Reason  string
}

// ContestOutcome is what the plan authority decides.
type ContestOutcome string

const (
	Upheld     ContestOutcome = "upheld"     // giữ nguyên quyết định
	Overturned ContestOutcome = "overturned" // hủy quyết định: the submission counts and waits again
)

// ContestDecision decides on an objection.
type ContestDecision struct {
	ContestID int64
	Outcome   ContestOutcome
	Answer    string // mandatory where the decision is upheld
}

// Contest is an objection to the decision "không hợp lệ, coi như chưa gửi".
type Contest struct {
	ID, TaskID, ReviewID int64
	SubmissionNumber     int
	// Decision's reason, as the reviewer gave it.
	ReviewReason    string
	ReviewedAt      time.Time
	Reason          string
	ContestedAt     time.Time
	ContestedByName string
	Outcome         ContestOutcome // empty: not decided yet
	Answer          string
	DecidedAt       *time.Time
	DecidedByName   string
}

// ReopenInput admits a result once more.
type ReopenInput struct {
	TaskID  int64
	Version int
	Reason  string
	// ResubmitOn is the day by whose end the result is due; zero: three working days.
	ResubmitOn calendar.Date
}

// Reopening tells when and why a task was owed once more.
type Reopening struct {
	ID             int64
	From           State
	Reason         string
	DueAt          time.Time
	ReopenedAt     time.Time
	ReopenedByName string
}

// AcceptItem is one result to accept, as the person saw it.
type AcceptItem struct {
	TaskID  int64
	Version int
}

// Outcome says what became of one of many tasks: done, or the fault of that one.
type Outcome struct {
	TaskID int64
	// Version is that of the task after the act; zero where it failed.
	Version int
	// Recipients is the number of people and mailboxes that were told.
	Recipients int
	Fault      *fault.Fault
}

// UrgeKind is the way of an urging.
type UrgeKind string

const (
	UrgeMessage UrgeKind = "message" // sent by the system
	UrgeLetter  UrgeKind = "letter"  // the others are notes of what was done elsewhere
	UrgePhone   UrgeKind = "phone"
	UrgeZalo    UrgeKind = "zalo"
)

// UrgeInput is a supervisor's own push for tasks that are owed.
type UrgeInput struct {
	TaskIDs  []int64
	Kind     UrgeKind
	Message  string // stays inside the system
	WithWhom string // office or role; for what was done elsewhere
	// PromisedOn is the day by which the unit said that it would send.
	PromisedOn calendar.Date
	// UrgedAt is when it was done; zero: now.
	UrgedAt time.Time
}

// UrgeReceipt answers an urging: one outcome for each task, in the order asked.
type UrgeReceipt struct {
	// UrgingID is zero where no task was urged.
	UrgingID int64
	Outcomes []Outcome
}

// Urging is a push that was made.
type Urging struct {
	ID          int64
	Kind        UrgeKind
	Message     string
	WithWhom    string
	PromisedOn  calendar.Date
	UrgedAt     time.Time
	NotedAt     time.Time
	NotedByName string
	Recipients  int
}

// Supervision is everything that supervisors and plan authorities did around a task.
type Supervision struct {
	Contests   []Contest // newest first, as the others
	Reopenings []Reopening
	Urgings    []Urging
	// What the asking actor may do now.
	MayContest, MayDecide, MayReopen, MayUrge bool
}

// ContestPage is a piece of the list of objections that wait.
type ContestPage struct {
	Contests []Contest
	Next     string
}

// Clean brings an objection into the form that is stored.
func (in ContestInput) Clean() (ContestInput, error) {
	reason, err := mandatory("contest.reason", "reason", in.Reason,
		"Ghi rõ vì sao báo cáo hợp lệ.", "Say why the result is valid.")
	in.Reason = reason
	return in, err
}

// Clean brings a decision on an objection into the form that is stored.
func (in ContestDecision) Clean() (ContestDecision, error) {
	if in.Outcome != Upheld && in.Outcome != Overturned {
		return in, fault.New(fault.Invalid, "contest.outcome",
			"Chọn giữ nguyên hoặc hủy quyết định.", "Choose upheld or overturned.").At("outcome")
	}
	answer, f := cleanText(in.Answer, maxReason)
	if f != nil {
		return in, f.At("answer")
	}
	if in.Answer = answer; answer == "" && in.Outcome == Upheld {
		return in, fault.New(fault.Invalid, "contest.answer",
			"Ghi rõ lý do giữ nguyên quyết định.", "Say why the decision is upheld.").At("answer")
	}
	return in, nil
}

// Clean brings a reopening into the form that is stored.
func (in ReopenInput) Clean() (ReopenInput, error) {
	reason, err := mandatory("reopen.reason", "reason", in.Reason,
		"Ghi rõ lý do mở lại để đơn vị biết cần làm gì.", "Give the reason, so that the unit knows what is asked.")
	in.Reason = reason
	return in, err
}

func mandatory(code, field, text, vi, en string) (string, error) {
	text, f := cleanText(text, maxReason)
	if f != nil {
		return text, f.At(field)
	}
	if text == "" {
		return text, &fault.Fault{Kind: fault.Invalid, Code: code, Field: field, VI: vi, EN: en}
	}
	return text, nil
}

// CheckMany refuses lists of tasks that are empty, too long or name a task twice.
func CheckMany(field string, ids []int64) error {
	if len(ids) == 0 || len(ids) > MaxAtOnce {
		return fault.New(fault.Invalid, "tasks.many",
			"Chọn từ 1 đến %d việc.", "Choose 1 to %d tasks.", MaxAtOnce).At(field)
	}
	seen := make(map[int64]bool, len(ids))
	for _, id := range ids {
		if seen[id] {
			return fault.New(fault.Invalid, "tasks.twice",
				"Việc số %d có hai lần trong danh sách.", "Task %d stands in the list twice.", id).At(field)
		}
		seen[id] = true
	}
	return nil
}

// manyDigits finds what may be a telephone or identity number.
var manyDigits = regexp.MustCompile(`(?:\d[ .\-]?){9,}`)

// Clean brings an urging into the form that is stored. What was done elsewhere
// names the office or role it was done with, and no person.
func (in UrgeInput) Clean(now time.Time) (UrgeInput, error) {
	if err := CheckMany("task_ids", in.TaskIDs); err != nil {
		return in, err
	}
	message, f := cleanText(in.Message, maxReason)
	if f != nil {
		return in, f.At("message")
	}
	whom, f := cleanText(in.WithWhom, maxShort)
	if f != nil {
		return in, f.At("with_whom")
	}
	in.Message, in.WithWhom = message, whom
	if in.UrgedAt.IsZero() {
		in.UrgedAt = now
	}
	switch in.Kind {
	case UrgeMessage:
		return in, in.checkMessage(now)
	case UrgeLetter, UrgePhone, UrgeZalo:
		return in, in.checkNote(now)
	}
	return in, fault.New(fault.Invalid, "urging.kind",
		"Chọn cách đôn đốc: nhắn trong hệ thống, công văn, điện thoại hoặc Zalo.", "Choose message, letter, phone or zalo.").At("kind")
}

func (in UrgeInput) checkMessage(now time.Time) error {
	switch {
	case in.Message == "":
		return fault.New(fault.Invalid, "urging.message",
			"Ghi nội dung đôn đốc.", "Write what the unit is urged to do.").At("message")
	case in.WithWhom != "":
		return fault.New(fault.Invalid, "urging.with_whom_message",
			"Nhắn trong hệ thống gửi cho đầu mối và thủ trưởng đơn vị, không ghi người nhận.",
			"A message goes to the unit's focal points and head; it names nobody.").At("with_whom")
	case !in.UrgedAt.Equal(now):
		return fault.New(fault.Invalid, "urging.message_past",
			"Nhắn trong hệ thống được gửi ngay, không ghi thời điểm.", "A message goes at once; it has no time of its own.").At("noted_at")
	}
	return nil
}

func (in UrgeInput) checkNote(now time.Time) error {
	switch {
	case in.WithWhom == "":
		return fault.New(fault.Invalid, "urging.with_whom",
			"Ghi đã làm việc với bộ phận hoặc chức danh nào.", "Say which office or role it was done with.").At("with_whom")
	case manyDigits.MatchString(in.WithWhom) || strings.Contains(in.WithWhom, "@"):
		return fault.New(fault.Invalid, "urging.personal",
			"Chỉ ghi bộ phận hoặc chức danh, không ghi số điện thoại, địa chỉ thư hay số định danh.",
			"Name an office or a role only, no telephone number, address or identity number.").At("with_whom")
	case in.UrgedAt.After(now):
		return fault.New(fault.Invalid, "urging.future",
			"Thời điểm đôn đốc chưa tới.", "The time of the urging is yet to come.").At("noted_at")
	case now.Sub(in.UrgedAt) > 366*24*time.Hour:
		return fault.New(fault.Invalid, "urging.long_ago",
			"Thời điểm đôn đốc đã quá lâu.", "The time of the urging is too long ago.").At("noted_at")
	}
	return nil
}

// CheckPromise refuses a promised day that is over or out of sight, in the
// plan's zone.
func (in UrgeInput) CheckPromise(today calendar.Date) *fault.Fault {
	switch {
	case in.PromisedOn.IsZero():
		return nil
	case in.PromisedOn.Before(today):
		return fault.New(fault.Invalid, "urging.promise_past",
			"Ngày hẹn gửi đã qua.", "The promised day is over.").At("promised_on")
	case in.PromisedOn.Sub(today) > 366:
		return fault.New(fault.Invalid, "urging.promise_far",
			"Ngày hẹn gửi quá xa.", "The promised day is too far away.").At("promised_on")
	}
	return nil
}

// MeasureFilter narrows the reviewers' figures.
type MeasureFilter struct {
	PlanID, ReviewerID int64
	// From and To bound the instants of decisions.
	From, To time.Time
}

// Measure tells how fast one agency decided on the results of one period. Days
// are working days after the day of submission; 0 is the same day.
type Measure struct {
	ReviewerID                 int64
	ReviewerCode, ReviewerName string
	PeriodKey                  string
	Decided                    int
	// Median and P90: half and nine tenths of the decisions took at most so long.
	Median, P90 int
	Waiting     int
	LongestWait int
}

// Measures are the reviewers' figures at one business instant.
type Measures struct {
	From, To, At time.Time
	Rows         []Measure // by reviewer, then period
}
