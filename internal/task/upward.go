package task

import (
	"time"

	"dondoc/internal/privacy"
)

// Comment is what whoever sums results up says to a unit about its own; both
// sides read it.
type Comment struct {
	ID     int64
	TaskID int64 // of the unit
	// Number is of the version that it is about; 0: nothing counted yet.
	Number         int
	AgencyName     string // of whoever wrote it
	WrittenBy      string
	WrittenAt      time.Time
	Text           string
	DutyCode       string // of the result that sums up
	PeriodKey      string
	ConsolidatorID int64 // its task
}

// CommentInput says something to a unit whose result is summed up.
type CommentInput struct {
	// TaskID is the consolidator's task, InputID the unit's.
	TaskID, InputID int64
	Text            string
}

// Clean brings a comment into the form that is stored.
func (in CommentInput) Clean() (CommentInput, error) {
	text, err := mandatory("comment.text", "text", in.Text, "Ghi ý kiến gửi đơn vị.", "Write what the unit is to read.")
	in.Text = text
	return in, err
}

// Texts are what is to be confirmed where it looks personal.
func (in CommentInput) Texts() []privacy.Text {
	return []privacy.Text{{Field: "text", Text: in.Text}}
}

// Upward says into which accepted result of the recipient a unit's figures went
// ("đã được tổng hợp").
type Upward struct {
	AgencyName string
	DutyCode   string
	PeriodKey  string
	// Number is of the unit's version that was counted.
	Number int
	// AcceptedAt is when that result was accepted, or sent where nobody reviews.
	AcceptedAt time.Time
	// DocumentNumber and DocumentOn are those of the consolidated report, empty
	// where it gave none.
	DocumentNumber string
	DocumentOn     string // ISO date
}
