package plan_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dondoc/internal/plan"
)

// examples is the folder that people start from.
const examples = "../../examples"

func openIn(folder string) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) { return os.ReadFile(filepath.Join(folder, path)) }
}

func source(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(examples, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readExample(t testing.TB, name string) *plan.Plan {
	t.Helper()
	p, problems := plan.Read(name, source(t, name), openIn(examples))
	if len(problems) > 0 {
		t.Fatalf("the example has problems:\n%s", problems)
	}
	return p
}

// small is a sound plan; tests break it in one place. Line numbers count from
// its first line, so keep replacements to one line unless the case needs more.
const small = `format: 1
code: small
document: {type: Kế hoạch, title: Kế hoạch nhỏ, level: province}
issuer: tinh
valid_from: 2026-01-01
valid_to: 2027-12-31
defaults: {reporting_basis: chế độ báo cáo,
  due: {other: {working_days: 5}}}
agencies:
  - {code: tinh, name: UBND tỉnh, level: province}
  - {code: so-a, name: Sở A, level: department, parent: tinh}
  - {code: so-b, name: Sở B, level: department, parent: tinh}
groups:
  - {code: cac-so, name: Các sở, children_of: tinh}
duties:
  - code: I.1
    text: Báo cáo hằng tháng
    agencies: so-a
    schedule_words: [hằng tháng]
    cadences: monthly
    recipient: tinh
  - code: I.2
    text: Phối hợp thực hiện
    agencies: "@cac-so"
`

func TestSmallPlanIsSound(t *testing.T) {
	p, problems := plan.Read("small.yaml", []byte(small), nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := p.Duties[1].Assignments; len(got) != 2 || !got[0].Addressed || got[0].Agency != "so-a" {
		t.Errorf("the group was not expanded: %+v", got)
	}
	if p.Standing != "tinh" || p.TimeZone != plan.DefaultTimeZone {
		t.Errorf("defaults: standing %q, zone %q", p.Standing, p.TimeZone)
	}
}

func TestBadInput(t *testing.T) {
	tests := []struct {
		name     string
		old, new string
		// want holds "line:column code" of every error, in order.
		want []string
		says string
	}{
		{"broken YAML", "  - code: I.2", "  - code: [I.2", []string{"22:3 yaml.syntax"}, "not YAML"},
		{"bad indentation far below the list's beginning", "    recipient: tinh", "   recipient: tinh", []string{"21:4 yaml.syntax"}, "indentation"},
		{"colon in a sentence", "text: Phối hợp thực hiện", "text: Phối hợp: thực hiện", []string{"23:5 yaml.syntax"}, "quotes"},
		{"tab", "    recipient: tinh", "\trecipient: tinh", []string{"21:2 yaml.syntax"}, "not with tabs"},
		{"group without quotes", `"@cac-so"`, "@cac-so", []string{"24:15 yaml.syntax"}, "quotes"},
		{"duplicate YAML key", "    recipient: tinh", "    recipient: tinh\n    text: lại", []string{"22:5 key.duplicate"}, "line 17"},
		{"unknown key", "    recipient: tinh", "    recipent: tinh", []string{"21:5 key.unknown"}, `did you mean "recipient"`},
		{"missing key", "    text: Phối hợp thực hiện\n", "", []string{"22:5 key.missing"}, "text"},
		{"wrong type", "    agencies: so-a", "    agencies: {so-a: lead}", []string{"18:15 value.type"}, "must be a list"},
		{"no value", "issuer: tinh", "issuer:", []string{"4:8 value.missing"}, "no value"},
		{"unknown agency", "    agencies: so-a", "    agencies: so-aa", []string{"18:15 agency.unknown"}, `did you mean "so-a"`},
		{"unknown issuer", "issuer: tinh", "issuer: tính", []string{"4:9 value.form"}, "code"},
		{"group written as agency", `"@cac-so"`, "cac-so", []string{"24:15 agency.unknown"}, `"@cac-so"`},
		{"unknown group", `"@cac-so"`, `"@cac-xa"`, []string{"24:15 group.unknown"}, `did you mean "cac-so"`},
		{"cycle of one", "level: province}\n  - {code: so-a", "level: province, parent: tinh}\n  - {code: so-a", []string{"10:60 agency.cycle"}, "tinh → tinh"},
		{"cycle of three", "level: province}\n  - {code: so-a, name: Sở A, level: department, parent: tinh}", "level: province, parent: so-b}\n  - {code: so-a, name: Sở A, level: department, parent: tinh}", []string{"10:60 agency.cycle"}, "circle"},
		{"unknown parent", "so-b, name: Sở B, level: department, parent: tinh", "so-b, name: Sở B, level: department, parent: tin", []string{"12:57 agency.unknown"}, `did you mean "tinh"`},
		{"two agencies with one code", "{code: so-b, name: Sở B", "{code: so-a, name: Sở B", []string{"12:12 code.duplicate"}, "line 11"},
		{"two duties with one code", "  - code: I.2", "  - code: I.1", []string{"22:11 code.duplicate"}, "line 16"},
		{"summing up in a circle", "    recipient: tinh\n  - code: I.2", "    recipient: tinh\n    consolidates: I.2\n  - code: I.2\n    consolidates: [I.1]", []string{"22:19 duty.consolidates_cycle", "24:19 duty.consolidates_cycle"}, "I.1 → I.2 → I.1"},
		{"counting what nothing sums up", "    recipient: tinh\n  - code: I.2", "    recipient: tinh\n    consolidate_when: submitted\n  - code: I.2", []string{"22:23 duty.consolidates_nothing"}, "needs consolidates"},
		{"sections of a report that never comes", "    agencies: \"@cac-so\"", "    standing_sections: true\n    agencies: \"@cac-so\"", []string{"24:24 duty.standing_sections"}, "add cadences"},
		{"cron that never fires", "    cadences: monthly", "    cron: \"0 8 31 2 *\"\n    configured: cadence", []string{"20:11 cron.invalid"}, "never fires"},
		{"cron that cannot be read", "    cadences: monthly", "    cron: \"8 giờ\"\n    configured: cadence", []string{"20:11 cron.invalid"}, "five fields"},
		{"cron with both days", "    cadences: monthly", "    cron: \"0 8 1 * 1\"\n    configured: cadence", []string{"20:11 cron.invalid"}, "keep only one"},
		{"cadence cron without expression", "    cadences: monthly", "    cadences: cron", []string{"20:15 cron.missing"}, "cron:"},
		{"due before the period's end", "other: {working_days: 5}", "other: {day: 25}", []string{"8:9 due.before_end"}, "before_end: true"},
		{"due on a fixed day before the end", "other: {working_days: 5}", `other: {month_day: "07-20"}`, []string{"8:9 due.before_end"}, "before_end: true"},
		{"due rule with two forms", "other: {working_days: 5}", "other: {working_days: 5, day: 3}", []string{"8:39 due.forms"}, "one form only"},
		{"due rule that says nothing", "other: {working_days: 5}", "other: {shift: next}", []string{"8:16 due.forms"}, "does not say when"},
		{"due rule without a level", "due: {other: {working_days: 5}}", "due: {working_days: 5}", []string{"8:9 due.level", "16:5 due.missing"}, "under a level"},
		{"no due rule for a level", "due: {other: {working_days: 5}}", "due: {province: {working_days: 5}}", []string{"16:5 due.missing"}, `"department"`},
		{"31 February", "valid_to: 2027-12-31", "valid_to: 2027-02-31", []string{"6:11 value.date"}, "no day"},
		{"ends before it begins", "valid_to: 2027-12-31", "valid_to: 2025-12-31", []string{"6:11 validity.order"}, "before valid_from"},
		{"unknown time zone", "issuer: tinh", "issuer: tinh\ntime_zone: Asia/Hanoi", []string{"5:12 time_zone.unknown"}, "IANA"},
		{"bare định kỳ", "    schedule_words: [hằng tháng]\n    cadences: monthly\n", "    schedule_words: [định kỳ]\n", []string{"19:21 cadence.unset"}, "must be set before activation"},
		{"bare định kỳ in the text alone", "Phối hợp thực hiện", "Định kỳ báo cáo kết quả", []string{"22:5 cadence.unset"}, "must be set before activation"},
		{"bare định kỳ, cadence set but not marked", "schedule_words: [hằng tháng]", "schedule_words: [định kỳ]", []string{"20:15 cadence.unmarked"}, "configured: [cadence]"},
		{"rounds that nobody owes", "    agencies: so-a", "    agencies: so-a\n    roles: coordinating", []string{"16:5 duty.unowed"}, "owed_as"},
		{"once without a date", "    cadences: monthly", "    cadences: once", []string{"20:15 once.date"}, "due_on"},
		{"anchors", "    text: Báo cáo hằng tháng", "    text: &a Báo cáo hằng tháng", []string{"17:11 yaml.anchor"}, "not used"},
		{"two documents", "format: 1\n", "format: 1\n---\n", []string{"1:1 yaml.documents"}, "one plan per file"},
		{"another format", "format: 1", "format: 2", []string{"1:9 format.version"}, "only format: 1"},
		{"empty group", "children_of: tinh}", "children_of: so-a}", []string{"14:5 group.empty"}, "no agency"},
		{"unit list outside the folder", "agencies:\n  - {code: tinh", "units: [../../etc/passwd]\nagencies:\n  - {code: tinh", []string{"9:9 file.path"}, "relative path"},
		{"unknown policy", "    recipient: tinh", "    recipient: tinh\n    policy: periodc", []string{"22:13 policy.unknown"}, `did you mean "periodic"`},
		{"unknown duty", "    recipient: tinh", "    recipient: tinh\n    consolidates: I.3", []string{"22:19 duty.unknown"}, "there is no duty"},
		{"a target's number forgotten", "duties:\n", "targets: [{code: T, text: giảm, measures: [{kind: percent}]}]\nduties:\n", []string{"15:44 target.number"}, "qualitative"},
		{"an aim in words with a number", "duties:\n", "targets: [{code: T, text: giảm, measures: [{kind: qualitative, number: 5}]}]\nduties:\n", []string{"15:72 target.number"}, "take it out"},
		{"a target without any measure", "duties:\n", "targets: [{code: T, text: giảm, measures: []}]\nduties:\n", []string{"15:43 target.empty"}, "qualitative"},
		{"quí is quý", "schedule_words: [hằng tháng]", "schedule_words: [một quí một lần]", []string{"20:15 cadence.unmarked"}, "lacks it"},
		{"passed on by nobody", "    recipient: tinh", "    recipient: tinh\n    forwarding: required", []string{"22:17 forwarding.through"}, "needs through"},
		{"passed on to itself", "    recipient: tinh", "    recipient: tinh\n    through: tinh\n    forwarding: required", []string{"22:14 forwarding.reviewer"}, "to itself"},
		{"time to pass on what is not", "    recipient: tinh", "    recipient: tinh\n    through: so-b\n    forward_within: 2", []string{"23:21 forwarding.within"}, "forwarding: required only"},
		{"bounds that no figure keeps", "duties:\n", "indicators: [{code: i, name: Số vụ, unit: count, min: 5, max: 4.5}]\nduties:\n", []string{"15:63 indicator.bounds"}, "must not be below"},
		{"bounds of a text", "duties:\n", "indicators: [{code: i, name: Nơi, unit: text, max: 4}]\nduties:\n", []string{"15:52 indicator.text_bound"}, "has no max"},
		{"length of what is no text", "duties:\n", "indicators: [{code: i, name: Số vụ, unit: count}]\nforms: [{code: f, name: Mẫu, sections: [{heading: Phần, indicators: i, max_length: 5}]}]\nduties:\n", []string{"16:84 form.length"}, "narrative: true only"},
		{"length beyond every text", "duties:\n", "forms: [{code: f, name: Mẫu, sections: [{heading: Phần, narrative: true, max_length: 20001}]}]\nduties:\n", []string{"15:86 form.length"}, "at most 20000"},
		{"unknown body, form and indicator", "    recipient: tinh", "    recipient: tinh\n    bodies: to\n    form: mau\n    indicators: so", []string{"22:13 body.unknown", "23:11 form.unknown", "24:17 indicator.unknown"}, "declare it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if strings.Count(small, tt.old) != 1 {
				t.Fatalf("%q is in the small plan %d times", tt.old, strings.Count(small, tt.old))
			}
			p, problems := plan.Read("p.yaml", []byte(strings.Replace(small, tt.old, tt.new, 1)), openIn(t.TempDir()))
			if p != nil {
				t.Error("a faulty plan was loaded")
			}
			var got []string
			for _, f := range problems {
				if f.Severity == plan.SeverityError {
					got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Code))
				}
				if f.VI == "" || f.EN == "" || strings.Contains(f.VI+f.EN, "%!") {
					t.Errorf("incomplete message: %q / %q", f.VI, f.EN)
				}
			}
			if strings.Join(got, ", ") != strings.Join(tt.want, ", ") {
				t.Errorf("found %v, want %v\n%s", got, tt.want, problems)
			}
			if !strings.Contains(problems.String(), tt.says) {
				t.Errorf("no message says %q:\n%s", tt.says, problems)
			}
		})
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	broken := strings.NewReplacer("issuer: tinh", "issuer: tihn", "    agencies: so-a", "    agencys: so-a",
		"valid_to: 2027-12-31", "valid_to: mai", "code: I.2", "code: I.1").Replace(small)
	_, problems := plan.Read("p.yaml", []byte(broken), nil)
	want := []string{
		`p.yaml:4:9: there is no agency "tihn"; did you mean "tinh"?`,
		`p.yaml:6:11: "mai" has the wrong form: write a date as 2026-11-23 (year-month-day)`,
		`p.yaml:16:5: "agencies" is missing; add a line agencies: …`,
		`p.yaml:18:5: there is no key "agencys"; did you mean "agencies"?`,
		`p.yaml:22:11: duty code "I.1" is already used on line 16; give each duty a code of its own`,
	}
	for _, line := range want {
		if !strings.Contains(problems.String(), line) {
			t.Errorf("missing: %s\nin:\n%s", line, problems)
		}
	}
	for i := 1; i < len(problems); i++ {
		if problems[i].Line < problems[i-1].Line {
			t.Errorf("not sorted by position:\n%s", problems)
		}
	}
}

func TestTooLargeAndEmpty(t *testing.T) {
	for name, content := range map[string][]byte{
		"file.size":     []byte("code: " + strings.Repeat("a", plan.MaxSize)),
		"file.empty":    []byte("# chỉ có chú thích\n"),
		"file.encoding": []byte("code: \xff\xfe"),
	} {
		if _, problems := plan.Read("p.yaml", content, nil); len(problems) != 1 || problems[0].Code != name {
			t.Errorf("want one %s, got %s", name, problems)
		}
	}
}

func TestBeforeEndPermitsAnEarlierDay(t *testing.T) {
	early := strings.Replace(small, "other: {working_days: 5}", "other: {day: 25, before_end: true}", 1)
	if _, problems := plan.Read("p.yaml", []byte(early), nil); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestConfiguredMarks(t *testing.T) {
	marked := strings.Replace(small, "  due: {other: {working_days: 5}}}", "  windows: decree_09_2019, due: {other: {working_days: 5}}, configured: [windows, due, reporting_basis]}", 1)
	p, problems := plan.Read("p.yaml", []byte(marked), nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := strings.Join(p.Duties[0].Configured, " "); got != "windows reporting_basis due" {
		t.Errorf("a duty that takes the defaults is marked %q", got)
	}
	if len(p.Duties[1].Configured) > 0 {
		t.Errorf("a standing duty has neither windows nor due day: %v", p.Duties[1].Configured)
	}
}

func TestUnitLists(t *testing.T) {
	withUnits := strings.Replace(small, "agencies:\n  - {code: tinh", "units:\n  - file: u.csv\n    levels: {district: {code: \"huyen-{code}\", name: \"UBND {name_lower}\"}, province: {same_as: tinh}}\nagencies:\n  - {code: tinh", 1)
	tests := []struct{ name, csv, want string }{
		{"sound", "code,name,level,parent_code\n7,Tỉnh,province,\n71,Huyện Ấ,district,7\n", ""},
		{"child before its parent", "code,name,level,parent_code\n71,Huyện Ấ,district,7\n7,Tỉnh,province,\n", ""},
		{"unknown parent", "code,name,level,parent_code\n7,Tỉnh,province,\n71,Huyện Ấ,district,8\n", "u.csv:3:21: \"8\": there is no agency with this code"},
		{"duplicate", "code,name,level,parent_code\n7,Tỉnh,province,\n71,Huyện Ấ,district,7\n71,Huyện B,district,7\n", "u.csv:4:1: unit code \"71\" is already used on line 3"},
		{"unknown column", "code,nam,level,parent_code\n", "u.csv:1:6: there is no column \"nam\"; did you mean \"name\"?"},
		{"too few columns", "code,name,level,parent_code\n7,Tỉnh,province,\n71,Huyện\n", "u.csv:3:1: the row has 2 columns, the heading 4"},
		{"broken quotes", "code,name,level,parent_code\n7,\"Tỉnh,province,\n", "u.csv:2:21: this is no CSV row"},
		{"missing name", "code,name,level,parent_code\n7,Tỉnh,province,\n71,,district,7\n", "u.csv:3:4: name is missing"},
		{"empty", "", "u.csv:1:1: the file is empty"},
		{"cycle", "code,name,level,parent_code\n7,Tỉnh,province,\n71,A,x,72\n72,B,x,71\n", "u.csv:3:8: the agency tree runs in a circle: 71 → 72 → 71"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, problems := plan.Read("p.yaml", []byte(withUnits), func(string) ([]byte, error) { return []byte(tt.csv), nil })
			if tt.want == "" {
				if problems.HasErrors() {
					t.Fatal(problems)
				}
				last := p.Agencies[len(p.Agencies)-1]
				if last.Code != "huyen-71" || last.Name != "UBND huyện Ấ" || last.Parent != "tinh" {
					t.Errorf("%+v", last)
				}
				return
			}
			if p != nil || !strings.Contains(problems.String(), tt.want) {
				t.Errorf("want %s, got:\n%s", tt.want, problems)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(chained))
	f.Add([]byte("format: 1\nduties:\n- duties: [{duties: [{}]}]\n"))
	f.Add([]byte("a: &a [*a, *a]\n"))
	f.Add([]byte("groups: [{code: a, list: \"@b\"}, {code: b, list: \"@a\", owners_of: I}]\n"))
	f.Add([]byte("? [a]\n: {b: 1}\n"))
	f.Add([]byte("agencies: [{code: a, parent: b}, {code: b, parent: a}]\nunits: [{file: u.csv}, u.csv, 3]"))
	f.Fuzz(func(t *testing.T, content []byte) {
		p, problems := plan.Read("fuzz.yaml", content, func(string) ([]byte, error) { return content, nil })
		if (p == nil) != problems.HasErrors() {
			t.Fatalf("plan %v with problems %s", p, problems)
		}
		for _, problem := range problems {
			if problem.Line < 1 || problem.Column < 1 || problem.VI == "" || problem.EN == "" {
				t.Fatalf("incomplete problem %+v", problem)
			}
		}
		if moved, err := plan.Move(content, 5); err == nil && p != nil {
			if _, problems := plan.Read("moved.yaml", moved, func(string) ([]byte, error) { return content, nil }); problems.HasErrors() {
				t.Fatalf("moving broke the plan: %s\n%s", problems, moved)
			}
		}
	})
}

func TestWhetherAResultIsRequiredIsInheritedAndOverruled(t *testing.T) {
	for _, c := range []struct {
		defaults, duty string
		want           bool
	}{{"", "", false}, {"result_required: true, ", "", true}, {"result_required: true, ", "\n    result_required: false", false}, {"", "\n    result_required: true", true}} {
		text := strings.Replace(small, "defaults: {", "defaults: {"+c.defaults, 1)
		p, problems := plan.Read("p.yaml", []byte(strings.Replace(text, "    recipient: tinh", "    recipient: tinh"+c.duty, 1)), nil)
		if len(problems) > 0 || p.Duties[0].ResultRequired != c.want {
			t.Errorf("%q, %q: %v", c.defaults, c.duty, problems)
		}
	}
}
