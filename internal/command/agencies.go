package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"dondoc/internal/agency"
	"dondoc/internal/app"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
)

// Agencies groups what is done to the tree of agencies.
func Agencies() *cobra.Command {
	c := &cobra.Command{Use: "agencies", Short: "Merge, divide, rename, move and dissolve agencies"}
	c.AddCommand(agenciesReorganise())
	return c
}

func agenciesReorganise() *cobra.Command {
	var preview bool
	var language string
	c := &cobra.Command{
		Use:   "reorganise FILE",
		Short: "Apply a file of acts on agencies, or record it for the day on which it takes effect",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			source, err := os.ReadFile(args[0])
			if err != nil {
				return fmt.Errorf("read file of reorganisation: %w", err)
			}
			file, problems := plan.ReadReorganisation(filepath.Base(args[0]), source)
			for _, problem := range problems {
				if _, err := fmt.Fprintln(cmd.OutOrStdout(), problem.In(language)); err != nil {
					return err
				}
			}
			if file == nil {
				return fmt.Errorf("%s: %d problems, nothing was changed", args[0], len(problems))
			}
			cfg, log, err := environment()
			if err != nil {
				return err
			}
			effect, err := app.Reorganise(cmd.Context(), cfg, log, file, source, !preview)
			if err != nil {
				return placedIn(err, filepath.Base(args[0]), language)
			}
			return printReorganisation(cmd.OutOrStdout(), effect, file, language)
		},
	}
	c.Flags().BoolVar(&preview, "preview", false, "only show what would happen")
	c.Flags().StringVar(&language, "lang", "vi", "language of the messages: vi or en")
	return c
}

// printReorganisation says what happens, the totals first.
func printReorganisation(out io.Writer, e agency.Effect, file *agency.Reorganisation, language string) error {
	say := func(vi, en string) string {
		if language == "en" {
			return en
		}
		return vi
	}
	counts := map[agency.Outcome]int{}
	for _, t := range e.Tasks {
		counts[t.Outcome]++
	}
	lines := []string{
		fmt.Sprintf(say("%s, hiệu lực %s", "%s, effective %s"), file.Basis, file.EffectiveOn.VN()),
		fmt.Sprintf(say("%d thay đổi về đơn vị, %d phân công chuyển, %d chuỗi nhận và xác nhận tính lại, %d chức danh chuyển",
			"%d changes of agencies, %d assignments move, %d recipients and reviewers anew, %d posts move"), len(e.Agencies), len(e.Assignments), e.Chains, len(e.Posts)),
		fmt.Sprintf(say("việc chưa xong: %d chuyển, %d hủy vì đơn vị kế thừa đã nợ, %d ở lại chờ xác nhận",
			"unsettled tasks: %d move, %d are cancelled for the successor owes them already, %d stay and wait for a decision"),
			counts[agency.TaskMoved], counts[agency.TaskCancelled], counts[agency.TaskKept]),
		fmt.Sprintf(say("%d đề nghị, %d lịch, %d văn bản theo đơn vị kế thừa; %d người và hộp thư được báo",
			"%d requests, %d calendar feeds, %d plans follow; %d people and mailboxes are told"), e.Requests, e.Feeds, e.Plans, e.People),
	}
	for _, l := range e.Loads {
		if l.Before != 0 || l.After != 0 {
			lines = append(lines, fmt.Sprintf(say("%s: nợ %d → %d", "%s: owes %d → %d"), l.Code, l.Before, l.After))
		}
	}
	for _, w := range e.Warnings {
		lines = append(lines, say("lưu ý: "+w.VI, "warning: "+w.EN))
	}
	switch e.State {
	case agency.Applied:
		lines = append(lines, say("Đã áp dụng.", "Applied."))
	case agency.Recorded:
		lines = append(lines, say("Đã ghi nhận; tự áp dụng khi đến ngày hiệu lực.", "Recorded; it is applied when its day begins."))
	default:
		lines = append(lines, say("Chưa thay đổi gì; bỏ --preview để áp dụng.", "Nothing was changed; leave out --preview to apply it."))
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// placedIn says a fault with the lines of the file that its parts name.
func placedIn(err error, name, language string) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	text := f.Message(language)
	for _, detail := range f.Details {
		text += fmt.Sprintf("\n%s:%d:%d: %s", name, detail.Line, detail.Column, detail.Message(language))
	}
	return errors.New(text)
}
