package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"dondoc/internal/audit"
	"dondoc/internal/config"
)

// ExportAudit writes the audit trail of a span of time as "csv" or "jsonl".
func ExportAudit(ctx context.Context, cfg config.Config, log *slog.Logger, w io.Writer, format string, from, to time.Time) (err error) {
	out, err := audit.NewExporter(w, format)
	if err != nil {
		return err
	}
	r, err := open(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.store.ExportAudit(ctx, from, to, out.Write); err != nil {
		return err
	}
	return out.Close()
}
