package workflows_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"dondoc/workflows"
)

// histories are stored runs of every workflow type on a real server. A change
// that breaks one of them would break the runs of every installation.
func histories(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestStoredHistoriesReplay(t *testing.T) {
	for _, kind := range []string{"plan", "duty", "round", "request", "consolidation", "delivery", "digest"} {
		files := histories(t, kind+"-*.json")
		if len(files) == 0 {
			t.Errorf("no history of a %s workflow is stored", kind)
		}
		for _, file := range files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
				replayer := worker.NewWorkflowReplayer()
				workflows.Register(replayer)
				if err := replayer.ReplayWorkflowHistoryFromJSONFile(nil, file); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestUnguardedChangeIsCaught replays a round's history against a workflow that
// sleeps before it does anything: the kind of edit that needs GetVersion.
// TMPRL1100 is the SDK's code for non-determinism.
func TestUnguardedChangeIsCaught(t *testing.T) {
	files := histories(t, "round-*.json")
	if len(files) == 0 {
		t.Fatal("no history of a round is stored")
	}
	replayer := worker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(func(ctx workflow.Context, in workflows.RoundInput) error {
		if err := workflow.Sleep(ctx, time.Minute); err != nil {
			return err
		}
		return workflows.RoundWorkflow(ctx, in)
	}, workflow.RegisterOptions{Name: "RoundWorkflow"})
	err := replayer.ReplayWorkflowHistoryFromJSONFile(nil, files[0])
	if err == nil || !strings.Contains(err.Error(), "TMPRL1100") {
		t.Fatalf("the change was not caught: %v", err)
	}
}
