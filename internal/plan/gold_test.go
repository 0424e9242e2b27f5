package plan_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"dondoc/internal/plan"
)

// gold is the plan of Đồng Nai as read by hand, line by line, apart from the
// example: what it holds must be in the example.
type gold struct {
	LegalBases []struct {
		Kind   string
		Number string `yaml:"number_as_written"`
		Date   string
		Issuer string
		Lines  []int
	} `yaml:"legal_bases"`
	Purposes []goldItem
	Targets  []struct {
		Section, Letter, Text string
		Line                  int
		Indicators            []goldMeasure
	}
	OutsideMeasures []goldMeasure `yaml:"indicators_outside_section_II"`
	Content         []goldItem    `yaml:"content_tasks"`
	Agencies        []struct {
		No       int
		Agencies []string
		Mode     string
		Duties   []goldDuty
	}
	CrossCutting []goldDuty `yaml:"cross_cutting_duties"`
	Reporting    []struct {
		ID                    string
		Line                  int
		From, To, Onward      []string
		Through, Consolidated string
		CadenceWords          []string `yaml:"cadence_words"`
		Cadences              []string
	} `yaml:"reporting_lines"`
	Budget []struct {
		Section, Cadence, Text string
		Line, Amount           int
		InWords                string `yaml:"in_words"`
		Holder                 any
	}
	Bodies []struct {
		Name   string
		Levels []string
		Lines  []int
	} `yaml:"interagency_bodies"`
	Counts struct {
		Named          int `yaml:"distinct_agencies_named"`
		Total          int `yaml:"duties_total"`
		SubDuties      int `yaml:"sub_duties"`
		Targets        int `yaml:"targets_lettered"`
		Measures       int `yaml:"target_indicators"`
		Purposes       int
		Content        int `yaml:"content_tasks"`
		Reporting      int `yaml:"reporting_obligations"`
		Budget         int `yaml:"budget_lines"`
		Bodies         int `yaml:"interagency_bodies"`
		LegalDocuments int `yaml:"legal_documents"`
	}
}

type goldItem struct {
	Section, Letter, Text string
	Line, Dash            int
}

type goldMeasure struct {
	Kind, Unit, Measure, Soft string
	Number                    int
}

type goldDuty struct {
	ID, Section, Letter, Text string
	Line                      int
	Role                      string
	AlsoRoles                 []string `yaml:"also_roles"`
	Partners, Directs         []string
	CadenceWords              []string   `yaml:"cadence_words"`
	Cadences                  []string   `yaml:"cadences"`
	ReportTo                  []string   `yaml:"report_to"`
	OwnPlan                   bool       `yaml:"own_plan"`
	SubDuties                 []goldDuty `yaml:"sub_duties"`
	Bodies                    []string
	Who                       []string
}

// plain is the text as compared: composed, U+00A0 a blank, no outer blanks.
func plain(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(norm.NFC.String(s), "\u00a0", " "))
}

func readGold(t *testing.T) *gold {
	t.Helper()
	b, err := os.ReadFile("testdata/gold-dong-nai-2016-2020.yaml")
	if err != nil {
		t.Fatal(err)
	}
	g := new(gold)
	if err := yaml.Unmarshal(b, g); err != nil {
		t.Fatal(err)
	}
	return g
}

// comparison collects what is different.
type comparison struct {
	g           *gold
	p           *plan.Plan
	differences []string
}

func (c *comparison) same(what string, got, want any) {
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		c.differences = append(c.differences, fmt.Sprintf("%s: %q, the gold says %q", what, g, w))
	}
}

func (c *comparison) text(what, got, want string) { c.same(what, got, plain(want)) }

func compare(g *gold, p *plan.Plan) []string {
	c := &comparison{g: g, p: p}
	c.counts()
	c.duties()
	c.targets()
	c.rest()
	return c.differences
}

func (c *comparison) counts() {
	nested := 0
	for _, d := range c.p.Duties {
		if d.Parent != "" {
			nested++
		}
	}
	n := c.g.Counts
	c.same("duties", len(c.p.Duties)-nested, n.Total)
	c.same("nested duties", nested, n.SubDuties)
	c.same("purposes", len(c.p.Purposes), n.Purposes)
	c.same("content", len(c.p.Content), n.Content)
	c.same("reporting", len(c.p.Reporting), n.Reporting)
	c.same("budget", len(c.p.Budget), n.Budget)
	c.same("bodies", len(c.p.Bodies), n.Bodies)
	c.same("legal bases", len(c.p.LegalBases), n.LegalDocuments)
}

// named returns the code of the agency or the codes of the group's members that
// the document calls by a name; nil where the tree has none.
func (c *comparison) named(name string) []string {
	name = plain(name)
	for _, g := range c.p.Groups {
		if g.Name == name || strings.EqualFold(g.Name, name) {
			return g.Members
		}
	}
	for _, a := range c.p.Agencies {
		if a.Name == name || a.ShortName == name || slices.Contains(a.Aliases, name) {
			return []string{a.Code}
		}
	}
	return nil
}

var roleWords = map[string]plan.Role{"lead": plan.Lead, "implement": plan.Implementing, "coordinate": plan.Coordinating, "member": plan.Member}

// goldCodes are the codes of the duties of section V, which bear no letters.
var goldCodes = map[string]string{"DN-VZ1": "V.3.a", "DN-VZ2": "V.3.b", "DN-VZ3": "V.3.c"}

func (c *comparison) duties() {
	addressees := map[string]bool{}
	for _, group := range c.g.Agencies {
		var owners []string
		for _, name := range group.Agencies {
			codes := c.named(name)
			if codes == nil {
				c.differences = append(c.differences, "no agency "+name)
			}
			owners = append(owners, codes...)
			if group.No < 15 {
				addressees[name] = true
			}
		}
		for _, d := range group.Duties {
			code := d.Section
			if d.Letter != "" {
				code += "." + d.Letter
			}
			c.duty(code, "", d, owners, group.Mode)
			for i, sub := range d.SubDuties {
				sub.Section = code
				c.duty(fmt.Sprintf("%s.%d", code, i+1), code, sub, c.named("UBND các xã, phường, thị trấn"), group.Mode)
			}
		}
	}
	c.same("named agencies", len(addressees), c.g.Counts.Named)
	for _, d := range c.g.CrossCutting {
		code := d.Section
		if own := goldCodes[d.ID]; own != "" {
			code = own
		}
		c.duty(code, "", d, nil, "assigned")
	}
}

func (c *comparison) duty(code, parent string, want goldDuty, owners []string, mode string) {
	i := slices.IndexFunc(c.p.Duties, func(d plan.Duty) bool { return d.Code == code })
	if i < 0 {
		c.differences = append(c.differences, "no duty "+code)
		return
	}
	d := c.p.Duties[i]
	what := "duty " + code + " "
	c.text(what+"text", d.Text, want.Text)
	c.same(what+"line", d.Line, want.Line)
	c.same(what+"parent", d.Parent, parent)
	c.same(what+"mode", d.Mode, mode)
	wantRoles := []plan.Role{roleWords[want.Role]}
	for _, r := range want.AlsoRoles {
		wantRoles = append(wantRoles, roleWords[r])
	}
	c.same(what+"roles", d.Roles, wantRoles)
	c.same(what+"own plan", d.OwnPlan, want.OwnPlan)
	c.same(what+"directs", join(d.Directs), join(want.Directs))
	var addressed []string
	for _, a := range d.Assignments {
		if a.Addressed {
			addressed = append(addressed, a.Agency)
		}
	}
	if owners != nil {
		c.same(what+"agencies", sorted(addressed), sorted(owners))
	} else if len(addressed) == 0 {
		c.differences = append(c.differences, what+"is given to nobody")
	}
	for _, p := range want.Partners {
		c.partner(what, d, p)
	}
	c.same(what+"number of bodies", len(d.Bodies) > 0, len(want.Bodies) > 0)
	for _, to := range want.ReportTo {
		codes := c.named(to)
		received := slices.ContainsFunc(d.Onward, func(o string) bool { return strings.EqualFold(o, plain(to)) }) || len(codes) == 1 && codes[0] == d.Recipient.Agency
		if !received {
			c.differences = append(c.differences, what+"does not go to "+to)
		}
	}
	c.schedule(what, d, want)
}

// partner: an agency of the tree takes part, any other partner stands as written.
func (c *comparison) partner(what string, d plan.Duty, name string) {
	if slices.Contains(d.Partners, plain(name)) {
		return
	}
	codes := c.named(name)
	if name == "các huyện, thị xã, thành phố" || name == "UBND các huyện" {
		codes = c.named("UBND các huyện, thị xã, thành phố")
	}
	if len(codes) == 0 {
		c.differences = append(c.differences, what+"lacks the partner "+name)
	}
	for _, code := range codes {
		if !slices.ContainsFunc(d.Assignments, func(a plan.Assignment) bool { return a.Agency == code && (a.Role == plan.Coordinating || a.Addressed) }) {
			c.differences = append(c.differences, what+"lacks the partner "+code)
		}
	}
}

func (c *comparison) schedule(what string, d plan.Duty, want goldDuty) {
	c.same(what+"words", join(d.ScheduleWords), join(want.CadenceWords))
	var said, set []string
	open := false
	for _, s := range want.Cadences {
		if s == "periodic_unspecified" {
			open = true
			continue
		}
		said = append(said, s)
	}
	for _, s := range d.Schedule.Cadences {
		set = append(set, string(s))
	}
	marked := slices.Contains(d.Configured, "cadence")
	switch {
	case open && d.CoveredBy != "":
		c.same(what+"marks its cover", slices.Contains(d.Configured, "covered_by"), true)
	case open || marked:
		// What the document leaves open is marked; what it says is kept.
		c.same(what+"is marked", marked, true)
		for _, s := range said {
			c.same(what+"keeps "+s, slices.Contains(set, s), true)
		}
	case len(said) == 0 && want.ID == "DN-VZ3":
		c.same(what+"cadences", join(set), "event") // "kịp thời" has no cadence in the gold's list
	case len(said) == 0:
		c.same(what+"cadences", join(set), "standing")
	default:
		c.same(what+"cadences", sorted(set), sorted(said))
	}
	if len(d.Due) > 0 {
		// The document names no due day.
		c.same(what+"marks its due day", slices.Contains(d.Configured, "due"), true)
	}
}

func (c *comparison) targets() {
	measures := 0
	for _, want := range c.g.Targets {
		code := want.Section + "." + want.Letter
		i := slices.IndexFunc(c.p.Targets, func(t plan.Target) bool { return t.Code == code })
		if i < 0 {
			c.differences = append(c.differences, "no target "+code)
			continue
		}
		t := c.p.Targets[i]
		c.text("target "+code, t.Text, want.Text)
		c.same("target line "+code, t.Line, want.Line)
		c.measures(code, t.Measures, want.Indicators)
		measures += len(t.Measures)
		c.same("due of "+code, t.Due, "2020-12-31")
	}
	c.same("measures", measures, c.g.Counts.Measures)
	c.same("targets", len(c.g.Targets), c.g.Counts.Targets)
	outside := slices.IndexFunc(c.p.Targets, func(t plan.Target) bool { return t.Duty == "IV.2.b" })
	if outside < 0 {
		c.differences = append(c.differences, "no figures of duty IV.2.b")
		return
	}
	c.measures("IV.2.b", c.p.Targets[outside].Measures, c.g.OutsideMeasures)
	c.same("number of targets", len(c.p.Targets), c.g.Counts.Targets+1)
}

func (c *comparison) measures(code string, got []plan.Measure, want []goldMeasure) {
	if len(got) != len(want) {
		c.same("measures of "+code, len(got), len(want))
		return
	}
	for i, w := range want {
		m := got[i]
		c.same("measure of "+code, fmt.Sprint(m.Kind, m.Number, m.Unit, m.Measure, m.Soft), fmt.Sprint(w.Kind, fmt.Sprint(w.Number), plain(w.Unit), plain(w.Measure), w.Soft != ""))
	}
}

func (c *comparison) rest() {
	for i, w := range c.g.LegalBases {
		b := c.p.LegalBases[i]
		c.same("legal basis", fmt.Sprint(b.Number+b.Name, b.Date, b.Issuer, b.Lines, b.Kind), fmt.Sprint(plain(w.Number), w.Date, plain(w.Issuer), w.Lines, strings.Fields(w.Kind)[0]))
	}
	for i, w := range c.g.Purposes {
		c.item(c.p.Purposes[i], w, w.Section)
	}
	for i, w := range c.g.Content {
		code := w.Section + "." + w.Letter
		if w.Dash > 0 {
			code += fmt.Sprintf(".%d", w.Dash)
		}
		c.item(c.p.Content[i], w, code)
	}
	for i, w := range c.g.Reporting {
		r := c.p.Reporting[i]
		what := "reporting " + w.ID + " "
		open := slices.Contains(w.Cadences, "periodic_unspecified")
		said := slices.DeleteFunc(slices.Clone(w.Cadences), func(s string) bool { return s == "periodic_unspecified" })
		for i := range w.To {
			w.To[i] = strings.TrimSuffix(w.To[i], " (implied: it directs and consolidates)")
		}
		c.same(what, fmt.Sprint(r.Line, join(r.From), join(r.To), join(r.Onward), r.Through, join(r.CadenceWords), r.Unspecified), fmt.Sprint(w.Line, join(w.From), join(w.To), join(w.Onward), plain(w.Through), join(w.CadenceWords), open))
		c.same(what+"cadences", fmt.Sprint(r.Cadences), fmt.Sprint(said))
		c.same(what+"is fulfilled", r.FulfilledBy != "", true)
	}
	for i, w := range c.g.Budget {
		b := c.p.Budget[i]
		c.same("budget "+w.Section, fmt.Sprint(b.Reference, b.Line, b.Cadence, b.InWords), fmt.Sprint(w.Section, w.Line, w.Cadence, plain(w.InWords)))
		if w.Amount > 0 {
			c.same("amount", b.Amount, w.Amount)
		}
		if w.Text != "" {
			c.text("budget "+w.Section, b.Text, w.Text)
		}
	}
	for i, w := range c.g.Bodies {
		b := c.p.Bodies[i]
		if name, _, _ := strings.Cut(plain(w.Name), " ("); name != b.Name {
			c.same("body", b.Name, name)
		}
		c.same("body "+b.Name, fmt.Sprint(b.Levels, b.Lines), fmt.Sprint(w.Levels, w.Lines))
	}
}

func (c *comparison) item(got plan.Item, want goldItem, code string) {
	c.same("item", got.Code, code)
	c.same("line of "+code, got.Line, want.Line)
	c.text("text of "+code, got.Text, want.Text)
}

func join(s []string) string {
	out := make([]string, len(s))
	for i := range s {
		out[i] = plain(s[i])
	}
	return strings.Join(out, " | ")
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

func TestExampleHoldsAllOfTheGold(t *testing.T) {
	for _, d := range compare(readGold(t), readExample(t, "dong-nai-2016-2020.yaml")) {
		t.Error(d)
	}
}

// A comparison that cannot fail would prove nothing: take one thing out of the
// example or change it, and it must be noticed.
func TestComparisonNoticesWhatIsMissing(t *testing.T) {
	g := readGold(t)
	whole := readExample(t, "dong-nai-2016-2020.yaml")
	for i, d := range whole.Duties {
		p := *whole
		p.Duties = slices.Delete(slices.Clone(whole.Duties), i, i+1)
		if len(compare(g, &p)) == 0 {
			t.Errorf("nobody misses %s", d.Code)
		}
	}
	changes := map[string]func(d *plan.Duty){
		"a letter":       func(d *plan.Duty) { d.Text += "." },
		"the mode":       func(d *plan.Duty) { d.Mode = "other" },
		"the role":       func(d *plan.Duty) { d.Roles = append(slices.Clone(d.Roles), plan.Member) },
		"an agency":      func(d *plan.Duty) { d.Assignments = nil },
		"schedule words": func(d *plan.Duty) { d.ScheduleWords = append(slices.Clone(d.ScheduleWords), "tuần") },
	}
	for what, change := range changes {
		for i := range whole.Duties {
			p := *whole
			p.Duties = slices.Clone(whole.Duties)
			change(&p.Duties[i])
			if len(compare(g, &p)) == 0 {
				t.Errorf("nobody notices that %s of %s changed", what, p.Duties[i].Code)
			}
		}
	}
	for i := range whole.Targets {
		p := *whole
		p.Targets = slices.Delete(slices.Clone(whole.Targets), i, i+1)
		if len(compare(g, &p)) == 0 {
			t.Errorf("nobody misses target %s", whole.Targets[i].Code)
		}
	}
}
