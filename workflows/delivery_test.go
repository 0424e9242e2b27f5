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

func deliveryEnvironment(t *testing.T) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	env := environment(t)
	env.RegisterActivityWithOptions(func(context.Context, workflows.DeliverInput) (workflows.DeliveryTurn, error) {
		return workflows.DeliveryTurn{}, errors.New("not expected")
	}, activity.RegisterOptions{Name: "Deliver"})
	env.RegisterActivityWithOptions(func(context.Context, workflows.DigestQuery) (workflows.DigestTurn, error) {
		return workflows.DigestTurn{}, errors.New("not expected")
	}, activity.RegisterOptions{Name: "NextDigest"})
	env.RegisterActivityWithOptions(func(context.Context, time.Time) error {
		return errors.New("not expected")
	}, activity.RegisterOptions{Name: "RecordDigest"})
	return env
}

func wantContinued(t *testing.T, err error) {
	t.Helper()
	var again *workflow.ContinueAsNewError
	if !errors.As(err, &again) {
		t.Errorf("ended with %v", err)
	}
}

func TestDeliveryWaitsAsTold(t *testing.T) {
	env := deliveryEnvironment(t)
	start := env.Now()
	answers := []time.Duration{20 * time.Second, 3 * time.Hour, time.Microsecond, time.Hour}
	var looked []time.Duration
	env.OnActivity("Deliver", mock.Anything, workflows.DeliverInput{}).Return(func(context.Context, workflows.DeliverInput) (workflows.DeliveryTurn, error) {
		looked = append(looked, env.Now().Sub(start))
		if len(looked) == len(answers) {
			env.CancelWorkflow()
		}
		return workflows.DeliveryTurn{Wait: answers[len(looked)-1]}, nil
	}).Times(len(answers))
	env.ExecuteWorkflow(workflows.DeliveryWorkflow, workflows.DeliveryInput{Channel: "mail"})
	// Twenty seconds as said; never longer than a minute; never a spin.
	want := []time.Duration{0, 20 * time.Second, 80 * time.Second, 80*time.Second + 50*time.Millisecond}
	if len(looked) != len(want) {
		t.Fatalf("looked %v", looked)
	}
	for i := range want {
		if looked[i] != want[i] {
			t.Errorf("look %d after %s, want %s", i, looked[i], want[i])
		}
	}
	env.AssertExpectations(t)
}

func TestANudgeDeliversAtOnce(t *testing.T) {
	env := deliveryEnvironment(t)
	start := env.Now()
	var second time.Duration
	turns := 0
	env.OnActivity("Deliver", mock.Anything, mock.Anything).Return(func(context.Context, workflows.DeliverInput) (workflows.DeliveryTurn, error) {
		if turns++; turns == 2 {
			second = env.Now().Sub(start)
			env.CancelWorkflow()
		}
		return workflows.DeliveryTurn{Wait: time.Minute}, nil
	}).Times(2)
	for range 3 {
		env.RegisterDelayedCallback(func() {
			env.SignalWorkflow(workflows.NudgeSignal, workflows.Nudge{Kind: "notices"})
		}, 7*time.Second)
	}
	env.ExecuteWorkflow(workflows.DeliveryWorkflow, workflows.DeliveryInput{Channel: "mail"})
	if second != 7*time.Second {
		t.Errorf("looked again after %s", second)
	}
	env.AssertExpectations(t)
}

func TestDeliveryRemembersOutagesBetweenTurns(t *testing.T) {
	env := deliveryEnvironment(t)
	env.OnActivity("Deliver", mock.Anything, workflows.DeliverInput{Outages: 0}).Return(workflows.DeliveryTurn{Outages: 1, Wait: time.Second}, nil).Once()
	env.OnActivity("Deliver", mock.Anything, workflows.DeliverInput{Outages: 1}).Return(workflows.DeliveryTurn{Outages: 2, Wait: 2 * time.Second}, nil).Once()
	env.OnActivity("Deliver", mock.Anything, workflows.DeliverInput{Outages: 2}).Return(func(context.Context, workflows.DeliverInput) (workflows.DeliveryTurn, error) {
		env.CancelWorkflow()
		return workflows.DeliveryTurn{}, nil
	}).Once()
	env.ExecuteWorkflow(workflows.DeliveryWorkflow, workflows.DeliveryInput{Channel: "mail"})
	env.AssertExpectations(t)
}

func TestDeliveryGoesOnAsNewRun(t *testing.T) {
	env := deliveryEnvironment(t)
	env.OnActivity("Deliver", mock.Anything, mock.Anything).Return(workflows.DeliveryTurn{Wait: time.Second}, nil).Times(500)
	env.ExecuteWorkflow(workflows.DeliveryWorkflow, workflows.DeliveryInput{Channel: "mail"})
	wantContinued(t, env.GetWorkflowError())
	env.AssertExpectations(t)
}

func TestDigestIsRecordedAtItsSlot(t *testing.T) {
	env := deliveryEnvironment(t)
	start := env.Now()
	after := time.Date(2026, 3, 20, 3, 0, 0, 0, time.UTC)
	slot := time.Date(2026, 3, 23, 1, 0, 0, 0, time.UTC)
	turns := 0
	env.OnActivity("NextDigest", mock.Anything, mock.Anything).Return(func(_ context.Context, in workflows.DigestQuery) (workflows.DigestTurn, error) {
		turns++
		if first := turns == 1; first != in.After.IsZero() || !first && !in.After.Equal(after) {
			t.Errorf("question %d counts from %s", turns, in.After)
		}
		// Awake for longer than one sleep, and not too early in the end.
		return workflows.DigestTurn{Slot: slot, After: after, Wait: max(10*time.Hour-env.Now().Sub(start), 0)}, nil
	}).Times(3)
	env.OnActivity("RecordDigest", mock.Anything, slot).Return(func(context.Context, time.Time) error {
		if late := env.Now().Sub(start); late != 10*time.Hour {
			t.Errorf("recorded after %s", late)
		}
		return nil
	}).Once()
	env.ExecuteWorkflow(workflows.DigestWorkflow, workflows.DigestInput{Kind: "weekly"})
	wantContinued(t, env.GetWorkflowError())
	env.AssertExpectations(t)
}

func TestADigestThatFiresNoMoreEnds(t *testing.T) {
	env := deliveryEnvironment(t)
	env.OnActivity("NextDigest", mock.Anything, mock.Anything).Return(workflows.DigestTurn{None: true}, nil).Once()
	env.ExecuteWorkflow(workflows.DigestWorkflow, workflows.DigestInput{Kind: "weekly"})
	if err := env.GetWorkflowError(); err != nil {
		t.Error(err)
	}
	env.AssertExpectations(t)
}
