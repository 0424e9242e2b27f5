package agency

import (
	"time"

	"dondoc/internal/calendar"
)

// Act is what a reorganisation does to agencies.
type Act string

const (
	Merge      Act = "merge"      // several end, one takes over
	Divide     Act = "divide"     // one is parted; it may go on with less
	Dissolve   Act = "dissolve"   // ends; who takes over its functions may be named
	Rename     Act = "rename"     // another name, the same agency
	Reclassify Act = "reclassify" // another level or type, the same agency
	Move       Act = "move"       // another superior, the same agency
)

// Place is where something is written in the file; both count from 1.
type Place struct {
	Field        string
	Line, Column int
}

// Reorganisation is a file of acts on agencies that take effect together.
type Reorganisation struct {
	Code, Title string
	// Basis is the decision or resolution by which it happens.
	Basis string
	// EffectiveOn is the first day of the new order, in Viet Nam.
	EffectiveOn calendar.Date
	EffectiveAt Place
	// Founded are the agencies that begin to exist on that day.
	Founded []Founding
	Changes []Change
	// LevelsRemoved are levels of which no agency may be left afterwards.
	LevelsRemoved []LevelRemoved
}

// LevelRemoved is a level that ceases to exist.
type LevelRemoved struct {
	Level string
	At    Place
}

// Founding is an agency that begins to exist.
type Founding struct {
	Code, Name, ShortName, Level, Parent string
	OfficialID, Mailbox, Phone           string
	At, ParentAt                         Place
}

// Change is one act on one or more agencies.
type Change struct {
	Act Act
	// Agencies are the codes of those that it happens to.
	Agencies []Named
	// Into are the successors, the main one first; it takes over what is open.
	Into []Named
	// Posts is where people's posts go: a code, or NoPosts; empty: to the main successor.
	Posts Named
	// Duties name who takes over single duties, where functions went to different agencies.
	Duties []DutyHeir

	Name, ShortName, Level string
	Parent                 Named
	// Basis is the change's own, where it is not the file's.
	Basis string
	At    Place
}

// NoPosts ends the posts of an agency's people without giving them others.
const NoPosts = "none"

// Named is an agency's code with the place where it is written.
type Named struct {
	Code string
	At   Place
}

// DutyHeir is who takes over one duty of a plan.
type DutyHeir struct {
	Plan, Duty Named
	Successor  Named
}

// Ends reports whether the act ends an agency: who takes over from itself goes on.
func (c Change) Ends(code string) bool {
	if c.Act != Merge && c.Act != Divide && c.Act != Dissolve {
		return false
	}
	for _, heir := range c.Into {
		if heir.Code == code {
			return false
		}
	}
	return true
}

// State is how far a reorganisation is.
type State string

const (
	Recorded  State = "recorded"  // its day is to come
	Applied   State = "applied"   // done
	Failed    State = "failed"    // could not be applied on its day; record it again
	Withdrawn State = "withdrawn" // taken back before its day
)

// Record is a reorganisation as it is kept.
type Record struct {
	ID                 int64
	Code, Title, Basis string
	EffectiveOn        calendar.Date
	State              State
	RecordedAt         time.Time
	RecordedByName     string // empty: the system's operator
	AppliedAt          *time.Time
	FailureVI          string
	FailureEN          string
}
