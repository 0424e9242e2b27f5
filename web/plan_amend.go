package web

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
	"dondoc/internal/timetable"
)

// versionsView lists a plan's versions, what differs between two, and amends it.
type versionsView struct {
	planHead
	Done       string
	Errors     formErrors
	Problems   []fileProblem
	Versions   []versionLine
	Compared   string // names the two versions
	Difference *differenceView
	Choices    []option // versions to compare
	ChoicesTo  []option
	Form       *actForm
	Effect     *amendEffect
}

type versionLine struct {
	Number               int
	Facts, Basis, Duties string
	Current              bool
	File                 string
}

type differenceView struct {
	Facts          []changeLine
	Added, Retired []string
	Changed        []dutyDifference
	Agencies       string
	Empty          bool
}

type changeLine struct{ Field, Old, New string }

type dutyDifference struct {
	Title  string
	Pieces []task.Piece
	Fields []changeLine
	Gained string
	Lost   string
}

// amendEffect is what an amendment does to rounds that run or are to come.
type amendEffect struct {
	Summary []factLine
	Lines   []string
	Hidden  int
	Apply   actForm
}

func (p *pages) versionsPage(c *gin.Context, actor policy.Actor) error {
	return p.showVersions(c, actor, amended{}, http.StatusOK)
}

// amended is an amendment on its way: what was typed, and what came of it.
type amended struct {
	form    url.Values
	source  string
	preview *amendment.Preview
	failed  error
}

func (p *pages) showVersions(c *gin.Context, actor policy.Actor, a amended, status int) error {
	record, head, err := p.planOf(c, actor)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	versions, err := p.service.PlanVersions(ctx, actor, record.ID)
	if err != nil {
		return err
	}
	view := versionsView{planHead: head}
	view.Styles = append(view.Styles, "admin.css")
	l, zone := view.lexicon(), p.zoneOf(record.TimeZone)
	if c.Query("da") != "" {
		view.Done = l.say("amend.done")
	}
	from, to := versionsAsked(c, versions)
	for _, v := range versions {
		view.Versions = append(view.Versions, l.versionLine(record.ID, v, moment(v.LoadedAt, zone)))
		view.Choices = append(view.Choices, option{Value: strconv.Itoa(v.Number), Title: l.say("amend.version", v.Number), Chosen: v.Number == from})
		view.ChoicesTo = append(view.ChoicesTo, option{Value: strconv.Itoa(v.Number), Title: l.say("amend.version", v.Number), Chosen: v.Number == to})
	}
	switch {
	case a.preview != nil:
		view.Compared = l.say("amend.against")
		view.Difference = l.difference(a.preview.Difference)
		view.Effect = l.amendEffect(a, record, p)
	case from != to:
		compared, err := p.service.ComparePlanVersions(ctx, actor, record.ID, from, to)
		if err != nil {
			return err
		}
		view.Compared = l.say("amend.between", from, to)
		view.Difference = l.difference(compared.Difference)
	}
	if a.failed != nil {
		view.Errors, view.Problems = l.fileErrors(a.failed)
	}
	if policy.ManagePlan(actor, record.IssuerID) && (record.State == plan.Active || record.State == plan.Suspended) {
		form := l.amendForm(record.ID, a, view.Errors)
		view.Form = &form
	}
	return p.render.write(c, status, "versions", l, view)
}

// versionsAsked are the two versions to compare: those asked for, else the last two.
func versionsAsked(c *gin.Context, versions []amendment.Version) (from, to int) {
	from, _ = strconv.Atoi(c.Query("tu"))
	to, _ = strconv.Atoi(c.Query("den"))
	if from > 0 && to > 0 {
		return from, to
	}
	for _, v := range versions {
		if v.Number > to {
			from, to = to, v.Number
		} else if v.Number > from {
			from = v.Number
		}
	}
	if from == 0 {
		from = to
	}
	return from, to
}

func (l lexicon) versionLine(planID int64, v amendment.Version, loaded string) versionLine {
	line := versionLine{
		Number: v.Number, Facts: loaded, Duties: l.integer(v.Duties), Current: v.Current,
		File: fmt.Sprintf("%s/tep/%d.yaml", planAddress(planID), v.Number),
	}
	if v.LoadedByName != "" {
		line.Facts += " · " + v.LoadedByName
	}
	if v.Basis.Number != "" {
		line.Basis = v.Basis.Number + ", " + v.Basis.On.VN()
	}
	return line
}

func (l lexicon) amendForm(planID int64, a amended, e formErrors) actForm {
	form := actForm{
		Action: planAddress(planID) + "/sua-doi", Title: l.say("amend.title"), Hint: l.say("amend.hint"), Button: l.say("amend.look"), Files: true,
		Fields: append([]field{
			{Name: "basis.number", Label: l.say("amend.number"), Hint: l.say("amend.number_hint"), Limit: 200},
			{Name: "basis.on", Label: l.say("amend.on"), Kind: "date"},
		}, l.planFileFields(a.source)...),
	}
	for i := range form.Fields[:2] {
		form.Fields[i].Value = a.form.Get(form.Fields[i].Name)
	}
	form.Errors, form.Kept = e, cameBack(a.form)
	return form.lay()
}

func (l lexicon) fact(f amendment.Fact) changeLine {
	dash := func(s string) string {
		if s == "" {
			return "–"
		}
		return s
	}
	return changeLine{f.Field, dash(f.Old), dash(f.New)}
}

func (l lexicon) difference(d amendment.Difference) *differenceView {
	v := &differenceView{Empty: d.Empty(), Agencies: strings.Join(d.Agencies, ", ")}
	for _, f := range d.Facts {
		v.Facts = append(v.Facts, l.fact(f))
	}
	for list, from := range map[*[]string][]amendment.DutyLine{&v.Added: d.Added, &v.Retired: d.Retired} {
		for _, duty := range from {
			*list = append(*list, duty.Code+" · "+duty.Title+" ("+l.count("foresee.agencies", duty.Owners)+")")
		}
	}
	parts := func(list []amendment.Part) string {
		var names []string
		for _, part := range list {
			names = append(names, part.Agency+" ("+l.sayOr("plan.role."+string(part.Role), "role.other")+")")
		}
		return strings.Join(names, ", ")
	}
	for _, change := range d.Changed {
		one := dutyDifference{Title: change.Code + " · " + change.Title, Pieces: change.Text, Gained: parts(change.Gained), Lost: parts(change.Lost)}
		if change.OldCode != change.Code {
			one.Title = change.OldCode + " → " + one.Title
		}
		for _, f := range change.Fields {
			one.Fields = append(one.Fields, l.fact(f))
		}
		v.Changed = append(v.Changed, one)
	}
	return v
}

func (l lexicon) amendEffect(a amended, record plan.Record, p *pages) *amendEffect {
	e, zone := a.preview.Effect, p.zoneOf(record.TimeZone)
	v := &amendEffect{Summary: []factLine{
		{l.say("amend.opened"), l.integer(e.Opened)}, {l.say("amend.cancelled"), l.integer(e.Cancelled)}, {l.say("amend.kept"), l.integer(e.Kept)},
		{l.say("amend.moved"), l.integer(e.Moved)}, {l.say("amend.rerouted"), l.integer(e.Rerouted)}, {l.say("reform.sum.people"), l.integer(e.People)},
	}}
	add := func(line string) {
		if len(v.Lines) < effectLines {
			v.Lines = append(v.Lines, line)
		} else {
			v.Hidden++
		}
	}
	for _, r := range e.Open {
		for key, codes := range map[string][]string{"amend.line.opened": r.Opened, "amend.line.cancelled": r.Cancelled, "amend.line.kept": r.Kept, "amend.line.later": r.Later} {
			if len(codes) > 0 {
				add(l.say(key, r.DutyCode, l.period(r.PeriodKey), strings.Join(codes, ", ")))
			}
		}
		for _, m := range r.Moves {
			add(l.moveLine(m, calendar.DueDay(m.DueFrom, zone).VN(), calendar.DueDay(m.DueTo, zone).VN()))
		}
	}
	for _, r := range e.Scheduled {
		if r.Dropped {
			add(l.say("amend.line.dropped", r.DutyCode, l.period(r.PeriodKey)))
		}
	}
	v.Apply = actForm{
		Action: planAddress(record.ID) + "/sua-doi", Title: l.say("amend.apply"), Hint: l.say("amend.apply_hint"), Button: l.say("amend.do"), Filled: true,
		Version: a.preview.PlanVersion, Name: "ap-dung",
		Hidden: []keptField{{"source", a.source}, {"digest", a.preview.Digest}, {"basis.number", a.form.Get("basis.number")}, {"basis.on", a.form.Get("basis.on")}},
	}.lay()
	return v
}

func (l lexicon) moveLine(m timetable.Move, from, to string) string {
	if from == to {
		return l.say("amend.line.steps", m.DutyCode, l.period(m.PeriodKey), l.count("foresee.agencies", len(m.Agencies)))
	}
	return l.say("amend.line.moved", m.DutyCode, l.period(m.PeriodKey), from, to, l.count("foresee.agencies", len(m.Agencies)))
}

// amend looks at an amendment, and puts it in force when it comes again as it was
// shown.
func (p *pages) amend(c *gin.Context, actor policy.Actor, form url.Values) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	a := amended{form: form}
	in := amendment.Input{PlanID: id, Version: numberIn(a.form, "version"), Digest: a.form.Get("digest"), Basis: amendment.Basis{Number: a.form.Get("basis.number")}}
	record, err := p.service.FindPlan(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	// Lists beside the file that did not change need not be sent again.
	_, contents, err := p.planInForce(c, actor, record)
	if err != nil {
		return err
	}
	in.Plan, a.source, _, err = p.planFile(c, a.form, keptFiles(contents))
	in.Source = a.source
	if err == nil {
		in.Basis.On, err = typedDate(a.form.Get("basis.on"), "basis.on")
	}
	if err == nil && in.Digest != "" {
		if _, err = p.service.ApplyAmendment(keyed(c, a.form), actor, in); err == nil {
			c.Redirect(http.StatusSeeOther, planAddress(id)+"/sua-doi?da=1")
			return nil
		}
	} else if err == nil {
		var looked amendment.Preview
		if looked, err = p.service.PreviewAmendment(c.Request.Context(), actor, in); err == nil {
			a.preview = &looked
			return p.showVersions(c, actor, a, http.StatusOK)
		}
	}
	f, other := formFault(err)
	if other != nil {
		return other
	}
	a.failed = err
	return p.showVersions(c, actor, a, statusOf(f))
}

// versionFile gives a version's file as it was loaded.
func (p *pages) versionFile(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(strings.TrimSuffix(c.Param("number"), ".yaml"))
	if err != nil {
		return notFound()
	}
	contents, err := p.service.PlanVersion(c.Request.Context(), actor, id, number)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fmt.Sprintf("ke-hoach-%d-%d.yaml", id, number)}))
	c.Data(http.StatusOK, "application/yaml; charset=utf-8", []byte(contents.Source))
	return nil
}
