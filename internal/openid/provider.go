// Package openid lets an identity provider vouch for people (OpenID Connect:
// authorization code with PKCE, state and nonce). It says which e-mail address
// somebody has there, and nothing about what they may do here.
package openid

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"dondoc/internal/fault"
)

const (
	// AttemptLife is how long somebody may take at the provider, by the wall clock.
	AttemptLife = 10 * time.Minute
	// patience is how long the provider may take to answer.
	patience = 8 * time.Second
	purpose  = "openid-attempt"
)

// Settings are what an installation is told about its provider.
type Settings struct {
	Issuer, ClientID, ClientSecret string
	// RedirectURL is the absolute address to which the provider sends people back.
	RedirectURL string
	// Claim holds the e-mail address. Default: email, which the provider must
	// have verified; of another claim the installation vouches for that itself.
	Claim string
}

// Secrets seals what travels in the browser.
type Secrets interface {
	Seal(secret []byte, purpose string) []byte
	Open(sealed []byte, purpose string) ([]byte, error)
}

// Provider is the identity provider of an installation. It is asked for its
// addresses and keys when somebody first signs in by it, so that one that is
// away keeps nothing else from starting.
type Provider struct {
	settings Settings
	secrets  Secrets
	wall     func() time.Time
	client   *http.Client

	mu    sync.Mutex
	known *oidc.Provider
}

// New returns the provider; client is for tests, nil gives one with limits.
func New(s Settings, secrets Secrets, wall func() time.Time, client *http.Client) *Provider {
	if s.Claim == "" {
		s.Claim = "email"
	}
	if client == nil {
		client = &http.Client{Timeout: patience}
	}
	return &Provider{settings: s, secrets: secrets, wall: wall, client: client}
}

// attempt is what must come back as it went.
type attempt struct {
	State, Nonce, Verifier string
	Until                  time.Time
}

// Begin returns the provider's address where somebody signs in, and the attempt,
// sealed, which their browser keeps meanwhile.
func (p *Provider) Begin(ctx context.Context) (address string, sealed []byte, err error) {
	provider, err := p.discover(ctx)
	if err != nil {
		return "", nil, err
	}
	a := attempt{State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier(), Until: p.wall().Add(AttemptLife)}
	plain, err := json.Marshal(a)
	if err != nil {
		return "", nil, fmt.Errorf("keep attempt: %w", err)
	}
	config := p.config(provider)
	return config.AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), p.secrets.Seal(plain, purpose), nil
}

// Finish takes what the provider sent back with the browser and returns the
// e-mail address for which it vouches.
func (p *Provider) Finish(ctx context.Context, sealed []byte, state, code string) (email string, err error) {
	plain, err := p.secrets.Open(sealed, purpose)
	if err != nil {
		return "", errors.Join(over(), err)
	}
	var a attempt
	if err := json.Unmarshal(plain, &a); err != nil {
		return "", errors.Join(over(), err)
	}
	if !p.wall().Before(a.Until) || subtle.ConstantTimeCompare([]byte(a.State), []byte(state)) != 1 {
		return "", over()
	}
	if code == "" { // refused there, or broken off
		return "", refused()
	}
	provider, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	config := p.config(provider)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		var answered *oauth2.RetrieveError
		if errors.As(err, &answered) && answered.Response != nil && answered.Response.StatusCode < http.StatusInternalServerError {
			return "", errors.Join(refused(), err)
		}
		return "", errors.Join(away(), err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: p.settings.ClientID, Now: p.wall}).Verify(ctx, raw)
	if err != nil {
		return "", errors.Join(refused(), err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(a.Nonce)) != 1 {
		return "", errors.Join(refused(), errors.New("the identity token bears another nonce"))
	}
	return p.address(ctx, provider, id, token)
}

// address reads the claim, in the identity token or where the provider tells
// about people.
func (p *Provider) address(ctx context.Context, provider *oidc.Provider, id *oidc.IDToken, token *oauth2.Token) (string, error) {
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		return "", errors.Join(refused(), err)
	}
	if _, told := claims[p.settings.Claim]; !told {
		info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return "", errors.Join(refused(), err)
		}
		if info.Subject != id.Subject {
			return "", errors.Join(refused(), errors.New("the provider tells about somebody else"))
		}
		if err := info.Claims(&claims); err != nil {
			return "", errors.Join(refused(), err)
		}
	}
	email, _ := claims[p.settings.Claim].(string)
	if email == "" {
		return "", errors.Join(refused(), fmt.Errorf("the provider tells no %s", p.settings.Claim))
	}
	// Some providers write the boolean as text.
	if verified := claims["email_verified"]; p.settings.Claim == "email" && verified != true && verified != "true" {
		return "", fault.New(fault.Unauthenticated, "openid.unverified",
			"Nhà cung cấp tài khoản chưa xác minh địa chỉ thư của tài khoản này.", "The provider has not verified this account's e-mail address.")
	}
	return email, nil
}

func (p *Provider) config(provider *oidc.Provider) oauth2.Config {
	return oauth2.Config{
		ClientID: p.settings.ClientID, ClientSecret: p.settings.ClientSecret, Endpoint: provider.Endpoint(),
		RedirectURL: p.settings.RedirectURL, Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}
}

// discover asks the provider for its addresses, once it answers.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	known := p.known
	p.mu.Unlock()
	if known != nil {
		return known, nil
	}
	// The keys are fetched later and for others, so nothing of this request may end them.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.settings.Issuer)
	if err != nil {
		return nil, errors.Join(away(), fmt.Errorf("discover %s: %w", p.settings.Issuer, err))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known = found
	return found, nil
}

// random is what cannot be guessed, as text.
func random() string { return oauth2.GenerateVerifier() }

func over() *fault.Fault {
	return fault.New(fault.Unauthenticated, "openid.over",
		"Lần đăng nhập này đã hết thời gian hoặc không bắt đầu từ trình duyệt này. Hãy bắt đầu lại.",
		"This sign-in took too long, or did not begin in this browser. Begin again.")
}

func refused() *fault.Fault {
	return fault.New(fault.Unauthenticated, "openid.refused",
		"Nhà cung cấp tài khoản không xác nhận lần đăng nhập này. Hãy thử lại, hoặc dùng mật khẩu.",
		"The provider did not confirm this sign-in. Try again, or use your password.")
}

func away() *fault.Fault {
	return fault.New(fault.Unavailable, "openid.away",
		"Chưa liên lạc được với nhà cung cấp tài khoản. Hãy thử lại sau, hoặc dùng mật khẩu.",
		"The provider cannot be reached. Try again later, or use your password.")
}
