package request_test

import (
	"strings"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/request"
)

func TestWhatMayBeAsked(t *testing.T) {
	day := calendar.NewDate(2026, 2, 12)
	for _, c := range []struct {
		name  string
		in    request.AskInput
		field string // empty: taken
	}{
		{"an extension", request.AskInput{Kind: request.Extension, Text: " chờ số liệu ", ProposedOn: day}, ""},
		{"an extension without a day", request.AskInput{Kind: request.Extension, Text: "x"}, "proposed_on"},
		{"a waiver with a day", request.AskInput{Kind: request.Waiver, Text: "x", ProposedOn: day}, "proposed_on"},
		{"a waiver with a time of one's own", request.AskInput{Kind: request.Waiver, Text: "x", WorkingDays: 1}, "due_on"},
		{"a waiver of a named body", request.AskInput{Kind: request.Waiver, Text: "x", ToAgencies: []int64{1}}, "to_agency_ids"},
		{"an explanation in ten days", request.AskInput{Kind: request.Explanation, Text: "x", WorkingDays: 10}, ""},
		{"an explanation in too many", request.AskInput{Kind: request.Explanation, Text: "x", WorkingDays: 61}, "working_days"},
		{"days and a day", request.AskInput{Kind: request.Explanation, Text: "x", WorkingDays: 1, DueOn: day}, "due_on"},
		{"an obstacle", request.AskInput{Kind: request.Obstacle, Text: "x", ToAgencies: []int64{2, 1, 2}}, ""},
		{"an obstacle to nobody", request.AskInput{Kind: request.Obstacle, Text: "x"}, "to_agency_ids"},
		{"no words", request.AskInput{Kind: request.Help, Text: " \n ", ToAgencies: []int64{1}}, "text"},
		{"too many words", request.AskInput{Kind: request.Help, Text: strings.Repeat("a", 4001), ToAgencies: []int64{1}}, "text"},
		{"a control character", request.AskInput{Kind: request.Help, Text: "a\x00", ToAgencies: []int64{1}}, "text"},
		{"another kind", request.AskInput{Kind: "leave", Text: "x"}, "kind"},
	} {
		got, err := c.in.Clean()
		switch f := fault.Of(err); {
		case c.field == "" && err != nil, c.field != "" && (f == nil || f.Kind != fault.Invalid || f.Field != c.field):
			t.Errorf("%s: %v, want a fault of %q", c.name, err, c.field)
		case err == nil && (strings.TrimSpace(got.Text) != got.Text || len(got.ToAgencies) > 2):
			t.Errorf("%s was not cleaned: %+v", c.name, got)
		}
	}
	if _, err := (request.Act{Text: " "}).Clean(true); fault.Of(err) == nil {
		t.Error("a reason that is needed may be blank")
	}
	if _, err := (request.Act{}).Clean(false); err != nil {
		t.Error(err)
	}
}
