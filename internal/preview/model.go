package preview

import (
	"slices"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/timetable"
)

const (
	// MaxYears is the longest range that is computed.
	MaxYears = 10
	// MaxRounds is the most rounds that one preview lists.
	MaxRounds = 10_000
	// DefaultThreshold is the number of tasks due on one day from which it counts
	// as too much for one agency.
	DefaultThreshold = 5
	// MaxClasses is the most classes that one preview lists: those with the most
	// agencies. Further ones count in Days alone.
	MaxClasses = 100
)

// Wanted is what of a plan's future is asked for.
type Wanted struct {
	// From and To bound the due days and the days of messages, both included. A
	// zero From is the plan's first day; a zero To is its last day, or the last due
	// day where that is later, at most MaxYears after From.
	From, To calendar.Date
	// Agency is the code of the agency whose own timetable is asked for; empty is all.
	Agency string
	// Threshold is the number of tasks due on one day that is too much; zero is
	// DefaultThreshold.
	Threshold int
}

// Options are what a plan's future depends on besides the plan.
type Options struct {
	Wanted
	// CalendarOf returns the key of the working calendar that an agency lives by;
	// nil means that everybody lives by the country's.
	CalendarOf func(agency string) string
	// Provisional tells of a year whether its days off are computed and not yet
	// decreed; nil means that nothing is known about that.
	Provisional func(year int) bool
	// FollowedFrom leaves out rounds that were due before this day, as for a plan
	// that is followed already; zero leaves nothing out.
	FollowedFrom calendar.Date
	// DutyFollowedFrom does so for single duties, by code, that an amendment brought
	// in or gave other periods.
	DutyFollowedFrom map[string]calendar.Date
	Outages          []calendar.Outage
}

// followedFrom is the day before which rounds of the duty are left out.
func (o Options) followedFrom(code string) calendar.Date {
	if own := o.DutyFollowedFrom[code]; own.After(o.FollowedFrom) {
		return own
	}
	return o.FollowedFrom
}

// Preview is the future of a plan within a range of days.
type Preview struct {
	PlanCode, PlanTitle string
	From, To            calendar.Date
	Zone                *time.Location
	// AgencyCode and AgencyName are empty where all agencies are shown.
	AgencyCode, AgencyName string
	Threshold              int
	// Rounds are those with anything due in the range, by due time.
	Rounds []Round
	// Classes are all agencies that owe, review or issue anything, in the plan's
	// order of their first members. Omitted counts those beyond MaxClasses.
	Classes []Class
	Omitted int
	// Days are the days of the range on which anybody gets a message.
	Days  []Total
	Notes []Note
}

// Round is one period of a duty.
type Round struct {
	Duty, Title string
	timetable.Round
	// Tasks are one per level and working calendar that is due in the range, by due time.
	Tasks []Task
}

// Task is what every agency of one level and calendar has in a round.
type Task struct {
	timetable.Task
	// Agencies counts those that exist when the round opens.
	Agencies int
}

// line is one kind of task of a round.
type line struct {
	round Round
	task  Task
}

// lines are all tasks of all rounds by due time; of those due together, in order
// of the rounds.
func (p Preview) lines() []line {
	var all []line
	for _, r := range p.Rounds {
		for _, t := range r.Tasks {
			all = append(all, line{r, t})
		}
	}
	slices.SortStableFunc(all, func(a, b line) int { return a.task.Due.At.Compare(b.task.Due.At) })
	return all
}

// Class is a set of agencies with the same future: they owe and review the same
// duties at the same level, by the same calendar, and exist for the same time.
type Class struct {
	// Name is what to call them: their own names where they are three at most, their
	// group's, or the smallest group's that holds them, or their level.
	Name            string
	Level, Calendar string
	// Agencies are codes, in the plan's order.
	Agencies []string
	// Owes and Reviews are codes of duties that the calendar opens.
	Owes, Reviews []string
	// Issues is set for the agency that issued the plan.
	Issues bool
	// Due is the number of tasks that each of the agencies has due in the range.
	Due int
	// Busiest are the days with the most tasks due for each of them, at most five.
	Busiest []DueDay
	// TooMuch are the days on which at least Preview.Threshold tasks are due.
	TooMuch []DueDay
	// Roles are the people who get messages.
	Roles []Role
}

// DueDay is a day with tasks of one agency that are due.
type DueDay struct {
	On calendar.Date
	// Duties are the codes of what is due, one for each task.
	Duties []string
}

// Role is one person with a role at each agency of a class, and the messages that
// this person gets. Notices are gathered as the product does: one message a
// morning, digests wait for Monday.
type Role struct {
	// Audience is FocalPoint, Head, Supervisor (of the agencies' results that are
	// reviewed here) or PlanAuthority.
	Audience calendar.Audience
	// OnTime is what comes where everybody reports right before it is due, AtMost
	// where nobody ever reports. What reports themselves cause (receipts, reviews,
	// returns) is in neither.
	OnTime, AtMost Figure
	// Days are the mornings with a message.
	Days []Day
	// Busiest are the days with the most notices in the message, at most three.
	Busiest []Day
}

// Figure sums up the messages that one person gets.
type Figure struct {
	// Messages counts mornings; of these, Weekly are Mondays with nothing but the
	// week's figures.
	Messages, Weekly int
	// Notices are what the messages gather, the week's figures among them.
	Notices int
}

// Day is one morning of one person; there is a message where the number of
// notices is not zero. Reviewers of one class have the same mornings, not the
// same numbers: they are those of the agency that reviews most.
type Day struct {
	On             calendar.Date
	OnTime, AtMost int
}

// Total is one morning with the number of messages that go out to everybody.
type Total struct {
	On             calendar.Date
	OnTime, AtMost int
}

// Severity tells what needs a decision from what is only said.
type Severity string

const (
	SeverityError   Severity = "error"   // the engine could not follow the duty
	SeverityWarning Severity = "warning" // look at it before activating
	SeverityInfo    Severity = "info"
)

// Note is something to know before the plan is activated.
type Note struct {
	Severity Severity
	// Code is stable, for programs.
	Code string
	// Duty is a code; empty where the note is about the plan.
	Duty   string
	VI, EN string
}

// In returns the sentence in "vi" or "en" (anything else: Vietnamese).
func (n Note) In(language string) string {
	if language == "en" {
		return n.EN
	}
	return n.VI
}
