package plan_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
)

const (
	goldAnThi    = "gold-an-thi-2018.yaml"
	exampleAnThi = "an-thi-2018.yaml"
	sourceAnThi  = "source/an-thi-2018.txt"
)

// goldLines are the lines of the source that a thing stands in: one or several.
type goldLines []int

func (l *goldLines) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode {
		return n.Decode((*[]int)(l))
	}
	var line *int
	if err := n.Decode(&line); err != nil || line == nil {
		return err
	}
	*l = goldLines{*line}
	return nil
}

// anThi is what the gold of Ân Thi's plan holds.
type anThi struct {
	Plan struct {
		Title           string
		Type            string `yaml:"doc_type"`
		Number          *string
		IssueDate       *string `yaml:"issue_date"`
		Issuer          string  `yaml:"issuing_authority"`
		Territory       string
		ParentTerritory string   `yaml:"parent_territory"`
		Level           string   `yaml:"level"`
		LevelsBelow     []string `yaml:"levels_below"`
		Period          struct{ Start, End string }
		Topic           string
		Standing        struct {
			Name, As string
			Line     int
			Aliases  []string
		} `yaml:"standing_agency"`
		Steering []string `yaml:"steering_bodies"`
	}
	LegalBases   []anThiBasis `yaml:"legal_bases"`
	Purposes     []goldItem
	Requirements []goldItem
	Targets      []anThiTarget
	Headings     []struct {
		Section, Heading string
		Line             int
	} `yaml:"content_headings"`
	Gap       struct{ Missing string } `yaml:"numbering_gap"`
	Content   []anThiItem              `yaml:"content_tasks"`
	Solutions []anThiItem
	Agencies  []struct {
		Kind, Mode string
		Agencies   []string
		Duties     []anThiDuty
	}
	Reporting  []anThiReporting `yaml:"reporting_lines"`
	Budget     []anThiBudget
	Bodies     []anThiBody `yaml:"interagency_bodies"`
	Mechanisms []struct {
		Name string
		Line goldLines
	}
	Privacy []struct {
		Line       int
		Text, Rule string
	}
	Noise struct {
		Website []int `yaml:"website_lines"`
		OCR     []string
	}
	Counts struct {
		Groups     int `yaml:"agency_groups"`
		Single     int `yaml:"agencies_named_singly"`
		Lines      int `yaml:"duty_lines"`
		Duties     int
		Targets    int
		Numeric    int `yaml:"targets_numeric"`
		Purposes   int
		Needs      int `yaml:"requirements"`
		Headings   int `yaml:"content_headings"`
		Content    int `yaml:"content_tasks"`
		Solutions  int
		Reporting  int            `yaml:"reporting_obligations"`
		PerYear    map[string]int `yaml:"reports_per_year_expected"`
		Documents  int            `yaml:"legal_documents"`
		Bases      int            `yaml:"legal_bases"`
		Bodies     int            `yaml:"interagency_bodies"`
		DutyRoles  map[string]int `yaml:"roles"`
		WithLetter int            `yaml:"lettered_duties"`
	}
}

type anThiBasis struct {
	Kind, Date, Issuer, Subject string
	Written                     string `yaml:"number_as_written"`
	Number                      string `yaml:"number_normalised"`
	Line                        int
}

type anThiTarget struct {
	ID, Section, Text, Kind, Unit, Measure, Who, Cadence string
	Order, Line                                          int
	Number                                               *int
	CadenceWords                                         []string `yaml:"cadence_words"`
}

type anThiItem struct {
	goldItem     `yaml:",inline"`
	Marker       string
	Bodies       []string
	CadenceWords []string `yaml:"cadence_words"`
}

type anThiDuty struct {
	goldDuty     `yaml:",inline"`
	Consolidates bool
	Meetings     map[string]string `yaml:"review_meetings"`
}

type anThiReporting struct {
	ID, Content, Through string
	Line                 int
	From, To             []string
	Consolidated         string   `yaml:"consolidated_by"`
	CadenceWords         []string `yaml:"cadence_words"`
	Cadences             []string
}

type anThiBudget struct {
	Text    string
	Line    int
	Amount  *int
	Sources []string
}

type anThiBody struct {
	Name     string
	Levels   []string
	Line     goldLines
	Basis    []string
	Names    []string `yaml:"names_used"`
	Standing string   `yaml:"standing_agency"`
}

// broadcast is the duty that the second target becomes. The gold has it as a
// target only, because the document gives it to nobody.
const broadcast = "II.1.2"

// compareAnThi holds the example against the gold.
type compareAnThi struct {
	comparison
	g *anThi
}

func differencesAnThi(g *anThi, p *plan.Plan) []string {
	c := &compareAnThi{comparison{p: p}, g}
	c.facts()
	c.items()
	c.targets()
	c.duties()
	c.broadcast()
	c.rest()
	c.counts()
	return c.differences
}

// office is the agency, or the group's agencies, that a name means: the document
// writes Ủy ban nhân dân out or short, and an office's function behind its name.
func (c *compareAnThi) office(name string) []string {
	bare, _, _ := strings.Cut(plain(name), " (")
	short := regexp.MustCompile(`(?i)^ủy ban nhân dân`).ReplaceAllString(bare, "UBND")
	for _, n := range []string{plain(name), bare, short} {
		if codes := c.named(n); codes != nil {
			return codes
		}
		for _, a := range c.p.Agencies {
			if strings.EqualFold(a.Name, n) {
				return []string{a.Code}
			}
		}
	}
	c.note("no agency %s", name)
	return nil
}

func (c *compareAnThi) offices(names []string) string {
	var codes []string
	for _, n := range names {
		codes = append(codes, c.office(n)...)
	}
	return join(sorted(codes))
}

func (c *compareAnThi) facts() {
	g, d := c.g.Plan, c.p.Document
	c.text("title", d.Title, g.Title)
	c.same("type, level and topic", []string{d.Type, d.Level, d.Topic}, []string{g.Type, g.Level, g.Topic})
	c.same("territory", d.Territory, g.Territory+", "+g.ParentTerritory)
	c.same("bears a number", d.Number != "", g.Number != nil)
	c.same("bears a date", !d.IssuedOn.IsZero(), g.IssueDate != nil)
	c.same("validity", []string{c.p.ValidFrom.String(), c.p.ValidTo.String()}, []string{g.Period.Start, g.Period.End})
	c.same("issuer", []string{c.p.Issuer}, c.office(g.Issuer))
	for _, name := range append(g.Standing.Aliases, g.Standing.Name, g.Standing.As) {
		c.same("standing agency", []string{c.p.Standing}, c.office(name))
	}
	levels := map[string]int{}
	for _, a := range c.p.Agencies {
		levels[a.Level]++
	}
	// One town and twenty communes, below one district.
	c.same("units", []int{levels["district"], levels["commune"], len(g.LevelsBelow)}, []int{1, 21, 1})
}

// codesOf gives each item its place: a section with one item bears the item's
// code, otherwise items are numbered as they stand.
func codesOf(sections []string) []string {
	codes := slices.Clone(sections)
	for i, s := range sections {
		total, before := 0, 0
		for j, other := range sections {
			if other == s {
				total++
				if j <= i {
					before++
				}
			}
		}
		if total > 1 {
			codes[i] = fmt.Sprintf("%s.%d", s, before)
		}
	}
	return codes
}

func (c *compareAnThi) items() {
	wants := append(slices.Clone(c.g.Purposes), c.g.Requirements...)
	var sections []string
	for _, w := range wants {
		sections = append(sections, w.Section)
	}
	codes := codesOf(sections)
	pairs(&c.comparison, "purposes and requirements", c.p.Purposes, wants, func(p plan.Item, w goldItem) {
		c.item(p, w, codes[0])
		codes = codes[1:]
	})
	sections = nil
	all := append(slices.Clone(c.g.Content), c.g.Solutions...)
	for _, w := range all {
		sections = append(sections, w.Section)
	}
	codes = codesOf(sections)
	pairs(&c.comparison, "content tasks and solutions", c.p.Content, all, func(p plan.Item, w anThiItem) {
		c.item(p, w.goldItem, codes[0])
		codes = codes[1:]
		if w.Marker != "" {
			c.same("reference of "+p.Code, p.Reference, w.Section+", "+w.Marker)
		}
		c.same(p.Code+" stands in the missing section", strings.HasPrefix(p.Code, "II."+c.g.Gap.Missing), false)
		for _, name := range w.Bodies {
			c.mentions(p, name)
		}
	})
	for _, name := range c.g.Plan.Steering {
		c.same("steering by "+name, slices.ContainsFunc(c.p.Content, func(i plan.Item) bool { return strings.Contains(i.Text, name) }), true)
	}
}

// mentions: the body that a content task speaks of is there and knows the line.
func (c *compareAnThi) mentions(p plan.Item, name string) {
	known := slices.ContainsFunc(c.p.Bodies, func(b plan.Body) bool {
		names := append(slices.Clone(b.Aliases), b.Name)
		return slices.Contains(b.Lines, p.Line) && slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(name, n) })
	})
	if !known {
		c.note("the body %s of %s is missing", name, p.Code)
	}
}

func (c *compareAnThi) targets() {
	numeric := 0
	pairs(&c.comparison, "targets", c.p.Targets, c.g.Targets, func(t plan.Target, w anThiTarget) {
		what := "target " + w.ID + " "
		c.same(what+"code", t.Code, fmt.Sprintf("%s.%d", w.Section, w.Order))
		c.text(what+"text", t.Text, w.Text)
		c.same(what+"line", t.Line, w.Line)
		c.same(what+"due", t.Due, c.g.Plan.Period.End)
		kind, cadence, number := w.Kind, w.Cadence, ""
		switch {
		case kind == "count_per_period":
			kind = "at_least" // ">=" in the gold, with its cadence
		case slices.Contains(w.CadenceWords, "thường xuyên"):
			cadence = "continuous"
		}
		if w.Number != nil {
			number = strconv.Itoa(*w.Number)
			numeric++
		}
		got := make([]string, 0, 1)
		for _, m := range t.Measures {
			got = append(got, fmt.Sprint(m.Kind, m.Number, m.Unit, m.Measure, m.Soft))
		}
		c.same(what+"measure", join(got), fmt.Sprint(kind, number, plain(w.Unit), plain(w.Measure), false))
		c.same(what+"cadence", t.Cadence, cadence)
		who, implied := strings.CutSuffix(w.Who, " (implied)")
		if !implied {
			who, implied = strings.CutSuffix(w.Who, " (implied publisher)")
		}
		// Whom the document only implies is named and marked; nobody is made up.
		c.same(what+"marks its owners", slices.Contains(t.Configured, "owners"), implied)
		c.same(what+"has owners", len(t.Owners) > 0, implied)
		if implied {
			c.same(what+"owners", c.members(t.Owners), c.offices([]string{who}))
		}
	})
	c.same("targets with a number", numeric, c.g.Counts.Numeric)
}

// members are the agencies that references of the plan stand for.
func (c *compareAnThi) members(refs []string) string {
	var codes []string
	for _, r := range refs {
		code, group := strings.CutPrefix(r, "@")
		if !group {
			codes = append(codes, r)
			continue
		}
		for _, g := range c.p.Groups {
			if g.Code == code {
				codes = append(codes, g.Members...)
			}
		}
	}
	return join(sorted(codes))
}

func (c *compareAnThi) duties() {
	roles, lines, lettered := map[string]int{"lead": 0, "coordinate": 0, "member": 0, "implement": 0}, map[int]bool{}, 0
	for _, group := range c.g.Agencies {
		owners := c.owners(group.Agencies)
		unnamed := strings.Contains(group.Kind, "unnamed")
		for _, want := range group.Duties {
			code := strings.Replace(want.ID, "AT-D", want.Section+".", 1)
			for i, to := range want.ReportTo {
				if codes := c.office(to); len(codes) == 1 {
					want.ReportTo[i] = c.nameOf(codes[0])
				}
			}
			c.duty(code, "", want.goldDuty, owners, group.Mode)
			roles[want.Role]++
			lines[want.Line] = true
			if want.Letter != "" {
				lettered++
			}
			if d := c.find(code); d != nil {
				c.dutyOfAnThi(d, want, unnamed)
			}
		}
	}
	n := c.g.Counts
	c.same("roles", roles, n.DutyRoles)
	c.same("lines with duties", len(lines), n.Lines)
	c.same("duties with a letter", lettered, n.WithLetter)
}

func (c *compareAnThi) nameOf(code string) string {
	for _, a := range c.p.Agencies {
		if a.Code == code {
			return a.Name
		}
	}
	return ""
}

func (c *compareAnThi) dutyOfAnThi(d *plan.Duty, want anThiDuty, unnamed bool) {
	what := "duty " + d.Code + " "
	// Whoever is in the unnamed group was chosen, and is marked.
	unnamed = unnamed || slices.Contains(want.Partners, "các phòng, ngành, đoàn thể có liên quan")
	c.same(what+"marks its agencies", slices.Contains(d.Configured, "agencies"), unnamed)
	var below []string
	if want.Consolidates {
		below = []string{"IV.2.2"}
	}
	c.same(what+"consolidates", d.Consolidates, below)
	for name, cadence := range want.Meetings {
		c.same(what+"brings "+name, strings.Contains(d.Product, name), true)
		c.same(what+"comes "+cadence, slices.Contains(d.Schedule.Cadences, calendar.Cadence(cadence)), true)
	}
	if len(want.Cadences) > 0 {
		// "theo quy định": which one, the document does not say.
		c.same(what+"names its basis", d.ReportingBasis != "", true)
		c.same(what+"marks its basis", slices.Contains(d.Configured, "reporting_basis"), true)
		// The duties whose reports could bring figures about persons say what not to collect.
		for _, p := range c.g.Privacy {
			c.same(what+"says: "+p.Rule, strings.Contains(strings.ToLower(d.Privacy), p.Text), true)
		}
	}
}

// broadcast: the target's sentence, given to the station that it implies, with
// everything marked that the sentence does not say.
func (c *compareAnThi) broadcast() {
	w := c.g.Targets[1]
	words := "ít nhất một quí một lần"
	c.same("the broadcast's sentence has its words", strings.Contains(w.Text, words) && strings.Contains(words, w.CadenceWords[0]), true)
	c.duty(broadcast, "", goldDuty{Text: w.Text, Line: w.Line, Role: "implement", CadenceWords: []string{words}, Cadences: []string{"at_least"}},
		c.office("Đài Truyền thanh huyện"), "assigned")
	d := c.find(broadcast)
	if d == nil {
		return
	}
	for _, part := range []string{"agencies", "role", "recipient", "due"} {
		c.same("the broadcast marks its "+part, slices.Contains(d.Configured, part), true)
	}
	c.same("the broadcast's frequency", d.Schedule.AtLeast, calendar.Frequency{Times: *w.Number, Per: calendar.Cadence(w.Cadence)})
	c.same("the broadcast consolidates", len(d.Consolidates), 0)
	c.same("the broadcast goes to", d.Recipient.Agency, c.p.Standing)
	if t := c.target(broadcast); t != nil {
		c.same("the target is followed by", t.Duty, broadcast)
		c.same("the broadcast reports", d.Indicators, []string{t.Measures[0].Indicator})
	}
}

func (c *compareAnThi) rest() {
	pairs(&c.comparison, "legal bases", c.p.LegalBases, c.g.LegalBases, func(b plan.LegalBasis, w anThiBasis) {
		c.same("legal basis", fmt.Sprint(b.Number, b.Date, b.Issuer, b.Subject, b.Lines, b.Kind), fmt.Sprint(plain(w.Number), w.Date, plain(w.Issuer), plain(w.Subject), []int{w.Line}, w.Kind))
	})
	pairs(&c.comparison, "reporting obligations", c.p.Reporting, c.g.Reporting, func(r plan.Reporting, w anThiReporting) {
		what := "reporting " + w.ID + " "
		c.same(what, fmt.Sprint(r.Line, r.Kind, r.Through, join(r.CadenceWords), r.Cadences, r.Unspecified), fmt.Sprint(w.Line, w.Content, w.Through, join(w.CadenceWords), w.Cadences, false))
		c.same(what+"from", c.offices(r.From), c.offices(w.From))
		c.same(what+"to", c.offices(r.To), c.offices(w.To))
		c.same(what+"consolidated by", c.office(r.Consolidates), c.office(w.Consolidated))
		d := c.find(r.FulfilledBy)
		if d == nil {
			return
		}
		c.same(what+"is fulfilled by its senders", join(sorted(addressed(d))), c.offices(w.From))
		c.same(what+"is marked", slices.Contains(r.Configured, "fulfilled_by"), true)
		periods, err := calendar.Periods(d.Schedule, calendar.Range{From: c.p.ValidFrom, To: c.p.ValidTo}, calendar.Date{}, calendar.Date{})
		for name, n := range c.g.Counts.PerYear {
			if strings.HasPrefix(name, w.ID) {
				c.same(what+"reports a year", fmt.Sprint(len(periods), err), fmt.Sprint(n, nil))
			}
		}
	})
	pairs(&c.comparison, "budget lines", c.p.Budget, c.g.Budget, func(b plan.BudgetLine, w anThiBudget) {
		c.text("budget text", b.Text, w.Text)
		c.same("budget line", b.Line, w.Line)
		c.same("budget names an amount", b.Amount != "", w.Amount != nil)
		for _, source := range w.Sources {
			c.same("money from "+source, strings.Contains(b.Text, source), true)
		}
	})
	pairs(&c.comparison, "bodies", c.p.Bodies, c.g.Bodies, func(b plan.Body, w anThiBody) {
		// "Đội công tác / hoạt động …" joins two names, which both are there.
		names := append(slices.Clone(b.Aliases), b.Name)
		if len(w.Names) == 0 {
			w.Names = []string{w.Name}
		}
		c.same("body", join(sorted(names)), join(sorted(w.Names)))
		c.same("body "+b.Name, fmt.Sprint(b.Levels, b.Lines), fmt.Sprint(w.Levels, []int(w.Line)))
		for _, basis := range w.Basis {
			number, _, _ := strings.Cut(basis, " (")
			c.same("basis of "+b.Name, strings.Contains(b.Basis, strings.Replace(number, "TTLB-LĐTBXH", "TTLT-BLĐTBXH", 1)), true)
		}
		var lead []string
		if w.Standing != "" {
			lead = c.office(w.Standing)
		}
		c.same("lead of "+b.Name, join(b.Lead), join(lead))
		c.same("members of "+b.Name, len(b.Members), 0)
	})
	c.lines()
}

// lines: what the gold finds on a line, the example has something for; and the
// page's footer is in nothing.
func (c *compareAnThi) lines() {
	texts := map[int]string{}
	for _, i := range append(slices.Clone(c.p.Purposes), c.p.Content...) {
		texts[i.Line] += i.Text
	}
	for _, t := range c.p.Targets {
		texts[t.Line] += t.Text
	}
	for _, d := range c.p.Duties {
		texts[d.Line] += d.Text
	}
	for _, m := range c.g.Mechanisms {
		for _, line := range m.Line {
			c.same("something for "+m.Name, texts[line] != "", true)
		}
	}
	for _, p := range c.g.Privacy {
		c.same("line of "+p.Text, strings.Contains(strings.ToLower(texts[p.Line]), p.Text), true)
	}
	for _, line := range c.g.Noise.Website {
		c.same("text from the page's footer", texts[line], "")
	}
	// What the scan got wrong stays as it is; line 3 only gives the legal bases.
	for _, slip := range c.g.Noise.OCR {
		word, at, _ := strings.Cut(strings.TrimSuffix(slip, ")"), " (")
		line, err := strconv.Atoi(at)
		c.same("slip "+slip, err == nil && (line == 3 || strings.Contains(texts[line], word)), true)
	}
}

func (c *compareAnThi) counts() {
	n := c.g.Counts
	c.same("duties", len(c.p.Duties), n.Duties+1) // and the broadcast
	c.same("groups", len(c.p.Groups), n.Groups)
	single := 0
	for _, group := range c.g.Agencies {
		if group.Kind == "single" {
			single += len(c.owners(group.Agencies))
		}
	}
	c.same("agencies named singly", single, n.Single)
	c.same("targets", len(c.p.Targets), n.Targets)
	c.same("purposes", len(c.p.Purposes), n.Purposes+n.Needs)
	c.same("content", len(c.p.Content), n.Content+n.Solutions)
	c.same("reporting", len(c.p.Reporting), n.Reporting)
	c.same("legal documents", len(c.p.LegalBases), n.Documents)
	bases := 0
	for _, b := range c.p.LegalBases {
		if b.Kind == "basis" {
			bases++
		}
	}
	c.same("legal bases", bases, n.Bases)
	c.same("bodies", len(c.p.Bodies), n.Bodies)
	c.same("headings", len(c.g.Headings), n.Headings)
}

func TestAnThiHoldsAllOfTheGold(t *testing.T) {
	for _, d := range differencesAnThi(readGold[anThi](t, goldAnThi), readExample(t, exampleAnThi)) {
		t.Error(d)
	}
}

func TestAnThiComparisonNoticesWhatIsMissing(t *testing.T) {
	g := readGold[anThi](t, goldAnThi)
	whole := readExample(t, exampleAnThi)
	differences := func(p *plan.Plan) []string { return differencesAnThi(g, p) }
	noticesWhatIsMissing(t, whole, differences)
	for what, change := range map[string]func(p *plan.Plan){
		"validity":        func(p *plan.Plan) { p.ValidTo = p.ValidTo.AddDays(1) },
		"number":          func(p *plan.Plan) { p.Document.Number = "1/KH-UBND" },
		"standing agency": func(p *plan.Plan) { p.Standing = p.Issuer },
		"a commune":       func(p *plan.Plan) { p.Agencies = cut(p.Agencies, len(p.Agencies)-1) },
		"every agency":    func(p *plan.Plan) { p.Agencies = nil },
		"every group":     func(p *plan.Plan) { p.Groups = nil },
		"order":           func(p *plan.Plan) { p.Content = append(slices.Clone(p.Content[1:]), p.Content[0]) },
	} {
		p := *whole
		change(&p)
		if len(differences(&p)) == 0 {
			t.Errorf("nobody notices a change of %s", what)
		}
	}
	for what, change := range map[string]func(d *plan.Duty){
		"mark":          func(d *plan.Duty) { d.Configured = nil },
		"consolidation": func(d *plan.Duty) { d.Consolidates = []string{"II.1.2"} },
	} {
		for i := range whole.Duties {
			p := *whole
			p.Duties = slices.Clone(whole.Duties)
			change(&p.Duties[i])
			if len(differences(&p)) == 0 {
				t.Errorf("nobody notices a change of %s in %s", what, p.Duties[i].Code)
			}
		}
	}
}

// The headings above content tasks are comments of the example, which a plan does
// not keep; whoever edits the file finds the document's order by them.
func TestAnThiNamesTheHeadings(t *testing.T) {
	var comments strings.Builder
	for line := range strings.Lines(string(source(t, exampleAnThi))) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "# "); ok {
			comments.WriteString(text + " ")
		}
	}
	g := readGold[anThi](t, goldAnThi)
	for _, h := range g.Headings {
		if want := h.Section + ". " + plain(h.Heading); !strings.Contains(comments.String(), want) {
			t.Errorf("no comment says %q", want)
		}
	}
	if strings.Contains(comments.String(), g.Gap.Missing+". ") {
		t.Errorf("a heading %s was made up", g.Gap.Missing)
	}
}

// What the gold and the example say is on a line, is on that line.
func TestAnThiNumbersAsWritten(t *testing.T) {
	text, err := os.ReadFile(examples + "/" + sourceAnThi)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, b := range readGold[anThi](t, goldAnThi).LegalBases {
		if !strings.Contains(plain(lines[b.Line-1]), plain(b.Written)) {
			t.Errorf("%s is not on line %d", b.Written, b.Line)
		}
	}
}

// Half a year and a year that close on the same day are one report, so each
// sender owes two a year; the station owes four broadcasts.
func TestRoundsOfAnThi(t *testing.T) {
	p := readExample(t, exampleAnThi)
	twice := []string{"2018-H1 2018-01-01..2018-06-30 [half_year]", "2018 2018-01-01..2018-12-31 [half_year yearly]"}
	tests := map[string][]string{
		broadcast: {
			"2018-Q1-L1 2018-01-01..2018-03-31 [at_least]", "2018-Q2-L1 2018-04-01..2018-06-30 [at_least]",
			"2018-Q3-L1 2018-07-01..2018-09-30 [at_least]", "2018-Q4-L1 2018-10-01..2018-12-31 [at_least]",
		},
		"IV.1.1": nil,
		"IV.1.2": twice,
		"IV.2.1": nil,
		"IV.2.2": twice,
	}
	for _, d := range p.Duties {
		want, known := tests[d.Code]
		if !known {
			t.Errorf("no rounds are expected of %s", d.Code)
		}
		periods, err := calendar.Periods(d.Schedule, calendar.Range{From: p.ValidFrom, To: p.ValidTo}, calendar.Date{}, calendar.Date{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range periods {
			got = append(got, fmt.Sprintf("%s %s..%s %v", p.Key, p.Start, p.End, p.Cadences))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", d.Code, got, want)
		}
	}
	if len(tests) != len(p.Duties) {
		t.Errorf("%d duties, want %v", len(p.Duties), slices.Sorted(maps.Keys(tests)))
	}
}
