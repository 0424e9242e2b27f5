package amendment

import (
	"slices"
	"time"

	"dondoc/internal/fault"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

// Outcome is a plan's final state.
type Outcome string

const (
	Completed  Outcome = "completed"  // hoàn thành
	Terminated Outcome = "terminated" // chấm dứt: ended before it was done
	Replaced   Outcome = "replaced"   // thay thế bằng văn bản khác
)

// maxNote bounds a closing note, in characters.
const maxNote = 4000

// Closing ends a plan for good.
type Closing struct {
	// Outcome empty is Completed.
	Outcome Outcome
	Note    string
	// ReplacedBy is the id of the plan that takes its place, of a replaced one only.
	ReplacedBy int64
}

// Texts are what is to be confirmed where it looks personal.
func (c Closing) Texts() []privacy.Text { return []privacy.Text{{Field: "note", Text: c.Note}} }

// Clean brings the closing into the form that is stored. Whoever ends a plan
// before it is done says why. Faults (Invalid) name the field.
func (c Closing) Clean() (Closing, error) {
	if c.Outcome == "" {
		c.Outcome = Completed
	}
	note, f := task.CleanText(c.Note, maxNote)
	if f != nil {
		return c, f.At("note")
	}
	c.Note = note
	switch {
	case !slices.Contains([]Outcome{Completed, Terminated, Replaced}, c.Outcome):
		return c, fault.New(fault.Invalid, "closing.outcome",
			"Kết cục là completed, terminated hoặc replaced.", "The outcome is completed, terminated or replaced.").At("outcome")
	case c.Outcome == Terminated && note == "":
		return c, fault.New(fault.Invalid, "closing.note",
			"Ghi lý do chấm dứt.", "Say why the plan is terminated.").At("note")
	case (c.Outcome == Replaced) != (c.ReplacedBy != 0):
		return c, fault.New(fault.Invalid, "closing.replaced_by",
			"Văn bản thay thế đi kèm với replaced, và chỉ với nó.", "The plan that takes its place goes with replaced, and only with it.").At("replaced_by")
	}
	return c, nil
}

// Closure is how a plan ended.
type Closure struct {
	PlanID                          int64
	Outcome                         Outcome // empty: it was closed before outcomes were kept
	Note                            string
	ReplacedBy                      int64
	ReplacedByCode, ReplacedByTitle string
	ClosedAt                        time.Time
	// Figures are the official figures at that moment, over all tasks of the plan,
	// by present and by original due times.
	Present, Original task.Tally
	// Counted is false where they were not kept.
	Counted bool
}
