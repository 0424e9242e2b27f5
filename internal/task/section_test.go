package task_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dondoc/internal/task"
)

var threeSections = []task.Section{{Heading: "Tình hình", Required: true}, {Heading: "Khó khăn, vướng mắc:"}, {Heading: "Kiến nghị", MaxLength: 10}}

func TestSectionsStandInOneText(t *testing.T) {
	got := task.SplitSections("Trong kỳ ổn định.\nKhó khăn, vướng mắc\nThiếu kinh phí.\n\nKiến nghị:\nBổ sung.", threeSections)
	if !slices.Equal(got, []string{"Trong kỳ ổn định.", "Thiếu kinh phí.", "Bổ sung."}) {
		t.Errorf("%q", got)
	}
	one := threeSections[:1]
	if got := task.SplitSections("Tình hình\ntốt", one); !slices.Equal(got, []string{"Tình hình\ntốt"}) {
		t.Errorf("a single section is the whole text: %q", got)
	}
	rules := task.Rules{Sections: threeSections}
	err := rules.Check(task.Content{Kind: task.Report, Narrative: "Kiến nghị\nBổ sung kinh phí cho năm sau."}, 0, false)
	if got := faultsAt(err); got != "narrative section.long, narrative section.required" || !strings.Contains(err.Error(), "submission.invalid") {
		t.Errorf("%s", got)
	}
	if err := rules.Check(task.Content{Kind: task.Report, Narrative: "Tình hình\nỔn định.\nKiến nghị\nKhông."}, 0, false); err != nil {
		t.Error(err)
	}
}

func TestJoinedSectionsComeApartAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-zđ]{1,5}[ \n]){0,4}[a-zđ]{1,5}`)
		texts := []string{text.Draw(t, "a"), text.Draw(t, "b"), text.Draw(t, "c")}
		if empty := rapid.IntRange(0, 3).Draw(t, "empty"); empty < 3 {
			texts[empty] = ""
		}
		if got := task.SplitSections(task.JoinSections(texts, threeSections), threeSections); !slices.Equal(got, texts) {
			t.Fatalf("%q became %q", texts, got)
		}
	})
}
