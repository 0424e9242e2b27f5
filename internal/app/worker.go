package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"

	"dondoc/activities"
	"dondoc/internal/clock"
	"dondoc/internal/config"
	"dondoc/workflows"
)

// RunWorker runs the conductor's side until the context ends: workflows and
// activities, the outbox relay, the audit sealer and housekeeping.
func RunWorker(ctx context.Context, cfg config.Config, log *slog.Logger) (err error) {
	r, err := open(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	seal, err := r.sealer()
	if err != nil {
		return err
	}
	background, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	var parts sync.WaitGroup
	parts.Go(func() { r.relay.Run(background) })
	parts.Go(func() { seal(background) })
	parts.Go(func() { r.keepHouse(background) })
	defer parts.Wait()
	defer stopBackground()

	w, err := r.worker()
	if err != nil {
		return err
	}
	if err := r.startWorker(ctx, w); err != nil {
		return err
	}
	defer w.Stop()
	if _, err := r.store.ApplyDueReorganisations(ctx); err != nil {
		return err
	}
	if _, err := r.store.Reconcile(ctx); err != nil {
		return err
	}
	log.Info("worker ready", "task_queue", workflows.TaskQueue)
	<-ctx.Done()
	return nil
}

func (r *runtime) worker() (worker.Worker, error) {
	w := worker.New(r.temporal, workflows.TaskQueue, worker.Options{
		WorkerStopTimeout:                      10 * time.Second,
		MaxConcurrentActivityTaskPollers:       4,
		MaxConcurrentWorkflowTaskPollers:       4,
		MaxConcurrentActivityExecutionSize:     max(r.config.DatabaseConnections-6, 4),
		MaxConcurrentWorkflowTaskExecutionSize: 50,
	})
	workflows.Register(w)
	spread := r.config.Spread
	if _, real := r.business.(clock.Real); !real {
		spread = 0 // a rehearsal holds its clock until all of an instant is done
	}
	w.RegisterActivity(&activities.Engine{Store: r.store, Clock: r.business, Spread: spread})
	w.RegisterActivity(&activities.Requests{Store: r.store, Clock: r.business})
	w.RegisterActivity(&activities.Consolidations{Store: r.store, Clock: r.business})
	return w, r.registerDelivery(w)
}

// startWorker waits for Temporal as long as it takes: a worker that comes up
// before its server is ordinary after a power cut.
func (r *runtime) startWorker(ctx context.Context, w worker.Worker) error {
	const longest = 10 * time.Second
	for pause := 250 * time.Millisecond; ; pause = min(pause*2, longest) {
		err := w.Start()
		if err == nil {
			return nil
		}
		r.log.Warn("Temporal does not answer yet, trying again", "error", err, "pause", pause)
		select {
		case <-ctx.Done():
			return fmt.Errorf("start worker: %w", errors.Join(err, ctx.Err()))
		case <-time.After(pause):
		}
	}
}

const (
	houseEvery = 30 * time.Second
	// patience is how long a step may be late before its round is nudged again.
	patience = 5 * time.Minute
)

// keepHouse nudges what stalled, lets reorganisations of agencies take effect
// when their day begins, and forgets what nobody needs any more.
func (r *runtime) keepHouse(ctx context.Context) {
	ticker, files := time.NewTicker(houseEvery), time.NewTicker(sweepEvery)
	defer ticker.Stop()
	defer files.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-files.C:
			r.sweepFiles(ctx)
			continue
		case <-ticker.C:
		}
		if n, err := r.store.NudgeStalled(ctx, patience); err != nil {
			r.log.Warn("look for stalled rounds", "error", err)
		} else if n > 0 {
			r.log.Warn("nudged stalled workflows", "count", n)
		}
		if n, err := r.store.ApplyDueReorganisations(ctx); err != nil {
			r.log.Warn("apply reorganisations", "error", err)
		} else if n > 0 {
			r.log.Info("applied reorganisations", "count", n)
		}
		if err := r.store.Forget(ctx); err != nil {
			r.log.Warn("forget expired rows", "error", err)
		}
	}
}
