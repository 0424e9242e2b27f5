package task

import (
	"time"

	"dondoc/internal/calendar"
)

// Against says which due times a rate is measured by.
type Against string

const (
	// AgainstPresent: the due times as they are now, extensions counted.
	AgainstPresent Against = "present"
	// AgainstOriginal: the due times as they first were.
	AgainstOriginal Against = "original"
)

// Cell names a figure that opens to the list of tasks that it counts.
type Cell string

const (
	CellOwed           Cell = "owed"      // everything but what is not open, waived or cancelled
	CellExpected       Cell = "expected"  // due by the reporting moment, or submitted earlier
	CellSubmitted      Cell = "submitted" // of the expected: a valid submission came in
	CellOnTime         Cell = "on_time"   // of the expected: it came in by the due time
	CellLate           Cell = "late"      // of the expected: it did not
	CellDoneOnTime     Cell = "done_on_time"
	CellDoneLate       Cell = "done_late"
	CellNotDoneInTime  Cell = "not_done_in_time"
	CellNotDoneOverdue Cell = "not_done_overdue"
	CellWaiting        Cell = "waiting"
	CellWaitingLate    Cell = "waiting_late"
)

// Cells are all cells; what owes is in exactly one of the last six.
var Cells = []Cell{
	CellOwed, CellExpected, CellSubmitted, CellOnTime, CellLate,
	CellDoneOnTime, CellDoneLate, CellNotDoneInTime, CellNotDoneOverdue, CellWaiting, CellWaitingLate,
}

// RateFacts are what a task adds to the rates.
type RateFacts struct {
	State            State
	ReviewRequired   bool
	DueAt            time.Time
	OriginalDueAt    time.Time
	ResubmitDueAt    *time.Time
	FirstSubmittedAt *time.Time
	SubmittedAt      *time.Time
	SettledAt        *time.Time
	// SuspendedAt is since when the task's plan is suspended; nil: it is not.
	SuspendedAt *time.Time
}

// sentAt is when the result came in that counts. A result that was found
// invalid counts as never sent, so that its task has none.
func (f RateFacts) sentAt() *time.Time {
	if f.FirstSubmittedAt == nil && (f.State == StateSubmitted || f.State == StateAccepted) {
		return f.SubmittedAt
	}
	return f.FirstSubmittedAt
}

// before undoes what happened after the reporting moment, as far as the facts
// bear an instant: a result that came later was not in, an acceptance that came
// later was still waited for.
func (f RateFacts) before(at time.Time) (state State, sent *time.Time) {
	state, sent = f.State, f.sentAt()
	if sent != nil && sent.After(at) {
		sent = nil
		switch state {
		case StateSubmitted, StateAccepted, StateReturned, StatePrepared:
			state = StateOpen
		}
	}
	if state == StateAccepted && f.SettledAt != nil && f.SettledAt.After(at) {
		state = StateSubmitted
	}
	return state, sent
}

// In reports whether the cell counts the task at a reporting moment (design
// section 3). Suspended time is not counted: what fell due while its plan is
// suspended is not expected, and nothing is overdue.
func (f RateFacts) In(cell Cell, against Against, at time.Time) bool {
	due := f.DueAt
	if against == AgainstOriginal {
		due = f.OriginalDueAt
	}
	counted, suspended := at, false
	if f.SuspendedAt != nil && !f.SuspendedAt.After(at) {
		counted, suspended = *f.SuspendedAt, true
	}
	state, sent := f.before(at)
	status := Facts{
		State: state, ReviewRequired: f.ReviewRequired, DueAt: due, ResubmitDueAt: f.ResubmitDueAt, FirstSubmittedAt: sent,
	}.StatusAt(at)
	if status == NotDoneOverdue && suspended {
		status = NotDoneInTime
	}
	if status == NotExpected || status == NotOpen {
		return false
	}
	expected := !due.After(counted) || sent != nil
	onTime := sent != nil && !sent.After(due)
	switch cell {
	case CellOwed:
		return true
	case CellExpected:
		return expected
	case CellSubmitted:
		return sent != nil
	case CellOnTime:
		return onTime
	case CellLate:
		return expected && !onTime
	}
	return Status(cell) == status
}

// Tally holds a number for each cell, by one kind of due times.
type Tally struct {
	Owed, Expected, Submitted, OnTime                                         int
	DoneOnTime, DoneLate, NotDoneInTime, NotDoneOverdue, Waiting, WaitingLate int
}

// Late is how many of the expected did not come in by their due time.
func (t Tally) Late() int { return t.Expected - t.OnTime }

// ReportingRate is submitted ÷ expected; ok is false where nothing is expected.
func (t Tally) ReportingRate() (rate float64, ok bool) { return ratio(t.Submitted, t.Expected) }

// OnTimeRate is on time ÷ expected; ok is false where nothing is expected.
func (t Tally) OnTimeRate() (rate float64, ok bool) { return ratio(t.OnTime, t.Expected) }

func ratio(part, whole int) (float64, bool) {
	if whole == 0 {
		return 0, false
	}
	return float64(part) / float64(whole), true
}

// Of is the number in a cell.
func (t Tally) Of(cell Cell) int {
	switch cell {
	case CellOwed:
		return t.Owed
	case CellExpected:
		return t.Expected
	case CellSubmitted:
		return t.Submitted
	case CellOnTime:
		return t.OnTime
	case CellLate:
		return t.Late()
	case CellDoneOnTime:
		return t.DoneOnTime
	case CellDoneLate:
		return t.DoneLate
	case CellNotDoneInTime:
		return t.NotDoneInTime
	case CellNotDoneOverdue:
		return t.NotDoneOverdue
	case CellWaiting:
		return t.Waiting
	case CellWaitingLate:
		return t.WaitingLate
	}
	return 0
}

// Grouping says what a line of rates is about.
type Grouping string

const (
	ByAgency Grouping = "agency"
	ByDuty   Grouping = "duty"
	ByPlan   Grouping = "plan"
	ByPeriod Grouping = "period"
	ByLevel  Grouping = "level"
)

// FigureFilter narrows a list of tasks to what one figure counts.
type FigureFilter struct {
	Cell    Cell // empty: the list is not that of a figure
	Against Against
	At      time.Time // reporting moment; zero: now
	Level   string    // of the owing agency
	Period  string    // its key
	Mode    string    // assigned, requested; empty: both
	// DueFrom and DueTo are days in the plan's zone, both inclusive, of the due
	// time that the figure is measured by.
	DueFrom, DueTo calendar.Date
	// Late leaves tasks by their lateness at the reporting moment; nil: all.
	Late *LateDays
	// Opened leaves out rounds that opened only after the reporting moment, so that
	// figures of two moments can be compared.
	Opened bool
}

// LateDays is a range of calendar days, both inclusive, from the due day to the
// reporting day; negative ones are still to go. What was returned is due when it
// is to be sent again.
type LateDays struct{ From, To int }

// RateFilter narrows rates; zero values do not.
type RateFilter struct {
	GroupBy                     Grouping
	PlanID, DutyID, UnderAgency int64
	Level                       string
	Period                      string
	Mode                        string
	// DueFrom and DueTo are days in the plan's zone, both inclusive. The figures
	// by original due times look at original due days, the others at present ones.
	DueFrom, DueTo calendar.Date
	At             time.Time // zero: now
	Limit          int
	Cursor         string
}

// Rate is one line: what it is about, and its figures by both kinds of due times.
type Rate struct {
	ID                int64  // of the agency, duty or plan; zero for periods and levels
	Key               string // code, period key or level
	Name              string // of the agency, duty or plan
	PlanCode          string // of a duty
	Level             string // of an agency
	Present, Original Tally
}

// RatePage is a piece of the rates, and the reporting moment that it is of.
type RatePage struct {
	At    time.Time
	Rates []Rate
	Next  string
}

// MinRanked is from how many expected tasks on an agency is ranked: below, one
// late report decides everything.
const MinRanked = 5

// RankingFilter says which agencies of one level are compared, by what.
type RankingFilter struct {
	Level                       string // mandatory: agencies of different levels are not compared
	PlanID, DutyID, UnderAgency int64
	DueFrom, DueTo              calendar.Date
	At                          time.Time
	Against                     Against
	// OnTimeFirst begins with those most on time; else with those late most often.
	OnTimeFirst bool
	Limit       int
	Cursor      string
}

// Ranked is an agency's place; equal rates share a place.
type Ranked struct {
	Place                                int
	AgencyID                             int64
	AgencyCode, AgencyName               string
	Expected, Submitted, OnTime, Overdue int
}

// Ranking is a piece of the agencies of one level in order.
type Ranking struct {
	At     time.Time
	Ranked []Ranked
	Next   string
}
