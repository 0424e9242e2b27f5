package command

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"dondoc/internal/app"
	"dondoc/internal/calendar"
	"dondoc/internal/plan"
)

// Plan groups what is done with plan files.
func Plan() *cobra.Command {
	c := &cobra.Command{Use: "plan", Short: "Draft, check, preview, move, load and activate plan files"}
	c.AddCommand(planDraft(), planCheck(), planPreview(), planSchema(), planMove(), planLoad(), planActivate())
	return c
}

// readPlan reads and checks a plan file; files that it names are read from beside it.
func readPlan(path string) (*plan.Plan, []byte, plan.Problems, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("read plan file: %w", err)
	}
	p, problems := plan.Read(path, source, besideFile(path))
	return p, source, problems, nil
}

// besideFile opens what a plan file names, relative to it and never outside its folder.
func besideFile(path string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		root, err := os.OpenRoot(filepath.Dir(path))
		if err != nil {
			return nil, err
		}
		content, err := root.ReadFile(name)
		if closeErr := root.Close(); err == nil {
			err = closeErr
		}
		return content, err
	}
}

func planCheck() *cobra.Command {
	var language string
	c := &cobra.Command{
		Use: "check FILE", Short: "Report every fault of a plan file as file:line:column", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, _, problems, err := readPlan(args[0])
			if err != nil {
				return err
			}
			for _, problem := range problems {
				if _, err := fmt.Fprintln(cmd.OutOrStdout(), problem.In(language)); err != nil {
					return err
				}
			}
			if problems.HasErrors() {
				return fmt.Errorf("%s: %d problems, nothing was loaded", args[0], len(problems))
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d agencies, %d duties, %d targets; no errors\n",
				args[0], len(p.Agencies), len(p.Duties), len(p.Targets))
			return err
		},
	}
	c.Flags().StringVar(&language, "lang", "vi", "language of the messages: vi or en")
	return c
}

func planSchema() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of the plan file", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(plan.Schema())
			return err
		},
	}
}

func planMove() *cobra.Command {
	var years int
	c := &cobra.Command{
		Use: "move FILE --years N", Short: "Print a plan file moved by whole years", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			source, err := os.ReadFile(args[0])
			if err != nil {
				return fmt.Errorf("read plan file: %w", err)
			}
			moved, err := plan.Move(source, years)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(moved)
			return err
		},
	}
	c.Flags().IntVar(&years, "years", 0, "number of years, negative is back")
	return c
}

func planLoad() *cobra.Command {
	var activate bool
	var from string
	c := &cobra.Command{
		Use: "load FILE", Short: "Load a plan file as a draft; with --activate, follow it", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, log, err := environment()
			if err != nil {
				return err
			}
			p, source, problems, err := readPlan(args[0])
			if err != nil {
				return err
			}
			if problems.HasErrors() {
				return fmt.Errorf("%s: %d problems, see `plan check`; nothing was loaded", args[0], len(problems))
			}
			day, err := followDay(from)
			if err != nil {
				return err
			}
			record, err := app.LoadPlan(cmd.Context(), cfg, log, p, source, activate, day)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "plan %d (%s), version %d: %s, %d duties\n",
				record.ID, record.Code, record.CurrentVersion, record.State, record.Duties)
			return err
		},
	}
	c.Flags().BoolVar(&activate, "activate", false, "follow the plan at once")
	c.Flags().StringVar(&from, "from", "", "open rounds that are due on or after this day (2026-11-01); default today")
	return c
}

func planActivate() *cobra.Command {
	var from string
	c := &cobra.Command{
		Use: "activate CODE", Short: "Follow a plan that was loaded as a draft", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, log, err := environment()
			if err != nil {
				return err
			}
			day, err := followDay(from)
			if err != nil {
				return err
			}
			record, err := app.ActivatePlan(cmd.Context(), cfg, log, args[0], day)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "plan %d (%s): %s\n", record.ID, record.Code, record.State)
			return err
		},
	}
	c.Flags().StringVar(&from, "from", "", "open rounds that are due on or after this day (2026-11-01); default today")
	return c
}

func followDay(from string) (calendar.Date, error) {
	if from == "" {
		return calendar.Date{}, nil
	}
	return calendar.ParseDate(from)
}
