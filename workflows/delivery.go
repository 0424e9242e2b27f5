package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// DeliverInput asks the activity Deliver for one turn.
type DeliverInput struct {
	// Outages counts the turns in a row that found the mail server away.
	Outages int
}

// DeliveryTurn answers the activity Deliver.
type DeliveryTurn struct {
	// Wait is the real time until there is something to look at again.
	Wait time.Duration
	// Outages is to be passed on to the next turn.
	Outages int
	// Sent is the number of messages handed over in this turn.
	Sent int
}

const (
	// A held rehearsal clock must not make the loop spin.
	shortestDeliveryWait = 50 * time.Millisecond
	// A lost nudge delays a message by no more than this.
	longestDeliveryWait = time.Minute
	deliveryTurns       = 500
)

// DeliveryWorkflow empties one channel of notices for ever: composes what is
// due, hands it over, and sleeps until something is due again or a nudge says so.
func DeliveryWorkflow(ctx workflow.Context, in DeliveryInput) error {
	nudges := workflow.GetSignalChannel(ctx, NudgeSignal)
	outages := 0
	for turns := 1; ; turns++ {
		drain(nudges)
		turn, err := deliver(ctx, DeliverInput{Outages: outages})
		if err != nil {
			return err
		}
		outages = turn.Outages
		if turns >= deliveryTurns || workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			// The next run looks at once: no nudge that is dropped here is missed.
			drain(nudges)
			return workflow.NewContinueAsNewError(ctx, DeliveryWorkflow, in)
		}
		wait := min(max(turn.Wait, shortestDeliveryWait), longestDeliveryWait)
		if err := sleepOrNudge(ctx, nudges, wait); err != nil {
			return err
		}
	}
}

func deliver(ctx workflow.Context, in DeliverInput) (DeliveryTurn, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 3 * time.Minute,
		HeartbeatTimeout:    10 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 10 * time.Second,
		},
	})
	var turn DeliveryTurn
	err := workflow.ExecuteActivity(ctx, "Deliver", in).Get(ctx, &turn)
	return turn, err
}
