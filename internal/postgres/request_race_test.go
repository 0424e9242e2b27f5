package postgres_test

import (
	"context"
	"sync"
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// TestPeopleAndTheEngineAroundOneTask has everybody act on one task at the same
// moment, again and again: each act is done or refused in words, none fails.
func TestPeopleAndTheEngineAroundOneTask(t *testing.T) {
	a := newAsks(t, nil)
	for day := 6; day <= 13; day++ {
		q := a.ask(a.focal, a.extension(day))
		var all sync.WaitGroup
		for what, do := range map[string]func(ctx context.Context) error{
			"grant": func(ctx context.Context) error {
				_, err := a.store.DecideRequest(ctx, a.authority, request.Act{ID: q.ID, Grant: true})
				return err
			},
			"opinion": func(ctx context.Context) error {
				_, err := a.store.OpineOnRequest(ctx, a.supervisor, request.Act{ID: q.ID, Grant: true, Text: "x"})
				return err
			},
			"withdraw": func(ctx context.Context) error {
				_, err := a.store.WithdrawRequest(ctx, a.focal, request.Act{ID: q.ID})
				return err
			},
			"obstacle": func(ctx context.Context) error {
				_, err := a.store.AskRequest(ctx, a.focal, request.AskInput{TaskID: q.TaskID, Kind: request.Obstacle, Text: "x", ToAgencies: []int64{a.agency("so")}}) //nolint:contextcheck // the test's own look-up
				return err
			},
			"submit": func(ctx context.Context) error {
				_, err := a.store.Submit(ctx, a.focal, task.SubmitInput{TaskID: q.TaskID, Kind: task.NilReturn})
				return err
			},
			"run": func(ctx context.Context) error {
				_, err := a.store.RunRequest(ctx, q.ID)
				return err
			},
		} {
			all.Go(func() {
				if err := do(context.Background()); err != nil && fault.Of(err) == nil {
					t.Errorf("%s: %v", what, err)
				}
			})
		}
		all.Wait()
		a.want("settled once", a.strings(`SELECT count(*)::text FROM request_events WHERE request_id = $1
			AND action IN ('granted', 'withdrawn', 'closed')`, q.ID), a.strings(`SELECT (settled_at IS NOT NULL)::int::text FROM requests WHERE id = $1`, q.ID)...)
		// The next turn begins as the first did.
		a.exec(`UPDATE tasks SET state = 'open', submitted_at = NULL, first_submitted_at = NULL WHERE id = $1`, q.TaskID)
		a.exec(`UPDATE tasks SET due_at = original_due_at WHERE id = $1`, q.TaskID)
		a.exec(`UPDATE requests SET state = 'withdrawn', settled_at = COALESCE(settled_at, asked_at), granted_on = NULL WHERE kind = 'extension'`)
	}
}
