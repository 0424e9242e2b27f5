package agency

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"dondoc/internal/calendar"
)

// Effect is what a reorganisation does, as it is previewed and as it was applied.
type Effect struct {
	// ID is 0 as long as it is only looked at.
	ID    int64
	State State
	// Digest names the file and what it does to agencies, assignments and posts.
	Digest string

	Agencies    []Altered
	Assignments []AssignmentMove
	Tasks       []TaskMove
	Posts       []PostMove
	// Chains are assignments and unsettled tasks whose recipient or reviewer changed.
	Chains int
	// Requests and Feeds go on under the successor; a request of one body of
	// itself is closed.
	Requests, Feeds int
	// Plans got another issuer or standing agency.
	Plans int
	// People is the number of people and mailboxes that are told.
	People   int
	Loads    []Load
	Warnings []Warning
}

// Altered is an agency that begins, ends or changes.
type Altered struct {
	Code, Name string
	// Kind is founded, merged, divided, dissolved, renamed, reclassified or moved.
	Kind string
	// Successors are codes, the main one first.
	Successors []string
	// Was is the name, level or superior of before, where that changes.
	Was string
}

// AssignmentMove is a duty that goes from one agency to another; To is empty
// where nobody takes it over.
type AssignmentMove struct{ Plan, Duty, Role, From, To string }

// Outcome is what becomes of an unsettled task.
type Outcome string

const (
	TaskMoved     Outcome = "moved"     // the successor owes it
	TaskCancelled Outcome = "cancelled" // the successor owes the same already, or nobody takes over
	TaskKept      Outcome = "kept"      // sent and waiting for a decision: it stays with who sent it
)

// TaskMove is an unsettled task of an agency that ends.
type TaskMove struct {
	TaskID             int64
	Plan, Duty, Period string
	State              string
	From, To           string
	Outcome            Outcome
	// IntoTaskID stands for a cancelled task; 0: nobody took it over.
	IntoTaskID int64
}

// PostMove is a person's post; To is empty where it ends.
type PostMove struct{ Person, Role, From, To string }

// Load is how many results an agency owed before and owes after.
type Load struct {
	Code          string
	Before, After int
}

// Warning is what deserves a look; it keeps nothing from being applied.
type Warning struct{ Code, Agency, VI, EN string }

// Warn adds a warning; vi and en are formats for the same args.
func (e *Effect) Warn(code, agency, vi, en string, args ...any) {
	e.Warnings = append(e.Warnings, Warning{Code: code, Agency: agency, VI: fmt.Sprintf(vi, args...), EN: fmt.Sprintf(en, args...)})
}

// Seal computes the digest of the file and of what it does to agencies,
// assignments and posts. Tasks are left out: they change every minute, and what
// becomes of them follows from the rest.
func (e *Effect) Seal(source []byte) error {
	encoded, err := json.Marshal(struct {
		Agencies    []Altered
		Assignments []AssignmentMove
		Posts       []PostMove
	}{e.Agencies, e.Assignments, e.Posts})
	if err != nil {
		return fmt.Errorf("encode effect: %w", err)
	}
	sum := sha256.New()
	sum.Write(source)
	sum.Write([]byte{0})
	sum.Write(encoded)
	e.Digest = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// History is what an agency was before, and what became of it.
type History struct {
	AgencyID                 int64
	Predecessors, Successors []Kin
	Changes                  []Event
}

// Kin is an agency before or after another.
type Kin struct {
	ID         int64
	Code, Name string
	On         calendar.Date
	Basis      string
	Main       bool
	Ended      bool
}

// Event is an act on an agency.
type Event struct {
	ReorganisationID                int64
	Kind                            string
	On                              calendar.Date
	Basis                           string
	NameBefore, LevelBefore, Parent string
}

// TaskHeir is what a reorganisation did to a task.
type TaskHeir struct {
	TaskID           int64
	ReorganisationID int64
	Basis            string
	On               calendar.Date
	Outcome          Outcome
	From, To         Kin // To is zero where nobody took over
	// IntoTaskID stands for a cancelled task; 0: none.
	IntoTaskID int64
}
