package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"dondoc/deploy/local/datadir"
	"dondoc/deploy/local/pg"
)

// databases of an installation, all on one PostgreSQL.
var databases = []string{"dondoc", "temporal", "temporal_visibility"}

// postgresCommand runs only PostgreSQL of a data folder.
func postgresCommand() *cobra.Command {
	var data string
	var port int
	c := &cobra.Command{
		Use: "postgres", Short: "Run only the private PostgreSQL of a data folder and print its address",
		Long: "Run only the private PostgreSQL of a data folder, in the foreground, until SIGTERM,\n" +
			"and print the address of the business database: for backup, restore and psql while\n" +
			"the rest is stopped.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			folder, err := datadir.Open(data)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, folder.Close()) }()
			report := func(sentence string) { fmt.Fprintln(cmd.ErrOrStderr(), sentence) }
			server, err := startPostgres(cmd.Context(), folder, port, report)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, stopPostgres(cmd.Context(), server)) }()
			if _, err := fmt.Fprintln(cmd.OutOrStdout(), server.DSN("dondoc")); err != nil {
				return err
			}
			select {
			case <-cmd.Context().Done():
				return nil
			case <-server.Done():
				return server.Err()
			}
		},
	}
	c.Flags().StringVar(&data, "data", datadir.Default(), "data folder")
	c.Flags().IntVar(&port, "port", 0, "port on 127.0.0.1; 0: the folder's own")
	return c
}

// startPostgres starts the PostgreSQL of a data folder and makes its databases.
func startPostgres(ctx context.Context, folder *datadir.Folder, port int, report func(string)) (*pg.Server, error) {
	place, err := pg.Settle(folder)
	if err != nil {
		return nil, err
	}
	if place.Outside {
		report(fmt.Sprintf("PostgreSQL runs as user %q, who cannot reach %s; its files are in %s", place.User, folder.Root(), place.Dir))
	}
	password, err := folder.Secret("postgres-password")
	if err != nil {
		return nil, err
	}
	opts := pg.Options{
		Place: place, Port: port, Password: password, LogFile: folder.Path("log", "postgres.log"),
		KeepAlive: true, Report: report,
	}
	// What an earlier run left behind may still hold the folder's port, so it
	// has to go before the port is tried.
	if err := pg.ClearLeftovers(ctx, place, report); err != nil {
		return nil, err
	}
	if port == 0 {
		if opts.Port, err = folder.Port("postgres", 0); err != nil {
			return nil, err
		}
	}
	server, err := pg.Start(ctx, opts)
	if err != nil {
		return nil, err
	}
	if err := server.EnsureDatabases(ctx, databases...); err != nil {
		return nil, errors.Join(err, stopPostgres(ctx, server))
	}
	return server, nil
}

// stopPostgres shuts down although the context has usually ended by then.
func stopPostgres(ctx context.Context, server *pg.Server) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return server.Stop(ctx)
}
