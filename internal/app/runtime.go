// Package app builds every part from the configuration and runs it: the wiring
// of the product reads top to bottom here. cmd/dondoc and the embedded variant
// under deploy/local both use it.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
	_ "time/tzdata" // a closed network's machine may lack the zone database

	"github.com/jmoiron/sqlx"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"dondoc/internal/clock"
	"dondoc/internal/conductor"
	"dondoc/internal/config"
	"dondoc/internal/filestore"
	"dondoc/internal/postgres"
	"dondoc/internal/relay"
)

// runtime is what API, worker and commands have in common.
type runtime struct {
	config   config.Config
	log      *slog.Logger
	db       *sqlx.DB
	business clock.Business
	store    *postgres.Store
	temporal client.Client
	relay    *relay.Relay
}

// open connects to Postgres and prepares, without connecting, the client of
// Temporal: people keep working while Temporal is away.
func open(ctx context.Context, cfg config.Config, log *slog.Logger) (*runtime, error) {
	db, err := postgres.Open(ctx, cfg.DatabaseURL, cfg.DatabaseConnections)
	if err != nil {
		return nil, err
	}
	business, err := postgres.BusinessClock(ctx, db, clock.SystemWall)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	temporal, err := client.NewLazyClient(client.Options{
		HostPort: cfg.TemporalAddress, Namespace: cfg.TemporalNamespace, Logger: sdklog.NewStructuredLogger(quiet(log)),
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("temporal client: %w", err), db.Close())
	}
	r := &runtime{config: cfg, log: log, db: db, business: business, temporal: temporal}
	r.relay = &relay.Relay{DB: db, Conductor: conductor.Temporal{Client: temporal}, Log: log, Every: time.Second}
	r.store = postgres.New(db, business, clock.SystemWall, r.relay.Wake)
	r.store.KeepFiles(filestore.New(cfg.Files), scanner(cfg.Clamd), fileLimit(cfg))
	return r, nil
}

func (r *runtime) close() error {
	r.temporal.Close()
	return r.db.Close()
}

// quiet keeps the SDK's chatter about retried activities out of the log unless
// someone asked for it.
func quiet(log *slog.Logger) *slog.Logger {
	return slog.New(levelled{log.Handler()})
}

type levelled struct{ slog.Handler }

func (l levelled) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && l.Handler.Enabled(ctx, level)
}

func (l levelled) WithAttrs(attrs []slog.Attr) slog.Handler {
	return levelled{l.Handler.WithAttrs(attrs)}
}
func (l levelled) WithGroup(name string) slog.Handler { return levelled{l.Handler.WithGroup(name)} }

// Migrate brings the business database to the present schema.
func Migrate(ctx context.Context, cfg config.Config) error {
	db, err := postgres.Open(ctx, cfg.DatabaseURL, 2)
	if err != nil {
		return err
	}
	return errors.Join(postgres.Migrate(ctx, db), db.Close())
}

// Reconcile nudges every workflow that ought to run and waits until the relay
// has delivered the nudges. It returns how many workflows were nudged.
func Reconcile(ctx context.Context, cfg config.Config, log *slog.Logger) (n int, err error) {
	r, err := open(ctx, cfg, log)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if n, err = r.store.Reconcile(ctx); err != nil {
		return 0, err
	}
	relayCtx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); r.relay.Run(relayCtx) }()
	err = r.awaitEmptyOutbox(ctx)
	stop()
	<-done
	return n, err
}

func (r *runtime) awaitEmptyOutbox(ctx context.Context) error {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		var left int
		if err := r.db.GetContext(ctx, &left, `SELECT count(*) FROM outbox`); err != nil {
			return fmt.Errorf("read outbox: %w", err)
		}
		if left == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d nudges not delivered: %w", left, ctx.Err())
		case <-ticker.C:
		}
	}
}
