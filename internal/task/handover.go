package task

import "time"

// HandoverInput puts a task into the hands of one of the agency's people.
type HandoverInput struct {
	TaskID int64
	UserID int64
	Reason string
	// Replaces is the handover that the person saw running; 0: there was none.
	Replaces int64
}

// HandoverEnd takes a task out of somebody's hands again.
type HandoverEnd struct {
	TaskID     int64
	HandoverID int64 // the one that the person saw running
	Reason     string
}

// Handover tells in whose hands a task is or was.
type Handover struct {
	ID, TaskID   int64
	UserID       int64
	UserName     string
	Reason       string
	HandedAt     time.Time
	HandedByName string
	EndedAt      *time.Time
	EndedByName  string
	EndReason    string
}

// Responsible is somebody to speak with about a task: whoever has it in hand,
// else the agency's focal points; and its head.
type Responsible struct {
	UserID int64
	Name   string
	Phone  string
	Role   string
	// Assigned: the task was handed to this person.
	Assigned bool
	// For is of whom the person stands in for; empty: nobody.
	For string
}

// Hands tells in whose hands a task is, was, and who is to be spoken with.
type Hands struct {
	Handovers   []Handover // newest first
	Responsible []Responsible
	MayHandOver bool
}

// Running is the handover that has not ended; nil: the task is everybody's at the agency.
func (h Hands) Running() *Handover {
	if len(h.Handovers) > 0 && h.Handovers[0].EndedAt == nil {
		return &h.Handovers[0]
	}
	return nil
}

// Clean brings a handover into the form that is stored.
func (in HandoverInput) Clean() (HandoverInput, error) {
	reason, err := mandatory("handover.reason", "reason", in.Reason,
		"Ghi lý do giao, để đồng nghiệp biết cần làm gì.", "Give the reason, so that the colleague knows what is asked.")
	in.Reason = reason
	return in, err
}

// Clean brings the end of a handover into the form that is stored.
func (in HandoverEnd) Clean() (HandoverEnd, error) {
	reason, f := cleanText(in.Reason, maxReason)
	if f != nil {
		return in, f.At("reason")
	}
	in.Reason = reason
	return in, nil
}
