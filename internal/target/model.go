package target

import (
	"time"

	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
	"dondoc/internal/plan"
)

// Measure is one figure of a target, with everything that it is judged by.
type Measure struct {
	// Number is its place in the target, from 1.
	Number int
	Kind   indicator.TargetKind
	// Aim is nil where the document puts it in words only.
	Aim       *decimal.Decimal
	Unit      string
	Name      string
	Soft      bool
	Indicator string
	Class     plan.ClassShare
	// Per are the periods of "so many in each"; empty: as they are reported.
	Per      calendar.Cadence
	From, To calendar.Date // both inclusive
	// Duties are those whose reports the figures come from; none: all that give them.
	Duties []int64
	// Aims are its parts, by year, by unit and by both.
	Aims     []Aim
	Baseline *Baseline
}

// Aim is a part of a measure: of an agency (0: of all), of a year (0: of the
// whole span), or of both.
type Aim struct {
	AgencyID int64
	Year     int
	Aim      decimal.Decimal
}

// Baseline is the level that a reduction starts from.
type Baseline struct {
	Value decimal.Decimal
	// Source says where it was counted, On is the day that it is of. Both are empty
	// where the plan file gave it.
	Source string
	On     calendar.Date
	// At and ByName are of who entered it; zero where the plan file did.
	At     time.Time
	ByName string
}

// sharesUnits reports whether units that have a property are told as a share.
func (m Measure) sharesUnits(d indicator.Definition) bool {
	return d.Aggregation == indicator.CountUnits && (m.Kind == indicator.ReachShare || m.Kind == indicator.Maintain)
}

// Agency is one of those that a target names.
type Agency struct {
	ID         int64
	Code, Name string
}

// View is where the targets of a plan stand on a day.
type View struct {
	PlanID              int64
	PlanCode, PlanTitle string
	On                  calendar.Date
	// Manages: the reader may split targets and enter baselines.
	Manages bool
	Targets []Standing
}

// Standing is where one target stands.
type Standing struct {
	Code, Reference, Text string
	Due                   calendar.Date
	Cadence               calendar.Cadence
	DutyCode              string
	Owners                []Agency
	Configured            []string
	Measures              []Measured
}

// Measured is where one measure stands.
type Measured struct {
	Measure
	// Definition is that of its indicator; zero: it has none.
	Definition indicator.Definition
	Feeds      []Feed
	Outlook    indicator.Outlook
	Readings   []indicator.Reading
	// Hidden: the figure counts fewer than five persons, and the reader is outside
	// of its reporting chain.
	Hidden   bool
	Years    []YearOutlook
	Parts    []Part
	Warnings []Warning
}

// Feed is a duty whose reports the figures come from.
type Feed struct {
	DutyID      int64
	Code, Title string
}

// YearOutlook is where one year's part stands.
type YearOutlook struct {
	Year    int
	Aim     decimal.Decimal
	Outlook indicator.Outlook
	Hidden  bool
}

// Part is where one unit stands.
type Part struct {
	Agency Agency
	DutyID int64
	// Aim is nil where nothing was split off for it.
	Aim     *decimal.Decimal
	Outlook indicator.Outlook
	Hidden  bool
	Years   []YearOutlook
	// Tasks are the results in its figure; it opens to them.
	Tasks []int64
	// Opens: there are units below it.
	Opens bool
}

// Warning is something that a person has to see to.
type Warning struct {
	Code   string
	VI, EN string
}
