package app

import (
	"context"
	"errors"
	"log/slog"

	"dondoc/internal/account"
	"dondoc/internal/clock"
	"dondoc/internal/config"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
)

// concurrentHashes bounds the memory that password hashing may take: 19 MiB each.
const concurrentHashes = 4

// accounts builds the store that also signs people in and sends them links.
func (r *runtime) accounts() (*postgres.Accounts, error) {
	hasher, err := account.NewHasher(account.DefaultCost, concurrentHashes)
	if err != nil {
		return nil, err
	}
	server, err := mailServer(r.config.SMTP)
	if err != nil {
		return nil, err
	}
	return &postgres.Accounts{
		Store: r.store, Passwords: hasher, Words: notice.Words{BaseURL: r.config.BaseURL},
		Throttle: account.NewThrottle(clock.SystemWall), BaseURL: r.config.BaseURL, MailDomain: server.Domain(),
	}, nil
}

// ImportPeople imports a list of people for whoever operates the machine.
func ImportPeople(ctx context.Context, cfg config.Config, log *slog.Logger, rows []account.Row, dryRun bool) (report account.Report, err error) {
	r, err := open(ctx, cfg, log)
	if err != nil {
		return account.Report{}, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	accounts, err := r.accounts()
	if err != nil {
		return account.Report{}, err
	}
	return accounts.ImportPeople(ctx, policy.Actor{}, rows, dryRun)
}
