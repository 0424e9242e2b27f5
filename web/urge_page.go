package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Urges push for results that are owed.
type Urges interface {
	Urge(ctx context.Context, actor policy.Actor, in task.UrgeInput) (task.UrgeReceipt, error)
}

// demandExplanation stands among the ways to urge, though it is a request.
const demandExplanation = "explanation"

// urgeWays are the ways to urge, in the order in which they grow stronger.
var urgeWays = []string{string(task.UrgeMessage), string(task.UrgePhone), string(task.UrgeZalo), string(task.UrgeLetter), demandExplanation}

// urgedAtOnce is how many tasks one page urges for: one each of all agencies that the
// board shows at once.
const urgedAtOnce = matrixAgencies

// urgeView shows what will be sent for which tasks before it is.
type urgeView struct {
	frame
	Way        string
	Ways       []menuItem
	Lines      []urgeLine
	Key        string
	Message    string
	WithWhom   string
	PromisedOn string
	Errors     formErrors
	Kept       bool
	Refused    []string // what could not be done, each with its reason
	Done       string
}

type urgeLine struct {
	ID                           int64
	Address, Agency, Code, Title string
	Due, Late, Phone             string
	Glyph                        glyph
	Zalo                         string // a text to paste into a message to the unit
}

func (p *pages) urgePages(site *gin.RouterGroup) {
	site.GET("/don-doc", p.page(p.signedIn(p.urgePage)))
	p.forms(site, "/don-doc", p.urge, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showUrge(c, actor, form, nil, nil)
	})
}

func (p *pages) urgePage(c *gin.Context, actor policy.Actor) error {
	return p.showUrge(c, actor, c.Request.URL.Query(), nil, nil)
}

// chosenIn are the tasks of ticked boxes. A box stands for one task or, in the matrix,
// for all that a row or a level owes ("12,15,19").
func chosenIn(values []string) ([]int64, error) {
	var ids []int64
	for _, value := range values {
		for text := range strings.SplitSeq(value, ",") {
			id, err := strconv.ParseInt(text, 10, 64)
			if err != nil || id <= 0 {
				return nil, notFound()
			}
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// tasksIn are the tasks of a form or an address. Nobody is urged by accident: where
// none is ticked, that is said.
func tasksIn(form url.Values) ([]int64, error) {
	var ids []int64
	chosen, err := chosenIn(form["viec"])
	if err != nil {
		return nil, err
	}
	for _, id := range chosen {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 || len(ids) > urgedAtOnce {
		return nil, fault.New(fault.Invalid, "urging.how_many", "Đánh dấu từ 1 đến %d việc trong danh sách quá hạn rồi bấm lại.", "Tick 1 to %d tasks in the list of what is overdue, then try again.", urgedAtOnce)
	}
	return ids, nil
}

func (p *pages) showUrge(c *gin.Context, actor policy.Actor, form url.Values, f *fault.Fault, outcomes []task.Outcome) error {
	if !policy.Supervises(actor) {
		return notFound()
	}
	ids, err := tasksIn(form)
	if err != nil {
		return err
	}
	view := urgeView{frame: p.frameFor(c, ""), Way: wayIn(form), Key: randomHex(16)}
	l := view.lexicon()
	view.Title = l.say("urge.title." + view.Way)
	view.Styles, view.Scripts = []string{"urge.css"}, []string{"copy.js"}
	view.Message, view.WithWhom, view.PromisedOn = form.Get("message"), form.Get("with_whom"), form.Get("promised_on")
	if view.Message == "" && view.Way == string(task.UrgeMessage) {
		view.Message = l.say("urge.default")
	}
	refused := map[int64]bool{}
	for _, o := range outcomes {
		refused[o.TaskID] = o.Fault != nil
	}
	names := map[int64]string{}
	query := url.Values{}
	for _, id := range ids {
		detail, err := p.service.TaskDetail(c.Request.Context(), actor, id)
		if err != nil {
			return err
		}
		t := detail.Task
		zone := p.zoneOf(t.TimeZone)
		line := urgeLine{
			ID: id, Address: taskAddress(id), Agency: t.AgencyName, Code: t.DutyCode, Title: l.taskTitle(t),
			Due: calendar.DueDay(t.EffectiveDueAt, zone).VN(), Phone: t.AgencyPhone, Glyph: l.glyphOf(t), Zalo: l.zaloText(t, calendar.DueDay(t.EffectiveDueAt, zone)),
		}
		if t.DaysLate > 0 {
			line.Late = l.count("days", t.DaysLate)
		}
		names[id] = t.AgencyName + ", " + t.DutyCode
		if outcomes != nil && !refused[id] {
			continue // done: nobody is to be urged a second time
		}
		view.Lines = append(view.Lines, line)
		query.Add("viec", strconv.FormatInt(id, 10))
	}
	for _, way := range urgeWays {
		query.Set("cach", way)
		view.Ways = append(view.Ways, menuItem{l.say("urge.way." + way), "/don-doc?" + query.Encode(), way == view.Way})
	}
	for _, o := range outcomes {
		if o.Fault != nil {
			view.Refused = append(view.Refused, names[o.TaskID]+": "+o.Fault.Message(l.code))
		}
	}
	if done := len(outcomes) - len(view.Refused); done > 0 {
		view.Done = l.count("urge.done", done)
	}
	status := http.StatusOK
	if f != nil {
		status, view.Errors = statusOf(f), errorsOf(f, l)
	}
	view.Kept = cameBack(form)
	return p.render.write(c, status, "urge", l, view)
}

func wayIn(form url.Values) string {
	if way := form.Get("cach"); slices.Contains(urgeWays, way) {
		return way
	}
	return string(task.UrgeMessage)
}

// zaloText is a short polite text for a chat: no contents, no persons.
func (l lexicon) zaloText(t task.Task, due calendar.Date) string {
	key := "zalo.assigned"
	if t.Mode == "requested" {
		key = "zalo.requested"
	}
	text := l.say(key, t.AgencyName, t.DutyCode, l.taskTitle(t), due.VN())
	if t.DaysLate > 0 {
		text += " " + l.say("zalo.late", l.count("days", t.DaysLate))
	}
	return text + " " + l.say("zalo.thanks")
}

// urge takes in the form: it sends, or notes what was done elsewhere.
func (p *pages) urge(c *gin.Context, actor policy.Actor, form url.Values) error {
	outcomes, err := p.urgeFor(keyed(c, form), actor, form)
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		return p.showUrge(c, actor, form, f, nil)
	}
	if err != nil {
		return err
	}
	if slices.ContainsFunc(outcomes, func(o task.Outcome) bool { return o.Fault != nil }) {
		return p.showUrge(c, actor, form, nil, outcomes)
	}
	c.Redirect(http.StatusSeeOther, "/theo-doi?da="+wayIn(form))
	return nil
}

func (p *pages) urgeFor(ctx context.Context, actor policy.Actor, form url.Values) ([]task.Outcome, error) {
	ids, err := tasksIn(form)
	if err != nil {
		return nil, err
	}
	way := wayIn(form)
	if way == demandExplanation {
		return p.demand(ctx, actor, ids, form)
	}
	in := task.UrgeInput{TaskIDs: ids, Kind: task.UrgeKind(way)}
	if in.Kind == task.UrgeMessage {
		in.Message = strings.TrimSpace(form.Get("message"))
	} else {
		in.WithWhom = strings.TrimSpace(form.Get("with_whom"))
		if in.PromisedOn, err = typedDate(form.Get("promised_on"), "promised_on"); err != nil {
			return nil, err
		}
	}
	receipt, err := p.service.Urge(ctx, actor, in)
	return receipt.Outcomes, err
}
