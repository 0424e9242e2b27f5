package task_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// faultsAt lists field and code of every fault, in order of the fields.
func faultsAt(err error) string {
	f := fault.Of(err)
	if f == nil {
		return fmt.Sprint(err)
	}
	var all []string
	for _, d := range f.Details {
		all = append(all, d.Field+" "+d.Code)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func TestWhatADutyAsksOfAReport(t *testing.T) {
	count := task.Field{Indicator: "vu", Name: "Số vụ", Kind: "count", Integer: true, Min: "0", Max: "1000"}
	rate := task.Field{Indicator: "ty-le", Name: "Tỷ lệ", Kind: "percent", Max: "100"}
	money := task.Field{Indicator: "tien", Name: "Kinh phí", Kind: "money"}
	word := task.Field{Indicator: "chu", Name: "Địa bàn", Kind: "text"}
	needed := count
	needed.Required = true
	fields := []task.Field{count, rate, money, word}
	signed := task.Content{Kind: task.Report, DocumentNumber: "15/BC-UBND", DocumentOn: calendar.NewDate(2026, 2, 4), SignatoryTitle: "Phó Chủ tịch"}
	figures := func(pairs ...string) (c task.Content) {
		c.Kind = task.Report
		for i := 0; i < len(pairs); i += 2 {
			c.Figures = append(c.Figures, task.Figure{Indicator: pairs[i], Value: pairs[i+1]})
		}
		return c
	}
	with := func(c task.Content, change func(*task.Content)) task.Content { change(&c); return c }
	needsText := []task.Section{{Heading: "Tình hình", Required: true}}
	document := task.Rules{Result: plan.ResultDocument, ResultRequired: true}
	for name, c := range map[string]struct {
		rules     task.Rules
		content   task.Content
		scans     int
		elsewhere bool
		want      string
	}{
		"nothing is asked that the plan does not require": {task.Rules{Result: plan.ResultBoth, Fields: fields}, task.Content{Kind: task.Report, Narrative: "Đã làm."}, 0, false, "<nil>"},
		"figures within their bounds":                     {task.Rules{Fields: fields}, figures("vu", "1000", "ty-le", "99.5", "tien", "079203001234", "chu", "xã A"), 0, false, "<nil>"},
		"figures out of their bounds": {task.Rules{Fields: fields}, figures("vu", "-1", "ty-le", "100.01", "tien", "năm triệu"), 0, false,
			"figures.tien figure.number, figures.ty-le figure.max, figures.vu figure.min"},
		"half a case":                       {task.Rules{Fields: fields}, figures("vu", "0.5"), 0, false, "figures.vu figure.integer"},
		"too many cases":                    {task.Rules{Fields: fields}, figures("vu", "1001"), 0, false, "figures.vu figure.max"},
		"a figure that nobody asked for":    {task.Rules{Fields: fields}, figures("la", "1"), 0, false, "figures.la figure.unknown"},
		"a citizen's number as a count":     {task.Rules{Fields: []task.Field{{Indicator: "vu", Kind: "count"}}}, figures("vu", "075203001234"), 0, false, "figures.vu privacy.identity"},
		"a citizen's number as a word":      {task.Rules{Fields: fields}, figures("chu", "075203001234"), 0, false, "figures.chu privacy.identity"},
		"a required figure is left out":     {task.Rules{Fields: []task.Field{needed, rate}}, figures("ty-le", "5"), 0, false, "figures.vu figure.required"},
		"none of a required figure is zero": {task.Rules{Fields: []task.Field{needed}}, figures("vu", "0"), 0, false, "<nil>"},
		"figures are the result":            {task.Rules{Result: plan.ResultFigures, ResultRequired: true, Fields: fields}, signed, 0, false, "figures.vu result.figures"},
		"a document is the result":          {document, signed, 1, false, "<nil>"},
		"a document without its scan":       {document, signed, 0, false, "attachments result.document"},
		"a document that is kept elsewhere": {document, signed, 0, true, "<nil>"},
		"a document that is not described": {document, task.Content{Kind: task.Report, Narrative: "Đã ký."}, 1, false,
			"document_number result.document, document_on result.document, signatory_title result.document"},
		"both, and neither given": {task.Rules{Result: plan.ResultBoth, ResultRequired: true, Fields: []task.Field{needed}}, task.Content{Kind: task.Report, Narrative: "x"}, 0, false,
			"attachments result.document, document_number result.document, document_on result.document, figures.vu figure.required, signatory_title result.document"},
		"a text is the result":     {task.Rules{Result: plan.ResultReport, ResultRequired: true}, signed, 0, false, "narrative result.narrative"},
		"the form asks for text":   {task.Rules{Sections: needsText}, signed, 0, false, "narrative section.required"},
		"the form bounds its text": {task.Rules{Sections: []task.Section{{Heading: "Tình hình", MaxLength: 5}}}, with(signed, func(c *task.Content) { c.Narrative = "Đã làm" }), 0, false, "narrative section.long"},
		"the text just fits":       {task.Rules{Sections: []task.Section{{Heading: "Tình hình", MaxLength: 6}}}, with(signed, func(c *task.Content) { c.Narrative = "Đã làm" }), 0, false, "<nil>"},
		"a nil return is whole":    {task.Rules{Result: plan.ResultBoth, ResultRequired: true, Sections: needsText, Fields: []task.Field{needed}}, task.Content{Kind: task.NilReturn}, 0, false, "<nil>"},
		"of a secret duty number and date": {task.Rules{Secret: true, Result: plan.ResultBoth, ResultRequired: true, Sections: needsText},
			with(signed, func(c *task.Content) { c.SignatoryTitle, c.Narrative = "", task.SentClassified }), 0, false, "<nil>"},
		"of a secret duty nothing more": {task.Rules{Secret: true, Fields: fields}, task.Content{Kind: task.Report, Narrative: "Kết quả", SignatoryTitle: "Trưởng phòng",
			Figures: []task.Figure{{Indicator: "vu", Value: "3"}}, Attachments: []int64{1}}, 1, false,
			"attachments secret.content, document_number secret.number, document_on secret.date, figures.vu secret.content, narrative secret.content, signatory_title secret.content"},
	} {
		if got := faultsAt(c.rules.Check(c.content, c.scans, c.elsewhere)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// What is being written may be unfinished, but is never classified.
func TestADraftOfASecretDutyHoldsNothingClassified(t *testing.T) {
	secret := task.Rules{Secret: true}
	for name, c := range map[string]struct {
		content task.Content
		want    string
	}{
		"nothing yet":     {task.Content{Kind: task.Report}, "<nil>"},
		"a number":        {task.Content{Kind: task.Report, DocumentNumber: "12/BC"}, "<nil>"},
		"what comes back": {task.Content{Kind: task.Report, Narrative: task.SentClassified}, "<nil>"},
		"a text":          {task.Content{Kind: task.Report, Narrative: "Kết quả"}, "narrative secret.content"},
		"a figure":        {task.Content{Kind: task.Report, Figures: []task.Figure{{Indicator: "vu", Value: "3"}}}, "figures.vu secret.content"},
		"who signed it":   {task.Content{Kind: task.Report, SignatoryTitle: "Trưởng phòng"}, "signatory_title secret.content"},
	} {
		if got := faultsAt(secret.CheckDraft(c.content)); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestWhatIsSentIsGuarded(t *testing.T) {
	in := task.SubmitInput{Kind: task.Report, Narrative: "Đã xử lý người có CCCD 075203001234.", DocumentNumber: "Mật", SignatoryTitle: "Phó Chủ tịch",
		Figures: []task.Figure{{Indicator: "vu", Value: "3"}, {Indicator: "chu", Value: "CMND 271234567"}}, Attachments: []int64{4, 4}}
	_, err := in.Clean()
	if got := faultsAt(err); got != "attachments attachments.twice, document_number secret.stamp, figures.chu privacy.identity, narrative privacy.identity" {
		t.Errorf("refused: %s", got)
	}
	// A draft is kept as typed, and tells what could not be sent.
	draft, err := task.DraftInput{Content: in.Content()}.Clean()
	if got := faultsAt(err); got != "attachments attachments.twice" || draft.Narrative != in.Narrative {
		t.Errorf("the draft: %s", got)
	}
}
