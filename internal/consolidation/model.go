package consolidation

import (
	"slices"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
	"dondoc/internal/task"
)

// Standing is what there is of one input.
type Standing string

const (
	In       Standing = "in"       // đã nhận: counted
	Nil      Standing = "nil"      // không phát sinh: counted
	Waiting  Standing = "waiting"  // đã gửi, chờ xác nhận: not counted yet
	Returned Standing = "returned" // đã trả lại
	Missing  Standing = "missing"  // chưa gửi
	Waived   Standing = "waived"   // không phải báo cáo: not expected
)

// Counts reports whether the input's figures are in the sum.
func (s Standing) Counts() bool { return s == In || s == Nil }

// Window is the span of days that a round reports on, both inclusive.
type Window struct {
	Round    int64
	From, To calendar.Date
}

// Input is the result of one unit for one round of the lower level.
type Input struct {
	TaskID, AgencyID int64
	AgencyName       string
	// AgencyLevel is the plan's word for the unit's level: "commune".
	AgencyLevel string
	PeriodKey   string
	// Rank is the place of the input's duty among those that are summed up, from 0:
	// of two reports of one unit that give the same figure, the lower rank counts.
	Rank int
	// Asks are the indicators that the unit's report asks for: a nil return is zero of these.
	Asks     map[string]bool
	Window   Window
	Standing Standing
	// Late: what was sent first came after the due time; or nothing came and it is over.
	Late bool
	// SubmissionID and Number are of the version that counts; 0: none does.
	SubmissionID int64
	Number       int
	// Document is the number of the signed document, where it has one.
	Document  string
	Narrative string
	// Figures are in the stored form, by indicator.
	Figures map[string]string
	// Totals, by indicator, where the unit has itself consolidated.
	Totals map[string]indicator.Total
	// Stale: what the unit consolidated has changed below it since.
	Stale bool
	// TaskVersion is what an act on the input names.
	TaskVersion int
	// MayReturn and MayReopen say what the reader may do about it now: return what
	// waits for review, admit once more what counts already.
	MayReturn, MayReopen bool
	// Comments are those of the consolidator, oldest first.
	Comments []task.Comment
}

// Paragraph is one unit's text under one heading of the report.
type Paragraph struct {
	// Section is the heading's place in the form, from 0.
	Section          int
	TaskID, AgencyID int64
	// Source names the unit, the document, the period and the version.
	Source string
	Text   string
}

// Source is an input as it was counted.
type Source struct{ Task, Submission int64 }

// Taken is one taking over of the figures into the consolidator's draft.
type Taken struct {
	ID      int64
	At      time.Time
	ByName  string
	Sources []Source
}

// View is a consolidator's task with what it is made of.
type View struct {
	TaskID int64
	// Seen stands for exactly the inputs that count; taking over names it, so that
	// nobody takes over what they have not seen.
	Seen        string
	Definitions []indicator.Definition
	Inputs      []Input
	// Figures are in the order of the definitions.
	Figures []indicator.Figure
	// Headings are those of the report's form; empty: one text without headings.
	Headings []string
	// Paragraphs are the units' texts under the headings, Narrative all of them in
	// one text, each with its source.
	Paragraphs []Paragraph
	Narrative  string
	// Expected is how many inputs there ought to be, Missing are those that do not count.
	Expected int
	Missing  []Gone
	// Taken is the newest taking over; nil: none yet.
	Taken *Taken
	// Changes since it was taken over, and the tasks whose counted version is another.
	Changes      []indicator.Change
	ChangedTasks []int64
	// Marks are what has changed at or below its inputs, as it was noticed.
	Marks []Mark
	// Stale: it was taken over, and something at or below its inputs has changed since.
	Stale bool
	// Sent is what was missing when the newest version was sent; nil: nothing was
	// sent, or it was not kept.
	Sent *SentWithout
	// MayTakeOver: the reader may put the figures into the draft now; Correcting:
	// that draft is of a correcting report, because the result is done.
	MayTakeOver, Correcting, MayComment bool
	// Edited are the indicators whose figure in the newest submission is not what
	// its parts add up to.
	Edited []string
}

// TakeOverInput takes the figures over into the draft of the consolidator's task.
type TakeOverInput struct {
	TaskID int64
	// Version of the task; 0: not held against.
	Version int
	// Seen is that of the view the person looked at.
	Seen string
	// Narrative: also replace the draft's text with the gathered one.
	Narrative bool
}

// Closed is the view without what the units wrote and gave: who is in and who is
// missing, for those who may not open the inputs yet.
func (v View) Closed() View {
	v.Inputs = slices.Clone(v.Inputs)
	for i := range v.Inputs {
		v.Inputs[i].Narrative, v.Inputs[i].Figures, v.Inputs[i].Totals, v.Inputs[i].Comments = "", nil, nil, nil
	}
	v.Figures = make([]indicator.Figure, len(v.Figures))
	v.Narrative, v.Paragraphs, v.Changes, v.Marks, v.Edited, v.Seen = "", nil, nil, nil, nil, ""
	return v
}
