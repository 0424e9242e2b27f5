package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// requestActs are the service's answers to the forms of a request.
func (p *pages) requestActs(act string) func(context.Context, policy.Actor, request.Act) (request.Receipt, error) {
	switch act {
	case actDecide:
		return p.service.DecideRequest
	case actOpine:
		return p.service.OpineOnRequest
	case actAnswer:
		return p.service.AnswerRequest
	case actPassOn:
		return p.service.PassOnRequest
	case actWithdraw:
		return p.service.WithdrawRequest
	case actTakeBack:
		return p.service.TakeBackWaiver
	}
	return nil
}

// actOnRequest runs a form's act and redirects, or shows the form again, with
// its input, where the person can mend what stood in the way.
func (p *pages) actOnRequest(c *gin.Context, actor policy.Actor, form url.Values) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	do := p.requestActs(c.Param("act"))
	if do == nil {
		return notFound()
	}
	detail, err := p.service.FindRequest(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	in, err := requestAct(detail.Request, c.Param("act"), form)
	if err == nil {
		_, err = do(keyed(c, form), actor, in)
	}
	if err == nil {
		c.Redirect(http.StatusSeeOther, requestAddress(id)+"?da="+c.Param("act"))
		return nil
	}
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return err
	}
	// After a conflict the page must show what happened meanwhile.
	if detail, err = p.service.FindRequest(c.Request.Context(), actor, id); err != nil {
		return err
	}
	return p.showRequestAgain(c, detail, c.Param("act"), form, f)
}

// showRequestAgain is the request's page with a form as it was filled in. An act
// that is not open any more has no form: what was typed is shown to be kept.
func (p *pages) showRequestAgain(c *gin.Context, d request.Detail, act string, form url.Values, f *fault.Fault) error {
	now, err := p.now(c)
	if err != nil {
		return err
	}
	view := p.requestViewOf(c, d, now)
	l := view.lexicon()
	view.Forms = requestForms(l, d.Request)
	status := http.StatusOK
	if f != nil {
		status, view.Errors = statusOf(f), errorsOf(f, l)
	} else {
		view.Kept = true
	}
	open := false
	for i := range view.Forms {
		if one := &view.Forms[i]; one.Act == act {
			one.fill(form, view.Errors)
			view.Errors, open = one.Errors, true
		}
	}
	if !open {
		view.Unsent = form.Get("text")
		for i := range view.Errors.Links {
			view.Errors.Links[i].Field = "" // the field is gone
		}
	}
	return p.render.write(c, status, "request", l, view)
}

// reopenRequest shows a form that met an expired session again, after signing in.
func (p *pages) reopenRequest(c *gin.Context, actor policy.Actor, form url.Values) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	detail, err := p.service.FindRequest(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	return p.showRequestAgain(c, detail, c.Param("act"), form, nil)
}

// askExtension takes in the form of more time, on the page of a task.
func (p *pages) askExtension(c *gin.Context) error {
	return p.act(c, actExtend, func(ctx context.Context, actor policy.Actor, d task.Detail, form url.Values) error {
		in, err := extendInput(d.Task.ID, form)
		if err != nil {
			return err
		}
		_, err = p.service.AskRequest(ctx, actor, in)
		return err
	})
}

// addRequests puts the task's requests on its page, and the form of more time
// for those who may ask for it: before the result is due, one at a time.
func (p *pages) addRequests(c *gin.Context, actor policy.Actor, d task.Detail, now time.Time, view *taskView) error {
	page, err := p.service.ListRequests(c.Request.Context(), actor, request.Filter{TaskID: d.Task.ID, Limit: requestsOfTask})
	if err != nil {
		return err
	}
	l := view.lexicon()
	t := d.Task
	view.MayExtend = d.MaySubmit && policy.AskRequest(actor, request.Extension, relationOf(t)) && now.Before(t.EffectiveDueAt)
	granted := 0
	for _, q := range page.Requests {
		view.Requests = append(view.Requests, p.requestLine(l, q, now))
		if q.Kind != request.Extension {
			continue
		}
		if q.State == request.Granted {
			granted++
		}
		if q.SettledAt == nil {
			view.MayExtend = false
			if c.Query("da") == actExtend {
				view.Flash = l.say("request.flash", l.requestTitle(q), moment(q.AskedAt, p.zoneOf(t.TimeZone)))
			}
		}
	}
	view.MayExtend = view.MayExtend && granted < request.MaxExtensions
	view.Extend = extendForm(l, t.ID, view.Version)
	return nil
}
