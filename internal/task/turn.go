package task

import "time"

// NextRound is the round that a duty waits for.
type NextRound struct {
	// RoundID is zero when there is nothing to wait for: the plan is not
	// active, or the duty has had its last period.
	RoundID int64
	OpensAt time.Time
	// Ended: no further round will ever come.
	Ended bool
}

// RoundTurn tells a round's workflow where the round stands.
type RoundTurn struct {
	State string // scheduled, open, closed
	// Ended: closed and nothing pending any more.
	Ended bool
	// NextAt is the business instant of what comes next; zero: only a nudge can bring anything.
	NextAt time.Time
	// Sent is the number of notices recorded in this turn.
	Sent int
}
