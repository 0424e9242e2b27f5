package workflows

import (
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// PlanWorkflow follows one plan while it is in force: it starts the duties that
// the calendar opens rounds for, and passes on every change of the plan to them.
func PlanWorkflow(ctx workflow.Context, in PlanInput) error {
	nudges := workflow.GetSignalChannel(ctx, NudgeSignal)
	started := map[int64]bool{}
	for turns := 0; ; turns++ {
		drain(nudges)
		plan, err := readPlan(ctx, in.PlanID)
		if err != nil {
			return err
		}
		for _, duty := range plan.Duties {
			if started[duty] {
				if err := nudgeOther(ctx, ID("duty", duty)); err != nil {
					return err
				}
				continue
			}
			if err := startDuty(ctx, duty); err != nil {
				return err
			}
			started[duty] = true
		}
		if plan.Ended {
			return nil
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() || turns > 200 {
			drain(nudges)
			return workflow.NewContinueAsNewError(ctx, PlanWorkflow, in)
		}
		if err := sleepOrNudge(ctx, nudges, 0); err != nil {
			return err
		}
	}
}

// startDuty starts a duty's workflow and waits until it has started; one that
// runs already is nudged instead.
func startDuty(ctx workflow.Context, duty int64) error {
	child := workflow.ExecuteChildWorkflow(workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:            ID("duty", duty),
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}), DutyWorkflow, DutyInput{DutyID: duty})
	err := child.GetChildWorkflowExecution().Get(ctx, nil)
	if alreadyStarted(err) {
		return nudgeOther(ctx, ID("duty", duty))
	}
	return err
}

// nudgeOther passes a nudge on; a workflow that is gone needs none.
func nudgeOther(ctx workflow.Context, id string) error {
	err := workflow.SignalExternalWorkflow(ctx, id, "", NudgeSignal, Nudge{Kind: "plan"}).Get(ctx, nil)
	var unknown *temporal.UnknownExternalWorkflowExecutionError
	var notFound *serviceerror.NotFound
	if errors.As(err, &unknown) || errors.As(err, &notFound) {
		return nil
	}
	return err
}

func alreadyStarted(err error) bool {
	var child *temporal.ChildWorkflowExecutionAlreadyStartedError
	return errors.As(err, &child) || temporal.IsWorkflowExecutionAlreadyStartedError(err)
}

func readPlan(ctx workflow.Context, planID int64) (PlanTurn, error) {
	var turn PlanTurn
	err := workflow.ExecuteActivity(withDatabaseActivity(ctx), "ReadPlan", planID).Get(ctx, &turn)
	return turn, err
}

// withDatabaseActivity sets the options of quick, idempotent work in Postgres:
// retried for ever, because the truth is there and will be back.
func withDatabaseActivity(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 20 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: time.Minute,
		},
	})
}
