package task

import (
	"slices"
	"time"

	"dondoc/internal/fault"
)

// moves lists every permitted change of state (design section 3).
var moves = map[State][]State{
	StateScheduled: {StateOpen, StateWaived, StateCancelled},
	StateOpen:      {StatePrepared, StateSubmitted, StateWaived, StateCancelled},
	StatePrepared:  {StateSubmitted, StateOpen, StateReturned, StateWaived, StateCancelled},
	StateSubmitted: {StateAccepted, StateReturned, StateOpen, StateWaived, StateCancelled},
	StateReturned:  {StatePrepared, StateSubmitted, StateWaived, StateCancelled},
	StateAccepted:  {StateReturned},
	StateWaived:    {StateOpen},
	StateCancelled: {},
}

var namesVI = map[State]string{
	StateScheduled: "chưa mở", StateOpen: "chưa gửi", StatePrepared: "chờ thủ trưởng duyệt",
	StateSubmitted: "đã gửi, chờ xác nhận", StateReturned: "trả lại để bổ sung",
	StateAccepted: "đã xác nhận", StateWaived: "không phải báo cáo kỳ này", StateCancelled: "đã hủy",
}

// VI is the state as it is shown in Vietnamese.
func (s State) VI() string { return namesVI[s] }

// CheckMove reports whether a task may go from one state to another.
func CheckMove(from, to State) error {
	if slices.Contains(moves[from], to) {
		return nil
	}
	return &fault.Fault{
		Kind: fault.Conflict, Code: "task.move",
		VI: "Việc này đang ở trạng thái “" + namesVI[from] + "”, không thể chuyển sang “" + namesVI[to] + "”. Tải lại trang để xem diễn biến.",
		EN: "A task that is " + string(from) + " cannot become " + string(to) + ". Reload to see what happened.",
	}
}

// Owed reports whether the agency still owes the result in this state.
func (s State) Owed() bool { return s == StateOpen || s == StatePrepared || s == StateReturned }

// Settled reports whether nothing more is expected, given whether a review is required.
func (s State) Settled(reviewRequired bool) bool {
	switch s {
	case StateAccepted, StateWaived, StateCancelled:
		return true
	case StateSubmitted:
		return !reviewRequired
	default:
		return false
	}
}

// Facts are what the official status is computed from.
type Facts struct {
	State            State
	ReviewRequired   bool
	DueAt            time.Time
	ResubmitDueAt    *time.Time
	FirstSubmittedAt *time.Time
}

// EffectiveDue is the instant that counts for "overdue": the new one of a
// returned task, also while what was mended waits for the head.
func (f Facts) EffectiveDue() time.Time {
	if (f.State == StateReturned || f.State == StatePrepared) && f.ResubmitDueAt != nil {
		return *f.ResubmitDueAt
	}
	return f.DueAt
}

// StatusAt computes the official status at a business instant. "On time" looks
// at the first valid submission alone; "overdue" at the effective due time.
func (f Facts) StatusAt(now time.Time) Status {
	onTime := f.FirstSubmittedAt != nil && !f.FirstSubmittedAt.After(f.DueAt)
	switch f.State {
	case StateWaived, StateCancelled:
		return NotExpected
	case StateScheduled:
		return NotOpen
	case StateAccepted:
		if onTime {
			return DoneOnTime
		}
		return DoneLate
	case StateSubmitted:
		switch {
		case !f.ReviewRequired && onTime:
			return DoneOnTime
		case !f.ReviewRequired:
			return DoneLate
		case onTime:
			return Waiting
		default:
			return WaitingLate
		}
	}
	if now.After(f.EffectiveDue()) {
		return NotDoneOverdue
	}
	return NotDoneInTime
}
