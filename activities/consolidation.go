package activities

import (
	"context"
	"fmt"
	"time"

	"dondoc/internal/clock"
	"dondoc/internal/consolidation"
	"dondoc/workflows"
)

// ConsolidationStore is what consolidated results ask of the system of record.
type ConsolidationStore interface {
	RunConsolidation(ctx context.Context, roundID, agencyID int64) (consolidation.Turn, error)
}

// Consolidations holds the activity of results that sum up others.
type Consolidations struct {
	Store ConsolidationStore
	Clock clock.Business
}

// RunConsolidation does everything of a consolidated result that is due, and tells
// how long to wait for the cut-off of its inputs.
func (c *Consolidations) RunConsolidation(ctx context.Context, in workflows.ConsolidationInput) (workflows.ConsolidationTurn, error) {
	turn, err := c.Store.RunConsolidation(ctx, in.RoundID, in.AgencyID)
	if err != nil {
		return workflows.ConsolidationTurn{}, final(err)
	}
	answer := workflows.ConsolidationTurn{Ended: turn.Ended}
	if !turn.NextAt.IsZero() {
		wait, err := c.Clock.Wait(ctx, turn.NextAt)
		if err != nil {
			return workflows.ConsolidationTurn{}, fmt.Errorf("business clock: %w", err)
		}
		// An input may have come since the turn: look again at once, but not in a spin.
		answer.Wait = max(wait, time.Millisecond)
	}
	return answer, nil
}
