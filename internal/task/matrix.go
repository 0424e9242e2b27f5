package task

import "time"

// MatrixFilter says what a matrix of agencies and rounds is about.
type MatrixFilter struct {
	PlanID int64 // required
	// DutyID leaves the rounds of one duty; UnderAgency an agency and all below it;
	// zero: all.
	DutyID, UnderAgency int64
	// Level leaves agencies of a level, Way what comes by it; empty: all.
	Level string
	Way   Way
	// Year leaves the rounds whose period ends in it; zero: the year of today.
	Year int
	// Limit is how many agencies a page has.
	Limit  int
	Cursor string
}

// Matrix shows the tasks that the reader sees as agencies × periods at one instant.
type Matrix struct {
	At   time.Time
	Year int
	// Years are those in which a period of the plan ends, the earliest first.
	Years   []int
	Columns []MatrixColumn
	Rows    []MatrixRow
	Next    string
}

// MatrixColumns is how many periods a matrix has at most: the last by due time.
const MatrixColumns = 24

// MatrixColumn is one period: the rounds of all chosen duties that report on it.
type MatrixColumn struct {
	PeriodKey string
	// DueAt is the first due time of its rounds.
	DueAt time.Time
	// Current marks the period that is due next among those that have opened, or,
	// where none is to come, the last.
	Current bool
}

// MatrixRow is one agency.
type MatrixRow struct {
	AgencyID int64
	Agency   string
	Level    string
	Cells    []MatrixCell // one for each column
	// Urge are the overdue tasks for which the reader may urge, of all cells.
	Urge         []int64
	Below, Given int // what others owe it in the current period, and what of that was sent
}

// MatrixCell is what an agency owes in a period.
type MatrixCell struct {
	// TaskID is the task shown: of several the one that needs attention most.
	TaskID int64
	// Tasks is how many there are; zero: the agency owes nothing.
	Tasks    int
	State    State
	Status   Status
	DueAt    time.Time
	DaysLate int // calendar days in the plan's zone
}

// urgency orders statuses by how much they need attention.
var urgency = map[Status]int{
	NotDoneOverdue: 8, WaitingLate: 7, NotDoneInTime: 6, Waiting: 5, DoneLate: 4, DoneOnTime: 3, NotExpected: 2, NotOpen: 1,
}

// Add counts one more task and shows it if it needs more attention.
func (c *MatrixCell) Add(other MatrixCell) {
	tasks := c.Tasks + 1
	if c.Tasks == 0 || urgency[other.Status] > urgency[c.Status] ||
		other.Status == c.Status && (other.DaysLate > c.DaysLate || other.DaysLate == c.DaysLate && other.TaskID < c.TaskID) {
		*c = other
	}
	c.Tasks = tasks
}
