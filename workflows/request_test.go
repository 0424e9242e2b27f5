package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"

	"dondoc/workflows"
)

func TestRequestWaitsUntilItIsSettled(t *testing.T) {
	env := environment(t)
	start := env.Now()
	var turns []time.Duration
	env.OnActivity("RunRequest", mock.Anything, int64(31)).Return(func(context.Context, int64) (workflows.RequestTurn, error) {
		turns = append(turns, env.Now().Sub(start))
		return workflows.RequestTurn{Wait: 2 * time.Hour, Ended: len(turns) == 3}, nil
	}).Times(3)
	// A decision ends the second sleep.
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.NudgeSignal, workflows.Nudge{Kind: "task.extension_granted"}) }, 3*time.Hour)
	env.ExecuteWorkflow(workflows.RequestWorkflow, workflows.RequestInput{RequestID: 31})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if len(turns) != 3 || turns[1] != 2*time.Hour || turns[2] != 3*time.Hour {
		t.Errorf("looked after %v", turns)
	}
	env.AssertExpectations(t)
}
