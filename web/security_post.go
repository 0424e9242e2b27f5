package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/session"
)

// again shows the page with what was wrong; another failure is returned.
func (p *pages) again(c *gin.Context, actor policy.Actor, view securityView, err error) error {
	f := fault.Of(err)
	if f == nil || f.Kind == fault.Unauthenticated || f.Kind == fault.NotFound {
		return err
	}
	view.frame = p.frameFor(c, "")
	view.Message = f.Message(view.lexicon().code)
	return p.showSecurity(c, actor, statusOf(f), view)
}

func (p *pages) doneWith(c *gin.Context, what string) error {
	c.Redirect(http.StatusSeeOther, account.SecurityPath+"?da="+what)
	return nil
}

func (p *pages) changePassword(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	if form.Get("password") != form.Get("again") {
		view := securityView{frame: p.frameFor(c, "")}
		view.Message = view.lexicon().say("link.differ")
		return p.showSecurity(c, actor, http.StatusUnprocessableEntity, view)
	}
	err := p.accounts.ChangePassword(keyed(c, form), actor, session.Token(c.Request), form.Get("current"), form.Get("password"))
	if err != nil {
		return p.again(c, actor, securityView{}, err)
	}
	return p.doneWith(c, "mat-khau")
}

func (p *pages) endSession(c *gin.Context, actor policy.Actor) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id <= 0 {
		return notFound()
	}
	if err := p.accounts.EndSession(c.Request.Context(), actor, id); err != nil {
		return err
	}
	return p.doneWith(c, "phien")
}

func (p *pages) endOtherSessions(c *gin.Context, actor policy.Actor) error {
	if _, err := p.accounts.EndOtherSessions(c.Request.Context(), actor, session.Token(c.Request)); err != nil {
		return err
	}
	return p.doneWith(c, "phien")
}

// enrolFactor shows the secret at once: a redirect would have to carry it.
func (p *pages) enrolFactor(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	enrolment, err := p.accounts.EnrolFactor(keyed(c, c.Request.PostForm), actor, c.Request.PostForm.Get("current"))
	if err != nil {
		return p.again(c, actor, securityView{}, err)
	}
	view := securityView{frame: p.frameFor(c, ""), Confirm: true}
	if enrolment.Secret == "" { // the form was sent twice
		view.Message = view.lexicon().say("factor.told")
		view.Confirm = false
		return p.showSecurity(c, actor, http.StatusOK, view)
	}
	view.Secret = inFours(enrolment.Secret)
	if view.QR, view.QRSize, err = drawQR(enrolment.Address); err != nil {
		return err
	}
	return p.showSecurity(c, actor, http.StatusOK, view)
}

// inFours parts a secret so that it can be typed.
func inFours(s string) string {
	var parts []string
	for part := range slices.Chunk([]byte(s), 4) {
		parts = append(parts, string(part))
	}
	return strings.Join(parts, " ")
}

func (p *pages) confirmFactor(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	codes, err := p.accounts.ConfirmFactor(keyed(c, c.Request.PostForm), actor, c.Request.PostForm.Get("code"))
	if err != nil {
		return p.again(c, actor, securityView{Confirm: fault.Is(err, fault.Invalid)}, err)
	}
	return p.showCodes(c, actor, codes, "factor.enabled")
}

func (p *pages) renewCodes(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	codes, err := p.accounts.RenewRecoveryCodes(keyed(c, c.Request.PostForm), actor, c.Request.PostForm.Get("code"))
	if err != nil {
		return p.again(c, actor, securityView{}, err)
	}
	return p.showCodes(c, actor, codes, "factor.renewed")
}

// showCodes shows recovery codes in this one answer.
func (p *pages) showCodes(c *gin.Context, actor policy.Actor, codes []string, done string) error {
	view := securityView{frame: p.frameFor(c, ""), Codes: codes}
	l := view.lexicon()
	view.Done = l.say(done)
	if len(codes) == 0 { // the form was sent twice
		view.Done = l.say("factor.codes_told")
	}
	return p.showSecurity(c, actor, http.StatusOK, view)
}

func (p *pages) removeFactor(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	if err := p.accounts.RemoveFactor(keyed(c, form), actor, form.Get("current"), form.Get("code")); err != nil {
		return p.again(c, actor, securityView{}, err)
	}
	return p.doneWith(c, "hai-buoc")
}

func (p *pages) createToken(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	life, err := strconv.Atoi(form.Get("han"))
	if err != nil || !slices.Contains(tokenLives, life) {
		life = tokenLives[0]
	}
	in := account.NewTokenInput{Name: form.Get("ten"), ExpiresAt: p.wall().Add(days(life))}
	for _, scope := range form["pham_vi"] {
		in.Scopes = append(in.Scopes, policy.Scope(scope))
	}
	created, err := p.accounts.CreateToken(keyed(c, form), actor, in)
	if err != nil {
		return p.again(c, actor, securityView{NewToken: true, TokenName: in.Name}, err)
	}
	view := securityView{frame: p.frameFor(c, ""), TokenSecret: created.Secret}
	l := view.lexicon()
	view.TokenMade = l.say("tokens.made", created.Name)
	if created.Secret == "" { // the form was sent twice
		view.Done = l.say("tokens.told")
	}
	return p.showSecurity(c, actor, http.StatusOK, view)
}

func (p *pages) revokeToken(c *gin.Context, actor policy.Actor) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id <= 0 {
		return notFound()
	}
	if err := p.accounts.RevokeToken(c.Request.Context(), actor, id); err != nil {
		return err
	}
	return p.doneWith(c, "khoa")
}
