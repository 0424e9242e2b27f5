package document

import (
	"slices"

	"dondoc/internal/fault"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

// maxLetterText is how many characters a sender may add to a letter.
const maxLetterText = 4000

// LetterInput says for which results a letter is to urge.
type LetterInput struct {
	TaskIDs []int64
	// Text is put in before the closing sentence; empty: nothing.
	Text string
}

// Clean brings the request into order. Faults name the field.
func (in LetterInput) Clean() (LetterInput, error) {
	in.TaskIDs = slices.Clone(in.TaskIDs)
	slices.Sort(in.TaskIDs)
	in.TaskIDs = slices.Compact(in.TaskIDs)
	if len(in.TaskIDs) == 0 || len(in.TaskIDs) > task.MaxAtOnce {
		return in, fault.New(fault.Invalid, "letter.tasks",
			"Chọn từ 1 đến %d báo cáo.", "Choose 1 to %d tasks.", task.MaxAtOnce).At("task_ids")
	}
	text, f := task.CleanText(in.Text, maxLetterText)
	if f != nil {
		return in, f.At("text")
	}
	in.Text = text
	return in, nil
}

// Texts are what is to be confirmed where it looks personal.
func (in LetterInput) Texts() []privacy.Text { return []privacy.Text{{Field: "text", Text: in.Text}} }
