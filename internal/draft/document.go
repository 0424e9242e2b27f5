package draft

import (
	"time"

	"dondoc/internal/issued"
)

// State is where a document stands on its way to a plan.
type State string

// The states.
const (
	Open    State = "open"
	Loaded  State = "loaded" // a plan was made of it
	Dropped State = "dropped"
)

// Document is a document that people check, with the draft as it stands.
type Document struct {
	ID, AgencyID int64
	FileName     string
	Lines        []issued.Line
	Draft        Draft
	// Version counts the edits; an edit names the one that it was made from.
	Version              int
	State                State
	PlanID               int64
	CreatedAt, ChangedAt time.Time
	CreatedByName        string
}
