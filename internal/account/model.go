package account

import (
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
)

// LinkKind tells what a single-use link is for.
type LinkKind string

const (
	Invitation LinkKind = "invitation"
	Reset      LinkKind = "reset"
)

// Life is how long a link of this kind can be taken up.
func (k LinkKind) Life() time.Duration {
	if k == Invitation {
		return InvitationLife
	}
	return ResetLife
}

// Post is a role at an agency for a span of days, both included.
type Post struct {
	ID                     int64
	AgencyID               int64
	AgencyCode, AgencyName string
	Role                   policy.Role
	ValidFrom              calendar.Date
	ValidTo                calendar.Date // zero: no end is set
	// ForName is of whom the person stands in for in it; empty: it is their own.
	ForName string
}

// Person is an account as administrators see it.
type Person struct {
	ID                           int64
	Email, Name, Phone, Language string
	Active                       bool
	// SignedUp: the invitation was taken up, a password is set.
	SignedUp bool
	// InvitedUntil is when the open invitation ends, if there is one.
	InvitedUntil *time.Time
	Posts        []Post
	Version      int
}

// Filter narrows the list of people.
type Filter struct {
	UserID   int64 // one account; 0: all
	AgencyID int64
	Query    string // in name or e-mail
	Waiting  bool   // only active accounts for which no password is set yet
	Limit    int    // default 50, at most 200
	Cursor   string
}

// Page is a piece of the list of people.
type Page struct {
	People []Person
	Next   string
}

// Sent answers whoever had a link sent; the link itself goes to its owner alone.
type Sent struct {
	Email     string
	ExpiresAt time.Time
}
