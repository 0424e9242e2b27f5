package web

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// reviewPolicy is the code of the steps that those who confirm results get.
const reviewPolicy = "review"

// mostSteps bounds a form of steps.
const mostSteps = 30

// stepsForm changes a policy of steps: what it says goes into the plan's file, which
// is then looked at and put in force like any amendment.
type stepsForm struct {
	planHead
	Errors formErrors
	Kept   bool
	Form   actForm
	Rows   []stepRow
	Count  int
	Back   string
}

type stepRow struct {
	Title  string
	Code   keptField
	Fields []field
	Whom   field
	Checks []field
}

// ladder is a policy of a plan in force, with the file that says it.
type ladder struct {
	record   plan.Record
	contents amendment.Contents
	policy   plan.Policy
	duties   []string // codes of the duties that have it
}

// planInForce reads the newest version of a plan's file, and what it says; nil where
// the file can no longer be read as it was.
func (p *pages) planInForce(c *gin.Context, actor policy.Actor, record plan.Record) (*plan.Plan, amendment.Contents, error) {
	versions, err := p.service.PlanVersions(c.Request.Context(), actor, record.ID)
	if err != nil {
		return nil, amendment.Contents{}, err
	}
	number := 0
	for _, v := range versions {
		if v.Current {
			number = v.Number
			break
		}
		number = max(number, v.Number)
	}
	contents, err := p.service.PlanVersion(c.Request.Context(), actor, record.ID, number)
	if err != nil {
		return nil, contents, err
	}
	parsed, _ := plan.Read("ke-hoach.yaml", []byte(contents.Source), keptFiles(contents))
	return parsed, contents, nil
}

// keptFiles opens the files that a version names.
func keptFiles(contents amendment.Contents) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		if text, ok := contents.Files[path]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	}
}

func (p *pages) ladderOf(c *gin.Context, actor policy.Actor) (ladder, planHead, error) {
	record, head, err := p.planOf(c, actor)
	if err != nil {
		return ladder{}, head, err
	}
	l := ladder{record: record}
	if !policy.ManagePlan(actor, record.IssuerID) || record.State == plan.Closed {
		return l, head, notFound()
	}
	parsed, contents, err := p.planInForce(c, actor, record)
	if err != nil {
		return l, head, err
	}
	l.contents = contents
	for _, one := range policiesOf(parsed) {
		if one.policy.Code == c.Param("policy") {
			l.policy, l.duties = one.policy, one.duties
			return l, head, nil
		}
	}
	return l, head, notFound()
}

// policiesOf are the policies of a plan with the duties that have each.
func policiesOf(parsed *plan.Plan) []ladder {
	if parsed == nil {
		return nil
	}
	var all []ladder
	for _, one := range parsed.Policies {
		l := ladder{policy: one}
		for _, d := range parsed.Duties {
			if d.Policy == one.Code {
				l.duties = append(l.duties, d.Code)
			}
		}
		all = append(all, l)
	}
	return all
}

func stepsAddress(planID int64, code string) string {
	return planAddress(planID) + "/buoc-nhac/" + url.PathEscape(code)
}

func (p *pages) stepsFormPage(c *gin.Context, actor policy.Actor) error {
	of, head, err := p.ladderOf(c, actor)
	if err != nil {
		return err
	}
	return p.showStepsForm(c, of, head, formOfSteps(of.policy), nil, http.StatusOK)
}

// typedSteps shows the form as it was typed.
func (p *pages) typedSteps(c *gin.Context, actor policy.Actor, form url.Values) error {
	of, head, err := p.ladderOf(c, actor)
	if err != nil {
		return err
	}
	return p.showStepsForm(c, of, head, form, nil, http.StatusOK)
}

// changeSteps takes the form in: one row more, or what the change would do.
func (p *pages) changeSteps(c *gin.Context, actor policy.Actor, form url.Values) error {
	of, head, err := p.ladderOf(c, actor)
	if err != nil {
		return err
	}
	if form.Get("them") != "" {
		form.Set("rows", strconv.Itoa(min(numberIn(form, "rows")+1, mostSteps)))
		return p.showStepsForm(c, of, head, form, nil, http.StatusOK)
	}
	next, source, f, err := of.changed(form)
	if err != nil {
		return err
	}
	if f != nil {
		return p.showStepsForm(c, of, head, form, f, statusOf(f))
	}
	if of.record.State == plan.Draft {
		return p.loadParsed(c, actor, form, next, source)
	}
	a := amended{form: form, source: source}
	looked, err := p.service.PreviewAmendment(c.Request.Context(), actor, amendment.Input{PlanID: of.record.ID, Plan: next, Source: source})
	if err != nil {
		f, other := formFault(err)
		if other != nil {
			return other
		}
		a.failed = err
		return p.showVersions(c, actor, a, statusOf(f))
	}
	a.preview = &looked
	return p.showVersions(c, actor, a, http.StatusOK)
}

var stepPath = regexp.MustCompile(`^policies\[\d+\]\.steps\[(\d+)\](?:\.([a-z]+))?`)

// changed is the plan's file with the policy as the form has it; a fault names the
// field of the form.
func (of ladder) changed(form url.Values) (*plan.Plan, string, *fault.Fault, error) {
	wanted, rows, f := stepsIn(form, of.policy)
	if f != nil {
		return nil, "", f, nil
	}
	source, err := plan.WithPolicy([]byte(of.contents.Source), wanted)
	if err != nil {
		return nil, "", nil, err
	}
	next, problems := plan.Read("ke-hoach.yaml", source, keptFiles(of.contents))
	if !problems.HasErrors() {
		return next, string(source), nil, nil
	}
	var details []*fault.Fault
	for _, problem := range problems {
		if problem.Severity == plan.SeverityError {
			details = append(details, &fault.Fault{Kind: fault.Invalid, Code: problem.Code, Field: fieldOfSteps(problem.Field, rows), VI: problem.VI, EN: problem.EN})
		}
	}
	return nil, "", stepsInvalid(details), nil
}

func stepsInvalid(details []*fault.Fault) *fault.Fault {
	return fault.New(fault.Invalid, "steps.invalid", "Các bước có %d chỗ cần sửa; chưa đổi gì.", "The steps have %d places to mend; nothing was changed.", len(details)).With(details...)
}

// fieldOfSteps is the form's field for a place of the file.
func fieldOfSteps(path string, rows []int) string {
	found := stepPath.FindStringSubmatch(path)
	if found == nil {
		return ""
	}
	i, err := strconv.Atoi(found[1])
	if err != nil || i >= len(rows) {
		return ""
	}
	key := found[2]
	if key == "" || key == "code" {
		key = "kind"
	}
	return stepField(rows[i], key)
}

func stepField(row int, key string) string { return fmt.Sprintf("s.%d.%s", row, key) }

// formOfSteps is the form as the policy fills it.
func formOfSteps(of plan.Policy) url.Values {
	form := url.Values{"rows": {strconv.Itoa(len(of.Steps))}}
	for i, s := range of.Steps {
		put := func(key string, values ...string) { form[stepField(i, key)] = values }
		put("code", s.Code)
		put("kind", s.Kind)
		put("when", whenOf(s))
		put("offset", strconv.Itoa(max(s.Offset, -s.Offset)))
		put("unit", string(s.Unit))
		put("time", s.TimeOfDay)
		put("cron", s.Cron)
		put("severity", strconv.Itoa(s.Severity))
		for _, a := range s.Audience {
			form.Add(stepField(i, "audience"), string(a))
		}
		if s.Digest {
			put("digest", "1")
		}
	}
	return form
}

// whenOf says on which side of which anchor a step stands: "before.due".
func whenOf(s calendar.StepRule) string {
	if s.Offset < 0 {
		return "before." + string(s.Anchor)
	}
	return "after." + string(s.Anchor)
}

// stepsIn reads the form; rows are those that the steps came from.
func stepsIn(form url.Values, of plan.Policy) (wanted plan.Policy, rows []int, f *fault.Fault) {
	wanted = plan.Policy{Code: of.Code, Name: of.Name}
	used := map[string]bool{}
	for i := range min(numberIn(form, "rows"), mostSteps) {
		used[form.Get(stepField(i, "code"))] = true
	}
	var details []*fault.Fault
	for i := range min(numberIn(form, "rows"), mostSteps) {
		get := func(key string) string { return strings.TrimSpace(form.Get(stepField(i, key))) }
		if get("drop") != "" {
			continue
		}
		side, anchor, _ := strings.Cut(get("when"), ".")
		s := calendar.StepRule{
			Code: get("code"), Kind: get("kind"), Anchor: calendar.Anchor(anchor), Unit: calendar.Unit(get("unit")), TimeOfDay: get("time"), Cron: get("cron"), Digest: get("digest") != "",
		}
		for _, number := range []struct {
			key string
			to  *int
		}{{"offset", &s.Offset}, {"severity", &s.Severity}} {
			n, err := strconv.Atoi(get(number.key))
			if get(number.key) != "" && (err != nil || n < 0 || n > 1000) {
				details = append(details, fault.New(fault.Invalid, "steps.number", "Ghi số nguyên từ 0 đến 1000.", "Write a whole number from 0 to 1000.").At(stepField(i, number.key)))
			}
			*number.to = n
		}
		if side == "before" {
			s.Offset = -s.Offset
		}
		for _, a := range form[stepField(i, "audience")] {
			s.Audience = append(s.Audience, calendar.Audience(a))
		}
		if s.Code == "" {
			s.Code = freeCode(fmt.Sprintf("%s_%d", s.Kind, max(s.Offset, -s.Offset)), used)
		}
		rows = append(rows, i)
		wanted.Steps = append(wanted.Steps, s)
	}
	if len(details) > 0 {
		return wanted, rows, stepsInvalid(details)
	}
	return wanted, rows, nil
}

// freeCode is a code that no step of the policy has yet.
func freeCode(code string, used map[string]bool) string {
	for free, n := code, 2; ; n++ {
		if !used[free] {
			used[free] = true
			return free
		}
		free = fmt.Sprintf("%s_%d", code, n)
	}
}

func (p *pages) showStepsForm(c *gin.Context, of ladder, head planHead, form url.Values, f *fault.Fault, status int) error {
	view := stepsForm{planHead: head, Kept: cameBack(form), Back: planAddress(of.record.ID) + "/buoc-nhac"}
	view.Styles = append(view.Styles, "admin.css")
	l := view.lexicon()
	if f != nil {
		view.Errors = errorsOf(f, l)
	}
	view.Form = actForm{
		Action: stepsAddress(of.record.ID, of.policy.Code), Title: l.say("steps.edit", of.policy.Name), Button: l.say("steps.look"),
		Hint: l.say("steps.edit_hint"), Errors: view.Errors,
	}.lay()
	if of.record.State == plan.Draft {
		view.Form.Button = l.say("steps.reload")
	}
	view.Form.Hint = l.usedBy(of) + ". " + view.Form.Hint
	view.Count = min(numberIn(form, "rows"), mostSteps)
	choices := choicesOfSteps(of.policy)
	for i := range view.Count {
		view.Rows = append(view.Rows, l.stepRow(i, form, choices, view.Errors))
	}
	return p.render.write(c, status, "steps_form", l, view)
}

// stepChoices are the values that the rows of a policy choose among.
type stepChoices struct{ kinds, whens, units, crons, audiences []string }

// choicesOfSteps are those that make sense for who owes, or for who reviews, and
// whatever the policy has already.
func choicesOfSteps(of plan.Policy) stepChoices {
	c := stepChoices{
		kinds: []string{"opening", "reminder", "due_today", "overdue", "urging_draft", "escalation"}, whens: []string{"before.due", "after.due", "after.opening"},
		units: []string{string(calendar.WorkingDays), string(calendar.CalendarDays), string(calendar.Hours)}, crons: []string{"", "0 8 * * 1-5", "0 8 * * 1"},
		audiences: []string{string(calendar.FocalPoint), string(calendar.Head), string(calendar.Supervisor), string(calendar.PlanAuthority)},
	}
	if of.Code == reviewPolicy {
		c.kinds, c.whens = []string{"review_reminder", "review_overdue"}, []string{"after.submitted"}
		c.audiences = []string{string(calendar.Reviewer), string(calendar.Head), string(calendar.PlanAuthority)}
	}
	add := func(list *[]string, value string) {
		if !slices.Contains(*list, value) {
			*list = append(*list, value)
		}
	}
	for _, s := range of.Steps {
		add(&c.kinds, s.Kind)
		add(&c.whens, whenOf(s))
		add(&c.crons, s.Cron)
		for _, a := range s.Audience {
			add(&c.audiences, string(a))
		}
	}
	return c
}

func (l lexicon) stepRow(i int, form url.Values, c stepChoices, e formErrors) stepRow {
	get := func(key string) string { return form.Get(stepField(i, key)) }
	list := func(key string, values []string, title func(string) string) field {
		f := field{Name: stepField(i, key), Kind: "list"}
		for _, v := range values {
			f.Options = append(f.Options, option{Value: v, Title: title(v), Chosen: v == get(key)})
		}
		return f
	}
	whom := list("audience", c.audiences, func(v string) string { return l.sayOr("audience."+v, "audience.other") })
	whom.Kind, whom.Label = "many", l.say("steps.whom")
	for j, one := range whom.Options {
		whom.Options[j].Chosen = slices.Contains(form[whom.Name], one.Value)
	}
	row := stepRow{Title: l.say("steps.step", i+1), Code: keptField{stepField(i, "code"), get("code")}, Whom: whom}
	row.Fields = []field{
		list("kind", c.kinds, l.stepKind), {Name: stepField(i, "offset"), Value: get("offset"), Limit: 4},
		list("unit", c.units, func(v string) string { return l.sayOr("steps.unit."+v, "steps.unit.hours") }),
		list("when", c.whens, func(v string) string { return l.sayOr("steps.at."+v, "steps.at.other") }),
		{Name: stepField(i, "time"), Value: get("time"), Limit: 5}, list("cron", c.crons, l.repeated), {Name: stepField(i, "severity"), Value: get("severity"), Limit: 4},
	}
	for j, label := range []string{"steps.what", "steps.offset", "steps.unit", "steps.side", "steps.time", "steps.cron", "steps.severity"} {
		row.Fields[j].Label = l.say(label)
	}
	row.Checks = []field{
		{Name: stepField(i, "digest"), Label: l.say("steps.digest"), Kind: "check", Value: get("digest")},
		{Name: stepField(i, "drop"), Label: l.say("steps.drop"), Kind: "check", Value: get("drop")},
	}
	for _, fields := range [][]field{row.Fields, row.Checks} {
		for j := range fields {
			fields[j].ID, fields[j].Error = "o-"+fields[j].Name, e.At(fields[j].Name)
		}
	}
	row.Whom.ID, row.Whom.Error = "o-"+whom.Name, e.At(whom.Name)
	return row
}

// usedBy says for which duties a policy holds.
func (l lexicon) usedBy(of ladder) string {
	switch n := len(of.duties); {
	case n > 0:
		return l.count("steps.used", n)
	case of.policy.Code == reviewPolicy:
		return l.say("steps.reviewers")
	}
	return l.say("steps.unused")
}

func (l lexicon) stepKind(kind string) string {
	return l.stepWords(calendar.StepTime{Rule: calendar.StepRule{Kind: kind}})
}

// repeated says when a step comes again.
func (l lexicon) repeated(cron string) string {
	switch cron {
	case "":
		return l.say("steps.cron.never")
	case "0 8 * * 1-5":
		return l.say("steps.cron.weekdays")
	case "0 8 * * 1":
		return l.say("steps.cron.mondays")
	}
	return cron
}
