package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"dondoc/internal/consolidation"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// takeOver puts what the inputs add up to into the draft.
func (p *pages) takeOver(c *gin.Context) error {
	return p.onConsolidation(c, actTakeOver, func(ctx context.Context, actor policy.Actor, id int64, form url.Values) error {
		_, err := p.service.TakeOver(ctx, actor, consolidation.TakeOverInput{TaskID: id, Version: versionIn(form), Seen: form.Get("seen"), Narrative: form.Get("narrative") != ""})
		return err
	})
}

// comment says something to the unit that the address names.
func (p *pages) comment(c *gin.Context) error {
	input, err := strconv.ParseInt(c.Param("input"), 10, 64)
	if err != nil || input <= 0 {
		return notFound()
	}
	return p.onConsolidation(c, actComment, func(ctx context.Context, actor policy.Actor, id int64, form url.Values) error {
		_, err := p.service.CommentInput(ctx, actor, task.CommentInput{TaskID: id, InputID: input, Text: form.Get("text")})
		return err
	})
}

// onConsolidation does what a form of the page asks for, and shows the page again
// with what stood in the way and what was typed.
func (p *pages) onConsolidation(c *gin.Context, done string, do func(context.Context, policy.Actor, int64, url.Values) error) error {
	return p.typed(func(c *gin.Context, actor policy.Actor, form url.Values) error {
		id, err := taskID(c)
		if err != nil {
			return err
		}
		err = do(keyed(c, form), actor, id, form)
		if err == nil {
			c.Redirect(http.StatusSeeOther, consolidationAddress(id)+"?da="+done)
			return nil
		}
		f := fault.Of(err)
		if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict && f.Kind != fault.Unavailable {
			return err
		}
		return p.showConsolidation(c, actor, id, statusOf(f), func(l lexicon, v *consolidationView) {
			e := errorsOf(f, l)
			for g := range v.Groups {
				for i := range v.Groups[g].Inputs {
					if form := v.Groups[g].Inputs[i].Comment; form != nil && form.Action == c.Request.URL.Path {
						form.fill(c.Request.PostForm, e)
						v.Groups[g].Folded, v.CommentErrors = false, form.Errors
						return
					}
				}
			}
			v.Problem = f.Message(l.code)
		})
	})(c)
}
