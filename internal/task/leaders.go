package task

import (
	"math"
	"time"

	"dondoc/internal/calendar"
)

// LeadersFilter asks for the leaders' figures; zero values do not narrow.
type LeadersFilter struct {
	PlanID int64
	At     time.Time // reporting moment; zero: now
}

// Tallies are the same tasks counted by both kinds of due times.
type Tallies struct{ Present, Original Tally }

// LateBand is overdue tasks by how long they are.
type LateBand struct {
	Days  LateDays
	Tasks int
}

// Lateness of overdue tasks as leaders see it: up to 5, 6 to 15, and more days.
// What is overdue since an hour of today has 0.
var Lateness = [3]LateDays{{0, 5}, {6, 15}, {16, math.MaxInt32}}

// SoonDays are the coming seven days, today counted with them.
var SoonDays = LateDays{-7, 0}

// Longest is one of the tasks that are overdue longest.
type Longest struct {
	Task     Task
	DaysLate int // at the reporting moment
	// Explanation is where the latest one that was demanded stands; empty: none was.
	Explanation string
	// ExtensionTo is the day that an undecided extension asks for.
	ExtensionTo calendar.Date
	// PromisedOn is the day that was promised in the latest call.
	PromisedOn calendar.Date
}

// Leaders is what a leader takes in at one look, as of one instant.
type Leaders struct {
	At, Since   time.Time // the reporting moment, and the one it is compared with
	Now, Before Tallies   // at these two
	Late        [3]LateBand
	Longest     []Longest // at most ten
	Soon        int
	SoonFirst   []Task // the first due of them
}

// FigureOf is the filter of the list that a figure of the leaders opens to.
func (l Leaders) FigureOf(cell Cell, against Against, late *LateDays) FigureFilter {
	return FigureFilter{Cell: cell, Against: against, At: l.At, Late: late, Opened: true}
}
