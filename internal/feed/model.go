// Package feed holds calendar feeds: addresses under which a person's calendar
// program fetches the due times of tasks. A feed never shows more than its
// owner may see at that moment, and nothing of what a duty says or a result
// holds: code, period, due time, agency and link.
package feed

import (
	"time"

	"dondoc/internal/fault"
	"dondoc/internal/task"
)

// Scope tells whose due times a feed has.
type Scope string

const (
	Person Scope = "person" // owed by agencies where the owner is focal point or head
	Agency Scope = "agency" // owed by one agency
	Plan   Scope = "plan"   // of one plan, as far as the owner sees them
)

const (
	// MaxEntries bounds a feed; what is due first is in it.
	MaxEntries = 5000
	// MaxFeeds is how many live feeds one person may have.
	MaxFeeds = 20
	// Kept is how long what is over stays: a task after its due time, a waived or
	// cancelled one after its end, so that calendar programs take it in.
	Kept = 60 * 24 * time.Hour
)

// Feed is one address that a person made; its token is kept nowhere.
type Feed struct {
	ID         int64
	Scope      Scope
	AgencyID   int64 // of Agency feeds
	AgencyName string
	PlanID     int64 // of Plan feeds
	PlanCode   string
	PlanTitle  string
	CreatedAt  time.Time
	LastUsedAt *time.Time
	// Readable: the owner may still see what it is of; otherwise its address
	// answers as if there were none.
	Readable bool
}

// Wanted is what a person asks for.
type Wanted struct {
	Scope            Scope
	AgencyID, PlanID int64
}

// Check refuses what fits no scope.
func (w Wanted) Check() error {
	switch {
	case w.Scope != Person && w.Scope != Agency && w.Scope != Plan:
		return fault.New(fault.Invalid, "feed.scope", "Chọn lịch của việc của tôi, của một đơn vị hoặc của một văn bản.",
			"Choose a calendar of your own tasks, of an agency or of a plan.").At("scope")
	case (w.Scope == Agency) != (w.AgencyID > 0):
		return fault.New(fault.Invalid, "feed.agency", "Lịch của một đơn vị thì nêu đơn vị, lịch khác thì không.",
			"A calendar of an agency names the agency, others name none.").At("agency_id")
	case (w.Scope == Plan) != (w.PlanID > 0):
		return fault.New(fault.Invalid, "feed.plan", "Lịch của một văn bản thì nêu văn bản, lịch khác thì không.",
			"A calendar of a plan names the plan, others name none.").At("plan_id")
	}
	return nil
}

// Facts are what the audit trail keeps of it.
func (w Wanted) Facts() map[string]any {
	facts := map[string]any{"scope": w.Scope}
	if w.AgencyID != 0 {
		facts["agency_id"] = w.AgencyID
	}
	if w.PlanID != 0 {
		facts["plan_id"] = w.PlanID
	}
	return facts
}

// Created is a new feed with its address, which is told once: a repeat of the
// same request gets the feed without it.
type Created struct {
	Feed    Feed
	Address string
}

// Contents are what one fetch of a feed shows.
type Contents struct {
	Feed     Feed
	Language string // of the owner
	// Several: tasks of more than one agency can be in it, so each entry names its own.
	Several bool
	Entries []Entry // by due time
}

// Entry is one task's due time.
type Entry struct {
	TaskID     int64
	AgencyName string
	PlanCode   string
	DutyCode   string
	Requested  bool // "đề nghị": softer words
	PeriodKey  string
	TimeZone   string
	State      task.State
	// DueAt is the effective due time: the new one of a returned task.
	DueAt       time.Time
	OpenedAt    *time.Time
	SubmittedAt *time.Time
	// ChangedAt is the business instant of the last change of task or plan.
	ChangedAt time.Time
	// Version rises with every change of the task.
	Version int
	// Gone: nothing is owed here any more: waived, cancelled, or the plan was
	// closed before the due time.
	Gone bool
	// Still: nobody is reminded: the plan is suspended or the round has closed.
	Still bool
}
