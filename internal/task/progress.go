package task

import "time"

// Progress is where the duties of a plan stand at one instant, over the tasks that
// the reader sees.
type Progress struct {
	At     time.Time
	Duties map[int64]DutyProgress // by the duty's id; what the reader has no opened task of is not there
}

// DutyProgress is where one duty stands.
type DutyProgress struct {
	// RoundID and PeriodKey name the round that opened last of those that concern the
	// reader; the counts are of it.
	RoundID   int64
	PeriodKey string
	// DueAt is the first of the due times of its tasks.
	DueAt  time.Time
	Counts Counts
	// Members are its tasks in the agencies' order, where they are few enough to be
	// drawn one by one.
	Members []Member
	// Overdue counts the overdue tasks of all rounds of the duty; OverdueSince is the
	// oldest due time among them.
	Overdue      int
	OverdueSince *time.Time
}

// FewMembers is up to how many tasks of a round are drawn one by one.
const FewMembers = 12

// Member is one agency's task in a round.
type Member struct {
	TaskID int64
	Agency string
	Status Status
}
