package web

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// forward passes a result on, or returns it to its sender.
func (p *pages) forward(c *gin.Context) error {
	return p.act(c, actForward, func(ctx context.Context, actor policy.Actor, d task.Detail, form url.Values) error {
		in := task.ForwardInput{TaskID: d.Task.ID, Version: versionIn(form), Decision: task.ForwardDecision(form.Get("decision")), Remark: form.Get("text")}
		on, err := typedDate(form.Get("resubmit_on"), "resubmit_on")
		if err != nil {
			return err
		}
		if in.Decision == task.SendBack {
			in.ResubmitOn = on // who passes it on has left the day as it was
		}
		_, err = p.service.Forward(ctx, actor, in)
		return renamed(err, "remark", "text")
	})
}

// correct takes in the form of a correction.
func (p *pages) correct(c *gin.Context) error {
	return p.act(c, actCorrect, func(ctx context.Context, actor policy.Actor, d task.Detail, form url.Values) error {
		if err := p.takeFiles(ctx, c, actor, d.Task.ID, form); err != nil {
			return err
		}
		sent, err := submitInput(d, form)
		in := task.CorrectInput{TaskID: d.Task.ID, Version: versionIn(form), Content: sent.Content(), Reason: form.Get("reason")}
		if err != nil {
			// Its reason is judged even where the content is not in order.
			faults := fault.Of(err).Details
			if _, reason := (task.CorrectInput{Content: task.Content{Kind: task.NilReturn}, Reason: in.Reason}).Clean(); reason != nil {
				faults = append(faults, fault.Of(reason).Details...)
			}
			return fault.New(fault.Invalid, "submission.invalid", "Chưa gửi được.", "Not sent.").With(faults...)
		}
		_, err = p.service.Correct(ctx, actor, in)
		return err
	})
}

// actOnCorrection decides on the correction that the address names, or takes it back.
func (p *pages) actOnCorrection(c *gin.Context) error {
	id, err := strconv.ParseInt(c.Param("correction"), 10, 64)
	act := c.Param("act")
	if err != nil || id <= 0 || act != actJudge && act != actRecall {
		return notFound()
	}
	return p.act(c, act, func(ctx context.Context, actor policy.Actor, d task.Detail, form url.Values) error {
		known := false
		for _, b := range d.Submissions {
			known = known || b.Correction != nil && b.Correction.ID == id
		}
		if !known {
			return notFound()
		}
		in := task.CorrectionAct{CorrectionID: id, Decision: task.CorrectionDecision(form.Get("decision")), Answer: form.Get("text")}
		if act == actRecall {
			in.Decision = task.TakeBackCorrection
		} else if in.Decision == task.TakeBackCorrection {
			return notFound()
		}
		_, err := p.service.DecideCorrection(ctx, actor, in)
		return renamed(err, "answer", "text")
	})
}

// note takes in a supervisor's note.
func (p *pages) note(c *gin.Context) error {
	return p.act(c, actNote, func(ctx context.Context, actor policy.Actor, d task.Detail, form url.Values) error {
		_, err := p.service.NoteTask(ctx, actor, task.NoteInput{TaskID: d.Task.ID, Text: form.Get("text")})
		return err
	})
}

// renamed blames the form's field for what the domain says of its own.
func renamed(err error, field, formField string) error {
	if f := fault.Of(err); f != nil && f.Field == field {
		return f.At(formField)
	}
	return err
}

// refillRoute puts what was typed into the form that the action names. A form
// that is not open any more is gone: what was typed is shown to be kept.
func (p *pages) refillRoute(l lexicon, d task.Detail, action string, form url.Values, e formErrors, kept bool, view *taskView) bool {
	rest := strings.TrimPrefix(action, taskAddress(d.Task.ID)+"/")
	act := rest[strings.LastIndexByte(rest, '/')+1:]
	switch {
	case rest == actCorrect:
		typed := p.typedSubmit(l, d, form, e)
		typed.Correcting, typed.Reason = true, form.Get("reason")
		view.Correct = typed
		if kept {
			view.WayKept = actCorrect
		}
		return true
	case rest == actNote && view.ReadsNotes:
		view.Note.fill(form, e)
		view.WayErrors = view.Note.Errors
	case rest == actForward, strings.HasPrefix(rest, actCorrect+"/"):
		open := false
		for i := range view.Way {
			if one := &view.Way[i]; one.Act == act {
				one.fill(form, e)
				view.WayErrors, open = one.Errors, true
			}
		}
		if !open {
			view.WayErrors, view.WayUnsent = e, form.Get("text")
			for i := range view.WayErrors.Links {
				view.WayErrors.Links[i].Field = "" // the field is gone
			}
			return true
		}
	default:
		return false
	}
	if kept {
		view.WayKept = act
	}
	return true
}
