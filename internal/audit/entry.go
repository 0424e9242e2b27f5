package audit

import "time"

// Entry is a row of the trail as people read it. Free text is in it as hashes only.
type Entry struct {
	ID             int64
	At, RecordedAt time.Time // business, wall
	ActorID        int64     // 0: the system itself
	ActorName      string
	OnBehalfOf     int64 // agency; 0: none
	OnBehalfName   string
	StoodInFor     int64 // the person for whom the actor stood in; 0: nobody
	StoodInName    string
	Action         string
	Entity         string
	EntityID       int64
	Before, After  string // JSON; empty: none
	SealNumber     int64  // 0: not sealed yet
}

// EntryFilter narrows the trail; zero values do not.
type EntryFilter struct {
	Entity   string
	EntityID int64
	ActorID  int64
	Action   string
	From, To time.Time // business instants: from inclusive, to exclusive
	Limit    int
	Cursor   string
}

// EntryPage is a piece of the trail, the newest first.
type EntryPage struct {
	Entries []Entry
	Next    string
}
