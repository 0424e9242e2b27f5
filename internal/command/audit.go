package command

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"dondoc/internal/app"
)

// Audit groups what is done with the audit trail.
func Audit() *cobra.Command {
	c := &cobra.Command{Use: "audit", Short: "Verify and export the audit trail"}
	c.AddCommand(auditVerify(), auditExport())
	return c
}

func auditVerify() *cobra.Command {
	var language string
	c := &cobra.Command{
		Use: "verify", Short: "Name altered, removed and reordered rows, a cut tail, and the unsealed rest", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, log, err := environment()
			if err != nil {
				return err
			}
			report, err := app.VerifyAudit(cmd.Context(), cfg, log)
			if err != nil {
				return err
			}
			for _, line := range report.Lines(language) {
				if _, err := fmt.Fprintln(cmd.OutOrStdout(), line); err != nil {
					return err
				}
			}
			if !report.Intact() {
				return errors.New("the audit trail is not intact")
			}
			return nil
		},
	}
	c.Flags().StringVar(&language, "lang", "vi", "language of the report: vi or en")
	return c
}
