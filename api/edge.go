package api

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/session"
)

// requestIDHeader tells the caller the request's number.
const requestIDHeader = "X-Request-Id"

// number gives the request a number of ours, and tells the throttle where it
// comes from.
func (s *server) number(c *gin.Context) {
	random := make([]byte, 5)
	rand.Read(random) //nolint:errcheck // documented never to return an error
	id := base32.StdEncoding.EncodeToString(random)
	c.Header(requestIDHeader, id)
	ctx := session.WithRequestID(c.Request.Context(), id)
	ctx = account.WithAgent(account.WithAddress(ctx, c.ClientIP()), c.Request.UserAgent())
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

// log writes one line per request. It names the route, not the address: paths
// and query strings may bear tokens.
func (s *server) log(c *gin.Context) {
	start := s.Wall()
	c.Next()
	took := s.Wall().Sub(start)
	route := c.FullPath()
	if route == "" {
		route = "none"
	}
	s.metrics.observe(c.Request.Method, route, c.Writer.Status(), took)
	level := slog.LevelInfo
	if strings.HasPrefix(route, "/static") || route == "/healthz" || route == "/readyz" || route == "/metrics" {
		level = slog.LevelDebug
	}
	var user, token int64
	if actor, ok := session.From(c.Request.Context()); ok {
		user, token = actor.UserID, actor.TokenID
	}
	s.Log.LogAttrs(c.Request.Context(), level, "request",
		slog.String("request_id", session.RequestID(c.Request.Context())), slog.String("method", c.Request.Method),
		slog.String("route", route), slog.Int("status", c.Writer.Status()), slog.Int("bytes", max(c.Writer.Size(), 0)),
		slog.Duration("took", took), slog.String("address", c.ClientIP()), slog.Int64("user_id", user), slog.Int64("token_id", token))
}

// recovered turns a panic into an answer with a reference number.
func (s *server) recovered(c *gin.Context) {
	defer func() {
		caught := recover()
		if caught == nil {
			return
		}
		if err, ok := caught.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(caught)
		}
		s.fail(c, fmt.Errorf("panic: %v\n%s", caught, debug.Stack()))
	}()
	c.Next()
}

// nowhere answers calls that no route takes; the pages answer for themselves.
func (s *server) nowhere(c *gin.Context) {
	if c.FullPath() == "" && (strings.HasPrefix(c.Request.URL.Path, "/api/") || c.Request.URL.Path == "/api") {
		c.Request = c.Request.WithContext(session.WithLanguage(c.Request.Context(), session.Preferred(c.Request)))
		s.headers(c)
		p := newProblem(c.Request.Context(), http.StatusNotFound, "route.unknown",
			"Không có địa chỉ này trong giao diện lập trình.", "There is no such address in the API.")
		if c.Writer.Status() == http.StatusMethodNotAllowed {
			p = newProblem(c.Request.Context(), http.StatusMethodNotAllowed, "route.method",
				"Địa chỉ này không nhận phương thức %s.", "This address does not take %s.", c.Request.Method)
		}
		writeProblem(c, p)
		return
	}
	c.Next()
}

// headers are the same on every answer of the API: data for one person, never
// stored, never shown in a frame.
func (s *server) headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// sameOrigin refuses what another site's page sends: the browser would add the cookie.
func (s *server) sameOrigin(c *gin.Context) {
	if err := s.Protection.Check(c.Request); err != nil {
		// Whose request it pretends to be is not looked at.
		c.Request = c.Request.WithContext(session.WithLanguage(c.Request.Context(), session.Preferred(c.Request)))
		s.fail(c, fault.New(fault.Forbidden, "cross_origin",
			"Yêu cầu được gửi từ một trang khác nên không được nhận.", "The request came from another site and was refused."))
		return
	}
	c.Next()
}

// identify reads who is signed in and in which language they read. Health and
// readiness must answer even where no session can be read.
func (s *server) identify(c *gin.Context) {
	if !strings.HasPrefix(c.FullPath(), Base+"/") {
		c.Request = c.Request.WithContext(session.WithLanguage(c.Request.Context(), session.Preferred(c.Request)))
		c.Next()
		return
	}
	request, err := session.Read(c.Request, s.Accounts)
	c.Request = request
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Next()
}

// fail answers an error and ends the request.
func (s *server) fail(c *gin.Context, err error) {
	if c.Writer.Written() {
		session.LogUnexpected(c.Request.Context(), s.Log, err)
		c.Abort()
		return
	}
	writeProblem(c, s.problem(c.Request.Context(), err))
}
