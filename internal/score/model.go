package score

import (
	"time"

	"github.com/shopspring/decimal"

	"dondoc/internal/plan"
)

// Points are what is given for one criterion, with what shows it.
type Points struct {
	Criterion string
	// Points as they are typed; in the stored form once cleaned.
	Points string
	// Evidence of the unit, or the remark of whoever checks.
	Evidence string
}

// Input is a score sheet as a unit fills it in, or as the level above checks it.
type Input struct {
	TaskID int64
	// Version of the task; 0: not held against.
	Version int
	Points  []Points
}

// Line is one criterion with what the unit gave itself and what was checked.
type Line struct {
	plan.Criterion
	// Own is nil where the unit has not scored it yet, Checked where nobody checked.
	Own, Checked     *decimal.Decimal
	Evidence, Remark string
}

// Result is what a sheet comes to.
type Result struct {
	// Own is the unit's total, Checked that of the level above; nil: not checked.
	Own     decimal.Decimal
	Checked *decimal.Decimal
	Class   plan.Class
}

// Final is the total that stands.
func (r Result) Final() decimal.Decimal {
	if r.Checked != nil {
		return *r.Checked
	}
	return r.Own
}

// View is the score sheet of a task.
type View struct {
	TaskID int64
	// Version is the task's.
	Version int
	Sheet   plan.ScoreSheet
	// Number is of the submission that it belongs to; Sent: that was sent.
	Number int
	Sent   bool
	Lines  []Line
	// Complete: the unit has scored every criterion.
	Complete bool
	Result   Result
	// CheckedAt and CheckedByName are of the check that stands.
	CheckedAt     *time.Time
	CheckedByName string
	// Before is what the same unit had the year before; nil: nothing.
	Before *Earlier
}

// Earlier is a result of the year before.
type Earlier struct {
	PeriodKey string
	Total     decimal.Decimal
	Class     plan.Class
}

// Row is one unit in the list of a sheet.
type Row struct {
	TaskID, AgencyID int64
	AgencyName       string
	// Rank from 1 by the final total; units with the same total share one. 0: no sheet came.
	Rank   int
	Result Result
	Before *Earlier
	// Movement is the final total less that of the year before.
	Movement *decimal.Decimal
}

// ClassCount is how many units are in a class.
type ClassCount struct {
	plan.Class
	Units int
	// Share of all that owe a sheet, in percent; nil where nobody does.
	Share *decimal.Decimal
}

// Filter chooses a list: the units of one level in one year.
type Filter struct {
	PlanID int64
	Sheet  string
	// Level is an agency level; empty: the one with the most units.
	Level string
	// Year is that in which the sheets' period ends; 0: the newest that there is.
	Year int
}

// Ranking lists the units of one level by what their sheets come to.
type Ranking struct {
	Sheet   plan.ScoreSheet
	Level   string
	Levels  []string
	Year    int
	Rows    []Row
	Classes []ClassCount
}
