// Package request holds what people ask of another body about a task: more
// time, a period without report, an explanation, help. Each has a deadline of
// its own and an outcome that stands in the task's history.
package request

import (
	"time"

	"dondoc/internal/calendar"
)

// Kind is what is asked for.
type Kind string

const (
	// Extension (gia hạn): the unit asks whoever set the date for a later one.
	Extension Kind = "extension"
	// Waiver (không phải báo cáo kỳ này): asked by the unit, or decided by the plan authority on its own.
	Waiver Kind = "waiver"
	// Explanation (giải trình): demanded of a late unit by the reviewing agency.
	Explanation Kind = "explanation"
	// Obstacle (khó khăn, vướng mắc, kiến nghị): raised by the unit to one or more bodies.
	Obstacle Kind = "obstacle"
	// Contribution (phần phối hợp): asked by who leads of who coordinates the same duty.
	Contribution Kind = "contribution"
	// Help (phối hợp khi được yêu cầu): asked of any agency that the plan knows.
	Help Kind = "help"
)

// Kinds are all kinds, in the order in which people are shown them.
var Kinds = []Kind{Extension, Waiver, Explanation, Obstacle, Contribution, Help}

// Judged: the body that is asked grants or refuses.
func (k Kind) Judged() bool { return k == Extension || k == Waiver }

// Answered: the body that is asked answers in words.
func (k Kind) Answered() bool { return !k.Judged() }

// State is where a request stands.
type State string

const (
	// Asked: waits for the body that is asked. That body moves it on, or its due time.
	Asked State = "asked"
	// Accepted: help is promised, its answer moves it on; or an explanation was found good, which is final.
	Accepted State = "accepted"
	// Granted is final; a granted waiver can be taken back.
	Granted State = "granted"
	// Refused is final, with a reason.
	Refused State = "refused"
	// Answered is final, but for an explanation, which who demanded it judges.
	Answered State = "answered"
	// PassedOn is final here: the next level is asked.
	PassedOn State = "passed_on"
	// Closed: what was asked about has gone (the result came in, the plan was closed).
	Closed State = "closed"
	// Lapsed: not decided by the due time; what was decided before stands.
	Lapsed State = "lapsed"
	// Withdrawn by who asked.
	Withdrawn State = "withdrawn"
	// TakenBack: the waiver ended and the result is owed again.
	TakenBack State = "taken_back"
)

// Defaults of what plans and askers do not say.
const (
	// MaxExtensions is how many extensions one task can be granted.
	MaxExtensions = 2
	// DecideWorkingDays is how long a plan authority has for a waiver.
	DecideWorkingDays = 3
	// ExplainWorkingDays is how long a unit has to explain itself.
	ExplainWorkingDays = 3
	// PromptWorkingDays is what "kịp thời" means for obstacles and help.
	PromptWorkingDays = 5
	// MaxWorkingDays bounds what an asker may set.
	MaxWorkingDays = 60
)

// Request is one thing asked of one body. Instants are UTC.
type Request struct {
	ID, GroupID                              int64
	Kind                                     Kind
	State                                    State
	TaskID, PlanID, FromAgencyID, ToAgencyID int64
	FromAgencyName, ToAgencyName             string
	TaskAgencyName                           string
	PlanCode, DutyCode, DutyTitle, PeriodKey string
	TimeZone                                 string
	AskedByName                              string
	AskedAt                                  time.Time
	Text                                     string
	// Resubmission: the extension is of the date set when the result was returned.
	Resubmission          bool
	ProposedOn, GrantedOn calendar.Date
	DueAt                 time.Time
	Derivation            calendar.Derivation // of DueAt
	SettledAt             *time.Time
	Version               int
	// MaySeeTask: the asking actor sees the task itself, not only what is asked.
	MaySeeTask bool
	// What the asking actor may do now.
	MayDecide, MayOpine, MayAnswer, MayPassOn, MayWithdraw, MayTakeBack bool
}

// Event is one line of a request's history.
type Event struct {
	At                time.Time
	Action            string // asked, opinion, granted …
	ActorName, Agency string // empty: the system
	For               string // of whom the actor stood in for; empty: nobody
	Stance            string // of an opinion: for, against
	Text              string
}

// Step is a reminder, a lapse or an escalation, done or to come.
type Step struct {
	Code  string // reminder, lapse, overdue
	At    time.Time
	State string // pending, done, skipped
	RunAt *time.Time
}

// Detail is a request with what happened to it, and those asked together with it.
type Detail struct {
	Request Request
	Events  []Event
	Steps   []Step
	Group   []Request // without this one
}

// Warning is what an asker ought to know, though the request was taken.
type Warning struct{ Code, VI, EN string }

// Message returns the sentence in the language "vi" or "en" (anything else: Vietnamese).
func (w Warning) Message(language string) string {
	if language == "en" {
		return w.EN
	}
	return w.VI
}

// Receipt answers an act.
type Receipt struct {
	// Requests are those that the act made or changed; the first is the one acted on.
	Requests []Request
	Warnings []Warning
}

// Filter narrows a list; zero values do not.
type Filter struct {
	TaskID   int64
	Kind     Kind
	Mine     bool // asked by agencies where the actor is focal point, head or supervisor
	ToDecide bool // waits for the actor
	Open     bool
	Limit    int
	Cursor   string
}

// Page is a piece of a list, by due time.
type Page struct {
	Requests []Request
	Next     string
}

// Turn is what one run of a request did and what comes next.
type Turn struct {
	State State
	// Ended: the request is settled and nothing comes any more.
	Ended bool
	// NextAt is when something comes next; zero: wait for a nudge.
	NextAt time.Time
	Told   bool
}
