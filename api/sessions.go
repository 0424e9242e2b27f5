package api

import (
	"context"
	"net/http"

	"dondoc/internal/policy"
	"dondoc/internal/session"
)

func (s *server) sessionRoutes() {
	handle(s, post("/sessions", "sign-in", "Sign in; every sign-in starts a session of its own", public, answers(http.StatusCreated)), s.signIn)
	handle(s, post("/sessions/second-step", "finish-sign-in", "Sign in with the challenge of a right password and a code of the second factor, or a recovery code",
		public, answers(http.StatusCreated)), s.finishSignIn)
	handle(s, del("/sessions/current", "sign-out", "Sign out", enrolling, answers(http.StatusNoContent)), s.signOut)
	handle(s, post("/password-resets", "request-password-reset",
		"Have a link sent to set a new password; the answer does not tell whether the account exists", public, answers(http.StatusAccepted)), s.requestReset)
	handle(s, post("/account-links/take-up", "take-up-account-link", "Set a password with a link, once", public, answers(http.StatusNoContent)), s.takeUp)
}

// Me is the account that is signed in.
type Me struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Language string `json:"language" enum:"vi,en"`
	Posts    []Post `json:"posts" doc:"What the account holds today, also for those whom it stands in for."`
	// Audits is what decisions open to an auditor today.
	Audits    []int64 `json:"audits,omitempty" doc:"The plans that decisions open to an auditor today."`
	MustEnrol bool    `json:"must_enrol,omitempty" doc:"A post demands a second factor; until one is set up nothing else can be called."`
	Acting    int64   `json:"acting_post,omitempty" doc:"The post that this session has chosen to act in. Absent: all of them."`
}

// Post is a role at an agency.
type Post struct {
	ID        int64     `json:"id,omitempty"`
	Agency    AgencyRef `json:"agency"`
	Role      string    `json:"role" enum:"focal_point,head,supervisor,plan_authority,auditor,administrator"`
	ValidFrom string    `json:"valid_from,omitempty" format:"date"`
	ValidTo   string    `json:"valid_to,omitempty" format:"date"`
	For       string    `json:"for,omitempty" doc:"The person for whom it is held, as a substitute."`
}

// AgencyRef names an agency inside something else.
type AgencyRef struct {
	ID   int64  `json:"id"`
	Code string `json:"code,omitempty"`
	Name string `json:"name,omitempty"`
}

func meOf(a policy.Actor) Me {
	me := Me{ID: a.UserID, Name: a.Name, Language: a.Language, Posts: []Post{}, MustEnrol: a.MustEnrol, Acting: a.Chosen}
	me.Audits = policy.AuditedPlans(a)
	for _, p := range a.AllPosts() {
		me.Posts = append(me.Posts, Post{ID: p.ID, Agency: AgencyRef{p.AgencyID, p.AgencyCode, p.AgencyName}, Role: string(p.Role), For: p.ForName})
	}
	return me
}

type signInInput struct {
	Keyed
	Body struct {
		Email    string `json:"email" minLength:"1" maxLength:"254"`
		Password string `json:"password" minLength:"1" maxLength:"1000"`
	}
}

type signedIn struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Me
}

func (s *server) signIn(ctx context.Context, in *signInInput) (*signedIn, error) {
	token, actor, err := s.Accounts.SignIn(ctx, in.Body.Email, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return &signedIn{SetCookie: session.Cookie(token, s.secure), Body: meOf(actor)}, nil
}

type finishInput struct {
	Keyed
	Body struct {
		Challenge string `json:"challenge" minLength:"1" maxLength:"200" doc:"From the answer to the password."`
		Code      string `json:"code" minLength:"1" maxLength:"40" doc:"Six digits of the authenticator program, or a recovery code. Each counts once."`
	}
}

func (s *server) finishSignIn(ctx context.Context, in *finishInput) (*signedIn, error) {
	token, actor, err := s.Accounts.FinishSignIn(ctx, in.Body.Challenge, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &signedIn{SetCookie: session.Cookie(token, s.secure), Body: meOf(actor)}, nil
}

type signOutInput struct {
	Token string `cookie:"dondoc_session" hidden:"true"`
}

type signedOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (s *server) signOut(ctx context.Context, in *signOutInput) (*signedOut, error) {
	if err := s.Accounts.SignOut(ctx, in.Token); err != nil {
		return nil, err
	}
	return &signedOut{SetCookie: session.NoCookie(s.secure)}, nil
}

type resetInput struct {
	Keyed
	Body struct {
		Email string `json:"email" minLength:"1" maxLength:"254"`
	}
}

func (s *server) requestReset(ctx context.Context, in *resetInput) (*Empty, error) {
	return &Empty{}, s.Accounts.RequestReset(ctx, in.Body.Email)
}

type takeUpInput struct {
	Keyed
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"200" doc:"From the link in the mail."`
		Password string `json:"password" minLength:"1" maxLength:"1000"`
	}
}

func (s *server) takeUp(ctx context.Context, in *takeUpInput) (*Empty, error) {
	return &Empty{}, s.Accounts.TakeUp(ctx, in.Body.Token, in.Body.Password)
}
