package plan_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
)

const changing = `format: 1
code: nho
document: {type: Kế hoạch, title: Kế hoạch nhỏ, level: province}
issuer: tinh
valid_from: 2026-01-01
valid_to: 2026-12-31
agencies:
  - {code: tinh, name: UBND tỉnh, level: province}
  - {code: so-a, name: Sở A, level: department, parent: tinh}
  - {code: so-b, name: Sở B, level: department, parent: tinh}
duties:
  - {code: I.1, text: Báo cáo khi được yêu cầu, agencies: so-a, cadences: ad_hoc, recipient: tinh, due: {other: {working_days: 3}}}
  - {code: I.2, text: Việc thường xuyên, agencies: so-b}
# Phần sau.
`

func TestFormerCodesTemplatesAndTheDutyAbove(t *testing.T) {
	for _, c := range []struct{ name, more, code, field string }{
		{"a former code in use", "  - {code: I.3, renamed_from: I.1, text: x, agencies: so-a}\n", "duty.renamed", "duties[2].renamed_from"},
		{"a former code twice", "  - {code: I.3, renamed_from: X, text: x, agencies: so-a}\n  - {code: I.4, renamed_from: X, text: x, agencies: so-a}\n", "code.duplicate", "duties[3].renamed_from"},
		{"a template of a standing duty", "templates:\n  - {code: t, title: T, duty: I.2}\n", "template.duty", "templates[0].duty"},
		{"a template of another cadence", "templates:\n  - {code: t, title: T, duty: I.1, cadence: flash}\n", "template.duty", "templates[0].duty"},
		{"a template for who does not owe", "templates:\n  - {code: t, title: T, duty: I.1, agencies: so-b}\n", "template.agency", "templates[0].agencies"},
		{"due in two ways", "templates:\n  - {code: t, title: T, duty: I.1, hours: 4, working_days: 2}\n", "template.due", "templates[0].hours"},
		{"a clock without hours", "templates:\n  - {code: t, title: T, duty: I.1, round_the_clock: true}\n", "template.due", "templates[0].round_the_clock"},
		{"the same template twice", "templates:\n  - {code: t, title: T, duty: I.1}\n  - {code: t, title: U, duty: I.1}\n", "code.duplicate", "templates[1].code"},
		{"a duty of its own", "implements: {plan: nho, duty: I.1}\n", "implements.self", "implements.plan"},
		{"a body set up by no duty", "bodies:\n  - {code: to, name: Tổ, established_by: I.9}\n", "duty.unknown", "bodies[0].established_by"},
	} {
		_, problems := plan.Read("nho.yaml", []byte(changing+c.more), nil)
		if !slices.ContainsFunc(problems, func(p plan.Problem) bool { return p.Code == c.code && p.Field == c.field && p.Line > 0 && p.VI != "" }) {
			t.Errorf("%s: %s", c.name, problems)
		}
	}
	p, problems := plan.Read("nho.yaml", []byte(changing+"templates:\n  - {code: t, title: T, duty: I.1, agencies: so-a, hours: 4}\nimplements: {plan: tren, duty: V.1}\n"), nil)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	if want := (calendar.DueRule{Hours: 4}); len(p.Templates) != 1 || p.Templates[0].Due != want || p.Templates[0].Agencies[0] != "so-a" || p.Implements.Duty != "V.1" {
		t.Errorf("%+v %+v", p.Templates, p.Implements)
	}
}

// YAML lets one write characters that no text may hold; none of them comes in.
func TestNoControlCharacterComesIn(t *testing.T) {
	for name, source := range map[string]string{
		"in a text": strings.Replace(changing, "Việc thường xuyên", `"Việc\0"`, 1), "in a key": strings.Replace(changing, "{other: {working_days: 3}}", `{"x\0": {working_days: 3}}`, 1),
		"direction": strings.Replace(changing, "Kế hoạch nhỏ", `"Kế\u202Ehoạch"`, 1), "as it is": changing + "# \x00\n",
	} {
		p, problems := plan.Read("nho.yaml", []byte(source), nil)
		if p != nil || !problems.HasErrors() || problems[0].Line < 1 {
			t.Errorf("%s: %s", name, problems)
		}
	}
	for name, content := range map[string]string{"a zero byte": "code,name,level,parent_code\nx\x00,X,xã,\n", "not UTF-8": "code,name,level,parent_code\nx,\xff,xã,\n"} {
		_, problems := plan.Read("nho.yaml", []byte(changing+"units:\n  - u.csv\n"), func(string) ([]byte, error) { return []byte(content), nil })
		if !slices.ContainsFunc(problems, func(p plan.Problem) bool { return p.Code == "file.encoding" }) {
			t.Errorf("%s: %s", name, problems)
		}
	}
	added, err := plan.AddDuty([]byte(changing), plan.DutyDraft{Code: "X", Text: "a\x00b", Agencies: []string{"so-a"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, problems := plan.Read("nho.yaml", added, nil); !slices.ContainsFunc(problems, func(p plan.Problem) bool { return p.Code == "text.control" && p.Field == "duties[2].text" }) {
		t.Errorf("in a duty that is added: %s", problems)
	}
}

// A duty that is added stands in the file as if it had been written there, and
// nothing else changes.
func TestADutyIsWrittenIntoAFile(t *testing.T) {
	example, err := os.ReadFile("../../examples/giao-nhiem-vu.yaml")
	if err != nil {
		t.Fatal(err)
	}
	draft := plan.DutyDraft{Code: "X.1", Title: `Việc "gấp": #1`, Text: "Dòng một\nDòng hai: <b>", Agencies: []string{"so-a"}, DueOn: calendar.NewDate(2026, 12, 1), NilReturn: true}
	for name, source := range map[string]string{
		"comments after": changing, "no line end": strings.TrimRight(changing, "\n"), "keys after": changing + "budget:\n  - {code: K, text: tiền}\n",
	} {
		added, err := plan.AddDuty([]byte(source), draft)
		if err != nil {
			t.Fatal(err)
		}
		p, problems := plan.Read("nho.yaml", added, nil)
		if problems.HasErrors() {
			t.Fatalf("%s: %s\n%s", name, problems, added)
		}
		if len(p.Duties) != 3 || p.Duties[2].Text != draft.Text || p.Duties[2].Title != draft.Title || p.Duties[2].Schedule.DueOn != draft.DueOn || !p.Duties[2].NilReturn {
			t.Errorf("%s: %+v", name, p.Duties[len(p.Duties)-1])
		}
		for line := range strings.SplitSeq(source, "\n") {
			if !strings.Contains(string(added), line) {
				t.Errorf("%s: %q is gone", name, line)
			}
		}
	}
	before, problems := plan.Read("e.yaml", example, openIn(examples))
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	draft.Agencies = []string{before.Duties[0].Assignments[0].Agency}
	added, err := plan.AddDuty(example, draft)
	if err != nil {
		t.Fatal(err)
	}
	after, problems := plan.Read("e.yaml", added, openIn(examples))
	if problems.HasErrors() || len(after.Duties) != len(before.Duties)+1 || after.Duties[len(after.Duties)-1].Code != "X.1" {
		t.Errorf("the example: %s", problems)
	}
	for _, bad := range []string{"", "x", "duties: [{code: a}]", "duties: 5", "a: [", "- duties"} {
		if _, err := plan.AddDuty([]byte(bad), draft); err == nil {
			t.Errorf("%q took a duty", bad)
		}
	}
}

func TestPartsOfABody(t *testing.T) {
	p, problems := plan.Read("nho.yaml", []byte(strings.Replace(changing, "# Phần sau.\n", `  - {code: I.3, text: Tham gia, agencies: so-b, roles: [member, implementing], bodies: to}
  - {code: I.4, text: Phối hợp với tổ, agencies: tinh, bodies: to}
groups:
  - {code: so, name: Các sở, list: [so-a, so-b]}
bodies:
  - {code: to, name: Tổ, lead: tinh, members: "@so"}
`, 1)), nil)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	var got []string
	for _, part := range p.PartsOf(p.Bodies[0]) {
		got = append(got, part.Agency+" "+string(part.Role)+" "+strings.Join(part.Duties, ","))
	}
	if want := []string{"tinh lead ", "so-a member ", "so-b member I.3"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
