package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// RoundsByHand ask for reports that no calendar opens.
type RoundsByHand interface {
	PreviewByHand(ctx context.Context, actor policy.Actor, in task.HandInput) (task.HandPreview, error)
	OpenByHand(ctx context.Context, actor policy.Actor, in task.HandInput) (task.Round, error)
}

func (p *pages) byHandPages(site *gin.RouterGroup) {
	site.GET("/van-ban/:id/mo-ky", p.page(p.signedIn(p.byHandPage)))
	p.forms(site, "/van-ban/:id/mo-ky", p.byHand, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showByHand(c, actor, form, nil, formErrors{}, http.StatusOK)
	})
}

func byHandAddress(planID int64) string { return planAddress(planID) + "/mo-ky" }

// byHandView describes a report that is asked for, and shows who will be asked.
type byHandView struct {
	planHead
	Errors   formErrors
	None     bool // no duty of the plan is opened by people
	Form     actForm
	Preview  bool
	Agencies []string
	Similar  []lineItem
	Hidden   int
	Open     actForm
}

func (p *pages) byHandPage(c *gin.Context, actor policy.Actor) error {
	return p.showByHand(c, actor, url.Values{"duty": {c.Query("nv")}}, nil, formErrors{}, http.StatusOK)
}

func (p *pages) showByHand(c *gin.Context, actor policy.Actor, form url.Values, shown *task.HandPreview, e formErrors, status int) error {
	if !policy.Supervises(actor) {
		return notFound()
	}
	record, head, err := p.planOf(c, actor)
	if err != nil {
		return err
	}
	duties, err := p.service.ListDuties(c.Request.Context(), actor, record.ID)
	if err != nil {
		return err
	}
	view := byHandView{planHead: head, Errors: e}
	view.Styles = append(view.Styles, "admin.css")
	l := view.lexicon()
	var offered []option
	for _, d := range duties {
		if slices.ContainsFunc(d.Cadences, calendar.Cadence.OpenedByHand) {
			offered = append(offered, option{Value: formatID(d.ID), Title: d.Code + " · " + d.Title})
		}
	}
	view.None = len(offered) == 0
	view.Form = l.byHandForm(record, offered).with(form, e).lay()
	if shown != nil {
		l.asked(*shown, form, p.zoneOf(record.TimeZone), &view)
		view.Open.Action = byHandAddress(record.ID)
		view.Open = view.Open.lay()
	}
	return p.render.write(c, status, "by_hand", l, view)
}

func (l lexicon) byHandForm(record plan.Record, duties []option) actForm {
	return actForm{
		Action: byHandAddress(record.ID), Title: l.say("byhand.form"), Hint: l.say("byhand.hint"), Button: l.say("byhand.look"), Filled: true,
		Fields: []field{
			{Name: "duty", Label: l.say("byhand.duty"), Kind: "list", Options: duties},
			{Name: "title", Label: l.say("byhand.name"), Hint: l.say("byhand.name_hint"), Limit: 200},
			{Name: "text", Label: l.say("byhand.text"), Hint: l.say("byhand.text_hint"), Kind: "lines"},
			{Name: "agencies", Label: l.say("byhand.agencies"), Hint: l.say("byhand.agencies_hint"), Kind: "lines"},
			{Name: "due", Label: l.say("byhand.due"), Hint: l.say("byhand.due_hint")},
		},
	}
}

// asked shows who will be asked, by when, and who reports the same already.
func (l lexicon) asked(shown task.HandPreview, form url.Values, zone *time.Location, view *byHandView) {
	view.Preview = true
	for _, a := range shown.Agencies {
		if len(view.Agencies) == effectLines {
			view.Hidden++
			continue
		}
		view.Agencies = append(view.Agencies, l.say("byhand.line", a.Name, l.until(a.DueAt, zone), l.integer(a.Load)))
	}
	for _, s := range shown.Similar {
		if len(view.Similar) == effectLines {
			break
		}
		view.Similar = append(view.Similar, lineItem{
			Address: taskAddress(s.TaskID), Title: s.AgencyName + ": " + s.DutyCode + " · " + s.DutyTitle, Facts: l.period(s.PeriodKey) + " · " + l.until(s.DueAt, zone),
			Glyph: glyph{Form: "circle", Label: l.sayOr("state."+string(s.State), "status.not_open")},
		})
	}
	view.Open = actForm{Title: l.say("byhand.open"), Hint: l.say("byhand.open_hint"), Button: l.say("byhand.do"), Filled: true, Name: "mo", Hidden: []keptField{{"open", "1"}}}
	for _, name := range []string{"duty", "title", "text", "agencies", "due"} {
		view.Open.Hidden = append(view.Open.Hidden, keptField{name, form.Get(name)})
	}
}

func (p *pages) byHand(c *gin.Context, actor policy.Actor, form url.Values) error {
	if !policy.Supervises(actor) {
		return notFound()
	}
	id, err := taskID(c)
	if err != nil {
		return err
	}
	in, err := p.handInput(c, actor, form)
	if err == nil && form.Get("open") != "" {
		var round task.Round
		if round, err = p.service.OpenByHand(keyed(c, form), actor, in); err == nil {
			c.Redirect(http.StatusSeeOther, boardQuery{Plan: id, Duty: round.DutyID}.address())
			return nil
		}
	} else if err == nil {
		var shown task.HandPreview
		if shown, err = p.service.PreviewByHand(c.Request.Context(), actor, in); err == nil {
			return p.showByHand(c, actor, form, &shown, formErrors{}, http.StatusOK)
		}
	}
	f, other := formFault(err)
	if other != nil {
		return other
	}
	for _, part := range append([]*fault.Fault{f}, f.Details...) {
		switch {
		case strings.HasPrefix(part.Field, "due"):
			part.Field = "due"
		case strings.HasPrefix(part.Field, "agency"):
			part.Field = "agencies"
		}
	}
	return p.showByHand(c, actor, form, nil, errorsOf(f, lexicon{language(p.languageOf(c))}), statusOf(f))
}

func (p *pages) handInput(c *gin.Context, actor policy.Actor, form url.Values) (task.HandInput, error) {
	in := task.HandInput{DutyID: int64(numberIn(form, "duty")), Title: strings.TrimSpace(form.Get("title")), Text: strings.TrimSpace(form.Get("text"))}
	for _, code := range codesIn(form.Get("agencies")) {
		page, err := p.service.ListAgencies(c.Request.Context(), actor, agency.Filter{Query: code, Limit: 20})
		if err != nil {
			return in, err
		}
		at := slices.IndexFunc(page.Agencies, func(a agency.Agency) bool { return a.Code == code })
		if at < 0 {
			return in, fault.New(fault.Invalid, "agency.unknown", "Không có đơn vị %q.", "There is no unit %q.", code).At("agencies")
		}
		in.AgencyIDs = append(in.AgencyIDs, page.Agencies[at].ID)
	}
	typed := strings.TrimSpace(form.Get("due"))
	if typed == "" {
		return in, nil
	}
	if days, err := strconv.Atoi(typed); err == nil && days > 0 {
		in.Within = calendar.DueRule{WorkingDays: days}
		return in, nil
	}
	at, err := time.ParseInLocation("02/01/2006 15:04", typed, p.zone)
	if err != nil {
		return in, fault.New(fault.Invalid, "round.due", "Ghi số ngày làm việc, hoặc ngày giờ như 18/03/2026 10:00.",
			"Give a number of working days, or an instant such as 18/03/2026 10:00.").At("due")
	}
	in.DueAt = at
	return in, nil
}
