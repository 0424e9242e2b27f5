package task

import (
	"time"

	"dondoc/internal/fault"
)

// CorrectInput is a version that is to replace the one in force ("báo cáo đính
// chính, thay thế").
type CorrectInput struct {
	TaskID  int64
	Version int // of the task as the person saw it; 0 = do not compare
	Content
	Reason string // mandatory
}

// Clean brings a correction into the form that is stored and names every fault at once.
func (in CorrectInput) Clean() (CorrectInput, error) {
	var faults []*fault.Fault
	content, err := in.Content.Submission(in.TaskID, in.Version).Clean()
	if err != nil {
		faults = append(faults, fault.Of(err).Details...)
	}
	in.Content = content.Content()
	reason, err := mandatory("correction.reason", "reason", in.Reason,
		"Ghi rõ lý do đính chính.", "Say why the result is corrected.")
	if err != nil {
		faults = append(faults, fault.Of(err))
	}
	in.Reason = reason
	if len(faults) > 0 {
		return in, fault.New(fault.Invalid, "submission.invalid",
			"Chưa gửi được. Có %d chỗ cần sửa.", "Not sent. %d places need mending.", len(faults)).With(faults...)
	}
	return in, nil
}

// CorrectionOutcome is where a correction stands.
type CorrectionOutcome string

const (
	// CorrectionWaits: the version that was in force stays so. The reviewer moves it on.
	CorrectionWaits CorrectionOutcome = "waiting"
	// CorrectionAccepted: it replaced the version that was in force.
	CorrectionAccepted CorrectionOutcome = "accepted"
	// CorrectionRefused: the version that was in force stays so.
	CorrectionRefused CorrectionOutcome = "refused"
	// CorrectionTakenBack: the agency took it back.
	CorrectionTakenBack CorrectionOutcome = "taken_back"
	// CorrectionSuperseded: the result itself was reopened meanwhile.
	CorrectionSuperseded CorrectionOutcome = "superseded"
)

// Correction is a correcting version on its way: what it says is the submission
// of its number.
type Correction struct {
	ID, TaskID int64
	Number     int
	// Replaces is the number of the version that was in force when it was sent.
	Replaces        int
	Reason          string
	CorrectedAt     time.Time
	CorrectedByName string
	Outcome         CorrectionOutcome
	Answer          string // to the agency; given where it is refused
	DecidedAt       *time.Time
	DecidedByName   string // empty: accepted at once or by itself
	// What the list of those that wait names them by.
	AgencyName, DutyCode, DutyTitle, PeriodKey, TimeZone string
}

// CorrectionDecision is what becomes of a correction that waits.
type CorrectionDecision string

const (
	AcceptCorrection   CorrectionDecision = "accept"    // by the reviewer
	RefuseCorrection   CorrectionDecision = "refuse"    // by the reviewer, with a reason
	TakeBackCorrection CorrectionDecision = "take_back" // by the agency
)

// CorrectionAct decides on a correction.
type CorrectionAct struct {
	CorrectionID int64
	Decision     CorrectionDecision
	Answer       string // needed to refuse
}

// Clean brings a decision on a correction into the form that is stored.
func (in CorrectionAct) Clean() (CorrectionAct, error) {
	switch in.Decision {
	case RefuseCorrection:
		answer, err := mandatory("correction.answer", "answer", in.Answer,
			"Ghi rõ lý do không chấp nhận.", "Say why the correction is refused.")
		in.Answer = answer
		return in, err
	case AcceptCorrection, TakeBackCorrection:
		answer, f := cleanText(in.Answer, maxReason)
		if f != nil {
			return in, f.At("answer")
		}
		in.Answer = answer
		return in, nil
	}
	return in, fault.New(fault.Invalid, "correction.decision",
		"Chọn chấp nhận, không chấp nhận hoặc rút lại.", "Choose accept, refuse or take_back.").At("decision")
}

// CorrectionPage is a piece of the list of corrections that wait.
type CorrectionPage struct {
	Corrections []Correction // the oldest first
	Next        string
}
