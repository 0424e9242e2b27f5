package command

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"dondoc/internal/calendar"
	"dondoc/internal/calendar/vietnam"
	"dondoc/internal/fault"
)

// Calendar shows a year of the working calendar; what else is done with
// calendars are subcommands beside the year.
func Calendar() *cobra.Command {
	var language, format string
	var files []string
	c := &cobra.Command{
		Use: "calendar YEAR", Short: "List the holidays, substitute days and swapped days of a year",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			year, err := yearArgument(args[0])
			if err != nil {
				return inLanguage(err, language)
			}
			cal, err := calendarOf(files, language, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			days, err := cal.Year(year)
			if err != nil {
				return inLanguage(err, language)
			}
			switch format {
			case "json":
				return writeDaysJSON(cmd.OutOrStdout(), days, language)
			case "table":
				return writeDaysTable(cmd.OutOrStdout(), cal, year, days, language)
			}
			return fmt.Errorf("--format is table or json, not %q", format)
		},
	}
	c.Flags().StringVar(&format, "format", "table", "table or json")
	c.Flags().StringVar(&language, "lang", "vi", "language of names and messages: vi or en")
	c.Flags().StringArrayVar(&files, "file", nil, "calendar file laid over the national calendar (repeat for more, later ones win); see docs/calendar.md")
	c.AddCommand(calendarDue(func() calendar.WorkingCalendar { return vietnam.National() }), calendarLoad(), calendarOutage())
	return c
}

func yearArgument(text string) (int, error) {
	year, err := strconv.Atoi(text)
	if err != nil {
		return 0, fault.New(fault.Invalid, vietnam.CodeYear,
			"“%s” không phải là năm; hãy ghi năm từ %d đến %d.", "“%s” is not a year; write a year from %d to %d.",
			text, vietnam.FirstYear, vietnam.LastYear).At("year")
	}
	return year, vietnam.CheckYear(year)
}

// calendarOf lays calendar files over the national calendar, in order. The
// faults of all of them go to w, a line each.
func calendarOf(files []string, language string, w io.Writer) (vietnam.Calendar, error) {
	cal, faults := vietnam.National(), 0
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			return cal, fmt.Errorf("read calendar file: %w", err)
		}
		file, problems := vietnam.ReadFile(name, source)
		for _, problem := range problems {
			if _, err := fmt.Fprintln(w, problem.In(language)); err != nil {
				return cal, err
			}
		}
		faults += len(problems)
		cal = cal.With(file)
	}
	if faults > 0 {
		return cal, inLanguage(fault.New(fault.Invalid, vietnam.CodeFile,
			"tệp lịch có lỗi (%d), không dùng tệp nào", "faults in calendar files (%d), none was used", faults), language)
	}
	return cal, nil
}

// listedDay is a day as programs read it; docs/calendar.md describes it.
type listedDay struct {
	Date       calendar.Date  `json:"date"`
	Kind       vietnam.Kind   `json:"kind"`
	Name       string         `json:"name"`
	Status     vietnam.Status `json:"status"`
	LegalBasis string         `json:"legal_basis"`
}

func writeDaysJSON(w io.Writer, days []vietnam.Day, language string) error {
	list := make([]listedDay, len(days))
	for i, d := range days {
		list[i] = listedDay{Date: d.Date, Kind: d.Kind, Name: d.Name(language), Status: d.Status, LegalBasis: d.LegalBasis}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(list)
}

func writeDaysTable(w io.Writer, cal vietnam.Calendar, year int, days []vietnam.Day, language string) error {
	english := language == "en"
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	title, head, undecided := "Năm %d: %s\n", "Ngày\tThứ\tLoại\tTên\tCăn cứ", "Chưa tính là ngày nghỉ: %s %s (%s)\n"
	if english {
		title, head, undecided = "Year %d: %s\n", "Day\tWeekday\tKind\tName\tLegal basis", "Not counted as a day off yet: %s %s (%s)\n"
	}
	fmt.Fprintf(w, title, year, cal.StatusOf(year).Label(language))
	fmt.Fprintln(t, head)
	for _, d := range days {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", d.Date.VN(), d.Date.WeekdayName(language), d.Kind.Label(language), d.Name(language), d.LegalBasis)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, d := range cal.Undecided(year) {
		fmt.Fprintf(w, undecided, d.Date.VN(), d.Name(language), d.LegalBasis)
	}
	return nil
}
