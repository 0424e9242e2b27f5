// Package relay carries the outbox to Temporal: every committed change nudges
// the workflow that conducts it. The relay starts a workflow before it nudges
// it, needs no order otherwise, and tells one workflow of many changes once.
package relay

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Conductor starts a workflow if it does not run and nudges it. A workflow
// whose row is settled needs neither; that counts as success.
type Conductor interface {
	StartAndNudge(ctx context.Context, workflowID, kind string) error
}

// Relay drains the outbox. Several relays may run: rows under way are skipped.
type Relay struct {
	DB        *sqlx.DB
	Conductor Conductor
	Log       *slog.Logger
	// Every is how often it looks without being woken, after a crash or for
	// rows of another process.
	Every time.Duration

	once sync.Once
	wake chan struct{}
}

func (r *Relay) init() { r.once.Do(func() { r.wake = make(chan struct{}, 1) }) }

// Wake makes the relay look now; it never blocks.
func (r *Relay) Wake() {
	r.init()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run drains the outbox until the context ends. Failures are retried for ever
// with growing pauses: the outbox keeps what Temporal has not taken.
func (r *Relay) Run(ctx context.Context) {
	r.init()
	const longest = 15 * time.Second
	pause := r.Every
	for {
		moved, err := r.drain(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			r.Log.Warn("outbox not delivered, trying again", "error", err, "pause", pause)
			pause = min(pause*2, longest)
		case moved > 0:
			pause = r.Every
			continue
		default:
			pause = r.Every
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-r.wake:
			if err != nil {
				// Temporal is away: being woken by every commit must not hammer it.
				select {
				case <-ctx.Done():
					timer.Stop()
					return
				case <-timer.C:
				}
			}
			timer.Stop()
		case <-timer.C:
		}
	}
}

const (
	batch    = 500
	parallel = 8
)

type event struct {
	ID       int64  `db:"id"`
	Workflow string `db:"workflow"`
	Kind     string `db:"kind"`
}

// drain delivers one batch: nudges the workflows, then forgets the rows in the
// transaction that locked them. A crash in between nudges twice, which is harmless.
func (r *Relay) drain(ctx context.Context) (moved int, err error) {
	tx, err := r.DB.BeginTxx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreDone(tx.Rollback()))
		}
	}()
	var events []event
	if err := tx.SelectContext(ctx, &events, `
		SELECT id, workflow, kind FROM outbox ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`, batch); err != nil {
		return 0, fmt.Errorf("read outbox: %w", err)
	}
	if len(events) == 0 {
		return 0, ignoreDone(tx.Rollback())
	}
	delivered, failed := r.deliver(ctx, coalesce(events))
	if len(delivered) > 0 {
		if _, err := tx.ExecContext(ctx, `DELETE FROM outbox WHERE id = ANY ($1)`, pq.Array(delivered)); err != nil {
			return 0, fmt.Errorf("forget delivered: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return 0, fmt.Errorf("commit: %w", err)
	}
	return len(delivered), failed
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// nudge is all that one workflow is to be told.
type nudge struct {
	workflow, kind string
	ids            []int64
}

// coalesce turns many changes of one workflow into one nudge, first come first.
func coalesce(events []event) []nudge {
	at := map[string]int{}
	var nudges []nudge
	for _, e := range events {
		i, known := at[e.Workflow]
		if !known {
			i = len(nudges)
			at[e.Workflow] = i
			nudges = append(nudges, nudge{workflow: e.Workflow, kind: e.Kind})
		}
		nudges[i].ids = append(nudges[i].ids, e.ID)
	}
	return nudges
}

// deliver nudges in parallel and returns the ids of the rows whose workflow was
// reached, and what failed.
func (r *Relay) deliver(ctx context.Context, nudges []nudge) ([]int64, error) {
	var (
		mu        sync.Mutex
		delivered []int64
		failures  []error
		workers   sync.WaitGroup
	)
	queue := make(chan nudge)
	for range min(parallel, len(nudges)) {
		workers.Go(func() {
			for n := range queue {
				callCtx, cancel := context.WithTimeout(ctx, 10*time.Second)
				err := r.Conductor.StartAndNudge(callCtx, n.workflow, n.kind)
				cancel()
				mu.Lock()
				if err != nil {
					failures = append(failures, fmt.Errorf("%s: %w", n.workflow, err))
				} else {
					delivered = append(delivered, n.ids...)
				}
				mu.Unlock()
			}
		})
	}
	for _, n := range nudges {
		queue <- n
	}
	close(queue)
	workers.Wait()
	if len(failures) > 3 {
		failures = append(failures[:3], fmt.Errorf("and %d more", len(failures)-3))
	}
	return delivered, errors.Join(failures...)
}
