package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// RequestInput starts RequestWorkflow.
type RequestInput struct{ RequestID int64 }

// RequestWorkflow waits with what somebody asked of another body: has it remind,
// escalate or lapse when its time has come, until it is settled.
func RequestWorkflow(ctx workflow.Context, in RequestInput) error {
	nudges := workflow.GetSignalChannel(ctx, NudgeSignal)
	for {
		drain(nudges)
		request, err := runRequest(ctx, in.RequestID)
		if err != nil {
			return err
		}
		if request.Ended {
			drain(nudges)
			return nil
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			drain(nudges)
			return workflow.NewContinueAsNewError(ctx, RequestWorkflow, in)
		}
		if err := sleepOrNudge(ctx, nudges, request.Wait); err != nil {
			return err
		}
	}
}

// RequestTurn answers the activity RunRequest.
type RequestTurn struct {
	// Ended: the request is settled.
	Ended bool
	// Wait is the real time until something comes next; zero: wait for a nudge.
	Wait time.Duration
}

func runRequest(ctx workflow.Context, requestID int64) (RequestTurn, error) {
	var turn RequestTurn
	err := workflow.ExecuteActivity(withDatabaseActivity(ctx), "RunRequest", requestID).Get(ctx, &turn)
	return turn, err
}
