package activities

import (
	"context"
	"fmt"
	"time"

	"dondoc/internal/clock"
	"dondoc/internal/request"
	"dondoc/workflows"
)

// RequestStore is what requests ask of the system of record.
type RequestStore interface {
	RunRequest(ctx context.Context, id int64) (request.Turn, error)
}

// Requests holds the activity of requests.
type Requests struct {
	Store RequestStore
	Clock clock.Business
}

// RunRequest does everything of a request that is due, and tells how long to
// wait for what comes next.
func (r *Requests) RunRequest(ctx context.Context, id int64) (workflows.RequestTurn, error) {
	turn, err := r.Store.RunRequest(ctx, id)
	if err != nil {
		return workflows.RequestTurn{}, final(err)
	}
	answer := workflows.RequestTurn{Ended: turn.Ended}
	if !turn.NextAt.IsZero() {
		wait, err := r.Clock.Wait(ctx, turn.NextAt)
		if err != nil {
			return workflows.RequestTurn{}, fmt.Errorf("business clock: %w", err)
		}
		// Something may have become due since the turn: look again at once, but not in a spin.
		answer.Wait = max(wait, time.Millisecond)
	}
	return answer, nil
}
