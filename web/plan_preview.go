package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/preview"
)

// previewView is a plan's whole future before it begins.
type previewView struct {
	planHead
	Done     string
	From, To string
	Errors   formErrors
	Summary  []factLine
	Notes    []previewNote
	Rounds   []previewRound
	Hidden   int
	Classes  []previewClass
	Crowded  []string
	Begin    *actForm
}

type previewNote struct {
	Text   string
	Weight string // "error", "warning", "info"
}

type previewRound struct {
	Code, Title, Period, Opens string
	Dues                       []string
}

type previewClass struct {
	Name, Tasks string
	People      []string
	Busy        []string
}

// previewRoundsShown is how many rounds the page lists; the file has them all.
const previewRoundsShown = 200

func (p *pages) previewPage(c *gin.Context, actor policy.Actor) error {
	return p.showPreview(c, actor, nil, formErrors{}, http.StatusOK)
}

func (p *pages) showPreview(c *gin.Context, actor policy.Actor, form url.Values, e formErrors, status int) error {
	record, head, err := p.planOf(c, actor)
	if err != nil {
		return err
	}
	view := previewView{planHead: head, Errors: e, From: c.Query("tu"), To: c.Query("den")}
	view.Styles = append(view.Styles, "admin.css")
	l := view.lexicon()
	if c.Query("da") == "nap" {
		view.Done = l.say("load.done")
	}
	var wanted preview.Wanted
	for name, into := range map[string]*calendar.Date{"tu": &wanted.From, "den": &wanted.To} {
		day, err := typedDate(c.Query(name), name)
		if f, other := formFault(err); other != nil {
			return other
		} else if f != nil {
			view.Errors, status = errorsOf(f, l), http.StatusUnprocessableEntity
			continue
		}
		*into = day
	}
	future, err := p.service.PreviewPlan(c.Request.Context(), actor, record.ID, wanted)
	if f, other := formFault(err); other != nil {
		return other
	} else if f != nil {
		view.Errors, status = errorsOf(f, l), statusOf(f)
	}
	l.foresee(future, &view)
	if policy.ManagePlan(actor, record.IssuerID) && record.State == plan.Draft {
		begin := l.beginForm(record, form, e)
		view.Begin = &begin
	}
	return p.render.write(c, status, "preview", l, view)
}

func (l lexicon) beginForm(record plan.Record, form url.Values, e formErrors) actForm {
	return actForm{
		Action: planAddress(record.ID) + "/theo-doi/bat-dau", Title: l.say("begin.title"), Hint: l.say("begin.hint"), Button: l.say("begin.submit"), Filled: true,
		Version: record.Version,
		Fields:  []field{{Name: "follow_from", Label: l.say("begin.from"), Hint: l.say("begin.from_hint"), Kind: "date"}},
	}.with(form, e).lay()
}

func (l lexicon) foresee(future preview.Preview, view *previewView) {
	tasks, messages := 0, 0
	for _, r := range future.Rounds {
		line := previewRound{Code: r.Duty, Title: r.Title, Period: l.period(r.Period.Key), Opens: calendar.DateOf(r.OpensAt, future.Zone).VN()}
		for _, t := range r.Tasks {
			tasks += t.Agencies
			line.Dues = append(line.Dues, l.say("foresee.due", calendar.DueDay(t.Due.At, future.Zone).VN(), l.sayOr("level."+t.Kind.Level, "level.other"), l.count("foresee.agencies", t.Agencies)))
		}
		if len(view.Rounds) < previewRoundsShown {
			view.Rounds = append(view.Rounds, line)
		} else {
			view.Hidden++
		}
	}
	for _, day := range future.Days {
		messages += day.OnTime
	}
	for _, class := range future.Classes {
		view.Classes = append(view.Classes, l.previewClass(class))
	}
	for _, n := range future.Notes {
		view.Notes = append(view.Notes, previewNote{n.In(l.code), string(n.Severity)})
	}
	if !future.From.IsZero() {
		view.Summary = []factLine{
			{l.say("foresee.range"), l.say("people.between", future.From.VN(), future.To.VN())}, {l.say("foresee.rounds"), l.integer(len(future.Rounds))},
			{l.say("foresee.tasks"), l.integer(tasks)}, {l.say("foresee.messages"), l.integer(messages)},
		}
	}
}

func (l lexicon) previewClass(class preview.Class) previewClass {
	v := previewClass{Name: class.Name, Tasks: l.integer(class.Due)}
	if n := len(class.Agencies); n > 1 {
		v.Name += " (" + l.count("foresee.agencies", n) + ")"
	}
	for _, role := range class.Roles {
		v.People = append(v.People, l.say("foresee.person", l.sayOr("audience."+string(role.Audience), "role.other"), l.integer(role.OnTime.Messages), l.integer(role.AtMost.Messages)))
	}
	for _, day := range class.TooMuch {
		v.Busy = append(v.Busy, l.say("foresee.busy", day.On.VN(), strconv.Itoa(len(day.Duties)), strings.Join(day.Duties, ", ")))
	}
	return v
}
