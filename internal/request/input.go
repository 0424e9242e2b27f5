package request

import (
	"slices"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

// maxText is how many characters one text may have.
const maxText = 4000

// AskInput is what somebody asks.
type AskInput struct {
	TaskID  int64
	Version int // of the task as it was read; 0: do not compare
	Kind    Kind
	Text    string
	// ProposedOn is the day to whose end an extension is asked.
	ProposedOn calendar.Date
	// ToAgencies are the bodies that are asked, where the kind does not say it.
	ToAgencies []int64
	// WorkingDays is the time that the body has; 0: the kind's default.
	WorkingDays int
	// DueOn is the day to whose end the body has time; zero: WorkingDays.
	DueOn calendar.Date
}

// Act is what somebody does with a request.
type Act struct {
	ID      int64
	Version int // of the request as it was read; 0: do not compare
	// Grant says yes or no: to what is asked, to help, to an explanation; in an opinion, for or against.
	Grant bool
	Text  string
	// On is the day granted, where it is not the one proposed; for a waiver taken back the new due day.
	On calendar.Date
}

// Clean brings what is asked into the form that is stored.
func (in AskInput) Clean() (AskInput, error) {
	if !slices.Contains(Kinds, in.Kind) {
		return in, fault.New(fault.Invalid, "request.kind", "Không có loại đề nghị này.", "There is no such kind of request.").At("kind")
	}
	text, err := clean(in.Text, true)
	if err != nil {
		return in, err
	}
	in.Text = text
	if (in.Kind == Extension) == in.ProposedOn.IsZero() {
		return in, fault.New(fault.Invalid, "request.proposed_on",
			"Đề nghị gia hạn phải ghi ngày đề nghị; các loại khác thì không.", "An extension names the day that is proposed; other kinds do not.").At("proposed_on")
	}
	if in.WorkingDays < 0 || in.WorkingDays > MaxWorkingDays {
		return in, fault.New(fault.Invalid, "request.working_days",
			"Số ngày làm việc từ 1 đến %d.", "Working days are from 1 to %d.", MaxWorkingDays).At("working_days")
	}
	if in.Kind.Judged() && (in.WorkingDays != 0 || !in.DueOn.IsZero()) {
		return in, fault.New(fault.Invalid, "request.own_due",
			"Loại đề nghị này có thời hạn quyết định riêng, không đặt được.", "This kind of request has a time of its own; it cannot be set.").At("due_on")
	}
	if in.WorkingDays != 0 && !in.DueOn.IsZero() {
		return in, fault.New(fault.Invalid, "request.two_dues",
			"Chỉ ghi số ngày làm việc hoặc ngày hạn, không ghi cả hai.", "Give working days or a due day, not both.").At("due_on")
	}
	addressed := in.Kind == Obstacle || in.Kind == Contribution || in.Kind == Help
	slices.Sort(in.ToAgencies)
	in.ToAgencies = slices.Compact(in.ToAgencies)
	if addressed == (len(in.ToAgencies) == 0) || len(in.ToAgencies) > 20 {
		return in, fault.New(fault.Invalid, "request.to_agencies",
			"Chọn từ 1 đến 20 cơ quan nhận; với gia hạn, không phải báo cáo và giải trình thì không chọn.",
			"Name 1 to 20 bodies that are asked; none for an extension, a waiver or an explanation.").At("to_agency_ids")
	}
	return in, nil
}

// Clean brings an act into the form that is stored; texts that are needed must be there.
func (a Act) Clean(needed bool) (Act, error) {
	text, err := clean(a.Text, needed)
	a.Text = text
	return a, err
}

func clean(text string, needed bool) (string, error) {
	text, f := task.CleanText(text, maxText)
	if f != nil {
		return text, f.At("text")
	}
	if needed && text == "" {
		return text, fault.New(fault.Invalid, "request.text",
			"Ghi rõ lý do hoặc nội dung.", "Give the reason or what it is about.").At("text")
	}
	return text, nil
}

// Texts are what is to be confirmed where it looks personal.
func (in AskInput) Texts() []privacy.Text { return []privacy.Text{{Field: "text", Text: in.Text}} }

// Texts are what is to be confirmed where it looks personal.
func (a Act) Texts() []privacy.Text { return []privacy.Text{{Field: "text", Text: a.Text}} }
