package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"dondoc/workflows"
)

// environment knows every workflow and the engine's activities by name; what
// an activity answers is set per test.
func environment(t *testing.T) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	workflows.Register(env)
	env.RegisterActivityWithOptions(func(context.Context, int64) (workflows.PlanTurn, error) {
		return workflows.PlanTurn{}, errors.New("not expected")
	}, activity.RegisterOptions{Name: "ReadPlan"})
	env.RegisterActivityWithOptions(func(context.Context, int64) (workflows.DutyTurn, error) {
		return workflows.DutyTurn{}, errors.New("not expected")
	}, activity.RegisterOptions{Name: "ScheduleRound"})
	env.RegisterActivityWithOptions(func(context.Context, int64) error {
		return errors.New("not expected")
	}, activity.RegisterOptions{Name: "OpenRound"})
	env.RegisterActivityWithOptions(func(context.Context, int64) (workflows.RoundTurn, error) {
		return workflows.RoundTurn{}, errors.New("not expected")
	}, activity.RegisterOptions{Name: "RunRound"})
	env.RegisterActivityWithOptions(func(context.Context, int64) (workflows.RequestTurn, error) {
		return workflows.RequestTurn{}, errors.New("not expected")
	}, activity.RegisterOptions{Name: "RunRequest"})
	env.RegisterActivityWithOptions(func(context.Context, workflows.ConsolidationInput) (workflows.ConsolidationTurn, error) {
		return workflows.ConsolidationTurn{}, errors.New("not expected")
	}, activity.RegisterOptions{Name: "RunConsolidation"})
	return env
}

func TestRoundSleepsUntilTheNextStepAndEndsWhenNothingIsLeft(t *testing.T) {
	env := environment(t)
	start := env.Now()
	var turns []time.Duration
	env.OnActivity("RunRound", mock.Anything, int64(7)).Return(func(context.Context, int64) (workflows.RoundTurn, error) {
		turns = append(turns, env.Now().Sub(start))
		if len(turns) == 3 {
			return workflows.RoundTurn{Ended: true}, nil
		}
		return workflows.RoundTurn{Wait: 90 * time.Minute}, nil
	}).Times(3)
	env.ExecuteWorkflow(workflows.RoundWorkflow, workflows.RoundInput{RoundID: 7})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if turns[1] != 90*time.Minute || turns[2] != 180*time.Minute {
		t.Errorf("looked again after %v", turns)
	}
	env.AssertExpectations(t)
}

func TestNudgeEndsTheSleep(t *testing.T) {
	env := environment(t)
	start := env.Now()
	var second time.Duration
	calls := 0
	env.OnActivity("RunRound", mock.Anything, int64(7)).Return(func(context.Context, int64) (workflows.RoundTurn, error) {
		calls++
		second = env.Now().Sub(start)
		return workflows.RoundTurn{Wait: 5 * time.Hour, Ended: calls == 2}, nil
	}).Times(2)
	env.RegisterDelayedCallback(func() {
		for range 5 { // many nudges, one look
			env.SignalWorkflow(workflows.NudgeSignal, workflows.Nudge{Kind: "task.submitted"})
		}
	}, 10*time.Minute)
	env.ExecuteWorkflow(workflows.RoundWorkflow, workflows.RoundInput{RoundID: 7})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if second != 10*time.Minute {
		t.Errorf("woke after %v, want 10m", second)
	}
	env.AssertExpectations(t)
}

func TestDutyStartsItsRoundAndGoesOnAsNewRun(t *testing.T) {
	env := environment(t)
	env.OnActivity("ScheduleRound", mock.Anything, int64(3)).Return(workflows.DutyTurn{RoundID: 9, Wait: 48 * time.Hour}, nil).Once()
	env.OnActivity("ScheduleRound", mock.Anything, int64(3)).Return(workflows.DutyTurn{RoundID: 9, Wait: 42 * time.Hour}, nil).Times(7)
	env.OnActivity("ScheduleRound", mock.Anything, int64(3)).Return(workflows.DutyTurn{RoundID: 9}, nil).Once()
	env.OnWorkflow("RoundWorkflow", mock.Anything, workflows.RoundInput{RoundID: 9}).Return(nil).Once()
	env.OnActivity("OpenRound", mock.Anything, int64(9)).Return(nil).Once()
	env.ExecuteWorkflow(workflows.DutyWorkflow, workflows.DutyInput{DutyID: 3})
	var again *workflow.ContinueAsNewError
	if err := env.GetWorkflowError(); !errors.As(err, &again) {
		t.Fatalf("want continue-as-new, got %v", err)
	}
	env.AssertExpectations(t)
}

func TestDutyEndsAfterItsLastRound(t *testing.T) {
	env := environment(t)
	env.OnActivity("ScheduleRound", mock.Anything, int64(3)).Return(workflows.DutyTurn{Ended: true}, nil).Once()
	env.ExecuteWorkflow(workflows.DutyWorkflow, workflows.DutyInput{DutyID: 3})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	env.AssertExpectations(t)
}

func TestPlanStartsItsDutiesOnceAndPassesChangesOn(t *testing.T) {
	env := environment(t)
	env.OnActivity("ReadPlan", mock.Anything, int64(1)).Return(workflows.PlanTurn{Duties: []int64{3, 4}}, nil).Once()
	env.OnActivity("ReadPlan", mock.Anything, int64(1)).Return(workflows.PlanTurn{Duties: []int64{3, 4}, Ended: true}, nil).Once()
	// The duties' own workflows run: each looks once at its start, once when nudged.
	nudged := map[int64]int{3: -1, 4: -1}
	env.OnActivity("ScheduleRound", mock.Anything, mock.Anything).Return(func(_ context.Context, duty int64) (workflows.DutyTurn, error) {
		nudged[duty]++
		return workflows.DutyTurn{Ended: nudged[duty] == 1}, nil
	}).Times(4)
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.NudgeSignal, workflows.Nudge{Kind: "plan.closed"}) }, time.Hour)
	env.ExecuteWorkflow(workflows.PlanWorkflow, workflows.PlanInput{PlanID: 1})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if nudged[3] != 1 || nudged[4] != 1 {
		t.Errorf("nudged %v, want each duty once", nudged)
	}
	env.AssertExpectations(t)
}

func TestEveryIDNamesAWorkflow(t *testing.T) {
	for id, want := range map[string]string{
		"plan:3": "PlanWorkflow", "duty:17": "DutyWorkflow", "round:204": "RoundWorkflow", "request:31": "RequestWorkflow",
		"delivery:mail": "DeliveryWorkflow", "digest:weekly": "DigestWorkflow", "consolidation:204:31": "ConsolidationWorkflow",
	} {
		if name, _, err := workflows.Start(id); err != nil || name != want {
			t.Errorf("%s starts %q, %v", id, name, err)
		}
	}
	for _, id := range []string{"", "round", "round:x", "moon:1", "consolidation:204", "consolidation:x:1"} {
		if _, _, err := workflows.Start(id); err == nil {
			t.Errorf("%q was taken for a workflow", id)
		}
	}
}
