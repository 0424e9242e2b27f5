package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// DigestQuery asks the activity NextDigest for a slot.
type DigestQuery struct {
	// After is the instant that the slot must lie after; zero: after the last
	// recorded digest, or after now where there was none.
	After time.Time
}

// DigestTurn answers the activity NextDigest.
type DigestTurn struct {
	// Slot is the business instant of the digest.
	Slot time.Time
	// Wait is the real time until then; zero: it has come.
	Wait time.Duration
	// After is the instant from which the slot was counted; the next question repeats it.
	After time.Time
	// None: the expression fires no more.
	None bool
}

// DigestWorkflow records a digest at each slot of its cron expression. Slots
// that were missed are made up for once, by the latest of them.
func DigestWorkflow(ctx workflow.Context, in DigestInput) error {
	nudges := workflow.GetSignalChannel(ctx, NudgeSignal)
	var after time.Time
	for {
		drain(nudges)
		next, err := nextDigest(ctx, DigestQuery{After: after})
		if err != nil {
			return err
		}
		switch {
		case next.None:
			drain(nudges)
			return nil
		case next.Wait <= 0:
			if err := recordDigest(ctx, next.Slot); err != nil {
				return err
			}
			// The next run counts from the digest that was just recorded.
			drain(nudges)
			return workflow.NewContinueAsNewError(ctx, DigestWorkflow, in)
		}
		after = next.After
		if err := sleepOrNudge(ctx, nudges, next.Wait); err != nil {
			return err
		}
	}
}

func nextDigest(ctx workflow.Context, in DigestQuery) (DigestTurn, error) {
	var turn DigestTurn
	err := workflow.ExecuteActivity(withDatabaseActivity(ctx), "NextDigest", in).Get(ctx, &turn)
	return turn, err
}

func recordDigest(ctx workflow.Context, slot time.Time) error {
	return workflow.ExecuteActivity(withDatabaseActivity(ctx), "RecordDigest", slot).Get(ctx, nil)
}
