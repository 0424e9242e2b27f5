package api

import (
	"context"
	"net/http"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/policy"
)

func (s *server) tokenRoutes() {
	handle(s, get("/me/tokens", "list-tokens", "The reader's own API tokens"), s.listTokens)
	handle(s, post("/me/tokens", "create-token", "Make an API token for a program; its secret is told once", answers(http.StatusCreated)), s.createToken)
	handle(s, del("/me/tokens/{id}", "revoke-token", "End an API token for good", answers(http.StatusNoContent)), s.revokeToken)
}

// Token is an API token as its owner sees it.
type Token struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	Prefix     string     `json:"prefix" doc:"The first characters, to know it by."`
	Scopes     []string   `json:"scopes"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty" doc:"To the minute."`
}

// NewToken is an API token that was just made.
type NewToken struct {
	Token
	Secret string `json:"token,omitempty" doc:"What a program sends as Authorization: Bearer. It is told in the first answer only, not in that to a repeated request."`
}

func tokenOf(t account.Token) Token {
	view := Token{
		ID: t.ID, Name: t.Name, Prefix: t.Prefix, Scopes: make([]string, len(t.Scopes)),
		CreatedAt: t.CreatedAt.UTC(), ExpiresAt: t.ExpiresAt.UTC(), LastUsedAt: utc(t.LastUsedAt),
	}
	for i, scope := range t.Scopes {
		view.Scopes[i] = string(scope)
	}
	return view
}

func (s *server) listTokens(ctx context.Context, _ *None) (*Answer[List[Token]], error) {
	tokens, err := s.Accounts.ListTokens(ctx, who(ctx))
	if err != nil {
		return nil, err
	}
	return &Answer[List[Token]]{listOf(tokens, "", tokenOf)}, nil
}

type createTokenInput struct {
	Keyed
	Body struct {
		Name      string    `json:"name" minLength:"1" maxLength:"400" doc:"For instance the program that will use it."`
		Scopes    []string  `json:"scopes" minItems:"1" maxItems:"20" enum:"tasks:read,tasks:write,plans:read,plans:write,requests:read,requests:write,reports:read,audit:read,agencies:read,agencies:write,calendar:read,calendar:write,notices:read,notices:write"`
		ExpiresAt time.Time `json:"expires_at" doc:"Within a year."`
	}
}

func (s *server) createToken(ctx context.Context, in *createTokenInput) (*Answer[NewToken], error) {
	wanted := account.NewTokenInput{Name: in.Body.Name, ExpiresAt: in.Body.ExpiresAt.UTC()}
	for _, scope := range in.Body.Scopes {
		wanted.Scopes = append(wanted.Scopes, policy.Scope(scope))
	}
	created, err := s.Accounts.CreateToken(ctx, who(ctx), wanted)
	if err != nil {
		return nil, err
	}
	return &Answer[NewToken]{NewToken{Token: tokenOf(created.Token), Secret: created.Secret}}, nil
}

func (s *server) revokeToken(ctx context.Context, in *ID) (*Empty, error) {
	return &Empty{}, s.Accounts.RevokeToken(ctx, who(ctx), in.ID)
}
