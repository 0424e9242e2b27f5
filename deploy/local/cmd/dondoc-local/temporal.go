package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"dondoc/deploy/local/temporald"
)

// temporalCommand runs only the Temporal server, against a PostgreSQL that is there.
func temporalCommand() *cobra.Command {
	var opts temporald.Options
	c := &cobra.Command{
		Use: "temporal", Short: "Run only the embedded Temporal server, on a PostgreSQL that is there",
		Long: "Run only the embedded Temporal server, in the foreground, until SIGTERM.\n" +
			"DONDOC_DATABASE_URL names any database of a PostgreSQL in which the databases\n" +
			"temporal and temporal_visibility exist.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opts.DatabaseURL = os.Getenv("DONDOC_DATABASE_URL")
			if opts.DatabaseURL == "" {
				return errors.New("DONDOC_DATABASE_URL is not set")
			}
			opts.Rehearsal = temporald.Rehearsal()
			server, err := temporald.Start(cmd.Context(), opts)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintln(cmd.OutOrStdout(), "Temporal serves namespace", opts.Namespace, "on", server.Address()); err != nil {
				return errors.Join(err, server.Stop())
			}
			<-cmd.Context().Done()
			return server.Stop()
		},
	}
	c.Flags().IntVar(&opts.Port, "port", 7233, "port of the frontend on 127.0.0.1")
	c.Flags().StringVar(&opts.Namespace, "namespace", "dondoc", "namespace to register")
	c.Flags().StringVar(&opts.LogFile, "log-file", "temporal.log", "file for warnings and errors")
	return c
}
