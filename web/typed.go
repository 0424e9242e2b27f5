package web

import (
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// onForm takes a posted form in, or shows it as it was typed.
type onForm func(c *gin.Context, actor policy.Actor, form url.Values) error

// typedForm is a form with words in it, by the pattern of its address, and how it is
// shown again.
type typedForm struct {
	path string
	show onForm
}

// forms serves a form whose words must not be lost to an expired session: take acts
// on it; after signing in again show has it as it was typed.
func (p *pages) forms(site *gin.RouterGroup, path string, take, show onForm) {
	site.POST(path, p.page(p.typed(take)))
	p.typedForms = append(p.typedForms, typedForm{path, show})
}

// typed reads the form before it looks for the session.
func (p *pages) typed(take onForm) handler {
	return func(c *gin.Context) error {
		if err := p.parseForm(c); err != nil {
			return err
		}
		form := c.Request.PostForm
		actor, err := p.actor(c)
		if fault.Is(err, fault.Unauthenticated) {
			return p.expired(c, form)
		}
		if err != nil {
			return err
		}
		return take(c, actor, form)
	}
}

// showTyped shows the form that was posted to an address as it was typed; false
// where no such form is registered.
func (p *pages) showTyped(c *gin.Context, actor policy.Actor, action string, form url.Values) (bool, error) {
	for _, one := range p.typedForms {
		params, ok := paramsOf(one.path, action)
		if !ok {
			continue
		}
		c.Params, c.Request.URL.Path = params, action
		form.Set(keptMark, "1")
		return true, one.show(c, actor, form)
	}
	return false, nil
}

// keptMark tells a form that came through a sign-in.
const keptMark = "giu"

func cameBack(form url.Values) bool { return form.Get(keptMark) != "" }

// paramsOf reads an address by a route's pattern.
func paramsOf(pattern, address string) (gin.Params, bool) {
	wanted, given := strings.Split(pattern, "/"), strings.Split(address, "/")
	if len(wanted) != len(given) {
		return nil, false
	}
	var params gin.Params
	for i, part := range wanted {
		switch name, isParam := strings.CutPrefix(part, ":"); {
		case isParam && given[i] != "":
			params = append(params, gin.Param{Key: name, Value: given[i]})
		case part != given[i]:
			return nil, false
		}
	}
	return params, true
}
