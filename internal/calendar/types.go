package calendar

import (
	"slices"
	"time"
)

// Cadence says how often a duty is owed. Only the first group makes rounds by
// itself; the others are opened by people or reported inside another report.
type Cadence string

const (
	Once      Cadence = "once"
	Weekly    Cadence = "weekly"
	Monthly   Cadence = "monthly"
	Quarterly Cadence = "quarterly"
	HalfYear  Cadence = "half_year"
	NineMonth Cadence = "nine_month" // cumulative from January
	Yearly    Cadence = "yearly"
	Cron      Cadence = "cron" // any expression of robfig/cron/v3
	// AtLeast is "ít nhất N lần" in each of another cadence's periods: N rounds
	// of one window each, see Schedule.AtLeast.
	AtLeast Cadence = "at_least"

	Standing   Cadence = "standing"   // no rounds; a section of the agency's periodic report
	Continuous Cadence = "continuous" // "thường xuyên": as standing, with a last-reported check
	AdHoc      Cadence = "ad_hoc"     // "đột xuất": opened by hand, due in days
	Flash      Cadence = "flash"      // "báo cáo nhanh": opened by hand, due in hours
	Event      Cadence = "event"      // "kịp thời", "khi được yêu cầu": raised by an occurrence
)

// MakesRounds reports whether the calendar opens rounds for a cadence; all others
// are opened by people or reported inside another report.
func (c Cadence) MakesRounds() bool {
	return c == Once || c == AtLeast || slices.Contains(lengths, c)
}

// OpenedByHand reports whether people open a cadence's rounds, due within days or
// hours of that moment (DueWithin).
func (c Cadence) OpenedByHand() bool { return c == AdHoc || c == Flash || c == Event }

// Family is a family of reporting windows.
type Family string

const (
	// CalendarWindows close with the civil month, quarter, half-year, nine months, year.
	CalendarWindows Family = "calendar"
	// DecreeWindows close as Decree 09/2019/NĐ-CP art. 12 says: month 15th of the
	// previous month to the 14th, and so on; nine months 15/12 to 14/9 by provincial practice.
	DecreeWindows Family = "decree_09_2019"
)

// Schedule says when a duty is owed.
type Schedule struct {
	Cadences []Cadence
	Windows  Family
	// OpensOn and DueOn belong to Once alone; a zero OpensOn means at activation.
	OpensOn, DueOn Date
	// Cron is the expression of cadence Cron, evaluated in the plan's zone.
	Cron string
	// KeepApart leaves rounds that close on the same date separate; by default
	// they are one round bearing the longest period.
	KeepApart bool
	// AtLeast belongs to cadence AtLeast alone.
	AtLeast Frequency
}

// MaxTimes is the most that Frequency.Times may be: once a day of a month.
const MaxTimes = 31

// Frequency is a minimum: Times rounds, 1 to MaxTimes, in each period of Per, one
// of Weekly, Monthly, Quarterly, HalfYear, NineMonth and Yearly.
type Frequency struct {
	Times int
	Per   Cadence
}

// Range is a span of days, both ends included; a zero To is open.
type Range struct{ From, To Date }

// Period is one stretch of time that a duty is owed for.
type Period struct {
	// Key is unique within a duty and stable: 2026-M05, 2026-Q2, 2026-H1,
	// 2026-N9, 2026, once, 2026-W07, 2026-04-30T08:00 (cron), 2026-Q2-L1 (the
	// first of at least so many rounds, "lần 1").
	Key string
	// Cadence is the longest of Cadences and names the period.
	Cadence Cadence
	// Cadences are all cadences that this period discharges, shortest first.
	Cadences []Cadence
	// Start and End are the reporting window, both days included. End is the
	// closing day. Both are cut by the plan's validity.
	Start, End Date
}

// Shift says where a due day goes that is not a working day.
type Shift string

const (
	ShiftNext     Shift = "next"
	ShiftPrevious Shift = "previous"
	ShiftNone     Shift = "none"
)

// DueRule says when a result is due: Due counts from the end of a period's
// window, DueWithin from the moment at which a person opens a round. At most one
// of WorkingDays, CalendarDays, Day and MonthDay is set (none: the closing day
// itself). Hours may stand alone or beside one of them, for a duty that has both
// periods and rounds opened by hand: the hours are for the latter.
type DueRule struct {
	// WorkingDays counts working days after the window's end; the end is day
	// zero, is not counted and is not shifted first.
	WorkingDays int
	// CalendarDays counts all days after the window's end; the result is shifted.
	CalendarDays int
	// Day is a day of the month (1 to 31, the last day where the month is
	// shorter), in the month MonthOffset months after the one of the window's end.
	Day, MonthOffset int
	// MonthDay is a fixed day of the year of the window's end, as "07-20".
	MonthDay string
	// BeforeEnd permits a due day before the window's end.
	BeforeEnd bool
	// Shift moves a due day that is not a working day; empty means ShiftNext.
	Shift Shift
	// TimeOfDay is "17:00"; empty means the end of the day (24:00).
	TimeOfDay string
	// Hours counts from the moment at which a round is opened by hand: working
	// hours, or hours of the clock where RoundTheClock is set.
	Hours         int
	RoundTheClock bool
}

// WorkingCalendar tells working days.
type WorkingCalendar interface {
	// IsWorking reports whether people work on that day.
	IsWorking(Date) bool
	// DayOff names why nobody works on that day in both languages; empty on working days.
	DayOff(Date) (vi, en string)
}

// DueTime is an instant with its explanation.
type DueTime struct {
	// At is the last instant that is on time. "End of the day" is 24:00, which
	// is the first instant of the next day in the plan's zone.
	At         time.Time
	Derivation Derivation
}

// Anchor is what a step's offset counts from.
type Anchor string

const (
	AnchorOpening   Anchor = "opening"
	AnchorDue       Anchor = "due"
	AnchorSubmitted Anchor = "submitted" // for the reviewer
)

// Unit is the unit of a step's offset.
type Unit string

const (
	WorkingDays  Unit = "working_days"
	CalendarDays Unit = "calendar_days"
	Hours        Unit = "hours"
)

// Audience is who gets a step's notice.
type Audience string

const (
	FocalPoint    Audience = "focal_point"
	Head          Audience = "head"
	Supervisor    Audience = "supervisor"
	PlanAuthority Audience = "plan_authority"
	Reviewer      Audience = "reviewer"
)

// StepRule is one rung of a policy.
type StepRule struct {
	// Code is unique within its policy ("opening", "before_1", "overdue_3").
	Code string
	// Kind chooses the words: opening, reminder, due_today, overdue,
	// urging_draft, escalation, review_reminder, review_overdue.
	Kind   string
	Anchor Anchor
	// Offset counts Unit from the anchor's day; negative is before.
	Offset int
	Unit   Unit
	// TimeOfDay is the time at which the step is due ("08:00") in the plan's zone.
	TimeOfDay string
	// Cron repeats the step while the task is overdue, first at or after the
	// offset; empty means once. Evaluated in the plan's zone.
	Cron     string
	Audience []Audience
	// Severity orders missed steps: only the most severe is sent.
	Severity int
	// Digest leaves the notice to the next weekly digest.
	Digest bool
}

// StepTime is a step of one task with its instant.
type StepTime struct {
	Rule StepRule
	At   time.Time
	// Occurrence numbers the repetitions of a cron step from 1; 1 otherwise.
	Occurrence int
	Derivation Derivation
}

// Derivation explains an instant step by step; it is stored with the task.
type Derivation struct {
	Notes []Note `json:"notes"`
}

// Note is one step of a derivation. Which fields are set depends on Kind.
type Note struct {
	// Kind is one of: window_end, fixed_date, plus_working_days,
	// plus_calendar_days, day_of_month, month_day, shifted, end_of_day, at_time,
	// extended, resubmit, configured, opening, minus_working_days,
	// minus_calendar_days, not_before, cron, hours, due (the due day that is
	// counted from), submitted, forwarded, corrected, set_date (by the plan authority for this period),
	// chain_back (N working days ahead of the level above), chain_squeezed (days
	// off leave no time: shares a day), requested (opened by hand), working_hours,
	// outage.
	Kind string `json:"kind"`
	Date Date   `json:"date,omitzero"`
	N    int    `json:"n,omitempty"`
	// Time is a time of day, "08:00".
	Time string `json:"time,omitempty"`
	// VI and EN carry a name where one is needed (a holiday, who extended it).
	VI string `json:"vi,omitempty"`
	EN string `json:"en,omitempty"`
	// DaysOff lists the days off that a count of working days passed over.
	DaysOff []Date `json:"days_off,omitempty"`
}
