package command

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"dondoc/internal/draft"
	"dondoc/internal/fault"
	"dondoc/internal/issued"
)

func planDraft() *cobra.Command {
	var format, into, language string
	c := &cobra.Command{
		Use: "draft FILE", Short: "Read an issued document (.docx .odt .html .md .pdf .txt .doc) and write a plan file to be checked", Args: cobra.ExactArgs(1),
		Long: `Reads an issued document and writes a draft plan file with comments that say where each thing stands in the
document and how sure it is; a report of what was read and of what is unclear goes to the screen. No date and no
cadence is made up: what the document leaves out stays empty, and "plan check" names the place.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			content, err := os.ReadFile(args[0])
			if err != nil {
				return fmt.Errorf("read document: %w", err)
			}
			doc, err := issued.Read(cmd.Context(), filepath.Base(args[0]), content)
			if f := fault.Of(err); f != nil {
				return fmt.Errorf("%s: %s", args[0], f.Message(language))
			}
			if err != nil {
				return err
			}
			d := draft.Read(doc)
			var out []byte
			switch format {
			case "json":
				if out, err = json.MarshalIndent(d, "", "  "); err == nil {
					out = append(out, '\n')
				}
			case "yaml":
				out, err = draft.PlanFile(d, nil)
			default:
				return fmt.Errorf("--format is yaml or json, not %q", format)
			}
			if err != nil {
				return err
			}
			if into != "" {
				if err := os.WriteFile(into, out, 0o644); err != nil { //nolint:gosec // a file for its reader
					return fmt.Errorf("write draft: %w", err)
				}
			} else if _, err := cmd.OutOrStdout().Write(out); err != nil {
				return err
			}
			if format == "json" {
				return nil
			}
			return draftReport(cmd.ErrOrStderr(), doc, d, language)
		},
	}
	c.Flags().StringVar(&format, "format", "yaml", "yaml: a plan file; json: everything that was read, for programs")
	c.Flags().StringVarP(&into, "out", "o", "", "file to write; default the standard output")
	c.Flags().StringVar(&language, "lang", "vi", "language of the report: vi or en")
	return c
}

// draftWords are the words of the report: Vietnamese, English.
var draftWords = map[string][2]string{
	"title": {"Văn bản", "Document"}, "issuer": {"Cơ quan ban hành", "Issuer"}, "valid": {"Thời gian", "Validity"}, "agencies": {"Cơ quan được giao", "Agencies"}, "duties": {"Nhiệm vụ", "Duties"},
	"targets": {"Chỉ tiêu", "Targets"}, "reporting": {"Chế độ báo cáo", "Reports"}, "annex": {"Nhiệm vụ trong phụ lục", "Tasks in annexes"}, "bases": {"Văn bản viện dẫn", "Cited documents"},
	"unclear": {"Chưa rõ", "Unclear"}, "line": {"dòng", "line"}, "none": {"không có", "none"}, "missing": {"văn bản không nêu", "not in the document"},
	string(draft.WhyNobody):    {"không nêu cơ quan nào", "names no agency"},
	string(draft.WhyUnread):    {"không có quy tắc nào hiểu", "no rule understands it"},
	string(draft.WhyNoDuty):    {"nêu cơ quan mà không giao việc", "names an agency and gives it nothing"},
	string(draft.WhyCadence):   {`chỉ nói "định kỳ", không nói bao lâu một lần`, `says "định kỳ" without saying how often`},
	string(draft.WhyNoYear):    {"hạn không có năm", "a due date without a year"},
	string(draft.WhyPast):      {"hạn trước ngày ban hành", "due before the document was issued"},
	string(draft.WhyNoDay):     {"ngày không có trong lịch", "no such day"},
	string(draft.WhyWords):     {"số tiền bằng chữ khác bằng số", "the sum in words is another than in digits"},
	string(draft.WhyNumber):    {"số văn bản có thể gõ sai", "the number of a document may be mistyped"},
	string(draft.WhyNoAddress): {"báo cáo không nêu nơi nhận", "a report without a recipient"},
}

// draftReport says what was read and what is unclear.
func draftReport(out io.Writer, doc issued.Document, d draft.Draft, language string) error {
	say := func(key string) string {
		if language == "en" {
			return draftWords[key][1]
		}
		return draftWords[key][0]
	}
	or := func(s string) string {
		if s == "" {
			return say("missing")
		}
		return s
	}
	duties := 0
	for _, a := range d.Agencies {
		duties += len(a.Duties)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(key, value string) { fmt.Fprintf(t, "%s\t%s\n", say(key), value) } //nolint:errcheck // Flush tells
	line("title", or(d.Plan.Title))
	line("issuer", or(string(d.Plan.Issuer)))
	line("valid", or(strings.Trim(string(d.Plan.ValidFrom)+" – "+string(d.Plan.ValidTo), " –")))
	line("agencies", fmt.Sprint(len(d.Agencies)))
	line("duties", fmt.Sprint(duties+len(d.Common)))
	line("targets", fmt.Sprint(len(d.Targets)))
	line("reporting", fmt.Sprint(len(d.Reporting)))
	line("annex", fmt.Sprint(len(d.AnnexTasks)))
	line("bases", fmt.Sprint(len(d.LegalBases)))
	line("unclear", fmt.Sprint(len(d.Unresolved)))
	for _, r := range doc.Remarks {
		if r.Code == issued.RemarkEncoding {
			fmt.Fprintf(t, "\t%s\n", r.Detail) //nolint:errcheck // Flush tells
		}
	}
	for _, u := range d.Unresolved {
		text := []rune(u.Text)
		if len(text) > 100 {
			text = append(text[:100], '…')
		}
		fmt.Fprintf(t, "  %s %d\t%s: %s\n", say("line"), u.Line, say(string(u.Why)), string(text)) //nolint:errcheck // Flush tells
	}
	return t.Flush()
}
