// Package session carries who is signed in from the cookie to the handlers of
// the API and of the pages: one cookie, one way to read it, one place in the context.
package session

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"golang.org/x/text/language"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// CookieName is the cookie that bears the session's token.
const CookieName = "dondoc_session"

// Accounts tells who holds a session, and for whom an API token acts.
type Accounts interface {
	ActorOf(ctx context.Context, token string) (policy.Actor, error)
	ActorOfToken(ctx context.Context, token string) (policy.Actor, error)
}

// Cookie hands the browser the token of a new session. secure is for an
// installation that is reached by https.
func Cookie(token string, secure bool) http.Cookie {
	return cookie(token, int(account.SessionAbsolute.Seconds()), secure)
}

// NoCookie makes the browser forget the token.
func NoCookie(secure bool) http.Cookie { return cookie("", -1, secure) }

func cookie(value string, maxAge int, secure bool) http.Cookie {
	return http.Cookie{
		Name: CookieName, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
	}
}

// Token returns the session's token of a request; empty if it bears none.
func Token(r *http.Request) string {
	c, err := r.Cookie(CookieName)
	if err != nil { // the one error is that there is none
		return ""
	}
	return c.Value
}

// Bearer returns what a request bears in the Authorization header as a bearer
// token; empty if it bears none.
func Bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// Read returns the request with its actor and the reader's language in the
// context. A session that has ended is as good as none; any other failure, also
// an API token that opens nothing, is returned, with the request as it was but
// for the language. A token goes before a cookie.
func Read(r *http.Request, accounts Accounts) (*http.Request, error) {
	ctx := WithLanguage(r.Context(), Preferred(r))
	if bearer := Bearer(r); bearer != "" {
		actor, err := accounts.ActorOfToken(ctx, bearer)
		if err != nil {
			return r.WithContext(ctx), err
		}
		return r.WithContext(With(ctx, actor)), nil
	}
	token := Token(r)
	if token == "" {
		return r.WithContext(ctx), nil
	}
	actor, err := accounts.ActorOf(ctx, token)
	switch {
	case fault.Is(err, fault.Unauthenticated):
		return r.WithContext(ctx), nil
	case err != nil:
		return r.WithContext(ctx), err
	}
	return r.WithContext(With(ctx, actor)), nil
}

type (
	actorKey     struct{}
	languageKey  struct{}
	requestIDKey struct{}
)

// With returns a context in which the actor is signed in and reads their own language.
func With(ctx context.Context, actor policy.Actor) context.Context {
	return WithLanguage(context.WithValue(ctx, actorKey{}, actor), actor.Language)
}

// From returns who is signed in.
func From(ctx context.Context) (policy.Actor, bool) {
	actor, ok := ctx.Value(actorKey{}).(policy.Actor)
	return actor, ok
}

// WithLanguage returns a context with the reader's language.
func WithLanguage(ctx context.Context, language string) context.Context {
	return context.WithValue(ctx, languageKey{}, language)
}

// Language returns the reader's language, "vi" or "en": the account's when
// signed in, otherwise what the browser prefers.
func Language(ctx context.Context) string {
	if l, _ := ctx.Value(languageKey{}).(string); l == "en" {
		return l
	}
	return "vi"
}

var matcher = language.NewMatcher([]language.Tag{language.Vietnamese, language.English})

// Preferred reads Accept-Language; Vietnamese where it says nothing useful.
func Preferred(r *http.Request) string {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return "vi"
	}
	if _, index, confidence := matcher.Match(tags...); index == 1 && confidence > language.No {
		return "en"
	}
	return "vi"
}

// WithRequestID returns a context that bears the request's number.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID returns the request's number, which is also the reference number
// that a person reads when something unexpected happened.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// LogUnexpected logs an unexpected error once, in full, under the request's number.
func LogUnexpected(ctx context.Context, log *slog.Logger, err error) {
	log.ErrorContext(ctx, "unexpected error", "reference", RequestID(ctx), "error", err)
}
