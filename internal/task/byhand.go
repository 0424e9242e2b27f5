package task

import (
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

// HandInput asks for a report that no calendar asks for: ad hoc, flash, or about
// an event.
type HandInput struct {
	DutyID int64
	// Cadence is one of the duty's that people open; empty: its first such one.
	Cadence     calendar.Cadence
	Title, Text string
	// AgencyIDs are who reports; none: everyone who owes the duty and whom the
	// actor may ask.
	AgencyIDs []int64
	// DueAt is a due time set by hand. Within counts from now. Without both the
	// duty's own rule counts.
	DueAt  time.Time
	Within calendar.DueRule
	// Template is the code of one of the plan's templates: what is left out here is
	// as it says.
	Template string
}

// HandAgency is what an agency would be asked.
type HandAgency struct {
	ID         int64
	Code, Name string
	DueAt      time.Time
	Derivation calendar.Derivation
	// Load is the number of tasks it owes in the week of the due time, of those
	// that the actor sees.
	Load int
}

// HandSimilar is a task of an open round that asks the same already.
type HandSimilar struct {
	TaskID, AgencyID    int64
	AgencyName          string
	DutyCode, DutyTitle string
	PeriodKey           string
	State               State
	DueAt               time.Time
	SameDuty            bool
	// Indicators are the figures that both ask for.
	Indicators []string
}

// HandPreview shows a round before it is opened by hand.
type HandPreview struct {
	Cadence   calendar.Cadence
	PeriodKey string
	TimeZone  string
	DueAt     time.Time // the latest
	Agencies  []HandAgency
	// Similar are at most SimilarShown, the earliest due first.
	Similar []HandSimilar
}

// SimilarShown is how many tasks that ask the same a preview names.
const SimilarShown = 200

// Clean brings a wish into the form that is stored. A preview needs no title.
func (in HandInput) Clean(preview bool) (HandInput, error) {
	title, f := cleanText(in.Title, maxShort)
	if f != nil {
		return in, f.At("title")
	}
	text, f := cleanText(in.Text, maxNarrative)
	if f != nil {
		return in, f.At("text")
	}
	in.Title, in.Text = title, text
	if title == "" && !preview {
		return in, fault.New(fault.Invalid, "round.title",
			"Ghi tên báo cáo cần gửi.", "Name the report that is asked for.").At("title")
	}
	given := 0
	for _, set := range []bool{!in.DueAt.IsZero(), in.Within.Hours != 0, in.Within.WorkingDays != 0, in.Within.CalendarDays != 0} {
		if set {
			given++
		}
	}
	w := in.Within
	switch {
	case given > 1:
		return in, fault.New(fault.Invalid, "round.due_twice",
			"Chỉ chọn một cách đặt hạn.", "Set the due time in one way only.").At("due")
	case w.RoundTheClock && w.Hours == 0:
		return in, fault.New(fault.Invalid, "round.due_clock",
			"round_the_clock chỉ đi với hours.", "round_the_clock goes with hours only.").At("due.round_the_clock")
	case w.Hours < 0, w.WorkingDays < 0, w.CalendarDays < 0, w.Hours > 24*31, w.WorkingDays > 260, w.CalendarDays > 366:
		return in, fault.New(fault.Invalid, "round.due_range",
			"Hạn phải sau lúc giao và trong vòng một năm.", "The due time must be after now and within a year.").At("due")
	}
	seen := map[int64]bool{}
	for _, id := range in.AgencyIDs {
		if seen[id] {
			return in, fault.New(fault.Invalid, "round.agency_twice",
				"Một đơn vị có hai lần trong danh sách.", "An agency stands in the list twice.").At("agency_ids")
		}
		seen[id] = true
	}
	return in, nil
}
