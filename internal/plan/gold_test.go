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

// A gold is an issued plan as read by hand, line by line, apart from the example:
// what it holds must be in the example. The golds of the two plans have these
// things in common; what each has of its own is in the file beside.

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

type goldAgency struct {
	No       int
	Agencies []string
	Mode     string
	Duties   []goldDuty
}

// plain is the text as compared: composed, U+00A0 a blank, no outer blanks.
func plain(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(norm.NFC.String(s), "\u00a0", " "))
}

func readGold[G any](t *testing.T, name string) *G {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	g := new(G)
	if err := yaml.Unmarshal(b, g); err != nil {
		t.Fatal(err)
	}
	return g
}

// comparison collects what is different.
type comparison struct {
	p           *plan.Plan
	differences []string
}

func (c *comparison) note(format string, args ...any) {
	c.differences = append(c.differences, fmt.Sprintf(format, args...))
}

func (c *comparison) same(what string, got, want any) {
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		c.note("%s: %q, the gold says %q", what, g, w)
	}
}

func (c *comparison) text(what, got, want string) { c.same(what, got, plain(want)) }

// pairs holds two lists against each other, in their order.
func pairs[P, G any](c *comparison, what string, got []P, want []G, hold func(got P, want G)) {
	c.same("number of "+what, len(got), len(want))
	for i := range min(len(got), len(want)) {
		hold(got[i], want[i])
	}
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

// owners returns the agencies that the document gives duties to under some names.
func (c *comparison) owners(names []string) []string {
	var owners []string
	for _, name := range names {
		codes := c.named(name)
		if codes == nil {
			c.note("no agency %s", name)
		}
		owners = append(owners, codes...)
	}
	return owners
}

var roleWords = map[string]plan.Role{"lead": plan.Lead, "implement": plan.Implementing, "coordinate": plan.Coordinating, "member": plan.Member}

// find returns the duty with the code; nil, and noted, where there is none.
func (c *comparison) find(code string) *plan.Duty {
	i := slices.IndexFunc(c.p.Duties, func(d plan.Duty) bool { return d.Code == code })
	if i < 0 {
		c.note("no duty %s", code)
		return nil
	}
	return &c.p.Duties[i]
}

// target returns the target with the code; nil, and noted, where there is none.
func (c *comparison) target(code string) *plan.Target {
	i := slices.IndexFunc(c.p.Targets, func(t plan.Target) bool { return t.Code == code })
	if i < 0 {
		c.note("no target %s", code)
		return nil
	}
	return &c.p.Targets[i]
}

func addressed(d *plan.Duty) []string {
	var agencies []string
	for _, a := range d.Assignments {
		if a.Addressed {
			agencies = append(agencies, a.Agency)
		}
	}
	return agencies
}

func (c *comparison) duty(code, parent string, want goldDuty, owners []string, mode string) {
	d := c.find(code)
	if d == nil {
		return
	}
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
	if owners != nil {
		c.same(what+"agencies", sorted(addressed(d)), sorted(owners))
	} else if len(addressed(d)) == 0 {
		c.note("%sis given to nobody", what)
	}
	for _, p := range want.Partners {
		c.partner(what, d, p)
	}
	c.same(what+"number of bodies", len(d.Bodies) > 0, len(want.Bodies) > 0)
	for _, to := range want.ReportTo {
		codes := c.named(to)
		received := slices.ContainsFunc(d.Onward, func(o string) bool { return strings.EqualFold(o, plain(to)) }) || len(codes) == 1 && codes[0] == d.Recipient.Agency
		if !received {
			c.note("%sdoes not go to %s", what, to)
		}
	}
	c.schedule(what, d, want)
}

// partner: an agency of the tree takes part, any other partner stands as written.
func (c *comparison) partner(what string, d *plan.Duty, name string) {
	if slices.Contains(d.Partners, plain(name)) {
		return
	}
	codes := c.named(name)
	if name == "các huyện, thị xã, thành phố" || name == "UBND các huyện" {
		codes = c.named("UBND các huyện, thị xã, thành phố")
	}
	if len(codes) == 0 {
		c.note("%slacks the partner %s", what, name)
	}
	for _, code := range codes {
		if !slices.ContainsFunc(d.Assignments, func(a plan.Assignment) bool { return a.Agency == code && (a.Role == plan.Coordinating || a.Addressed) }) {
			c.note("%slacks the partner %s", what, code)
		}
	}
}

func (c *comparison) schedule(what string, d *plan.Duty, want goldDuty) {
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
	case len(said) == 0:
		c.same(what+"cadences", join(set), "standing")
	default:
		c.same(what+"cadences", sorted(set), sorted(said))
	}
	if len(d.Due) > 0 {
		// The documents name no due day.
		c.same(what+"marks its due day", slices.Contains(d.Configured, "due"), true)
	}
}

func (c *comparison) measures(code string, got []plan.Measure, want []goldMeasure) {
	pairs(c, "measures of "+code, got, want, func(m plan.Measure, w goldMeasure) {
		c.same("measure of "+code, fmt.Sprint(m.Kind, m.Number, m.Unit, m.Measure, m.Soft), fmt.Sprint(w.Kind, fmt.Sprint(w.Number), plain(w.Unit), plain(w.Measure), w.Soft != ""))
	})
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

// without calls miss with the plan less one of each of its things in turn.
func without(whole *plan.Plan, miss func(what string, p *plan.Plan)) {
	take := func(what string, n int, cut func(p *plan.Plan, i int)) {
		for i := range n {
			p := *whole
			cut(&p, i)
			miss(fmt.Sprintf("%s %d", what, i+1), &p)
		}
	}
	take("duty", len(whole.Duties), func(p *plan.Plan, i int) { p.Duties = cut(p.Duties, i) })
	take("target", len(whole.Targets), func(p *plan.Plan, i int) { p.Targets = cut(p.Targets, i) })
	take("legal basis", len(whole.LegalBases), func(p *plan.Plan, i int) { p.LegalBases = cut(p.LegalBases, i) })
	take("purpose", len(whole.Purposes), func(p *plan.Plan, i int) { p.Purposes = cut(p.Purposes, i) })
	take("content", len(whole.Content), func(p *plan.Plan, i int) { p.Content = cut(p.Content, i) })
	take("body", len(whole.Bodies), func(p *plan.Plan, i int) { p.Bodies = cut(p.Bodies, i) })
	take("reporting obligation", len(whole.Reporting), func(p *plan.Plan, i int) { p.Reporting = cut(p.Reporting, i) })
	take("budget line", len(whole.Budget), func(p *plan.Plan, i int) { p.Budget = cut(p.Budget, i) })
}

func cut[T any](s []T, i int) []T { return slices.Delete(slices.Clone(s), i, i+1) }

// noticesWhatIsMissing: a comparison that cannot fail would prove nothing. Take
// one thing out of the example or change it, and it must be noticed.
func noticesWhatIsMissing(t *testing.T, whole *plan.Plan, compare func(p *plan.Plan) []string) {
	t.Helper()
	without(whole, func(what string, p *plan.Plan) {
		if len(compare(p)) == 0 {
			t.Errorf("nobody misses %s", what)
		}
	})
	changes := map[string]func(d *plan.Duty){
		"a letter":       func(d *plan.Duty) { d.Text += "." },
		"the line":       func(d *plan.Duty) { d.Line++ },
		"the mode":       func(d *plan.Duty) { d.Mode = "other" },
		"the role":       func(d *plan.Duty) { d.Roles = append(slices.Clone(d.Roles), plan.Member) },
		"an agency":      func(d *plan.Duty) { d.Assignments = nil },
		"schedule words": func(d *plan.Duty) { d.ScheduleWords = append(slices.Clone(d.ScheduleWords), "tuần") },
		"own plan":       func(d *plan.Duty) { d.OwnPlan = !d.OwnPlan },
	}
	for what, change := range changes {
		for i := range whole.Duties {
			p := *whole
			p.Duties = slices.Clone(whole.Duties)
			change(&p.Duties[i])
			if len(compare(&p)) == 0 {
				t.Errorf("nobody notices that %s of %s changed", what, p.Duties[i].Code)
			}
		}
	}
	for i := range whole.Targets {
		p := *whole
		p.Targets = slices.Clone(whole.Targets)
		p.Targets[i].Measures = append(slices.Clone(p.Targets[i].Measures), plan.Measure{Kind: "count", Number: "1"})
		if len(compare(&p)) == 0 {
			t.Errorf("nobody notices that target %s has one figure more", p.Targets[i].Code)
		}
	}
}
