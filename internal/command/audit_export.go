package command

import (
	"bufio"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"dondoc/internal/app"
	"dondoc/internal/calendar"
)

func auditExport() *cobra.Command {
	var format, from, to string
	c := &cobra.Command{
		Use: "export", Short: "Write the audit trail, the oldest row first, with its seal numbers", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			first, end, err := exportSpan(from, to)
			if err != nil {
				return err
			}
			cfg, log, err := environment()
			if err != nil {
				return err
			}
			out := bufio.NewWriter(cmd.OutOrStdout())
			defer func() { err = errors.Join(err, out.Flush()) }()
			return app.ExportAudit(cmd.Context(), cfg, log, out, format, first, end)
		},
	}
	c.Flags().StringVar(&format, "format", "csv", "csv, or jsonl (a JSON object a line)")
	c.Flags().StringVar(&from, "from", "", "first day (2026-11-01), by Viet Nam's time")
	c.Flags().StringVar(&to, "to", "", "last day, the whole of it")
	return c
}

// exportSpan is from the first moment of a day to the end of another.
func exportSpan(from, to string) (first, end time.Time, err error) {
	zone, err := calendar.Zone("Asia/Ho_Chi_Minh")
	if err != nil {
		return first, end, fmt.Errorf("zone: %w", err)
	}
	if from != "" {
		day, err := calendar.ParseDate(from)
		if err != nil {
			return first, end, fmt.Errorf("--from: %w", err)
		}
		first = day.In(zone)
	}
	if to != "" {
		day, err := calendar.ParseDate(to)
		if err != nil {
			return first, end, fmt.Errorf("--to: %w", err)
		}
		end = day.AddDays(1).In(zone)
	}
	if !first.IsZero() && !end.IsZero() && !first.Before(end) {
		return first, end, errors.New("--to lies before --from")
	}
	return first, end, nil
}
