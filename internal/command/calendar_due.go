package command

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

// dueTrial is a rule to be tried, as the flags say it.
type dueTrial struct {
	cadences          []string
	windows           string
	cron, per         string
	times             int
	keepApart         bool
	rule              calendar.DueRule
	shift             string
	from, to          string
	zone, lang, shown string
}

// calendarDue tries a due rule over a span of time: it lists the periods that a
// schedule makes, with the due time of each and how it came about. The working
// calendar is asked for when the command runs.
func calendarDue(w func() calendar.WorkingCalendar) *cobra.Command {
	t := &dueTrial{}
	c := &cobra.Command{
		Use: "due", Short: "Try a due rule: list periods, windows and due times with their derivation", Args: cobra.NoArgs,
		Example: `  dondoc calendar due --cadence quarterly --windows decree_09_2019 --working-days 3 --from 2026-01-01 --to 2026-12-31
  dondoc calendar due --cadence monthly --day 25 --before-end --shift previous --time 17:00 --from 2026-01-01 --to 2026-06-30`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			rows, unmet, err := t.rows(w())
			if err != nil {
				return t.told(err)
			}
			write := writeDueTable
			if t.shown == "json" {
				write = writeDueJSON
			}
			if err := write(cmd.OutOrStdout(), rows, t.lang); err != nil {
				return err
			}
			return t.told(unmet)
		},
	}
	f := c.Flags()
	f.StringSliceVar(&t.cadences, "cadence", []string{string(calendar.Monthly)}, "weekly, monthly, quarterly, half_year, nine_month, yearly, cron or at_least; several with commas")
	f.StringVar(&t.windows, "windows", string(calendar.CalendarWindows), "reporting windows: calendar or decree_09_2019")
	f.StringVar(&t.cron, "cron", "", "expression of five fields, with --cadence cron")
	f.IntVar(&t.times, "times", 1, "how often, with --cadence at_least")
	f.StringVar(&t.per, "per", string(calendar.Quarterly), "in which period, with --cadence at_least")
	f.BoolVar(&t.keepApart, "keep-apart", false, "keep reports apart that close on the same day")
	f.IntVar(&t.rule.WorkingDays, "working-days", 0, "working days after the period closes")
	f.IntVar(&t.rule.CalendarDays, "calendar-days", 0, "days after the period closes")
	f.IntVar(&t.rule.Day, "day", 0, "day of the month in which the period closes, or of the one --month-offset months later")
	f.IntVar(&t.rule.MonthOffset, "month-offset", 0, "months between the one in which the period closes and the one of --day")
	f.StringVar(&t.rule.MonthDay, "month-day", "", "fixed day of the year, 07-20")
	f.BoolVar(&t.rule.BeforeEnd, "before-end", false, "permit a due day before the period closes")
	f.StringVar(&t.shift, "shift", string(calendar.ShiftNext), "where a due day goes that is no working day: next, previous or none")
	f.StringVar(&t.rule.TimeOfDay, "time", "", "time of day, 17:00; without it the end of the day")
	f.StringVar(&t.from, "from", "", "first day of validity, 2026-01-01 (required)")
	f.StringVar(&t.to, "to", "", "last day of validity, 2026-12-31 (required)")
	f.StringVar(&t.zone, "zone", "Asia/Ho_Chi_Minh", "time zone")
	f.StringVar(&t.lang, "lang", "vi", "language: vi or en")
	f.StringVar(&t.shown, "format", "table", "table or json")
	c.MarkFlagsMutuallyExclusive("working-days", "calendar-days", "day", "month-day")
	return c
}

// told is the error in the language of the person.
func (t *dueTrial) told(err error) error {
	if f := fault.Of(err); f != nil {
		return errors.New(f.Message(t.lang))
	}
	return err
}

// dueRow is a period with its due time as people and programs read it; a period
// that has none says why.
type dueRow struct {
	Key        string     `json:"key"`
	Label      string     `json:"label"`
	From       string     `json:"from"`
	To         string     `json:"to"`
	DueAt      *time.Time `json:"due_at"`
	Derivation string     `json:"derivation,omitempty"`
	Problem    string     `json:"problem,omitempty"`

	window, due string
}

// rows lists the periods. Unmet is the first period's fault that the rule cannot
// be met in; err is what is wrong with the question itself.
func (t *dueTrial) rows(w calendar.WorkingCalendar) (rows []dueRow, unmet, err error) {
	zone, schedule, validity, err := t.read()
	if err != nil {
		return nil, nil, err
	}
	periods, err := calendar.Periods(schedule, validity, calendar.Date{}, calendar.Date{})
	if err != nil {
		return nil, nil, err
	}
	rule := t.rule
	rule.Shift = calendar.Shift(t.shift)
	rows = make([]dueRow, 0, len(periods))
	for _, p := range periods {
		row := dueRow{Key: p.Key, Label: p.Label(t.lang), From: p.Start.String(), To: p.End.String(), window: p.Start.VN() + " – " + p.End.VN()}
		due, err := calendar.Due(p, schedule, rule, w, zone)
		switch f := fault.Of(err); {
		case err == nil:
			row.DueAt, row.Derivation, row.due = &due.At, due.Derivation.Sentence(t.lang), shownDue(due.At, zone)
		case f != nil && (f.Code == calendar.CodeDueBeforeStart || f.Code == calendar.CodeDueBeforeEnd):
			row.Problem = f.Message(t.lang)
			if unmet == nil && f.Code == calendar.CodeDueBeforeEnd {
				unmet = err
			}
		default:
			return nil, nil, err
		}
		rows = append(rows, row)
	}
	return rows, unmet, nil
}

// shownDue is a due day, with the hour where it is not the end of the day.
func shownDue(at time.Time, zone *time.Location) string {
	day := calendar.DueDay(at, zone)
	if day.AddDays(1).In(zone).Equal(at) {
		return day.VN()
	}
	return at.In(zone).Format("15:04 ") + day.VN()
}

// read turns the flags into what the calendar asks for.
func (t *dueTrial) read() (zone *time.Location, schedule calendar.Schedule, validity calendar.Range, err error) {
	if t.lang != "vi" && t.lang != "en" {
		return nil, schedule, validity, fmt.Errorf("--lang is vi or en, not %q", t.lang)
	}
	if t.shown != "table" && t.shown != "json" {
		return nil, schedule, validity, fmt.Errorf("--format is table or json, not %q", t.shown)
	}
	if zone, err = time.LoadLocation(t.zone); err != nil {
		return nil, schedule, validity, fmt.Errorf("--zone: %w", err)
	}
	if validity.From, err = calendar.ParseDate(t.from); err != nil {
		return nil, schedule, validity, fmt.Errorf("--from: %w", err)
	}
	if validity.To, err = calendar.ParseDate(t.to); err != nil {
		return nil, schedule, validity, fmt.Errorf("--to: %w", err)
	}
	schedule = calendar.Schedule{
		Windows: calendar.Family(t.windows), Cron: t.cron, KeepApart: t.keepApart,
		AtLeast: calendar.Frequency{Times: t.times, Per: calendar.Cadence(t.per)},
	}
	for _, name := range t.cadences {
		c := calendar.Cadence(name)
		if !c.MakesRounds() || c == calendar.Once {
			return nil, schedule, validity, fmt.Errorf("--cadence: %q has no periods", name)
		}
		schedule.Cadences = append(schedule.Cadences, c)
	}
	return zone, schedule, validity, nil
}

func writeDueJSON(out io.Writer, rows []dueRow, _ string) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(rows)
}

func writeDueTable(out io.Writer, rows []dueRow, language string) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	heading := "Kỳ\tThời gian chốt số liệu\tHạn\tCách tính"
	if language == "en" {
		heading = "Period\tWindow\tDue\tDerivation"
	}
	if _, err := fmt.Fprintln(table, heading); err != nil {
		return err
	}
	for _, r := range rows {
		if _, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.Label, r.window, cmp.Or(r.due, "–"), cmp.Or(r.Derivation, r.Problem)); err != nil {
			return err
		}
	}
	return table.Flush()
}
