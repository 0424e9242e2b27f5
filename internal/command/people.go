package command

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"dondoc/internal/account"
	"dondoc/internal/app"
)

// People groups what is done with accounts.
func People() *cobra.Command {
	c := &cobra.Command{Use: "people", Short: "Import accounts and their posts"}
	c.AddCommand(peopleImport())
	return c
}

func peopleImport() *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use: "import FILE.csv", Short: "Import people (email,name,phone,language,agency_code,role,valid_from,valid_to); new ones are invited by mail",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, log, err := environment()
			if err != nil {
				return err
			}
			source, err := os.ReadFile(args[0])
			if err != nil {
				return fmt.Errorf("read list of people: %w", err)
			}
			rows, err := account.ReadPeople(source)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			report, err := app.ImportPeople(cmd.Context(), cfg, log, rows, dryRun)
			if err != nil {
				return err
			}
			for _, line := range report.Lines {
				if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s:%d: %s %s %v\n", args[0], line.Line, line.Email, line.Outcome, line.Changes); err != nil {
					return err
				}
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d new, %d changed, %d unchanged\n", report.New, report.Changed, report.Unchanged)
			return err
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would change")
	return c
}
