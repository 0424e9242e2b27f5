package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// followView stops a plan's time, lets it go on, and ends the plan.
type followView struct {
	planHead
	Done   string
	Errors formErrors
	Lines  []factLine
	Stop   *actForm // suspend or resume
	Close  *actForm
	Note   string // what was written at the end
}

func (p *pages) followPage(c *gin.Context, actor policy.Actor) error {
	return p.showFollow(c, actor, nil, formErrors{}, http.StatusOK)
}

func (p *pages) showFollow(c *gin.Context, actor policy.Actor, form url.Values, e formErrors, status int) error {
	record, head, err := p.planOf(c, actor)
	if err != nil {
		return err
	}
	view := followView{planHead: head, Errors: e}
	view.Styles = append(view.Styles, "admin.css")
	l := view.lexicon()
	if done := c.Query("da"); done != "" {
		view.Done = l.sayOr("follow.done."+done, "admin.done.other")
	}
	view.Lines = l.followFacts(record, p)
	if record.State == plan.Closed {
		if err := p.addClosure(c, actor, l, record, &view); err != nil {
			return err
		}
	}
	if policy.ManagePlan(actor, record.IssuerID) {
		l.followForms(record, form, e, &view)
	}
	return p.render.write(c, status, "follow", l, view)
}

func (l lexicon) followFacts(r plan.Record, p *pages) []factLine {
	zone := p.zoneOf(r.TimeZone)
	facts := []factLine{
		{l.say("follow.state"), l.say("plan.state." + string(r.State))}, {l.say("follow.duties"), l.integer(r.Duties)},
		{l.say("follow.rounds"), l.integer(r.Rounds)}, {l.say("follow.open"), l.integer(r.OpenTasks)},
	}
	if r.ActivatedAt != nil {
		facts = append(facts, factLine{l.say("follow.since"), moment(*r.ActivatedAt, zone)})
	}
	if r.SuspendedAt != nil {
		facts = append(facts, factLine{l.say("follow.suspended"), moment(*r.SuspendedAt, zone)})
	}
	return facts
}

func (p *pages) addClosure(c *gin.Context, actor policy.Actor, l lexicon, record plan.Record, view *followView) error {
	end, err := p.service.PlanClosure(c.Request.Context(), actor, record.ID)
	if err != nil {
		return err
	}
	view.Note = end.Note
	view.Lines = append(view.Lines, factLine{l.say("follow.closed"), moment(end.ClosedAt, p.zoneOf(record.TimeZone))})
	if end.Outcome != "" {
		view.Lines = append(view.Lines, factLine{l.say("follow.outcome"), l.say("follow.outcome." + string(end.Outcome))})
	}
	if end.ReplacedByTitle != "" {
		view.Lines = append(view.Lines, factLine{l.say("follow.replaced"), end.ReplacedByTitle})
	}
	if end.Counted {
		for _, cell := range []struct {
			status task.Status
			count  int
		}{{task.DoneOnTime, end.Present.DoneOnTime}, {task.DoneLate, end.Present.DoneLate}, {task.NotDoneInTime, end.Present.NotDoneInTime}, {task.NotDoneOverdue, end.Present.NotDoneOverdue}} {
			view.Lines = append(view.Lines, factLine{l.glyphOfStatus(cell.status).Label, l.integer(cell.count)})
		}
	}
	return nil
}

func (l lexicon) followForms(record plan.Record, form url.Values, e formErrors, view *followView) {
	at := planAddress(record.ID) + "/theo-doi/"
	switch record.State {
	case plan.Active:
		view.Stop = &actForm{Action: at + "tam-dung", Title: l.say("follow.suspend"), Hint: l.say("follow.suspend_hint"), Button: l.say("follow.suspend")}
	case plan.Suspended:
		view.Stop = &actForm{Action: at + "tiep-tuc", Title: l.say("follow.resume"), Hint: l.say("follow.resume_hint"), Button: l.say("follow.resume"), Filled: true}
	}
	if view.Stop != nil {
		view.Stop.Version = record.Version
		*view.Stop = view.Stop.lay()
	}
	if record.State != plan.Active && record.State != plan.Suspended {
		return
	}
	var outcomes []option
	for _, o := range []amendment.Outcome{amendment.Completed, amendment.Terminated, amendment.Replaced} {
		outcomes = append(outcomes, option{Value: string(o), Title: l.say("follow.outcome." + string(o)), Chosen: o == amendment.Completed})
	}
	end := actForm{
		Action: at + "ket-thuc", Title: l.say("follow.close"), Hint: l.say("follow.close_hint"), Button: l.say("follow.close_submit"), Version: record.Version,
		Fields: []field{
			{Name: "outcome", Label: l.say("follow.outcome"), Kind: "choice", Options: outcomes},
			{Name: "note", Label: l.say("follow.note"), Hint: l.say("follow.note_hint"), Kind: "lines"},
			{Name: "replaced_by", Label: l.say("follow.replaced"), Hint: l.say("follow.replaced_hint"), Limit: 20},
			{Name: "sure", Label: l.say("follow.sure"), Kind: "check"},
		},
	}
	if form != nil {
		end = end.with(form, e)
	}
	end = end.lay()
	view.Close = &end
}

// follow begins, stops, goes on with or ends the following of a plan.
func (p *pages) follow(c *gin.Context, actor policy.Actor, form url.Values) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	act := c.Param("act")
	ctx, version := keyed(c, form), numberIn(form, "version")
	switch act {
	case "bat-dau":
		var from calendar.Date
		if from, err = typedDate(form.Get("follow_from"), "follow_from"); err == nil {
			_, err = p.service.ActivatePlan(ctx, actor, id, version, from)
		}
	case "tam-dung":
		_, err = p.service.SuspendPlan(ctx, actor, id, version)
	case "tiep-tuc":
		_, err = p.service.ResumePlan(ctx, actor, id, version)
	case "ket-thuc":
		if form.Get("sure") == "" {
			err = fault.New(fault.Invalid, "plan.close_unsure", "Đánh dấu ô xác nhận: kết thúc rồi thì không mở lại được.",
				"Tick the box: a plan that has ended cannot be opened again.").At("sure")
			break
		}
		replaced, _ := strconv.ParseInt(form.Get("replaced_by"), 10, 64)
		_, err = p.service.ClosePlan(ctx, actor, id, version, amendment.Closing{Outcome: amendment.Outcome(form.Get("outcome")), Note: form.Get("note"), ReplacedBy: replaced})
	default:
		return notFound()
	}
	if err == nil {
		c.Redirect(http.StatusSeeOther, planAddress(id)+"/theo-doi?da="+act)
		return nil
	}
	f, err := formFault(err)
	if err != nil {
		return err
	}
	return p.showFollowing(c, actor, form, errorsOf(f, lexicon{language(p.languageOf(c))}), statusOf(f))
}

// showFollowing shows the page that the act's form stands on.
func (p *pages) showFollowing(c *gin.Context, actor policy.Actor, form url.Values, e formErrors, status int) error {
	if c.Param("act") == "bat-dau" {
		return p.showPreview(c, actor, form, e, status)
	}
	return p.showFollow(c, actor, form, e, status)
}
