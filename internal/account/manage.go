package account

import (
	"slices"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

// GrantInput gives somebody a post. Days are those of Viet Nam, both included.
type GrantInput struct {
	UserID, AgencyID int64
	Role             policy.Role
	From             calendar.Date // zero: from today
	To               calendar.Date // zero: no end is set
}

// Clean fills in the first day and refuses what cannot be meant.
func (in GrantInput) Clean(today calendar.Date) (GrantInput, error) {
	if !slices.Contains(policy.Roles, in.Role) {
		return in, fault.New(fault.Invalid, "post.role", "Không có vai trò %q.", "There is no role %q.", in.Role).At("role")
	}
	if in.From.IsZero() {
		in.From = today
	}
	if in.From.Before(today) {
		return in, fault.New(fault.Invalid, "post.past",
			"Ngày bắt đầu %s đã qua; quyền không lùi về trước. Chọn từ hôm nay.", "The first day, %s, has passed; a right is not given for the past. Begin today or later.", in.From.VN()).At("from")
	}
	if !in.To.IsZero() && in.To.Before(in.From) {
		return in, fault.New(fault.Invalid, "post.span",
			"Ngày kết thúc %s trước ngày bắt đầu %s.", "The last day, %s, is before the first, %s.", in.To.VN(), in.From.VN()).At("to")
	}
	return in, nil
}

// EndInput ends a post after a day.
type EndInput struct {
	PostID int64
	LastOn calendar.Date // yesterday: at once
}

// EditInput is everything that administrators may change about a person.
type EditInput struct {
	UserID             int64
	Version            int // of the account as it was read
	Name, Phone, Email string
}

// Clean brings the facts into the form that is stored.
func (in EditInput) Clean() (EditInput, error) {
	for _, fact := range []struct {
		field  string
		value  *string
		limit  int
		needed bool
	}{{"name", &in.Name, maxName, true}, {"phone", &in.Phone, maxPhone, false}} {
		cleaned, f := task.CleanText(*fact.value, fact.limit)
		switch {
		case f != nil:
			return in, f.At(fact.field)
		case fact.needed && cleaned == "":
			return in, fault.New(fault.Invalid, "person.empty", "Không để trống.", "This cannot be empty.").At(fact.field)
		case strings.ContainsAny(cleaned, "\n\t"):
			return in, fault.New(fault.Invalid, "person.line", "Ghi trên một dòng.", "Write it on one line.").At(fact.field)
		}
		*fact.value = cleaned
	}
	var err error
	in.Email, err = CleanEmail(in.Email)
	return in, err
}

// OpenWork is what somebody who leaves has in hand.
type OpenWork struct {
	UserID int64
	Name   string
	// Version is that of the account, for the act that follows.
	Version int
	// Tasks are owed and were handed to this person; Drafts were last saved by
	// them and stay with their tasks.
	Tasks, Drafts []WorkTask
	// Requests wait for an answer of a body for which nobody else could give it.
	Requests []WorkRequest
	// Substitutions in which the person stands in or is stood in for, running or to come.
	Substitutions []Substitution
	// Posts with how many other active people hold the same today.
	Posts []WorkPost
}

// WorkTask is a task in somebody's hands.
type WorkTask struct {
	TaskID                                    int64
	AgencyID                                  int64
	AgencyName, DutyCode, PlanCode, PeriodKey string
	DueAt                                     time.Time
	TimeZone                                  string
}

// WorkRequest is a request that waits.
type WorkRequest struct {
	RequestID  int64
	Kind       string
	AgencyID   int64
	AgencyName string
	DueAt      time.Time
	TimeZone   string
}

// WorkPost is a post of the person, and how many others hold it too.
type WorkPost struct {
	AgencyID   int64
	AgencyName string
	Role       policy.Role
	Others     int
}

// Handed reports whether there is work that somebody has to take over.
func (w OpenWork) Handed() bool { return len(w.Tasks) > 0 }

// LeaveInput closes an account.
type LeaveInput struct {
	UserID  int64
	Version int // of the account as it was read; 0: do not compare
	// ToUser takes over the tasks in the person's hands; or LeaveToAgency: the
	// agency's other people see to them. Needed where there are such tasks.
	ToUser        int64
	LeaveToAgency bool
	// Reason stands with the tasks that are handed on; needed with ToUser.
	Reason string
}

// Clean refuses what says both.
func (in LeaveInput) Texts() []privacy.Text {
	return []privacy.Text{{Field: "reason", Text: in.Reason}}
}

func (in LeaveInput) Clean() (LeaveInput, error) {
	if in.ToUser != 0 && in.LeaveToAgency {
		return in, fault.New(fault.Invalid, "leave.both",
			"Chọn một: người nhận việc, hoặc để lại cho đơn vị.", "Choose one: who takes over, or the agency's other people.").At("leave_to_agency")
	}
	reason, f := task.CleanText(in.Reason, maxReason)
	if f != nil {
		return in, f.At("reason")
	}
	if in.Reason = reason; in.ToUser != 0 && reason == "" {
		return in, fault.New(fault.Invalid, "handover.reason",
			"Ghi lý do giao, để đồng nghiệp biết cần làm gì.", "Give the reason, so that the colleague knows what is asked.").At("reason")
	}
	return in, nil
}

// Left tells what closing an account did.
type Left struct {
	UserID  int64
	Version int
	// Tasks that were handed on, or left to the agency.
	Tasks int
	// Notices that waited and were readdressed; those that concerned nobody else were left out.
	Notices int
	// Substitutions that ended.
	Substitutions int
}
