package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/agency"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// simpleActs are the acts on agencies that a form can describe; what needs more
// comes as a file.
var simpleActs = []agency.Act{agency.Rename, agency.Move, agency.Merge, agency.Divide, agency.Dissolve}

func (p *pages) reformPages(site *gin.RouterGroup) {
	site.GET(reformsAddress, p.page(p.signedIn(p.reformsPage)))
	site.GET(reformsAddress+"/moi", p.page(p.signedIn(p.newReformPage)))
	p.forms(site, reformsAddress, p.reform, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showReform(c, actor, form, form.Get("source"), nil, formErrors{}, http.StatusOK)
	})
	site.POST(reformsAddress+"/:id/rut", p.page(p.signedIn(p.withdrawReform)))
}

// reformsView lists acts on agencies.
type reformsView struct {
	adminFrame
	Records []reformLine
	New     string
}

type reformLine struct {
	Title, Facts, State, Failure string
	Withdraw                     string // address; empty: nothing waits
	Key                          string
}

func (p *pages) reformsPage(c *gin.Context, actor policy.Actor) error {
	records, err := p.service.ListReorganisations(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	view := reformsView{adminFrame: p.adminFrame(c, actor, "admin.reforms"), New: reformsAddress + "/moi"}
	l := view.lexicon()
	for _, r := range records {
		line := reformLine{Title: r.Title, Facts: l.say("reform.facts", r.Basis, r.EffectiveOn.VN()), State: l.sayOr("reform.state."+string(r.State), "reform.state.other"), Failure: r.FailureVI}
		if line.Title == "" {
			line.Title = r.Code
		}
		if l.code == "en" {
			line.Failure = r.FailureEN
		}
		if r.State == agency.Recorded {
			line.Withdraw, line.Key = reformsAddress+"/"+formatID(r.ID)+"/rut", randomHex(16)
		}
		view.Records = append(view.Records, line)
	}
	return p.render.write(c, http.StatusOK, "reforms", l, view)
}

func (p *pages) withdrawReform(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	id, err := taskID(c)
	if err != nil {
		return err
	}
	if _, err := p.service.WithdrawReorganisation(keyed(c, c.Request.PostForm), actor, id); err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, reformsAddress+"?da=rut")
	return nil
}

// reformView describes an act, shows what it would do and carries it out.
type reformView struct {
	adminFrame
	Errors formErrors
	Simple actForm
	File   actForm
	Source string
	Effect *reformEffect
}

// reformEffect is what will happen, in words.
type reformEffect struct {
	Summary               []factLine
	Agencies, Assignments []string
	Tasks, Posts          []string
	Hidden                int // more lines than are shown
	Warnings              []string
	Apply                 actForm
}

// effectLines is how many lines of each kind a preview shows.
const effectLines = 60

func (p *pages) newReformPage(c *gin.Context, actor policy.Actor) error {
	if !policy.ManageAgencies(actor) {
		return notFound()
	}
	return p.showReform(c, actor, url.Values{"units": {c.Query("don-vi")}}, "", nil, formErrors{}, http.StatusOK)
}

func (p *pages) showReform(c *gin.Context, actor policy.Actor, form url.Values, source string, effect *agency.Effect, e formErrors, status int) error {
	view := reformView{adminFrame: p.adminFrame(c, actor, "reform.new"), Errors: e, Source: source}
	l := view.lexicon()
	var acts []option
	for _, act := range simpleActs {
		acts = append(acts, option{Value: string(act), Title: l.say("reform.act." + string(act))})
	}
	view.Simple = actForm{
		Action: reformsAddress, Title: l.say("reform.simple"), Hint: l.say("reform.simple_hint"), Button: l.say("reform.look"), Filled: true, Name: "don",
		Fields: []field{
			{Name: "act", Label: l.say("reform.act"), Kind: "list", Options: acts},
			{Name: "units", Label: l.say("reform.units"), Hint: l.say("reform.units_hint"), Kind: "lines"},
			{Name: "into", Label: l.say("reform.into"), Hint: l.say("reform.into_hint"), Kind: "lines"},
			{Name: "name", Label: l.say("reform.name"), Hint: l.say("reform.name_hint"), Limit: 200},
			{Name: "basis", Label: l.say("reform.basis"), Hint: l.say("reform.basis_hint"), Limit: 500},
			{Name: "on", Label: l.say("reform.on"), Kind: "date"},
		},
	}.with(form, e).lay()
	view.File = actForm{
		Action: reformsAddress, Title: l.say("reform.file"), Hint: l.say("reform.file_hint"), Button: l.say("reform.look"), Files: true, Name: "tep",
		Fields: []field{{Name: "file", Label: l.say("reform.file_label"), Kind: "file"}, {Name: "source", Label: l.say("reform.source"), Kind: "lines", Value: source}},
	}.lay()
	if effect != nil {
		view.Effect = l.reformEffect(*effect)
		view.Effect.Apply = actForm{
			Action: reformsAddress, Title: l.say("reform.apply"), Hint: l.say("reform.apply_hint"), Button: l.say("reform.do"), Filled: true, Name: "lam",
			Hidden: []keptField{{"source", source}, {"digest", effect.Digest}},
		}.lay()
	}
	return p.render.write(c, status, "reform", l, view)
}

// reform looks at what is described, and carries it out when it comes again with
// the digest of what was shown.
func (p *pages) reform(c *gin.Context, actor policy.Actor, form url.Values) error {
	if !policy.ManageAgencies(actor) {
		return notFound()
	}
	source, err := p.reformSource(c, form)
	var effect agency.Effect
	if err == nil {
		effect, err = p.reformWith(c, actor, form, source)
	}
	if err != nil {
		f, other := formFault(err)
		if other != nil {
			return other
		}
		return p.showReform(c, actor, form, source, nil, errorsOf(atFields(f), lexicon{language(p.languageOf(c))}), statusOf(f))
	}
	if form.Get("digest") != "" {
		c.Redirect(http.StatusSeeOther, reformsAddress+"?da=sap-xep")
		return nil
	}
	return p.showReform(c, actor, form, source, &effect, formErrors{}, http.StatusOK)
}

// atFields leads faults of the written file to the fields of the form.
func atFields(f *fault.Fault) *fault.Fault {
	for _, part := range f.Details {
		name, _, _ := strings.Cut(strings.TrimPrefix(part.Field, "changes[0]."), "[")
		switch {
		case slices.Contains(simpleActs, agency.Act(name)):
			name = "units"
		case name == "parent":
			name = "into"
		case name == "effective_on":
			name = "on"
		}
		part.Field = name
	}
	return f
}

func (p *pages) reformWith(c *gin.Context, actor policy.Actor, form url.Values, source string) (agency.Effect, error) {
	file, problems := plan.ReadReorganisation("sap-xep.yaml", []byte(source))
	if file == nil {
		return agency.Effect{}, problems.Fault("reorganisation.problems", "Có %d chỗ cần sửa; chưa thay đổi gì.", "%d places need mending; nothing was changed.")
	}
	if digest := form.Get("digest"); digest != "" {
		return p.service.Reorganise(keyed(c, form), actor, file, []byte(source), digest)
	}
	return p.service.PreviewReorganisation(c.Request.Context(), actor, file, []byte(source))
}

// reformSource is the file: as it was shown, uploaded, pasted, or written from the form.
func (p *pages) reformSource(c *gin.Context, form url.Values) (string, error) {
	if content, err := p.uploaded(c, "file"); err != nil || len(content) > 0 {
		return string(content), err
	}
	if source := form.Get("source"); source != "" {
		return source, nil
	}
	return simpleReform(form)
}

// simpleReform writes the file that the form describes, to be read by the same
// rules as any other.
func simpleReform(form url.Values) (string, error) {
	day, err := neededDate(form.Get("on"), "on")
	if err != nil {
		return "", err
	}
	change := plan.OneChange{
		Act: agency.Act(form.Get("act")), Agencies: codesIn(form.Get("units")), Into: codesIn(form.Get("into")),
		Name: strings.TrimSpace(form.Get("name")), Basis: strings.TrimSpace(form.Get("basis")), On: day,
	}
	if !slices.Contains(simpleActs, change.Act) {
		return "", notFound()
	}
	if len(change.Agencies) == 0 {
		return "", fault.New(fault.Invalid, "reform.units", "Ghi mã đơn vị được sắp xếp.", "Give the code of the unit.").At("units")
	}
	source, err := change.Source()
	return string(source), err
}

// codesIn are codes as people list them: parted by commas, blanks or lines.
func codesIn(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;\r\n\t", r) })
}

func (l lexicon) reformEffect(e agency.Effect) *reformEffect {
	v := &reformEffect{Summary: []factLine{
		{l.say("reform.sum.agencies"), l.integer(len(e.Agencies))}, {l.say("reform.sum.assignments"), l.integer(len(e.Assignments))},
		{l.say("reform.sum.tasks"), l.integer(len(e.Tasks))}, {l.say("reform.sum.posts"), l.integer(len(e.Posts))}, {l.say("reform.sum.people"), l.integer(e.People)},
	}}
	cut := func(n int) int {
		v.Hidden += max(0, n-effectLines)
		return min(n, effectLines)
	}
	for _, a := range e.Agencies[:cut(len(e.Agencies))] {
		line := a.Name + " (" + a.Code + "): " + l.sayOr("units.kind."+a.Kind, "units.kind.other")
		if a.Was != "" {
			line += ", " + l.say("reform.was", a.Was)
		}
		if len(a.Successors) > 0 {
			line += " → " + strings.Join(a.Successors, ", ")
		}
		v.Agencies = append(v.Agencies, line)
	}
	for _, m := range e.Assignments[:cut(len(e.Assignments))] {
		v.Assignments = append(v.Assignments, m.Plan+" "+m.Duty+": "+m.From+" → "+l.nobody(m.To))
	}
	for _, m := range e.Tasks[:cut(len(e.Tasks))] {
		v.Tasks = append(v.Tasks, m.Duty+", "+l.period(m.Period)+": "+m.From+" → "+l.nobody(m.To)+" ("+l.say("reform.task."+string(m.Outcome))+")")
	}
	for _, m := range e.Posts[:cut(len(e.Posts))] {
		v.Posts = append(v.Posts, m.Person+", "+l.sayOr("role."+m.Role, "role.other")+": "+m.From+" → "+l.nobody(m.To))
	}
	for _, w := range e.Warnings {
		text := w.VI
		if l.code == "en" {
			text = w.EN
		}
		if !slices.Contains(v.Warnings, text) {
			v.Warnings = append(v.Warnings, text)
		}
	}
	return v
}

func (l lexicon) nobody(code string) string {
	if code == "" {
		return l.say("reform.nobody")
	}
	return code
}
