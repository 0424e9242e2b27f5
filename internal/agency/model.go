// Package agency holds the tree of agencies as lists and pages show it.
package agency

import "dondoc/internal/calendar"

// Agency is a node of the tree.
type Agency struct {
	ID                         int64
	Code, Name, ShortName      string
	Level                      string
	ParentID                   int64 // 0 at the root
	ParentCode                 string
	OfficialID, Mailbox, Phone string
	ValidFrom, ValidTo         calendar.Date
	// TwoSignatures: what a focal point sends in waits for the head's approval.
	TwoSignatures bool
	Version       int
}

// Filter narrows a list of agencies.
type Filter struct {
	Level    string
	ParentID int64
	Query    string // in name or code
	Limit    int
	Cursor   string
	// Ended lists agencies that have ended too; pickers leave them out.
	Ended bool
	// Vacant lists agencies that owe duties and have nobody who sends results in;
	// for administrators alone.
	Vacant bool
}

// Page is a piece of a list.
type Page struct {
	Agencies []Agency
	Next     string
}
