package command

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"dondoc/internal/app"
	"dondoc/internal/postgres"
)

// Files groups what is done with the folder of files.
func Files() *cobra.Command {
	c := &cobra.Command{Use: "files", Short: "Look after the files beside results"}
	c.AddCommand(&cobra.Command{
		Use: "verify", Short: "Name files that are missing or were altered", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, log, err := environment()
			if err != nil {
				return err
			}
			report, err := app.VerifyFiles(cmd.Context(), cfg, log)
			if err != nil {
				return err
			}
			return tellFiles(cmd.OutOrStdout(), report)
		},
	})
	return c
}

// tellFiles writes one line for each damaged file, then the sum; damage is an error.
func tellFiles(w io.Writer, report postgres.FilesReport) error {
	for _, d := range report.Damaged {
		what := "altered"
		if d.Missing {
			what = "missing"
		}
		if _, err := fmt.Fprintf(w, "%s %s: attachments %s of tasks %s\n", what, d.SHA256, numbers(d.Attachments), numbers(d.Tasks)); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(w, "%d files checked, %d damaged, %d without a row\n", report.Checked, len(report.Damaged), report.Strays); err != nil {
		return err
	}
	if len(report.Damaged) > 0 {
		return errors.New("files are damaged; restore them from the backup")
	}
	return nil
}

func numbers(list []int64) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}
