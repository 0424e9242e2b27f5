package form

import (
	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
)

// Form is a report form as one task asks for it.
type Form struct {
	// Code and Name are those of the plan's form; empty where the duty names
	// indicators and no form.
	Code, Name string
	Sections   []Section
	// Rules hold figures of the form against each other.
	Rules []indicator.Rule
}

// Section is a heading with rows of figures, a text, or both.
type Section struct {
	Heading, Hint string
	Rows          []Row
	Narrative     bool
	// Required and MaxLength (characters; 0: the limit of all texts) are those of the text.
	Required  bool
	MaxLength int
	// Level is that of a heading of an outline (mẫu đề cương), 1 to 3; 0 elsewhere.
	// One without rows and text stands above those that follow it.
	Level int
	// LastReported is the key of the newest period in which a standing duty's
	// section said something; empty elsewhere.
	LastReported string
}

// Row is one figure that is asked for.
type Row struct {
	indicator.Definition
	// Ordinal is what stands under TT: "1", "2", "2.1".
	Ordinal string
	// Depth is 1 for a part ("trong đó") of the row above it, else 0.
	Depth int
	// Computed rows are worked out from others and never typed: ratios.
	Computed bool
	// Required, Integer, Min and Max (decimal text, empty: no bound) are the row's own rules.
	Required, Integer bool
	Min, Max          string
}

// Filled is a form with what is known for one task.
type Filled struct {
	Form
	TaskID int64
	// Version is the task's, which an act on it names.
	Version                int
	AgencyID               int64
	AgencyCode, AgencyName string
	PlanCode, PlanTitle    string
	DutyCode, DutyTitle    string
	PeriodKey              string
	From, To               calendar.Date // both inclusive
	Figures                map[string]Figures
	// Texts are those of the sections with Narrative, in their order.
	Texts []string
}

// Figures are what is known of one row, in the stored form; "": not known. The
// names in Vietnamese are those of the usual table.
type Figures struct {
	YearPlan            string // Kế hoạch năm
	InPeriod            string // Trong kỳ: the draft's figure, or that of the version in force
	YearToDate          string // Lũy kế năm
	PlanToDate          string // Lũy kế giai đoạn
	YearBefore          string // Cùng kỳ năm trước
	PercentOfPlan       string // % kế hoạch
	PercentOfYearBefore string // % cùng kỳ
	// Previous is the period before this one; PreviousKey names it.
	Previous, PreviousKey string
	// Offered is what the same unit reported for the same period in another
	// report; OfferedFrom says where, in words for a person.
	Offered, OfferedFrom string
}

// Column is one of the columns of the usual table of figures.
type Column string

// The columns, as in the reports that provinces send.
const (
	ColumnYearPlan            Column = "year_plan"
	ColumnInPeriod            Column = "in_period"
	ColumnYearToDate          Column = "year_to_date"
	ColumnPlanToDate          Column = "plan_to_date"
	ColumnYearBefore          Column = "year_before"
	ColumnPercentOfPlan       Column = "percent_of_plan"
	ColumnPercentOfYearBefore Column = "percent_of_year_before"
)

// Columns are all of them, in their order; TT, Chỉ tiêu and ĐVT stand before them.
var Columns = []Column{
	ColumnYearPlan, ColumnInPeriod, ColumnYearToDate, ColumnPlanToDate, ColumnYearBefore, ColumnPercentOfPlan, ColumnPercentOfYearBefore,
}

var headings = map[Column][2]string{
	ColumnYearPlan: {"Kế hoạch năm", "Year's plan"}, ColumnInPeriod: {"Trong kỳ", "In the period"},
	ColumnYearToDate: {"Lũy kế năm", "Year to date"}, ColumnPlanToDate: {"Lũy kế giai đoạn", "Plan to date"},
	ColumnYearBefore: {"Cùng kỳ năm trước", "Same period last year"}, ColumnPercentOfPlan: {"% kế hoạch", "% of plan"},
	ColumnPercentOfYearBefore: {"% cùng kỳ", "% of last year"},
}

// Heading names the column in a language, "vi" or "en".
func (c Column) Heading(language string) string {
	if language == "en" {
		return headings[c][1]
	}
	return headings[c][0]
}

// In gives the figure that stands in a column.
func (f Figures) In(c Column) string {
	switch c {
	case ColumnYearPlan:
		return f.YearPlan
	case ColumnInPeriod:
		return f.InPeriod
	case ColumnYearToDate:
		return f.YearToDate
	case ColumnPlanToDate:
		return f.PlanToDate
	case ColumnYearBefore:
		return f.YearBefore
	case ColumnPercentOfPlan:
		return f.PercentOfPlan
	default:
		return f.PercentOfYearBefore
	}
}
