package plan_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
)

const schemaFile = "../../docs/schema/plan-1.schema.json"

// Run with UPDATE_SCHEMA=1 to write the published copy anew.
func TestPublishedSchemaIsCurrent(t *testing.T) {
	if os.Getenv("UPDATE_SCHEMA") != "" {
		if err := os.WriteFile(schemaFile, plan.Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	published, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(published, plan.Schema()) {
		t.Error("docs/schema/plan-1.schema.json is not what the program prints; run the test with UPDATE_SCHEMA=1")
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(plan.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(plan.SchemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(plan.SchemaID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON turns YAML into what a JSON Schema validator sees; dates stay text, as
// YAML 1.2 has them.
func asJSON(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.DocumentNode:
		return asJSON(t, n.Content[0])
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = asJSON(t, n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		s := []any{}
		for _, c := range n.Content {
			s = append(s, asJSON(t, c))
		}
		return s
	}
	if n.Tag == "!!timestamp" {
		return n.Value
	}
	var v any
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func parse(t *testing.T, content []byte) *yaml.Node {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal(content, &n); err != nil {
		t.Fatal(err)
	}
	return &n
}

func exampleNames(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(examples)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".yaml") {
			names = append(names, e.Name())
		}
	}
	if len(names) < 2 {
		t.Fatalf("examples are missing: %v", names)
	}
	return names
}

func TestExamplesAreSoundAndFitTheSchema(t *testing.T) {
	schema := compiled(t)
	for _, name := range exampleNames(t) {
		readExample(t, name)
		if err := schema.Validate(asJSON(t, parse(t, source(t, name)))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What an example quotes stands word for word on the line that it names.
func TestTextsStandInTheirLines(t *testing.T) {
	for _, name := range exampleNames(t) {
		p := readExample(t, name)
		if p.Document.TextFile == "" {
			continue
		}
		lines := strings.Split(string(source(t, p.Document.TextFile)), "\n")
		says := func(line int, text string) {
			if line < 1 || line > len(lines) || !strings.Contains(plain(lines[line-1]), text) {
				t.Errorf("%s: line %d does not say: %s", name, line, text)
			}
		}
		for _, i := range append(slices.Clone(p.Purposes), p.Content...) {
			says(i.Line, i.Text)
		}
		for _, x := range p.Targets {
			says(x.Line, x.Text)
		}
		for _, d := range p.Duties {
			says(d.Line, d.Text)
		}
	}
}

// A code of an indicator is shared across plans, so it means one thing.
func TestExamplesShareIndicators(t *testing.T) {
	known := map[string]plan.Indicator{}
	for _, name := range []string{"dong-nai-2016-2020.yaml", exampleAnThi} {
		for _, i := range readExample(t, name).Indicators {
			if other, ok := known[i.Code]; ok && !reflect.DeepEqual(i, other) {
				t.Errorf("%s: %+v is %+v elsewhere", name, i, other)
			}
			known[i.Code] = i
		}
	}
}

func TestManualExampleIsSound(t *testing.T) {
	page, err := os.ReadFile("../../docs/plan-file.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	example, _, found := strings.Cut(rest, "```")
	if _, problems := plan.Read("manual.yaml", []byte(example), nil); !found || len(problems) > 0 {
		t.Errorf("the manual's example: %s", problems)
	}
}

// The schema and the reader must refuse the same keys, wherever they stand: each
// mapping of the examples gets a foreign key and loses each of its own in turn.
func TestSchemaAndReaderKnowTheSameKeys(t *testing.T) {
	schema := compiled(t)
	agree := func(root *yaml.Node, what string) {
		content, err := yaml.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		_, problems := plan.Read("p.yaml", content, openIn(examples))
		unknown := slices.ContainsFunc(problems, func(p plan.Problem) bool {
			return p.Code == "key.unknown" || p.Code == "key.missing" || p.Code == "value.type" || p.Code == "value.form"
		})
		if invalid := schema.Validate(asJSON(t, root)) != nil; invalid != unknown {
			t.Errorf("%s: the schema refuses: %v, the reader: %v\n%s", what, invalid, unknown, problems)
		}
	}
	root := parse(t, source(t, "giao-nhiem-vu.yaml"))
	var visit func(n *yaml.Node, path string)
	visit = func(n *yaml.Node, path string) {
		if n.Kind == yaml.MappingNode {
			own := n.Content
			key, value := &yaml.Node{Kind: yaml.ScalarNode, Value: "khoa-la"}, &yaml.Node{Kind: yaml.ScalarNode, Value: "x"}
			n.Content = append(slices.Clone(own), key, value)
			agree(root, path+" with a foreign key")
			for i := 0; i < len(own); i += 2 {
				n.Content = slices.Delete(slices.Clone(own), i, i+2)
				agree(root, path+" without "+own[i].Value)
			}
			n.Content = own
			for i := 0; i < len(own); i += 2 {
				visit(own[i+1], path+"."+own[i].Value)
			}
			return
		}
		for i, c := range n.Content {
			visit(c, fmt.Sprintf("%s[%d]", path, i))
		}
	}
	visit(root, "")
}

// Nothing that a file declares may be dropped: whatever value is changed, the plan
// changes or the reader objects.
func TestNothingDeclaredIsDropped(t *testing.T) {
	t.Run("commented example", func(t *testing.T) { noticesEveryChange(t, source(t, "giao-nhiem-vu.yaml"), examples) })
	every, err := os.ReadFile("testdata/every-key.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("every key", func(t *testing.T) { noticesEveryChange(t, every, "testdata") })

	used := map[string]bool{}
	for _, content := range [][]byte{every, source(t, "giao-nhiem-vu.yaml"), source(t, "dong-nai-2016-2020.yaml")} {
		keysOf(parse(t, content), used)
	}
	var schema any
	if err := json.Unmarshal(plan.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for _, key := range properties(schema) {
		if !used[key] {
			t.Errorf("no file of these tests uses the key %s", key)
		}
	}
}

func keysOf(n *yaml.Node, used map[string]bool) {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			used[c.Value] = true
		}
		keysOf(c, used)
	}
}

// properties lists all keys that a schema knows.
func properties(schema any) []string {
	var keys []string
	switch s := schema.(type) {
	case map[string]any:
		for k, v := range s {
			if p, ok := v.(map[string]any); ok && k == "properties" {
				keys = append(keys, slices.Collect(maps.Keys(p))...)
			}
			keys = append(keys, properties(v)...)
		}
	case []any:
		for _, v := range s {
			keys = append(keys, properties(v)...)
		}
	}
	return keys
}

func noticesEveryChange(t *testing.T, content []byte, folder string) {
	whole, problems := plan.Read("p.yaml", content, openIn(folder))
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	root := parse(t, content)
	var visit func(n *yaml.Node, path string)
	visit = func(n *yaml.Node, path string) {
		for i, c := range n.Content {
			switch {
			case n.Kind == yaml.MappingNode && i%2 == 0:
				continue
			case n.Kind == yaml.MappingNode:
				visit(c, path+"."+n.Content[i-1].Value)
			default:
				visit(c, path)
			}
		}
		if n.Kind != yaml.ScalarNode {
			return
		}
		old := n.Value
		defer func() { n.Value = old }()
		switch n.Tag {
		case "!!bool":
			n.Value = map[string]string{"true": "false", "false": "true"}[old]
		case "!!int":
			n.Value = old + "1"
		case "!!timestamp":
			n.Value = "2023" + old[4:]
		default:
			n.Value = old + "x"
		}
		changed, err := yaml.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		p, problems := plan.Read("p.yaml", changed, openIn(folder))
		if !problems.HasErrors() && reflect.DeepEqual(p, whole) {
			t.Errorf("%s: %q became %q and nobody noticed", path, old, n.Value)
		}
	}
	visit(root.Content[0], "")
}

func TestSchedulesOfDongNai(t *testing.T) {
	p := readExample(t, "dong-nai-2016-2020.yaml")
	levels := map[string]string{}
	for _, a := range p.Agencies {
		levels[a.Code] = a.Level
	}
	tests := []struct{ code, cadences, owed, recipient, configured, policy string }{
		{"IV.1.a", "quarterly half_year nine_month yearly continuous ad_hoc", "1", "ubnd-tinh", "cadence due windows reporting_basis", "periodic"},
		{"IV.1.h", "yearly", "1", "ubnd-tinh", "role due windows reporting_basis", "periodic"},
		{"IV.2.e", "flash monthly quarterly yearly", "1", "so-ldtbxh", "windows reporting_basis due", "periodic"},
		{"IV.10.a", "standing", "1", "", "", "requested"},
		{"IV.15.h", "ad_hoc continuous monthly quarterly yearly", "11", "so-ldtbxh", "reviewer consolidates windows reporting_basis due", "periodic"},
		{"IV.15.i.3", "monthly quarterly yearly", "170", "parent", "cadence recipient nil_return windows reporting_basis due", "periodic"},
		{"V.1.a", "yearly", "1", "so-tai-chinh", "due windows reporting_basis", "periodic"},
		{"V.1.b", "yearly", "181", "parent", "due recipient windows reporting_basis", "periodic"},
		{"V.2", "quarterly half_year nine_month yearly", "26", "so-ldtbxh", "reviewer windows reporting_basis due", "periodic"},
		{"V.3.b", "standing", "21", "ubnd-tinh", "covered_by", "periodic"},
		{"V.3.c", "event", "26", "so-ldtbxh", "", "periodic"},
	}
	for _, tt := range tests {
		i := slices.IndexFunc(p.Duties, func(d plan.Duty) bool { return d.Code == tt.code })
		d := p.Duties[i]
		owed := 0
		for _, a := range d.Assignments {
			if a.Role.Owes() {
				owed++
			}
		}
		recipient := d.Recipient.Agency
		if d.Recipient.Parent {
			recipient = "parent"
		}
		got := []string{strings.Trim(fmt.Sprint(d.Schedule.Cadences), "[]"), fmt.Sprint(owed), recipient, strings.Join(d.Configured, " "), d.Policy}
		if want := []string{tt.cadences, tt.owed, tt.recipient, tt.configured, tt.policy}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", tt.code, got, want)
		}
	}
	for _, d := range p.Duties {
		for _, c := range d.Schedule.Cadences {
			if c == calendar.Monthly && d.Schedule.Windows != calendar.DecreeWindows {
				t.Errorf("%s closes by %s", d.Code, d.Schedule.Windows)
			}
		}
	}
	if i := slices.IndexFunc(p.Agencies, func(a plan.Agency) bool { return a.Code == "xa-25993" }); i < 0 ||
		p.Agencies[i].Name != "UBND phường Trảng Dài" || p.Agencies[i].Parent != "huyen-731" || levels["huyen-731"] != "district" {
		t.Error("the communes do not hang from their districts")
	}
}

func TestMove(t *testing.T) {
	content := source(t, "dong-nai-2016-2020.yaml")
	today := calendar.NewDate(2026, 11, 23)
	before := readExample(t, "dong-nai-2016-2020.yaml")
	years := plan.YearsToContain(before, today)
	if years != 10 {
		t.Fatalf("moved by %d years", years)
	}
	moved, err := plan.Move(content, years)
	if err != nil {
		t.Fatal(err)
	}
	p, problems := plan.Read("moved.yaml", moved, openIn(examples))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if p.ValidFrom.String() != "2026-01-01" || p.ValidTo.String() != "2030-12-31" || p.Code != before.Code {
		t.Errorf("validity %s to %s, code %s", p.ValidFrom, p.ValidTo, p.Code)
	}
	if !strings.HasSuffix(p.Document.Title, "giai đoạn 2026 - 2030") {
		t.Errorf("title %q", p.Document.Title)
	}
	if !reflect.DeepEqual(p.LegalBases, before.LegalBases) {
		t.Error("legal bases were moved")
	}
	for i, d := range p.Duties {
		if strings.Contains(d.Text, "2016 - 2020") || d.Code != before.Duties[i].Code {
			t.Errorf("%s was not moved: %s", d.Code, d.Text)
		}
	}
	if p.Targets[0].Due.String() != "2030-12-31" || p.Budget[0].Period != "2026 - 2030" {
		t.Errorf("target due %s, budget %s", p.Targets[0].Due, p.Budget[0].Period)
	}
	if a, b := bytes.Count(content, []byte("#")), bytes.Count(moved, []byte("#")); a != b {
		t.Errorf("%d comments became %d", a, b)
	}
	back, err := plan.Move(moved, -years)
	if err != nil || !bytes.Equal(back, content) {
		t.Error("moving back does not give the same text")
	}
}

func TestMoveTouchesOnlyWhatBelongsToThePlan(t *testing.T) {
	in := `format: 1
valid_from: 2024-02-29 # từ 2024-02-29, giai đoạn 2024 - 2025
valid_to: "2025-12-31"
legal_bases:
  - {number: 01/2024/NĐ-CP, date: 2024-02-29, subject: giai đoạn 2024 - 2025}
targets:
  - {code: T, text: 'giai đoạn 2024-2025, năm 2024 và ''2024 – 2025''', due: 2025-06-30} # 2024 - 2025
duties:
  - code: A
    text: >-
      Thực hiện kế hoạch giai đoạn 2024 -
      2025; tổng kết năm 2025
    # giai đoạn 2024 - 2025
    due_on: 2025-05-31
    reporting_basis: Chương trình giai đoạn 2024 - 2025
    due_dates: {2024-M02: {commune: 2024-02-29}, "2025-Q1": {other: 2025-04-02}} # 2024-M02
    duties:
      - code: A.1
        due_dates:
          2024-02-29T08:00:
            other: "2024-03-01"
          '2024-W07-L2': {commune: 2024-02-20, district: 2024-02-21}
          once: {other: 2025-06-01}
    note: "từ 2023 - 2024"
`
	want := `format: 1
valid_from: 2026-02-28 # từ 2024-02-29, giai đoạn 2024 - 2025
valid_to: "2027-12-31"
legal_bases:
  - {number: 01/2024/NĐ-CP, date: 2024-02-29, subject: giai đoạn 2024 - 2025}
targets:
  - {code: T, text: 'giai đoạn 2026-2027, năm 2024 và ''2026 – 2027''', due: 2027-06-30} # 2024 - 2025
duties:
  - code: A
    text: >-
      Thực hiện kế hoạch giai đoạn 2026 -
      2027; tổng kết năm 2025
    # giai đoạn 2024 - 2025
    due_on: 2027-05-31
    reporting_basis: Chương trình giai đoạn 2024 - 2025
    due_dates: {2026-M02: {commune: 2026-02-28}, "2027-Q1": {other: 2027-04-02}} # 2024-M02
    duties:
      - code: A.1
        due_dates:
          2026-02-28T08:00:
            other: "2026-03-01"
          '2026-W07-L2': {commune: 2026-02-20, district: 2026-02-21}
          once: {other: 2027-06-01}
    note: "từ 2023 - 2024"
`
	got, err := plan.Move([]byte(in), 2)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got:\n%s", got)
	}
	for _, bad := range []string{"", "a: [", "valid_from: 2024-01-01"} {
		if _, err := plan.Move([]byte(bad), 1); err == nil {
			t.Errorf("%q was moved", bad)
		}
	}
}

func TestYearsToContain(t *testing.T) {
	tests := []struct {
		from, to, day string
		want          int
	}{
		{"2016-01-01", "2020-12-31", "2020-12-31", 0},
		{"2016-01-01", "2020-12-31", "2021-01-01", 5},
		{"2016-01-01", "2020-12-31", "2026-11-23", 10},
		{"2016-01-01", "2020-12-31", "2015-12-31", -5},
		{"2026-01-12", "2026-12-31", "2027-06-01", 1},
		{"2026-06-01", "2027-05-31", "2030-05-31", 3},
	}
	for _, tt := range tests {
		p := &plan.Plan{ValidFrom: date(t, tt.from), ValidTo: date(t, tt.to)}
		if got := plan.YearsToContain(p, date(t, tt.day)); got != tt.want {
			t.Errorf("%s to %s, %s: %d, want %d", tt.from, tt.to, tt.day, got, tt.want)
		}
	}
}

func date(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func zoneOf(t *testing.T, p *plan.Plan) *time.Location {
	t.Helper()
	zone, err := p.Zone()
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func BenchmarkReadDongNai(b *testing.B) {
	content := source(b, "dong-nai-2016-2020.yaml")
	for b.Loop() {
		if p, problems := plan.Read("d.yaml", content, openIn(examples)); p == nil {
			b.Fatal(problems)
		}
	}
}
