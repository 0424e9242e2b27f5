package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"

	"dondoc/workflows"
)

// The workflow looks at its result at each input and at the cut-off, and ends when it is sent.
func TestConsolidationWaitsForInputsAndTheCutOff(t *testing.T) {
	env := environment(t)
	start := env.Now()
	in := workflows.ConsolidationInput{RoundID: 204, AgencyID: 31}
	var turns []time.Duration
	env.OnActivity("RunConsolidation", mock.Anything, in).Return(func(context.Context, workflows.ConsolidationInput) (workflows.ConsolidationTurn, error) {
		at := env.Now().Sub(start)
		turns = append(turns, at)
		turn := workflows.ConsolidationTurn{Ended: len(turns) == 5}
		if cutOff := 5 * time.Hour; at < cutOff {
			turn.Wait = cutOff - at
		}
		return turn, nil
	}).Times(5)
	nudge := func(kind string, after time.Duration) {
		env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.NudgeSignal, workflows.Nudge{Kind: kind}) }, after)
	}
	nudge("task.accepted", time.Hour)
	nudge("task.accepted", 2*time.Hour)
	nudge("consolidation.submitted", 6*time.Hour)
	env.ExecuteWorkflow(workflows.ConsolidationWorkflow, in)
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{0, time.Hour, 2 * time.Hour, 5 * time.Hour, 6 * time.Hour}
	for i := range want {
		if turns[i] != want[i] {
			t.Errorf("looked after %v, want %v", turns, want)
			break
		}
	}
	env.AssertExpectations(t)
}
