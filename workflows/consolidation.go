package workflows

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"
)

// ConsolidationInput starts ConsolidationWorkflow.
type ConsolidationInput struct{ RoundID, AgencyID int64 }

// ConsolidationID is the workflow id of one agency's result that sums up others,
// "consolidation:204:31".
func ConsolidationID(roundID, agencyID int64) string {
	return fmt.Sprintf("consolidation:%d:%d", roundID, agencyID)
}

// consolidationInput reads what stands after the kind in the id.
func consolidationInput(rest string) (ConsolidationInput, error) {
	round, agency, _ := strings.Cut(rest, ":")
	roundID, err := strconv.ParseInt(round, 10, 64)
	if err != nil {
		return ConsolidationInput{}, err
	}
	agencyID, err := strconv.ParseInt(agency, 10, 64)
	return ConsolidationInput{RoundID: roundID, AgencyID: agencyID}, err
}

// ConsolidationWorkflow waits with whoever sums results up: for the inputs, of
// which each nudges it, and for the cut-off. Each time it has the draft's figures
// freshened and its people told what they ought to know, until the result is sent.
// A change after that starts it again, for one turn.
func ConsolidationWorkflow(ctx workflow.Context, in ConsolidationInput) error {
	nudges := workflow.GetSignalChannel(ctx, NudgeSignal)
	for {
		drain(nudges)
		consolidation, err := runConsolidation(ctx, in)
		if err != nil {
			return err
		}
		if consolidation.Ended {
			drain(nudges)
			return nil
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			drain(nudges)
			return workflow.NewContinueAsNewError(ctx, ConsolidationWorkflow, in)
		}
		if err := sleepOrNudge(ctx, nudges, consolidation.Wait); err != nil {
			return err
		}
	}
}

// ConsolidationTurn answers the activity RunConsolidation.
type ConsolidationTurn struct {
	// Ended: the result is sent, or not owed.
	Ended bool
	// Wait is the real time until the cut-off; zero: wait for a nudge.
	Wait time.Duration
}

func runConsolidation(ctx workflow.Context, in ConsolidationInput) (ConsolidationTurn, error) {
	var turn ConsolidationTurn
	err := workflow.ExecuteActivity(withDatabaseActivity(ctx), "RunConsolidation", in).Get(ctx, &turn)
	return turn, err
}
