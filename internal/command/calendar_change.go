package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"dondoc/internal/app"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/timetable"
)

// changeFlags are shared by the commands that change the calendars.
type changeFlags struct {
	apply    bool
	language string
}

func (f *changeFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.apply, "apply", false, "keep the change and move what it concerns; without it, it is only shown")
	c.Flags().StringVar(&f.language, "lang", "vi", "language of the explanations: vi or en")
}

func (f *changeFlags) run(cmd *cobra.Command, change timetable.Change) error {
	cfg, log, err := environment()
	if err != nil {
		return err
	}
	effect, err := app.ChangeCalendar(cmd.Context(), cfg, log, change, f.apply)
	if err != nil {
		return inLanguage(err, f.language)
	}
	return printEffect(cmd.OutOrStdout(), effect, f.language)
}

// calendarLoad loads a file of days.
func calendarLoad() *cobra.Command {
	var flags changeFlags
	change := timetable.Change{Kind: timetable.Days}
	c := &cobra.Command{
		Use: "load FILE", Short: "Show what a file of days (a decreed year, days of a territory) would move; with --apply, load it",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			source, err := os.ReadFile(args[0])
			if err != nil {
				return fmt.Errorf("read file of days: %w", err)
			}
			change.Name, change.Source = filepath.Base(args[0]), string(source)
			return flags.run(cmd, change)
		},
	}
	flags.add(c)
	c.Flags().StringVar(&change.Agency, "agency", "", "code of the agency whose days they are; default the whole country")
	c.Flags().BoolVar(&change.Territory, "territory", false, "the days hold for the agency and everything below it")
	return c
}

// calendarOutage declares a time in which people could not report.
func calendarOutage() *cobra.Command {
	var flags changeFlags
	var from, to string
	change := timetable.Change{Kind: timetable.SystemOutage}
	c := &cobra.Command{
		Use:   "outage --from TIME --to TIME --reason TEXT",
		Short: "Show which due times an outage of the system would move; with --apply, declare it", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if change.From, err = localTime("from", from); err != nil {
				return err
			}
			if change.To, err = localTime("to", to); err != nil {
				return err
			}
			return flags.run(cmd, change)
		},
	}
	flags.add(c)
	c.Flags().StringVar(&from, "from", "", `first instant, "2026-03-18 10:00" in Viet Nam's time`)
	c.Flags().StringVar(&to, "to", "", "last instant")
	c.Flags().StringVar(&change.Reason, "reason", "", "shown to people where the due time is explained")
	c.Flags().StringVar(&change.LegalBasis, "legal-basis", "", "number of the decision or letter that declares it")
	return c
}

func localTime(flag, text string) (time.Time, error) {
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		return time.Time{}, fmt.Errorf("zone: %w", err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		return at, fmt.Errorf("--%s %q: write it as \"2026-03-18 10:00\"", flag, text)
	}
	return at, nil
}

// printEffect lists what moves, one line per group of tasks or round.
func printEffect(out io.Writer, e timetable.Effect, language string) error {
	vi := language != "en"
	say := func(v, en string) string {
		if vi {
			return v
		}
		return en
	}
	lines := []string{fmt.Sprintf(say("%d việc của %d cơ quan, %d kỳ sắp mở, %d lần nhắc người xác nhận đổi thời gian; %d người và hộp thư được báo",
		"%d tasks of %d agencies, %d rounds to come and %d reviewers' reminders move; %d people and mailboxes are told"),
		e.Tasks, e.Agencies, len(e.Rounds), e.ReviewSteps, e.People)}
	for _, m := range e.Moves {
		zone, err := time.LoadLocation(m.TimeZone)
		if err != nil {
			return fmt.Errorf("plan zone: %w", err)
		}
		what := dayOf(m.DueFrom, zone) + " → " + dayOf(m.DueTo, zone)
		if m.DueFrom.Equal(m.DueTo) {
			what = fmt.Sprintf(say("hạn %s giữ nguyên, %d lần nhắc đổi giờ", "due %s as before, %d notices move"), dayOf(m.DueTo, zone), m.Steps)
		}
		lines = append(lines, fmt.Sprintf("%s %s %s: %s (%d) · %s", m.PlanCode, m.DutyCode, calendar.LabelOf(m.PeriodKey, language), what,
			len(m.Tasks), m.Derivation.Sentence(language)))
	}
	for _, r := range e.Rounds {
		zone, err := time.LoadLocation(r.TimeZone)
		if err != nil {
			return fmt.Errorf("plan zone: %w", err)
		}
		lines = append(lines, fmt.Sprintf(say("%s %s %s: mở %s → %s, hạn %s → %s", "%s %s %s: opens %s → %s, due %s → %s"),
			r.PlanCode, r.DutyCode, calendar.LabelOf(r.PeriodKey, language), r.OpensFrom.In(zone).Format("02/01/2006"), r.OpensTo.In(zone).Format("02/01/2006"),
			dayOf(r.DueFrom, zone), dayOf(r.DueTo, zone)))
	}
	if e.ChangeID == 0 && !e.Empty() {
		lines = append(lines, say("Chưa thay đổi gì; thêm --apply để áp dụng.", "Nothing was changed; add --apply to apply it."))
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

func dayOf(due time.Time, zone *time.Location) string { return calendar.DueDay(due, zone).VN() }

// inLanguage says a fault in the language that was asked for, all its parts
// with it.
func inLanguage(err error, language string) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	text := f.Message(language)
	for _, detail := range f.Details {
		text += "\n" + detail.Message(language)
	}
	return errors.New(text)
}
