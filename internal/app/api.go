package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"dondoc/api"
	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/conductor"
	"dondoc/internal/config"
	"dondoc/web"
)

// drainTime is how long requests under way may finish after a signal to stop.
const drainTime = 10 * time.Second

// RunAPI serves the API and the pages until the context ends, and relays what
// its own commits leave in the outbox.
func RunAPI(ctx context.Context, cfg config.Config, log *slog.Logger) (err error) {
	r, err := open(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	shown, err := newShownCalendar(ctx, r.store)
	if err != nil {
		return err
	}
	streams := make(chan struct{})
	handler, err := r.handler(shown, streams) //nolint:contextcheck // Prometheus collects without a context
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	background, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	var parts sync.WaitGroup
	parts.Go(func() { r.relay.Run(background) })
	parts.Go(func() { shown.keep(background, r.store, r.log) })
	defer parts.Wait()
	defer stopBackground()

	// Pages shrink to a quarter on a slow line. Event streams, files and what is
	// packed already pass as they are.
	server := api.Server(cfg.Listen, packed(handler))
	server.RegisterOnShutdown(func() { close(streams) })
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	log.Info("serving", "address", cfg.BaseURL)
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}

// packed answers text compressed where the reader's browser takes it.
func packed(handler http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.ContentTypes([]string{
		"text/html", "text/css", "text/javascript", "text/csv", "image/svg+xml",
		"application/json", "application/problem+json", "application/geo+json",
	}))
	if err != nil {
		panic(err) // the options above are constant
	}
	return wrap(handler)
}

// handler puts API and pages on one engine: they share the store, the session
// and the protection against cross-origin requests.
func (r *runtime) handler(shown calendar.WorkingCalendar, stopping <-chan struct{}) (http.Handler, error) {
	accounts, err := r.accounts()
	if err != nil {
		return nil, err
	}
	provider, err := r.secure(accounts)
	if err != nil {
		return nil, err
	}
	protection, err := api.NewProtection(r.config.BaseURL)
	if err != nil {
		return nil, err
	}
	options := api.Options{
		Service: r.store, Accounts: accounts, Wall: clock.SystemWall, Log: r.log, BaseURL: r.config.BaseURL, Version: version(),
		Database: r.db.PingContext, Temporal: conductor.Temporal{Client: r.temporal}.Ready,
		MetricsToken: r.config.MetricsToken, Protection: protection, FileLimit: fileLimit(r.config),
	}
	pages := web.Options{
		Service: r.store, Accounts: accounts, Business: r.business, Calendar: shown,
		BannerVI: r.config.Banner, BannerEN: r.config.BannerEN, Secure: strings.HasPrefix(r.config.BaseURL, "https://"),
		FileLimit: fileLimit(r.config), SessionAge: account.SessionAbsolute, Protection: protection, Log: r.log, Stopping: stopping,
	}
	if provider != nil {
		pages.Provider, pages.ProviderName = provider, r.config.OpenID.Name
	}
	if r.config.Feeds {
		options.Feeds, pages.Feeds = accounts, accounts
	}
	engine, err := api.NewEngine(&options)
	if err != nil {
		return nil, err
	}
	if pages.Zone, err = time.LoadLocation(digestZone); err != nil {
		return nil, fmt.Errorf("zone of pages: %w", err)
	}
	if err := web.Mount(engine, pages); err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	// After the pages, so that an unknown address below /api is answered as the API answers.
	return engine, api.Mount(engine, options)
}

// version is the module's version as it was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
