// Package conductor speaks to Temporal for the rest of the product: it starts
// and nudges workflows and tells whether the server is there.
package conductor

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"dondoc/workflows"
)

// Temporal conducts through a Temporal client.
type Temporal struct {
	Client client.Client
}

// StartAndNudge starts the workflow if it does not run, then nudges it. A
// workflow that ended between the two has looked at its row after the change.
func (t Temporal) StartAndNudge(ctx context.Context, workflowID, kind string) error {
	name, input, err := workflows.Start(workflowID)
	if err != nil {
		return err
	}
	run, err := t.Client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       workflowID,
		TaskQueue:                workflows.TaskQueue,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, name, input)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	// The signal goes to the id, not the run: the run may have continued as new.
	err = t.Client.SignalWorkflow(ctx, run.GetID(), "", workflows.NudgeSignal, workflows.Nudge{Kind: kind})
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("nudge: %w", err)
	}
	return nil
}

// Ready reports whether Temporal answers.
func (t Temporal) Ready(ctx context.Context) error {
	if _, err := t.Client.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("temporal: %w", err)
	}
	return nil
}
