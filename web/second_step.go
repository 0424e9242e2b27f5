package web

import (
	"net/url"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
)

// codeView asks for the code of the second factor. What the sign-in form kept
// goes on with it.
type codeView struct {
	frame
	Challenge, Next, Message string
	Kept                     []keptField
	KeptForm                 string
}

func (p *pages) askCode(c *gin.Context, status int, challenge string, form url.Values, message string) error {
	view := codeView{frame: p.frameFor(c, ""), Challenge: challenge, Next: localAddress(form.Get("tiep")), Message: message}
	view.Kept, view.KeptForm = keptIn(form)
	l := view.lexicon()
	view.Title = l.say("code.title")
	return p.render.write(c, status, "code", l, view)
}

func (p *pages) finishSignIn(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	token, actor, err := p.accounts.FinishSignIn(c.Request.Context(), form.Get("challenge"), form.Get("code"))
	if f := fault.Of(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.TooMany) {
		l := lexicon{language(p.languageOf(c))}
		return p.askCode(c, statusOf(f), form.Get("challenge"), form, f.Message(l.code))
	}
	if err != nil {
		return p.notSignedIn(c, form, "", err)
	}
	return p.enter(c, form, token, actor)
}
