package app

import (
	"context"
	"errors"
	"log/slog"

	"dondoc/internal/agency"
	"dondoc/internal/config"
	"dondoc/internal/policy"
)

// Reorganise shows what a file of acts on agencies would do or, if asked, applies
// it as it was shown. The operator of the machine acts as the system.
func Reorganise(ctx context.Context, cfg config.Config, log *slog.Logger, file *agency.Reorganisation, source []byte, apply bool) (effect agency.Effect, err error) {
	r, err := open(ctx, cfg, log)
	if err != nil {
		return effect, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if effect, err = r.store.PreviewReorganisation(ctx, policy.Actor{}, file, source); err != nil || !apply {
		return effect, err
	}
	return r.store.Reorganise(ctx, policy.Actor{}, file, source, effect.Digest)
}
