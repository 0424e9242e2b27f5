package api

import (
	"context"
	"net/http"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/policy"
)

func (s *server) securityRoutes() {
	handle(s, get("/me/sessions", "list-sessions", "The reader's own sessions, the last used first", enrolling), s.listSessions)
	handle(s, del("/me/sessions/{id}", "end-session", "End one of the reader's own sessions", enrolling, answers(http.StatusNoContent)), s.endSession)
	handle(s, del("/me/sessions", "end-other-sessions", "End all of the reader's sessions but this one", enrolling), s.endOtherSessions)
	handle(s, post("/me/password", "change-password", "Set a new password; every other session ends", enrolling, answers(http.StatusNoContent)), s.changePassword)
	handle(s, del("/people/{id}/sessions", "end-sessions-of-person",
		"End all of a person's sessions and API tokens", may(policy.ManagePeople)), s.endSessionsOf)
}

// Session is a session as its owner sees it.
type Session struct {
	ID         int64     `json:"id"`
	CreatedAt  time.Time `json:"created_at"`
	LastSeenAt time.Time `json:"last_seen_at" doc:"To the minute."`
	ExpiresAt  time.Time `json:"expires_at" doc:"At the latest; without use it ends after twelve hours."`
	Address    string    `json:"address,omitempty" doc:"The network address from which the person signed in."`
	Agent      string    `json:"agent,omitempty" doc:"How the browser named itself."`
	Current    bool      `json:"current" doc:"The session that asks."`
}

type sessionInput struct {
	Token string `cookie:"dondoc_session" hidden:"true"`
}

func (s *server) listSessions(ctx context.Context, in *sessionInput) (*Answer[List[Session]], error) {
	sessions, err := s.Accounts.ListSessions(ctx, who(ctx), in.Token)
	if err != nil {
		return nil, err
	}
	return &Answer[List[Session]]{listOf(sessions, "", func(v account.Session) Session { return Session(v) })}, nil
}

func (s *server) endSession(ctx context.Context, in *ID) (*Empty, error) {
	return &Empty{}, s.Accounts.EndSession(ctx, who(ctx), in.ID)
}

// Ended tells how many sessions and tokens were ended.
type Ended struct {
	Ended int `json:"ended"`
}

func (s *server) endOtherSessions(ctx context.Context, in *sessionInput) (*Answer[Ended], error) {
	n, err := s.Accounts.EndOtherSessions(ctx, who(ctx), in.Token)
	if err != nil {
		return nil, err
	}
	return &Answer[Ended]{Ended{n}}, nil
}

func (s *server) endSessionsOf(ctx context.Context, in *ID) (*Answer[Ended], error) {
	n, err := s.Accounts.EndSessionsOf(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[Ended]{Ended{n}}, nil
}

type passwordInput struct {
	Keyed
	Token string `cookie:"dondoc_session" hidden:"true"`
	Body  struct {
		Current  string `json:"current_password" minLength:"1" maxLength:"1000"`
		Password string `json:"password" minLength:"1" maxLength:"1000"`
	}
}

func (s *server) changePassword(ctx context.Context, in *passwordInput) (*Empty, error) {
	return &Empty{}, s.Accounts.ChangePassword(ctx, who(ctx), in.Token, in.Body.Current, in.Body.Password)
}
