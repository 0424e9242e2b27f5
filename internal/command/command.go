// Package command holds the subcommands of the binaries; cmd/dondoc and the
// embedded variant put together the ones they need.
package command

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"dondoc/internal/app"
	"dondoc/internal/config"
)

// Root is the command that all others hang below.
func Root(name string, subcommands ...*cobra.Command) *cobra.Command {
	root := &cobra.Command{
		Use: name, Short: "Đôn Đốc follows what an issued plan assigns to agencies",
		SilenceUsage: true, SilenceErrors: true,
	}
	root.AddCommand(subcommands...)
	return root
}

// Execute runs the root until it is done or a signal asks it to stop, and exits.
func Execute(root *cobra.Command) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := root.ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, root.Name()+": "+err.Error())
		os.Exit(1)
	}
}

// Logger writes structured lines to w at the configured level.
func Logger(w io.Writer, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l}))
}

// environment reads the configuration and prepares the log.
func environment() (config.Config, *slog.Logger, error) {
	cfg, err := config.Read(os.Getenv)
	if err != nil {
		return cfg, nil, err
	}
	return cfg, Logger(os.Stderr, cfg.LogLevel), nil
}

// API serves the API and the pages.
func API() *cobra.Command {
	return &cobra.Command{
		Use: "api", Short: "Serve the API and the pages", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, log, err := environment()
			if err != nil {
				return err
			}
			return app.RunAPI(cmd.Context(), cfg, log)
		},
	}
}

// Worker runs workflows, activities, relay and sealer.
func Worker() *cobra.Command {
	return &cobra.Command{
		Use: "worker", Short: "Run workflows, activities, outbox relay and audit sealer", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, log, err := environment()
			if err != nil {
				return err
			}
			return app.RunWorker(cmd.Context(), cfg, log)
		},
	}
}

// Migrate brings the database to the present schema.
func Migrate() *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the database to the present schema", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, err := environment()
			if err != nil {
				return err
			}
			return app.Migrate(cmd.Context(), cfg)
		},
	}
}

// Reconcile starts every workflow that ought to run, from Postgres alone.
func Reconcile() *cobra.Command {
	return &cobra.Command{
		Use: "reconcile", Short: "Start or nudge every workflow that ought to run, from Postgres alone", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, log, err := environment()
			if err != nil {
				return err
			}
			n, err := app.Reconcile(cmd.Context(), cfg, log)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d workflows started or nudged\n", n)
			return err
		},
	}
}
