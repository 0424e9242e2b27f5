package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dondoc/internal/plan"
)

const goldDongNai = "gold-dong-nai-2016-2020.yaml"

// dongNai is what the gold of Đồng Nai's plan holds.
type dongNai struct {
	LegalBases []dongNaiBasis `yaml:"legal_bases"`
	Purposes   []goldItem
	Targets    []struct {
		Section, Letter, Text string
		Line                  int
		Indicators            []goldMeasure
	}
	OutsideMeasures []goldMeasure `yaml:"indicators_outside_section_II"`
	Content         []goldItem    `yaml:"content_tasks"`
	Agencies        []goldAgency
	CrossCutting    []goldDuty         `yaml:"cross_cutting_duties"`
	Reporting       []dongNaiReporting `yaml:"reporting_lines"`
	Budget          []dongNaiBudget
	Bodies          []dongNaiBody `yaml:"interagency_bodies"`
	Counts          struct {
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

type dongNaiBasis struct {
	Kind, Date, Issuer string
	Number             string `yaml:"number_as_written"`
	Lines              []int
}

type dongNaiReporting struct {
	ID               string
	Line             int
	From, To, Onward []string
	Through          string
	Consolidated     string   `yaml:"consolidated_by"`
	CadenceWords     []string `yaml:"cadence_words"`
	Cadences         []string
}

type dongNaiBudget struct {
	Section, Cadence, Text string
	Line, Amount           int
	InWords                string `yaml:"in_words"`
	Holder                 any
}

type dongNaiBody struct {
	Name   string
	Levels []string
	Lines  []int
}

// compareDongNai holds the example against the gold.
type compareDongNai struct {
	comparison
	g *dongNai
}

func differencesDongNai(g *dongNai, p *plan.Plan) []string {
	c := &compareDongNai{comparison{p: p}, g}
	c.counts()
	c.duties()
	c.targets()
	c.rest()
	return c.differences
}

func (c *compareDongNai) counts() {
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

// goldCodes are the codes of the duties of section V, which bear no letters.
var goldCodes = map[string]string{"DN-VZ1": "V.3.a", "DN-VZ2": "V.3.b", "DN-VZ3": "V.3.c"}

func (c *compareDongNai) duties() {
	addressees := map[string]bool{}
	for _, group := range c.g.Agencies {
		owners := c.owners(group.Agencies)
		for _, name := range group.Agencies {
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
		if d.ID == "DN-VZ3" {
			d.Cadences = []string{"event"} // "kịp thời" has no cadence in the gold's list
		}
		c.duty(code, "", d, nil, "assigned")
	}
}

func (c *compareDongNai) targets() {
	measures := 0
	for _, want := range c.g.Targets {
		code := want.Section + "." + want.Letter
		t := c.target(code)
		if t == nil {
			continue
		}
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
		c.note("no figures of duty IV.2.b")
		return
	}
	c.measures("IV.2.b", c.p.Targets[outside].Measures, c.g.OutsideMeasures)
	c.money()
	c.same("number of targets", len(c.p.Targets), c.g.Counts.Targets+2)
}

// money holds the target that the budget's first line is followed by: its number
// is the document's, its years are marked.
func (c *compareDongNai) money() {
	t := c.target("V.1")
	if t == nil || len(t.Measures) != 1 || len(c.g.Budget) == 0 {
		c.note("no target of the budget")
		return
	}
	c.same("money aimed at", t.Measures[0].Number, c.g.Budget[0].Amount)
	c.same("money by year", len(t.Measures[0].ByYear), 5)
	c.same("years are marked", slices.Contains(t.Configured, "by_year"), true)
}

func (c *compareDongNai) rest() {
	pairs(&c.comparison, "legal bases", c.p.LegalBases, c.g.LegalBases, func(b plan.LegalBasis, w dongNaiBasis) {
		c.same("legal basis", fmt.Sprint(b.Number+b.Name, b.Date, b.Issuer, b.Lines, b.Kind), fmt.Sprint(plain(w.Number), w.Date, plain(w.Issuer), w.Lines, strings.Fields(w.Kind)[0]))
	})
	pairs(&c.comparison, "purposes", c.p.Purposes, c.g.Purposes, func(p plan.Item, w goldItem) { c.item(p, w, w.Section) })
	pairs(&c.comparison, "content", c.p.Content, c.g.Content, func(p plan.Item, w goldItem) {
		code := w.Section + "." + w.Letter
		if w.Dash > 0 {
			code += fmt.Sprintf(".%d", w.Dash)
		}
		c.item(p, w, code)
	})
	pairs(&c.comparison, "reporting obligations", c.p.Reporting, c.g.Reporting, func(r plan.Reporting, w dongNaiReporting) {
		what := "reporting " + w.ID + " "
		open := slices.Contains(w.Cadences, "periodic_unspecified")
		said := slices.DeleteFunc(slices.Clone(w.Cadences), func(s string) bool { return s == "periodic_unspecified" })
		for i := range w.To {
			w.To[i] = strings.TrimSuffix(w.To[i], " (implied: it directs and consolidates)")
		}
		c.same(what, fmt.Sprint(r.Line, join(r.From), join(r.To), join(r.Onward), r.Through, join(r.CadenceWords), r.Unspecified), fmt.Sprint(w.Line, join(w.From), join(w.To), join(w.Onward), plain(w.Through), join(w.CadenceWords), open))
		c.same(what+"consolidated by", r.Consolidates, plain(w.Consolidated))
		c.same(what+"cadences", fmt.Sprint(r.Cadences), fmt.Sprint(said))
		c.same(what+"is fulfilled", r.FulfilledBy != "", true)
	})
	pairs(&c.comparison, "budget lines", c.p.Budget, c.g.Budget, func(b plan.BudgetLine, w dongNaiBudget) {
		c.same("budget "+w.Section, fmt.Sprint(b.Reference, b.Line, b.Cadence, b.InWords), fmt.Sprint(w.Section, w.Line, w.Cadence, plain(w.InWords)))
		if w.Amount > 0 {
			c.same("amount", b.Amount, w.Amount)
		}
		if w.Text != "" {
			c.text("budget "+w.Section, b.Text, w.Text)
		}
	})
	pairs(&c.comparison, "bodies", c.p.Bodies, c.g.Bodies, func(b plan.Body, w dongNaiBody) {
		if name, _, _ := strings.Cut(plain(w.Name), " ("); name != b.Name {
			c.same("body", b.Name, name)
		}
		c.same("body "+b.Name, fmt.Sprint(b.Levels, b.Lines), fmt.Sprint(w.Levels, w.Lines))
	})
}

func TestDongNaiHoldsAllOfTheGold(t *testing.T) {
	for _, d := range differencesDongNai(readGold[dongNai](t, goldDongNai), readExample(t, "dong-nai-2016-2020.yaml")) {
		t.Error(d)
	}
}

func TestDongNaiComparisonNoticesWhatIsMissing(t *testing.T) {
	g := readGold[dongNai](t, goldDongNai)
	noticesWhatIsMissing(t, readExample(t, "dong-nai-2016-2020.yaml"), func(p *plan.Plan) []string { return differencesDongNai(g, p) })
}
