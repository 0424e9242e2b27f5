package account

import (
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/task"
)

// Mandate is a decision that opens plans to an auditor from a day to a day,
// both included, in the accounts' zone.
type Mandate struct {
	ID             int64
	UserID         int64
	Email, Name    string
	DecisionNumber string
	DecidedOn      calendar.Date
	IssuedBy       string
	Plans          []MandatePlan
	From, To       calendar.Date
	OpenedBy       string
	OpenedAt       time.Time
	RevokedAt      *time.Time
	Open           bool // today
}

// MandatePlan is a plan that a decision opens.
type MandatePlan struct {
	ID          int64
	Code, Title string
}

// MandateInput asks for a decision to be taken up.
type MandateInput struct {
	Email          string
	DecisionNumber string
	DecidedOn      calendar.Date
	IssuedBy       string
	Plans          []int64
	From, To       calendar.Date
}

// Bounds of a mandate.
const (
	MaxMandatePlans = 50
	// MaxMandateYears holds a decision to a time: "for a time" is the rule.
	MaxMandateYears  = 2
	maxDecisionRunes = 100
	maxIssuedBy      = 300
	oldestDecision   = 5 // years
)

// Clean brings the texts into the form that is stored and refuses what cannot
// be a decision; today is the business day in the accounts' zone.
func (in MandateInput) Clean(today calendar.Date) (MandateInput, error) {
	var err error
	if in.Email, err = CleanEmail(in.Email); err != nil {
		return in, err
	}
	for _, text := range []struct {
		field string
		value *string
		limit int
	}{{"decision_number", &in.DecisionNumber, maxDecisionRunes}, {"issued_by", &in.IssuedBy, maxIssuedBy}} {
		if *text.value, err = cleanLine(text.field, *text.value, text.limit); err != nil {
			return in, err
		}
		if *text.value == "" {
			return in, fault.New(fault.Invalid, "mandate.missing",
				"Ghi số quyết định và cơ quan ban hành quyết định.", "Give the decision's number and who issued it.").At(text.field)
		}
	}
	switch {
	case len(in.Plans) == 0 || len(in.Plans) > MaxMandatePlans:
		return in, fault.New(fault.Invalid, "mandate.plans", "Một quyết định mở từ 1 đến %d văn bản.", "A decision opens 1 to %d plans.", MaxMandatePlans).At("plans")
	case in.DecidedOn.After(today) || in.DecidedOn.Before(today.AddDays(-oldestDecision*366)):
		return in, fault.New(fault.Invalid, "mandate.decided_on",
			"Ngày quyết định không thể sau hôm nay, hoặc trước hôm nay quá %d năm.", "The decision's day is not after today, and not more than %d years ago.", oldestDecision).At("decided_on")
	case in.From.Before(in.DecidedOn):
		return in, fault.New(fault.Invalid, "mandate.from", "Quyền xem không thể bắt đầu trước ngày quyết định.", "Reading cannot begin before the decision.").At("from")
	case in.To.Before(in.From) || in.To.Before(today):
		return in, fault.New(fault.Invalid, "mandate.to", "Ngày cuối phải từ hôm nay và không trước ngày đầu.", "The last day is today or later, and not before the first.").At("to")
	case in.To.After(in.From.AddDays(MaxMandateYears * 366)):
		return in, fault.New(fault.Invalid, "mandate.long", "Một quyết định mở nhiều nhất %d năm.", "A decision opens for at most %d years.", MaxMandateYears).At("to")
	}
	return in, nil
}

// cleanLine is task.CleanText for what stands on one line.
func cleanLine(field, s string, limit int) (string, error) {
	cleaned, f := task.CleanText(s, limit)
	if f != nil {
		return "", f.At(field)
	}
	return strings.Join(strings.Fields(cleaned), " "), nil
}
