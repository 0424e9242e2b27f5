package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"dondoc/internal/audit"
	"dondoc/internal/clock"
	"dondoc/internal/config"
	"dondoc/internal/postgres"
)

// sealEvery is how long a committed row may wait for its seal.
const sealEvery = 2 * time.Second

// sealer prepares the loop that chains the audit trail; the key is made where
// there is none.
func (r *runtime) sealer() (func(context.Context), error) {
	key, err := audit.EnsureKey(r.config.AuditKeyFile)
	if err != nil {
		return nil, err
	}
	heads, err := audit.OpenHeadLog(r.config.AuditLog)
	if err != nil {
		return nil, err
	}
	s := postgres.NewSealer(r.db, clock.SystemWall, heads)
	return func(ctx context.Context) {
		ticker := time.NewTicker(sealEvery)
		defer ticker.Stop()
		s.RunSealer(ctx, key, ticker.C, r.log)
		if err := heads.Close(); err != nil {
			r.log.Warn("close heads log", "error", err)
		}
	}, nil
}

// VerifyAudit holds the audit trail against its chain and the log of heads.
func VerifyAudit(ctx context.Context, cfg config.Config, log *slog.Logger) (report audit.Report, err error) {
	r, err := open(ctx, cfg, log)
	if err != nil {
		return audit.Report{}, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	key, err := audit.ReadKey(cfg.AuditKeyFile)
	if err != nil {
		return audit.Report{}, err
	}
	heads, err := os.Open(cfg.AuditLog)
	if err != nil {
		return audit.Report{}, fmt.Errorf("heads log: %w", err)
	}
	defer func() { err = errors.Join(err, heads.Close()) }()
	return postgres.NewSealer(r.db, clock.SystemWall, nil).Verify(ctx, key, heads)
}
