package notice

import "time"

// Lease is one message that a sender works on. Until (wall clock) is also the
// proof that the lease is still held: a later lease bears a later instant.
type Lease struct {
	MessageRow int64
	Until      time.Time
	// Attempts counts the tries up to and including this one.
	Attempts int
}

// Handover is a leased message as it stood when it was checked, immediately
// before it is handed over.
type Handover struct {
	Lease
	MessageID string // with angle brackets, as it stands in the mail
	Address   string
	Language  string // "vi" or "en"
	// Recipient is the person's or the agency's name.
	Recipient string
	// Mailbox is set for the copy to an agency's official mailbox.
	Mailbox bool
	// Items are the notices that are still called for, by due time.
	Items []Item
	// Summary is set when one of the items is a digest.
	Summary *Summary
	// Account is set for account mail, which was written when it was asked for.
	Account *Mail
}

// Mail is a written message.
type Mail struct {
	Subject, Text, HTML string
}

// HandedOver is a message that the mail server has taken.
type HandedOver struct {
	Lease
	Mail Mail
	// At is the business instant of the hand-over.
	At time.Time
}

// Setback is a hand-over that did not succeed.
type Setback struct {
	Lease
	Reason string
	// Final: the mail server will never take it.
	Final bool
	// NextTryAt (wall clock) is when to try again, unless Final.
	NextTryAt time.Time
}

// Composition is the outcome of composing.
type Composition struct {
	Messages int
	// Dropped counts notices that stay inside the system because their
	// recipient has no address, is no longer active or holds no post.
	Dropped int
	// Held: ordinary notices wait for steps of the same moment, so that one
	// morning gives one message.
	Held bool
}

// Next tells when there is something to deliver again; nil: nothing is known to come.
type Next struct {
	// DeliverAt is the business instant of the next waiting notice after now.
	DeliverAt *time.Time
	// TryAt is the wall instant at which the next pending message may be tried.
	TryAt *time.Time
}

const (
	firstBackoff = 10 * time.Second
	maxBackoff   = time.Hour
	// maxAttempts spreads over two and a half days: longer than a weekend's outage of one mailbox.
	maxAttempts = 66
)

// Backoff returns how long to wait after a temporary failure of the given
// attempt, and whether to give up instead.
func Backoff(attempts int) (wait time.Duration, giveUp bool) {
	if attempts >= maxAttempts {
		return 0, true
	}
	wait = firstBackoff
	for i := 1; i < attempts && wait < maxBackoff; i++ {
		wait *= 2
	}
	return min(wait, maxBackoff), false
}
