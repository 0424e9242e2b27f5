package workflows

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// TaskQueue is where the workers of one installation take their work from.
const TaskQueue = "dondoc"

// NudgeSignal tells a workflow to look at its row again. Duplicate, late and
// reordered nudges do no harm.
const NudgeSignal = "nudge"

// Nudge says why, for whoever reads the history.
type Nudge struct {
	Kind string
}

// PlanInput starts PlanWorkflow.
type PlanInput struct{ PlanID int64 }

// DutyInput starts DutyWorkflow.
type DutyInput struct{ DutyID int64 }

// RoundInput starts RoundWorkflow.
type RoundInput struct{ RoundID int64 }

// DeliveryInput starts DeliveryWorkflow.
type DeliveryInput struct{ Channel string }

// DigestInput starts DigestWorkflow.
type DigestInput struct{ Kind string }

// PlanTurn answers the activity ReadPlan.
type PlanTurn struct {
	// Duties are the scheduled duties, in the document's order.
	Duties []int64
	// Ended: the plan is closed.
	Ended bool
}

// DutyTurn answers the activity ScheduleRound.
type DutyTurn struct {
	// RoundID is the round to wait for; zero: wait for a nudge.
	RoundID int64
	// Wait is the real time until the round opens; zero: now.
	Wait time.Duration
	// Ended: no further round will come.
	Ended bool
}

// RoundTurn answers the activity RunRound.
type RoundTurn struct {
	// Ended: the round is closed and nothing is pending.
	Ended bool
	// Wait is the real time until something comes next; zero: wait for a nudge.
	Wait time.Duration
}

// ID returns the workflow id of an entity, "round:204".
func ID(kind string, id int64) string { return fmt.Sprintf("%s:%d", kind, id) }

// Start tells how the workflow with this id is started: its type's name and input.
func Start(id string) (name string, input any, err error) {
	kind, rest, found := strings.Cut(id, ":")
	if !found {
		return "", nil, fmt.Errorf("workflow id %q has no kind", id)
	}
	switch kind {
	case "delivery":
		return "DeliveryWorkflow", DeliveryInput{Channel: rest}, nil
	case "digest":
		return "DigestWorkflow", DigestInput{Kind: rest}, nil
	case "consolidation":
		in, err := consolidationInput(rest)
		if err != nil {
			return "", nil, fmt.Errorf("workflow id %q: %w", id, err)
		}
		return "ConsolidationWorkflow", in, nil
	}
	n, err := strconv.ParseInt(rest, 10, 64)
	if err != nil {
		return "", nil, fmt.Errorf("workflow id %q: %w", id, err)
	}
	switch kind {
	case "plan":
		return "PlanWorkflow", PlanInput{PlanID: n}, nil
	case "duty":
		return "DutyWorkflow", DutyInput{DutyID: n}, nil
	case "round":
		return "RoundWorkflow", RoundInput{RoundID: n}, nil
	case "request":
		return "RequestWorkflow", RequestInput{RequestID: n}, nil
	}
	return "", nil, fmt.Errorf("workflow id %q is of an unknown kind", id)
}
