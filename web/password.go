package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/fault"
)

// resetView asks for a reset link.
type resetView struct {
	frame
	Email, Message string
	Sent           bool
}

func (p *pages) resetForm(c *gin.Context) error {
	view := resetView{frame: p.frameFor(c, ""), Sent: c.Query("da") == "gui"}
	l := view.lexicon()
	view.Title = l.say("reset.title")
	return p.render.write(c, http.StatusOK, "reset", l, view)
}

// requestReset answers the same whether or not the address is known, so that
// nobody learns who has an account.
func (p *pages) requestReset(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	email := strings.TrimSpace(c.Request.PostForm.Get("email"))
	err := p.accounts.RequestReset(c.Request.Context(), email)
	if f := fault.Of(err); f != nil && f.Kind != fault.NotFound {
		view := resetView{frame: p.frameFor(c, ""), Email: email}
		l := view.lexicon()
		view.Title, view.Message = l.say("reset.title"), f.Message(l.code)
		return p.render.write(c, statusOf(f), "reset", l, view)
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	c.Redirect(http.StatusSeeOther, "/dat-lai-mat-khau?da=gui")
	return nil
}

// linkView takes up an invitation or a reset.
type linkView struct {
	frame
	Token, Message string
	MinPassword    int // characters
}

// linkForm only shows the form: mail programs open links to look at them, and
// that must not use them up.
func (p *pages) linkForm(c *gin.Context) error {
	return p.showLink(c, http.StatusOK, "")
}

func (p *pages) showLink(c *gin.Context, status int, message string) error {
	view := linkView{frame: p.frameFor(c, ""), Token: c.Param("token"), Message: message, MinPassword: account.MinPassword}
	l := view.lexicon()
	view.Title = l.say("link.title")
	return p.render.write(c, status, "link", l, view)
}

func (p *pages) takeUp(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	l := lexicon{language(p.languageOf(c))}
	password := c.Request.PostForm.Get("password")
	if password != c.Request.PostForm.Get("again") {
		return p.showLink(c, http.StatusUnprocessableEntity, l.say("link.differ"))
	}
	err := p.accounts.TakeUp(c.Request.Context(), c.Param("token"), password)
	if f := fault.Of(err); f != nil {
		return p.showLink(c, statusOf(f), f.Message(l.code))
	}
	if err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, "/dang-nhap?da=mat-khau")
	return nil
}
