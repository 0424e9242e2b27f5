package plan

import (
	"time"

	"dondoc/internal/calendar"
)

// State is where a plan stands.
type State string

const (
	Draft     State = "draft"
	Active    State = "active"    // đang theo dõi
	Suspended State = "suspended" // its time is not counted
	Closed    State = "closed"    // final
)

// Record is a plan as the system keeps it.
type Record struct {
	ID                                 int64
	Code, Title, Number                string
	IssuerID                           int64
	IssuerName, StandingName           string
	State                              State
	ValidFrom, ValidTo                 calendar.Date
	TimeZone                           string
	FollowedFrom                       calendar.Date
	ActivatedAt, SuspendedAt, ClosedAt *time.Time
	CurrentVersion                     int
	Duties, Rounds, OpenTasks          int
	Version                            int
}

// DutyRecord is a duty as the system keeps it.
type DutyRecord struct {
	ID, PlanID  int64
	Code        string
	ParentCode  string
	Title, Text string
	Mode        Mode
	Scheduled   bool
	Cadences    []calendar.Cadence
	Configured  []string
	CoveredBy   string
	Review      ReviewMode
	NilReturn   bool
	Owners      []AssignmentRecord
}

// AssignmentRecord is an agency's part in a duty.
type AssignmentRecord struct {
	AgencyID               int64
	AgencyCode, AgencyName string
	Role                   Role
}
