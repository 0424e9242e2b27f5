package session

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

type accounts map[string]error

func (a accounts) ActorOf(_ context.Context, token string) (policy.Actor, error) {
	return policy.Actor{UserID: 7, Language: "en"}, a[token]
}

func (a accounts) ActorOfToken(_ context.Context, token string) (policy.Actor, error) {
	return policy.Actor{UserID: 8, TokenID: 3}, a[token]
}

func TestAnAPITokenGoesBeforeACookie(t *testing.T) {
	refused := fault.New(fault.Unauthenticated, "token.refused", "x", "x")
	known := accounts{"good": nil, "ddt_good": nil, "ddt_bad": refused}
	for _, c := range []struct {
		header string
		user   int64
		err    error
	}{
		{"Bearer ddt_good", 8, nil},
		{"bearer  ddt_good", 8, nil},
		{"Bearer ddt_bad", 0, refused}, // and not the cookie
		{"Basic ddt_good", 7, nil},
		{"", 7, nil},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", c.header)
		r.AddCookie(&http.Cookie{Name: CookieName, Value: "good"})
		got, err := Read(r, known)
		actor, _ := From(got.Context())
		if actor.UserID != c.user || !errors.Is(err, c.err) {
			t.Errorf("%q: user %d, %v", c.header, actor.UserID, err)
		}
	}
}

func TestRead(t *testing.T) {
	broken := errors.New("database is away")
	known := accounts{"good": nil, "ended": fault.New(fault.Unauthenticated, "session.none", "x", "x"), "broken": broken}
	for _, c := range []struct {
		name, token, accept, language string
		signedIn                      bool
		err                           error
	}{
		{"no cookie", "", "", "vi", false, nil},
		{"no cookie, English browser", "", "en-GB,en;q=0.8", "en", false, nil},
		{"no cookie, French browser", "", "fr", "vi", false, nil},
		{"no cookie, nonsense", "", ";;q", "vi", false, nil},
		{"a session speaks the account's language", "good", "vi", "en", true, nil},
		{"an ended session is none", "ended", "vi", "vi", false, nil},
		{"a failure is no sign-out", "broken", "vi", "vi", false, broken},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Language", c.accept)
		if c.token != "" {
			r.AddCookie(&http.Cookie{Name: CookieName, Value: c.token})
		}
		r, err := Read(r, known)
		_, signedIn := From(r.Context())
		if !errors.Is(err, c.err) || signedIn != c.signedIn || Language(r.Context()) != c.language {
			t.Errorf("%s: signed in %v, language %s, error %v", c.name, signedIn, Language(r.Context()), err)
		}
	}
}

func TestCookie(t *testing.T) {
	for _, c := range []struct {
		secure bool
		want   string
	}{
		{false, "dondoc_session=abc; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax"},
		{true, "dondoc_session=abc; Path=/; Max-Age=604800; HttpOnly; Secure; SameSite=Lax"},
	} {
		made := Cookie("abc", c.secure)
		if got := made.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	gone := NoCookie(true)
	if got := gone.String(); got != "dondoc_session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax" {
		t.Errorf("got %q", got)
	}
}
