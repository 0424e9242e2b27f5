package workflows

import (
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/workflow"
)

// DutyWorkflow walks the periods of one duty for as long as its plan is in
// force: it has the next round scheduled one period ahead, sleeps until that
// opens, starts its RoundWorkflow and goes on as a new run.
func DutyWorkflow(ctx workflow.Context, in DutyInput) error {
	nudges := workflow.GetSignalChannel(ctx, NudgeSignal)
	for {
		drain(nudges)
		next, err := scheduleRound(ctx, in.DutyID)
		if err != nil {
			return err
		}
		switch {
		case next.Ended:
			drain(nudges)
			return nil
		case next.RoundID != 0 && next.Wait <= 0:
			if err := startRound(ctx, next.RoundID); err != nil {
				return err
			}
			// The round's own workflow opens it too; whoever comes first does. Only
			// when it is open does the calendar name the one after it.
			if err := ensureOpen(ctx, next.RoundID); err != nil {
				return err
			}
			drain(nudges)
			return workflow.NewContinueAsNewError(ctx, DutyWorkflow, in)
		}
		if err := sleepOrNudge(ctx, nudges, next.Wait); err != nil {
			return err
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			drain(nudges)
			return workflow.NewContinueAsNewError(ctx, DutyWorkflow, in)
		}
	}
}

func scheduleRound(ctx workflow.Context, dutyID int64) (DutyTurn, error) {
	var turn DutyTurn
	err := workflow.ExecuteActivity(withDatabaseActivity(ctx), "ScheduleRound", dutyID).Get(ctx, &turn)
	return turn, err
}

func ensureOpen(ctx workflow.Context, roundID int64) error {
	return workflow.ExecuteActivity(withBulkActivity(ctx), "OpenRound", roundID).Get(ctx, nil)
}

// startRound starts a round's workflow and waits until it has started; it
// lives on when the duty's run ends.
func startRound(ctx workflow.Context, roundID int64) error {
	child := workflow.ExecuteChildWorkflow(workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:            ID("round", roundID),
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}), RoundWorkflow, RoundInput{RoundID: roundID})
	err := child.GetChildWorkflowExecution().Get(ctx, nil)
	if alreadyStarted(err) {
		return nil
	}
	return err
}
