package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"dondoc/deploy/local/datadir"
	"dondoc/deploy/local/pg"
)

// resetCommand deletes an installation's data, those outside of the data folder too.
func resetCommand() *cobra.Command {
	var data string
	var sure bool
	c := &cobra.Command{
		Use: "reset", Short: "Delete all data of a data folder", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := os.Stat(filepath.Join(data, "state.json")); err != nil {
				return fmt.Errorf("%s is no data folder: %w", data, err)
			}
			if !sure {
				return fmt.Errorf("this deletes all plans, reports and accounts in %s for ever; add --yes to do it", data)
			}
			folder, err := datadir.Open(data)
			if err != nil {
				return err
			}
			report := func(sentence string) { fmt.Fprintln(cmd.ErrOrStderr(), sentence) }
			remove := []string{folder.Root()}
			if folder.PostgresDir() != "" {
				place, err := pg.Settle(folder)
				if err != nil {
					return errors.Join(err, folder.Close())
				}
				if err := pg.ClearLeftovers(cmd.Context(), place, report); err != nil {
					return errors.Join(err, folder.Close())
				}
				remove = append([]string{place.Dir}, remove...)
			}
			for _, dir := range remove {
				if err := os.RemoveAll(dir); err != nil {
					return errors.Join(err, folder.Close())
				}
				report("deleted " + dir)
			}
			return folder.Close()
		},
	}
	c.Flags().StringVar(&data, "data", datadir.Default(), "data folder")
	c.Flags().BoolVar(&sure, "yes", false, "really delete")
	return c
}
