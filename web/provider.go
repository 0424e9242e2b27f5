package web

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
)

// Provider is an identity provider that vouches for people (OpenID Connect).
// Begin returns its address and an attempt, sealed, which the browser keeps;
// Finish the e-mail address for which it vouches.
type Provider interface {
	Begin(ctx context.Context) (address string, attempt []byte, err error)
	Finish(ctx context.Context, attempt []byte, state, code string) (email string, err error)
}

const (
	providerStart = "/dang-nhap/tai-khoan"
	// ProviderReturn is where the provider sends people back; its absolute form
	// is registered there.
	ProviderReturn = "/dang-nhap/tai-khoan/tra-ve"

	attemptCookie  = "dondoc_attempt"
	attemptSeconds = 600
)

// toProvider sends the browser to the provider. It changes nothing here: the
// attempt is in the browser alone.
func (p *pages) toProvider(c *gin.Context) error {
	next := localAddress(c.Query("tiep"))
	address, attempt, err := p.provider.Begin(c.Request.Context())
	if err != nil {
		return p.notVouched(c, next, err)
	}
	value := base64.RawURLEncoding.EncodeToString(attempt) + "." + base64.RawURLEncoding.EncodeToString([]byte(next))
	p.setCookie(c, attemptCookie, value, attemptSeconds)
	c.Redirect(http.StatusSeeOther, address)
	return nil
}

// fromProvider takes back whom the provider vouches for. An attempt is good for
// one return.
func (p *pages) fromProvider(c *gin.Context) error {
	kept, _ := c.Cookie(attemptCookie) //nolint:errcheck // the one error is that there is none, and none opens nothing
	p.setCookie(c, attemptCookie, "", -1)
	sealed, after, _ := strings.Cut(kept, ".")
	attempt, wrong := base64.RawURLEncoding.DecodeString(sealed)
	to, alsoWrong := base64.RawURLEncoding.DecodeString(after)
	if wrong != nil || alsoWrong != nil {
		attempt, to = nil, nil // what is no attempt opens nothing
	}
	next := localAddress(string(to))
	email, err := p.provider.Finish(c.Request.Context(), attempt, c.Query("state"), c.Query("code"))
	if err != nil {
		return p.notVouched(c, next, err)
	}
	form := url.Values{"tiep": {next}}
	token, actor, err := p.accounts.SignInAs(c.Request.Context(), email)
	if err != nil {
		return p.notSignedIn(c, form, "", err)
	}
	return p.enter(c, form, token, actor)
}

// notVouched shows the sign-in form with what went wrong. Why is for the log:
// it tells an administrator what to mend at the provider.
func (p *pages) notVouched(c *gin.Context, next string, err error) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	if reason := err.Error(); reason != f.Error() && !errors.Is(err, context.Canceled) {
		p.log.WarnContext(c.Request.Context(), "identity provider", "code", f.Code, "error", reason)
	}
	return p.notSignedIn(c, url.Values{"tiep": {next}}, "", f)
}
