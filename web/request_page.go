package web

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/request"
)

// Requests takes and answers what people ask of other bodies about tasks.
type Requests interface {
	ListRequests(ctx context.Context, actor policy.Actor, f request.Filter) (request.Page, error)
	FindRequest(ctx context.Context, actor policy.Actor, id int64) (request.Detail, error)
	AskRequest(ctx context.Context, actor policy.Actor, in request.AskInput) (request.Receipt, error)
	OpineOnRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error)
	DecideRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error)
	AnswerRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error)
	PassOnRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error)
	WithdrawRequest(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error)
	TakeBackWaiver(ctx context.Context, actor policy.Actor, in request.Act) (request.Receipt, error)
}

const (
	// requestsShown is how many requests one list shows at a time.
	requestsShown = 20
	// requestsOfTask bounds those on a task's page; a task has a handful.
	requestsOfTask = 100
)

func requestAddress(id int64) string { return "/de-nghi/" + strconv.FormatInt(id, 10) }

// hasRequests: the roles that ask, answer, decide or give opinions.
func hasRequests(a policy.Actor) bool {
	return a.Has(policy.FocalPoint) || a.Has(policy.Head) || a.Has(policy.Supervisor) || a.Has(policy.PlanAuthority)
}

// requestView is a request with its forms and its history.
type requestView struct {
	frame
	ID                      int64
	About                   string
	TaskAddress, TaskTitle  string // address: empty where the reader does not see the task
	From, To, AskedBy       string
	Glyph                   glyph
	State                   string
	Late                    bool
	Flash                   string
	Kept                    bool   // what was typed came through a sign-in
	Unsent                  string // typed into a form that is not there any more
	Text, Proposed, Granted string
	DayOff                  string
	Due                     string
	Derivation              template.HTML
	Opinions, Events        []requestEvent
	Others                  []lineItem
	Forms                   []requestForm
	Errors                  formErrors
	Waits                   bool
}

// requestEvent is what somebody did with the request, in their words.
type requestEvent struct{ Title, Facts, Text string }

func (p *pages) requestPage(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	detail, err := p.service.FindRequest(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	now, err := p.now(c)
	if err != nil {
		return err
	}
	view := p.requestViewOf(c, detail, now)
	l := view.lexicon()
	view.Forms = requestForms(l, detail.Request)
	if n := len(view.Events); c.Query("da") != "" && n > 0 {
		// From what is stored, not from the address.
		view.Flash = l.say("request.flash", view.Events[n-1].Title, view.Events[n-1].Facts)
	}
	return p.render.write(c, http.StatusOK, "request", l, view)
}

// requestViewOf fills everything but the forms.
func (p *pages) requestViewOf(c *gin.Context, d request.Detail, now time.Time) requestView {
	q, zone := d.Request, p.zoneOf(d.Request.TimeZone)
	view := requestView{frame: p.frameFor(c, "")}
	l := view.lexicon()
	view.ID, view.Title = q.ID, l.requestTitle(q)
	view.About = q.TaskAgencyName + " · " + l.say("task.duty", q.DutyCode)
	view.TaskTitle = l.requestTask(q)
	if q.MaySeeTask {
		view.TaskAddress = taskAddress(q.TaskID)
	}
	view.From, view.To = q.FromAgencyName, q.ToAgencyName
	view.AskedBy = moment(q.AskedAt, zone)
	if q.AskedByName != "" {
		view.AskedBy = q.AskedByName + ", " + view.AskedBy
	}
	view.Glyph, view.Late = l.glyphOfRequest(q, now)
	view.State, view.Glyph = view.Glyph.Label, view.Glyph.beside()
	view.Waits = q.SettledAt == nil
	view.Text = q.Text
	if !q.ProposedOn.IsZero() {
		view.Proposed = l.say("due.end", q.ProposedOn.VN())
		// Weighed by who decides; it keeps nobody from deciding.
		if view.Waits && !p.calendar.IsWorking(q.ProposedOn) {
			view.DayOff = l.say("request.day_off", q.ProposedOn.VN())
		}
	}
	if !q.GrantedOn.IsZero() {
		view.Granted = l.say("due.end", q.GrantedOn.VN())
	}
	view.Due = l.untilFrom(q.DueAt, now, zone)
	view.Derivation = emphasise(q.Derivation.Sentence(l.code), calendar.DueDay(q.DueAt, zone).VN())
	for _, e := range d.Events {
		told := l.requestEventOf(q, e, zone)
		if e.Action == "opinion" {
			view.Opinions = append(view.Opinions, told)
		}
		if e.Action == "asked" {
			told.Text = "" // stands above
		}
		view.Events = append(view.Events, told)
	}
	for _, other := range d.Group {
		view.Others = append(view.Others, p.requestLine(l, other, now))
	}
	return view
}

// requestTitle says what is asked.
func (l lexicon) requestTitle(q request.Request) string {
	if q.Kind == request.Extension && q.Resubmission {
		return l.say("request.kind.extension_again")
	}
	return l.sayOr("request.kind."+string(q.Kind), "request.kind.other")
}

// requestTask names the task that a request is about.
func (l lexicon) requestTask(q request.Request) string {
	if q.PeriodKey == "" || q.PeriodKey == "once" {
		return q.DutyTitle
	}
	return q.DutyTitle + ", " + l.period(q.PeriodKey)
}

func (l lexicon) requestEventOf(q request.Request, e request.Event, zone *time.Location) requestEvent {
	told := requestEvent{
		Title: l.sayOr("event.task."+string(q.Kind)+"_"+e.Action, "event.other"),
		Facts: moment(e.At, zone), Text: e.Text,
	}
	if e.Action == "opinion" {
		told.Title = l.sayOr("request.stance."+e.Stance, "event.other")
	}
	who := l.byWhom(e.ActorName, e.For)
	switch {
	case e.ActorName == "":
	case strings.Contains(e.ActorName, e.Agency):
		told.Facts += " · " + who
	default:
		told.Facts += " · " + who + " · " + e.Agency
	}
	return told
}

// glyphOfRequest draws where a request stands, and tells whether its answer is late.
func (l lexicon) glyphOfRequest(q request.Request, now time.Time) (g glyph, late bool) {
	g.Label = l.sayOr("request.state."+string(q.State), "request.state.other")
	waits := q.State == request.Asked || q.State == request.Accepted && q.SettledAt == nil
	switch {
	case waits && !now.Before(q.DueAt):
		return glyph{Form: "lozenge", Label: l.say("request.late", g.Label)}, true
	case waits:
		g.Form = "ring"
	case q.State == request.Answered && q.SettledAt == nil:
		g.Form, g.Label = "half-circle", l.say("request.state.to_judge")
	case q.State == request.Accepted && q.Kind == request.Explanation:
		g.Form, g.Label = "circle", l.say("request.state.explained")
	case q.State == request.Granted, q.State == request.Accepted, q.State == request.Answered, q.State == request.Refused:
		g.Form = "circle"
	default:
		g.Form = "dash"
	}
	return g, false
}

// requestLine is a request in a list.
func (p *pages) requestLine(l lexicon, q request.Request, now time.Time) lineItem {
	zone := p.zoneOf(q.TimeZone)
	g, _ := l.glyphOfRequest(q, now)
	facts := l.say("request.from_to", q.FromAgencyName, q.ToAgencyName) + " · " + g.Label
	if q.SettledAt == nil {
		facts += " · " + l.say("task.due", l.untilFrom(q.DueAt, now, zone))
	} else {
		facts += " · " + moment(*q.SettledAt, zone)
	}
	return lineItem{Glyph: g.beside(), Address: requestAddress(q.ID), Title: l.requestTitle(q) + " · " + l.requestTask(q), Facts: facts}
}

// requestsView lists what waits for the reader, and what their agency asked.
type requestsView struct {
	frame
	Waiting, Asked         []lineItem
	MoreWaiting, MoreAsked string
}

func (p *pages) requestsPage(c *gin.Context, actor policy.Actor) error {
	now, err := p.now(c)
	if err != nil {
		return err
	}
	view := requestsView{frame: p.frameFor(c, "")}
	l := view.lexicon()
	view.Title = l.say("requests.title")
	list := func(f request.Filter, parameter string) (lines []lineItem, more string, err error) {
		f.Limit, f.Cursor = requestsShown, c.Query(parameter)
		page, err := p.service.ListRequests(c.Request.Context(), actor, f)
		if err != nil {
			return nil, "", err
		}
		for _, q := range page.Requests {
			lines = append(lines, p.requestLine(l, q, now))
		}
		if page.Next != "" {
			more = "/de-nghi?" + parameter + "=" + url.QueryEscape(page.Next)
		}
		return lines, more, nil
	}
	if hasRequests(actor) {
		if view.Waiting, view.MoreWaiting, err = list(request.Filter{ToDecide: true}, "cho"); err != nil {
			return err
		}
		if view.Asked, view.MoreAsked, err = list(request.Filter{Mine: true, Open: true}, "hoi"); err != nil {
			return err
		}
	}
	return p.render.write(c, http.StatusOK, "requests", l, view)
}
