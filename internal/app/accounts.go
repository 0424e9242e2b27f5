package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"dondoc/internal/account"
	"dondoc/internal/clock"
	"dondoc/internal/config"
	"dondoc/internal/keyfile"
	"dondoc/internal/notice"
	"dondoc/internal/openid"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/web"
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

// secure gives the accounts what second factors need, as far as it is configured,
// and returns the identity provider; nil: there is none.
func (r *runtime) secure(accounts *postgres.Accounts) (*openid.Provider, error) {
	for _, name := range r.config.SecondFactorFor {
		role := policy.Role(name)
		if !slices.Contains(policy.Roles, role) {
			return nil, fmt.Errorf("DONDOC_SECOND_FACTOR_FOR names %q, which is no role", name)
		}
		accounts.SecondFactorFor = append(accounts.SecondFactorFor, role)
	}
	if r.config.SecretKeyFile == "" {
		return nil, nil //nolint:nilnil // neither second factors nor a provider
	}
	key, err := keyfile.Ensure(r.config.SecretKeyFile, "key of secrets")
	if err != nil {
		return nil, err
	}
	box, err := account.NewBox(key)
	if err != nil {
		return nil, err
	}
	accounts.Secrets = box
	o := r.config.OpenID
	if o.Issuer == "" {
		return nil, nil //nolint:nilnil // no provider
	}
	return openid.New(openid.Settings{
		Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: o.ClientSecret, Claim: o.Claim, RedirectURL: r.config.BaseURL + web.ProviderReturn,
	}, box, clock.SystemWall, nil), nil
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
