package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/session"
)

const (
	// SessionCookie is the name of the cookie that carries a session's token; the
	// API reads the same one.
	SessionCookie  = session.CookieName
	languageCookie = "dondoc_lang"
	actorKey       = "dondoc.actor"
	turnsKey       = "dondoc.turns"
	oneYear        = 365 * 24 * 60 * 60 // seconds
)

// actor finds who is signed in and remembers it for the rest of the request.
func (p *pages) actor(c *gin.Context) (policy.Actor, error) {
	if actor, ok := actorIn(c); ok {
		return actor, nil
	}
	token := session.Token(c.Request)
	if token == "" {
		return policy.Actor{}, fault.New(fault.Unauthenticated, "session.none", "Hãy đăng nhập.", "Please sign in.")
	}
	actor, err := p.accounts.ActorOf(c.Request.Context(), token)
	if err != nil {
		return policy.Actor{}, err
	}
	if c.Request.Method == http.MethodPost {
		turns := actor.Turns()
		actor = turns[0]
		c.Set(turnsKey, turns[1:])
	}
	c.Set(actorKey, actor)
	if actor.MustEnrol && !strings.HasPrefix(c.Request.URL.Path, account.SecurityPath) {
		return policy.Actor{}, account.MustEnrol() // and nothing else until then, see fail
	}
	return actor, nil
}

func actorIn(c *gin.Context) (policy.Actor, bool) {
	found, _ := c.Get(actorKey)
	actor, ok := found.(policy.Actor)
	return actor, ok
}

// languageOf is the account's language, else the one chosen before signing in,
// else Vietnamese.
func (p *pages) languageOf(c *gin.Context) string {
	if actor, ok := actorIn(c); ok {
		return actor.Language
	}
	chosen, err := c.Cookie(languageCookie)
	if err != nil {
		return "vi"
	}
	return chosen
}

func (p *pages) setCookie(c *gin.Context, name, value string, seconds int) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: p.secure, SameSite: http.SameSiteLaxMode,
	})
}

// signInView is the sign-in page. Kept carries a form that met an expired
// session; it is opened again after signing in.
type signInView struct {
	frame
	Email, Next, Message, Done string
	Kept                       []keptField
	KeptForm                   string
	// Provider is what people call their account at the identity provider; empty: there is none.
	Provider string
}

func (p *pages) signInPage(c *gin.Context) signInView {
	return signInView{frame: p.frameFor(c, ""), Provider: p.providerName}
}

type keptField struct{ Name, Value string }

func (p *pages) signInForm(c *gin.Context) error {
	view := p.signInPage(c)
	view.Next = localAddress(c.Query("tiep"))
	l := view.lexicon()
	view.Title = l.say("signin.title")
	if c.Query("da") == "mat-khau" {
		view.Done = l.say("signin.password_set")
	}
	return p.render.write(c, http.StatusOK, "signin", l, view)
}

func (p *pages) signIn(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	email := strings.TrimSpace(form.Get("email"))
	token, actor, err := p.accounts.SignIn(c.Request.Context(), email, form.Get("password"))
	if err != nil {
		return p.notSignedIn(c, form, email, err)
	}
	return p.enter(c, form, token, actor)
}

// notSignedIn asks for the code where the password was right, and shows the
// form again where it was not.
func (p *pages) notSignedIn(c *gin.Context, form url.Values, email string, err error) error {
	var second *account.SecondStep
	if errors.As(err, &second) {
		return p.askCode(c, http.StatusOK, second.Challenge, form, "")
	}
	f := fault.Of(err)
	if f == nil {
		return err
	}
	view := p.signInPage(c)
	view.Email, view.Next = email, localAddress(form.Get("tiep"))
	view.Kept, view.KeptForm = keptIn(form)
	l := view.lexicon()
	view.Title, view.Message = l.say("signin.title"), f.Message(l.code)
	return p.render.write(c, signInStatus(f), "signin", l, view)
}

// signInStatus: an identity provider that is away is no failure of this server.
func signInStatus(f *fault.Fault) int {
	if f.Kind == fault.Unavailable {
		return http.StatusFailedDependency
	}
	return statusOf(f)
}

// enter starts the session in the browser and leads to where the person wanted to go.
func (p *pages) enter(c *gin.Context, form url.Values, token string, actor policy.Actor) error {
	p.setCookie(c, SessionCookie, token, int(p.sessionAge.Seconds()))
	c.Set(actorKey, actor)
	if _, action := keptIn(form); action != "" {
		return p.reopen(c, actor, action, form)
	}
	to := localAddress(form.Get("tiep"))
	if to == "" {
		to = homeOf(actor)
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

// expired asks for signing in again and keeps what was typed.
func (p *pages) expired(c *gin.Context, form url.Values) error {
	view := p.signInPage(c)
	view.KeptForm = c.Request.URL.Path
	for name, values := range form {
		for _, value := range values {
			view.Kept = append(view.Kept, keptField{keptPrefix + name, value})
		}
	}
	l := view.lexicon()
	view.Title, view.Message = l.say("signin.title"), l.say("signin.expired")
	return p.render.write(c, http.StatusUnauthorized, "signin", l, view)
}

const keptPrefix = "giu."

// keptIn finds a kept form in a posted sign-in form.
func keptIn(form url.Values) (fields []keptField, action string) {
	if action = form.Get("bieu_mau"); action == "" {
		return nil, ""
	}
	for name, values := range form {
		if !strings.HasPrefix(name, keptPrefix) {
			continue
		}
		for _, value := range values {
			fields = append(fields, keptField{name, value})
		}
	}
	return fields, action
}

// unkept is the kept form as it was posted.
func unkept(form url.Values) url.Values {
	was := url.Values{}
	for name, values := range form {
		if rest, ok := strings.CutPrefix(name, keptPrefix); ok {
			was[rest] = values
		}
	}
	return was
}

func (p *pages) signOut(c *gin.Context) error {
	if token := session.Token(c.Request); token != "" {
		if err := p.accounts.SignOut(c.Request.Context(), token); err != nil && !fault.Is(err, fault.Unauthenticated) {
			return err
		}
	}
	p.setCookie(c, SessionCookie, "", -1)
	c.Redirect(http.StatusSeeOther, "/dang-nhap")
	return nil
}

func (p *pages) chooseLanguage(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	p.setCookie(c, languageCookie, language(c.Request.PostForm.Get("ngon_ngu")), oneYear)
	to := localAddress(c.Request.PostForm.Get("tiep"))
	if to == "" {
		to = "/"
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

// localAddress admits only addresses of this site, so that no link can send a
// person elsewhere after signing in; empty for anything else.
func localAddress(s string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsRune(s, '\\') ||
		strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return ""
	}
	return s
}
