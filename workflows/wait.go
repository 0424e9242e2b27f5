package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// forLookingAgain bounds every sleep without a nudge: what a lost nudge would
// have told is then seen all the same.
const forLookingAgain = 6 * time.Hour

// sleepOrNudge sleeps until the wait is over or a nudge comes; a zero wait
// means that only a nudge can bring anything. All nudges that came are taken.
func sleepOrNudge(ctx workflow.Context, nudges workflow.ReceiveChannel, wait time.Duration) error {
	if wait <= 0 || wait > forLookingAgain {
		wait = forLookingAgain
	}
	timerCtx, cancelTimer := workflow.WithCancel(ctx)
	defer cancelTimer()
	selector := workflow.NewSelector(ctx)
	selector.AddReceive(nudges, func(workflow.ReceiveChannel, bool) { drain(nudges) })
	var timer error
	selector.AddFuture(workflow.NewTimer(timerCtx, wait), func(f workflow.Future) { timer = f.Get(ctx, nil) })
	selector.Select(ctx)
	return timer
}

// drain takes every nudge that has come without waiting for more.
func drain(nudges workflow.ReceiveChannel) {
	var nudge Nudge
	for nudges.ReceiveAsync(&nudge) {
		continue
	}
}
