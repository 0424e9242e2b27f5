package timetable

import (
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/task"
)

// ChangeKind says what a change of the calendars is.
type ChangeKind string

const (
	// Days are holidays, substitute and swapped days: a decreed year, or days of
	// a territory or a single agency.
	Days ChangeKind = "days"
	// SystemOutage is a time in which people could not report.
	SystemOutage ChangeKind = "outage"
)

// Change is a change of the working calendars, or a declared outage.
type Change struct {
	Kind ChangeKind
	// Agency, a code, and Territory say whose days they are: empty is the whole
	// country; a territory is the agency with all below it, otherwise it is the
	// agency alone. Outages are everybody's.
	Agency    string
	Territory bool
	// Name and Source are a file of days as it was written.
	Name, Source string
	// From and To are the outage's first and last instant.
	From, To time.Time
	// Reason is shown to people in the derivation of what moved.
	Reason, LegalBasis string
}

// maxText bounds the texts of a change, in characters.
const maxText = 500

// LongestOutage bounds an outage: more is a slip of the year or the month.
const LongestOutage = 90 * 24 * time.Hour

// Clean brings the texts into the form that is stored and checks the change by
// itself; what a file of days says is checked when it is read. Faults (Invalid) name the field.
func (c Change) Clean() (Change, error) {
	c.Agency = strings.TrimSpace(c.Agency)
	for _, one := range []struct {
		field string
		text  *string
	}{{"name", &c.Name}, {"reason", &c.Reason}, {"legal_basis", &c.LegalBasis}} {
		cleaned, f := task.CleanText(*one.text, maxText)
		if f != nil {
			return c, f.At(one.field)
		}
		*one.text = cleaned
	}
	bad := func(field, vi, en string, args ...any) (Change, error) {
		return c, fault.New(fault.Invalid, "calendar.change", vi, en, args...).At(field)
	}
	switch c.Kind {
	case Days:
		if strings.TrimSpace(c.Source) == "" {
			return bad("source", "Tệp ngày nghỉ trống.", "The file of days is empty.")
		}
		if !c.From.IsZero() || !c.To.IsZero() {
			field := "from"
			if c.From.IsZero() {
				field = "to"
			}
			return bad(field, "Tệp ngày nghỉ tự ghi ngày; không gửi kèm from, to.", "A file of days says its days itself; leave out from and to.")
		}
		if c.Territory && c.Agency == "" {
			return bad("agency", "Ngày riêng của một địa bàn cần mã cơ quan của địa bàn đó.", "Days of a territory need the code of its agency.")
		}
	case SystemOutage:
		switch {
		case c.From.IsZero() || c.To.IsZero() || !c.From.Before(c.To):
			return bad("to", "Thời gian gián đoạn phải kết thúc sau khi bắt đầu.", "The outage must end after it began.")
		case c.To.Sub(c.From) > LongestOutage:
			return bad("to", "Thời gian gián đoạn quá dài (hơn 90 ngày); kiểm tra lại tháng và năm.", "The outage is longer than 90 days; check month and year.")
		case c.Reason == "":
			return bad("reason", "Cần ghi lý do; lý do hiện ở phần giải thích hạn.", "A reason is needed; it is shown where the due time is explained.")
		case c.Agency != "" || c.Territory || c.Source != "":
			return bad("agency", "Gián đoạn hệ thống là của mọi đơn vị.", "An outage is everybody's.")
		}
	default:
		return bad("kind", "Loại thay đổi phải là days hoặc outage.", "The kind of change is days or outage.")
	}
	return c, nil
}

// Move is what a change does to the tasks of one round that had the same due time.
type Move struct {
	PlanCode, DutyCode, DutyTitle, PeriodKey, TimeZone string
	RoundID                                            int64
	// Resubmission tells that it is the date by which a returned result is to be sent again.
	Resubmission bool
	// DueFrom and DueTo are equal where only steps move.
	DueFrom, DueTo time.Time
	// Derivation explains DueTo.
	Derivation calendar.Derivation
	// Steps counts the pending steps per task whose time moves.
	Steps int
	// Agencies are the codes of the agencies concerned.
	Agencies []string
	Tasks    []int64
}

// RoundMove is what a change does to a round that has not opened yet.
type RoundMove struct {
	PlanCode, DutyCode, DutyTitle, PeriodKey, TimeZone string
	RoundID                                            int64
	OpensFrom, OpensTo, DueFrom, DueTo                 time.Time
}

// Effect is all that a change of the calendars does to what is followed.
type Effect struct {
	// ChangeID is zero as long as the change is only looked at.
	ChangeID int64
	Moves    []Move
	Rounds   []RoundMove
	// Tasks and Agencies count what moves, People who is told.
	Tasks, Agencies, People int
	// ReviewSteps counts reviewers' reminders whose time moves.
	ReviewSteps int
}

// Empty reports whether the change moves nothing.
func (e Effect) Empty() bool { return len(e.Moves) == 0 && len(e.Rounds) == 0 && e.ReviewSteps == 0 }

// AppliedChange is a change that is in force.
type AppliedChange struct {
	Change
	ID        int64
	AppliedAt time.Time
	// AppliedBy is the name of whoever applied it; empty is the system's operator.
	AppliedBy string
}
