package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/session"
)

// contentPolicy lets a page load its own styles, type and script files and ask its
// own server, nothing else; no script or style inside a page counts, wherever a
// text comes from.
const contentPolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxForm bounds a posted form, in bytes: the longest narrative, percent-encoded, fits.
const maxForm = 1 << 20

// headers are the same on every page. Pages are never stored: they show one
// person's view.
func (p *pages) headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	// Keeps invitation links from other sites, and Origin on posts to this one.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if p.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	limit := int64(maxForm)
	if takesFiles(c.FullPath()) && c.ContentType() == formType {
		limit += int64(p.fileLimit)
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
	c.Next()
}

// sameOrigin refuses posts that another site's page sent.
func (p *pages) sameOrigin(c *gin.Context) {
	if err := p.protection.Check(c.Request); err != nil {
		p.fail(c, fault.New(fault.Forbidden, "cross_origin",
			"Biểu mẫu được gửi từ một trang khác nên không được nhận. Mở lại trang rồi gửi.",
			"The form came from another site and was refused. Open the page again and send it from there."))
		c.Abort()
		return
	}
	c.Next()
}

// recovered turns a panic into the page with a reference number.
func (p *pages) recovered(c *gin.Context) {
	defer func() {
		if caught := recover(); caught != nil {
			if err, ok := caught.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(caught)
			}
			p.fail(c, fmt.Errorf("panic: %v\n%s", caught, debug.Stack()))
			c.Abort()
		}
	}()
	c.Next()
}

type handler func(c *gin.Context) error

// page answers a handler's error, so that no handler writes after a failure.
func (p *pages) page(h handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := p.inTurn(c, h); err != nil {
			p.fail(c, err)
		}
	}
}

// inTurn answers a post of whoever stands in for others as session.InTurn does:
// in one's own right first. A handler that is refused has written nothing.
func (p *pages) inTurn(c *gin.Context, h handler) error {
	err := h(c)
	found, _ := c.Get(turnsKey)
	turns, _ := found.([]policy.Actor)
	for _, turn := range turns {
		if !session.Refused(err) {
			break
		}
		c.Set(actorKey, turn)
		if tried := h(c); !fault.Is(tried, fault.NotFound) {
			err = tried
		}
	}
	return err
}

// signedIn lets only people with a session through.
func (p *pages) signedIn(h func(c *gin.Context, actor policy.Actor) error) handler {
	return func(c *gin.Context) error {
		actor, err := p.actor(c)
		if err != nil {
			return err
		}
		return h(c, actor)
	}
}

var httpStatus = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden: http.StatusForbidden, fault.NotFound: http.StatusNotFound, fault.Conflict: http.StatusConflict,
	fault.TooMany: http.StatusTooManyRequests, fault.Unavailable: http.StatusServiceUnavailable,
}

func statusOf(f *fault.Fault) int {
	if status, ok := httpStatus[f.Kind]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// failure is the page of an error.
type failure struct {
	frame
	Heading, Message, Reference string
}

// fail answers an error in the reader's language: a fault with its sentence,
// anything else with a reference number under which it is logged.
func (p *pages) fail(c *gin.Context, err error) {
	if c.Writer.Written() {
		p.log.ErrorContext(c.Request.Context(), "page broke off", "method", c.Request.Method, "route", c.FullPath(), "error", err)
		return
	}
	f := fault.Of(err)
	if f != nil && f.Kind == fault.Unauthenticated {
		p.toSignIn(c)
		return
	}
	if f != nil && f.Code == account.MustEnrol().Code {
		c.Redirect(http.StatusSeeOther, account.SecurityPath)
		return
	}
	view := failure{frame: p.frameFor(c, "")}
	l := view.lexicon()
	status := http.StatusInternalServerError
	var tooLarge *http.MaxBytesError
	switch {
	case f != nil:
		status = statusOf(f)
		view.Heading, view.Message = l.sayOr("fail."+string(f.Kind), "fail.other"), f.Message(l.code)
	case errors.As(err, &tooLarge):
		status = http.StatusRequestEntityTooLarge
		view.Heading, view.Message = l.say("fail.invalid"), l.say("fail.too_large")
	default:
		view.Reference = session.RequestID(c.Request.Context())
		if view.Reference == "" {
			view.Reference = reference()
		}
		view.Heading, view.Message = l.say("fail.unexpected"), l.say("fail.unexpected.hint")
		p.log.ErrorContext(c.Request.Context(), "page failed", "reference", view.Reference,
			"method", c.Request.Method, "route", c.FullPath(), "error", err)
	}
	view.Title = view.Heading
	if err := p.render.write(c, status, "failure", l, view); err != nil {
		p.log.ErrorContext(c.Request.Context(), "error page failed", "error", err)
		c.String(http.StatusInternalServerError, "%s", l.say("fail.unexpected"))
	}
}

// toSignIn sends a reader to sign in and back to where they wanted to go.
func (p *pages) toSignIn(c *gin.Context) {
	to := "/dang-nhap"
	if c.Request.Method == http.MethodGet && c.Request.URL.Path != "/" {
		to += "?tiep=" + url.QueryEscape(c.Request.URL.RequestURI())
	}
	c.Redirect(http.StatusSeeOther, to)
}

// noRoute answers addresses that lead nowhere; machines get theirs as a problem.
func (p *pages) noRoute(c *gin.Context) {
	if strings.HasPrefix(c.Request.URL.Path, "/api/") {
		c.Data(http.StatusNotFound, "application/problem+json", []byte(`{"title":"Not Found","status":404}`))
		return
	}
	p.headers(c)
	// Whoever is signed in keeps their menu; a session that has ended, or cannot
	// be read now, changes nothing about the answer.
	if _, err := p.actor(c); err != nil && !fault.Is(err, fault.Unauthenticated) {
		p.log.WarnContext(c.Request.Context(), "session not read", "error", err)
	}
	p.fail(c, notFound())
}

func notFound() *fault.Fault {
	return fault.New(fault.NotFound, "not_found",
		"Không tìm thấy, hoặc tài khoản này không được xem.", "Not found, or not visible to this account.")
}

// reference names one failure for the person and the log: "7F3A-09C2".
func reference() string {
	random := strings.ToUpper(randomHex(4))
	return random[:4] + "-" + random[4:]
}

// randomHex gives n random bytes as text. crypto/rand never fails: it ends the
// program where the system has no randomness.
func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b) //nolint:errcheck // documented never to return an error
	return hex.EncodeToString(b)
}
