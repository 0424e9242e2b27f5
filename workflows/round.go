package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// RoundWorkflow carries one round through its life: opens its tasks when their
// time has come, does whatever is due, and sleeps until the next thing is, until
// the round is closed and nothing waits any more.
func RoundWorkflow(ctx workflow.Context, in RoundInput) error {
	nudges := workflow.GetSignalChannel(ctx, NudgeSignal)
	for {
		drain(nudges)
		round, err := runRound(ctx, in.RoundID)
		if err != nil {
			return err
		}
		if round.Ended {
			drain(nudges)
			return nil
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			drain(nudges)
			return workflow.NewContinueAsNewError(ctx, RoundWorkflow, in)
		}
		if err := sleepOrNudge(ctx, nudges, round.Wait); err != nil {
			return err
		}
	}
}

func runRound(ctx workflow.Context, roundID int64) (RoundTurn, error) {
	var turn RoundTurn
	err := workflow.ExecuteActivity(withBulkActivity(ctx), "RunRound", roundID).Get(ctx, &turn)
	return turn, err
}

// withBulkActivity sets the options of work on all tasks of a round, which may
// be eleven thousand.
func withBulkActivity(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Minute,
		// The activity beats every two seconds: a worker that died is noticed soon.
		HeartbeatTimeout: 10 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: time.Minute,
		},
	})
}
