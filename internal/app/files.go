package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"dondoc/internal/clamav"
	"dondoc/internal/config"
	"dondoc/internal/postgres"
)

// sweepEvery is how often files are looked for that nobody needs: it reads the
// whole folder.
const sweepEvery = time.Hour

// scanner asks the daemon at the address; none is asked without one.
func scanner(address string) postgres.Scanner {
	if address == "" {
		return nil
	}
	return clamav.Client{Address: address}
}

// fileLimit is in bytes.
func fileLimit(cfg config.Config) int { return cfg.FileLimit << 20 }

func (r *runtime) sweepFiles(ctx context.Context) {
	n, err := r.store.SweepFiles(ctx)
	if err != nil {
		r.log.Warn("sweep files", "error", err)
	}
	if n > 0 {
		r.log.Info("swept files that nobody sent", "count", n)
	}
}

// VerifyFiles holds the folder of files against the rows that refer to them.
func VerifyFiles(ctx context.Context, cfg config.Config, log *slog.Logger) (report postgres.FilesReport, err error) {
	r, err := open(ctx, cfg, log)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	return r.store.VerifyFiles(ctx)
}
