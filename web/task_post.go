package web

import (
	"context"
	"crypto/sha256"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

// submit takes in the form of a result.
func (p *pages) submit(c *gin.Context) error {
	return p.act(c, "gui", func(ctx context.Context, actor policy.Actor, d task.Detail, form url.Values) error {
		if err := p.takeFiles(ctx, c, actor, d.Task.ID, form); err != nil {
			return err
		}
		in, err := submitInput(d, form)
		if err != nil {
			return err
		}
		in.Version = versionIn(form)
		_, err = p.service.Submit(ctx, actor, in)
		return err
	})
}

// review takes in a decision.
func (p *pages) review(c *gin.Context) error {
	return p.act(c, "quyet-dinh", func(ctx context.Context, actor policy.Actor, d task.Detail, form url.Values) error {
		on, err := typedDate(form.Get("resubmit_on"), "resubmit_on")
		if err != nil {
			return err
		}
		in, err := task.ReviewInput{
			TaskID: d.Task.ID, Version: versionIn(form), ResubmitOn: on,
			Decision: task.Decision(form.Get("decision")), Reason: form.Get("reason"),
		}.Clean()
		if err != nil {
			return err
		}
		_, err = p.service.Review(ctx, actor, in)
		return err
	})
}

// act runs a form's act and redirects, or shows the form again, with its
// input, where the person can mend what stood in the way.
func (p *pages) act(c *gin.Context, done string, do func(context.Context, policy.Actor, task.Detail, url.Values) error) error {
	return p.typed(func(c *gin.Context, actor policy.Actor, form url.Values) error {
		id, err := taskID(c)
		if err != nil {
			return err
		}
		detail, err := p.service.TaskDetail(c.Request.Context(), actor, id)
		if err != nil {
			return err
		}
		err = do(keyed(c, form), actor, detail, form)
		if err == nil {
			to := taskAddress(id) + "?da=" + done
			if done == "quyet-dinh" {
				to = afterReview(form, id)
			}
			c.Redirect(http.StatusSeeOther, to)
			return nil
		}
		f := fault.Of(err)
		if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict && f.Kind != fault.Unavailable {
			return err
		}
		// After a conflict the page must show what happened meanwhile.
		if detail, err = p.service.TaskDetail(c.Request.Context(), actor, id); err != nil {
			return err
		}
		return p.showAgain(c, actor, detail, c.Request.URL.Path, form, f)
	})(c)
}

// showAgain is the task's page with a form as it was filled in.
func (p *pages) showAgain(c *gin.Context, actor policy.Actor, d task.Detail, action string, form url.Values, f *fault.Fault) error {
	now, err := p.now(c)
	if err != nil {
		return err
	}
	view := p.taskViewOf(c, actor, d, now)
	l := view.lexicon()
	status := http.StatusOK
	var e formErrors
	if f != nil {
		status, e = statusOf(f), errorsOf(f, l)
	}
	view.Submit, view.Review = p.blankSubmit(l, d, false), blankReview()
	if err := p.addRequests(c, actor, d, now, &view); err != nil {
		return err
	}
	if err := p.addRoute(c, actor, d, &view); err != nil {
		return err
	}
	if p.refillRoute(l, d, action, form, e, f == nil, &view) {
		if strings.HasSuffix(action, "/"+actCorrect) {
			if err := p.addForm(c, actor, d, false, &view.Correct); err != nil {
				return err
			}
			if err := p.addFiles(c, actor, d, form, &view.Correct); err != nil {
				return err
			}
		}
		return p.render.write(c, status, "task", l, view)
	}
	switch {
	case strings.HasSuffix(action, "/xac-nhan"):
		view.Review = typedReview(form, e)
	case strings.HasSuffix(action, "/"+actExtend):
		view.Extend.fill(form, e)
		view.Kept = f == nil
	default:
		view.Submit = p.typedSubmit(l, d, form, e)
		view.Submit.Kept = f == nil && !strings.HasSuffix(action, "/tep")
		if err := p.addDraft(c, actor, d, &view.Submit, l); err != nil {
			return err
		}
		if err := p.addForm(c, actor, d, false, &view.Submit); err != nil {
			return err
		}
		if err := p.addFiles(c, actor, d, form, &view.Submit); err != nil {
			return err
		}
		return p.render.write(c, status, "task", l, view)
	}
	if err := p.addForm(c, actor, d, true, &view.Submit); err != nil {
		return err
	}
	if err := p.addFiles(c, actor, d, nil, &view.Submit); err != nil {
		return err
	}
	return p.render.write(c, status, "task", l, view)
}

// reopen shows a form that met an expired session again, after signing in.
func (p *pages) reopen(c *gin.Context, actor policy.Actor, action string, form url.Values) error {
	if shown, err := p.showTyped(c, actor, action, unkept(form)); shown || err != nil {
		return err
	}
	rest, ok := strings.CutPrefix(action, "/viec/")
	number, _, parted := strings.Cut(rest, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	if !ok || !parted || err != nil {
		c.Redirect(http.StatusSeeOther, homeOf(actor))
		return nil //nolint:nilerr // a form of another page: its own start page is the answer
	}
	detail, err := p.service.TaskDetail(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	return p.showAgain(c, actor, detail, action, unkept(form), nil)
}

// versionIn is the task's version that the form was made from; 0 does not compare.
func versionIn(form url.Values) int {
	version, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		return 0
	}
	return version
}

// madeKey is what randomHex puts into a form.
var madeKey = regexp.MustCompile(`^[0-9a-f]{32}$`)

// keyed carries the form's key, so that a second click does not act twice.
func keyed(c *gin.Context, form url.Values) context.Context {
	ctx := c.Request.Context()
	if form.Get("confirmed_warnings") == "1" {
		ctx = privacy.Confirm(ctx)
	}
	key := form.Get("idempotency_key")
	if !madeKey.MatchString(key) {
		return ctx // not from a form of ours: acts, but is not known again
	}
	content := url.Values{}
	for name, values := range form {
		if name != "idempotency_key" {
			content[name] = values
		}
	}
	return idempotency.With(ctx, idempotency.Key{Value: key, RequestHash: hashOf(c.Request.Method+" "+c.Request.URL.Path, []byte(content.Encode()))})
}

func hashOf(what string, content []byte) []byte {
	sum := sha256.New()
	sum.Write([]byte(what + "\n"))
	sum.Write(content)
	return sum.Sum(nil)
}
