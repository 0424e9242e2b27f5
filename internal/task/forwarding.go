package task

import (
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

// Forwarding tells when a result was passed on by the agency that it passes.
type Forwarding struct {
	At         time.Time
	AgencyName string // on whose behalf
	ByName     string
	Remark     string
}

// ForwardDecision is what the intermediate agency does with a result.
type ForwardDecision string

const (
	Forward  ForwardDecision = "forward"   // chuyển: the reviewer's time begins
	SendBack ForwardDecision = "send_back" // trả lại người gửi: with a reason
)

// ForwardInput passes on the result that waits, or returns it to its sender.
type ForwardInput struct {
	TaskID   int64
	Version  int // of the task as the person saw it
	Decision ForwardDecision
	Remark   string // to the reviewer, may be empty; to the sender: why it is returned
	// ResubmitOn is the day by whose end the mended result is due; zero: three
	// working days. For SendBack only.
	ResubmitOn calendar.Date
}

// Clean brings the act into the form that is stored.
func (in ForwardInput) Clean() (ForwardInput, error) {
	switch in.Decision {
	case Forward:
		if !in.ResubmitOn.IsZero() {
			return in, fault.New(fault.Invalid, "forwarding.resubmit",
				"Chuyển đi thì không có hạn gửi lại.", "What is passed on has no day to send again.").At("resubmit_on")
		}
		remark, f := cleanText(in.Remark, maxReason)
		if f != nil {
			return in, f.At("remark")
		}
		in.Remark = remark
		return in, nil
	case SendBack:
		remark, err := mandatory("forwarding.reason", "remark", in.Remark,
			"Ghi rõ lý do trả lại để đơn vị biết cần bổ sung gì.", "Give the reason, so that the unit knows what to mend.")
		in.Remark = remark
		return in, err
	}
	return in, fault.New(fault.Invalid, "forwarding.decision",
		"Chọn chuyển đi hoặc trả lại.", "Choose forward or send_back.").At("decision")
}
