package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"dondoc/internal/app"
	"dondoc/internal/calendar"
	"dondoc/internal/calendar/vietnam"
	"dondoc/internal/clock"
	"dondoc/internal/preview"
	"dondoc/internal/timetable"
)

// planPreview shows what a plan file will bring, without a database.
func planPreview() *cobra.Command {
	var from, to, format, language string
	var wanted preview.Wanted
	var files []string
	c := &cobra.Command{
		Use: "preview FILE", Short: "Show a plan's whole future: rounds, due times, messages per person, crowded days", Args: cobra.ExactArgs(1),
		Long: `Show a plan's whole future before it is activated: every round with its due
times, how many messages each person gets on which morning, days on which one
agency has too much due, and what deserves a look. Nothing is kept; the working
calendar is that of the whole country.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if wanted.From, err = followDay(from); err == nil {
				wanted.To, err = followDay(to)
			}
			if err != nil {
				return err
			}
			p, _, problems, err := readPlan(args[0])
			if err != nil {
				return err
			}
			if problems.HasErrors() {
				return fmt.Errorf("%s: %d problems, see `plan check`; there is nothing to preview", args[0], len(problems))
			}
			cal, err := calendarOf(files, language, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			future, err := preview.Compute(p, timetable.Calendars{National: cal}, preview.Options{
				Wanted: wanted, Provisional: func(year int) bool { return cal.StatusOf(year) == vietnam.Provisional },
			})
			if err != nil {
				return inLanguage(err, language)
			}
			out := cmd.OutOrStdout()
			switch format {
			case "table":
				return writePreviewTable(out, future, language)
			case "json":
				return app.WritePreview(out, future, language)
			case "csv":
				return preview.WriteCSV(out, future, language)
			case "ics":
				_, err := out.Write(preview.Calendar(future, language, clock.SystemWall()).Bytes())
				return err
			}
			return fmt.Errorf("--format is table, json, csv or ics, not %q", format)
		},
	}
	flags := c.Flags()
	flags.StringVar(&from, "from", "", "first day (2026-11-01); default the plan's first")
	flags.StringVar(&to, "to", "", "last day, at most ten years later; default the plan's last, or its last due day where that is later")
	flags.StringVar(&wanted.Agency, "agency", "", "code of the agency whose own timetable is shown")
	flags.IntVar(&wanted.Threshold, "threshold", preview.DefaultThreshold, "number of tasks due on one day that is too much for one agency")
	flags.StringVar(&format, "format", "table", "table, json, csv (a line for each round and level) or ics (due days)")
	flags.StringVar(&language, "lang", "vi", "language: vi or en")
	flags.StringArrayVar(&files, "calendar", nil, "calendar file laid over the national calendar (repeat for more, later ones win); see docs/calendar.md")
	return c
}

// dueWords is the due day, with the hour where one counts.
func dueWords(p preview.Preview, t preview.Task) string {
	day := calendar.DueDay(t.Due.At, p.Zone)
	if day.AddDays(1).In(p.Zone).Equal(t.Due.At) {
		return day.VN()
	}
	return day.VN() + " " + t.Due.At.In(p.Zone).Format("15:04")
}
