package amendment

import (
	"time"

	"dondoc/internal/timetable"
)

// Effect is what an amendment does to rounds that are open or scheduled. Agencies
// are codes, for a new one has nothing else yet.
type Effect struct {
	Open      []RoundEffect
	Scheduled []ScheduledEffect
	// Opened, Cancelled, Kept, Moved and Rerouted count tasks, People who is told.
	Opened, Cancelled, Kept, Moved, Rerouted, People int
}

// RoundEffect is what becomes of one open round. Rounds that nothing happens to
// are left out.
type RoundEffect struct {
	RoundID                        int64
	DutyCode, DutyTitle, PeriodKey string
	// Opened are the agencies that owe the result now and get a task.
	Opened []string
	// Later are those that owe it from the next round on: this one's due time has
	// passed, or their task of this round was cancelled or waived before.
	Later []string
	// Cancelled are those that owe it no more and have sent nothing.
	Cancelled []string
	// Kept are those that owe it no more and have sent something, which stays.
	Kept []string
	// Rerouted are those whose result goes to, or is reviewed by, another agency.
	Rerouted []string
	// Moves are tasks whose due time moves or whose notices are laid anew.
	Moves []timetable.Move
	// Waiting counts results whose reviewer's reminders are laid anew or fall away.
	Waiting int
	// ClosesFrom and ClosesTo are equal where the closing time stays.
	ClosesFrom, ClosesTo time.Time
	// Ends: nothing is owed any more, the round closes.
	Ends bool
}

// Empty reports whether nothing happens to the round.
func (r RoundEffect) Empty() bool {
	return len(r.Opened) == 0 && len(r.Later) == 0 && len(r.Cancelled) == 0 && len(r.Kept) == 0 && len(r.Rerouted) == 0 &&
		len(r.Moves) == 0 && r.Waiting == 0 && r.ClosesFrom.Equal(r.ClosesTo) && !r.Ends
}

// ScheduledEffect is what becomes of a round that has not opened.
type ScheduledEffect struct {
	timetable.RoundMove
	// Dropped: the duty is retired, or has no such period any more.
	Dropped bool
}

// Add counts a round in.
func (e *Effect) Add(r RoundEffect) {
	if r.Empty() {
		return
	}
	e.Open = append(e.Open, r)
	e.Opened += len(r.Opened)
	e.Cancelled += len(r.Cancelled)
	e.Kept += len(r.Kept)
	e.Rerouted += len(r.Rerouted)
	for _, m := range r.Moves {
		e.Moved += len(m.Tasks)
	}
}
