package notice

import "time"

// DeliveryState is where a message has got to.
type DeliveryState string

const (
	DeliveryPending DeliveryState = "pending" // waits for the mail server
	DeliverySent    DeliveryState = "sent"
	DeliveryDropped DeliveryState = "dropped" // everything in it was settled meanwhile
	DeliveryFailed  DeliveryState = "failed"  // refused for ever
)

// Delivery is a message as administrators follow it: to whom and how far, nothing
// of what it says.
type Delivery struct {
	ID int64
	// Account tells an invitation or a password link from gathered notices: its
	// words are wiped when it fails, so that it is not sent again but asked for anew.
	Account            bool
	Recipient, Address string
	UserID, AgencyID   int64 // of a person or of an agency's mailbox
	State              DeliveryState
	Notices            int
	ComposedAt         time.Time  // business clock
	HandedOverAt       *time.Time // business clock
	Attempts           int
	NextTryAt          *time.Time // wall clock
	Reason             string     // what the mail server said last
}

// Retriable reports whether it may be tried again as it is.
func (d Delivery) Retriable() bool { return d.State == DeliveryFailed && !d.Account }

// DeliveryFilter narrows the list; zero values do not.
type DeliveryFilter struct {
	State  DeliveryState
	Query  string // in the recipient's name or address
	Limit  int
	Cursor string
}

// Deliveries is a page of messages, the newest first, with how many there are of
// each state among the recipients that the reader administers.
type Deliveries struct {
	Messages []Delivery
	Next     string
	Counts   map[DeliveryState]int
	// Uncomposed counts notices whose time has come and that wait to be gathered.
	Uncomposed int
	// Backlog is how far the engine is behind, by the business clock.
	OutboxAge, StepLateness time.Duration
}
