package consolidation

import "time"

// Reason is why figures that were taken over may not be what they were.
type Reason string

const (
	VersionChanged Reason = "version"  // another version counts, or none
	Redacted       Reason = "redacted" // something was taken out of the version that counts
	Below          Reason = "below"    // the input is stale itself
)

// Mark is a change at one input since its figures were taken over.
type Mark struct {
	TaskID, AgencyID int64
	AgencyName       string
	PeriodKey        string
	Reason           Reason
	// Old and New are the numbers of the versions; 0: it did not count, or does not now.
	Old, New int
	At       time.Time
	// Taken: it is in the draft, and goes once a version made of it counts.
	Taken bool
}

// Turn is what the engine did for a consolidated result, and what comes next.
type Turn struct {
	// Ended: the result is not being written; a later change starts the engine again.
	Ended bool
	// NextAt is the cut-off of the inputs, by the business clock; zero: wait for a nudge.
	NextAt time.Time
	// Told: notices were left.
	Told bool
}

// Gone is an input that was expected and did not count when the result was sent.
type Gone struct {
	TaskID, AgencyID int64
	AgencyName       string
	Standing         Standing
}

// SentWithout is what a consolidated result did not have when it was sent.
type SentWithout struct {
	// Number is of the version.
	Number   int
	Expected int
	Missing  []Gone
}
