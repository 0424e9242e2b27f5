package account

import (
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

const (
	// MaxSubstitution is how many days a substitution may run, and how far ahead it may begin.
	MaxSubstitution = 366
	maxReason       = 1000
)

// SubstituteInput names who stands in for the holder of a post, and when. Days
// are those of Viet Nam, as those of all posts, both included.
type SubstituteInput struct {
	PostID       int64 // the holder's own post
	SubstituteID int64
	From, To     calendar.Date
	Reason       string
}

// Named is a person inside something else.
type Named struct {
	ID   int64
	Name string
}

// Substitution is one person standing in for another in one post.
type Substitution struct {
	ID                 int64
	Holder, Substitute Named
	AgencyID           int64
	AgencyName         string
	Role               policy.Role
	From, To           calendar.Date
	Reason             string
	NamedByName        string
	NamedAt            time.Time
	// RevokedAt is when it was ended before its time; nil: it ends by itself.
	RevokedAt *time.Time
	// Running: it gives the post today.
	Running bool
}

// SubstitutionPage is a piece of the list of substitutions, the newest first.
type SubstitutionPage struct {
	Substitutions []Substitution
	Next          string
}

// Clean brings the input into the form that is stored and holds its days
// against today, the business day in Viet Nam.
func (in SubstituteInput) Clean(today calendar.Date) (SubstituteInput, error) {
	reason, f := task.CleanText(in.Reason, maxReason)
	if f != nil {
		return in, f.At("reason")
	}
	in.Reason = reason
	switch {
	case in.From.Before(today):
		return in, fault.New(fault.Invalid, "substitution.past",
			"Ngày bắt đầu %s đã qua. Chọn từ hôm nay, %s.", "The first day, %s, has passed. Begin today, %s, or later.", in.From.VN(), today.VN()).At("from")
	case in.To.Before(in.From):
		return in, fault.New(fault.Invalid, "substitution.span",
			"Ngày kết thúc %s trước ngày bắt đầu %s.", "The last day, %s, is before the first, %s.", in.To.VN(), in.From.VN()).At("to")
	case in.To.Sub(today) > MaxSubstitution:
		return in, fault.New(fault.Invalid, "substitution.long",
			"Ngày kết thúc xa hơn %d ngày. Nếu lâu hơn, hãy giao hẳn vị trí.", "The last day is more than %d days away. For longer, give the post itself.", MaxSubstitution).At("to")
	}
	return in, nil
}

// Colleague is somebody who holds a post at one's own agency.
type Colleague struct {
	ID    int64
	Name  string
	Phone string
	Roles []policy.Role
	// For names those for whom the person stands in here today.
	For []string
}
