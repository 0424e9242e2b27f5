package plan_test

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
)

var brief = plan.Policy{Code: "nhac-gon", Name: "Nhắc gọn: hai bước", Steps: []calendar.StepRule{
	{Code: "before_3", Kind: "reminder", Anchor: calendar.AnchorDue, Offset: -3, Unit: calendar.WorkingDays, TimeOfDay: "07:30", Audience: []calendar.Audience{calendar.FocalPoint, calendar.Head}, Severity: 20},
	{Code: "late", Kind: "overdue", Anchor: calendar.AnchorDue, Offset: 4, Unit: calendar.Hours, Cron: "0 8 * * 1", Audience: []calendar.Audience{calendar.Supervisor}, Digest: true},
}}

func TestAPolicyIsPutIntoAPlanFile(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"behind a file without policies", "format: 1 # bản 1\nduties: []\n", "format: 1 # bản 1\nduties: []\n\npolicies:\n" + briefText},
		{"without an end of line", "format: 1", "format: 1\n\npolicies:\n" + briefText},
		{"in its place", "policies:\n  # của tỉnh\n  - code: a\n    name: A\n    steps: []\n  - code: nhac-gon\n    name: Cũ\n    steps:\n      - code: x # cũ\n        kind: overdue\n\n# hết\nduties: []\n",
			"policies:\n  # của tỉnh\n  - code: a\n    name: A\n    steps: []\n" + briefText + "\n# hết\nduties: []\n"},
		{"behind the others", "policies:\n- code: a\n  name: A\nduties: []\n", "policies:\n- code: a\n  name: A\n" + strings.ReplaceAll("\n"+briefText, "\n  ", "\n")[1:] + "duties: []\n"},
		{"between others", "policies:\n  - code: nhac-gon\n    name: Cũ\n  # b\n  - code: b\n    name: B\n", "policies:\n" + briefText + "  # b\n  - code: b\n    name: B\n"},
	} {
		got, err := plan.WithPolicy([]byte(c.before), brief)
		if err != nil || string(got) != c.after {
			t.Errorf("%s: %v\n%s\nwant\n%s", c.name, err, got, c.after)
		}
	}
}

const briefText = `  - code: nhac-gon
    name: 'Nhắc gọn: hai bước'
    steps:
      - code: before_3
        kind: reminder
        anchor: due
        offset: -3
        time: "07:30"
        audience: [focal_point, head]
        severity: 20
      - code: late
        kind: overdue
        anchor: due
        offset: 4
        unit: hours
        cron: 0 8 * * 1
        audience: [supervisor]
        digest: true
`

// Layouts that nobody writes by hand lose none of their content.
func TestAPolicyIsPutIntoAnyLayout(t *testing.T) {
	for _, before := range []string{
		`{"format": 1, "policies": [{"code": "nhac-gon", "name": "Cũ", "steps": []}], "code": "x"}`,
		"policies: []\nformat: 1\n",
		"policies:\n  -\n    code: nhac-gon\n    name: Cũ\nformat: 1\n",
		"policies:\n  - code: nhac-gon\n    name: |\n      Cũ\n      và dài\n    steps:\n      - code: x\n        cron: |\n          0 8 * * 1\n          \nformat: 1\n",
		"policies:\n  - {code: a, name: A}\n  - {code: nhac-gon,\n     name: Cũ}\nformat: 1\n",
		"---\nformat: 1\n...\n",
		"format: 1\r\npolicies:\r\n  - code: nhac-gon\r\n    name: Cũ\r\n",
	} {
		got, err := plan.WithPolicy([]byte(before), brief)
		if err != nil {
			t.Errorf("%s: %v", before, err)
			continue
		}
		if s := string(got); strings.Count(s, "nhac-gon") != 1 || strings.Contains(s, "Cũ") || !strings.Contains(s, "07:30") || !strings.Contains(s, "format") {
			t.Errorf("%s became\n%s", before, s)
		}
	}
	for _, before := range []string{"", "a: [", "- a", "\x00"} {
		if got, err := plan.WithPolicy([]byte(before), brief); err == nil {
			t.Errorf("%q became %s", before, got)
		}
	}
}

// A plan that was issued says the same but for the policy, whatever that holds.
func TestNothingButThePolicyChanges(t *testing.T) {
	const name = "giao-nhiem-vu.yaml"
	written := source(t, name)
	read := func(t interface{ Fatal(...any) }, source []byte) *plan.Plan {
		p, problems := plan.Read(name, source, openIn(examples))
		if p == nil {
			t.Fatal(problems)
		}
		return p
	}
	rapid.Check(t, func(t *rapid.T) {
		wanted := plan.Policy{Code: rapid.SampledFrom([]string{"nhac-gon", "periodic", "review", "khac"}).Draw(t, "code"), Name: rapid.StringMatching(`[a-zA-ZđĂ:#'"\-\[{&*!|>% ]{0,12}x`).Draw(t, "name")}
		for i := range rapid.IntRange(1, 4).Draw(t, "steps") {
			s := calendar.StepRule{
				Code: "s" + string(rune('a'+i)), Kind: "reminder", Anchor: calendar.AnchorDue, Offset: rapid.IntRange(-20, 20).Draw(t, "offset"),
				Unit:     rapid.SampledFrom([]calendar.Unit{calendar.WorkingDays, calendar.CalendarDays, calendar.Hours}).Draw(t, "unit"),
				Audience: []calendar.Audience{calendar.Head}, Severity: rapid.IntRange(0, 90).Draw(t, "severity"), Digest: rapid.Bool().Draw(t, "digest"),
				Cron: rapid.SampledFrom([]string{"", "0 8 * * 1", "30 7 * * *"}).Draw(t, "cron"),
			}
			if s.Unit != calendar.Hours {
				s.TimeOfDay = rapid.SampledFrom([]string{"08:00", "17:30"}).Draw(t, "time")
			}
			wanted.Steps = append(wanted.Steps, s)
		}
		wanted.Name = strings.TrimSpace(wanted.Name)
		edited, err := plan.WithPolicy(written, wanted)
		if err != nil {
			t.Fatal(err)
		}
		if added, had := strings.Count(string(edited), "#"), strings.Count(string(written), "#"); added < had-12 {
			t.Fatalf("%d of %d comments are left", added, had)
		}
		before, after := read(t, written), read(t, edited)
		found := false
		for _, p := range after.Policies {
			if p.Code == wanted.Code {
				found = reflect.DeepEqual(p, wanted)
			}
		}
		if !found {
			t.Fatalf("%+v is not among %+v", wanted, after.Policies)
		}
		before.Policies, after.Policies = nil, nil
		if !reflect.DeepEqual(before, after) {
			t.Fatal("more than the policy changed")
		}
	})
}
