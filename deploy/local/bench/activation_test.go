package bench

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/deploy/local/stack"
	"dondoc/internal/app"
	"dondoc/internal/config"
	"dondoc/internal/postgres"
)

// BenchmarkActivation follows Đồng Nai's plan on a fresh installation: from the
// act until every scheduled duty has its next round and every round whose time
// has come has its tasks (aim 5 s). Loading the plan and its people is not counted.
func BenchmarkActivation(b *testing.B) {
	for b.Loop() {
		binary, err := stack.Build(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		s, err := stack.New(stack.Options{Binary: binary, Durable: true})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() {
			if err := s.Close(); err != nil {
				b.Error(err)
			}
		})
		if err := s.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		cfg, err := config.Read(func(name string) string {
			return map[string]string{
				"DONDOC_DATABASE_URL": s.DatabaseURL(stack.BusinessDatabase), "DONDOC_TEMPORAL_ADDRESS": s.TemporalAddress(),
				"DONDOC_SPREAD": "0s", "DONDOC_AUDIT_KEY_FILE": s.Path("audit.key"), "DONDOC_AUDIT_LOG": s.Path("audit.log"), "DONDOC_FILES": s.Path("files"), "DONDOC_SMTP_TLS": "none",
			}[name]
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(activate(b, cfg).Seconds(), "activation-s")
	}
}

func activate(b *testing.B, cfg config.Config) time.Duration {
	b.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if err := app.Migrate(b.Context(), cfg); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.RunWorker(ctx, cfg, log) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	}()
	sample, err := app.LoadMovedSample(b.Context(), cfg, log, "do-toc-do-kich-hoat")
	if err != nil {
		b.Fatal(err)
	}
	db, err := postgres.Open(b.Context(), cfg.DatabaseURL, 2)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // read only
	for {
		var left int
		if err := db.GetContext(b.Context(), &left, unfinished, time.Now()); err != nil {
			b.Fatal(err)
		}
		if left == 0 {
			return measured(b, db, sample.Plan.ActivatedAt)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// unfinished counts the scheduled duties without a next round and the rounds whose time has come that are not open.
const unfinished = `
	SELECT (SELECT count(*) FROM duties d WHERE d.scheduled AND NOT EXISTS (
			SELECT 1 FROM rounds r WHERE r.duty_id = d.id AND r.state = 'scheduled'))
		+ (SELECT count(*) FROM rounds WHERE state = 'scheduled' AND opens_at <= $1)`

// measured is the time from the activation to the last change of the audit trail.
func measured(b *testing.B, db *sqlx.DB, activated *time.Time) time.Duration {
	b.Helper()
	var last time.Time
	if err := db.GetContext(b.Context(), &last, `SELECT max(at) FROM audit WHERE entity IN ('round', 'task')`); err != nil {
		b.Fatal(err)
	}
	return last.Sub(*activated)
}
